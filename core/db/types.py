"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Numeric, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import JSON, TypeEngine

__all__ = ["ExactDecimal", "RecordId", "UtcDateTime", "json_type", "long_text", "short_text"]

#: 64-bit ids below 2**53; INTEGER on SQLite so that it is the rowid.
RecordId = BigInteger().with_variant(Integer(), "sqlite")


def short_text(length: int) -> TypeEngine[str]:
    """Text with a limit, compared by code point on both engines so that keyset pages agree."""
    return String(length, collation="C").with_variant(String(length), "sqlite")


def long_text() -> TypeEngine[str]:
    """Text without a limit of its own, compared by code point on both engines."""
    return Text(collation="C").with_variant(Text(), "sqlite")


def json_type() -> TypeEngine[Any]:
    """JSON; JSONB on PostgreSQL. ``None`` is SQL NULL, never the JSON literal."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _text_moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _moment(value: Any) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places: NUMERIC on PostgreSQL, a scaled integer on SQLite.

    SQLite would turn NUMERIC into a float; scaled integers keep sums exact to the last place.

    Args:
        scale: places after the point; values with more are refused before they get here.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int = 2) -> None:
        super().__init__()
        self.scale = scale
        self._factor = Decimal(10) ** scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(20, self.scale))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        number = Decimal(value)
        if dialect.name != "sqlite":
            return number
        scaled = number * self._factor
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.scale} places")
        return int(scaled)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """One plain function per statement: the decorator's own chain costs more than the conversion."""
        if dialect.name != "sqlite":
            return _decimal
        scale = -self.scale

        def scaled(value: Any) -> Decimal | None:
            return None if value is None else Decimal(value).scaleb(scale)

        return scaled

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment stored in UTC; fixed-width text on SQLite, so that its order is the order in time."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")  # strftime shortens years
        return moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """One plain function per statement: the decorator's own chain costs more than the conversion."""
        return _text_moment if dialect.name == "sqlite" else _moment

    @property
    def python_type(self) -> type[datetime]:
        return datetime
