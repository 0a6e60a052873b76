"""Names that can be read, filtered and sorted: header names and fields of an entity, and where their columns are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, select
from sqlalchemy.types import TypeEngine

from weft.core.db.fields import Field, Kind
from weft.core.i18n import Text, translator
from weft.core.registry.model import EntityType, Header

__all__ = ["ALWAYS", "HEADER_COLUMNS", "INTERNAL_HEADER", "Name", "Source", "names_of"]

_ = translator("core")

#: Header name -> column of every entity table.
HEADER_COLUMNS: Mapping[str, str] = MappingProxyType(
    {name: {"owner": "owner_id", "unit": "unit_id"}.get(name, name) for name in Header}
)
#: Readable wherever the row is.
ALWAYS = frozenset({"id", "type", "version"})
#: Readable by people of the company wherever the row is; external audiences only where a grant names them.
INTERNAL_HEADER = frozenset({"number", "owner", "unit", "created_at", "updated_at", "deleted_at"})

_LABELS: Mapping[str, Text] = {"owner": _("Owner"), "unit": _("Unit")}
_NOT_NULL = frozenset({"id", "title", "created_at", "updated_at", "version"})
_SORTABLE_HEADER = frozenset({"id", "title", "number", "state", "owner", "unit", "created_at", "updated_at"})
_SEEKABLE_HEADER = frozenset({"id", "number", "owner", "unit", "state"})
#: Header columns whose index goes on with updated_at: lists within one owner, unit or state come in that order.
_THEN_UPDATED = frozenset({"owner", "unit", "state"})
_UNSORTABLE = frozenset({Kind.MULTI_CHOICE, Kind.ADDRESS, Kind.FILE})


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One name of an entity; equal only to itself.

    Attributes:
        name: as in the API.
        kind: kind of its values.
        field: the declared field, None for header names.
        column: name of its column, empty for computed fields.
        extension: key of the contributing plugin, empty for own columns.
        nullable: the column may be NULL.
        sortable: an index gives its order at any size.
        seekable: an index finds equal values.
        then_updated: the index goes on with ``updated_at``.
        partial: the index covers live rows only.
        within: for the currency of a money field, the name that decides whether it may be read.
    """

    name: str
    kind: Kind
    field: Field | None
    column: str
    extension: str = ""
    nullable: bool = True
    sortable: bool = False
    seekable: bool = False
    then_updated: bool = False
    partial: bool = False
    within: str = ""

    @property
    def label(self) -> Text:
        """Its words on screen."""
        return self.field.label if self.field is not None else _LABELS.get(self.name, self.name)

    @property
    def orderable(self) -> bool:
        """False for kinds that have no order."""
        return self.kind not in _UNSORTABLE


def names_of(entity: EntityType) -> dict[str, Name]:
    """All names of an entity, header first; fields computed in Python only are left out (nothing to compare)."""
    found = {
        name: Name(
            name,
            kind,
            None,
            HEADER_COLUMNS[name],
            nullable=name not in _NOT_NULL,
            sortable=name in _SORTABLE_HEADER,
            seekable=name in _SEEKABLE_HEADER,
            then_updated=name in _THEN_UPDATED,
        )
        for name, kind in Header.items()
    }
    for name, declared in entity.fields.items():
        if declared.stored:
            found[name] = _stored(entity, declared)
            if declared.kind is Kind.MONEY:
                currency = declared.currency_name
                found[currency] = Name(
                    currency, Kind.TEXT, None, currency, extension=declared.extension_of or "", within=name
                )
        elif declared.sql is not None:
            found[name] = Name(name, declared.value_kind, declared, "")
    return found


def _stored(entity: EntityType, declared: Field) -> Name:
    own = declared.extension_of is None
    if declared.state:  # the header column has the same value and the better index
        return Name(declared.name, Kind.CHOICE, declared, "state", sortable=True, seekable=True, then_updated=True)
    indexed = own and (declared.unique or declared.index or declared.kind is Kind.REFERENCE)
    return Name(
        declared.name,
        declared.kind,
        declared,
        declared.name,
        extension=declared.extension_of or "",
        sortable=indexed and declared.kind not in _UNSORTABLE,
        seekable=indexed and declared.kind not in _UNSORTABLE,
        partial=own and declared.unique,
    )


class Source:
    """An entity's table in one statement, with the extension tables that the statement turned out to need.

    Args:
        entity: the entity.
        table: its table or an alias of it.
        joinable: True when the statement can LEFT JOIN extension tables (they are then in :attr:`joined`); otherwise
            their columns become scalar subqueries.
    """

    __slots__ = ("entity", "table", "joinable", "joined")

    def __init__(self, entity: EntityType, table: FromClause, *, joinable: bool = False) -> None:
        self.entity = entity
        self.table = table
        self.joinable = joinable
        self.joined: dict[str, FromClause] = {}

    def column(self, name: Name) -> ColumnElement[Any]:
        """The SQL expression of a name."""
        if not name.column:
            make: Callable[[Any], ColumnElement[Any]] = name.field.sql  # type: ignore[union-attr, assignment]
            return make(self.table)
        if not name.extension:
            return self.table.c[name.column]
        return self.extension_column(name.extension, name.column)

    def extension_column(self, contributor: str, column: str) -> ColumnElement[Any]:
        """A column of a contributor's table."""
        alias = self.joined.get(contributor)
        if alias is None:
            alias = self.entity.extensions[contributor].table.alias(f"x_{contributor}")
            if self.joinable:
                self.joined[contributor] = alias
        if self.joinable:
            return alias.c[column]
        return select(alias.c[column]).where(alias.c.id == self.table.c.id).scalar_subquery()

    def from_clause(self, start: FromClause | None = None) -> FromClause:
        """``start`` (or the table) with the extension tables joined that were used."""
        source: FromClause = self.table if start is None else start
        for alias in self.joined.values():
            source = source.outerjoin(alias, alias.c.id == self.table.c.id)
        return source


def text_type(name: Name, source: Source) -> TypeEngine[Any]:
    """Type of a name's column, text for header names without one."""
    return source.column(name).type if name.column else String()
