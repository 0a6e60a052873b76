"""Tables of the search: which records wait to be indexed, and the index itself where the database is PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId

__all__ = ["search_document", "search_pending"]

#: Records that changed since they were indexed. ``mark`` differs at every change, so that the indexer removes only what
#: it has really read; no foreign key, because removed records must leave the index too.
search_pending = Table(
    "search_pending", core_metadata,
    Column("record_id", RecordId, primary_key=True, autoincrement=False),
    Column("mark", RecordId, nullable=False),
)  # fmt: skip

_tokens = Text().with_variant(TSVECTOR(), "postgresql")

#: One row per record on PostgreSQL; stays empty on SQLite, whose index is in files. ``tokens`` has the title's too.
search_document = Table(
    "search_document", core_metadata,
    Column("record_id", RecordId, primary_key=True, autoincrement=False),
    Column("type_id", RecordId, nullable=False),
    Column("title_tokens", _tokens, nullable=False),
    Column("tokens", _tokens, nullable=False),
    Index("ix_search_document_title_tokens", "title_tokens", postgresql_using="gin"),
    Index("ix_search_document_tokens", "tokens", postgresql_using="gin"),
)  # fmt: skip
