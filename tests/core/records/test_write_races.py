"""Writers at once, and rows in between: versions, unique values and transitions hold; purging removes for good."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from weft.core.db.tables import journal, record, relation
from weft.core.errors import Conflict, NotFound, StateConflict, ValidationFailed
from weft.core.records.trash import purge

pytestmark = pytest.mark.both_databases


def at_once(number: int, work) -> list[str]:
    """Run ``work(n)`` in so many threads; returns the name of each outcome."""
    results: list[str] = []
    gate = threading.Barrier(number)

    def run(place: int) -> None:
        gate.wait()
        try:
            work(place)
            results.append("done")
        except (Conflict, ValidationFailed, StateConflict) as error:
            results.append(type(error).__name__)
        except BaseException as error:
            results.append(repr(error))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_32_updates_of_one_version_exactly_one_wins(weft_cast, make_record, records_as):
    case = make_record("desk.case", name="Pump")["id"]
    boss = weft_cast.principal("desk.boss")

    def work(place: int) -> None:
        with weft_cast.records(boss, write=True) as records:
            records.update("desk.case", case, {"note": f"writer {place}"}, version=1)

    results = at_once(32, work)
    assert sorted(results) == ["Conflict"] * 31 + ["done"]
    with records_as("desk.boss") as records:
        assert records.get("desk.case", case)["version"] == 2


def test_of_32_transitions_exactly_one_happens(weft_cast, make_record, weft_runtime):
    case = make_record("desk.case", name="Pump")["id"]
    boss = weft_cast.principal("desk.boss")

    def work(place: int) -> None:
        with weft_cast.records(boss, write=True) as records:
            records.act("desk.case.start", case)

    assert sorted(at_once(32, work)) == ["StateConflict"] * 31 + ["done"]
    with weft_runtime.db.read() as connection:
        rows = connection.scalars(select(journal.c.id).where(journal.c.action == "desk.case.start")).all()
    assert len(rows) == 1


def test_of_32_creations_with_one_unique_value_exactly_one_stays(weft_cast, records_as):
    boss = weft_cast.principal("desk.boss")

    def work(place: int) -> None:
        with weft_cast.records(boss, write=True) as records:
            records.create("desk.party", {"name": f"Party {place}", "code": "ONE"})

    assert sorted(at_once(32, work)) == ["ValidationFailed"] * 31 + ["done"]
    with records_as("desk.boss") as records:
        assert len(records.query("desk.party").rows) == 1


def test_numbers_are_never_given_twice(weft_cast, records_as):
    boss = weft_cast.principal("desk.boss")

    def work(place: int) -> None:
        with weft_cast.records(boss, write=True) as records:
            for number in range(5):
                records.create("desk.case", {"name": f"Case {place}.{number}"})

    assert at_once(8, work) == ["done"] * 8
    with records_as("desk.boss") as records:
        numbers = [row["number"] for row in records.query("desk.case", limit=100).rows]
    assert len(numbers) == len(set(numbers)) == 40 and all(numbers)


def test_purging_takes_what_has_been_in_the_trash_for_its_term(
    make_record, records_as, link, weft_runtime, moved_clock
):
    from weft.core.collaboration import comments, tags

    party = make_record("desk.party", name="Mills")["id"]
    case = make_record("desk.case", name="Pump", party=party)["id"]
    link("core.linked", case, party)
    entity = weft_runtime.registry.entity
    with records_as("desk.boss", write=True) as records:
        comments.add(records, case, "x")
        tags.add(records, case, "x")
        records.delete("desk.case", case)
    for days, removed in ((29, 0), (2, 1)):
        moved_clock.move(days=days)
        with weft_runtime.db.write() as connection:
            assert purge(weft_runtime, connection, entity("desk.case")) == removed
    with records_as("desk.boss", write=True) as records:
        with pytest.raises(NotFound):
            records.get("desk.case", case)
        with pytest.raises(NotFound):
            records.restore("desk.case", case)
        assert records.neighbours(party) == []
    with weft_runtime.db.read() as connection:
        assert connection.scalar(select(record.c.id).where(record.c.id == case)) is None
        assert connection.scalar(select(relation.c.source_id).where(relation.c.source_id == case)) is None
        told = connection.scalars(select(journal.c.action).where(journal.c.record_id == case)).all()
    assert "create" in told and "delete" in told


def test_bulks_over_the_same_records_do_not_lock_each_other_out(weft_cast, records_as):
    with records_as("system", write=True) as records:
        ids = list(records.load("desk.case", [{"name": f"Case {n}"} for n in range(120)]).created)
    boss = weft_cast.principal("desk.boss")

    def work(place: int) -> None:
        chosen = ids if place % 2 else ids[::-1]
        with weft_cast.records(boss, write=True) as records:
            records.bulk("desk.case", "update", chosen, {"note": f"writer {place}"}, expected=120)

    assert at_once(8, work) == ["done"] * 8
    with records_as("desk.boss") as records:
        notes = {row["note"] for row in records.query("desk.case", limit=200, fields=["note"]).rows}
    assert len(notes) == 1
