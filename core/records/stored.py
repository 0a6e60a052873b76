"""Between Python values by field name and the columns of an entity's own and extension tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Select, Table, select

from weft.core.access.plans import among, plans_of
from weft.core.db.entity import HEADER
from weft.core.db.fields import Field, Kind
from weft.core.db.money import Money
from weft.core.records.kinds import api_value
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "CHUNK", "api_values", "chunks", "column_values", "fetch", "field_values", "select_stored", "stored_fields",
    "table_of",
]  # fmt: skip

#: Ids in one IN list.
CHUNK = 500


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterable[Sequence[Any]]:
    """Cut a sequence into parts of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def stored_fields(entity_type: EntityType) -> Mapping[str, Field]:
    """Fields of an entity that have columns, by name."""
    return {name: declared for name, declared in entity_type.fields.items() if declared.stored}


def select_stored(entity_type: EntityType) -> Select[Any]:
    """SELECT header and all stored fields; extension tables joined, columns named like their fields."""
    table = entity_type.table
    columns: list[Column[Any]] = [table.c[name] for name in HEADER]
    source: Any = table
    for extension in entity_type.extensions.values():
        source = source.outerjoin(extension.table, extension.table.c.id == table.c.id)
    for name, declared in stored_fields(entity_type).items():
        column = entity_type.column(name)
        columns.append(column)
        if declared.kind is Kind.MONEY:
            columns.append(column.table.c[declared.currency_name])
    return select(*columns).select_from(source)


def fetch(records: Records, entity_type: EntityType, ids: Sequence[int], *, lock: bool) -> dict[int, dict[str, Any]]:
    """Read stored rows without any row rule: id -> header columns and fields as Python values.

    Args:
        records: whose connection to use.
        entity_type: the entity.
        ids: record ids; those of other entities or unknown ones are left out.
        lock: hold the rows until the transaction ends (PostgreSQL; SQLite's writer is alone anyway).
    """
    table = entity_type.table

    def make() -> Select[Any]:
        statement = select_stored(entity_type).where(among(table.c.id, "ids", records.connection.dialect.name))
        return statement.order_by(table.c.id).with_for_update(of=table) if lock else statement

    statement = plans_of(records.runtime).get(("fetch", entity_type.key, lock), make)
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(sorted(set(ids))):
        for row in records.connection.execute(statement, {"ids": list(part)}).mappings():
            found[row["id"]] = {**{name: row[name] for name in HEADER}, **field_values(entity_type, dict(row))}
    return found


def field_values(entity_type: EntityType, row: Mapping[str, Any]) -> dict[str, Any]:
    """Python values of all stored fields of one selected row."""
    values: dict[str, Any] = {}
    for name, declared in stored_fields(entity_type).items():
        value = row[name]
        if declared.kind is Kind.MONEY and value is not None:
            value = Money(value, row[declared.currency_name])
        values[name] = value
    return values


def column_values(entity_type: EntityType, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Group values by table: ``""`` for the entity's own, else the contributor's key; money becomes two columns."""
    tables: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        declared = entity_type.fields.get(name)
        if declared is None:  # header columns owner_id and unit_id
            tables.setdefault("", {})[name] = value
            continue
        group = tables.setdefault(declared.extension_of or "", {})
        if declared.kind is Kind.MONEY:
            group[name] = None if value is None else value.amount
            group[declared.currency_name] = None if value is None else value.currency
        else:
            group[name] = value
    return tables


def table_of(entity_type: EntityType, contributor: str) -> Table:
    """The table of a group of :func:`column_values`."""
    return entity_type.extensions[contributor].table if contributor else entity_type.table


def api_values(entity_type: EntityType, values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values by field name; header columns ``owner_id`` and ``unit_id`` read ``owner`` and ``unit``."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        declared = entity_type.fields.get(name)
        found[name.removesuffix("_id") if declared is None else name] = (
            value if declared is None else api_value(declared, value)
        )
    return found
