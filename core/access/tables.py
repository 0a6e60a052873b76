"""Records shared one by one; owner ``core``. Written by :mod:`weft.core.records.shares` and ``share_links``."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, json_type, short_text

__all__ = ["LEVELS", "record_link", "record_share"]

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

#: Links with which anybody who has them reads certain fields of one record until they end; only hashes are kept (R6).
record_link = Table(
    "record_link", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("note", short_text(120), nullable=False, server_default=""),   # whom it is for
    Column("fields", json_type(), nullable=False),          # names that its page shows
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId, nullable=False),
    Column("expires_at", UtcDateTime(), nullable=False),
    Column("revoked_at", UtcDateTime()),
    Column("uses", Integer(), nullable=False, server_default="0"),
    Column("last_used_at", UtcDateTime()),
    Index("ix_record_link_record", "record_id"),
    info={"owner": "core", "secret": True},
)  # fmt: skip
