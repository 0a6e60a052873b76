"""Ids and plain numbers from blocks: taken by the thousand in a transaction of their own, handed out from memory.

A block that had to be taken inside an open SQLite write transaction stays private to it until it commits, because a
rollback gives the same numbers to the next one who asks.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Connection, Sequence, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.db.tables import id_block

if TYPE_CHECKING:
    from weft.core.db.engine import Database

__all__ = ["ID_SEQUENCE", "MAX_ID", "BlockPool", "IdAllocator", "advance"]

#: Ids stay below this, so that every JSON reader keeps them exact.
MAX_ID = 2**53
#: Ids per call of the sequence on PostgreSQL.
_STEP = 1000
#: Ids per block on SQLite.
_BLOCK = 1000
#: A write transaction begins with at least so many ids in memory.
_LOW = 64
_NAME = "record"

#: The id sequence of PostgreSQL; every value stands for the :data:`_STEP` ids from it on.
ID_SEQUENCE = Sequence("weft_id", start=_STEP, increment=_STEP, data_type=BigInteger)


def advance(connection: Connection, name: str, count: int) -> int:
    """Move a counter row on and return the first of the numbers gained.

    Args:
        connection: a connection in a write transaction, which holds the row until it ends.
        name: name of the counter; made with 1 as its first number when new.
        count: how many numbers.
    """
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(id_block).values(name=name, next=1 + count)
    statement = statement.on_conflict_do_update(
        index_elements=[id_block.c.name], set_={"next": id_block.c.next + count}
    )
    following: int = connection.execute(statement.returning(id_block.c.next)).scalar_one()
    return following - count


class _Private(threading.local):
    """Ranges a thread took inside its open transaction."""

    ranges: list[range] | None = None


class BlockPool:
    """A thread-safe stock of numbers of one counter.

    Args:
        database: where the counter is.
        name: row of ``id_block``.
        size: numbers per block.
    """

    def __init__(self, database: Database, name: str, size: int) -> None:
        self._database = database
        self._name = name
        self._size = size
        self._lock = threading.Lock()
        self._ranges: list[range] = []
        self._private = _Private()

    @property
    def stock(self) -> int:
        """How many numbers lie ready for every thread."""
        return sum(map(len, self._ranges))

    def take(self, count: int = 1) -> list[int]:
        """Return numbers that nobody else has or will get.

        Args:
            count: how many; they ascend, but need not be adjacent.
        """
        if count <= 0:
            return []
        taken = self._draw(self._private.ranges or [], count)
        if len(taken) < count:
            with self._lock:
                taken += self._draw(self._ranges, count - len(taken))
        missing = count - len(taken)
        if missing:
            block, private = self._fetch(missing)
            taken += block[:missing]
            self._keep(block[missing:], private=private)
        return sorted(taken)

    def reserve(self, count: int) -> None:
        """Make sure ``count`` numbers lie ready; call it before a write transaction begins."""
        missing = count - self.stock
        if missing > 0 and self._database.writing is None:
            block, _ = self._fetch(missing)
            self._keep(block, private=False)

    def settle(self, *, committed: bool) -> None:
        """After this thread's transaction: share what it left over, or forget it because it was rolled back."""
        ranges, self._private.ranges = self._private.ranges, None
        if ranges and committed:
            with self._lock:
                self._ranges.extend(ranges)

    def _keep(self, block: range, *, private: bool) -> None:
        if not block:
            return
        if private:
            self._private.ranges = [*(self._private.ranges or []), block]
        else:
            with self._lock:
                self._ranges.append(block)

    @staticmethod
    def _draw(ranges: list[range], count: int) -> list[int]:
        taken: list[int] = []
        while ranges and len(taken) < count:
            first = ranges[0]
            part = first[: count - len(taken)]
            taken.extend(part)
            rest = first[len(part) :]
            if rest:
                ranges[0] = rest
            else:
                ranges.pop(0)
        return taken

    def _fetch(self, least: int) -> tuple[range, bool]:
        """Take a block from the database: (the numbers, whether they belong to the open transaction)."""
        count = max(least, self._size)
        writing = self._database.writing
        if writing is not None and self._database.dialect == "sqlite":
            return self._checked(advance(writing, self._name, count), count), True
        if writing is not None:
            # A second connection: the counter row must not stay locked until the business transaction ends.
            with self._database.engine.begin() as connection:
                return self._checked(advance(connection, self._name, count), count), False
        with self._database.write() as connection:
            return self._checked(advance(connection, self._name, count), count), False

    @staticmethod
    def _checked(first: int, count: int) -> range:
        if first + count > MAX_ID:
            raise OverflowError("the counter has reached 2**53")
        return range(first, first + count)


class _SequencePool(BlockPool):
    """Ids from the PostgreSQL sequence, which no rollback gives back."""

    def _fetch(self, least: int) -> tuple[range, bool]:
        writing = self._database.writing
        if writing is not None:
            return self._next(writing, least), False
        with self._database.engine.begin() as connection:
            return self._next(connection, least), False

    def _next(self, connection: Connection, least: int) -> range:
        calls = -(-max(least, self._size) // _STEP)
        if calls > 1:
            # Calls of other sessions may fall between; the parts are kept one by one.
            series = func.generate_series(1, calls).table_valued("n")
            starts = list(connection.execute(select(ID_SEQUENCE.next_value()).select_from(series)).scalars())
            for start in starts[1:]:
                self._keep(self._checked(start, _STEP), private=False)
            return self._checked(starts[0], _STEP)
        return self._checked(connection.execute(select(ID_SEQUENCE.next_value())).scalar_one(), _STEP)

    def take(self, count: int = 1) -> list[int]:
        """Return ids that nobody else has or will get (see :meth:`BlockPool.take`)."""
        taken: list[int] = []
        while len(taken) < count:
            with self._lock:
                taken += self._draw(self._ranges, count - len(taken))
            if len(taken) < count:
                block, _ = self._fetch(count - len(taken))
                self._keep(block, private=False)
        return sorted(taken)


class IdAllocator:
    """Ids of records, change sets, journal and outbox rows: one space, below 2**53."""

    def __init__(self, database: Database) -> None:
        kind = _SequencePool if database.dialect == "postgresql" else BlockPool
        self.pool: BlockPool = kind(database, _NAME, _BLOCK)
        self._busy = threading.local()

    def take(self, n: int = 1) -> list[int]:
        """Return ``n`` new ids in ascending order; outside a write transaction prefer this over :meth:`next`."""
        return self.pool.take(n)

    def next(self) -> int:
        """Return one new id."""
        return self.pool.take(1)[0]

    def reserve(self, n: int) -> None:
        """Make ``n`` ids ready before a write transaction that will need so many."""
        self.pool.reserve(n)

    def top_up(self) -> None:
        """Keep a small stock; called before every write transaction begins."""
        if self.pool.stock >= _LOW or getattr(self._busy, "on", False):
            return
        self._busy.on = True  # the block is itself taken in a write transaction
        try:
            self.pool.reserve(_LOW)
        finally:
            self._busy.on = False
