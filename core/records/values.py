"""Values that reading gives back: rows, references, people, pages; and their JSON form. No database access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from weft.core.db.money import Money

if TYPE_CHECKING:
    from weft.core.registry.model import EntityType

__all__ = ["Count", "MoneySum", "Page", "PersonRef", "RefValue", "Row", "UnitRef", "api_form", "to_api"]


class Row(dict[str, Any]):
    """One record as the principal may see it: header and fields by name; unreadable cells are absent.

    Header: ``id``, ``type`` (entity key), ``title``, ``number``, ``version``, ``owner`` (:class:`PersonRef` or None),
    ``unit`` (:class:`UnitRef` or None), ``state``, ``created_at``, ``updated_at``; ``deleted_at`` only in the trash.
    """

    __slots__ = ()

    @property
    def id(self) -> int:
        """Id of the record."""
        return int(self["id"])

    @property
    def type(self) -> str:
        """Key of the entity."""
        return str(self["type"])

    @property
    def title(self) -> str:
        """Title, empty when the principal may not read it."""
        return str(self.get("title") or "")

    @property
    def version(self) -> int:
        """Version that an update has to name."""
        return int(self["version"])


@dataclass(frozen=True, slots=True)
class RefValue:
    """A reference to another record.

    Attributes:
        id: id of the record.
        type: entity key, also of an entity whose plugin is gone; empty when restricted.
        title: its title; empty when restricted, but for fields that tell the name (``field.reference(told=True)``).
        alt: its name in the other script, or empty.
        restricted: the viewer may know that something is linked, but not what.
        row: the record itself when the query named the reference in ``include``.
    """

    id: int
    type: str
    title: str = ""
    alt: str = ""
    restricted: bool = False
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A user of the installation: id, name and its form in the other script (or empty)."""

    id: int
    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class UnitRef:
    """An organisational unit: id, name and its form in the other script (or empty)."""

    id: int
    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a query has; ``exact`` is False when counting stopped at a cap ("1,000+")."""

    value: int
    exact: bool


@dataclass(frozen=True, slots=True)
class MoneySum:
    """A sum over amounts: one figure per currency, and all of them in the company's currency.

    Attributes:
        amounts: sums per currency, ordered by code.
        company: total in company currency, None while a rate is missing.
        rate_date: day of the oldest rate used, None when no conversion was needed.
        missing: currencies without a rate.
        exact: the total in company currency before it was rounded, for what is computed on; None with ``company``.
    """

    amounts: tuple[Money, ...]
    company: Money | None = None
    rate_date: date | None = None
    missing: tuple[str, ...] = ()
    exact: Decimal | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        rows: the records, in order.
        next: opaque cursor of the following page, None at the end.
        count: number of all rows when it was asked for.
        sums: field name -> sum over all rows, when asked for.
    """

    rows: Sequence[Row]
    next: str | None = None
    count: Count | None = None
    sums: Mapping[str, Any] = field(default_factory=dict)


def to_api(entity_type: EntityType, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a row: flat, references as ``{"id", "type", "title"}``, money as amount and currency."""
    return {name: _json(value) for name, value in row.items()}


def api_form(value: Any) -> Any:
    """The JSON form of one value of a row; the hook of a JSON encoder that writes rows without copying them.

    Raises:
        TypeError: rows never hold such a value.
    """
    plain = _PLAIN.get(type(value))
    if plain is None:
        raise TypeError(f"{type(value).__name__} is no value of a row")
    return plain(value)


def _json(value: Any) -> Any:
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain(value)
    if isinstance(value, Mapping):
        return {name: _json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(part) for part in value]
    return value


def _reference(value: RefValue) -> dict[str, Any]:
    if value.restricted:
        return {"id": value.id, "type": None, "title": value.title or None, "restricted": True}
    found: dict[str, Any] = {"id": value.id, "type": value.type, "title": value.title}
    if value.alt:
        found["alt"] = value.alt
    if value.row is not None:
        found |= {name: _json(part) for name, part in value.row.items()}
    return found


def _named(value: PersonRef | UnitRef) -> dict[str, Any]:
    return {"id": value.id, "name": value.name, "alt": value.alt}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _money_sum(value: MoneySum) -> dict[str, Any]:
    return {
        "amounts": [amount.to_api() for amount in value.amounts],
        "company": value.company.to_api() if value.company else None,
        "rate_date": value.rate_date.isoformat() if value.rate_date else None,
        "missing": list(value.missing),
    }


_PLAIN: Mapping[type, Any] = {
    str: lambda value: value,
    int: lambda value: value,
    bool: lambda value: value,
    type(None): lambda value: value,
    float: lambda value: value,
    Decimal: lambda value: f"{value:f}",
    date: lambda value: value.isoformat(),
    datetime: _moment,
    Money: lambda value: value.to_api(),
    RefValue: _reference,
    PersonRef: _named,
    UnitRef: _named,
    MoneySum: _money_sum,
}
