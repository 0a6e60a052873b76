"""The database of one installation: an engine tuned per dialect and the two kinds of transaction.

``read()`` can never write and ``write()`` is exclusive on SQLite from its first statement, so that a writer never
fails half-way because it read before it wrote.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from weft.core.db.ids import BlockPool, IdAllocator
from weft.core.errors import ConfigError, StorageNotReady

__all__ = ["Database", "NestedWrite", "database_of"]

#: Seconds a writer waits for another one before it gives up.
WRITE_WAIT = 30.0
_BUSY_MS = 15_000
#: Seconds after which a PostgreSQL connection is tried before it is used again.
_IDLE = 30.0
_OPTION = "weft_write"

_databases: weakref.WeakKeyDictionary[Engine, Database] = weakref.WeakKeyDictionary()


class NestedWrite(RuntimeError):
    """A thread opened a second write transaction inside its first: on SQLite it would wait for itself for ever."""


class _Local(threading.local):
    """What one thread has open."""

    connection: Connection | None = None
    callbacks: list[Callable[[], None]] | None = None


class Database:
    """Engine, transactions and id blocks of one database.

    Args:
        url: SQLAlchemy URL of a SQLite file or a PostgreSQL database.
        statement_timeout: milliseconds a PostgreSQL statement may take, None for no limit.
        pool_size: connections kept open.
        max_overflow: connections opened beyond ``pool_size`` under load.

    Raises:
        ConfigError: the URL names another product or an in-memory SQLite database.
    """

    def __init__(
        self, url: str, *, statement_timeout: int | None = None, pool_size: int = 8, max_overflow: int = 32
    ) -> None:
        parsed = make_url(url)
        self.dialect: str = parsed.get_backend_name()
        pool = {"pool_size": pool_size, "max_overflow": max_overflow, "pool_timeout": WRITE_WAIT}
        if self.dialect == "sqlite":
            self.engine = _sqlite_engine(parsed, pool)
        elif self.dialect == "postgresql":
            self.engine = _postgresql_engine(parsed, pool, statement_timeout)
        else:
            raise ConfigError(f"WEFT_DATABASE_URL names {self.dialect}; Weft runs on SQLite and PostgreSQL.")
        self._local = _Local()
        self._lock = threading.Lock()
        self._series: dict[str, BlockPool] = {}
        self._series_lock = threading.Lock()
        self.ids = IdAllocator(self)
        _databases[self.engine] = self

    # ---- transactions
    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that can only read; it is rolled back at the end.

        Yields:
            A connection in a transaction; on SQLite a consistent snapshot from its first statement on.
        """
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            connection.begin()
            yield connection

    @contextmanager
    def write(self, *, reserve: bool = True, foreign_keys: bool = True) -> Iterator[Connection]:
        """Open a transaction that may write; commits at the end, rolls back on any error.

        Writers of one process queue up fairly for SQLite's single write lock; other processes are awaited through
        the busy handler. Retries are the caller's.

        Args:
            reserve: keep a stock of ids ready; False only while the tables do not exist yet.
            foreign_keys: False for migrations, which rebuild tables on SQLite and check the keys themselves.

        Yields:
            A connection in a transaction.

        Raises:
            NestedWrite: this thread already has a write transaction open.
            StorageNotReady: no write lock within :data:`WRITE_WAIT` seconds.
        """
        if self._local.connection is not None:
            raise NestedWrite("this thread has a write transaction open; pass its connection on instead")
        if reserve:
            self.ids.top_up()
        callbacks: list[Callable[[], None]] = []
        with self._exclusive(), self.engine.connect() as plain, self._keys(plain, foreign_keys):
            connection = plain.execution_options(**{_OPTION: True})
            transaction = connection.begin()
            self._local.connection, self._local.callbacks = connection, callbacks
            try:
                yield connection
                transaction.commit()
            except BaseException:
                self._settle(committed=False)
                transaction.rollback()
                raise
            finally:
                self._local.connection = self._local.callbacks = None
            self._settle(committed=True)
        for callback in callbacks:
            callback()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run a callback once this thread's open write transaction has committed; at once when there is none."""
        if self._local.callbacks is None:
            callback()
        elif callback not in self._local.callbacks:
            self._local.callbacks.append(callback)

    @property
    def writing(self) -> Connection | None:
        """The connection of this thread's open write transaction, if any."""
        return self._local.connection

    @contextmanager
    def _keys(self, connection: Connection, enforced: bool) -> Iterator[None]:
        """Switch SQLite's foreign keys off for one transaction; possible only outside of one."""
        driver = connection.connection.driver_connection
        if enforced or self.dialect != "sqlite" or driver is None:
            yield
            return
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            driver.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Queue writers of this process on SQLite; its own busy handler sleeps and starves under many threads."""
        if self.dialect != "sqlite":
            yield
            return
        if not self._lock.acquire(timeout=WRITE_WAIT):
            raise StorageNotReady(f"no write lock within {WRITE_WAIT:g} s; another writer holds it")
        try:
            yield
        finally:
            self._lock.release()

    # ---- blocks
    def series(self, name: str, size: int) -> BlockPool:
        """The pool of numbers reserved from a named counter, shared by all threads of this process."""
        with self._series_lock:
            pool = self._series.get(name)
            if pool is None:
                pool = self._series[name] = BlockPool(self, name, size)
            return pool

    def _settle(self, *, committed: bool) -> None:
        for pool in (self.ids.pool, *list(self._series.values())):
            pool.settle(committed=committed)

    # ---- life cycle
    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()

    def forget_parent(self) -> None:
        """Drop what a forked child shares with its parent: connections, locks and reserved numbers."""
        self.engine.dispose(close=False)
        self._local = _Local()
        self._lock = threading.Lock()
        self._series_lock = threading.Lock()
        self._series = {}
        self.ids = IdAllocator(self)


def database_of(connection: Connection) -> Database:
    """The :class:`Database` a connection belongs to; KeyError for an engine that is not one."""
    return _databases[connection.engine]


def _after_fork() -> None:
    for database in list(_databases.values()):
        database.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _sqlite_engine(url: URL, pool: dict[str, Any]) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigError("WEFT_DATABASE_URL names a database in memory; give the path of a file.")
    _private_file(Path(url.database))
    engine = create_engine(url, **pool, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _private_file(path: Path) -> None:
    """Create the file for its owner only; the write-ahead log takes over its mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass


def _sqlite_connect(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and never for DDL
    # No temp_store = MEMORY: savepoints then keep their journal in a list that every trigger walks from its start.
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}").fetchall()
    _write_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; the first two processes on a new file may do so at once.

    Changing the mode refuses at once where another connection changes it too: SQLite's busy handler is not asked.
    """
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _sqlite_begin(connection: Connection) -> None:
    """Begin as a reader that cannot write, or as the one writer; straight through the driver, which every read pays."""
    driver: Any = connection.connection.driver_connection
    if connection.get_execution_options().get(_OPTION):
        driver.execute("PRAGMA query_only = OFF")
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # another process holds the lock beyond the busy timeout
            raise StorageNotReady(f"The database is locked by another process: {error}") from error
    else:
        driver.execute("PRAGMA query_only = ON")
        driver.execute("BEGIN")


def _postgresql_engine(url: URL, pool: dict[str, Any], statement_timeout: int | None) -> Engine:
    settings = {"plan_cache_mode": "force_custom_plan", "jit": "off", "timezone": "UTC"}
    if statement_timeout is not None:
        settings["statement_timeout"] = str(int(statement_timeout))
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    arguments = {"options": options, "application_name": "weft"}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), **pool, connect_args=arguments)
    event.listen(engine, "checkin", _note_checkin)
    event.listen(engine, "checkout", partial(_check_idle, engine))
    return engine


def _note_checkin(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["idle_since"] = time.monotonic()


def _check_idle(engine: Engine, connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    """Try a connection that lay idle before it is used; asking every time would cost each request a round trip."""
    if time.monotonic() - entry.info.get("idle_since", float("inf")) < _IDLE:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error  # the pool opens a new one
