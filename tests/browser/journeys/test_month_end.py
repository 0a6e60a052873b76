"""S6: the end of a month, from the last hours to closed books, as everybody concerned sees it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.browser.journeys.conftest import Desks
from weft.core.db.money import Money
from weft.core.web.formats import Formats

TANGYU = "Tangyu Water Group"
MONTH_END, AGEING = "/employee/finance/month-end", "/employee/finance/ageing"
#: Ids of the claims that only finance has to agree to.
TO_CHECK = "SELECT id FROM finance_claim WHERE status = 'submitted' AND waits = 'finance' ORDER BY id"


class Month:
    """The desk of finance in the last days of a month."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self.page = desks.of("finance", MONTH_END)
        self.readers: dict[str, Any] = {}
        with desks.company.records("finance") as records:
            self.today: date = records.now.astimezone(records.zone).date()
            self.formats = Formats(desks.locale, str(records.zone), records.now)
        self.last = self.today.replace(day=1) - timedelta(days=1)
        self.first = self.last.replace(day=1)

    def words(self, message: str, context: str = "", domain: str = "finance", **slots: Any) -> str:
        return self.desks.words(message, context, domain, **slots)

    def open_rows(self, title: str, domain: str = "finance") -> Any:
        """A line of what is still open in the month."""
        self.desks.go(self.page, MONTH_END)
        return self.page.locator("#wf-tab .wf-rows li", has_text=self.words(title, domain=domain)).first

    def ids(self, sql: str, **values: Any) -> list[int]:
        return [int(row[0]) for row in self.desks.rows_of(sql, **values)]

    def owner(self, record: int) -> str:
        """Sign-in name of whose record it is."""
        number = self.desks.scalar("SELECT owner_id FROM record WHERE id = :id", id=record)
        return next(who for who, known in self.desks.company.people.items() if known == number)

    def toast(self, page: Any, message: str, **slots: Any) -> None:
        expect(page.locator("#wf-toast")).to_contain_text(self.words(message, **slots))

    def figures(self, who: str, report: str) -> list[str]:
        """What a report says to somebody, line by line."""
        if who not in self.readers:
            self.readers[who] = self.desks.of(who)
        page = self.readers[who]
        self.desks.go(page, f"/employee/finance/{report}")
        rows = page.locator("#wf-page table tr")
        expect(rows.first).to_be_visible()
        return [" ".join(text.split()) for text in rows.all_inner_texts()]


@pytest.mark.parametrize("desks", ["zh"], indirect=True)  # the language finance works in
def test_the_end_of_a_month(desks: Desks) -> None:
    month = Month(desks)
    the_last_hours_come_in(month)
    waiting = claims_and_bills_are_emptied(month)
    the_rates_of_the_last_day_are_loaded(month)
    what_is_agreed_is_paid(month)
    what_is_owed_is_asked_for(month)
    the_books_are_closed(month, waiting)


def the_last_hours_come_in(month: Month) -> None:
    """S6.1: the field engineer submits; the lead approves the team at once; who is missing is named."""
    d = month.desks
    xu = d.of("employee", "/employee/projects/timesheet")
    xu.locator(".wf-pj-hours tbody tr").first.locator("input").first.click()
    xu.keyboard.type("4")
    xu.get_by_role("button", name=month.words("Submit the week", domain="projects")).click()
    expect(xu.locator("#wf-toast")).to_contain_text(month.words("%(n)s entries submitted", domain="projects", n=1))
    lead = d.of("project")
    assert d.number(lead, "projects.hours_tile") == 3
    expect(month.open_rows("Hours to approve", "projects")).to_contain_text(d.name("bart"))
    d.go(lead, "/employee/projects/timesheets")
    expect(lead.locator("input[name=chosen]")).to_have_count(3)
    lead.get_by_role("button", name=month.words("Approve the chosen", domain="projects")).click()
    expect(lead.locator("#wf-page")).to_contain_text(month.words("Nothing waits for you", domain="projects"))
    assert d.number(lead, "projects.hours_tile") == 0
    expect(month.open_rows("Hours to approve", "projects")).to_contain_text(month.words("None"))
    missing = month.ids(
        "SELECT DISTINCT m.person FROM projects_member m JOIN projects_project p ON p.id = m.project"
        " WHERE p.status = 'running' AND p.deleted_at IS NULL AND m.deleted_at IS NULL AND m.person NOT IN"
        " (SELECT owner_id FROM projects_time_entry WHERE day BETWEEN :first AND :last AND deleted_at IS NULL)",
        first=month.first, last=month.last,
    )  # fmt: skip
    line = month.open_rows("No hours written", "projects")
    expect(line).to_contain_text(str(len(missing)))
    known = {number: who for who, number in d.company.people.items()}
    for number in missing:
        expect(line).to_contain_text(d.name(known[number]))


def claims_and_bills_are_emptied(month: Month) -> int:
    """S6.2: each is agreed or says why it waits; claimant and supplier see it. Returns a claim that was agreed."""
    d, page = month.desks, month.page
    claims = month.ids(TO_CHECK)
    over = month.ids(f"SELECT id FROM ({TO_CHECK}) WHERE id IN (SELECT id FROM finance_claim WHERE over_limit)")
    assert len(claims) == 6 and len(over) == 1
    agreed = [one for one in claims if one not in over]
    for claim in agreed:
        d.go(page, f"/employee/finance/expenses/{claim}")
        page.keyboard.press("a")
        month.toast(page, "Claim agreed and booked")
    d.go(page, f"/employee/finance/expenses/{over[0]}")
    page.keyboard.press("b")
    page.locator("#wf-dialog textarea").fill("Which colleague shared the room?")
    page.locator("#wf-dialog [name=line]").fill("1")
    page.keyboard.press("Control+Enter")
    month.toast(page, "Claim sent back")
    expect(month.open_rows("Claims to check")).to_contain_text(month.words("None"))
    for claim, said in ((over[0], "Which colleague"), (agreed[0], month.words("Booked", "status"))):
        theirs = d.of(month.owner(claim), f"/employee/finance/expenses/{claim}")
        expect(theirs.locator("#wf-page")).to_contain_text(said)
    bills = {row[1]: int(row[0]) for row in d.rows_of(
        "SELECT id, bill_no FROM finance_bill WHERE status IN ('received', 'checking')")}  # fmt: skip
    assert set(bills) == {"SH-4711", "NL-2264"}
    d.go(page, f"/employee/finance/bills/{bills['NL-2264']}")
    d.press_only(page, month.words("Agree"))
    page.locator("#wf-dialog button[type=submit]").last.click()
    why = month.words("Say what it is charged to first: add a share.")
    expect(page.locator("#wf-dialog [role=alert]").first).to_contain_text(why)
    d.go(page, f"/employee/finance/bills/{bills['SH-4711']}")
    d.press(page, month.words("Agree"))
    assert int(month.open_rows("Bills to check").locator(".wf-end").inner_text()) == 1
    jin = d.of("supplier", f"/supplier/finance/bills/{bills['SH-4711']}")
    expected = month.words("Accepted, expected payment %(day)s", day="|").split("|")[0]
    expect(jin.locator("#wf-page")).to_contain_text(expected)
    return agreed[0]


def the_rates_of_the_last_day_are_loaded(month: Month) -> None:
    """S6.3: what is counted in company currency names the day of the rates."""
    d, page = month.desks, month.page
    with d.company.runtime.db.write() as connection:  # nothing newer than the month's last day, whatever day it is
        connection.execute(text("DELETE FROM currency_rate WHERE on_date >= :day"), {"day": month.last.isoformat()})
    d.go(page, MONTH_END)
    rates = f"Date,CNY,USD\n{month.last.isoformat()},7.8111,1.1\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "rates.csv", "mimeType": "text/csv", "buffer": rates.encode()}
    )
    page.locator("#rates").get_by_role("button", name=month.words("Load")).click()
    expect(page.locator("#wf-page")).to_contain_text("7.8111")
    d.go(page, AGEING)
    day = month.formats.date(month.last)
    expect(page.locator(".wf-report-how")).to_contain_text(month.words("Exchange rates of %(day)s.", day=day))


def what_is_agreed_is_paid(month: Month) -> None:
    """S6.4: one batch with the next number; the file for the bank; claimants and supplier see the day."""
    d, page = month.desks, month.page
    last = int(str(d.scalar("SELECT max(serial) FROM finance_batch")).rsplit("-", 1)[-1])
    d.go(page, "/employee/finance/collect?currency=CNY")
    page.locator("[name=pay_on]").fill(month.today.isoformat())
    page.get_by_role("button", name=month.words("Make the batch")).click()
    page.wait_for_url(re.compile(r"/batches/\d+"))
    batch = int(page.url.rsplit("/", 1)[-1])
    assert d.scalar("SELECT serial FROM finance_batch WHERE id = :id", id=batch) == f"PB-{last + 1:05d}"
    total = sum(Decimal(row[0]) for row in d.rows_of(
        "SELECT payable FROM finance_claim WHERE batch = :id"
        " UNION ALL SELECT gross FROM finance_bill WHERE batch = :id",
        id=batch)) / 100  # fmt: skip
    expect(page.locator("#wf-page")).to_contain_text(month.formats.amount(Money(total, "CNY")))
    with page.expect_download() as sent:
        d.press_only(page, month.words("Bank file (CSV)"))
    lines = sent.value.path().read_text("utf-8-sig").splitlines()
    number = int(d.scalar("SELECT payments FROM finance_batch WHERE id = :id", id=batch))
    assert len(lines) == number + 1 and any("95146.00,CNY" in line for line in lines)
    d.press(page, month.words("Mark as paid"))
    month.toast(page, "%(n)s payments marked as paid", n=number)
    claim = month.ids("SELECT id FROM finance_claim WHERE batch = :id", id=batch)[0]
    bill = d.scalar("SELECT id FROM finance_bill WHERE bill_no = 'SH-4711'")
    for path, whose in (
        (f"/employee/finance/expenses/{claim}", month.owner(claim)),
        (f"/supplier/finance/bills/{bill}", "supplier"),
    ):
        theirs = d.of(whose, path)
        expect(theirs.locator("#wf-page")).to_contain_text(month.words("Paid"))
        expect(theirs.locator("#wf-page")).to_contain_text(month.formats.date(month.today))


def what_is_owed_is_asked_for(month: Month) -> None:
    """S6.5: what is accepted is issued, a payment booked, Tangyu reminded; the classes of ageing add up."""
    d, page = month.desks, month.page
    draft = month.ids(
        "SELECT id FROM finance_invoice WHERE status = 'draft' AND step IS NULL AND net_currency = 'CNY' ORDER BY id"
    )[0]
    d.go(page, f"/employee/finance/invoices/{draft}")
    d.press(page, month.words("Issue"))
    assert str(d.scalar("SELECT serial FROM finance_invoice WHERE id = :id", id=draft)).startswith("INV-")
    d.press(page, month.words("Book a payment"), amount="1000.00")
    late = month.ids(
        "SELECT i.id FROM finance_invoice i JOIN crm_account a ON a.id = i.customer WHERE a.name = :name"
        " AND i.open_net = 31860000", name=TANGYU)[0]  # fmt: skip
    d.go(page, f"/employee/finance/invoices/{late}")
    d.press_only(page, month.words("Send a reminder"))
    expect(page.locator("#wf-toast")).to_be_visible()
    assert d.scalar("SELECT reminders FROM finance_invoice WHERE id = :id", id=late) == 1
    d.go(page, AGEING)
    table = page.locator("#wf-page table").first
    expect(table.locator("tr", has_text=month.words("31-60 days"))).to_contain_text("318,600")
    counts = [int(text) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    owed = d.rows_of(
        "SELECT open_net_currency, sum(open_net), count(*) FROM finance_invoice"
        " WHERE status IN ('issued', 'part_paid') AND kind = 'invoice' GROUP BY 1"
    )
    assert len(counts) == 5 and sum(counts) == sum(number for _currency, _total, number in owed)
    foot = table.locator("tfoot")
    for currency, cents, _number in owed:
        total = Decimal(cents) / 100
        expect(foot).to_contain_text(month.formats.money(Money(total, currency)))


def the_books_are_closed(month: Month, claim: int) -> None:
    """S6.6: what comes late is refused for the closed month and lies in the next one; the figures stand still."""
    d, page = month.desks, month.page
    margin = f"margin?by=customer&period=month&at={month.last.isoformat()}"
    before = {who: month.figures(who, margin) for who in ("finance", "executive", "manager", "project")}
    assert before["executive"] == before["finance"]
    for who in ("manager", "project"):  # whoever reads a part reads the same figures of it
        assert len(before[who]) > 3 and before[who][1] in before["finance"]
    d.go(page, MONTH_END)
    close = month.words("Close %(month)s", month="|").split("|")[0].strip()
    page.locator(".wf-head, header").get_by_role("link", name=re.compile(re.escape(close))).first.click()
    page.locator("#wf-dialog [name=reason]").fill("Books are sent")
    page.locator("#wf-dialog [type=submit].btn-primary").click()
    expect(page.locator("#wf-dialog[open]")).to_have_count(0)
    late = _late_claim(month)
    dai = d.of("dai", f"/employee/finance/expenses/{late}")
    d.go(page, f"/employee/finance/expenses/{late}")
    page.keyboard.press("a")
    month.toast(page, "Claim agreed and booked")
    booked = d.scalar("SELECT min(day) FROM finance_posting WHERE source = :id", id=late)
    assert str(booked) > month.last.isoformat()
    d.go(dai, f"/employee/finance/expenses/{late}")
    expect(dai.locator(".wf-record-head")).to_contain_text(month.words("Booked", "status"))
    for who, lines in before.items():
        assert month.figures(who, margin) == lines, who


def _late_claim(month: Month) -> int:
    """A claim of the office about the last day of the closed month that the head agreed to."""
    with month.desks.company.records("dai", write=True) as records:
        claim = int(records.create("finance.claim", {"purpose": "Notary, last day"}).id)
        kind = records.query("core.value", fields=(), limit=1,
                             filters={"list_key": "finance.expense_kind", "code": "train"}).rows[0].id  # fmt: skip
        records.create("finance.claim_line", {
            "claim": claim, "subject": "Notary", "kind": kind, "day": month.last,
            "gross": {"amount": "60.00", "currency": "CNY"}})  # fmt: skip
        records.act("finance.claim.submit", claim, {})
    month.desks.company.settle()
    task, head = month.desks.rows_of(
        "SELECT t.id, t.owner_id FROM workflow_task t JOIN workflow_case c ON c.id = t.\"case\""
        " WHERE c.about = :id AND t.status = 'open'", id=claim)[0]  # fmt: skip
    who = next(name for name, number in month.desks.company.people.items() if number == head)
    with month.desks.company.records(who, write=True) as records:
        records.act("workflow.task.agree", task, {"comment": "Late, but right"})
    month.desks.company.settle()
    return claim
