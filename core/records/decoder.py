"""From selected columns to rows: made once per entity and set of names, so that little is done per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from weft.core.access.names import ALWAYS, Name, Source
from weft.core.access.policy import EntityAccess
from weft.core.access.rows import Rows
from weft.core.db.fields import Field, Kind
from weft.core.db.money import Money
from weft.core.records.values import Row
from weft.core.registry.model import EntityType, Header

__all__ = ["Decoder", "decoder_for", "default_names"]

#: Header names in the order of the API.
_HEADER_ORDER = ("title", "number", "version", "owner", "unit", "state", "created_at", "updated_at")


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """Knows which columns to select and how to read them.

    Attributes:
        entity: the entity.
        names: names of the rows, in order, computed Python fields left out.
        computed: fields computed in Python from the finished row.
        money: (position of the amount, position of the currency, name).
        masks: distinct row rules of names that are not readable everywhere, each with its names.
        references: reference fields among the names.
        people: names whose values are users.
        units: names whose values are units.
        hidden: names selected only for computed fields, dropped at the end.
    """

    entity: EntityType
    names: tuple[str, ...]
    computed: tuple[Field, ...]
    money: tuple[tuple[str, int], ...]
    masks: tuple[tuple[Rows, tuple[str, ...]], ...]
    references: tuple[Field, ...]
    people: tuple[str, ...]
    units: tuple[str, ...]
    hidden: frozenset[str]
    booleans: tuple[str, ...]
    currencies: int

    def columns(self, source: Source, names: dict[str, Name]) -> list[ColumnElement[Any]]:
        """Columns to select, in the order :meth:`rows` expects; masks come behind them."""
        found = [source.column(names[name]) for name in self.names]
        for name, _position in self.money:
            declared = self.entity.fields[name]
            currency = names[declared.currency_name]
            found.append(source.column(currency))
        return found

    @property
    def width(self) -> int:
        """How many columns there are without masks."""
        return len(self.names) + len(self.money)

    def rows(self, selected: Iterable[Sequence[Any]]) -> list[Row]:
        """Read the rows; references, people and units are still plain ids."""
        names, key = self.names, self.entity.key
        money, masks, booleans, width = self.money, self.masks, self.booleans, self.width
        found = []
        for values in selected:
            row = Row(zip(names, values, strict=False))
            row["type"] = key
            for name, position in money:
                amount = row[name]
                if amount is not None:
                    row[name] = Money(amount, values[position])
            for name in booleans:
                if row[name] is not None:
                    row[name] = bool(row[name])
            if masks:
                for number, (_rule, hidden) in enumerate(masks):
                    if not values[width + number]:
                        for name in hidden:
                            del row[name]
            found.append(row)
        return found

    def finish(self, rows: Sequence[Row]) -> None:
        """Add computed Python fields, once references are in place, and drop what only they needed."""
        for row in rows:
            for declared in self.computed:
                compute = declared.python
                if compute is not None:
                    try:
                        row[declared.name] = compute(row)
                    except KeyError:  # it needs a cell that this principal may not read
                        continue
            for name in self.hidden:
                row.pop(name, None)


def decoder_for(entity: EntityType, access: EntityAccess, names: dict[str, Name], wanted: Sequence[str]) -> Decoder:
    """Make the decoder for the wanted names.

    Raises:
        KeyError: a wanted name is unreadable or unknown; its name is the argument.
    """
    shown = _wanted(entity, access, wanted)
    computed = tuple(entity.fields[name] for name in shown if _in_python(entity, name))
    plain = [name for name in shown if not _in_python(entity, name)]
    needed = plain
    if computed:
        needed = [*plain, *(name for name in default_names(entity, access) if not _in_python(entity, name))]
    selected = tuple(dict.fromkeys(["id", *(name for name in needed if name != "type"), "version"]))
    money = [name for name in selected if name in entity.fields and entity.fields[name].kind is Kind.MONEY]
    fields = [entity.fields[name] for name in selected if name in entity.fields]
    return Decoder(
        entity,
        selected,
        computed,
        tuple((name, len(selected) + number) for number, name in enumerate(money)),
        _masks(access, selected),
        tuple(declared for declared in fields if declared.kind is Kind.REFERENCE),
        tuple(name for name in selected if names[name].kind is Kind.USER),
        tuple(name for name in selected if names[name].kind is Kind.UNIT),
        frozenset(selected) - frozenset(plain) - {"id", "version"},
        tuple(
            declared.name for declared in fields if declared.kind is Kind.COMPUTED and declared.result is Kind.BOOLEAN
        ),
        len(money),
    )


def _in_python(entity: EntityType, name: str) -> bool:
    declared = entity.fields.get(name)
    return declared is not None and not declared.stored and declared.sql is None


def default_names(entity: EntityType, access: EntityAccess) -> list[str]:
    """Header and fields that are readable in some row, in the order of the API."""
    readable = access.names
    return [name for name in ("id", *_HEADER_ORDER, *entity.fields) if name in readable]


def _wanted(entity: EntityType, access: EntityAccess, wanted: Sequence[str]) -> list[str]:
    found = []
    for name in dict.fromkeys(wanted):
        if name not in access.cells or (name not in Header and name not in entity.fields and name not in ALWAYS):
            raise KeyError(name)
        found.append(name)
    return found


def _masks(access: EntityAccess, selected: Sequence[str]) -> tuple[tuple[Rows, tuple[str, ...]], ...]:
    """Names that are not readable everywhere, grouped by the rows in which they are."""
    groups: dict[Rows, list[str]] = {}
    for name in selected:
        if name not in ALWAYS and not access.everywhere(name):
            groups.setdefault(access.cells[name], []).append(name)
    return tuple((rows, tuple(hidden)) for rows, hidden in groups.items())
