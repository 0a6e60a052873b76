"""Steps 8 and 9 of the story: the customer accepts and pays half, the manager sees margin and course."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from tests.plugins.story.delivering import GOALS, cost_of, margin_of
from tests.plugins.story.hands import Person
from tests.plugins.story.world import PEOPLE

STEPS, INVOICES = "documents/steps", "finance/invoices"
NET = Decimal("470400.00")  # 40 % of the deal


def the_customer_accepts_and_pays(w: SimpleNamespace) -> None:
    """S1.8: the milestone accepted finishes the contract step, the draft may be issued; half is paid."""
    w.clock.move(seconds=20)
    step = w.lin.make(STEPS, name="Acceptance", name_alt="验收", contract=w.contract, place=1, share="40",
                      by_customer=True, milestone=w.goal, amount={"amount": str(NET), "currency": "CNY"})  # fmt: skip
    made = w.tang.send(f"/employee/finance/step-invoice/{step}")
    w.invoice = int(made.headers["Location"].rpartition("/")[2])
    (line,) = w.tang.rows("finance/invoice-lines", invoice=w.invoice)
    w.tang.change("finance/invoice-lines", line["id"], tax_rate="6")
    draft = w.tang.one(INVOICES, w.invoice)
    assert (draft["customer"]["id"], draft["project"]["id"], draft["contract"]["id"]) == (
        w.account, w.project, w.contract)  # fmt: skip
    assert (_of(draft, "net"), _of(draft, "gross")) == (NET, Decimal("498624.00"))
    assert not w.qi.sees(INVOICES, w.invoice)
    why = w.tang.refused(INVOICES, w.invoice, "issue")
    assert ("is not accepted by the customer" in why) == (w.locale == "en"), why
    w.anneke.act(GOALS, w.goal, "report")
    w.settle()
    w.clock.move(seconds=20)
    w.qi.act(GOALS, w.goal, "accept", remark="All meters read")
    w.settle()
    assert w.anneke.one(GOALS, w.goal)["status"] == "accepted"
    assert any("Acceptance" in text or "验收" in text for text in w.anneke.notices())
    assert w.lin.one(STEPS, step)["status"] == "done"
    ready = [one for one in w.tang.inbox() if one.kind == "finance.invoice_ready"]
    assert [one.record.id for one in ready] == [w.invoice]
    w.clock.move(seconds=20)
    w.tang.act(INVOICES, w.invoice, "issue")
    w.settle()
    w.clock.move(seconds=20)
    w.tang.act(INVOICES, w.invoice, "pay", amount={"amount": "249312.00", "currency": "CNY"})
    for who in (w.qi, w.lin, w.lu, w.tang):
        row = who.one(INVOICES, w.invoice)
        assert (row["status"], _of(row, "open_gross"), _of(row, "open_net")) == (
            "part_paid", Decimal("249312.00"), NET / 2)  # fmt: skip
    shown = "235,200"
    assert shown in w.lin.page(f"/employee/crm/accounts/{w.account}")
    assert shown in w.tang.page("/employee/finance/ageing")
    assert "249,312" in w.qi.page(f"/customer/finance/invoices/{w.invoice}")
    for locale in ("en", "zh"):
        paper = w.qi.browser.get(f"/customer/finance/invoice-pdf/{w.invoice}/{locale}")
        assert paper.status_code == 200 and paper.data.startswith(b"%PDF"), locale


def _of(row: dict[str, Any], name: str) -> Decimal:
    return Decimal(row[name]["amount"])


def the_manager_sees_the_margin_and_the_course(w: SimpleNamespace) -> None:
    """S1.9: invoice net - cost = margin = R7 by plain SQL; every step stands on the customer's timeline, in order."""
    margin = margin_of(w)
    assert margin == NET - cost_of(w)
    card = w.lu.page(f"/employee/crm/accounts/{w.account}")
    assert f"{margin:,.0f}" in card
    home = w.lu.page("/employee/")
    assert f"{margin:,.0f}" in home and "Inkboat Heating" in home
    sub = w.sub.page("/supplier/")
    assert f"{margin:,.0f}" not in sub and "Inkboat" not in sub
    _course(w, w.lu)


def _course(w: SimpleNamespace, who: Person) -> None:
    """The sentences of the customer's timeline, with people, in the order of the story."""
    lines = who.timeline(f"/employee/crm/accounts/{w.account}")
    place = 0
    for person, *words in _told(w):
        name = PEOPLE[person][0 if w.locale == "en" else 1] if person in PEOPLE else person
        wanted = (name, *words)
        later = enumerate(lines[place:], place)
        found = next((number for number, line in later if all(word in line for word in wanted)), None)
        assert found is not None, (person, words, lines[place:])
        place = found
    other = {"en": "陆景禾", "zh": "Lu Jinghe"}[w.locale]
    assert not any(other in line for line in lines)
    assert not any("agree" in line or "allocate" in line for line in lines)  # no keys
    # Finance and the executive are told of the claim and the hours too.
    whole = w.shen.timeline(f"/employee/crm/accounts/{w.account}")
    for word in (w.shen.words("finance", "Expense claim"), w.shen.words("projects", "Hours")):
        assert any(word in line for line in whole), (word, whole)


def _told(w: SimpleNamespace) -> list[tuple[str, ...]]:
    def said(domain: str, text: str, context: str = "") -> str:
        return str(w.lu.words(domain, text, context))

    zh = w.locale == "zh"
    fit, survey, accept = ("安装流量计", "勘察", "验收") if zh else ("Fit meters", "Survey", "Acceptance")
    return [
        ("Weft", "Inkboat Heating", said("crm", "Lead")),
        ("lu", PEOPLE["lin"][1 if zh else 0], said("crm", "Lead")),
        ("lin", "Wants 120 meters."),
        ("lin", "Agreed on the price."),
        ("lin", said("crm", "Converted"), said("crm", "Lead")),
        ("lin", said("crm", "Deal won")),
        ("lin", said("documents", "Contract"), "Inkboat Heating"),
        ("lin", said("documents", "In approval")),
        ("lu", said("workflow", "Agree")),
        ("tang", said("documents", "Approved")),
        ("lin", said("documents", "Active")),
        ("anneke", said("projects", "Project"), "Inkboat Heating"),
        ("Qi Mingyuan", "When do you come?"),
        ("xu", fit, said("projects", "Finish", "a task")),
        ("tang", "Hotel", said("finance", "Posting")),
        ("Nils Berg", survey),
        ("tang", "V-77", said("finance", "Posting")),
        ("anneke", accept, said("projects", "Milestone")),
        ("Qi Mingyuan", accept, said("projects", "Accepted")),
        ("tang", said("finance", "Issue"), said("finance", "Invoice")),
        ("tang", said("finance", "Book a payment")),
    ]
