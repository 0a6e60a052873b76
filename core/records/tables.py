"""Tables of the records layer besides the shared ones; owner ``core``."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import ExactDecimal, RecordId, UtcDateTime, json_type, long_text

__all__ = ["RATE_PLACES", "currency_rate", "field_change", "record_merge"]

#: Places of a stored rate: enough for one unit of a weak currency in a strong one.
RATE_PLACES = 12

#: One row per currency and day on which a rate was published; ``rate`` is company currency per one unit.
currency_rate = Table(
    "currency_rate", core_metadata,
    Column("currency", String(3), primary_key=True),
    Column("on_date", Date(), primary_key=True),
    Column("rate", ExactDecimal(RATE_PLACES), nullable=False),
    Column("source", String(40), nullable=False),
    CheckConstraint("rate > 0", name="positive"),
    Index("ix_currency_rate_on_date", "on_date"),
)  # fmt: skip

#: Which record was merged into which: old addresses lead on, and a merge can be taken apart. One row per merged-away
#: record; ``ended_at`` is set when the merge was undone.
record_merge = Table(
    "record_merge", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("old_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("new_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("change_set_id", RecordId),
    Column("user_id", RecordId),
    Column("at", UtcDateTime(), nullable=False),
    Column("moved", json_type()),                           # what beside fields and edges was moved: table -> row ids
    Column("ended_at", UtcDateTime()),
    Index("ix_record_merge_old", "old_id"),
    Index("ix_record_merge_new", "new_id"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: A value that somebody from outside wants changed and somebody of the company has to confirm: fields declared with
#: ``confirm=True``. ``before`` and ``after`` are API values; the record keeps ``before`` until then.
field_change = Table(
    "field_change", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("record_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("entity", String(100), nullable=False),
    Column("field", String(100), nullable=False),
    Column("before", json_type()),
    Column("after", json_type()),
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("asked_by", RecordId, nullable=False),
    Column("asked_at", UtcDateTime(), nullable=False),
    Column("decided_by", RecordId),
    Column("decided_at", UtcDateTime()),
    Column("note", long_text()),
    CheckConstraint("state IN ('waiting', 'confirmed', 'refused', 'withdrawn')", name="state"),
    Index("ix_field_change_record", "record_id", "state", "id"),
    Index("ix_field_change_state", "state", "asked_at", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip
