"""Steps 5 to 7 of the story: the project is made, people are invited, work and money are booked, the supplier bills."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from tests.plugins.story.hands import Person, paper, photo
from weft.core.testing.client import WeftClient

PROJECTS, WORK, GOALS, HOURS = "projects/projects", "projects/tasks", "projects/milestones", "projects/hours"
CLAIMS, CLAIM_LINES, BILLS = "finance/expenses", "finance/expense-lines", "finance/bills"
TASKS = "workflow/tasks"
#: 8 hours at 70, and a claim of 600 net.
OWN_COST, BILLED = Decimal("1160.00"), Decimal("4200.00")


def invited(w: SimpleNamespace, host: Person, contact: int, audience: str) -> Person:
    """The host invites a contact from its record; the person sets a password by the link and agrees to the terms."""
    address = f"/employee/crm/contacts/{contact}/portal"
    answer = host.fill(address, "/portal")
    link = re.search(r'value="[^"]*(/auth/link/[^"]+)"', answer.text)
    assert link is not None, answer.text[-2000:]
    browser = w.app.test_client()
    password = "seven quiet herons"
    assert browser.get(link[1]).status_code == 200
    sent = browser.post(link[1], data={"password": password, "again": password})
    assert sent.status_code in (302, 303), sent.text[-2000:]
    again = w.app.test_client().get(link[1])
    assert again.status_code == 410
    home = browser.get(f"/{audience}/", follow_redirects=True)
    if "/consent" in home.request.path:
        from tests.plugins.story.forms import preset

        agreed = {name: ["1"] for name in ("terms", "privacy")}
        browser.post(f"/auth/{audience}/consent", data={**preset(home.text, "/consent")[1], **agreed})
    return Person(w.app, w.runtime, _user(w, contact), w.locale, browser=_signed(browser))


def _signed(browser: Any) -> WeftClient:
    assert isinstance(browser, WeftClient)
    return browser


def _user(w: SimpleNamespace, contact: int) -> int:
    from weft.core.identity.tables import anchor

    with w.runtime.db.read() as connection:
        return int(connection.execute(select(anchor.c.user_id).where(anchor.c.record_id == contact)).scalar_one())


def the_project_is_made(w: SimpleNamespace) -> None:
    """S1.5: by template from the deal, customer, contact and contract linked; the customer's contact is invited."""
    w.clock.move(seconds=20)
    running = w.emeric.total(PROJECTS, status="running")
    w.anneke.fill(
        f"/employee/projects/projects/new?source={w.deal}", "/projects/projects/new", template=str(w.template),
        shared="1", country="CN",
    )  # fmt: skip
    w.settle()
    (project,) = w.anneke.rows(PROJECTS, source=w.deal)
    w.project = project["id"]
    assert (project["customer"]["id"], project["contact"]["id"]) == (w.account, w.contact)
    w.anneke.act(PROJECTS, w.project, "start")
    assert w.emeric.total(PROJECTS, status="running") == running + 1
    assert w.lin.one("documents/contracts", w.contract)["project"]["id"] == w.project
    (w.goal,) = [one["id"] for one in w.anneke.rows(GOALS, project=w.project)]
    w.tasks = {one["name"]: one["id"] for one in w.anneke.rows(WORK, project=w.project)}
    w.qi = invited(w, w.lin, w.contact, "customer")
    page = w.qi.page(f"/customer/projects/projects/{w.project}")
    assert ("Acceptance" if w.locale == "en" else "验收") in page and re.search(r"\D0\s?%", page)
    assert [one["id"] for one in w.qi.rows(GOALS)] == [w.goal] and w.qi.rows(WORK) == []
    card = w.lin.page(f"/employee/crm/accounts/{w.account}")
    assert w.lin.words("projects", "Projects") in card


def the_customer_reads_and_asks(w: SimpleNamespace) -> None:
    """The customer reads the contract's text that is shared, nothing else, and asks a question."""
    (text,) = w.lin.rows("documents/documents", linked=f"documents.about:{w.contract}")
    assert w.qi.rows("documents/documents") == []
    w.lin.act("documents/documents", text["id"], "release")
    w.lin.act("documents/documents", text["id"], "share_outside", organisations=str(w.account))
    w.settle()
    assert [one["id"] for one in w.qi.rows("documents/documents")] == [text["id"]]
    assert text["title"].split()[-1] in w.qi.page(f"/customer/documents/documents/{text['id']}")
    before = w.lu.total("service/requests")
    w.qi.fill("/customer/service/requests/new", "/requests/new", subject="When do you come?",
              description="We would like to know the week.")  # fmt: skip
    w.settle()
    (asked,) = w.qi.rows("service/requests")
    assert w.lu.total("service/requests") == before + 1 and asked["title"] == "When do you come?"


def work_and_a_claim_are_booked(w: SimpleNamespace) -> None:
    """S1.6: a task, 8 hours, a claim of 600 with a photo; head and finance agree; cost = 8 x rate + 600 net."""
    fit = w.tasks["Fit meters"]
    w.clock.move(seconds=20)
    w.anneke.act(WORK, fit, "assign", owner=w.xu.id)
    w.anneke.change(WORK, w.tasks["Survey"], partner=w.vesterlund)
    w.settle()
    w.xu.act(WORK, fit, "finish")
    entry = w.xu.make(HOURS, project=w.project, task=fit, day=w.clock().date().isoformat(), hours="8")
    w.xu.act(HOURS, entry, "submit")
    w.anneke.act(HOURS, entry, "approve")
    claim = w.xu.make(CLAIMS, purpose="Site visit")
    receipt = w.xu.upload("employee", photo())
    with_photo = {"subject": "Hotel", "gross": "636.00", "gross_currency": "CNY", "tax": "36.00",
                  "tax_currency": "CNY", "charged_to": str(w.project), "receipt": receipt}  # fmt: skip
    kind = w.xu.rows("core/values", list_key="finance.expense_kind", code="hotel")[0]["id"]
    w.xu.fill(f"/employee/finance/expense-lines/new?claim={claim}", "/expense-lines/new", kind=str(kind), **with_photo)
    (line,) = w.xu.rows(CLAIM_LINES, claim=claim)
    assert (Decimal(line["net"]["amount"]), line["charged_to"]["id"]) == (Decimal("600.00"), w.project)
    assert line["receipt"]
    w.xu.act(CLAIMS, claim, "submit")
    w.settle()
    for who in ("emeric", "tang"):
        (task,) = getattr(w, who).rows(TASKS, status="open", owner="me")
        w.clock.move(seconds=20)
        getattr(w, who).act(TASKS, task["id"], "agree")
        w.settle()
    assert w.xu.one(CLAIMS, claim)["status"] == "booked"
    assert cost_of(w) == OWN_COST


def the_subcontractor_bills(w: SimpleNamespace) -> None:
    """S1.7: its contact is invited by link, sees its task and nothing else of the project, sends a bill."""
    w.sub = invited(w, w.lu, w.nils, "supplier")
    assert [one["id"] for one in w.sub.rows(WORK)] == [w.tasks["Survey"]]
    assert not w.sub.sees(WORK, w.tasks["Fit meters"])
    page = w.sub.page(f"/supplier/projects/tasks/{w.tasks['Survey']}")
    assert "Inkboat" not in page and "1176000" not in page
    for entities, number in ((PROJECTS, w.project), ("crm/accounts", w.account), (GOALS, w.goal)):
        assert _hidden(w.sub, entities, number)
    w.sub.act(WORK, w.tasks["Survey"], "finish", remark="Done in two days")
    before = w.tang.total(BILLS, status__in="received,checking")
    money = {"net": str(BILLED), "tax": "252.00", "gross": "4452.00"}
    typed = {f"{name}_currency": "CNY" for name in money} | money
    due = w.clock().date().replace(day=28).isoformat()
    w.sub.fill("/supplier/finance/bills/new", "/bills/new", bill_no="V-77", about="Survey", due_on=due,
               file=w.sub.upload("supplier", paper()), **typed)  # fmt: skip
    (bill,) = w.sub.rows(BILLS)
    assert w.tang.total(BILLS, status__in="received,checking") == before + 1
    w.tang.make("finance/bill-shares", bill=bill["id"], charged_to=w.project, percent="100")
    w.clock.move(seconds=20)
    w.tang.act(BILLS, bill["id"], "accept")
    w.settle()
    assert w.sub.one(BILLS, bill["id"])["status"] == "accepted"
    assert cost_of(w) == OWN_COST + BILLED


def _hidden(who: Person, entities: str, number: int) -> bool:
    answer = who.browser.get(f"/supplier/{entities}/{number}")
    return bool(answer.status_code == 404)


def cost_of(w: SimpleNamespace) -> Decimal:
    """Cost of the customer by plain SQL over what was booked."""
    return _sum(w, ("hours", "expense", "bill"))


def margin_of(w: SimpleNamespace) -> Decimal:
    """R7 by plain SQL: invoiced net - cost."""
    return _sum(w, ("invoice", "credit_note")) - cost_of(w)


def _sum(w: SimpleNamespace, kinds: tuple[str, ...]) -> Decimal:
    table = w.runtime.registry.entity("finance.posting").table
    mine = (table.c.customer == w.account) & table.c.kind.in_(kinds) & table.c.deleted_at.is_(None)
    with w.runtime.db.read() as connection:
        return Decimal(connection.execute(select(func.sum(table.c.amount)).where(mine)).scalar_one() or 0)
