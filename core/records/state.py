"""What one unit of work shares between its facades (the user's and elevated ones)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from weft.core.registry.runtime import Runtime

__all__ = ["UnitState"]


@dataclass(slots=True)
class UnitState:
    """One connection in one transaction, and what was done in it so far.

    Attributes:
        runtime: the installation.
        connection: the only connection of the unit.
        door: where the call came from: ``page``, ``rest``, ``import``, ``job``, ``command``, ``demo``, ``test``.
        now: the moment of the unit, aware UTC.
        writable: False in a reading unit.
        change_set_id: set by the first write.
        elevations: reasons given to ``system(reason)``, for the change set's summary.
        caches: per unit, dropped by any write: filters, titles, people.
        notes: free place for the write path (what it must remember until the end of the unit).
    """

    runtime: Runtime
    connection: Connection
    door: str
    now: datetime
    writable: bool
    change_set_id: int | None = None
    elevations: list[str] = field(default_factory=list)
    caches: dict[Any, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
