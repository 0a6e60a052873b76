"""Steps 1 to 4 of the story: a visitor asks, the lead is given away, the deal won, its contract agreed to."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

LEADS, ACCOUNTS, DEALS, LINES = "crm/leads", "crm/accounts", "crm/opportunities", "crm/deal-lines"
CONTRACTS, TASKS, CASES = "documents/contracts", "workflow/tasks", "workflow/cases"
AMOUNT = Decimal("1176000.00")


def a_visitor_asks(w: SimpleNamespace) -> None:
    """S1.1: Unassigned +1 for the manager, thanks with a number for the visitor, nothing for anybody else."""
    visitor, address = w.app.test_client(), f"/crm/forms/contact?lang={w.locale}"
    page = visitor.get(address).text
    assert ("Ask us" in page) == (w.locale == "en") and ("联系我们" in page) == (w.locale == "zh")
    token = re.search(r'name="_shown" value="([^"]+)"', page)
    assert token is not None
    w.clock.move(seconds=40)
    given = {"company": "Inkboat Heating", "person": "Qi Mingyuan", "email": "qi@inkboat.example",
             "need": "120 meters, east district", "country": "CN", "consent": "1", "_shown": token[1]}  # fmt: skip
    thanks = visitor.post(address, data=given, forged=True)
    assert thanks.status_code == 200
    w.settle()
    (lead,) = w.lu.rows(LEADS, status="new", owner__isnull="true")
    assert lead["number"] in thanks.text and lead["company"] == "Inkboat Heating"
    assert (lead["source"]["title"], lead["source"]["alt"]) == ("Web form", "网站表单")
    assert w.lin.total(LEADS, owner="me") == 0
    w.lead = lead["id"]


def the_manager_gives_it_away(w: SimpleNamespace) -> None:
    """S1.2: the rep has it and is told at sign-in; Unassigned -1."""
    before = w.lin.total(LEADS, owner="me")
    w.lu.act(LEADS, w.lead, "allocate", person=w.lin.id)
    w.settle()
    assert w.lu.total(LEADS, status="new", owner__isnull="true") == 0
    assert w.lin.total(LEADS, owner="me", awaits_contact="true") == before + 1
    home = w.lin.page("/employee/")
    assert w.lin.words("crm", "New leads were assigned to you") in home and "Inkboat Heating" in home


def the_rep_wins_the_deal(w: SimpleNamespace) -> None:
    """S1.3: two calls, one account without typing it again, amount = sum of lines, won customer by itself."""
    for note in ("Wants 120 meters.", "Agreed on the price."):
        w.clock.move(seconds=20)
        w.lin.act(LEADS, w.lead, "log_contact", kind="call", note=note, outcome="positive")
    w.clock.move(seconds=20)
    w.deal = w.lin.act(LEADS, w.lead, "convert", deal=True)["record"]
    deal = w.lin.one(DEALS, w.deal)
    w.account, w.contact = deal["account"]["id"], deal["contact"]["id"]
    account = w.lin.one(ACCOUNTS, w.account)
    assert (account["name"], account["owner"]["id"]) == ("Inkboat Heating", w.lin.id)
    assert w.lin.total(DEALS, outcome="open") == 1
    w.lin.make(LINES, opportunity=w.deal, product=w.product, quantity="120", description="Flow meter WH-40")
    deal = w.lin.one(DEALS, w.deal)
    assert (Decimal(deal["amount"]["amount"]), deal["amount"]["currency"]) == (AMOUNT, "CNY")
    page = f"/employee/crm/opportunities/{w.deal}"
    make = w.lin.words("documents", "Make a contract")
    assert make not in w.lin.page(page)
    w.clock.move(seconds=20)
    w.lin.act(DEALS, w.deal, "win")
    w.settle()
    assert w.lin.one(ACCOUNTS, w.account)["life"] == "won"
    assert (w.lin.total(DEALS, outcome="open"), w.lin.total(DEALS, outcome="won")) == (0, 1)
    assert make in w.lin.page(page)
    won = w.anneke.page(page)
    assert w.anneke.words("projects", "Make a project") in won and make not in won


def the_contract_is_agreed_to(w: SimpleNamespace) -> None:
    """S1.4: party and amount come from the deal, capitals in the text; above the limit the table adds finance."""
    w.clock.move(seconds=20)
    form = w.lin.page(f"/employee/documents/contracts/new?opportunity={w.deal}")
    assert "Inkboat Heating" in form and "1176000.00" in form
    w.contract = w.lin.make(CONTRACTS, name="Inkboat Heating", opportunity=w.deal)
    row = w.lin.one(CONTRACTS, w.contract)
    assert (row["account"]["id"], Decimal(row["amount"]["amount"])) == (w.account, AMOUNT)
    assert row["in_words"] == "人民币壹佰壹拾柒万陆仟元整"
    w.lin.send(f"/employee/documents/fill/{w.contract}", template=str(w.paper), folder=str(w.folder))
    w.settle()
    (made,) = w.lin.rows("documents/documents", linked=f"documents.about:{w.contract}")
    assert "Inkboat Heating" in made["title"]
    w.lin.act(CONTRACTS, w.contract, "ask_approval")
    w.settle()
    _waits(w, "lu")
    _agrees(w, "lu")
    _waits(w, "tang", "shen")
    page = w.lin.page(f"/employee/documents/contracts/{w.contract}")
    assert _name(w, "tang") in page
    _agrees(w, "shen")
    _agrees(w, "tang")
    assert w.lin.one(CONTRACTS, w.contract)["status"] == "approved"
    w.lin.act(CONTRACTS, w.contract, "activate")
    card = w.lin.page(f"/employee/crm/accounts/{w.account}")
    assert w.lin.words("documents", "Active") in card


def _name(w: SimpleNamespace, who: str) -> str:
    from tests.plugins.story.world import PEOPLE

    return PEOPLE[who][0 if w.locale == "en" else 1]


def _waits(w: SimpleNamespace, *who: str) -> None:
    (case,) = w.lin.rows(CASES, status="running", about=w.contract)
    for one in who:
        assert _named(case, w, one), case
    assert {one for one in ("lu", "tang", "shen") if _open(w, one)} == set(who)


def _named(case: dict[str, Any], w: SimpleNamespace, who: str) -> bool:
    from tests.plugins.story.world import PEOPLE

    return any(name in (case["waits_for"] or "") for name in PEOPLE[who][:2])


def _open(w: SimpleNamespace, who: str) -> list[dict[str, Any]]:
    return list(getattr(w, who).rows(TASKS, status="open", owner="me"))


def _agrees(w: SimpleNamespace, who: str) -> None:
    (task,) = _open(w, who)
    w.clock.move(seconds=20)
    getattr(w, who).act(TASKS, task["id"], "agree", comment="Fine")
    w.settle()
