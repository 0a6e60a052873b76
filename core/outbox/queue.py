"""The rows of the outbox as a queue: claim with a lease, finish, fail with back-off, list, retry, prune.

States: ``ready`` -> ``running`` -> ``done``; after an error ``failed`` (waits for its next try) and at last ``dead``.
A worker that dies keeps its rows ``running`` until their lease ends; then the next one takes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select, update

from weft.core.db.tables import outbox

__all__ = [
    "MAX_TRIES", "JobRow", "QueuedItem", "claim", "counts", "delay_after", "due", "extend", "fail", "finish",
    "list_jobs", "prune", "release", "retry",
]  # fmt: skip

MAX_TRIES = 8
_FIRST_DELAY = timedelta(seconds=5)
_LONGEST_DELAY = timedelta(hours=1)
_WAITING = ("ready", "failed")
_ERROR_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """A claimed row.

    Attributes:
        id: of the outbox row; with ``tries`` it names one attempt.
        kind: ``event``, ``job`` or ``receiver``.
        topic: key of the event, job or receiver.
        payload: JSON values.
        tries: number of this attempt, from 1.
        created_at: when it was queued.
    """

    id: int
    kind: str
    topic: str
    payload: Mapping[str, Any]
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row as the page "Jobs and health" lists it.

    Attributes:
        id, kind, topic, state, tries: as in the table.
        run_at: when it runs next (``ready``, ``failed``) or was due.
        done_at: when it ended, None while it has not.
        last_error: text of the last error, None without.
    """

    id: int
    kind: str
    topic: str
    state: str
    tries: int
    run_at: datetime
    created_at: datetime
    done_at: datetime | None
    last_error: str | None


def _due_rows(now: datetime) -> ColumnElement[bool]:
    waiting = and_(outbox.c.state.in_(_WAITING), outbox.c.run_at <= now)
    return or_(waiting, and_(outbox.c.state == "running", outbox.c.lease_until < now))


def _of_kind(kind: str) -> ColumnElement[bool]:
    return outbox.c.kind == "event" if kind == "event" else outbox.c.kind != "event"


def due(connection: Connection, now: datetime, kind: str = "work") -> bool:
    """True when something can be claimed; asked in a reading transaction, so that an idle worker never locks."""
    return bool(connection.execute(select(exists(select(outbox.c.id).where(_due_rows(now), _of_kind(kind))))).scalar())


def claim(
    connection: Connection, *, now: datetime, worker: str, lease: timedelta, limit: int = 1, kind: str = "work"
) -> list[QueuedItem]:
    """Take due rows for one worker, oldest first; rows that another worker is taking are left to it.

    Args:
        connection: in a write transaction (on SQLite it holds the write lock, so two workers never meet).
        now: the present moment.
        worker: name of the worker; only it can finish the rows.
        lease: how long they are its own without a sign of life.
        limit: at most so many.
        kind: ``event``, or ``work`` for jobs and receivers.
    """
    chosen = (
        select(outbox.c.id).where(_due_rows(now), _of_kind(kind)).order_by(outbox.c.run_at, outbox.c.id).limit(limit)
    )
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    ids = list(connection.execute(chosen).scalars())
    if not ids:
        return []
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(state="running", worker=worker, lease_until=now + lease, tries=outbox.c.tries + 1)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.topic, outbox.c.payload, outbox.c.tries, outbox.c.created_at)
    )
    items = [QueuedItem(**row._mapping) for row in connection.execute(statement)]
    return sorted(items, key=lambda item: ids.index(item.id))


def _mine(ids: Sequence[int], worker: str) -> ColumnElement[bool]:
    return and_(outbox.c.id.in_(ids), outbox.c.worker == worker, outbox.c.state == "running")


def extend(connection: Connection, ids: Sequence[int], *, worker: str, until: datetime) -> None:
    """Give a sign of life for rows that are still being worked on."""
    if ids:
        connection.execute(update(outbox).where(_mine(ids, worker)).values(lease_until=until))


def release(connection: Connection, ids: Sequence[int], *, worker: str) -> None:
    """Give rows back that were claimed and never begun; it does not count as a try."""
    if ids:
        values = {"state": "ready", "worker": None, "lease_until": None, "tries": outbox.c.tries - 1}
        connection.execute(update(outbox).where(_mine(ids, worker)).values(**values))


def finish(connection: Connection, ids: Sequence[int], *, worker: str, now: datetime) -> int:
    """Mark rows as done; returns how many still belonged to the worker (a lost lease is no longer its to finish)."""
    if not ids:
        return 0
    values = {"state": "done", "done_at": now, "lease_until": None, "last_error": None}
    return connection.execute(update(outbox).where(_mine(ids, worker)).values(**values)).rowcount


def delay_after(tries: int) -> timedelta:
    """Wait before the next try: 5 s, then doubled each time, at most an hour."""
    doubled: timedelta = _FIRST_DELAY * 2 ** max(0, tries - 1)
    return min(doubled, _LONGEST_DELAY)


def fail(connection: Connection, item: QueuedItem, error: str, *, worker: str, now: datetime) -> str | None:
    """Note an error; the row waits for its next try, or is dead after the last one.

    Returns:
        The new state, or None when the row no longer belonged to the worker.
    """
    dead = item.tries >= MAX_TRIES
    values: dict[str, Any] = {
        "state": "dead" if dead else "failed",
        "lease_until": None,
        "last_error": error[:_ERROR_LENGTH],
    }
    values |= {"done_at": now} if dead else {"run_at": now + delay_after(item.tries)}
    changed = connection.execute(update(outbox).where(_mine([item.id], worker)).values(**values)).rowcount
    return str(values["state"]) if changed else None


# ---- what people see and do


def list_jobs(
    connection: Connection, *, states: Sequence[str] = (), kinds: Sequence[str] = ("job", "receiver"), limit: int = 50
) -> list[JobRow]:
    """Rows for the page "Jobs and health", newest first.

    Args:
        connection: a reading one will do.
        states: only these states, all when empty.
        kinds: only these kinds, all when empty.
        limit: at most so many.
    """
    columns = [outbox.c[name] for name in JobRow.__dataclass_fields__]
    query = select(*columns).order_by(outbox.c.id.desc()).limit(limit)
    if states:
        query = query.where(outbox.c.state.in_(states))
    if kinds:
        query = query.where(outbox.c.kind.in_(kinds))
    return [JobRow(**row._mapping) for row in connection.execute(query)]


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state that needs attention or will: ready, running, failed, dead."""
    states = ("ready", "running", "failed", "dead")
    query = select(outbox.c.state, func.count()).where(outbox.c.state.in_(states)).group_by(outbox.c.state)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in states}


def retry(connection: Connection, row_id: int, *, now: datetime) -> bool:
    """Run a failed or dead row again at once, with all its tries ahead; False when it is in another state."""
    states = outbox.c.state.in_(("failed", "dead"))
    values = {"state": "ready", "run_at": now, "tries": 0, "done_at": None, "worker": None}
    return bool(connection.execute(update(outbox).where(outbox.c.id == row_id, states).values(**values)).rowcount)


def prune(connection: Connection, before: datetime) -> int:
    """Remove rows that were done before a moment; the last run of every scheduled job stays, for the list of jobs."""
    last_runs = (
        select(func.max(outbox.c.id))
        .where(outbox.c.state == "done", outbox.c.kind == "job", outbox.c.dedup_key.startswith("schedule:"))
        .group_by(outbox.c.topic)
    )
    old = and_(outbox.c.state == "done", outbox.c.done_at < before, outbox.c.id.not_in(last_runs))
    return connection.execute(delete(outbox).where(old)).rowcount
