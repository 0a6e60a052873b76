"""Which cells of the matrix a run looks at: all, or a selection that leaves out no kind, door, named action or person.

The selection is drawn with a fixed seed, so that two runs of ``make test`` look at the same cells. One person for each
kind, a second one for some and some records are all it asks for, however much is installed; ``make test-matrix`` looks
at everything.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.security.doors import Doors
from tests.security.reading import read_everything, read_lists, read_notices, read_record
from tests.security.world import Person
from tests.security.writing import write_entity, write_record
from weft.core.registry.model import EntityType

__all__ = ["CHANNELS", "PARTS", "WHOLE", "Look", "drawn", "everything", "look", "part", "seed"]

#: The whole matrix (``make test-matrix``).
WHOLE = os.environ.get("WEFT_MATRIX") == "whole"
#: Tests that share the people of the whole matrix between them, so that several processes can run it.
PARTS = 12 if WHOLE else 1
#: Pairs of person and kind, and records, that the selection looks at.
PAIRS, RECORDS = 130, 110
#: Doors that each run must have gone through.
CHANNELS = frozenset({
    "list", "include", "aggregate", "page list", "export", "get", "get from trash", "find", "relations", "history",
    "graph", "explain", "page", "page history", "peek", "stream", "search", "file", "notice", "palette",
    "create", "update", "bulk", "delete", "bulk delete", "mixed bulk", "restore", "assign", "action", "comment",
    "internal comment", "attach", "link", "merge", "import",
})  # fmt: skip


@dataclass
class Look:
    """What one person tries: kinds as a whole, single records, and what stands on pages of their own."""

    person: Person
    kinds: list[EntityType] = field(default_factory=list)
    records: list[tuple[EntityType, int]] = field(default_factory=list)
    home: bool = True


def part(whole: int, drawn: int) -> int:
    """How much of something a run looks at."""
    return whole if WHOLE else drawn


def seed() -> int:
    """The seed of what is drawn: always the same, or ``WEFT_MATRIX_SEED`` to look at other cells."""
    return int(os.environ.get("WEFT_MATRIX_SEED") or 4)


def everything(doors: Doors, people: list[Person]) -> Iterator[Look]:
    """Every kind and record for each person.

    Kinds that are closed to somebody are refused before any record is looked at: of those two records, one of each
    firm, are tried.
    """
    made, registry = doors.world.made, doors.world.registry
    for person in people:
        records = [
            (registry.entity(key), number) for key, some in made.items() for label, number in some.items()
            if label in ("A", "B") or doors.oracle.known(person.who, key)
        ]  # fmt: skip
        yield Look(person, list(registry.entities.values()), records)


# ---- the selection


def drawn(doors: Doors, chance: random.Random) -> list[Look]:
    """A selection with every person, every kind for whom it is open and closed, and every named action."""
    return _Drawing(doors, chance).looks()


class _Drawing:
    def __init__(self, doors: Doors, chance: random.Random) -> None:
        self.doors, self.oracle, self.made = doors, doors.oracle, doors.world.made
        self.kinds: dict[str, EntityType] = doors.world.registry.entities
        self.chance = chance
        self.people = chance.sample(doors.world.people, len(doors.world.people))
        self.pairs: dict[str, set[str]] = defaultdict(set)
        self.records: dict[str, set[int]] = defaultdict(set)
        self._uses: Counter[str] = Counter()

    def looks(self) -> list[Look]:
        keys = sorted(self.kinds)
        for key in keys:
            self._take(key, self._open(key, True) or self._open(key, False))
            self._actions(key)
        self._take(keys[0], [one for one in self.people if one.who.user is None])
        turns = self.chance.sample(keys, len(keys)) * 2
        for number, key in enumerate(turns):  # then those to whom a kind is closed or open, as far as the budget goes
            if sum(map(len, self.pairs.values())) >= PAIRS:
                break
            self._take(key, (number % 2 and self._closed(key, True)) or self._open(key, False))
        for person in self.people:  # nobody is left out, whatever the budget says
            if not self.pairs[person.name]:
                known = [key for key in keys if self.oracle.known(person.who, key)]
                self._take((known or keys)[0], [person])
        self._some_records()
        return [self._look(person, number % 3 == 0) for number, person in enumerate(self.people)]

    def _open(self, key: str, outside: bool) -> list[Person]:
        return [one for one in self.people if one.outside == outside and self.oracle.known(one.who, key)]

    def _closed(self, key: str, outside: bool) -> list[Person]:
        return [one for one in self.people if one.outside == outside and not self.oracle.known(one.who, key)]

    def _take(self, key: str, people: list[Person]) -> None:
        fresh = [one for one in people if key not in self.pairs[one.name]]
        if fresh:
            person = min(fresh, key=lambda one: self._uses[one.name])
            self.pairs[person.name].add(key)
            self._uses[person.name] += 1

    def _actions(self, key: str) -> None:
        """Somebody who may do each named action on a record, that record included."""
        for action in self.kinds[key].actions.values():
            can = (
                (person, number) for person in sorted(self.people, key=lambda one: self._uses[one.name])
                for number in self.made[key].values()
                if self.oracle.sees(person.who, number) and self.oracle.may(person.who, action.key, number)
            )  # fmt: skip
            person, number = next(can, (None, 0))
            if person is not None:
                self._uses[person.name] += key not in self.pairs[person.name]
                self.pairs[person.name].add(key)
                self.records[person.name].add(number)

    def _some_records(self) -> None:
        """Every reason for a record at least once where the budget allows, alternately of those seen and hidden."""
        taken: Counter[int] = Counter()
        pairs = [(person, key) for person in self.people for key in sorted(self.pairs[person.name])]
        turn = 0
        while pairs and sum(map(len, self.records.values())) < max(RECORDS, len(pairs)) and turn < 4 * len(pairs):
            person, key = pairs[turn % len(pairs)]
            wanted = (turn + turn // len(pairs)) % 2 == 0
            some = [n for n in self.made[key].values() if n not in self.records[person.name]]
            some = [n for n in some if self.oracle.sees(person.who, n) == wanted] or some
            if some:
                number = min(some, key=lambda one: taken[one])
                taken[number] += 1
                self.records[person.name].add(number)
            turn += 1

    def _look(self, person: Person, home: bool) -> Look:
        rows = self.doors.world.book.rows
        records = [(self.kinds[rows[number]["entity"]], number) for number in sorted(self.records[person.name])]
        kinds = [self.kinds[key] for key in sorted(self.pairs[person.name])]
        return Look(person, kinds, records, home)


# ---- looking


def look(doors: Doors, one: Look) -> None:
    """Every door, reading and writing, as one person."""
    for entity in one.kinds:
        read_lists(doors, one.person, entity)
        write_entity(doors, one.person, entity)
    for entity, number in one.records:
        read_record(doors, one.person, entity, number)
        write_record(doors, one.person, entity, number)
    if one.home:
        read_notices(doors, one.person)
        for text in ("qw1", "firm"):
            read_everything(doors, one.person, text)
