"""Tell workers that something is due: an event inside the process, NOTIFY between PostgreSQL processes.

Nothing depends on it: a worker that misses a call finds the row at its next poll.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from weft.core.db.engine import Database, database_of

__all__ = ["CHANNEL", "Bell", "listen", "registered", "wake", "wake_after_commit"]

CHANNEL = "weft_outbox"
#: Seconds between two notifications of one process; workers poll in between anyway.
_PAUSE = 0.2

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_workers: weakref.WeakKeyDictionary[Database, set[tuple[int, Bell]]] = weakref.WeakKeyDictionary()
_notified: weakref.WeakKeyDictionary[Database, float] = weakref.WeakKeyDictionary()
_callbacks: weakref.WeakKeyDictionary[Database, Callable[[], None]] = weakref.WeakKeyDictionary()


class Bell:
    """Wakes all who wait, and those who were just about to: each looks at the count before it looks for work."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.rung = 0

    def ring(self) -> None:
        """Wake everybody."""
        with self._condition:
            self.rung += 1
            self._condition.notify_all()

    def wait(self, seen: int, timeout: float) -> None:
        """Wait at most ``timeout`` seconds, not at all when it was rung since ``seen``."""
        with self._condition:
            self._condition.wait_for(lambda: self.rung != seen, timeout)


@contextmanager
def registered(database: Database, bell: Bell) -> Iterator[None]:
    """Ring the bell whenever a transaction of this process queued something, inside the block."""
    entry = (os.getpid(), bell)
    with _lock:
        _workers.setdefault(database, set()).add(entry)
    try:
        yield
    finally:
        with _lock:
            _workers[database].discard(entry)


def wake_after_commit(connection: Connection) -> None:
    """Wake the workers once the write transaction of this thread has committed."""
    database = database_of(connection)
    with _lock:
        callback = _callbacks.get(database)
        if callback is None:
            reference = weakref.ref(database)
            callback = _callbacks[database] = lambda: _wake(reference())
    database.after_commit(callback)  # the same callback counts once per transaction


def _wake(database: Database | None) -> None:
    if database is not None:
        wake(database)


def wake(database: Database) -> None:
    """Wake the workers of this process, or those of others when it has none."""
    with _lock:
        here = [bell for process, bell in _workers.get(database, ()) if process == os.getpid()]
    for bell in here:
        bell.ring()
    if here or database.dialect != "postgresql":
        return
    now = time.monotonic()
    with _lock:
        if now - _notified.get(database, 0.0) < _PAUSE:
            return
        _notified[database] = now
    try:
        with database.engine.begin() as connection:
            connection.execute(text("SELECT pg_notify('weft_outbox', '')"))
    except DBAPIError as error:  # the business transaction has committed; the poll finds its rows
        _log.warning("outbox.notify_failed", error=str(error.orig))


def listen(database: Database, bell: Bell, stop: threading.Event) -> None:
    """Ring the bell at every notification until ``stop`` is set; returns at once on SQLite."""
    while database.dialect == "postgresql" and not stop.is_set():
        try:
            _listen_once(database, bell, stop)
        except Exception as error:  # a lost connection; the poll goes on meanwhile
            _log.warning("outbox.listen_failed", error=repr(error))
            stop.wait(5.0)


def _listen_once(database: Database, bell: Bell, stop: threading.Event) -> None:
    pooled = database.engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()  # it stays open for hours and never goes back to the pool
    try:
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            for _notification in connection.notifies(timeout=1.0, stop_after=1):
                bell.ring()
    finally:
        connection.close()
