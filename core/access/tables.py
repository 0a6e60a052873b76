"""Records shared one by one; owner ``core``. Written by :mod:`weft.core.records.shares`."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime

__all__ = ["LEVELS", "record_share"]

#: What a share gives: reading (and commenting), or changing as well.
LEVELS = ("read", "edit")

#: One row per record and person or unit it is shared with.
record_share = Table(
    "record_share", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("user_id", RecordId, ForeignKey("app_user.id")),
    Column("unit_id", RecordId, ForeignKey("org_unit.id")),
    Column("level", String(10), nullable=False, server_default="read"),
    Column("expires_at", UtcDateTime()),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    CheckConstraint("level IN ('read', 'edit')", name="level"),
    CheckConstraint("(user_id IS NULL) <> (unit_id IS NULL)", name="one_receiver"),
    Index("ix_record_share_record", "record_id"),
    Index("ix_record_share_user", "user_id", "record_id"),
    Index("ix_record_share_unit", "unit_id", "record_id"),
)  # fmt: skip
