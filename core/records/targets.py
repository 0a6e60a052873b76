"""Do the records, users, units and files that values name exist for the one who writes? One statement per target type.

A record that may not be read does not exist: both give the same error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select, true

from weft.core.access.plans import plans_of
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.access.slots import Slots, filled
from weft.core.access.sql import RowsSql
from weft.core.db.fields import Field, Kind
from weft.core.db.tables import record
from weft.core.db.types import RecordId
from weft.core.errors import ErrorCollector
from weft.core.i18n import translator
from weft.core.identity.tables import app_user, org_unit
from weft.core.records.changes import Change
from weft.core.records.stored import chunks

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["check_targets", "check_unique", "readable_ids"]

_ = translator("core")

_CHECKED = frozenset({Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.FILE})


def check_targets(records: Records, changes: Sequence[Change], errors: ErrorCollector) -> None:
    """Note an error for every value that names something which does not exist for the caller.

    Only values that differ from the stored ones are asked for: keeping a reference one may not read is allowed.
    """
    asked: dict[Kind, list[tuple[Change, Field, int]]] = defaultdict(list)
    for change in changes:
        for name, value in change.values.items():
            declared = change.type.fields.get(name)
            if declared is None or declared.kind not in _CHECKED or value is None:
                continue
            if value != change.before.get(name):
                asked[declared.kind].append((change, declared, value))
    if asked[Kind.REFERENCE]:
        _check_references(records, asked[Kind.REFERENCE], errors)
    if asked[Kind.USER]:
        # The platform also notes people who left: who had a record before, who ended a deal.
        usable = true() if records.principal.kind == "system" else app_user.c.active
        _check_rows(records, app_user, asked[Kind.USER], errors, usable)
    if asked[Kind.UNIT]:
        _check_rows(records, org_unit, asked[Kind.UNIT], errors, org_unit.c.active)
    if asked[Kind.FILE]:
        _check_files(records, asked[Kind.FILE], errors)


def _missing(errors: ErrorCollector, change: Change, declared: Field) -> None:
    errors.add(declared.name, "missing", _("This entry does not exist."), change.index)


def _check_rows(
    records: Records, table: Any, asked: Sequence[tuple[Change, Field, int]], errors: ErrorCollector, usable: Any
) -> None:
    ids = sorted({value for _change, _field, value in asked})
    found: set[int] = set()
    for part in chunks(ids):
        found.update(records.connection.scalars(select(table.c.id).where(table.c.id.in_(part), usable)))
    for change, declared, value in asked:
        if value not in found:
            _missing(errors, change, declared)


def _check_files(records: Records, asked: Sequence[tuple[Change, Field, int]], errors: ErrorCollector) -> None:
    """Files are claimed through the file store: one's own fresh upload, or a file this record has already."""
    claimable = records.runtime.services.get("files.claimable")
    wanted = {(change.record_id, value) for change, _field, value in asked}
    allowed = claimable(records, wanted) if claimable else frozenset()
    for change, declared, value in asked:
        if (change.record_id, value) not in allowed:
            _missing(errors, change, declared)


def _check_references(records: Records, asked: Sequence[tuple[Change, Field, int]], errors: ErrorCollector) -> None:
    registry = records.runtime.registry
    fresh = {(change.entity, change.record_id) for change, _field, _value in asked if not change.before}
    by_type: dict[str, set[int]] = defaultdict(set)
    distinct = {id(declared): declared for _change, declared, _value in asked}
    ends = {one: [entity.key for entity in registry.targets(declared)] for one, declared in distinct.items()}
    open_ids = {value for _change, declared, value in asked if len(ends[id(declared)]) != 1}
    type_of = entity_keys(records, open_ids)
    wanted: list[tuple[Change, Field, int, str]] = []
    for change, declared, value in asked:
        allowed = ends[id(declared)]
        key = allowed[0] if len(allowed) == 1 else type_of.get(value, "")
        if key not in allowed:
            _missing(errors, change, declared)
        else:
            by_type[key].add(value)
            wanted.append((change, declared, value, key))
    found = {key: readable_ids(records, key, ids) for key, ids in by_type.items()}
    lists = _value_lists(records, found.get("core.value", frozenset()))
    for change, declared, value, key in wanted:
        if value not in found[key] and (key, value) not in fresh:
            _missing(errors, change, declared)
        elif declared.values is not None and value in lists:
            listed, status = lists[value]
            if listed != declared.values:
                _missing(errors, change, declared)
            elif status == "retired":
                errors.add(declared.name, "retired", _("This value is no longer in use."), change.index)


def entity_keys(records: Records, ids: Iterable[int]) -> dict[int, str]:
    """Entity keys of record ids, whatever the rights; ids of removed plugins' records are left out."""
    registry = records.runtime.registry
    found: dict[int, str] = {}
    for part in chunks(sorted(set(ids))):
        for row in records.connection.execute(select(record.c.id, record.c.type_id).where(record.c.id.in_(part))):
            key = registry.entity_key(row.type_id)
            if key in registry.entities:
                found[row.id] = key
    return found


def readable_ids(records: Records, entity: str, ids: Iterable[int]) -> frozenset[int]:
    """Those of the ids that are live records of an entity and may be read."""
    access = AccessPolicy.of(records.runtime).access(records.principal, entity, "read")
    if access.rows.kind == "none":
        return frozenset()
    statement, used = plans_of(records.runtime).get(
        ("readable", records.connection.dialect.name, access), lambda: _readable_plan(records, entity, access)
    )
    found: set[int] = set()
    for part in chunks(sorted(set(ids))):
        found.update(records.connection.scalars(statement, {"ids": list(part), **filled(used, records)}))
    return frozenset(found)


def _readable_plan(records: Records, entity: str, access: EntityAccess) -> tuple[Select[Any], Mapping[str, Any]]:
    """SELECT of live, readable ids among given ones, and the parameters it takes from each principal."""
    table, slots = records.runtime.registry.entity(entity).table, Slots()
    sql = RowsSql(records.runtime.registry, records.connection.dialect.name, slots)
    given = bindparam("ids", expanding=True, type_=RecordId)
    statement = select(table.c.id).where(
        table.c.id.in_(given), table.c.deleted_at.is_(None), sql.condition(access.rows, entity, table)
    )
    return statement, slots.used


def _value_lists(records: Records, ids: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    table = records.runtime.registry.entity("core.value").table
    found: dict[int, tuple[str, str]] = {}
    for part in chunks(wanted):
        rows = records.connection.execute(
            select(table.c.id, table.c.list_key, table.c.status).where(table.c.id.in_(part))
        )
        found.update({row.id: (row.list_key, row.status) for row in rows})
    return found


def check_unique(records: Records, changes: Sequence[Change], errors: ErrorCollector) -> None:
    """Note an error for values another live record has; never says which record, for it may be hidden.

    The partial unique index is the guarantee under races; this gives all errors at once and in words.
    """
    by_field: dict[tuple[str, str], dict[Any, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        for name, value in change.values.items():
            declared = change.type.fields.get(name)
            if declared is not None and declared.unique and value is not None and value != change.before.get(name):
                by_field[change.entity, name][value].append(change)
    for (entity, name), wanted in by_field.items():
        taken = _holders(records, entity, name, list(wanted))
        for value, claimants in wanted.items():
            for position, change in enumerate(claimants):
                if position or taken.get(value, change.record_id) != change.record_id:
                    errors.add(name, "unique", _("This value is taken."), change.index)


def _holders(records: Records, entity: str, name: str, values: Sequence[Any]) -> dict[Any, int]:
    entity_type = records.runtime.registry.entity(entity)
    table, column = entity_type.table, entity_type.column(name)
    source = table if column.table is table else table.join(column.table, column.table.c.id == table.c.id)
    found: dict[Any, int] = {}
    for part in chunks(values):
        statement = select(column, table.c.id).select_from(source).where(column.in_(part), table.c.deleted_at.is_(None))
        found.update({row[0]: row[1] for row in records.connection.execute(statement)})
    return found
