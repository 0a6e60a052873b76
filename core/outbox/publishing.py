"""Put events and jobs into the outbox, in the transaction of the business operation they belong to.

A rolled-back transaction leaves neither; workers are woken once it has committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.db.engine import database_of
from weft.core.db.tables import outbox
from weft.core.outbox.waking import wake_after_commit

__all__ = ["enqueue", "publish"]


def publish(connection: Connection, events: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime) -> None:
    """Note events; each goes to every receiver of its key after commit, at least once.

    Args:
        connection: of the open write transaction.
        events: pairs of event key and payload (JSON values).
        now: the present moment, aware.
    """
    if not events:
        return
    ids = database_of(connection).ids.take(len(events))
    rows = [
        {"id": number, "kind": "event", "topic": key, "payload": dict(payload), "run_at": now, "created_at": now}
        for number, (key, payload) in zip(ids, events, strict=True)
    ]
    connection.execute(insert(outbox), rows)
    wake_after_commit(connection)


def enqueue(
    connection: Connection,
    job: str,
    payload: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    run_at: datetime | None = None,
    dedup_key: str | None = None,
    kind: str = "job",
) -> int | None:
    """Queue a job; it runs at least once, so its handler must be idempotent.

    Args:
        connection: of the open write transaction.
        job: key of a job that a plugin declared.
        payload: JSON values for the handler.
        now: the present moment, aware.
        run_at: not before this moment; at once when None.
        dedup_key: a second job with the same key is not queued, not even after the first is done.
        kind: ``job``; ``receiver`` for one receiver of an event (set by the delivery).

    Returns:
        The id of the queued row, or None when a job with this key exists.
    """
    number = database_of(connection).ids.next()
    row = {
        "id": number, "kind": kind, "topic": job, "dedup_key": dedup_key, "payload": dict(payload or {}),
        "run_at": run_at or now, "created_at": now,
    }  # fmt: skip
    if dedup_key is None:
        connection.execute(insert(outbox).values(**row))
        wake_after_commit(connection)
        return number
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(outbox).values(**row).on_conflict_do_nothing(index_elements=[outbox.c.dedup_key])
    if connection.execute(statement.returning(outbox.c.id)).scalar_one_or_none() is None:
        return None
    wake_after_commit(connection)
    return number
