"""Runs of imports and exports: who, what, how much, and where the fault file is. Shown in Settings; owner ``core``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, json_type, long_text, short_text

__all__ = ["export_run", "import_run"]

#: One import. ``options`` holds mapping, key and choices, so that the same import can be run again.
import_run = Table(
    "import_run", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), index=True),
    Column("entity", String(100), nullable=False),
    Column("file_name", short_text(255), nullable=False),
    Column("source", String(64), info={"content": True}),   # content address of the file, while the run needs it
    Column("options", json_type(), nullable=False),
    Column("state", String(12), nullable=False),            # waiting, running, done, failed
    Column("total", Integer(), nullable=False, server_default="0"),
    Column("processed", Integer(), nullable=False, server_default="0"),
    Column("created", Integer(), nullable=False, server_default="0"),
    Column("updated", Integer(), nullable=False, server_default="0"),
    Column("skipped", Integer(), nullable=False, server_default="0"),
    Column("faulty", Integer(), nullable=False, server_default="0"),
    Column("linked", Integer(), nullable=False, server_default="0"),
    Column("errors", String(64), info={"content": True}),   # content address of the fault file
    Column("message", long_text()),
    Column("change_set_id", RecordId),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("finished_at", UtcDateTime()),
    Index("ix_import_run_created", "created_at", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: One export: a reading of many records at once is noted like a write.
export_run = Table(
    "export_run", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), index=True),
    Column("entity", String(100), nullable=False),
    Column("format", String(8), nullable=False),            # csv, xlsx
    Column("view", json_type(), nullable=False),            # fields, filters, sort
    Column("door", String(20), nullable=False),
    Column("state", String(12), nullable=False),            # running, done, failed
    Column("rows", Integer(), nullable=False, server_default="0"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("finished_at", UtcDateTime()),
    Index("ix_export_run_created", "created_at", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip
