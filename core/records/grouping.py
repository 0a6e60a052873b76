"""The words of ``group`` and ``measure``: ``stage``, ``closed_on:month``, ``count``, ``sum(amount)`` and their SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, func, literal_column

from weft.core.access.names import Name, Source
from weft.core.access.slots import moment_of
from weft.core.db.fields import NUMBER_KINDS, Kind
from weft.core.errors import QueryError
from weft.core.i18n import translator

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Group", "Measure", "parse_group", "parse_measure", "zone_minutes"]

_ = translator("core")

STEPS = ("day", "month", "quarter", "year")
_MEASURE = re.compile(r"(sum|avg|min|max|count)\((\w+)\)")
_DATES = frozenset({Kind.DATE, Kind.DATETIME})
_GROUPED = frozenset(
    {Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN, Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.INTEGER, Kind.DATE, Kind.PHONE,
     Kind.EMAIL, Kind.URL}
)  # fmt: skip
_FORMATS = {
    "sqlite": {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"},
    "postgresql": {"day": "YYYY-MM-DD", "month": "YYYY-MM", "quarter": 'YYYY-"Q"Q', "year": "YYYY"},
}

Resolve = Callable[[str], Name]


@dataclass(frozen=True, slots=True)
class Group:
    """One thing to group by: a name, for dates with a step."""

    text: str
    name: Name
    step: str = ""

    @property
    def zoned(self) -> bool:
        """True when moments are cut into days at the viewer's place."""
        return self.name.kind is Kind.DATETIME

    def expression(self, source: Source, dialect: str) -> ColumnElement[Any]:
        """The SQL to group by."""
        column = source.column(self.name)
        if not self.step:
            return column
        if dialect == "sqlite":
            return self._sqlite(column)
        if self.zoned:
            minutes = bindparam("g_zone", type_=Integer())
            column = func.timezone("UTC", column) + func.make_interval(0, 0, 0, 0, 0, minutes)
        return func.to_char(column, literal_column(f"'{_FORMATS['postgresql'][self.step]}'"), type_=String())

    def _sqlite(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        shift = (cast(bindparam("g_zone", type_=Integer()), String()).concat(" minutes"),) if self.zoned else ()

        def part(form: str) -> ColumnElement[Any]:
            return func.strftime(literal_column(f"'{form}'"), column, *shift, type_=String())

        if self.step != "quarter":
            return part(_FORMATS["sqlite"][self.step])
        quarter = (cast(part("%m"), Integer()) + 2) // literal_column("3", Integer())
        return part("%Y").concat("-Q").concat(cast(quarter, String()))

    def value(self, stored: Any) -> Any:
        """The Python value of a group."""
        if stored is not None and self.name.kind is Kind.BOOLEAN:
            return bool(stored)
        return stored


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``count`` or a function of a name."""

    text: str
    function: str
    name: Name | None = None

    @property
    def columns(self) -> int:
        """How many columns :meth:`sql` gives."""
        return 2 if self.function == "avg" else 1

    def sql(self, source: Source) -> list[ColumnElement[Any]]:
        """Columns to select; an average is its sum and its number, so that both engines divide alike."""
        if self.name is None:
            return [func.count()]
        column = source.column(self.name)
        if self.function == "count":
            return [func.count(column)]
        if self.function == "avg":
            return [func.sum(column, type_=column.type), func.count(column)]
        function: Any = {"sum": func.sum, "min": func.min, "max": func.max}[self.function]
        return [function(column, type_=column.type)]

    def result(self, values: Sequence[Any]) -> Any:
        """The figure from its columns."""
        if self.function == "count":
            return int(values[0])
        if self.function == "avg":
            if not values[1]:
                return None
            places = max(self.name.field.scale if self.name is not None and self.name.field is not None else 2, 2)
            unit = Decimal(1).scaleb(-places)
            return (Decimal(values[0]) / Decimal(values[1])).quantize(unit, rounding=ROUND_HALF_UP)
        value = values[0]
        if self.name is not None and self.name.kind is Kind.INTEGER and value is not None:
            return int(value)
        return value


def parse_group(text: str, resolve: Resolve) -> Group:
    """Read one word of ``group``.

    Raises:
        QueryError: unknown or unreadable name, or a kind that cannot be grouped.
    """
    name, _mark, step = text.partition(":")
    found = resolve(name)
    if step and (step not in STEPS or found.kind not in _DATES):
        message = _("A date is grouped by %(steps)s; other fields as they are.")
        raise QueryError(message % {"steps": ", ".join(STEPS)}, name=name)
    if not step and found.kind not in _GROUPED:
        raise QueryError(_("“%(field)s” cannot be grouped.") % {"field": found.label}, name=name)
    return Group(text, found, step)


def parse_measure(text: str, resolve: Resolve) -> Measure:
    """Read one word of ``measure``.

    Raises:
        QueryError: unknown or unreadable name, unknown function, or a kind that has no such figure.
    """
    if text == "count":
        return Measure(text, "count")
    found = _MEASURE.fullmatch(text)
    if found is None:
        message = _("A measure is count, or sum, avg, min, max or count of a field: sum(amount).")
        raise QueryError(message, name=text[:60])
    function, name = found.group(1), resolve(found.group(2))
    allowed = NUMBER_KINDS if function in ("sum", "avg") else NUMBER_KINDS | _DATES
    if function != "count" and name.kind not in allowed:
        raise QueryError(_("“%(field)s” has no such figure.") % {"field": name.label}, name=name.name)
    return Measure(text, function, name)


def zone_minutes(records: Records) -> int:
    """Minutes by which the viewer's clock is ahead of UTC now."""
    offset = records.now.astimezone(moment_of(records).tz).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0
