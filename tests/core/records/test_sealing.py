"""The seal of the journal finds every edit, removal and cut."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from weft.core.db.tables import installation, journal
from weft.core.records import sealing

pytestmark = pytest.mark.both_databases


def problems(runtime) -> list[str]:
    with runtime.db.read() as connection:
        return sealing.verify(connection)


@pytest.fixture
def sealed(weft_runtime, records_as, monkeypatch):
    """A journal of three batches and a few rows that wait."""
    monkeypatch.setattr(sealing, "_BATCH", 5)
    for number in range(3):
        with records_as("desk.boss", write=True) as records:
            for place in range(4):
                records.create("desk.party", {"name": f"Party {number}.{place}"})
        sealing.seal(weft_runtime)
    with records_as("desk.boss", write=True) as records:
        records.create("desk.party", {"name": "not sealed yet"})
    return weft_runtime


def test_an_untouched_journal_is_well_and_sealing_goes_on(sealed):
    assert problems(sealed) == []
    while sealing.seal(sealed):
        assert problems(sealed) == []
    with sealed.db.read() as connection:
        left = connection.scalars(select(journal.c.action).where(journal.c.seal.is_(None))).all()
    assert left == [sealing.ACTION]  # the end of the last batch waits for the next one
    assert sealing.seal(sealed) == 0


@pytest.mark.parametrize("place", [0, 6, 11])
def test_every_kind_of_tampering_shows(sealed, place):
    with sealed.db.read() as connection:
        rows = connection.execute(select(journal).where(journal.c.seal.is_not(None)).order_by(journal.c.seal)).all()
    row = rows[place]
    with sealed.db.write() as connection:
        connection.execute(update(journal).where(journal.c.id == row.id).values(changes={"name": [None, "forged"]}))
    assert problems(sealed)
    with sealed.db.write() as connection:
        connection.execute(update(journal).where(journal.c.id == row.id).values(changes=row.changes))
    assert problems(sealed) == []
    with sealed.db.write() as connection:
        connection.execute(update(journal).where(journal.c.id == row.id).values(user_id=4711))
    assert problems(sealed)
    with sealed.db.write() as connection:
        connection.execute(delete(journal).where(journal.c.id == row.id))
    assert problems(sealed)


def test_a_cut_at_the_end_shows(sealed):
    with sealed.db.write() as connection:
        last = connection.execute(select(installation.c.value).where(installation.c.key == sealing.KEY)).scalar_one()
        mark = f"{last['batch']:016x}"
        ids = [
            row.id
            for row in connection.execute(select(journal.c.id, journal.c.seal, journal.c.action, journal.c.changes))
            if str(row.seal or "").startswith(mark)
            or (row.action == sealing.ACTION and row.changes["batch"][1] == last["batch"])
        ]
        connection.execute(delete(journal).where(journal.c.id.in_(ids)))
    assert problems(sealed)
