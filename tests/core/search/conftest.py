"""A plugin with companies, people and cases for the tests of search, and the indexer called by hand."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Mapped

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import Ref, choices
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import ALL, READ, Grant, Role, own, path
from weft.core.registry.declarations import RelationType


class Company(Entity, key="house.company", label="Company", alt_title="name_alt", traits=["core.organization"]):
    name: Mapped[str] = field.text("Name", required=True, search=True)
    name_alt: Mapped[str | None] = field.text("Other name", search=True)
    phone: Mapped[str | None] = field.phone("Phone", search=True)
    city: Mapped[dict | None] = field.address("Address", search=True)
    secret: Mapped[str | None] = field.text("Secret", search=True, sensitive=True)
    plain: Mapped[str | None] = field.text("Not searched")


class Person(Entity, key="house.person", label="Person", traits=["core.person"]):
    name: Mapped[str] = field.text("Name", required=True, search=True)


KIND = choices(leak="Leak", noise="Noise")


class Case(Entity, key="house.case", label="Case", number="C-"):
    name: Mapped[str] = field.text("Name", required=True, search=True)
    kind: Mapped[str] = field.choice("Kind", KIND, default="leak", search=True)
    note: Mapped[str | None] = field.multiline("Note", search=True)
    inner: Mapped[str | None] = field.text("Inner note", search=True)
    company: Mapped[Ref | None] = field.reference(
        "Company", to="house.company", relation="house.case_of", inverse=("house.cases", "Cases")
    )


class HousePlugin(Plugin):
    """Only for these tests."""

    key, title = "house", "House"

    @hookimpl
    def weft_entities(self):
        return [Company, Person, Case]

    @hookimpl
    def weft_relations(self):
        return [RelationType("house.sees", "house.seen_by", "Sees", "Seen by", source=("house.case",),
                             target=("house.company",))]  # fmt: skip

    @hookimpl
    def weft_roles(self):
        return [Role("house.boss", "Boss"), Role("house.clerk", "Clerk"), Role("house.narrow", "Narrow")]

    @hookimpl
    def weft_grants(self):
        return [
            *(Grant("house.boss", key, ALL) for key in ("house.company", "house.person", "house.case")),
            Grant("house.clerk", "house.company", READ),
            Grant("house.clerk", "house.case", ALL, rows=own),
            Grant("house.narrow", "house.case", READ, without={"inner"}),
            Grant("customer", "house.case", READ, rows=path("house.sees"), fields={"name", "note"}),
        ]


@pytest.fixture
def weft_plugins():
    from weft.core.testing.plugins import named

    return [HousePlugin, *named(["portal_employee"])]


@pytest.fixture
def feed(weft_runtime):
    """Hand on the events of this test, then bring what they tell of into the index; returns how many records."""
    from weft.core.outbox.worker import Worker
    from weft.core.search import indexing

    def run() -> int:
        Worker(weft_runtime).run_due()
        return indexing.feed(weft_runtime)

    return run


@pytest.fixture
def found(records_as):
    """``found("boss", "words")`` -> titles by entity as a page shows them; None without an index."""
    from weft.core.search.service import search

    def run(who, words, **wishes):
        with records_as(who) as records:
            groups = search(records, words, **wishes)
            return None if groups is None else {one.entity.key: [row.title for row in one.rows] for one in groups}

    return run
