"""Which records wait to be indexed, noted in the transaction in which the outbox hands their events on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.db.engine import database_of
from weft.core.outbox.publishing import enqueue
from weft.core.search.tables import search_pending

__all__ = ["FEED_JOB", "feed_key", "mark", "mark_events", "settle", "waiting"]

#: The job that brings waiting records into the index.
FEED_JOB = "core.search.feed"
_PART = 500


class _Event(Protocol):
    @property
    def payload(self) -> Mapping[str, Any]: ...


def mark_events(connection: Connection, events: Sequence[_Event], now: datetime) -> None:
    """Note the records that events tell of (their ``record``, or each of their ``records``)."""
    ids: set[int] = set()
    for event in events:
        several = event.payload.get("records")
        found = [event.payload.get("record"), *(several if isinstance(several, list) else ())]
        ids.update(one for one in found if isinstance(one, int))
    mark(connection, ids, now=now)


def mark(connection: Connection, ids: Iterable[int], *, now: datetime) -> None:
    """Note that what is known about records changed; a second later, once for all changes of it, they are indexed.

    Args:
        connection: of the open write transaction.
        ids: records, also removed ones.
        now: the present moment, aware.
    """
    wanted = sorted(set(ids))  # always in one order, so that two transactions cannot wait for each other
    if not wanted:
        return
    number = database_of(connection).ids.next()
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    for start in range(0, len(wanted), _PART):
        rows = [{"record_id": one, "mark": number} for one in wanted[start : start + _PART]]
        statement = make(search_pending).values(rows)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[search_pending.c.record_id], set_={"mark": statement.excluded.mark}
            )
        )
    second = int(now.timestamp()) + 1
    run_at = datetime.fromtimestamp(second, UTC)
    enqueue(connection, FEED_JOB, now=now, run_at=run_at, dedup_key=feed_key(second))


def feed_key(second: int) -> str:
    """Key of the one run that brings in what changed up to a second."""
    return f"{FEED_JOB}:{second}"


def waiting(connection: Connection, limit: int) -> dict[int, int]:
    """Records that wait, with their marks, at most ``limit``."""
    statement = select(search_pending.c.record_id, search_pending.c.mark).limit(limit)
    return {row.record_id: row.mark for row in connection.execute(statement)}


def settle(connection: Connection, done: Mapping[int, int]) -> None:
    """Take records off the list that were indexed, unless they changed again meanwhile."""
    by_mark: dict[int, list[int]] = {}
    for record_id, number in done.items():
        by_mark.setdefault(number, []).append(record_id)
    for number, ids in by_mark.items():
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            connection.execute(
                delete(search_pending).where(search_pending.c.mark == number, search_pending.c.record_id.in_(part))
            )
