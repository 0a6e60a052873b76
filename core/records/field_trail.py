"""How a field of many records changed over time, from their history and in one statement: for reports.

What was taken back counts as if it had never been: neither the change nor its undoing is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, literal, select

from weft.core.access.conditions import Filter
from weft.core.db.tables import change_set, journal
from weft.core.records.filters import readable_name
from weft.core.records.paging import Run
from weft.core.records.query import Request, entity_type, spec_for
from weft.core.records.shapes import Builder

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["FieldMove", "field_moves"]


@dataclass(frozen=True, slots=True)
class FieldMove:
    """One change of a field.

    Attributes:
        record: id of the record.
        at: when, aware UTC.
        user: who did it, None for the platform.
        old, new: API values; ids of references; ``old`` is None where the record was made.
    """

    record: int
    at: datetime
    user: int | None
    old: Any
    new: Any


def field_moves(
    records: Records,
    entity: str,
    field: str,
    *,
    filters: Filter | Mapping[str, Any] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[FieldMove]:
    """Return how a field of the records that the principal may read changed, oldest first.

    Args:
        records: whose rights and connection.
        entity: entity key.
        field: name of the field; records in which it is hidden are left out.
        filters: which records, as :meth:`~weft.core.records.facade.Records.query` takes them.
        since, until: only changes from the first moment on and before the second.

    Raises:
        QueryError: a name is unknown or unreadable.
    """
    declared = entity_type(records, entity)
    spec = spec_for(records, declared, Request(entity, filters=filters, sort="id"))
    readable_name(spec.access, spec.names, field)
    if spec.rows.kind == "none":
        return []
    builder = Builder(spec)
    conditions = builder.conditions(rows=True)
    conditions += [builder.probe(spec.access.cells[field])] if not spec.access.everywhere(field) else []
    ids = select(builder.table.c.id).select_from(builder.source.from_clause()).where(*conditions)
    j = journal.c
    sql = (
        select(j.record_id, j.at, j.user_id, j.changes)
        .join_from(journal, change_set, change_set.c.id == j.change_set_id)
        .where(
            j.record_id.in_(ids), j.type_id == records.runtime.registry.entity_id(entity),
            cast(j.changes, Text()).contains(literal(f'"{field}"')),
            change_set.c.undone_by.is_(None), change_set.c.undoes.is_(None),
        )
        .order_by(j.at, j.id)
    )  # fmt: skip
    if since is not None:
        sql = sql.where(j.at >= since)
    if until is not None:
        sql = sql.where(j.at < until)
    found = []
    for row in Run(records, spec).execute(builder.statement(sql)):
        change = row.changes.get(field)
        if isinstance(change, list) and len(change) == 2:
            found.append(FieldMove(row.record_id, row.at, row.user_id, change[0], change[1]))
    return found
