"""The indexer: brings what changed into the index, makes the index anew, and looks whether it is what it should be.

One at a time in all processes. Whatever it does can be done twice, so a process may die at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import delete, func, select, true

from weft.core.db.tables import outbox, record
from weft.core.registry.runtime import Runtime
from weft.core.search import documents, pending, state
from weft.core.search.backend import Document, SearchBackend, SearchUnavailable
from weft.core.search.service import backend_of

__all__ = ["check", "check_job", "compare_job", "differences", "feed", "feed_job", "rebuild"]

_log = structlog.get_logger(__name__)

#: Records brought in by one commit; more when many wait, for a commit costs much the same.
_BATCH = 200
_LARGE_BATCH = 2000
#: Seconds after which a run hands over to the next one.
_LONGEST_RUN = 300.0
#: Finished runs of so many seconds are removed by each run, by their keys; the rest every few minutes.
_LATELY = 120
#: Seconds that a command waits for a running indexer.
_PATIENCE = 120.0


def feed_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: bring what changed into the index."""
    feed(context.runtime)
    now = int(context.now.timestamp())
    keys = [pending.feed_key(second) for second in range(now - _LATELY, now + 1)]
    _forget(context.runtime, outbox.c.dedup_key.in_(keys))


def check_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: make the index where there is none or it cannot be used; bring in what was left over."""
    check(context.runtime)
    _forget(context.runtime, true())


def _forget(runtime: Runtime, which: Any) -> None:
    """Remove finished rows of the job that runs every second: thousands of equal lines help nobody."""
    with runtime.db.write() as connection:
        connection.execute(delete(outbox).where(outbox.c.topic == pending.FEED_JOB, outbox.c.state == "done", which))


def compare_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job of every night: make the index anew when it has not as many records as the database."""
    check(context.runtime)
    found = differences(context.runtime)
    if found is not None:
        _log.warning("search.index_differs", there=found[0], wanted=found[1])
        rebuild(context.runtime)


def feed(runtime: Runtime) -> int:
    """Index all records that wait; returns how many. Does nothing while another process is at it: that one goes on."""
    backend, done = backend_of(runtime), 0
    until = time.monotonic() + _LONGEST_RUN
    while time.monotonic() < until:
        with backend.exclusive() as mine:
            if not mine:
                break
            if not _usable(runtime, backend):
                _rebuild(runtime, backend, None)
            while time.monotonic() < until and (number := _feed_once(runtime, backend)):
                done += number
        with runtime.db.read() as connection:  # marked while this one had the lock and others went away
            if not pending.waiting(connection, 1):
                break
    return done


def _feed_once(runtime: Runtime, backend: SearchBackend) -> int:
    with runtime.db.read() as connection:
        marks = pending.waiting(connection, _LARGE_BATCH)
        if len(marks) < _LARGE_BATCH:
            marks = dict(list(marks.items())[:_BATCH])
        if not marks:
            return 0
        found = documents.documents(runtime, connection, marks)
    gone = marks.keys() - {one.record_id for one in found}
    try:
        backend.index(found, gone)
    except SearchUnavailable as error:
        _log.warning("search.rebuilding", reason=str(error))
        _rebuild(runtime, backend, None)
    with runtime.db.write() as connection:
        pending.settle(connection, marks)
    return len(marks)


def _usable(runtime: Runtime, backend: SearchBackend) -> bool:
    if not backend.healthy():
        return False
    with runtime.db.read() as connection:
        return state.read(connection).get("fingerprint") == documents.fingerprint(runtime.registry)


def rebuild(runtime: Runtime, progress: Callable[[str, int, int], None] | None = None) -> int:
    """Make the index anew; searching goes on with the old one meanwhile. Returns how many records are in it.

    Args:
        runtime: the installation.
        progress: called with a label, the number done and the total.

    Raises:
        SearchUnavailable: another process is indexing and does not end.
    """
    backend = backend_of(runtime)
    with backend.exclusive(_PATIENCE) as mine:
        if not mine:
            raise SearchUnavailable("another process is indexing; try again later")
        number = _rebuild(runtime, backend, progress)
    feed(runtime)
    return number


def _rebuild(runtime: Runtime, backend: SearchBackend, progress: Callable[[str, int, int], None] | None) -> int:
    with runtime.db.read() as connection:  # what changes from here on waits for the indexer
        total = connection.execute(_searchable_records(runtime)).scalar_one()
        number = backend.rebuild(_counted(documents.every_document(runtime, connection), total, progress))
    with runtime.db.write() as connection:
        state.write(connection, fingerprint=documents.fingerprint(runtime.registry))
    _log.info("search.rebuilt", records=number)
    return number


def _counted(
    batches: Iterator[list[Document]], total: int, progress: Callable[[str, int, int], None] | None
) -> Iterator[Sequence[Document]]:
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        if progress is not None:
            progress("Search index", done, total)


def _searchable_records(runtime: Runtime) -> Any:
    types = [
        runtime.registry.entity_id(one.key)
        for one in runtime.registry.entities.values() if documents.searchable(one)
    ]  # fmt: skip
    return select(func.count()).where(record.c.type_id.in_(types), record.c.deleted_at.is_(None))


def check(runtime: Runtime) -> bool:
    """Make the index anew when it is missing, unreadable or outdated, else index what waits. True when it was made."""
    backend = backend_of(runtime)
    made = False
    with backend.exclusive() as mine:
        if mine and not _usable(runtime, backend):
            _rebuild(runtime, backend, None)
            made = True
    feed(runtime)
    return made


def differences(runtime: Runtime) -> tuple[int, int] | None:
    """(records in the index, records that should be) when the two differ and nothing waits; None when all is well.

    Raises:
        SearchUnavailable: there is no usable index.
    """
    with runtime.db.read() as connection:
        if pending.waiting(connection, 1):
            return None
        wanted = connection.execute(_searchable_records(runtime)).scalar_one()
    there = backend_of(runtime).count()
    return None if there == wanted else (there, wanted)
