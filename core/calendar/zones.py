"""Time zones of people, in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from weft.core.identity.tables import app_user

__all__ = ["zone_named", "zones_of"]


def zone_named(name: str | None) -> ZoneInfo:
    """The zone of an IANA name, UTC for an unknown one."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zones_of(ctx: Any, users: Iterable[int | None]) -> dict[int, ZoneInfo]:
    """The zone of each person; ``ctx`` is anything with ``connection``."""
    ids = sorted({user for user in users if user is not None})
    if not ids:
        return {}
    rows = ctx.connection.execute(select(app_user.c.id, app_user.c.zone).where(app_user.c.id.in_(ids)))
    return {row.id: zone_named(row.zone) for row in rows}
