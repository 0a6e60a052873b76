"""Deals in a real browser: lines typed by keyboard, a drop on Lost, lines at 360 px."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def deal(make):
    """A deal in CNY with one line of LD-3, and a second product on the list."""
    stages = [("contact", "open", 10), ("proposal", "open", 50), ("won", "won", 100), ("lost", "lost", 0)]
    found = {
        code: make("crm.stage", code=code, label_en=code.title(), position=n, probability=odds, outcome=outcome)["id"]
        for n, (code, outcome, odds) in enumerate(stages, 1)
    }
    found["list"] = make("crm.price_list", name="China", currency="CNY")["id"]
    for code, amount in (("LD-3", "3250.00"), ("GW-1", "5600.00")):
        found[code] = make("crm.product", code=code, name=f"Product {code}")["id"]
        make("crm.price", price_list=found["list"], product=found[code], price={"amount": amount, "currency": "CNY"})
    account = make("crm.account", name="Heting Water", role=["customer"])["id"]
    row = make("crm.opportunity", name="Loggers", account=account, stage=found["contact"], price_list=found["list"])
    make("crm.deal_line", opportunity=row["id"], product=found["LD-3"], description="LD-3", quantity="12")
    return found | {"id": row["id"]}


def test_j3_lines_are_typed_by_keyboard_and_sum_above(cast, deal, open_page):
    page = open_page(cast.user("crm.sales_manager"), f"/employee/crm/opportunities/{deal['id']}")
    sheet = page.locator("#crm-lines")
    assert "39,000" in sheet.locator(".wf-sheet-foot").inner_text()
    quantity = sheet.locator("input[name=quantity]").first
    quantity.fill("10")
    quantity.press("Tab")
    page.wait_for_selector("#crm-lines .wf-sheet-foot:has-text('32,500')")
    page.wait_for_selector(".wf-facts:has-text('32,500')")
    assert page.evaluate("document.activeElement.name") == "unit_price"  # one types on where Tab led
    product = sheet.get_by_role("combobox")
    product.fill("GW")
    page.wait_for_selector("[role=option]:has-text('GW-1')")
    page.locator("[role=option]:has-text('GW-1')").first.click()
    sheet.get_by_role("button", name="Add line").click()
    page.wait_for_selector("#crm-lines .wf-sheet-foot:has-text('38,100')")
    page.wait_for_selector("#wf-toast:has-text('Line added')")


def test_the_next_line_stays_when_the_answer_to_the_last_comes_late(cast, deal, open_page):
    """Figures above the sheet follow each line; whoever types on meanwhile loses nothing."""
    address = f"/employee/crm/opportunities/{deal['id']}"
    page = open_page(cast.user("crm.sales_manager"), address)
    late = []
    page.route(f"**{address}", lambda route: late.append(route))
    sheet = page.locator("#crm-lines")
    quantity = sheet.locator("input[name=quantity]").first
    quantity.fill("10")
    quantity.press("Tab")
    page.wait_for_selector("#crm-lines .wf-sheet-foot:has-text('32,500')")
    sheet.get_by_role("combobox").fill("GW")
    page.locator("[role=option]:has-text('GW-1')").first.click()
    sheet.locator("input[name=quantity]").last.fill("3")
    while not late:
        page.wait_for_timeout(50)
    late[0].continue_()
    page.wait_for_selector(".wf-facts:has-text('32,500')")
    sheet.get_by_role("button", name="Add line").click()
    page.wait_for_selector("#crm-lines .wf-sheet-foot:has-text('49,300')")


def test_a_line_that_cannot_be_says_why_beside_it(cast, deal, open_page):
    page = open_page(cast.user("crm.sales_manager"), f"/employee/crm/opportunities/{deal['id']}")
    discount = page.locator("#crm-lines input[name=discount]").first
    discount.fill("140")
    discount.press("Tab")
    page.wait_for_selector("#crm-lines [aria-invalid=true]")
    assert page.locator("#crm-lines input[name=discount]").first.input_value() == "140"


def test_j3_a_card_dropped_on_lost_asks_for_reason_and_competitor(cast, deal, open_page):
    page = open_page(cast.user("crm.sales_manager"), "/employee/crm/opportunities/?view=crm.deals_open")
    page.wait_for_selector(".wf-board-card")
    page.locator(".wf-board-card .wf-drop summary").click()
    page.locator(".wf-board-card .wf-menu-item", has_text="Lost").click()
    dialog = page.locator("#wf-dialog")
    dialog.get_by_role("button", name=re.compile("Deal lost")).wait_for()
    assert dialog.locator("[data-field=loss_reason]").count() == 1
    assert dialog.locator("[data-field=competitor]").count() == 1


def test_lines_of_a_deal_fit_a_phone(cast, deal, open_page):
    page = open_page(cast.user("crm.sales_manager"), f"/employee/crm/opportunities/{deal['id']}", width=360)
    page.wait_for_selector("#crm-lines")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    heights = page.evaluate(
        "[...document.querySelectorAll('#crm-lines tbody input:not([type=hidden])')].map(i => i.offsetHeight)"
    )
    assert heights and min(heights) >= 44
