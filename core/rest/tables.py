"""Answers kept for ``Idempotency-Key``: a repeated POST gets the first answer again; owner ``core``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, json_type, long_text

__all__ = ["idempotency_key"]

#: Written in the transaction of the request it answers; dropped after a day.
idempotency_key = Table(
    "idempotency_key", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("key", String(100), primary_key=True),
    Column("request_hash", String(64), nullable=False),     # method, path and body
    Column("status", Integer(), nullable=False),
    Column("headers", json_type(), nullable=False),
    Column("body", long_text()),
    Column("created_at", UtcDateTime(), nullable=False),
    Index("ix_idempotency_key_created", "created_at"),
)  # fmt: skip
