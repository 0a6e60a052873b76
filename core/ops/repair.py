"""``weft doctor --repair``: derive again what can be derived; the entity tables and the free links are the truth."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Integer, delete, inspect, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from weft.core.db import catalogue, closure, triggers
from weft.core.db.entity import HEADER
from weft.core.db.mirror import EdgeMirror, TableMirror, mirror_of
from weft.core.db.tables import record, relation
from weft.core.ops import doctor as checks
from weft.core.ops.doctor import Finding, doctor
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = ["repair"]


def repair(runtime: Runtime) -> list[Finding]:
    """Mend indexes, triggers, shared rows, edges and the closure in one transaction; returns what is still wrong.

    Raises:
        IntegrityError: a missing unique index cannot be made because the data breaks it; nothing is changed then.
    """
    findings = doctor(runtime)
    if any(finding.kind == "missing_table" for finding in findings):
        return findings
    with runtime.db.write() as connection:
        catalogue.bind(connection, runtime.registry)
        mirror = mirror_of(runtime.registry)
        triggers.drop(connection)
        _make_indexes(connection, runtime.registry)
        for one in mirror.tables:
            if not one.extends:
                _mend_records(connection, one)
        connection.execute(delete(relation).where(checks.foreign_edges(mirror)))
        for one in mirror.tables:
            for edge in one.edges:
                _mend_edges(connection, one, edge)
        for one in mirror.tables:
            if not one.extends:
                _drop_orphans(connection, one)
        closure.rebuild(connection, mirror.closure_types)
        triggers.install(connection, runtime.registry)
    return doctor(runtime)


def _insert(connection: Connection, target: Any) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(target)


def _make_indexes(connection: Connection, registry: Registry) -> None:
    inspector = inspect(connection)
    for wanted in checks.wanted_tables(registry):
        present = {index["name"] for index in inspector.get_indexes(wanted.name)}
        for index in wanted.indexes:
            if index.name not in present:
                index.create(connection)


def _mend_records(connection: Connection, one: TableMirror) -> None:
    own = checks.table_of(one)
    wrong = or_(own.c.id.in_(checks.header_drift(one)), own.c.id.in_(checks.missing_records(one)))
    values = [own.c.id, literal(one.type_id), *(own.c[name] for name in HEADER[1:])]
    statement = _insert(connection, record).from_select(["id", "type_id", *HEADER[1:]], select(*values).where(wrong))
    changes = {name: statement.excluded[name] for name in ("type_id", *HEADER[1:])}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


def _mend_edges(connection: Connection, one: TableMirror, edge: EdgeMirror) -> None:
    connection.execute(delete(relation).where(checks.extra_edges(one, edge)))
    own, source = checks.table_of(one), record.alias("source")
    names = [
        "source_id", "type_id", "target_type", "target_id", "ordinal", "source_type", "origin", "created_at",
        "functional", "inverse_functional",
    ]  # fmt: skip
    values = [
        own.c.id, literal(edge.relation_id), record.c.type_id, record.c.id, literal(0), literal(one.type_id),
        literal("f"), source.c.updated_at, literal(edge.functional, Integer()),
        literal(edge.inverse_functional, Integer()),
    ]  # fmt: skip
    wanted = (
        select(*values)
        .select_from(own.join(record, record.c.id == own.c[edge.column]).join(source, source.c.id == own.c.id))
        .where(own.c.id.in_(checks.missing_edges(one, edge)))
    )
    statement = _insert(connection, relation).from_select(names, wanted)
    changes = {name: statement.excluded[name] for name in ("origin", "functional", "inverse_functional")}
    key = ["source_id", "type_id", "target_type", "target_id", "ordinal"]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changes))


def _drop_orphans(connection: Connection, one: TableMirror) -> None:
    """Remove shared rows without a record, unless a free link or a reference still leads to them."""
    orphans = checks.orphan_records(one)
    mine = relation.c.source_id.in_(orphans) & (relation.c.origin == "f")
    connection.execute(delete(relation).where(mine))
    linked = select(literal(1)).where(or_(relation.c.source_id == record.c.id, relation.c.target_id == record.c.id))
    connection.execute(delete(record).where(record.c.id.in_(orphans), ~linked.exists()))
