"""The phone, themes, and how values read: U-30, U-31, U-33."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def lanan(company: Any) -> int:
    """A customer of the sales rep."""
    with company.records("sales") as records:
        rows = records.query("crm.account", fields=("name",), filters={"name": "Lan'an Foods"}, limit=2).rows
    return int(rows[0]["id"])


def fits(page: Any) -> None:
    """Nothing scrolls sideways, and what one touches has 44 px in its larger direction."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in {window}"
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main .btn, nav.wf-bottom a, .wf-phone-top a')]
            .filter(e => e.offsetParent && !e.closest('[hidden], details:not([open]) .wf-menu, dd[data-edit-url]'))
            .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
            .filter(([r]) => r.width && Math.max(r.width, r.height) < 44)
            .map(([r, h]) => `${Math.round(r.width)}x${Math.round(r.height)} ${h}`)"""
    )
    assert small == [], page.url


def test_u30_menu_list_record_edit_and_comment_at_360_px(
    visit: Callable[..., Any], behind: Callable[..., Any], lanan: int, company: Any
) -> None:
    """U-30: at 360 px menu, list, record, edit and comment work; targets of 44 px; leaving a field loses no value."""
    page = visit("sales", "/employee/", width=360)
    fits(page)
    page.locator("nav.wf-bottom a", has_text="Menu").click()
    page.locator("#wf-side a[href*='role=customer']").first.click()
    page.wait_for_url(re.compile("role=customer"))
    fits(page)
    page.goto(f"{company.url}/employee/crm/accounts/{lanan}")
    page.wait_for_load_state("networkidle")
    fits(page)
    page.locator(".wf-composer textarea").fill("Seen from the train.")
    page.locator(".wf-composer button[type=submit]").click()
    expect(page.locator("#wf-timeline")).to_contain_text("Seen from the train.")
    page.goto(f"{company.url}/employee/crm/accounts/{lanan}/edit")
    page.wait_for_load_state("networkidle")
    fits(page)
    page.locator("#f-payment_days").fill("41")
    page.locator("#f-phone").click()
    page.locator("#f-email").click()
    expect(page.locator("#f-payment_days")).to_have_value("41")
    page.locator("form#wf-form button[type=submit]").first.click()
    page.wait_for_url(re.compile(rf"/accounts/{lanan}(\?.*)?$"))
    assert behind("crm.account", lanan)["payment_days"] == 41
    # in place too: what is typed is saved when the field is left
    value = page.locator("dd[data-edit-url*='payment_days']")
    value.click()
    value.locator("[data-cell-editor] input").fill("43")
    page.keyboard.press("Tab")
    expect(value).to_contain_text("43")
    assert behind("crm.account", lanan)["payment_days"] == 43


def test_u31_light_dark_and_system_on_pages_and_portals(visit: Callable[..., Any], company: Any) -> None:
    """U-31: dark, light and system theme on every page, portals included; the choice is kept."""
    ground = "getComputedStyle(document.body).backgroundColor"
    for who, path in (
        ("sales", "/employee/"),
        ("customer", "/customer/"),
        ("supplier", "/supplier/"),
        ("agent", "/distributor/"),
    ):
        page = visit(who, path)
        page.emulate_media(color_scheme="light")
        seen = {}
        for _step in range(3):
            choice = page.evaluate("document.documentElement.dataset.themeChoice || 'system'")
            seen[choice] = page.evaluate(ground)
            switch = page.locator("form[data-island=theme] button").locator("visible=true").first
            with page.expect_response(lambda one: "theme" in one.url and one.request.method == "POST"):
                switch.click()
        assert set(seen) == {"light", "dark", "system"}, (who, seen)
        assert seen["light"] == seen["system"] != seen["dark"], (who, seen)
        page.emulate_media(color_scheme="dark")
        page.reload()
        assert page.evaluate(ground) == seen["dark"], who


def test_u33_values_and_words_follow_the_person_without_new_data(
    visit: Callable[..., Any], lanan: int, company: Any
) -> None:
    """U-33: dates, numbers, currency, zone and language follow the user; both languages on the same page."""
    with company.records("sales") as records:
        since = records.query(
            "crm.activity", fields=("at",), filters={"account": lanan, "status": "done"}, sort="-at", limit=1
        ).rows[0]["at"]
    page = visit("sales", f"/employee/crm/accounts/{lanan}", locale="en")
    expect(page.locator("h1")).to_have_text("Lan'an Foods")
    expect(page.locator("main")).to_contain_text(re.compile(r"CNY\s*760,000"))
    expect(page.locator(".wf-facts")).to_contain_text(f"{since.day} {since:%b}")
    page.locator(".wf-top button", has_text="中文").click()
    expect(page.locator("h1")).to_have_text("澜桉食品")
    assert page.url.endswith(f"/crm/accounts/{lanan}")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".wf-facts")).to_contain_text(f"{since.month}月{since.day}日")
    expect(page.locator("main")).to_contain_text("760,000")
    page.locator(".wf-top button", has_text="EN").click()
    expect(page.locator("h1")).to_have_text("Lan'an Foods")


def test_on_the_phone_a_page_with_a_way_back_says_what_it_is(visit: Callable[..., Any]) -> None:
    """The bar on top names where the arrow leads, so the title stands in the page; elsewhere the bar is the title."""
    page = visit("manager", "/employee/finance/ageing", width=360)
    assert page.locator("h1").bounding_box()["width"] > 40
    page.goto(page.url.replace("/finance/ageing", "/crm/accounts/"))
    expect(page.locator(".wf-phone-title")).to_contain_text("accounts")
    assert page.locator("h1").bounding_box()["width"] < 5
