"""A plugin with every kind of row rule, and a way to fill its tables quickly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import Kind, choices
from weft.core.identity.principal import Principal
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.records.unit import reading
from weft.core.registry.access import (
    ALL,
    EDIT,
    READ,
    Grant,
    Role,
    all_rows,
    own,
    path,
    rev,
    shared,
    tree,
    unit,
    unit_tree,
    via,
    where,
)  # fmt: skip
from weft.core.registry.declarations import Extension, RelationType

STATES = choices(open="Open", won="Won", lost="Lost")
KINDS = choices(small="Small", large="Large", strange="Strange")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Org(Entity, key="shop.org", label="Org", title="name", alt_title="name_alt", traits=("core.organization",)):
    """An organisation."""

    name = field.text("Name", index=True)
    name_alt = field.text("Other name")
    parent = field.reference("Parent", to="shop.org", relation="shop.part_of", inverse=("shop.has_part", "Parts"))
    secret = field.text("Secret", index=True)


class Person(Entity, key="shop.person", label="Person", title="name", traits=("core.person",)):
    """A person."""

    name = field.text("Name")
    org = field.reference("Org", to="shop.org", relation="shop.works_for", inverse=("shop.employs", "People"))


class Deal(Entity, key="shop.deal", label="Deal", title="name", number="D-"):
    """A deal."""

    name = field.text("Name", index=True)
    status = field.choice("Status", STATES, state=True)
    kinds = field.multi_choice("Kinds", KINDS)
    org = field.reference("Org", to="shop.org", relation="shop.deal_of", inverse=("shop.has_deal", "Deals"))
    amount = field.money("Amount", index=True)
    weight = field.decimal("Weight", scale=3)
    closed = field.date("Closed", index=True)
    called_at = field.datetime("Called")
    hot = field.boolean("Hot")
    margin = field.integer("Margin", index=True)
    buyer = field.user("Buyer")
    note = field.multiline("Note")
    half = field.computed("Half margin", Kind.INTEGER, sql=lambda table: table.c.margin / 2)
    shout = field.computed("Shout", Kind.TEXT, python=lambda row: row["name"].upper())


class Ticket(Entity, key="shop.ticket", label="Ticket", title="subject"):
    """A ticket, visible to outsiders through links."""

    subject = field.text("Subject")
    inside = field.text("Inside")
    deal = field.reference("Deal", to="shop.deal", relation="shop.about", inverse=("shop.tickets", "Tickets"))


class ShopPlugin(Plugin):
    """Only for these tests."""

    key, title = "shop", "Shop"

    @hookimpl
    def weft_entities(self):
        return [Org, Person, Deal, Ticket]

    @hookimpl
    def weft_relations(self):
        return [
            RelationType("shop.raised_by", "shop.raised", "Raised by", "Raised", source=("shop.ticket",),
                         target=("shop.person",)),
            RelationType("shop.member_of", "shop.has_member", "Member of", "Members", source=("shop.person",),
                         target=("shop.org",), repeatable=True),
            RelationType("shop.below", "shop.above", "Below", "Above", source=("shop.org",), target=("shop.org",),
                         acyclic=True),
            RelationType("shop.watches", "shop.watched_by", "Watches", "Watched by", source=("shop.person",),
                         target=("shop.deal",)),
        ]  # fmt: skip

    @hookimpl
    def weft_roles(self):
        return [
            Role(f"shop.{key}", key.title())
            for key in ("boss", "rep", "team", "area", "shares", "wide", "wins", "peek", "watch", "links")
        ]

    @hookimpl
    def weft_grants(self):
        deal, org, ticket, person = "shop.deal", "shop.org", "shop.ticket", "shop.person"
        return [
            *(Grant("shop.boss", key, ALL) for key in (deal, org, ticket, person)),
            Grant("shop.rep", deal, EDIT | {"assign"}, rows=own, without={"margin"}),
            Grant("shop.rep", org, READ, rows=own),
            Grant("shop.team", deal, READ, rows=unit),
            Grant("shop.area", deal, READ, rows=unit_tree),
            Grant("shop.shares", deal, READ, rows=shared),
            Grant("shop.shares", deal, {"update"}, rows=shared),
            Grant("shop.wide", deal, READ, rows=own | unit_tree | shared),
            Grant("shop.wins", deal, READ, rows=where(status="won", amount__gte="100") & all_rows),
            Grant("shop.watch", deal, READ, rows=path(rev("shop.watches"))),
            Grant("shop.links", ticket, READ, rows=via("deal")),
            Grant("shop.links", person, READ, rows=via("shop.member_of", "shop.org")),
            Grant("shop.links", deal, READ, rows=own),
            Grant("shop.links", org, READ, rows=own),
            # Overlapping by rows and fields: everything of the own, three names of all.
            Grant("shop.peek", deal, READ, fields={"name", "status", "closed"}),
            Grant("shop.peek", deal, READ, rows=own),
            Grant("customer", ticket, READ, rows=path("shop.raised_by", "shop.works_for"), fields={"subject", "deal"}),
            Grant("customer", deal, READ, rows=path("shop.deal_of"), fields={"name", "status"}),
            Grant("customer", org, READ, rows=path(), fields={"name"}),
            Grant("supplier", deal, READ, rows=path("shop.deal_of", tree("shop.below")), fields={"name"}),
            Grant("distributor", ticket, READ, rows=path("shop.about", rev("shop.watches"), "shop.member_of"),
                  fields={"subject", "updated_at"}),
        ]  # fmt: skip


class MorePlugin(Plugin):
    """Adds fields to another plugin's entity."""

    key, title = "more", "More"
    optional = ("shop",)

    @hookimpl
    def weft_extensions(self):
        return [Extension("shop.deal", {"rank": field.integer("Rank"), "memo": field.text("Memo")})]


@pytest.fixture
def weft_plugins():
    return [ShopPlugin, MorePlugin]


class Shop:
    """Fills tables through Core in few statements; triggers keep records and edges."""

    Org, Person, Deal, Ticket = Org, Person, Deal, Ticket

    def __init__(self, runtime):
        self.runtime = runtime

    def add(self, cls, rows):
        """Insert rows of an entity; returns their ids. ``at`` moves updated_at by minutes."""
        ids = self.runtime.db.ids.take(len(rows))
        values = []
        for record_id, row in zip(ids, rows, strict=True):
            row = dict(row)
            at = EPOCH + timedelta(minutes=row.pop("at", 0))
            values.append({"id": record_id, "created_at": EPOCH, "updated_at": at, **row})
        names = {name for row in values for name in row}
        values = [{name: row.get(name) for name in names} for row in values]
        with self.runtime.db.write() as connection:
            connection.execute(insert(cls.__table__), values)
        return ids

    def link(self, relation, pairs, **more):
        """Insert edges."""
        from sqlalchemy import select

        from weft.core.db.tables import record
        from weft.core.db.tables import relation as edges

        with self.runtime.db.write() as connection:
            types = dict(connection.execute(select(record.c.id, record.c.type_id)).all())
            connection.execute(
                insert(edges),
                [
                    {
                        "source_id": a, "target_id": b, "type_id": self.runtime.registry.relation_id(relation),
                        "source_type": types[a], "target_type": types[b], "created_at": EPOCH, **more,
                    }
                    for a, b in pairs
                ],
            )  # fmt: skip

    def as_(self, *roles, user=None, audience="employee", **more):
        """A principal."""
        return Principal("user", user, audience, frozenset({audience, *(f"shop.{role}" for role in roles)}), **more)

    def reading(self, principal):
        """A reading unit."""
        return reading(self.runtime, principal, "test")

    def ids(self, principal, entity="shop.deal", **query):
        """Ids of the first page."""
        with self.reading(principal) as records:
            return [row.id for row in records.query(entity, **query).rows]


@pytest.fixture
def shop(weft_runtime):
    return Shop(weft_runtime)


@pytest.fixture
def users(weft_runtime):
    """Three users of the company."""
    from weft.core.identity import users as store

    with weft_runtime.db.write() as connection:
        return [
            store.create(connection, email=f"u{n}@test.example", name=f"User {n}", name_alt=f"用户{n}", now=EPOCH)
            for n in range(3)
        ]


@pytest.fixture
def day():
    return lambda text: date.fromisoformat(text)
