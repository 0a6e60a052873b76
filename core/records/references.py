"""Titles of referenced records, names of people and units: in batches, each target with its own row rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select, true

from weft.core.access.plans import among, plans_of
from weft.core.access.policy import AccessPolicy
from weft.core.access.slots import Slots, filled
from weft.core.access.sql import RowsSql
from weft.core.db.fields import Field
from weft.core.db.tables import record
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.identity.tables import app_user, org_unit
from weft.core.records.values import PersonRef, RefValue, Row, UnitRef

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["resolve", "titles"]

_CHUNK = 500
#: Ids of one statement are given in steps, so that few different texts are prepared.
Types = Mapping[int, str]


def resolve(
    records: Records, rows: Sequence[Row], references: Sequence[Field], users: Sequence[str], units: Sequence[str]
) -> None:
    """Replace ids in rows by :class:`RefValue`, :class:`PersonRef` and :class:`UnitRef`.

    What may not be read is restricted for people of the company and missing for everybody else.
    """
    if not rows:
        return
    if references:
        _references(records, rows, references)
    if users:
        _people(records, rows, users)
    if units:
        _units(records, rows, units)


def _references(records: Records, rows: Sequence[Row], references: Sequence[Field]) -> None:
    registry = records.runtime.registry
    known: dict[int, str] = {}
    unknown: set[int] = set()
    for declared in references:
        targets = registry.targets(declared)
        ids = {row[declared.name] for row in rows if row.get(declared.name) is not None}
        if len(targets) == 1 and declared.to != ("*",):
            known.update(dict.fromkeys(ids, targets[0].key))
        else:
            unknown |= ids
    found = _titled(records, known, unknown - known.keys())
    internal = records.principal.internal
    told = _told(records, rows, references, found) if internal else {}
    for declared in references:
        name = declared.name
        for row in rows:
            target = row.get(name)
            if target is None:
                continue
            value = found.get(target)
            if value is not None:
                row[name] = value
            elif internal:
                row[name] = told[target] if declared.told and target in told else RefValue(target, "", restricted=True)
            else:
                del row[name]


def _told(
    records: Records, rows: Sequence[Row], references: Sequence[Field], readable: Mapping[int, RefValue]
) -> dict[int, RefValue]:
    """Names of closed records behind fields that tell them: still restricted, so that nothing leads to the record."""
    names = [declared.name for declared in references if declared.told]
    closed = {row[name] for name in names for row in rows if row.get(name) is not None} - readable.keys()
    if not closed:
        return {}
    cache: dict[int, RefValue] = records.state.caches.setdefault("told", {})
    by_entity: dict[str, set[int]] = defaultdict(set)
    ordered = sorted(closed - cache.keys())
    for start in range(0, len(ordered), _CHUNK):
        _type_of(records, ordered[start : start + _CHUNK], by_entity, {})
    for key, ids in by_entity.items():
        for value in _of_entity(records, key, sorted(ids), SYSTEM):
            cache[value.id] = replace(value, type="", restricted=True)
    return {number: cache[number] for number in closed if number in cache}


def titles(records: Records, ids: Iterable[int]) -> dict[int, RefValue]:
    """References for record ids of any entity.

    Args:
        records: whose rights count.
        ids: record ids; unknown ones are left out.

    Returns:
        Id -> reference; unreadable records are restricted for people of the company and absent for others.
    """
    wanted = {record_id for record_id in ids if record_id is not None}
    found = _titled(records, {}, wanted)
    if records.principal.internal:
        for record_id in wanted - found.keys():
            if record_id in records.state.caches.get("existing", ()):
                found[record_id] = RefValue(record_id, "", restricted=True)
    return found


def _titled(records: Records, known: Types, unknown: Iterable[int]) -> dict[int, RefValue]:
    """Readable references: one statement for the types that are not known, one per entity."""
    cache: dict[int, RefValue] = records.state.caches.setdefault(("titles", records.principal), {})
    by_entity: dict[str, set[int]] = defaultdict(set)
    for record_id, key in known.items():
        if record_id not in cache:
            by_entity[key].add(record_id)
    found: dict[int, RefValue] = {one: cache[one] for one in (*known, *unknown) if one in cache}
    rest = sorted(set(unknown) - found.keys())
    for start in range(0, len(rest), _CHUNK):
        _type_of(records, rest[start : start + _CHUNK], by_entity, found)
    for key, ids in by_entity.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), _CHUNK):
            for value in _of_entity(records, key, ordered[start : start + _CHUNK]):
                found[value.id] = cache[value.id] = value
    return found


def _by_id(records: Records, name: str, id_column: Any, *columns: Any) -> Any:
    """SELECT columns of a core table by ids, prepared once."""
    return plans_of(records.runtime).get(
        ("by id", name),
        lambda: select(id_column, *columns).where(among(id_column, "ids", records.connection.dialect.name)),
    )


def _type_of(records: Records, ids: Sequence[int], by_entity: dict[str, set[int]], found: dict[int, RefValue]) -> None:
    registry = records.runtime.registry
    existing: set[int] = records.state.caches.setdefault("existing", set())
    statement = _by_id(records, "record", record.c.id, record.c.type_id, record.c.title)
    for row in records.connection.execute(statement, {"ids": list(ids)}):
        existing.add(row.id)
        key = registry.entity_key(row.type_id)
        if key in registry.entities:
            by_entity[key].add(row.id)
        elif records.principal.internal:  # the stub of a removed plugin's record
            found[row.id] = RefValue(row.id, key, row.title)


def _of_entity(records: Records, entity: str, ids: list[int], reader: Principal | None = None) -> list[RefValue]:
    access = AccessPolicy.of(records.runtime).access(reader or records.principal, entity, "read")
    if access.rows.kind == "none":
        return []
    plan = plans_of(records.runtime).get(("titles", access), lambda: _title_plan(records, entity, access))
    statement, used, alt = plan
    found = []
    for row in records.connection.execute(statement, {"ids": ids, **filled(used, records)}):
        other = (row[3] or "") if alt and row[4] else ""
        found.append(RefValue(row[0], entity, (row[1] or "") if row[2] else "", other))
    return found


def _title_plan(records: Records, entity: str, access: Any) -> Any:
    """SELECT id, title, may the title be read, other name, may that be read."""
    declared = records.runtime.registry.entity(entity)
    table = declared.table
    slots = Slots()
    sql = RowsSql(records.runtime.registry, records.connection.dialect.name, slots)

    def cell(name: str | None) -> Any:
        if not name or name not in access.cells:
            return ~true()
        return true() if access.everywhere(name) else sql.condition(access.cells[name], entity, table)

    alt = declared.spec.alt_title
    columns = [table.c.id, table.c.title, and_(true(), cell("title")).label("t")]
    if alt:
        columns += [table.c[alt], and_(true(), cell(alt)).label("a")]
    mine = among(table.c.id, "ids", records.connection.dialect.name)
    statement = select(*columns).where(mine, sql.condition(access.rows, entity, table))
    if not access.trash:  # to people from outside a deleted record has no name either
        statement = statement.where(table.c.deleted_at.is_(None))
    return statement, slots.used, bool(alt)


def _people(records: Records, rows: Sequence[Row], names: Sequence[str]) -> None:
    cache: dict[int, PersonRef] = records.state.caches.setdefault("people", {})
    wanted = {row[name] for name in names for row in rows if row.get(name) is not None}
    missing = wanted - cache.keys()
    ordered = sorted(missing)
    for start in range(0, len(ordered), _CHUNK):
        statement = _by_id(records, "app_user", app_user.c.id, app_user.c.name, app_user.c.name_alt)
        for person in records.connection.execute(statement, {"ids": ordered[start : start + _CHUNK]}):
            cache[person.id] = PersonRef(person.id, person.name, person.name_alt or "")
    for name in names:
        for row in rows:
            value = row.get(name)
            if value is not None:
                row[name] = cache.get(value) or PersonRef(value, "")


def _units(records: Records, rows: Sequence[Row], names: Sequence[str]) -> None:
    cache: dict[int, UnitRef] = records.state.caches.setdefault("units", {})
    wanted = {row[name] for name in names for row in rows if row.get(name) is not None}
    missing = sorted(wanted - cache.keys())
    for start in range(0, len(missing), _CHUNK):
        statement = _by_id(records, "org_unit", org_unit.c.id, org_unit.c.name, org_unit.c.name_alt)
        for unit in records.connection.execute(statement, {"ids": missing[start : start + _CHUNK]}):
            cache[unit.id] = UnitRef(unit.id, unit.name, unit.name_alt or "")
    for name in names:
        for row in rows:
            value = row.get(name)
            if value is not None:
                row[name] = cache.get(value) or UnitRef(value, "")
