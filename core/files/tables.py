"""Tables of files: what was uploaded, and to which records it is attached. The bytes are in the store.

A column of a core table that holds the address of content in the store says so with ``info={"content": True}``; the
collector clears what none of them names.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, long_text, short_text

__all__ = ["attachment", "file", "file_text"]

#: One upload. ``sha256`` names the content in the store; several uploads may have the same content. The type was found
#: from the bytes at upload and never changes. ``trashed_at`` is set by the collector when nothing uses the file.
file = Table(
    "file", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False, index=True, info={"content": True}),
    Column("name", short_text(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Column("trashed_at", UtcDateTime()),
)  # fmt: skip

#: A file on a record, internal or shared with all who may read the record. Files named by a field of a record are not
#: here: the field is their place.
attachment = Table(
    "attachment", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("file_id", RecordId, ForeignKey("file.id"), nullable=False, index=True),
    Column("audience", String(10), nullable=False, server_default="internal"),
    Column("comment_id", RecordId),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Column("removed_at", UtcDateTime()),
    CheckConstraint("audience IN ('internal', 'shared')", name="audience"),
    Index("ix_attachment_record", "record_id", "created_at", "id"),
)  # fmt: skip

#: The words of content, read once for all files that have it; ``reason`` says why there are none. Found by searches,
#: and never shown but to those who may open a file with this content.
file_text = Table(
    "file_text", core_metadata,
    Column("sha256", String(64), primary_key=True),
    Column("text", long_text()),
    Column("reason", short_text(20), nullable=False, server_default=""),
    Column("read_at", UtcDateTime(), nullable=False),
)  # fmt: skip
