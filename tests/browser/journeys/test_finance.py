"""J5: the day of the finance lead, Tang Yimo, from the first claim to the closed month.

The steps follow each other on one demo of Weirholm, once in each language; figures move as the journey tells.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
HAVERDIJK, TANGYU = "Haverdijk Water Board", "Tangyu Water Group"
_HUNDRED = Decimal("0.01")


class Day:
    """What one does again and again on a day of finance."""

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale
        self.page = visit("finance", "/employee/", locale=locale)
        with company.records("finance") as records:
            #: The day it is where the company keeps its books.
            self.today = records.now.astimezone(records.zone).date()

    def go(self, path: str, page: Any = None) -> Any:
        page = page or self.page
        answer = page.goto(path if path.startswith("http") else self.company.url + path)
        page.wait_for_load_state("networkidle")
        return answer

    def words(self, message: str, context: str = "", **slots: Any) -> str:
        return str(self.say(self.locale, message, context, domain="finance", **slots))

    def tile(self, key: str) -> Any:
        return self.page.locator(f"[data-tile='{key}']")

    def number(self, key: str) -> int:
        """The number on a tile, which is that of the rows of its list."""
        self.go("/employee/")
        return int(self.tile(key).locator("header .wf-n").first.inner_text())

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def like(self, message: str, slot: str) -> re.Pattern[str]:
        """A text with anything in the place of one slot."""
        before, after = (re.escape(part) for part in self.words(message, **{slot: "|"}).split("|"))
        return re.compile(f"{before}.+{after}")

    def account(self, name: str) -> int:
        return int(self.scalar("SELECT id FROM crm_account WHERE name = :name", name=name))

    def project(self, customer: int) -> int:
        """The first project of a customer."""
        return int(self.scalar("SELECT id FROM projects_project WHERE customer = :id ORDER BY id LIMIT 1", id=customer))

    def toast(self, message: str, **slots: Any) -> None:
        expect(self.page.locator("#wf-toast")).to_contain_text(self.words(message, **slots))

    def press(self, label: str) -> None:
        """Press what stands in the head of the record."""
        head = self.page.locator(".wf-record-head")
        head.locator("a:visible, button:visible", has_text=label).first.click()

    def send(self, label: str) -> None:
        """Press the filled button of the open dialog."""
        self.page.locator("#wf-dialog").get_by_role("button", name=label).click()

    def costs(self, customer: int) -> Decimal:
        """What a customer costs, as the postings say, in the company's currency."""
        sql = "SELECT sum(company) FROM finance_posting WHERE customer = :id AND kind IN ('hours', 'bill', 'expense')"
        return Decimal(self.scalar(sql, id=customer) or 0) / 100


@pytest.fixture
def day(visit: Any, company: Any, say: Any, locale: str) -> Day:
    return Day(visit, company, say, locale)


@LOCALES
def test_the_day_of_the_finance_lead(day: Day) -> None:
    _home(day)
    _claims_by_keys(day)
    _bill_against_its_paper(day)
    _contract(day)
    posting = _bill_of_two_projects(day)
    _margin(day)
    _cost_limit(day)
    _issue(day)
    _part_payment(day)
    _rates(day)
    _own_claim_and_refusals(day)
    _wrong_project(day, posting)
    _close(day)


def _home(day: Day) -> None:
    """Step 1: the tiles, each with the rows of its list; Tangyu among 31 to 60 days."""
    assert (day.number("finance.to_check"), day.number("finance.bills_tile")) == (6, 2)
    expect(day.tile("finance.bills_tile")).to_contain_text("84,200")
    late = day.tile("finance.overdue_tile").locator("li", has_text=day.words("31-60 days"))
    expect(late).to_contain_text("318,600")
    for key in ("finance.to_pay_tile", "finance.budget_tile", "finance.margin_tile"):
        expect(day.tile(key)).to_be_visible()
    expect(day.tile("workflow.approvals").locator("header .wf-n")).to_have_text("7")
    day.tile("finance.to_check").locator("header a").first.click()
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(6)
    day.go("/employee/")
    late.locator("a").first.click()
    expect(day.page.locator("tbody")).to_contain_text("318,600")


def _claims_by_keys(day: Day) -> None:
    """Step 2: receipt left of the line; a key agrees and the next opens; the one above its limit is sent back."""
    day.go("/employee/")
    day.tile("finance.to_check").locator("li a").first.click()
    line = day.page.locator(".wf-fi-line").first
    receipt, said = line.locator(".wf-fi-receipt"), line.locator(".wf-fi-said")
    expect(receipt.locator("img, canvas, .wf-preview").first).to_be_visible()
    assert receipt.bounding_box()["x"] + receipt.bounding_box()["width"] <= said.bounding_box()["x"]
    first = day.page.url
    day.page.keyboard.press("a")
    day.toast("Claim agreed and booked")
    expect(day.page).not_to_have_url(first)
    expect(day.page.locator(".wf-fi-line").first).to_be_visible()
    assert (day.number("finance.to_check"), day.number("workflow.approvals")) == (5, 6)

    claim = int(
        day.scalar("SELECT id FROM finance_claim WHERE over_limit AND waits = 'finance' AND status = 'submitted'")
    )
    day.go(f"/employee/finance/expenses/{claim}")
    over = day.page.locator(".wf-fi-said .wf-late")
    rule = day.scalar(
        "SELECT l.name FROM finance_claim_line c JOIN finance_limit l ON l.expense = c.kind"
        " WHERE c.claim = :id AND c.excess IS NOT NULL", id=claim,
    )  # fmt: skip
    expect(over.first).to_contain_text(rule)
    expect(over.first).to_contain_text(re.compile(r"\d.*\d"))
    day.page.keyboard.press("b")
    dialog = day.page.locator("#wf-dialog")
    dialog.locator("textarea").fill("Which colleague shared the room?")
    dialog.locator("[name=line]").fill("1")
    day.page.keyboard.press("Control+Enter")
    day.toast("Claim sent back")
    assert day.number("finance.to_check") == 4
    owner = int(day.scalar("SELECT owner_id FROM finance_claim WHERE id = :id", id=claim))
    who = next(name for name, number in day.company.people.items() if number == owner)
    theirs = day.visit(who, f"/employee/finance/expenses/{claim}", locale=day.locale)
    expect(theirs.locator(".wf-fi-line").first.locator(".wf-error")).to_contain_text("Which colleague")
    day.go("/employee/todo/", theirs)
    expect(theirs.locator("main")).to_contain_text("Which colleague")


def _bill_against_its_paper(day: Day) -> None:
    """Step 3: figures beside the PDF; agreed, told to the supplier, in the next batch."""
    bill = int(day.scalar("SELECT id FROM finance_bill WHERE bill_no = 'SH-4711'"))
    due = day.scalar("SELECT due_on FROM finance_bill WHERE id = :id", id=bill)
    day.go(f"/employee/finance/bills/{bill}")
    check = day.page.locator("[data-bill-check]")
    for figure in ("SH-4711", "84,200.00", "10,946.00", "95,146.00"):
        expect(check.locator(".wf-fi-said")).to_contain_text(figure)
    paper = check.locator(".wf-fi-receipt")
    expect(paper.locator("img, canvas, .wf-preview").first).to_be_visible()
    assert paper.bounding_box()["x"] < check.locator(".wf-fi-said").bounding_box()["x"]
    day.press(day.words("Agree"))
    day.send(day.words("Agree"))
    day.toast("Bill accepted and booked")
    assert day.number("finance.bills_tile") == 1
    jin = day.visit("supplier", f"/supplier/finance/bills/{bill}", locale=day.locale)
    sentence = day.like("Accepted, expected payment %(day)s", "day")
    expect(jin.locator("#wf-page")).to_contain_text(sentence)
    assert str(due)[:4].isdigit()
    day.go("/employee/finance/collect?currency=CNY")
    day.page.locator("[name=pay_on]").fill(date.fromisoformat(str(due)[:10]).isoformat())
    day.page.get_by_role("button", name=day.words("Make the batch")).click()
    day.page.wait_for_url(re.compile(r"/batches/\d+"))
    expect(day.page.locator("#wf-page")).to_contain_text("SH-4711")
    expect(day.page.locator("#wf-page")).to_contain_text("95,146.00")


def _contract(day: Day) -> None:
    """Step 5: the framework contract waits for two people in any order; the amount in capitals."""
    contract = int(
        day.scalar("SELECT id FROM documents_contract WHERE status = 'approval' ORDER BY amount DESC LIMIT 1")
    )
    day.go(f"/employee/documents/contracts/{contract}")
    page = day.page.locator("#wf-page")
    expect(page).to_contain_text("人民币壹佰贰拾陆万元整")
    for who in ("finance", "executive"):
        expect(page).to_contain_text(day.company.name(who, day.locale))
    before = day.number("workflow.approvals")
    day.tile("workflow.approvals").locator("li a", has_text=re.compile("棠屿|Tangyu")).first.click()
    day.press(day.say(day.locale, "Agree", domain="workflow"))
    dialog = day.page.locator("#wf-dialog")
    dialog.get_by_role("button", name=day.say(day.locale, "Agree", domain="workflow")).click()
    expect(day.page.locator("#wf-toast")).to_contain_text(day.say(day.locale, "Agreed", domain="workflow"))
    assert day.number("workflow.approvals") == before - 1
    boss = day.visit("executive", "/employee/", locale=day.locale)
    expect(boss.locator("[data-tile='workflow.approvals'] header .wf-n")).to_have_text("1")


def _bill_of_two_projects(day: Day) -> int:
    """Step 4: 60 and 40 per cent; both customers' cost rises by just their share. Returns the posting of the first."""
    supplier = day.account("Nordlyng Sensors")
    day.go(f"/employee/finance/bills/new?supplier={supplier}")
    for name, value in (("bill_no", "NL-9001"), ("net", "1000.01"), ("tax", "0.00"), ("gross", "1000.01"),
                        ("due_on", (day.today + timedelta(days=40)).isoformat())):  # fmt: skip
        day.page.locator(f"[name={name}]").fill(value)
    for name in ("net", "tax", "gross"):
        day.page.locator(f"[name={name}_currency]").select_option("CNY")
    day.page.locator("#wf-form [type=submit].btn-primary, #wf-page [type=submit].btn-primary").last.click()
    day.page.wait_for_url(re.compile(r"/bills/\d+$"))
    bill = int(day.page.url.rsplit("/", 1)[-1])
    known = day.company.runtime.db
    with known.read() as connection:
        rows = connection.execute(text(
            "SELECT p.id, p.customer FROM projects_project p JOIN crm_account a ON a.id = p.customer"
            " WHERE p.status = 'running' AND a.name != :name AND p.currency = 'CNY' ORDER BY p.id"
        ), {"name": HAVERDIJK}).all()  # fmt: skip
    first = rows[0]
    second = next(row for row in rows if row.customer != first.customer)
    before = [day.costs(row.customer) for row in (first, second)]
    for row, percent in ((first, "60"), (second, "40")):
        day.go(f"/employee/finance/bill-shares/new?bill={bill}&charged_to={row.id}&percent={percent}")
        day.page.locator("#wf-page [type=submit].btn-primary").last.click()
        day.page.wait_for_url(re.compile(r"/bill-shares/\d+$|/bills/\d+$"))
    day.go(f"/employee/finance/bills/{bill}")
    for part in ("600.01", "400.00"):
        expect(day.page.locator("#wf-page")).to_contain_text(part)
    day.press(day.words("Agree"))
    day.send(day.words("Agree"))
    day.toast("Bill accepted and booked")
    rise = [day.costs(row.customer) - was for row, was in zip((first, second), before, strict=True)]
    assert rise == [Decimal("600.01"), Decimal("400.00")] and sum(rise) == Decimal("1000.01")
    day.go(f"/employee/crm/accounts/{first.customer}")
    posting = "SELECT id FROM finance_posting WHERE source = :bill AND project = :project"
    return int(day.scalar(posting, bill=bill, project=first.id))


def _margin(day: Day) -> None:
    """Step 6: the same figures in the report, on the card and on the project; each opens its rows."""
    customer = day.account(HAVERDIJK)
    project = day.project(customer)
    day.go("/employee/finance/margin?by=customer&period=all")
    row = day.page.locator("tr", has=day.page.locator(f"a[href='/r/{customer}']"))
    for figure in ("243,000", "131,400", "78,900", "46,300", "6,200", "111,600", "45.9"):
        expect(row).to_contain_text(figure)
    for address in (f"/employee/crm/accounts/{customer}?tab=slot:finance.money",
                    f"/employee/projects/projects/{project}?tab=slot:finance.project_money"):  # fmt: skip
        day.go(address)
        tab = day.page.locator("#wf-tab")
        for figure in ("243,000.00", "131,400.00", "78,900.00", "46,300.00", "6,200.00", "111,600.00"):
            expect(tab).to_contain_text(figure)
    day.page.locator("#wf-tab a", has_text=day.words("Supplier bills")).first.click()
    rows = day.page.locator("tbody tr[data-id]")
    expect(rows.first).to_be_visible()
    assert rows.count() == int(day.scalar(
        "SELECT count(*) FROM finance_posting WHERE project = :id AND kind = 'bill'", id=project))  # fmt: skip


def _cost_limit(day: Day) -> None:
    """Step 7: what is left after what is booked and what is on its way; a claim above it is warned of, unsent."""
    customer = day.account(HAVERDIJK)
    day.go(f"/employee/finance/budgets/new?charged_to={customer}")
    day.page.locator("[name=name]").fill("Haverdijk, all projects")
    day.page.locator("[name=amount]").fill("140000")
    day.page.locator("[name=amount_currency]").select_option("EUR")
    day.page.locator("[name=starts_on]").fill((day.today - timedelta(days=800)).isoformat())
    day.page.locator("#wf-page [type=submit].btn-primary").last.click()
    day.page.wait_for_url(re.compile(r"/budgets/\d+$"))
    spent = day.scalar(
        "SELECT l.day FROM finance_claim_line l JOIN finance_claim c ON c.id = l.claim"
        " WHERE c.status = 'submitted' AND l.gross = 2100000 AND l.gross_currency = 'CNY'"
    )
    rate = Decimal(str(day.scalar(
        "SELECT rate FROM currency_rate WHERE currency = 'EUR' AND on_date <= :day ORDER BY on_date DESC LIMIT 1",
        day=spent))) / Decimal(10) ** 12  # fmt: skip
    reserved = (Decimal(21000) / rate).quantize(_HUNDRED, ROUND_HALF_UP)
    left = Decimal(8600) - reserved
    page = day.page.locator("#wf-page")
    for figure in ("140,000.00", "131,400.00", f"{reserved:,.2f}", f"{left:,.2f}"):
        expect(page).to_contain_text(figure)
    xu = day.visit("employee", "/employee/finance/expenses/?owner=me", locale=day.locale)
    with day.company.records("employee", write=True) as records:
        claim = records.create("finance.claim", {"purpose": "Crane for zone 5", "currency": "EUR"}).id
        kind = records.query("core.value", fields=(), limit=1,
                             filters={"list_key": "finance.expense_kind", "code": "rent"}).rows[0].id  # fmt: skip
        project = int(
            day.scalar("SELECT id FROM projects_project WHERE customer = :id ORDER BY id LIMIT 1", id=customer)
        )
        records.create("finance.claim_line", {
            "claim": claim, "subject": "Crane, two days", "kind": kind, "day": (day.today - timedelta(days=2)),
            "gross": {"amount": str(left + 100), "currency": "EUR"}, "charged_to": project})  # fmt: skip
    day.go(f"/employee/finance/expenses/{claim}", xu)
    warning = xu.locator(".wf-note-warn", has_text=day.words("Above the cost limit"))
    for part in (f"{left:,.2f}", f"{left + 100:,.2f}", day.company.name("finance", day.locale)):
        expect(warning).to_contain_text(part)


def _issue(day: Day) -> None:
    """Step 8: refused until the customer accepts, then the next number without a gap."""
    invoice = int(
        day.scalar("SELECT id FROM finance_invoice WHERE net = 4860000 AND net_currency = 'EUR' AND status = 'draft'")
    )
    customer = day.account(HAVERDIJK)
    address = f"/employee/finance/invoices/{invoice}"

    def issue() -> None:
        day.go(address)
        day.press(day.words("Issue"))
        day.send(day.words("Issue"))

    issue()
    refusal = day.say(day.locale, "Execution step %(n)s is not accepted by the customer: %(name)s.", domain="documents",
                      n=4, name="").rstrip("。. ")  # fmt: skip
    expect(day.page.locator("#wf-dialog [role=alert]").first).to_contain_text(refusal)
    milestone = int(day.scalar("SELECT id FROM projects_milestone WHERE name = 'Acceptance of phase 2'"))
    with day.company.records("customer", write=True) as records:
        records.act("projects.milestone.accept", milestone, {"remark": "All zones of the pilot."})
    for _round in range(2):  # the milestone is told to the contract, the contract counts its steps
        day.company.settle()
    assert day.scalar("SELECT status FROM documents_step WHERE milestone = :id", id=milestone) == "done"
    newest = "SELECT max(serial) FROM finance_invoice WHERE serial LIKE :year"
    last = str(day.scalar(newest, year=f"INV-{day.today.year}-%") or "")
    issue()
    expect(day.page.locator("#wf-toast")).to_contain_text("INV-")
    serial = str(day.scalar("SELECT serial FROM finance_invoice WHERE id = :id", id=invoice))
    assert int(serial.rsplit("-", 1)[-1]) == (int(last.rsplit("-", 1)[-1]) if last else 0) + 1
    day.go(f"/employee/crm/accounts/{customer}?tab=slot:finance.money")
    for figure in ("291,600.00", "160,200.00"):
        expect(day.page.locator("#wf-tab")).to_contain_text(figure)
    expect(day.page.locator(".wf-facts")).to_contain_text("145,800.00")


def _part_payment(day: Day) -> None:
    """Step 9: half the gross came in; half the net is open, here and in the customer's portal."""
    invoice = int(day.scalar("SELECT id FROM finance_invoice WHERE net = 9720000 AND net_currency = 'EUR'"))
    gross = Decimal(day.scalar("SELECT gross FROM finance_invoice WHERE id = :id", id=invoice)) / 100
    day.go(f"/employee/finance/invoices/{invoice}")
    day.press(day.words("Book a payment"))
    dialog = day.page.locator("#wf-dialog")
    dialog.locator("[name=amount]").fill(f"{gross / 2:.2f}")
    dialog.locator("[name=amount_currency]").select_option("EUR")
    day.send(day.words("Book a payment"))
    day.toast("Payment booked")
    day.go(f"/employee/finance/invoices/{invoice}")
    expect(day.page.locator(".wf-facts")).to_contain_text("48,600")
    expect(day.page.locator(".wf-record-head")).to_contain_text(day.words("Part paid"))
    day.go(f"/employee/crm/accounts/{day.account(HAVERDIJK)}")
    expect(day.page.locator(".wf-facts")).to_contain_text("97,200")
    lieke = day.visit("customer", f"/customer/finance/invoices/{invoice}", locale=day.locale)
    expect(lieke.locator("#wf-page")).to_contain_text("48,600")
    expect(lieke.locator("#wf-page")).to_contain_text(day.words("Part paid"))


def _rates(day: Day) -> None:
    """Step 11: a faulty line is named by its row; the right file loads; the rate used is named with its day."""
    day.go("/employee/finance/month-end")
    days = [day.today - timedelta(days=number) for number in (1, 0)]
    bad = f"Date,CNY,USD\n{days[0]},7.8111,1.1\n{days[1]},seven,1.1\n"
    chosen = {"name": "rates.csv", "mimeType": "text/csv", "buffer": bad.encode()}

    def load() -> None:
        day.page.locator("input[type=file]").set_input_files(chosen)
        day.page.locator("#rates").get_by_role("button", name=day.words("Load")).click()
        day.page.wait_for_load_state("networkidle")

    load()
    expect(day.page.locator("#rates [role=alert]").first).to_contain_text(
        day.say(day.locale, "Line %(line)s is not a line of the reference rates.", domain="core", line=3))  # fmt: skip
    chosen["buffer"] = bad.replace("seven", "7.8222").encode()
    load()
    expect(day.page.locator("#wf-page")).to_contain_text("7.8222")


def _own_claim_and_refusals(day: Day) -> None:
    """Step 12: deals are read only, employee files closed; nobody agrees to an own claim."""
    with day.company.records("finance", write=True) as records:
        claim = records.create("finance.claim", {"purpose": "Train to the tax office"}).id
        kind = records.query("core.value", fields=(), limit=1,
                             filters={"list_key": "finance.expense_kind", "code": "train"}).rows[0].id  # fmt: skip
        records.create("finance.claim_line", {
            "claim": claim, "subject": "Train", "kind": kind, "day": day.today - timedelta(days=2),
            "gross": {"amount": "84.00", "currency": "CNY"}})  # fmt: skip
        records.act("finance.claim.submit", claim, {})
    day.go(f"/employee/finance/expenses/{claim}/act/agree")
    day.page.locator("#wf-page [type=submit].btn-primary").last.click()
    day.page.wait_for_load_state("networkidle")
    expect(day.page.locator("body")).to_contain_text(day.words("another person of finance must"))
    assert day.scalar("SELECT status FROM finance_claim WHERE id = :id", id=claim) == "submitted"
    deal = int(day.scalar("SELECT id FROM crm_opportunity WHERE outcome = 'open' ORDER BY id LIMIT 1"))
    day.go(f"/employee/crm/opportunities/{deal}")
    edit = day.say(day.locale, "Edit", domain="core")
    expect(day.page.locator(".wf-record-head").get_by_role("link", name=edit, exact=True)).to_have_count(0)
    person = int(day.scalar("SELECT id FROM hrm_employee ORDER BY id LIMIT 1"))
    assert day.go(f"/employee/hrm/employees/{person}").status == 404


def _wrong_project(day: Day, posting: int) -> None:
    """Step 13: what is booked is not deleted; reversed with a reason and charged anew: three rows, right figures."""
    bill = int(day.scalar("SELECT source FROM finance_posting WHERE id = :id", id=posting))
    wrong = int(day.scalar("SELECT project FROM finance_posting WHERE id = :id", id=posting))
    right = int(day.scalar(
        "SELECT id FROM projects_project WHERE status = 'running' AND currency = 'CNY' AND id NOT IN"
        " (SELECT project FROM finance_posting WHERE source = :bill AND project IS NOT NULL) ORDER BY id DESC LIMIT 1",
        bill=bill))  # fmt: skip
    sums = "SELECT coalesce(sum(company), 0) FROM finance_posting WHERE project = :id AND kind = 'bill'"
    before = Decimal(day.scalar(sums, id=wrong)), Decimal(day.scalar(sums, id=right))
    day.go(f"/employee/finance/postings/{posting}")
    delete = day.say(day.locale, "Delete", domain="core")
    expect(day.page.get_by_text(delete, exact=True)).to_have_count(0)
    day.press(day.words("Reverse"))
    dialog = day.page.locator("#wf-dialog")
    dialog.locator("[name=reason]").fill("Charged to the wrong project")
    name = day.scalar(
        f"SELECT {'name_alt' if day.locale == 'zh' else 'name'} FROM projects_project WHERE id = :id", id=right
    )
    dialog.locator("[data-field=charged_to] input[role=combobox]").fill(str(name))
    dialog.locator("[data-field=charged_to] [role=option]").first.click()
    day.send(day.words("Reverse"))
    day.toast("Reversed and charged anew")
    assert Decimal(day.scalar(sums, id=wrong)) == before[0] - 60001
    assert Decimal(day.scalar(sums, id=right)) == before[1] + 60001
    day.go(f"/employee/finance/postings/?source={bill}&all=1")
    rows = "SELECT count(*) FROM finance_posting WHERE source = :bill AND abs(amount) = 60001"
    assert day.scalar(rows, bill=bill) == 3
    expect(day.page.locator("tbody tr[data-id]", has_text="600")).to_have_count(3)


def _close(day: Day) -> None:
    """Step 10: last month is closed; what is dated in it is refused with month, reason, first open day."""
    today = day.today
    last = today.replace(day=1) - timedelta(days=1)
    sums = "SELECT sum(company), count(*) FROM finance_posting WHERE day <= :day"
    before = day.scalar(sums, day=last)
    day.go("/employee/finance/month-end")
    close = day.like("Close %(month)s", "month")
    day.page.locator(".wf-head, header").get_by_role("link", name=close).first.click()
    dialog = day.page.locator("#wf-dialog")
    dialog.locator("[name=reason]").fill("Books are sent")
    dialog.locator("[type=submit].btn-primary").click()
    expect(dialog).to_be_hidden()
    bill = int(day.scalar("SELECT id FROM finance_bill WHERE bill_no = 'NL-2264'"))
    with day.company.records("finance", write=True) as records:
        unit = records.principal.units[0]
        records.create("finance.bill_share", {"bill": bill, "for_unit": unit, "percent": "100"})
    day.go(f"/employee/finance/bills/{bill}")
    day.press(day.words("Agree"))
    dialog.locator("[name=day]").fill(last.isoformat())
    day.send(day.words("Agree"))
    alert = dialog.locator("[role=alert], .wf-error").first
    expect(alert).to_contain_text("Books are sent")
    expect(alert).to_contain_text(today.replace(day=1).isoformat())
    expect(alert).to_contain_text(str(last.year))
    assert day.scalar(sums, day=last) == before
