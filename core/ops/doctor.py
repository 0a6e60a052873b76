"""``weft doctor``: compares what must be equal and says what is not; repairs what can be derived again.

Every check is one statement per table or column over the whole database; nothing is read row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    column,
    func,
    inspect,
    literal,
    or_,
    select,
    table,
)

from weft.core.db import catalogue, closure, triggers
from weft.core.db.entity import HEADER
from weft.core.db.mirror import EdgeMirror, Mirror, TableMirror, mirror_of
from weft.core.db.tables import record, relation
from weft.core.ops.schema import owners, tables_of
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = ["DOCTOR_SERVICE", "Finding", "doctor"]

#: Entry of ``runtime.services``: functions ``(runtime) -> list[Finding]`` of parts that keep something beside the
#: database (files, search index).
DOCTOR_SERVICE = "doctor.checks"
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    Attributes:
        kind: ``header_drift missing_record orphan_record missing_edge extra_edge missing_trigger changed_trigger
            hash_mismatch missing_table missing_index closure_drift`` or a kind of another part.
        subject: what is concerned, with a count and some ids.
        remedy: what to do.
    """

    kind: str
    subject: str
    remedy: str


_REPAIR = "Run `weft doctor --repair`."
_UPGRADE = "Run `weft db upgrade`."


def doctor(runtime: Runtime) -> list[Finding]:
    """Examine the database; an empty list means that everything that must be equal is equal."""
    with runtime.db.read() as connection:
        missing = list(_missing_tables(connection, runtime.registry))
        if missing:
            return missing  # the other checks need every table
        catalogue.bind(connection, runtime.registry)
        mirror = mirror_of(runtime.registry)
        found = [*_indexes(connection, runtime.registry), *_triggers(connection, runtime.registry)]
        for one in mirror.tables:
            found.extend(_headers(connection, one))
            found.extend(_edges(connection, one))
        found.extend(_foreign_edges(connection, mirror))
        found.extend(_closure(connection, mirror))
    checks: Sequence[Callable[[Runtime], list[Finding]]] = runtime.services.get(DOCTOR_SERVICE, ())
    return [*found, *(finding for check in checks for finding in check(runtime))]


# ---- schema


def _missing_tables(connection: Connection, registry: Registry) -> Iterator[Finding]:
    present = set(inspect(connection).get_table_names())
    for owner in owners(registry):
        for wanted in tables_of(registry, owner):
            if wanted.name not in present:
                yield Finding("missing_table", f"{owner}: table {wanted.name}", _UPGRADE)


def _indexes(connection: Connection, registry: Registry) -> Iterator[Finding]:
    inspector = inspect(connection)
    for owner in owners(registry):
        for wanted in tables_of(registry, owner):
            present = {index["name"] for index in inspector.get_indexes(wanted.name)}
            for index in wanted.indexes:
                if index.name not in present:
                    yield Finding("missing_index", f"{owner}: index {index.name} of {wanted.name}", _REPAIR)


def _triggers(connection: Connection, registry: Registry) -> Iterator[Finding]:
    there = triggers.present(connection)
    for trigger in triggers.expected(registry, connection.dialect.name):
        if trigger.name not in there:
            yield Finding("missing_trigger", f"trigger {trigger.name} of {trigger.table}", _REPAIR)
        elif there[trigger.name] != trigger.body:
            yield Finding("changed_trigger", f"trigger {trigger.name} of {trigger.table}", _REPAIR)
    if triggers.stored_hash(connection) != triggers.expected_hash(registry):
        yield Finding("hash_mismatch", "stored hash of the triggers", f"{_UPGRADE} Or: {_REPAIR}")


# ---- rows


def table_of(mirror: TableMirror) -> Any:
    """The mirrored table as lightweight SQL: the columns that the checks need."""
    names = {*(() if mirror.extends else HEADER), "id", *(edge.column for edge in mirror.edges)}
    return table(mirror.table, *(column(name) for name in sorted(names)))


def header_drift(mirror: TableMirror) -> Select[Any]:
    """Ids of records whose shared row differs from their own header."""
    own = table_of(mirror)
    differs = or_(*(own.c[name].is_distinct_from(record.c[name]) for name in HEADER[1:]))
    wrong_type = record.c.type_id != mirror.type_id
    return select(own.c.id).join(record, record.c.id == own.c.id).where(or_(differs, wrong_type))


def missing_records(mirror: TableMirror) -> Select[Any]:
    """Ids of rows without a shared row."""
    own = table_of(mirror)
    return select(own.c.id).where(~select(record.c.id).where(record.c.id == own.c.id).exists())


def orphan_records(mirror: TableMirror) -> Select[Any]:
    """Ids of shared rows whose own row is gone."""
    own = table_of(mirror)
    return select(record.c.id).where(
        record.c.type_id == mirror.type_id, ~select(own.c.id).where(own.c.id == record.c.id).exists()
    )


def missing_edges(mirror: TableMirror, edge: EdgeMirror) -> Select[Any]:
    """Ids of records whose reference has no edge, or one with the wrong helper columns."""
    own = table_of(mirror)
    there = and_(_is_mirror(mirror, edge), relation.c.source_id == own.c.id, relation.c.target_id == own.c[edge.column])
    return select(own.c.id).where(own.c[edge.column].is_not(None), ~select(literal(1)).where(there).exists())


def extra_edges(mirror: TableMirror, edge: EdgeMirror) -> ColumnElement[bool]:
    """Condition on ``relation``: edges of a reference that the column does not say."""
    own = table_of(mirror)
    said = select(own.c.id).where(own.c.id == relation.c.source_id, own.c[edge.column] == relation.c.target_id)
    mine = and_(relation.c.type_id == edge.relation_id, relation.c.source_type == mirror.type_id)
    return and_(mine, or_(relation.c.origin != "f", ~said.exists()))


def _is_mirror(mirror: TableMirror, edge: EdgeMirror) -> ColumnElement[bool]:
    return and_(
        relation.c.type_id == edge.relation_id,
        relation.c.source_type == mirror.type_id,
        relation.c.origin == "f",
        relation.c.functional.is_not_distinct_from(edge.functional),
        relation.c.inverse_functional.is_not_distinct_from(edge.inverse_functional),
    )


def _report(connection: Connection, kind: str, what: str, ids: Select[Any], remedy: str) -> Iterator[Finding]:
    found = ids.subquery()
    examples = list(connection.execute(select(*found.c).limit(_EXAMPLES)).scalars())
    if examples:
        number = connection.execute(select(func.count()).select_from(found)).scalar_one()
        more = " ..." if number > len(examples) else ""
        yield Finding(kind, f"{what}: {number} ({', '.join(map(str, examples))}{more})", remedy)


def _headers(connection: Connection, one: TableMirror) -> Iterator[Finding]:
    if one.extends:
        return
    yield from _report(connection, "header_drift", f"{one.entity}, header or title", header_drift(one), _REPAIR)
    yield from _report(connection, "missing_record", f"{one.entity}, shared row", missing_records(one), _REPAIR)
    remedy = f"{_REPAIR} It removes those that nothing is linked to; for the others restore a backup."
    yield from _report(connection, "orphan_record", f"{one.entity}, own row gone", orphan_records(one), remedy)


def _edges(connection: Connection, one: TableMirror) -> Iterator[Finding]:
    for edge in one.edges:
        what = f"{one.entity}.{edge.column} ({edge.relation})"
        yield from _report(connection, "missing_edge", what, missing_edges(one, edge), _REPAIR)
        extra = select(relation.c.source_id).where(extra_edges(one, edge))
        yield from _report(connection, "extra_edge", what, extra, _REPAIR)


def foreign_edges(mirror: Mirror) -> ColumnElement[bool]:
    """Condition on ``relation``: edges of reference fields that start at another entity than the field's."""
    starts: dict[int, list[int]] = {}
    for one in mirror.tables:
        for edge in one.edges:
            starts.setdefault(edge.relation_id, []).append(one.type_id)
    wrong = [
        and_(relation.c.type_id == number, relation.c.source_type.not_in(types)) for number, types in starts.items()
    ]
    return or_(literal(False), *wrong)


def _foreign_edges(connection: Connection, mirror: Mirror) -> Iterator[Finding]:
    found = select(relation.c.source_id).where(foreign_edges(mirror))
    yield from _report(connection, "extra_edge", "edges of references from another entity", found, _REPAIR)


def _closure(connection: Connection, mirror: Mirror) -> Iterator[Finding]:
    rows = closure.drift(connection, mirror.closure_types)
    if rows:
        examples = ", ".join(f"{below} under {above}" for _type, above, below in rows[:_EXAMPLES])
        yield Finding("closure_drift", f"closure of relations: {len(rows)} ({examples})", _REPAIR)


def wanted_tables(registry: Registry) -> Iterator[Table]:
    """All tables of all owners."""
    for owner in owners(registry):
        yield from tables_of(registry, owner)
