"""J11: a supplier's day, Jin Xubai of Shuohe Castings: certificates, bills, tasks, messages, a new bank account.

The steps follow each other on one demo of Weirholm, once in each language, the Chinese one on a telephone.
"""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
SHUOHE = "Shuohe Precision Castings"


class Day:
    """What one does again and again on a day of the supplier."""

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale
        self.width = 360 if locale == "zh" else 1280
        self.page = visit("supplier", "/supplier/", locale=locale, width=self.width)
        with company.records("finance") as records:
            #: The day it is where the company keeps its books.
            self.today = records.now.astimezone(records.zone).date()

    def go(self, path: str, page: Any = None) -> Any:
        page = page or self.page
        answer = page.goto(path if path.startswith("http") else self.company.url + path)
        page.wait_for_load_state("networkidle")
        if page is self.page:
            self.fits()
        return answer

    def fits(self) -> None:
        """Nothing scrolls sideways."""
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{self.page.url} is {wide} px wide in {window}"

    def words(self, message: str, context: str = "", domain: str = "finance", **slots: Any) -> str:
        return str(self.say(self.locale, message, context, domain=domain, **slots))

    def like(self, message: str, slot: str) -> re.Pattern[str]:
        """A text with anything in the place of one slot."""
        before, after = (re.escape(part) for part in self.words(message, **{slot: "|"}).split("|"))
        return re.compile(f"{before}.+{after}")

    def tile(self, key: str, page: Any) -> Any:
        return page.locator(f"[data-tile='{key}']")

    def card(self, label: str) -> Any:
        """A card of the portal's home by its heading."""
        heading = self.page.get_by_role("heading", name=label, exact=True)
        return self.page.locator("section.wf-card").filter(has=heading).first

    def waiting(self) -> int:
        """How many things wait for the supplier."""
        self.go("/supplier/")
        return int(self.card(self.words("Waiting for you", domain="core")).locator("header .wf-2").first.inner_text())

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def send_form(self, page: Any = None) -> None:
        """Send the form of a page of its own."""
        page = page or self.page
        here = page.url
        form = page.locator("#wf-page form").filter(has=page.locator("[type=submit].btn-primary")).last
        action = str(form.get_attribute("action"))
        with page.expect_response(lambda answer: _is_post(answer, action)) as sent:
            form.locator("[type=submit].btn-primary").last.click()
        if sent.value.status < 400:
            page.wait_for_url(lambda address: address != here)
        page.wait_for_load_state("networkidle")

    def number(self, key: str, page: Any) -> int:
        self.go("/employee/", page)
        return int(self.tile(key, page).locator("header .wf-n").first.inner_text())


def _is_post(answer: Any, action: str) -> bool:
    return bool(answer.request.method == "POST" and answer.url.endswith(action))


@pytest.fixture
def day(visit: Any, company: Any, say: Any, locale: str) -> Day:
    return Day(visit, company, say, locale)


@pytest.fixture
def paper() -> Any:
    """``paper("name.pdf")``: a small PDF to be uploaded."""

    def make(name: str) -> dict[str, Any]:
        from pypdf import PdfWriter

        out = BytesIO()
        writer = PdfWriter()
        writer.add_blank_page(width=300, height=300)
        writer.write(out)
        return {"name": name, "mimeType": "application/pdf", "buffer": out.getvalue()}

    return make


@LOCALES
def test_the_day_of_a_supplier(day: Day, paper: Any) -> None:
    _home(day)
    _certificate(day, paper)
    _bill(day, paper)
    _rejected(day, paper)
    _accepted_and_paid(day)
    _task(day)
    _message_and_reading(day)
    _bank_account(day)
    _refused(day)
    _wrong_paper(day, paper)


def _home(day: Day) -> None:
    """Step 1: what waits, the bill being checked, the certificate that ends, the contact on every page."""
    day.fits()
    assert day.waiting() >= 3
    expect(day.card(day.words("Bills and payments"))).to_contain_text("84,200")
    ends = day.card(day.words("Certificates", domain="documents"))
    expect(ends.locator("header .wf-2").first).to_have_text("1")
    expect(ends).to_contain_text("质量管理体系认证" if day.locale == "zh" else "Quality management")
    contact = day.company.name("dai", day.locale)
    expect(day.page.locator("#wf-page")).to_contain_text(contact)
    expect(day.page.get_by_role("link", name=day.words("Send a bill")).first).to_be_visible()
    day.go("/supplier/finance/bills/")
    expect(day.page.locator(".wf-portal-foot")).to_contain_text(contact)


def _certificate(day: Day, paper: Any) -> None:
    """Step 2: the renewal waits, stands on the supplier's card, is accepted; the old paper stays as a version."""
    number = int(day.scalar("SELECT id FROM documents_certificate WHERE cert_no = 'QMS-20417'"))
    old = int(day.scalar("SELECT file FROM documents_certificate WHERE id = :id", id=number))
    day.go(f"/supplier/documents/certificates/{number}/act/renew")
    day.page.locator("input[type=file]").set_input_files(paper("QMS-20417-new.pdf"))
    day.page.locator("[name=ends_on]").fill((day.today + timedelta(days=1115)).isoformat())
    day.send_form()
    expect(day.page.locator("#wf-page")).to_contain_text(day.words("To confirm", domain="documents"))
    firm = int(day.scalar("SELECT id FROM crm_account WHERE name = :name", name=SHUOHE))
    inside = day.visit("finance", f"/employee/crm/accounts/{firm}", locale=day.locale)
    side = inside.locator(".wf-record-side")
    expect(side).to_contain_text(day.words("To confirm", domain="documents"))
    day.go(f"/employee/documents/certificates/{number}", inside)
    head = inside.locator(".wf-record-head")
    head.locator("a:visible, button:visible", has_text=day.words("Accept", domain="documents")).first.click()
    expect(inside.locator("#wf-toast")).to_contain_text(day.words("Certificate accepted", domain="documents"))
    day.go("/supplier/")
    expect(day.card(day.words("Certificates", domain="documents"))).to_contain_text(
        day.words("No certificate ends within 60 days.", domain="documents")
    )
    assert int(day.scalar("SELECT file FROM documents_certificate_version WHERE certificate = :id", id=number)) == old
    day.go(f"/supplier/documents/certificates/{number}")
    expect(day.page.locator("#wf-page")).to_contain_text(day.words("Earlier certificates", domain="documents"))


def _fill_bill(day: Day, number: str, net: str, tax: str, gross: str, file: Any = None) -> None:
    for name, value in (("bill_no", number), ("net", net), ("tax", tax), ("gross", gross),
                        ("due_on", (day.today + timedelta(days=30)).isoformat())):  # fmt: skip
        day.page.locator(f"[name={name}]").fill(value)
    for name in ("net", "tax", "gross"):
        day.page.locator(f"[name={name}_currency]").select_option("CNY")
    if file is not None:
        day.page.locator("input[type=file]").set_input_files(file)
        expect(day.page.locator(".wf-files li")).to_have_count(1)


def _bill(day: Day, paper: Any) -> None:
    """Step 3: gross is net and tax; received with our number; the same number again is refused with its day."""
    finance = day.visit("finance", "/employee/", locale=day.locale)
    before = day.number("finance.bills_tile", finance)
    day.go("/supplier/finance/bills/new")
    _fill_bill(day, "SH-5001", "1000.00", "130.00", "1120.00", paper("SH-5001.pdf"))
    day.send_form()
    expect(day.page.locator("#wf-page")).to_contain_text("1130.00")
    day.page.locator("[name=gross]").fill("1130.00")
    day.send_form()
    day.page.wait_for_url(re.compile(r"/bills/\d+$"))
    expect(day.page.locator("#wf-page")).to_contain_text(day.words("Received"))
    expect(day.page.locator("#wf-page")).to_contain_text("BI-")
    assert day.number("finance.bills_tile", finance) == before + 1
    day.go("/supplier/finance/bills/new")
    _fill_bill(day, "SH-5001", "1000.00", "130.00", "1130.00")
    day.send_form()
    day_sent = day.words("This bill was sent already, on %(day)s.", day=day.today.isoformat())
    expect(day.page.locator("#wf-page")).to_contain_text(day_sent)


def _rejected(day: Day, paper: Any) -> None:
    """Step 4: rejected with a reason, corrected, sent again under the same number: one bill, two versions."""
    bill = int(day.scalar("SELECT id FROM finance_bill WHERE bill_no = 'SH-5001'"))
    before = day.waiting()
    with day.company.records("finance", write=True) as records:
        records.act("finance.bill.reject", bill, {"why": "Our order number is missing"})
    assert day.waiting() == before + 1
    day.go(f"/supplier/finance/bills/{bill}")
    expect(day.page.locator("#wf-page")).to_contain_text("Our order number is missing")
    day.go(f"/supplier/finance/bills/{bill}/edit")
    day.page.locator("[name=about]").fill("Order PO-2217")
    day.send_form()
    day.go(f"/supplier/finance/bills/{bill}/act/resend")
    day.send_form()
    expect(day.page.locator("#wf-page")).to_contain_text(day.words("Received"))
    assert day.scalar("SELECT count(*) FROM finance_bill WHERE bill_no = 'SH-5001' AND deleted_at IS NULL") == 1
    assert day.scalar("SELECT revision FROM finance_bill WHERE id = :id", id=bill) == 2
    assert day.scalar("SELECT count(*) FROM finance_bill_version WHERE bill = :id", id=bill) == 1


def _accepted_and_paid(day: Day) -> None:
    """Step 5: accepted with the expected day; paid after the batch."""
    bill = int(day.scalar("SELECT id FROM finance_bill WHERE bill_no = 'SH-4711'"))
    with day.company.records("finance", write=True) as records:
        records.act("finance.bill.accept", bill, {"expected_on": day.today + timedelta(days=6)})
    day.go(f"/supplier/finance/bills/{bill}")
    expect(day.page.locator("#wf-page")).to_contain_text(day.like("Accepted, expected payment %(day)s", "day"))
    finance = day.visit("finance", "/employee/finance/collect?currency=CNY", locale=day.locale)
    finance.get_by_role("button", name=day.words("Make the batch")).click()
    finance.wait_for_url(re.compile(r"/batches/\d+"))
    expect(finance.locator("#wf-page")).to_contain_text("SH-4711")
    with day.company.records("finance", write=True) as records:
        records.act("finance.batch.pay", int(finance.url.rsplit("/", 1)[-1]), {})
    day.go(f"/supplier/finance/bills/{bill}")
    expect(day.page.locator("#wf-page")).to_contain_text(day.like("Paid on %(day)s", "day"))


def _task(day: Day) -> None:
    """Step 6: own tasks only; finishing with a remark reaches who leads the work."""
    with day.company.records("supplier") as records:
        tasks = [row.id for row in records.query("projects.task", fields=("status",), limit=50).rows]
    assert tasks
    known = ",".join(map(str, tasks))
    open_one = int(day.scalar(f"SELECT min(id) FROM projects_task WHERE id IN ({known}) AND status != 'done'"))
    day.go(f"/supplier/projects/tasks/{open_one}/act/finish")
    day.page.locator("[name=remark]").fill("Patterns are with the carrier.")
    day.send_form()
    day.company.settle()
    owner = int(day.scalar("SELECT owner_id FROM projects_task WHERE id = :id", id=open_one))
    who = next(name for name, number in day.company.people.items() if number == owner)
    theirs = day.visit(who, f"/employee/projects/tasks/{open_one}", locale=day.locale)
    expect(theirs.locator("#wf-page")).to_contain_text("Patterns are with the carrier.")
    assert day.scalar("SELECT status FROM projects_task WHERE id = :id", id=open_one) == "done"


def _message_and_reading(day: Day) -> None:
    """Step 7: a question to the contact is answered; the safety rules are confirmed."""
    send, question = day.words("Send", domain="communication"), "Do you take castings of GG-25?"
    day.page.locator("a[href$='/supplier/communication/write']").first.click()
    dialog = day.page.locator("#wf-dialog")
    dialog.locator("input[name=subject]").fill("Castings")
    dialog.locator("textarea[name=text]").fill(question)
    dialog.get_by_role("button", name=send).click()
    day.page.wait_for_url(re.compile(r"/threads/\d+"))
    thread = int(re.search(r"/threads/(\d+)", day.page.url)[1])  # type: ignore[index]
    told = day.scalar("SELECT owner_id FROM crm_account WHERE name = :name", name=SHUOHE)
    buyer = next(who for who, user in day.company.people.items() if user == told)
    inside = day.visit(buyer, f"/employee/communication/threads/{thread}", locale=day.locale)
    expect(inside.locator(".wf-comments")).to_contain_text(question)
    inside.locator("textarea[name=text]").fill("We do.")
    inside.get_by_role("button", name=send).click()
    expect(inside.locator(".wf-comments")).to_contain_text("We do.")
    day.go("/supplier/messages/")
    day.page.locator("#wf-page").get_by_role("link", name="Castings").first.click()
    expect(day.page.locator(".wf-comments")).to_contain_text("We do.")
    with day.company.records("supplier") as records:
        rows = records.query("documents.reading", fields=("document",), filters={"open": "true"}, limit=5).rows
    for row in rows:
        day.go(f"/supplier/documents/documents/{row['document'].id}")
        confirm = day.words("Read and confirm", domain="documents")
        day.page.locator("#wf-page").get_by_role("button", name=confirm).first.click()
        expect(day.page.locator("#wf-toast")).to_contain_text(day.words("Confirmed: thank you", domain="documents"))


def _bank_account(day: Day) -> None:
    """Step 8: the new account waits for finance, who call back; the old one is paid until then."""
    firm = int(day.scalar("SELECT id FROM crm_account WHERE name = :name", name=SHUOHE))
    with day.company.records("finance", write=True) as records:
        records.update("crm.account", firm, {"bank_account": "6222 0217 0000 9999"}, version=None)
    before = day.scalar("SELECT bank_account FROM crm_account WHERE id = :id", id=firm)
    day.go("/supplier/company/")
    account = re.compile(re.escape(day.words("Bank account", domain="crm")))
    day.page.get_by_role("button", name=account).first.click()
    day.page.locator("[name=bank_account]").fill("6222 0217 5555 0001")
    day.page.locator("[name=bank_account]").press("Enter")
    account_field = day.words("Bank account", domain="crm")
    asked = day.words("%(fields)s: we confirm it first and tell you", domain="core", fields=account_field)
    expect(day.page.locator("body")).to_contain_text(asked)
    day.go("/supplier/company/")
    expect(day.page.locator("#wf-page")).to_contain_text("6222 0217 5555 0001")
    assert day.scalar("SELECT bank_account FROM crm_account WHERE id = :id", id=firm) == before
    day.company.settle()
    finance = day.visit("finance", "/employee/todo/", locale=day.locale)
    waits = finance.locator("main", has_text=day.words("Bank account", domain="crm"))
    expect(waits).to_contain_text(SHUOHE if day.locale == "en" else "朔禾")
    number = int(day.scalar("SELECT id FROM field_change WHERE record_id = :id AND state = 'waiting'", id=firm))
    day.go(f"/employee/crm/accounts/{firm}", finance)
    label = day.words("Confirm or refuse", domain="core")
    finance.get_by_role("link", name=label).or_(finance.get_by_role("button", name=label)).first.click()
    dialog = finance.locator("#wf-dialog")
    dialog.locator("[type=submit].btn-primary").click()
    expect(dialog).to_contain_text(day.words("Say how you made sure, such as a call back.", domain="core"))
    dialog.locator("[name=note]").fill("Called back on the number we know")
    dialog.locator("[type=submit].btn-primary").click()
    expect(dialog).to_be_hidden()
    assert day.scalar("SELECT bank_account FROM crm_account WHERE id = :id", id=firm) == "6222 0217 5555 0001"
    assert day.scalar("SELECT note FROM field_change WHERE id = :id", id=number) == "Called back on the number we know"


def _refused(day: Day) -> None:
    """Step 10: other suppliers, other projects' tasks, cost: nothing of it."""
    firm = int(day.scalar("SELECT id FROM crm_account WHERE name = 'Vesterlund Fieldworks'"))
    bill = int(day.scalar("SELECT id FROM finance_bill WHERE supplier = :id LIMIT 1", id=firm))
    certificate = int(day.scalar("SELECT id FROM documents_certificate WHERE holder = :id LIMIT 1", id=firm))
    project = int(day.scalar("SELECT id FROM projects_project WHERE name = 'Haverdijk district metering'"))
    for address in (f"finance/bills/{bill}", f"documents/certificates/{certificate}", f"projects/projects/{project}",
                    "finance/postings/"):  # fmt: skip
        assert day.go(f"/supplier/{address}").status == 404
    day.go("/supplier/search/?q=Haverdijk")
    expect(day.page.locator("#wf-page")).not_to_contain_text("Water Board")


def _wrong_paper(day: Day, paper: Any) -> None:
    """Step 11: withdrawn while received; once it is checked, the button names whom to ask."""
    day.go("/supplier/finance/bills/new")
    _fill_bill(day, "SH-5002", "200.00", "26.00", "226.00", paper("wrong.pdf"))
    day.send_form()
    day.page.wait_for_url(re.compile(r"/bills/\d+$"))
    wrong = int(day.page.url.rsplit("/", 1)[-1])
    day.go(f"/supplier/finance/bills/{wrong}/act/withdraw")
    day.send_form()
    assert day.scalar("SELECT status FROM finance_bill WHERE id = :id", id=wrong) == "withdrawn"
    day.go("/supplier/finance/bills/new")
    _fill_bill(day, "SH-5002", "200.00", "26.00", "226.00", paper("right.pdf"))
    day.send_form()
    day.page.wait_for_url(re.compile(r"/bills/\d+$"))
    right = int(day.page.url.rsplit("/", 1)[-1])
    with day.company.records("finance", write=True) as records:
        records.act("finance.bill.check", right, {})
    day.go(f"/supplier/finance/bills/{right}")
    page = day.page.locator("#wf-page")
    expect(page).to_contain_text(day.words("Being checked"))
    ask = day.words("Ask %(who)s", who=day.company.name("finance", day.locale))
    expect(page.locator("a:visible, button:visible", has_text=ask).first).to_be_visible()
    expect(page.locator("a:visible, button:visible", has_text=day.words("Withdraw"))).to_have_count(0)
    assert day.go(f"/supplier/finance/bills/{right}/act/withdraw").status in (403, 404, 409)
