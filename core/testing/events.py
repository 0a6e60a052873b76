"""Events that a test's writes left in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.db.tables import outbox

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["CapturedEvents", "Event"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its key and payload."""

    key: str
    payload: dict[str, Any]


class CapturedEvents:
    """Committed events, read from the outbox, so that what was rolled back is not among them.

    Args:
        runtime: whose outbox; events that are there already are left out.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._before = {row for row, _ in self._rows()}

    def all(self) -> list[Event]:
        """Events in the order in which they were written."""
        return [event for row, event in self._rows() if row not in self._before]

    def keys(self) -> list[str]:
        """Keys of the events, in order."""
        return [event.key for event in self.all()]

    def of(self, key: str) -> list[dict[str, Any]]:
        """Payloads of the events of one key."""
        return [event.payload for event in self.all() if event.key == key]

    def _rows(self) -> list[tuple[int, Event]]:
        columns = select(outbox.c.id, outbox.c.topic, outbox.c.payload)
        with self._runtime.db.read() as connection:
            found = connection.execute(columns.where(outbox.c.kind == "event").order_by(outbox.c.id)).all()
        return [(row.id, Event(row.topic, dict(row.payload))) for row in found]
