"""Tables of the records layer besides the shared ones; owner ``core``."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table

from weft.core.db.tables import core_metadata
from weft.core.db.types import ExactDecimal

__all__ = ["RATE_PLACES", "currency_rate"]

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
