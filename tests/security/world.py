"""Two firms, everybody who may look at them, and records of every installed entity between them.

Nothing here knows an entity by name: what is installed is filled, one record for each reason why somebody might see
one (own, of the unit, shared, of firm A, of firm B, chosen by a filter, reached through another, in the trash).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from tests.security.oracle import Book, Edge, Oracle, Share, Who
from tests.security.values import TOLD, Words
from weft.core.access.tables import record_share
from weft.core.db.tables import relation
from weft.core.identity.principal import SYSTEM
from weft.core.identity.tables import org_unit
from weft.core.records import unit
from weft.core.records.stored import field_values, select_stored
from weft.core.registry.model import EntityType
from weft.core.testing.people import Cast

__all__ = ["AUDIENCES", "Person", "World", "plain_row", "read_book"]

AUDIENCES = ("customer", "supplier", "distributor")


@dataclass(frozen=True)
class Person:
    """A principal of the matrix: a name for reports, who they are for the oracle, and the portal they use."""

    name: str
    who: Who
    portal: str = ""

    @property
    def outside(self) -> bool:
        """Not of the company: such rows of the matrix are never sampled."""
        return self.who.audience != "employee"


@dataclass
class World:
    """What was made, and what the oracle knows of it."""

    runtime: Any
    words: Words
    cast: Cast
    people: list[Person] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    made: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    book: Book = field(default_factory=Book)
    earlier: dict[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    spoken: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    attached: dict[int, list[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(list))
    unmade: list[str] = field(default_factory=list)

    @property
    def registry(self) -> Any:
        """The declarations."""
        return self.runtime.registry

    def oracle(self) -> Oracle:
        """A fresh oracle over the book."""
        return Oracle(self.registry, self.book)

    def person(self, name: str) -> Person:
        """Somebody by name."""
        return next(one for one in self.people if one.name == name)

    @contextmanager
    def acting(self, user: int | None = None) -> Iterator[Any]:
        """A writing unit of the platform, on behalf of a user where one is needed."""
        with unit.writing(self.runtime, replace(SYSTEM, user_id=user), "test") as records:
            yield records

    def place(self, word: str) -> str:
        """Where a word of the world stands, for whoever has to find out how it got into an answer."""
        for number, row in self.book.rows.items():
            names = [name for name, value in row.items() if word in str(value).lower()]
            if names:
                return f"{word} of {row['entity']} {number} {names[-1]}"
        for (number, name), words in self.earlier.items():
            if word in words:
                return f"{word} of {self.book.rows[number]['entity']} {number} {name}, before a change"
        for what, kept in (("comment", self.spoken), ("file", self.attached)):
            for number, some in kept.items():
                if any(word in map(str, one) for one in some):
                    return f"{word} of {self.book.rows[number]['entity']} {number}, {what}"
        return word

    def cells(self, person: Person, oracle: Oracle) -> dict[str, set[tuple[int, str]]]:
        """word -> cells somebody may read it in; words that are absent may stand in no answer to them."""
        found: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for number, row in self.book.rows.items():
            if not oracle.sees(person.who, number):
                continue
            names = oracle.names(person.who, "read", number)
            for name in names:
                for word in Words.within(str(row.get(name, ""))) | self.earlier.get((number, name), frozenset()):
                    found[word].add((number, name))
            for name in TOLD.get(row["entity"], ()):
                end = self.book.rows.get(row[name])
                for word in Words.within(str(end["title"])) if end is not None else ():
                    found[word].add((number, name))
            if not person.outside:
                for name, end in self._told(row, names):
                    for word in Words.within(str(self.book.rows[end].get(name, ""))):
                        found[word].add((end, name))
            for sort, word in self.spoken[number]:
                if sort == "shared" or not person.outside:
                    found[word].add((number, "comment"))
            for _file, sort, word in self.attached[number]:
                if sort == "shared" or not person.outside:
                    found[word].add((number, "file"))
        return found

    def _told(self, row: Mapping[str, Any], names: Collection[str]) -> Iterator[tuple[str, int]]:
        """(field with a name, record) of what a readable field leads to and tells the name of."""
        for declared in self.registry.entities[row["entity"]].fields.values():
            end = row.get(declared.name) if declared.told and declared.name in names else None
            if end in self.book.rows:
                spec = self.registry.entities[self.book.rows[end]["entity"]].spec
                for name in (*spec.title, *([spec.alt_title] if spec.alt_title else [])):
                    yield name, end


# ---- the book


def read_book(world: World, connection: Any = None) -> None:
    """Copy all rows and links into plain Python, for the oracle."""
    if connection is None:
        with world.runtime.db.read() as opened:
            read_book(world, opened)
        return
    book = Book(now=world.runtime.clock())
    for entity in world.registry.entities.values():
        for row in connection.execute(select_stored(entity)).mappings():
            book.rows[row["id"]] = plain_row(entity, row)
    names = {world.registry.relation_id(key): key for key in world.registry.relations}
    for edge in connection.execute(select(relation)).mappings():
        if edge["type_id"] in names:
            ends = edge["source_id"], edge["target_id"], edge["valid_from"], edge["valid_to"]
            book.edges.append(Edge(names[edge["type_id"]], *ends))
    for share in connection.execute(select(record_share)).mappings():
        receiver = share["user_id"], share["unit_id"], share["level"], share["expires_at"]
        book.shares.append(Share(share["record_id"], *receiver))
    units = connection.execute(select(org_unit.c.id, org_unit.c.parent_id))
    book.parents = {row.id: row.parent_id for row in units}
    world.book = book


def plain_row(entity: EntityType, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row by the names of the API."""
    header = {
        name: row[name] for name in ("id", "title", "number", "state", "created_at", "updated_at", "version",
                                     "deleted_at")
    }  # fmt: skip
    return {
        **header, "entity": entity.key, "type": entity.key, "owner": row["owner_id"], "unit": row["unit_id"],
        **field_values(entity, dict(row)),
    }  # fmt: skip
