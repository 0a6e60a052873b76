"""S1 steps 5 to 7 in the browser: project, invitations, work and a claim on the phone, the subcontractor's bill."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from tests.browser.journeys.story.hands import FIRM, PASSWORD, Story, fits

PROJECTS, TASKS = "/employee/projects/projects", "/employee/projects/tasks"
CLAIMS = "/employee/finance/expenses"


def the_project_is_made(s: Story) -> None:
    """S1.5: from the deal by template; running +1 for the head; the customer's contact is invited and sees 0 %."""
    running = s.counted("head", "projects/projects", "status=running")
    page = s.go(s.page("project"), f"/employee/crm/opportunities/{s.deal}")
    page.get_by_role("link", name=s.words("projects", "Make a project")).click()
    page.wait_for_url(re.compile(r"/projects/new"))
    expect(page.locator("main")).to_contain_text(FIRM)
    page.locator("input[type=checkbox][name=shared]").check()
    s.send(page, form="form[action$='/projects/projects/new']")
    s.company.settle()
    s.project = s.scalar("SELECT id FROM projects_project WHERE source = :id", id=s.deal)
    assert s.scalar("SELECT customer FROM projects_project WHERE id = :id", id=s.project) == s.account
    assert s.scalar("SELECT project FROM documents_contract WHERE id = :id", id=s.contract) == s.project
    s.act("project", f"{PROJECTS}/{s.project}", "start")
    assert s.counted("head", "projects/projects", "status=running") == running + 1
    s.goal = s.scalar(
        "SELECT id FROM projects_milestone WHERE project = :id AND acceptance = 1 AND shared = 1 ORDER BY id LIMIT 1",
        id=s.project,
    )
    guest = invited(s, "sales", s.contact, "orla")
    s.go(guest, f"/customer/projects/projects/{s.project}")
    expect(guest.locator("#wf-page")).to_contain_text(re.compile(r"\D0\s?%"))
    expect(guest.locator(".wf-milestones li").first).to_be_visible()
    card = s.go(s.page("sales"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator("nav.wf-tabs")).to_contain_text(s.words("projects", "Projects"))


def invited(s: Story, host: str, contact: int, guest: str) -> Any:
    """The host invites a contact from its page; the person opens the link, sets a password, agrees to the terms."""
    page = s.go(s.page(host), f"/employee/crm/contacts/{contact}/portal")
    s.send(page, form="form[action$='/portal']")
    found = re.search(r'value="([^"]*/auth/link/[^"]+)"', page.content())
    assert found is not None
    visitor = s.guest(guest)
    visitor.goto(found[1])
    visitor.fill("[name=password]", PASSWORD)
    visitor.fill("[name=again]", PASSWORD)
    visitor.locator("form:has([name=password]) [type=submit]").click()
    visitor.wait_for_load_state("networkidle")
    if "/consent" in visitor.url:
        for box in visitor.locator("form[action*='/consent'] input[type=checkbox]").all():
            box.check()
        visitor.locator("form[action*='/consent'] [type=submit]").click()
        visitor.wait_for_load_state("networkidle")
    return visitor


def the_customer_reads_and_asks(s: Story) -> None:
    """The customer reads the shared text of the contract and asks a question."""
    text = s.scalar("SELECT source_id FROM relation WHERE target_id = :id AND source_id IN"
                    " (SELECT id FROM documents_document) LIMIT 1", id=s.contract)  # fmt: skip
    s.act("sales", f"/employee/documents/documents/{text}", "release")
    with s.company.records("sales", write=True) as records:
        records.act("documents.document.share_outside", text, {"organisations": str(s.account)})
    s.company.settle()
    guest = s.go(s.guest("orla"), f"/customer/documents/documents/{text}")
    expect(guest.locator("main")).to_contain_text(FIRM)
    s.go(guest, "/customer/service/requests/new")
    guest.fill("[name=subject]", "When do you come?")
    guest.fill("[name=description]", "We would like to know the week.")
    s.send(guest, form="form[action$='/requests/new']")
    expect(guest.locator("main")).to_contain_text("When do you come?")
    s.company.settle()
    card = s.go(s.page("sales"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator("#wf-timeline")).to_contain_text("When do you come?")


def work_and_a_claim_are_booked(s: Story) -> None:
    """S1.6: a task, 8 hours, a claim of 600 with a photo, agreed to on phones: cost = 8 x rate + 600 net."""
    rows = "SELECT id FROM projects_task WHERE project = :id ORDER BY position, id LIMIT 1"
    s.task = s.scalar(rows, id=s.project)
    with s.company.records("project", write=True) as records:
        records.assign("projects.task", s.task, owner=s.company.people["employee"])
    s.company.settle()
    page = s.go(s.page("employee"), "/employee/projects/timesheet")
    cell = page.locator(f"input[name='h-{s.project}-{s.task}-0']")
    cell.fill("8")
    page.get_by_role("button", name=s.words("projects", "Submit the week")).click()
    expect(page.locator("#wf-toast")).to_contain_text(re.compile(r"\d"))
    s.act("employee", f"{TASKS}/{s.task}", "finish", phone=True)
    entry = s.scalar("SELECT id FROM projects_time_entry WHERE task = :id", id=s.task)
    s.act("project", f"/employee/projects/hours/{entry}", "approve")
    hours = s.money(("hours",))
    rate = s.scalar(
        "SELECT rate FROM projects_rate WHERE (person = :who OR person IS NULL) AND (project = :id OR project IS NULL)"
        " ORDER BY project IS NULL, person IS NULL, valid_from DESC LIMIT 1",
        who=s.company.people["employee"], id=s.project,
    )  # fmt: skip
    own = s.scalar("SELECT amount FROM finance_posting WHERE customer = :id AND kind = 'hours'", id=s.account)
    assert own == 8 * rate and hours > 0
    _claim(s)
    assert s.money(("expense",)) == Decimal(600)


def _claim(s: Story) -> None:
    phone = s.go(s.page("employee", phone=True), f"{CLAIMS}/new")
    phone.fill("[name=purpose]", "Site visit")
    s.send(phone, form="form#wf-form")
    claim = s.scalar("SELECT id FROM finance_claim WHERE purpose = 'Site visit' ORDER BY id DESC LIMIT 1")
    kind = s.scalar("SELECT id FROM core_value WHERE list_key = 'finance.expense_kind' AND code = 'hotel'")
    s.go(phone, f"/employee/finance/expense-lines/new?claim={claim}&kind={kind}&charged_to={s.project}")
    fits(phone)
    phone.fill("[name=subject]", "Hotel")
    phone.locator("[name=gross]").fill("636.00")
    phone.locator("[name=gross_currency]").select_option("CNY")
    phone.locator("[name=tax]").fill("36.00")
    phone.locator("[name=tax_currency]").select_option("CNY")
    picture = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    with phone.expect_response(lambda answer: answer.url.endswith("/me/upload/")):
        phone.locator("input[type=file]").set_input_files(picture)
    s.send(phone, form="form#wf-form")
    assert s.scalar("SELECT receipt FROM finance_claim_line WHERE claim = :id", id=claim)
    s.act("employee", f"{CLAIMS}/{claim}", "submit", phone=True)
    for _turn in range(4):
        waiting = s.waiting_on(claim)
        if not waiting:
            break
        who = next((one for one in ("finance", "head", "lei") if one in waiting), waiting[0])
        s.decide(who, claim, phone=True)
    assert s.scalar("SELECT status FROM finance_claim WHERE id = :id", id=claim) == "booked"


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 80), (220, 210, 190)).save(out, "JPEG")
    return out.getvalue()


def _paper() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 80), (255, 255, 255)).save(out, "PDF")
    return out.getvalue()


def the_subcontractor_bills(s: Story) -> None:
    """S1.7: invited by link, sees its task and nothing else; its bill is one more to check, and raises the cost."""
    partner = s.scalar("SELECT id FROM crm_account WHERE name LIKE 'Vesterlund%'")
    contact = s.scalar("SELECT id FROM crm_contact WHERE account = :id AND email IS NOT NULL ORDER BY id LIMIT 1",
                       id=partner)  # fmt: skip
    rows = "SELECT id FROM projects_task WHERE project = :id ORDER BY position, id LIMIT 1 OFFSET 1"
    task = s.scalar(rows, id=s.project)
    with s.company.records("project", write=True) as records:
        records.update("projects.task", task, {"partner": partner}, version=None)
    guest = invited(s, "manager", contact, "vesterlund")
    s.go(guest, f"/supplier/projects/tasks/{task}")
    expect(guest.locator("body")).not_to_contain_text(FIRM)
    for hidden in (f"/supplier/projects/tasks/{s.task}", f"/supplier/projects/projects/{s.project}",
                   f"/supplier/crm/accounts/{s.account}"):  # fmt: skip
        assert guest.goto(s.company.url + hidden).status == 404, hidden
    before, cost = s.number("finance", "finance.bills_tile"), s.money(("hours", "expense", "bill"))
    s.go(guest, "/supplier/finance/bills/new")
    typed = {"bill_no": "V-77", "about": "Survey", "net": "4200.00", "tax": "252.00", "gross": "4452.00"}
    for name, value in typed.items():
        guest.locator(f"[name={name}]").fill(value)
    for name in ("net", "tax", "gross"):
        guest.locator(f"[name={name}_currency]").select_option("CNY")
    guest.locator("[name=due_on]").fill("2099-01-31")
    bill = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": _paper()}
    with guest.expect_response(lambda answer: answer.url.endswith("/me/upload/")):
        guest.locator("input[type=file]").set_input_files(bill)
    s.send(guest, form="form[action$='/bills/new']")
    assert s.number("finance", "finance.bills_tile") == before + 1
    number = s.scalar("SELECT id FROM finance_bill WHERE bill_no = 'V-77'")
    page = s.go(
        s.page("finance"), f"/employee/finance/bill-shares/new?bill={number}&charged_to={s.project}&percent=100"
    )
    s.send(page, form="form#wf-form")
    s.act("finance", f"/employee/finance/bills/{number}", "accept")
    assert s.money(("hours", "expense", "bill")) == cost + 4200
