"""Row scopes that the random worlds do not reach: via, words in where, trash and time at every step."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from weft.core.access.rows import Rows, union_of
from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.records.paging import forced_shape
from weft.core.registry.access import READ, Grant, Role, own, path, via, where
from weft.core.registry.declarations import RelationType

NOW = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)


class Pot(Entity, key="kiln.pot", label="Pot", title="name"):
    """Something with a user, a day and links."""

    name = field.text("Name")
    maker = field.user("Maker")
    due = field.date("Due", index=True)
    fired_at = field.datetime("Fired")
    lid = field.reference("Lid", to="kiln.pot", relation="kiln.covered_by", inverse=("kiln.covers", "Covers"))


class Shelf(Entity, key="kiln.shelf", label="Shelf", title="name"):
    """Holds pots."""

    name = field.text("Name")
    pot = field.reference("Pot", to="kiln.pot", relation="kiln.holds", inverse=("kiln.held_by", "Held by"))


class Room(Entity, key="kiln.room", label="Room", title="name"):
    """Holds shelves."""

    name = field.text("Name")


class KilnPlugin(Plugin):
    """Only for these tests."""

    key, title = "kiln", "Kiln"

    @hookimpl
    def weft_entities(self):
        return [Pot, Shelf, Room]

    @hookimpl
    def weft_relations(self):
        return [
            RelationType("kiln.in_room", "kiln.has_shelf", "In", "Shelves", source=("kiln.shelf",),
                         target=("kiln.room",)),
            RelationType("kiln.matches", "kiln.matched", "Matches", "Matches", source=("kiln.pot",),
                         target=("kiln.pot",), symmetric=True),
            RelationType("kiln.near", "kiln.near_to", "Near", "Near to"),
        ]  # fmt: skip

    @hookimpl
    def weft_roles(self):
        return [Role(f"kiln.{key}", key) for key in ("maker", "due", "fired", "visitor", "twin", "near", "lid")]

    @hookimpl
    def weft_grants(self):
        return [
            Grant("kiln.maker", "kiln.pot", READ, rows=where(maker="me")),
            Grant("kiln.due", "kiln.pot", READ, rows=where(due__gte="today", due__lte="today+1")),
            Grant("kiln.fired", "kiln.pot", READ, rows=where(fired_at="today")),
            Grant("kiln.visitor", "kiln.pot", READ, rows=own),
            Grant("kiln.visitor", "kiln.shelf", READ, rows=via("pot")),
            Grant("kiln.visitor", "kiln.room", READ, rows=via("kiln.has_shelf", "kiln.shelf")),
            Grant("kiln.twin", "kiln.pot", READ, rows=path("kiln.matches")),
            Grant("kiln.near", "kiln.pot", READ, rows=path("kiln.near")),
            Grant("kiln.lid", "kiln.pot", READ, rows=path("kiln.covered_by", "kiln.covered_by")),
        ]


@pytest.fixture
def weft_plugins():
    return [KilnPlugin]


@pytest.fixture
def kiln(shop, weft_runtime):
    weft_runtime.clock = lambda: NOW
    return shop


def visible(kiln, principal, entity="kiln.pot"):
    """Ids, the same in every shape."""
    found = []
    for shape in ("direct", "set", "walk", None):
        token = forced_shape.set(shape)
        found.append(sorted(kiln.ids(principal, entity)))
        forced_shape.reset(token)
    assert all(one == found[0] for one in found)
    return found[0]


def who(kiln, role, user=1, **more):
    principal = kiln.as_(user=user, **more)
    return principal.with_changes(roles=frozenset({"employee", f"kiln.{role}"}))


@pytest.mark.both_databases
def test_words_in_where_count_for_each_viewer(kiln):
    pots = kiln.add(Pot, [
        {"name": "a", "maker": 1, "due": date(2026, 6, 1)}, {"name": "b", "maker": 2, "due": date(2026, 6, 2)},
        {"name": "c", "due": date(2026, 6, 3), "fired_at": datetime(2026, 6, 1, 15, 30, tzinfo=UTC)},
        {"name": "d", "fired_at": datetime(2026, 6, 1, 16, 30, tzinfo=UTC)},
    ])  # fmt: skip
    assert visible(kiln, who(kiln, "maker", 1)) == [pots[0]]
    assert visible(kiln, who(kiln, "maker", 2)) == [pots[1]]
    assert visible(kiln, who(kiln, "due")) == pots[:2]
    assert visible(kiln, who(kiln, "due", zone="Asia/Shanghai")) == pots[1:3]  # it is 2 June there
    assert visible(kiln, who(kiln, "fired")) == pots[2:]
    assert visible(kiln, who(kiln, "fired", zone="Asia/Shanghai")) == [pots[3]]


@pytest.mark.both_databases
def test_via_follows_two_hops_of_live_records(kiln):
    pots = kiln.add(
        Pot, [{"name": "mine", "owner_id": 1}, {"name": "other", "owner_id": 2}, {"name": "gone", "owner_id": 1}]
    )
    shelves = kiln.add(Shelf, [{"name": f"s{n}", "pot": pot} for n, pot in enumerate((*pots, None))])
    rooms = kiln.add(Room, [{"name": f"r{n}"} for n in range(4)])
    kiln.link("kiln.in_room", list(zip(shelves, rooms, strict=True)))
    kiln.link("kiln.in_room", [(shelves[0], rooms[3])], valid_to=datetime(2026, 5, 1, tzinfo=UTC))
    with kiln.runtime.db.write() as connection:
        table = Pot.__table__
        connection.execute(update(table).where(table.c.id == pots[2]).values(deleted_at=NOW))
    me = who(kiln, "visitor")
    assert visible(kiln, me, "kiln.shelf") == [shelves[0]]
    assert visible(kiln, me, "kiln.room") == [rooms[0]]
    with kiln.runtime.db.write() as connection:
        table = Shelf.__table__
        connection.execute(update(table).where(table.c.id == shelves[0]).values(deleted_at=NOW))
    assert visible(kiln, me, "kiln.room") == []


@pytest.mark.both_databases
def test_symmetric_and_open_relations_lead_to_anchors(kiln):
    pots = kiln.add(Pot, [{"name": str(n)} for n in range(5)])
    kiln.link("kiln.matches", [(pots[0], pots[1]), (pots[2], pots[0])])
    kiln.link("kiln.near", [(pots[3], pots[0]), (pots[4], pots[3])])
    assert visible(kiln, who(kiln, "twin", anchors=(pots[0],))) == [pots[1], pots[2]]
    assert visible(kiln, who(kiln, "near", anchors=(pots[0],))) == [pots[3]]


@pytest.mark.both_databases
def test_a_trashed_record_ends_a_path_wherever_it_stands(kiln):
    table = Pot.__table__
    pots = kiln.add(Pot, [{"name": str(n)} for n in range(3)])
    with kiln.runtime.db.write() as connection:
        connection.execute(update(table).where(table.c.id == pots[0]).values(lid=pots[1]))
        connection.execute(update(table).where(table.c.id == pots[1]).values(lid=pots[2]))
    me = who(kiln, "lid", anchors=(pots[2],))
    assert visible(kiln, me) == [pots[0]]
    for gone in (pots[1], pots[2]):
        with kiln.runtime.db.write() as connection:
            connection.execute(update(table).where(table.c.id == gone).values(deleted_at=NOW))
        assert visible(kiln, me) == []
        with kiln.runtime.db.write() as connection:
            connection.execute(update(table).where(table.c.id == gone).values(deleted_at=None))
    assert visible(kiln, me) == [pots[0]]


def test_a_wider_conjunction_swallows_a_narrower_one():
    assert union_of([Rows((("a", "b"),)), Rows((("a",),))]) == Rows((("a",),))
    assert union_of([Rows((("a",),)), Rows(((),))]).kind == "all"
    assert union_of([]).kind == "none"
