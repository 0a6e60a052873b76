"""The decision about single records: may this principal do this, with which fields, and because of which grants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select, true

from weft.core.access.plans import Statement, among, plans_of
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.access.rows import Rows
from weft.core.access.slots import Slots
from weft.core.access.sql import RowsSql
from weft.core.db.tables import record
from weft.core.errors import Denied, NotFound
from weft.core.i18n import Text, translator

__all__ = [
    "OPERATION_LABELS",
    "Decision",
    "allowed_after",
    "covered",
    "decide",
    "decide_all",
    "decide_many",
    "denied",
    "require",
]

_ = translator("core")

#: Ids in one IN list.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one record and one operation.

    Attributes:
        record_id: the record.
        operation: ``read``, ``update`` ... or an action key.
        readable: it exists and may be read; where this is False the record must look missing.
        allowed: the operation is granted on it.
        grants: keys of the grants of the operation that cover the row.
        reading: keys of the grants that let it be read.
        fields: names covered by the operation in this row.
        visible: names readable in this row.
        version, state, deleted: of the stored row, when readable.
    """

    record_id: int
    operation: str
    readable: bool = False
    allowed: bool = False
    grants: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    fields: frozenset[str] = field(default_factory=frozenset)
    visible: frozenset[str] = field(default_factory=frozenset)
    version: int | None = None
    state: str | None = None
    deleted: bool = False


def decide(ctx: Any, entity: str, operation: str, record_id: int) -> Decision:
    """Decide about one record in one statement.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection``.
        entity: its entity key; a record of another entity does not exist here.
        operation: ``read``, ``update`` ... or the key of an action.
        record_id: the record, live or trashed.
    """
    found = decide_many(ctx, entity, operation, [record_id])
    return found.get(record_id, Decision(record_id, operation))


def decide_many(ctx: Any, entity: str, operation: str, record_ids: Iterable[int]) -> dict[int, Decision]:
    """Decide about many records of one entity, one statement per 500; records that do not exist are absent."""
    policy = AccessPolicy.of(ctx.runtime)
    if entity not in ctx.runtime.registry.entities:
        return {}
    reading = policy.access(ctx.principal, entity, "read")
    doing = reading if operation == "read" else policy.access(ctx.principal, entity, operation)
    if reading.rows.kind == "none":
        return {}
    scopes, statement = _flags(ctx, entity, (reading, doing))
    ids = sorted(set(record_ids))
    found: dict[int, Decision] = {}
    for start in range(0, len(ids), _CHUNK):
        for row in statement.run(ctx, ids=ids[start : start + _CHUNK]):
            covers = {rows: bool(flag) for rows, flag in zip(scopes, tuple(row)[4:], strict=True)}
            found[row[0]] = _decision(operation, row, covers, reading, doing)
    return found


def decide_all(ctx: Any, entity: str, operations: Iterable[str], record_id: int) -> dict[str, Decision]:
    """Decide about several operations on one record in one statement: what a record page offers.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection``.
        entity: its entity key.
        operations: ``update``, ``delete`` ... and action keys.
        record_id: the record, live or trashed.
    """
    policy = AccessPolicy.of(ctx.runtime)
    wanted = list(dict.fromkeys(operations))
    empty = {operation: Decision(record_id, operation) for operation in wanted}
    if entity not in ctx.runtime.registry.entities:
        return empty
    reading = policy.access(ctx.principal, entity, "read")
    if reading.rows.kind == "none":
        return empty
    doing = {operation: policy.access(ctx.principal, entity, operation) for operation in wanted}
    scopes, statement = _flags(ctx, entity, (reading, *doing.values()))
    row = statement.run(ctx, ids=[record_id]).first()
    if row is None:
        return empty
    covers = {rows: bool(flag) for rows, flag in zip(scopes, tuple(row)[4:], strict=True)}
    return {operation: _decision(operation, row, covers, reading, access) for operation, access in doing.items()}


def _flags(ctx: Any, entity: str, asked: tuple[EntityAccess, ...]) -> tuple[list[Rows], Statement]:
    """The distinct scopes of some operations, and the statement for header and one boolean per scope of ``ids``."""

    def make() -> tuple[list[Rows], Statement]:
        scopes = list(dict.fromkeys(rule.rows for access in asked for rule in access.rules))
        table, slots = ctx.runtime.registry.entity(entity).table, Slots()
        sql = RowsSql(ctx.runtime.registry, ctx.connection.dialect.name, slots)
        flags = [and_(true(), sql.condition(rows, entity, table)).label(f"s{n}") for n, rows in enumerate(scopes)]
        header = table.c.id, table.c.version, table.c.state, table.c.deleted_at
        mine = among(table.c.id, "ids", ctx.connection.dialect.name)
        return scopes, Statement(select(*header, *flags).where(mine), slots.used)

    return plans_of(ctx.runtime).get(("flags", *asked), make)


def _decision(
    operation: str, row: Any, covers: dict[Rows, bool], reading: EntityAccess, doing: EntityAccess
) -> Decision:
    readers = [rule for rule in reading.rules if covers[rule.rows]]
    if not readers or (row[3] is not None and not reading.trash):
        return Decision(row[0], operation)
    doers = [rule for rule in doing.rules if covers[rule.rows]]
    return Decision(
        row[0],
        operation,
        readable=True,
        allowed=bool(doers),
        grants=tuple(rule.key for rule in doers),
        reading=tuple(rule.key for rule in readers),
        fields=frozenset().union(*(rule.fields for rule in doers)),
        visible=frozenset().union(*(rule.fields for rule in readers)),
        version=row[1],
        state=row[2],
        deleted=row[3] is not None,
    )


def require(ctx: Any, entity: str, operation: str, record_id: int) -> Decision:
    """Decide, and raise unless allowed.

    Raises:
        NotFound: there is no such record for this principal.
        Denied: it may be read, but the operation is not granted.
    """
    decision = decide(ctx, entity, operation, record_id)
    if not decision.readable:
        raise NotFound(f"{entity} {record_id}")
    if not decision.allowed:
        raise denied(ctx, entity, operation)
    return decision


def denied(ctx: Any, entity: str, operation: str) -> Denied:
    """The refusal of an operation in words."""
    registry = ctx.runtime.registry
    if ctx.principal.read_only:
        return Denied(str(_("You are looking only; nothing can be changed in this view.")), rule="read_only")
    action = registry.actions.get(operation)
    what = action.label if action is not None else OPERATION_LABELS.get(operation, operation)
    label = registry.entity(entity).label
    return Denied(
        str(_("Your roles do not include “%(what)s” for this record (%(entity)s).") % {"what": what, "entity": label}),
        ask=str(_("Ask an administrator, or the person who owns the record.")),
        rule=f"{entity}:{operation}",
    )


def allowed_after(
    ctx: Any, entity: str, operation: str, ids: Iterable[int], fields: Collection[str] | None = None
) -> set[int]:
    """Which of the records, as they stand now, an operation still covers.

    The write path calls it on the resulting rows: what is missing from the answer was written into or out of reach.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection``, inside the writing transaction.
        entity: entity key.
        operation: what was done.
        ids: records written.
        fields: names written; each of them must be covered in the row, None for the row alone.
    """
    access = AccessPolicy.of(ctx.runtime).access(ctx.principal, entity, operation)
    wanted = sorted(set(ids))
    if access.rows.kind == "none" or any(name not in access.cells for name in fields or ()):
        return set()
    rules = list(dict.fromkeys([access.rows, *(access.cells[name] for name in fields or ())]))
    rules = [rows for rows in rules if rows.kind != "all"]
    return covered(ctx, entity, rules, wanted) if rules else set(wanted)


def covered(ctx: Any, entity: str, rules: Sequence[Rows], ids: Sequence[int], *, live: bool = False) -> set[int]:
    """Those of some records of an entity that each of the rules covers; with ``live`` none in the trash."""
    statement = plans_of(ctx.runtime).get(
        ("covered", entity, live, *rules), lambda: _covered(ctx, entity, rules, live=live)
    )
    found: set[int] = set()
    for start in range(0, len(ids), _CHUNK):
        found.update(statement.run(ctx, ids=list(ids[start : start + _CHUNK])).scalars())
    return found


def _covered(ctx: Any, entity: str, rules: Sequence[Rows], *, live: bool) -> Statement:
    """The statement for those of ``ids`` that all rules cover."""
    table, slots = ctx.runtime.registry.entity(entity).table, Slots()
    sql = RowsSql(ctx.runtime.registry, ctx.connection.dialect.name, slots)
    conditions = [sql.condition(rows, entity, table) for rows in rules]
    if live:
        conditions.append(table.c.deleted_at.is_(None))
    mine = among(table.c.id, "ids", ctx.connection.dialect.name)
    return Statement(select(table.c.id).where(mine, *conditions), slots.used)


def entity_of(ctx: Any, record_id: int) -> str | None:
    """Entity key of a record whatever the rights; None for unknown records and those of removed plugins."""
    type_id = ctx.connection.scalar(select(record.c.type_id).where(record.c.id == record_id))
    if type_id is None:
        return None
    key: str = ctx.runtime.registry.entity_key(type_id)
    return key if key in ctx.runtime.registry.entities else None


#: Words for operations; actions have their own.
OPERATION_LABELS: Mapping[str, Text] = {
    "read": _("Read"),
    "create": _("Create"),
    "update": _("Edit"),
    "delete": _("Delete"),
    "restore": _("Restore"),
    "assign": _("Assign"),
    "share": _("Share"),
    "link": _("Link"),
    "comment": _("Comment"),
    "attach": _("Attach files"),
    "export": _("Export"),
    "import": _("Import"),
}
