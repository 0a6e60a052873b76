"""Requests as colleagues see them: J3.11 a rep, J6.12 who answers, J8.8 the head, J9.6 the executive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

NAMES = {"haverdijk": {"en": "Haverdijk", "zh": "哈弗代克"}, "ferrault": {"en": "Ferrault", "zh": "费罗"}}
ANNEKE = {"en": "Anneke Roodhuyzen", "zh": "安妮可·罗德豪森"}
LIST = "/employee/service/requests/"


class Desk:
    """Pages of several colleagues of one company."""

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale

    def words(self, message: str, **slots: Any) -> str:
        return str(self.say(self.locale, message, domain="service", **slots))

    def of(self, who: str, path: str = "/employee/", width: int = 1280) -> Any:
        return self.visit(who, path, locale=self.locale, width=width)

    def go(self, page: Any, path: str) -> None:
        page.goto(self.company.url + path)
        page.wait_for_load_state("networkidle")

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_each_colleague_finds_the_requests_that_concern_them(visit: Any, company: Any, say: Any, locale: str) -> None:
    desk = Desk(visit, company, say, locale)
    _the_one_who_answers(desk)
    _the_head(desk)
    _the_executive(desk)
    _the_rep_notes_something_inside(desk)


def _the_one_who_answers(desk: Desk) -> None:
    """J6.12: the four requests of Haverdijk, one open, with due time and who acts next."""
    haverdijk = desk.scalar("SELECT id FROM crm_account WHERE name LIKE 'Haverdijk%'")
    page = desk.of("project", f"{LIST}?all=1&customer={haverdijk}&layout=table")
    expect(page.locator("tbody tr[data-id]")).to_have_count(4)
    desk.go(page, f"{LIST}?all=1&customer={haverdijk}&status__in=new,open,waiting&layout=table")
    row = page.locator("tbody tr[data-id]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(ANNEKE[desk.locale])
    expect(row.locator("[data-col=next_due_at]")).to_contain_text(re.compile(r"\d|today|tomorrow|今天|明天"))
    card = desk.of("maud", f"/employee/crm/accounts/{haverdijk}")
    card.locator("nav.wf-tabs a", has_text=desk.words("Requests")).first.click()
    card.wait_for_load_state("networkidle")
    listed = card.locator("#wf-tab a[href*='/service/requests/']:not([href*='customer='])")
    expect(listed).to_have_count(4)


def _the_head(desk: Desk) -> None:
    """J8.8: 22 open in his groups, 3 overdue in red; who asks stands beside each; R8 by group."""
    page = desk.of("head")
    tile = page.locator("[data-tile='service.by_queue']")
    expect(tile.locator("header .wf-n")).to_have_text("22")
    late = sum(int(number) for number in re.findall(r"(\d+)\s*(?:overdue|[个项]逾期)", tile.inner_text()))
    assert late == 3, tile.inner_text()
    tile.locator("header a").first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1 .wf-n")).to_have_text("22")
    expect(page.locator("main")).not_to_contain_text(desk.say(desk.locale, "Not shared with you", domain="core"))
    expect(page.locator("main")).to_contain_text(NAMES["haverdijk"][desk.locale])
    desk.go(page, "/employee/service/due-times?period=all")
    groups = page.locator("table", has=page.locator("thead", has_text=desk.words("Queue"))).first
    expect(groups.locator("tbody tr")).to_have_count(2)
    assert page.locator(f"a[href*='{LIST}']").count() > 0


def _the_executive(desk: Desk) -> None:
    """J9.6: 22 open, 3 overdue, Ferrault with 2 of 5 among the lowest; the numbers open their lists."""
    page = desk.of("executive", width=360)
    tile = page.locator("[data-tile='service.whole']")
    expect(tile).to_contain_text("22")
    expect(tile).to_contain_text(NAMES["ferrault"][desk.locale])
    expect(tile).to_contain_text(desk.words("%(mean)s of 5", mean="2.0"))
    tile.get_by_role("link", name=desk.words("Overdue")).click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1 .wf-n")).to_have_text("3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def _the_rep_notes_something_inside(desk: Desk) -> None:
    """J3.11: a request of an own customer, an internal note; whoever asked does not see it."""
    page = desk.of("maud")
    page.locator("[data-tile='service.my_customers'] a", has_text=re.compile("LD-3|Haverdijk|哈弗代克")).first.click()
    page.wait_for_load_state("networkidle")
    number = int(re.search(r"/requests/(\d+)", page.url).group(1))  # type: ignore[union-attr]
    page.locator("label:has(input[name=mode][value=internal])").click()
    page.locator("#wf-composer-text").fill("Budget talks next week.")
    page.locator("#wf-composer button.btn-primary").click()
    expect(page.locator(".wf-comment-in")).to_contain_text("Budget talks next week.")
    outside = desk.visit("customer", f"/customer/service/requests/{number}", locale=desk.locale)
    expect(outside.locator("h1")).to_be_visible()
    expect(outside.locator("body")).not_to_contain_text("Budget talks")
