"""What people of the story do again and again in their browsers; each has a profile of their own."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from playwright.sync_api import Error, expect
from sqlalchemy import text

FIRM = "Quillbrook Water"
PASSWORD = "seven quiet herons"


class Story:
    """Pages of the people of one demo in one language.

    Attributes:
        firm, lead, account, contact, deal, contract, project, task, goal, invoice: ids, as the story makes them.
    """

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        self.company, self.locale, self._visit, self._say = company, locale, visit, say
        self._pages: dict[str, Any] = {}
        self.lead = self.account = self.contact = self.deal = self.contract = self.project = 0
        self.task = self.goal = self.invoice = 0

    def words(self, domain: str, message: str, context: str = "", **slots: Any) -> str:
        """A text of a plugin in the language of the story."""
        return str(self._say(self.locale, message, context, domain=domain, **slots))

    def name(self, who: str) -> str:
        """A person's name as everybody here reads it."""
        return str(self.company.name(who, self.locale))

    def scalar(self, sql: str, **values: Any) -> Any:
        """One value out of the database."""
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def page(self, who: str, *, phone: bool = False) -> Any:
        """The page of somebody of the company; on the phone 360 px wide."""
        key = f"{who}-phone" if phone else who
        if key not in self._pages:
            self._pages[key] = self._visit(who, "/employee/", locale=self.locale, width=360 if phone else 1280)
        return self._pages[key]

    def guest(self, name: str, *, width: int = 1280) -> Any:
        """The page of somebody from outside."""
        if name not in self._pages:
            self._pages[name] = self._visit(None, "/", locale=self.locale, width=width)
        return self._pages[name]

    def at(self, moment: datetime) -> None:
        """Let it be another time for everybody; who was signed in has to sign in again."""
        told = self.company.runtime.clock
        ahead = moment - told()
        self.company.runtime.clock = lambda: told() + ahead
        for who in [one for one in self._pages if one.removesuffix("-phone") in self.company.people]:
            self._pages.pop(who)
        self.company.settle()

    def back(self, name: str, portal: str, mail: str) -> Any:
        """Somebody from outside signs in again, with the password of the invitation."""
        page = self.go(self.guest(name), f"/auth/{portal}/sign-in")
        page.fill("#f-email", mail)
        page.fill("#f-password", PASSWORD)
        page.click("[data-submit]")
        page.wait_for_url(f"**/{portal}/**")
        page.wait_for_load_state("networkidle")
        return page

    def go(self, page: Any, path: str) -> Any:
        """Open an address; an answer that is no page fails."""
        address = path if path.startswith("http") else self.company.url + path
        try:
            answer = page.goto(address)
        except Error as error:  # the browser was still being sent on by the form before
            if "ERR_ABORTED" not in str(error):
                raise
            answer = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert answer is None or answer.status == 200, (path, answer.status)
        return page

    def send(self, page: Any, *, form: str = "main form:has([type=submit])") -> None:
        """Press the button of the form of the page, and see that nothing is complained of."""
        button = page.locator(form).last.locator("[type=submit].btn-primary, [type=submit]").first
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".wf-errors")).to_have_count(0)

    def act(self, who: str, path: str, action: str, *, phone: bool = False, **typed: str) -> Any:
        """Do an operation on its own page, as the button on the record does without a script."""
        page = self.go(self.page(who, phone=phone), f"{path}/act/{action}")
        for name, value in typed.items():
            page.locator(f"[name='{name}']").last.fill(value)
        if phone:
            fits(page)
        self.send(page, form=f"form[action$='/act/{action}']")
        self.company.settle()
        return page

    def number(self, who: str, key: str) -> int:
        """The number of a tile on somebody's home page."""
        page = self.go(self.page(who), "/employee/")
        return int(page.locator(f"[data-tile='{key}'] header .wf-n").inner_text())

    def counted(self, who: str, entities: str, query: str) -> int:
        """How many rows the list says that it has."""
        page = self.go(self.page(who), f"/employee/{entities}/?all=1&{query}&layout=table")
        return int(re.sub(r"\D", "", page.locator("h1 .wf-n").inner_text()))

    def amount(self) -> int:
        """Amount of the deal in cents."""
        return int(self.scalar("SELECT amount FROM crm_opportunity WHERE id = :id", id=self.deal) or 0)

    def waiting_on(self, record: int) -> list[str]:
        """Who decides now in the case about a record, by sign-in name."""
        sql = text(
            'SELECT t.owner_id FROM workflow_task t JOIN workflow_case c ON c.id = t."case"'
            " WHERE c.about = :id AND t.status = 'open' AND c.deleted_at IS NULL"
        )
        with self.company.runtime.db.read() as connection:
            owners = {row[0] for row in connection.execute(sql, {"id": record})}
        return sorted(who for who, number in self.company.people.items() if number in owners)

    def decide(self, who: str, record: int, *, phone: bool = False) -> None:
        """Agree with what waits: it stands in the list behind the tile of approvals."""
        task = self.scalar(
            "SELECT t.id FROM workflow_task t JOIN workflow_case c ON c.id = t.\"case\" WHERE c.about = :id"
            " AND t.status = 'open' AND t.owner_id = :who", id=record, who=self.company.people[who],
        )  # fmt: skip
        page = self.go(self.page(who, phone=phone), "/employee/workflow/tasks/?all=1&status=open&owner=me&layout=table")
        expect(page.locator(f"a[href*='/workflow/tasks/{task}']").first).to_be_attached()
        self.act(who, f"/employee/workflow/tasks/{task}", "agree", phone=phone, comment="Fine")

    def money(self, kinds: tuple[str, ...]) -> Decimal:
        """Sum of what was booked for the customer, in company currency; SQLite keeps cents."""
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        found = self.scalar(
            f"SELECT sum(company) FROM finance_posting WHERE customer = :id AND kind IN ({listed})"
            " AND deleted_at IS NULL", id=self.account,
        )  # fmt: skip
        return Decimal(found or 0) / 100


def fits(page: Any) -> None:
    """Nothing scrolls sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in {window}"


def plain(amount: Decimal) -> re.Pattern[str]:
    """An amount as pages show it: with or without cents."""
    return re.compile(re.escape(f"{amount:,.2f}".removesuffix(".00")))
