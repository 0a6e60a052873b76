"""The permission matrix: principals x entities x operations x doors, each cell compared with an oracle written apart.

Generated from what is installed when it runs. ``make test-matrix`` looks at every cell, ``make test`` at a selection.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.security.doors import Doors
from tests.security.matrix import CHANNELS, PARTS, WHOLE, drawn, everything, look, seed
from tests.security.mutations import MUTATIONS, Mutation
from tests.security.reading import read_lists, read_notices, read_record
from tests.security.world import World
from tests.security.writing import write_entity, write_record

pytestmark = pytest.mark.slow


def test_the_world_reaches_what_the_matrix_is_for(world: World) -> None:
    oracle = world.oracle()
    assert set(world.made) == set(world.registry.entities), "a kind without any record is not tested"
    outside = [person for person in world.people if person.outside and person.who.user is not None]
    assert {person.name[-1] for person in outside} == {"A", "B"}
    for person in outside:
        assert any(oracle.sees(person.who, number) for number in world.book.rows), f"{person.name} sees nothing at all"


@pytest.mark.parametrize("number", range(PARTS))
def test_everybody_gets_exactly_what_is_granted(doors: Doors, number: int) -> None:
    people = doors.world.people[number::PARTS]
    looks = list(everything(doors, people)) if WHOLE else drawn(doors, random.Random(seed()))
    for one in looks:
        look(doors, one)
    print(doors.report.text(0))
    assert {one.person.name for one in looks} == {one.name for one in people}
    assert {e.key for one in looks for e in one.kinds} == set(doors.world.registry.entities)
    missed = set(_workable(doors)) - doors.report.actions
    assert WHOLE or not missed, f"named actions that nobody tried: {sorted(missed)}"
    assert WHOLE or not CHANNELS - set(doors.report.cases), CHANNELS - set(doors.report.cases)
    assert doors.report.total > 6_000
    assert not doors.report.findings, doors.report.text()


def _workable(doors: Doors) -> Iterator[str]:
    """Named actions with something behind them that somebody holds on a record of the world."""
    for entity in doors.world.registry.entities.values():
        for action in entity.actions.values():
            if (action.handler is not None or action.transition is not None) and any(
                doors.oracle.sees(person.who, number) and doors.oracle.may(person.who, action.key, number)
                for person in doors.world.people
                for number in doors.world.made[entity.key].values()
            ):
                yield action.key


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_a_planted_defect_is_found(
    mutation: Mutation, doors: Doors, monkeypatch: pytest.MonkeyPatch, forgetting: None
) -> None:
    person = doors.world.person(mutation.person)
    entity = doors.world.registry.entity(mutation.entity)
    doors.unlearn()
    mutation.plant(monkeypatch)
    listed = {"list", "include", "aggregate", "export", "page list"}
    if listed & set(mutation.channels):
        read_lists(doors, person, entity)
    if "mixed bulk" in mutation.channels:
        write_entity(doors, person, entity)
    if "notice" in mutation.channels:
        read_notices(doors, person)
    if set(mutation.channels) - listed - {"mixed bulk", "notice"}:
        for number in doors.world.made[entity.key].values():
            read_record(doors, person, entity, number)
            write_record(doors, person, entity, number)
            if _found(doors, mutation):
                break
    assert _found(doors, mutation), doors.report.text()


def _found(doors: Doors, mutation: Mutation) -> bool:
    return any(one.channel in mutation.channels for one in doors.report.of(mutation.kind))


@pytest.fixture
def forgetting(doors: Doors) -> Iterator[None]:
    """What was learned under a planted defect is forgotten."""
    yield
    doors.unlearn()
