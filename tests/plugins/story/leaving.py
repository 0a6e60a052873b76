"""S2: the rep leaves; customers are handed over, taken back, handed over again; in the end the account closes."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.plugins.story.hands import Person
from weft.core.identity import rights
from weft.core.outbox import schedule

ACCOUNTS, DEALS, FILES = "crm/accounts", "crm/opportunities", "hrm/employees"
ADDRESS = "/employee/crm/hand-over"


def the_rep_is_about_to_leave(w: SimpleNamespace, make: Any) -> None:
    """S2.1: four more customers; HR starts the leaving; manager and rep see what is to be done; rights stay."""
    w.more = [make("crm.account", owner=w.lin.id, name=f"Customer {n}", role=["customer"])["id"] for n in range(4)]
    w.next = make("crm.activity", owner=w.lin.id, subject="Call again", status="planned", kind="call",
                  account=w.account, at=(w.clock() + timedelta(days=3)).isoformat())["id"]  # fmt: skip
    w.lin.send(f"/employee/crm/opportunities/{w.deal}/follow", on="1")
    with w.runtime.db.write() as connection:
        span = {"valid_from": w.clock(), "valid_to": w.clock() + timedelta(days=60), "now": w.clock()}
        rights.add_deputy(connection, w.lu.id, w.lin.id, **span)
    (file,) = w.he.rows(FILES, user=w.lin.id)
    w.last_day = w.today + timedelta(days=14)
    w.heads = w.he.total(FILES, status="active")
    w.he.act(FILES, file["id"], "leave", last_day=w.last_day.isoformat())
    w.settle()
    w.file = file["id"]
    step = w.lu.words("crm", "Hand over %(n)s customers", n=5)
    assert step in w.lu.page("/employee/todo/")
    told = [one["subject" if w.locale == "en" else "subject_alt"] for one in w.lin.rows("hrm/steps")]
    assert told == [step] and w.lin.total(ACCOUNTS, owner="me") == 5
    assert w.he.one(FILES, w.file)["status"] == "leaving"


def the_customers_are_handed_over(w: SimpleNamespace) -> None:
    """S2.2 to 4: 3 + 1 + 1 = 5 with nothing left out; applied, undone within the day, applied again."""
    _apply(w)
    change = _last_change(w)
    _stands(w, handed=True)
    assert _given(w.maud) == [3] and _given(w.gu) == [1]
    w.lu.undo(change)
    w.settle()
    _stands(w, handed=False)
    assert any(one.taken_back for one in w.maud.inbox())
    w.clock.move(seconds=20)
    _apply(w)
    _stands(w, handed=True)


def _apply(w: SimpleNamespace) -> None:
    assert w.lin.total(ACCOUNTS, owner="me") == 5
    plan, page = "", ""
    for to, ticked, do in (
        (f"person:{w.maud.id}", [w.account, *w.more[:2]], "ticked"),
        (f"pool:{w.pool}", w.more[2:3], "ticked"),
        (f"person:{w.gu.id}", [], "rest"),
    ):
        answer = w.lu.send(ADDRESS, **{"from": str(w.lin.id), "plan": plan, "to": to, "do": do,
                                       "ticked": [str(one) for one in ticked]})  # fmt: skip
        page = answer.text
        found = re.search(r'name="plan" value="([^"]*)"', page)
        assert found is not None
        plan = found[1].replace("&#39;", "'").replace("&amp;", "&")
    assert "3 + 1 + 1 = 5" in page
    assert w.lin.total(ACCOUNTS, owner="me") == 5  # nobody sees a change yet
    w.lu.send(ADDRESS, **{"from": str(w.lin.id), "plan": plan, "do": "apply"})
    w.settle()


def _last_change(w: SimpleNamespace) -> int:
    from sqlalchemy import func, select

    from weft.core.collaboration.tables import notice

    with w.runtime.db.read() as connection:
        mine = select(func.max(notice.c.change_set)).where(notice.c.user_id == w.maud.id)
        return int(connection.execute(mine).scalar_one())


def _given(who: Person) -> list[int]:
    """How many customers notices of a hand-over from Lin tell of."""
    return [one.data.get("count", 1) for one in who.inbox() if one.kind.startswith("crm.handed") and not one.taken_back]


def _stands(w: SimpleNamespace, *, handed: bool) -> None:
    maud, lin = (3, 0) if handed else (0, 5)
    assert (w.maud.total(ACCOUNTS, owner="me"), w.lin.total(ACCOUNTS, owner="me")) == (maud, lin)
    assert w.lu.total(ACCOUNTS, pool=w.pool) == (1 if handed else 0)
    new = w.maud.id if handed else w.lin.id
    assert w.lu.one(ACCOUNTS, w.account)["owner"]["id"] == new
    for entities, number in (("crm/contacts", w.contact), ("crm/activities", w.next),
                             ("documents/contracts", w.contract)):  # fmt: skip
        assert w.lu.one(entities, number)["owner"]["id"] == new, entities
    assert w.lu.one(DEALS, w.deal)["owner"]["id"] == w.lin.id  # won by her: it stays hers
    assert _follows(w, w.maud)  # also after it was taken back: she heard of it, and hears of nothing she may not read


def _follows(w: SimpleNamespace, who: Person) -> bool:
    from sqlalchemy import select

    from weft.core.collaboration.tables import follower

    with w.runtime.db.read() as connection:
        mine = select(follower.c.record_id).where(follower.c.user_id == who.id, follower.c.record_id == w.deal)
        return connection.execute(mine).first() is not None


def what_was_said_is_kept(w: SimpleNamespace) -> None:
    """The successor reads the whole course, and the customer's portal names the new contact."""
    course = w.maud.timeline(f"/employee/crm/accounts/{w.account}")
    assert any("Wants 120 meters." in line for line in course) and any("V-77" in line for line in course) is False
    assert any("INV-2026-00001" in line for line in course)
    name = "Maud Teunisse" if w.locale == "en" else "莫德"
    assert name in w.qi.page("/customer/")
    home = w.maud.page("/employee/")
    assert w.maud.words("crm", "New customers were assigned to you") in home


def the_last_day_passes(w: SimpleNamespace) -> None:
    """S2.5: sessions end, the account is closed, the list done; what she won stays hers."""
    w.clock.set(w.clock() + timedelta(days=14))
    w.lin.sign_in(w.app)
    assert w.lin.page("/employee/")
    w.clock.move(days=1)
    w.lin.sign_in(w.app)
    schedule.ensure(w.runtime.db, w.runtime.registry.jobs, w.clock())
    w.settle()
    w.clock.move(days=1)
    w.settle()
    gone = w.lin.browser.get("/employee/")
    assert gone.status_code in (302, 303) and "/auth/" in gone.headers["Location"]
    for person in (w.he, w.lu):
        person.sign_in(w.app)
    assert w.he.one(FILES, w.file)["status"] == "left"
    assert w.he.total(FILES, status="active") == w.heads - 1
    (one,) = w.he.rows("hrm/checklists", person=w.lin.id)
    assert one["status"] == "done"
    with w.runtime.db.read() as connection:
        assert rights.deputies(connection, w.lin.id, now=w.clock()) == []
    assert w.lu.total(ACCOUNTS, owner=w.lin.id) == 0
    deal = w.lu.one(DEALS, w.deal)
    assert deal["closed_owner"]["id"] == w.lin.id
    name = "Lin Shutong" if w.locale == "en" else "林疏桐"
    assert any(name in line for line in w.lu.timeline(f"/employee/crm/accounts/{w.account}"))
    assert name in w.lu.page("/employee/crm/results?period=year")
