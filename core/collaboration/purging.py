"""What goes with a record that is removed for good: everything people added around it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from weft.core.collaboration.tables import comment, favourite, follower, notice, recent_record, record_tag

__all__ = ["purge_around"]


def purge_around(connection: Any, ids: list[int]) -> None:
    """Remove comments, followers, tags, notices, favourites and recent marks of records; called by the purge job."""
    for table in (comment, follower, record_tag, notice, favourite, recent_record):
        connection.execute(delete(table).where(table.c.record_id.in_(ids)))
