"""Units of work: one principal, one connection, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Connection

from weft.core.identity.principal import Principal
from weft.core.records.facade import Records
from weft.core.records.state import UnitState
from weft.core.registry.runtime import Runtime

__all__ = ["reading", "writing"]


@contextmanager
def reading(
    runtime: Runtime, principal: Principal, door: str = "page", *, connection: Connection | None = None
) -> Iterator[Records]:
    """Open a unit that can only read.

    Args:
        runtime: the installation.
        principal: who reads.
        door: where the call came from: ``page``, ``rest``, ``export``, ``job``, ``command``.
        connection: an open reading transaction to use (the one that checked a token), instead of a new one.
    """
    with nullcontext(connection) if connection is not None else runtime.db.read() as open_connection:
        records = Records(principal, UnitState(runtime, open_connection, door, runtime.clock(), writable=False))
        try:
            yield records
        finally:
            _close(records)


@contextmanager
def writing(runtime: Runtime, principal: Principal, door: str = "page") -> Iterator[Records]:
    """Open a unit that may write: commits at the end, rolls everything back on any error.

    What was put into the outbox wakes the workers after the commit, by itself.

    Args:
        runtime: the installation.
        principal: who writes.
        door: where the call came from; kept in the change set.
    """
    with runtime.db.write() as connection:
        state = UnitState(runtime, connection, door, runtime.clock(), writable=True)
        state.notes["actor"] = principal.user_id  # who stands behind elevated writes too
        records = Records(principal, state)
        try:
            yield records
        finally:
            _close(records)
            state.writable = False


def _close(records: Records) -> None:
    """A session must not outlive its connection: objects left behind would load from a later transaction."""
    if records._session is not None:
        records._session.close()
