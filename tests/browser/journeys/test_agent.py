"""J13: the day of the agent, Zhuo Qichi of Lingtang Automation, all of it on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
HOME, PHONE = "/distributor/", 360


class Phone:
    """The agent's page, 360 px wide."""

    def __init__(self, visit: Any, company: Any, say: Callable[..., str], locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale
        self.page = visit("agent", HOME, locale=locale, width=PHONE)

    def words(self, message: str, context: str = "", **slots: Any) -> str:
        return self.say(self.locale, message, context, **slots)

    def go(self, path: str) -> Any:
        answer = self.page.goto(self.company.url + path)
        self.page.wait_for_load_state("networkidle")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE, path
        return answer

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def press(self, label: str) -> None:
        button = self.page.locator(
            "a:visible, button:visible", has_text=re.compile(rf"^\s*{re.escape(self.words(label))}\s*$")
        )
        if not button.count():
            self.page.locator("details summary:visible").last.click()
        with self.page.expect_response(lambda answer: "/act/" in answer.url):
            button.first.click()
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def phone(visit: Any, company: Any, say: Callable[..., str], locale: str) -> Phone:
    return Phone(visit, company, say, locale)


JILAN = "SELECT id FROM crm_account WHERE name = 'Jilan Park Water'"


@LOCALES
def test_home_and_a_contact_logged_once(phone: Phone) -> None:
    """J13.1, 2 and 12: the tiles, a contact in three interactions, a double tap that stays one record."""
    main = phone.page.locator("main").inner_text()
    for label, context in (
        ("Newly assigned", "leads of a partner"), ("Registrations", ""), ("Contacts owed", ""),
        ("Pipeline", "deals of a partner"),
    ):  # fmt: skip
        assert phone.words(label, context) in main
    until = phone.scalar(
        "SELECT protected_until FROM crm_registration WHERE account = (" + JILAN + ") AND status = 'registered'"
    )
    asked = date.fromisoformat(str(until)[:10])
    jilan = phone.scalar(JILAN)
    before = phone.scalar("SELECT count(*) FROM crm_activity WHERE account = :id", id=jilan)
    phone.go("/distributor/crm/leads-and-customers")
    phone.page.locator(f"a[href$='/accounts/{jilan}/act/log_contact']").click()
    phone.page.locator("#wf-dialog textarea[name=note]").fill("园区三期已定口径。")
    phone.page.locator("#wf-dialog button[type=submit]").dblclick()
    expect(phone.page.locator("#wf-dialog[open]")).to_have_count(0)
    phone.page.wait_for_load_state("networkidle")
    assert phone.scalar("SELECT count(*) FROM crm_activity WHERE account = :id", id=jilan) == before + 1
    assert phone.scalar("SELECT partner_contact_at FROM crm_account WHERE id = :id", id=jilan) is not None
    again = phone.scalar("SELECT protected_until FROM crm_registration WHERE account = :id", id=jilan)
    assert date.fromisoformat(str(again)[:10]) == asked
    rep = phone.visit("manager", f"/employee/crm/accounts/{jilan}", locale=phone.locale)
    who = {"zh": "岭棠自动化 卓栖迟", "en": "Lingtang Automation, Zhuo Qichi"}[phone.locale]
    expect(rep.locator("body")).to_contain_text(who)
    assert phone.visit("distributor", HOME, locale=phone.locale).goto(
        f"{phone.company.url}/distributor/crm/accounts/{jilan}"
    ).status == 404  # fmt: skip


@LOCALES
def test_a_lead_becomes_a_deal_that_counts_once_confirmed(phone: Phone) -> None:
    """J13.3, 4 and 9: accepted, made a deal of a product of the own list, won, confirmed by the manager."""
    lead = phone.scalar("SELECT id FROM crm_lead WHERE name = '穗溪供水'")
    phone.go(f"/distributor/crm/leads/{lead}")
    phone.press("Accept")
    phone.go("/distributor/crm/leads-and-customers")
    panel = phone.page.locator(".wf-panel", has_text=phone.words("In work"))
    expect(panel.first).to_contain_text("穗溪供水")
    manager = phone.visit("manager", "/employee/notices/", locale=phone.locale)
    firm = {"zh": "岭棠自动化", "en": "Lingtang Automation"}
    expect(manager.locator("body")).to_contain_text(re.compile("|".join(firm.values())))
    with phone.company.records("agent", write=True) as records:
        product = records.query("crm.product", filters={"code": "WH-20"}).rows[0]["id"]
        deal = records.act("crm.lead.start_deal", lead, {"product": product, "quantity": "2"}).record
    phone.go(f"/distributor/crm/opportunities/{deal}")
    sheet = phone.page.locator("#crm-lines")
    expect(sheet).to_contain_text("9,800")
    expect(sheet.locator("input[name=unit_price], input[name=discount]")).to_have_count(0)
    won = "SELECT count(*) FROM crm_opportunity WHERE outcome = 'won'"
    before = phone.scalar(won)
    phone.press("Report won")
    phone.page.locator("#wf-dialog button[type=submit]").click()
    expect(phone.page.locator("#wf-dialog[open]")).to_have_count(0)
    phone.page.wait_for_load_state("networkidle")
    assert phone.scalar(won) == before
    tile = phone.visit("manager", "/employee/", locale=phone.locale)
    number = int(tile.locator("[data-tile='crm.to_confirm'] header .wf-n").inner_text())
    tile.locator("[data-tile='crm.to_confirm'] header a").click()
    tile.wait_for_load_state("networkidle")
    expect(tile.locator("tbody tr[data-id]")).to_have_count(number)
    tile.goto(f"{phone.company.url}/employee/crm/opportunities/{deal}")
    tile.get_by_role("button", name=phone.words("Confirm won")).or_(
        tile.get_by_role("link", name=phone.words("Confirm won"))
    ).first.click()
    expect(tile.locator("#wf-toast")).to_be_visible()
    tile.wait_for_load_state("networkidle")
    assert phone.scalar(won) == before + 1
    life = "SELECT life FROM crm_account WHERE id = (SELECT account FROM crm_opportunity WHERE id = :id)"
    assert phone.scalar(life, id=deal) == "won"


@LOCALES
def test_a_second_customer_is_registered(phone: Phone) -> None:
    """J13.5 and 11: registered on the phone, protected 60 days; nothing of who tried to enter Jilan, no dealers."""
    phone.page.get_by_role("link", name=phone.words("Register a deal")).click()
    phone.page.locator("input[name=name]").fill("翠潭热力有限公司")
    phone.page.locator("#wf-form button[type=submit]").first.click()
    phone.page.wait_for_url(re.compile(r"/registrations/\d+"))
    row = phone.scalar("SELECT protected_until FROM crm_registration WHERE name = '翠潭热力有限公司'")
    today = phone.company.runtime.clock().astimezone().date()
    assert abs((date.fromisoformat(str(row)[:10]) - today) - timedelta(days=60)) <= timedelta(days=1)
    registration = phone.scalar("SELECT id FROM crm_registration WHERE account = (" + JILAN + ")")
    phone.go(f"/distributor/crm/registrations/{registration}")
    shown = phone.page.content()
    assert "林疏桐" not in shown and "Lin Shutong" not in shown
    assert phone.words("Dealers") not in phone.page.locator("nav").first.inner_text()
    assert phone.go("/distributor/crm/customer-requests/").status == 404
