"""Numbers people read: plain series with gaps from blocks, gapless ones from one locked counter row."""

from __future__ import annotations

from sqlalchemy import Connection

from weft.core.db.engine import database_of
from weft.core.db.ids import advance

__all__ = ["gapless", "next_number", "next_numbers"]

_BLOCK = 20
_WIDTH = 5


def next_number(connection: Connection, series: str, prefix: str) -> str:
    """Return the next number of a plain series: unique and ascending per process, with gaps after a restart.

    Args:
        connection: the connection of the write transaction.
        series: name of the series, by custom the entity key.
        prefix: what stands before the digits, e.g. ``OPP-``.
    """
    return next_numbers(connection, series, prefix, 1)[0]


def next_numbers(connection: Connection, series: str, prefix: str, count: int) -> list[str]:
    """Return several numbers of a plain series at once (bulk writes)."""
    pool = database_of(connection).series(f"number:{series}", _BLOCK)
    return [f"{prefix}{number:0{_WIDTH}d}" for number in pool.take(count)]


def gapless(connection: Connection, series: str) -> int:
    """Return the next number of a gapless series.

    Call it as the last statement of an action: it locks the series' one counter row until the transaction ends. A
    rollback gives the number back.
    """
    return advance(connection, f"gapless:{series}", 1)
