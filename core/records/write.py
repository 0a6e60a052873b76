"""Create, update and assign records, one or many; deleting and restoring stand in :mod:`weft.core.records.trash`.

Every function takes the caller's :class:`~weft.core.records.facade.Records` first and acts with its rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.errors import (
    Conflict,
    ErrorCollector,
    FieldConflict,
    NotFound,
    PreconditionRequired,
    QueryError,
    ValidationFailed,
)
from weft.core.i18n import translator
from weft.core.identity.tables import app_user, org_unit
from weft.core.records import confirming, path, rights, trash
from weft.core.records.changes import UNSET, Change, Unset
from weft.core.records.kinds import Refused, api_value, converter
from weft.core.records.values import Row
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "Edit",
    "assign",
    "assign_many",
    "create",
    "create_many",
    "delete",
    "entity_of",
    "restore",
    "update",
    "update_many",
]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Edit:
    """An update of one record.

    Attributes:
        record_id: the record.
        values: new values by field name.
        version: the version they are based on, None to take the stored one as it is.
        base: values the caller started from; fields that only one side changed then merge.
    """

    record_id: int
    values: Mapping[str, Any]
    version: int | None = None
    base: Mapping[str, Any] | None = None


def entity_of(records: Records, entity: str) -> EntityType:
    """The installed entity of a key.

    Raises:
        QueryError: there is none.
    """
    found = records.runtime.registry.entities.get(entity)
    if found is None:
        raise QueryError(_("There is no kind of record of that name."), name=entity)
    return found


# ---- create


def create(
    records: Records, entity: str, values: Mapping[str, Any], *, owner: int | None = None, unit: int | None = None
) -> Row:
    """Create one record; see :meth:`Records.create`.

    Raises:
        ValidationFailed: with all errors of all fields.
        Denied: creating such records, or this one, is not granted.
    """
    entity_type = entity_of(records, entity)
    header = header_of(records, entity_type, owner, unit)
    changes = create_many(records, entity_type, [values], headers=[header], places=[None])
    return _written(records, changes[0])


def create_many(
    records: Records, entity_type: EntityType, rows: Sequence[Mapping[str, Any]], *,
    headers: Sequence[Mapping[str, Any]], places: Sequence[int | None], operation: str = "create",
    kind: str = "create", events: bool = True, errors: ErrorCollector | None = None,
) -> list[Change]:  # fmt: skip
    """Create records on the single path, all or nothing.

    Args:
        records: the unit of work.
        entity_type: the entity.
        rows: values of each new record.
        headers: ``owner_id`` and ``unit_id`` of each.
        places: position of each row as named in its errors, None for a single write.
        operation: ``create``, or ``import`` which may begin in any state.
        kind: kind of the change set.
        events: publish ``<entity>.created``.
        errors: collects errors of earlier parts of the same call; nothing is written while it holds any.
    """
    rights.require_writable(records)
    rights.require_create(records, entity_type, operation)
    errors = ErrorCollector() if errors is None else errors
    changes = path.load_new(records, entity_type, rows, errors, operation=operation, places=places, headers=headers)
    rights.check_fields(records, changes, "create", errors)
    path.check(records, changes, errors)
    path.run_hooks(records, changes, "create")
    path.apply(records, changes, "create", kind=kind, events=events)
    return changes


def first_header(records: Records) -> dict[str, Any]:
    """Owner and unit of what the principal creates: itself and its first unit; outsiders own nothing."""
    principal = records.principal
    inside = principal.audience == "employee" and principal.user_id is not None
    return {
        "owner_id": principal.user_id if inside else None,
        "unit_id": principal.units[0] if inside and principal.units else None,
    }


def header_of(records: Records, entity_type: EntityType, owner: int | None, unit: int | None) -> dict[str, Any]:
    """Owner and unit of a new record; naming others than one's own needs the right to assign.

    Raises:
        Denied: assigning is not granted.
        ValidationFailed: the owner or unit does not exist.
    """
    header = first_header(records)
    given = {name: value for name, value in (("owner_id", owner), ("unit_id", unit)) if value is not None}
    if any(header[name] != value for name, value in given.items()):
        rights.require_operation(records, entity_type, "assign")
        check_people(records, given)
    return {**header, **given}


def _written(records: Records, change: Change) -> Row:
    """The record as the writer sees it; only its identity when the writer may not read it."""
    try:
        return records.get(change.entity, change.record_id)
    except NotFound:
        return Row(id=change.record_id, type=change.entity, version=change.version + 1)


# ---- update


def update(
    records: Records, entity: str, record_id: int, values: Mapping[str, Any], *, version: int | None,
    base: Mapping[str, Any] | None = None,
) -> Row:  # fmt: skip
    """Change fields of one record; see :meth:`Records.update`.

    Raises:
        Conflict: it changed since ``version``, and the two changes cannot be merged.
        NotFound, Denied, ValidationFailed: as everywhere.
    """
    entity_type = entity_of(records, entity)
    changes = update_many(records, entity_type, [Edit(record_id, values, version, base)], places=[None])
    return _written(records, changes[0])


def update_many(
    records: Records, entity_type: EntityType, edits: Sequence[Edit], *, operation: str = "update",
    kind: str = "update", places: Sequence[int | None] | None = None, events: bool = True,
    errors: ErrorCollector | None = None,
) -> list[Change]:  # fmt: skip
    """Update records on the single path, all or nothing; returns one change per edit, also where nothing changed.

    Args:
        records: the unit of work.
        entity_type: the entity.
        edits: what to change, at most one per record.
        operation: the right asked for.
        kind: kind of the change set.
        places: position of each edit as named in its errors, by default its place in ``edits``.
        events: publish ``<entity>.updated``.
        errors: as in :func:`create_many`.
    """
    rights.require_writable(records)
    ids = [edit.record_id for edit in edits]
    stored = rights.stored(records, entity_type, ids, operation)
    if kind == "import":
        rights.require_on(records, entity_type, ids, "import")
    errors = ErrorCollector() if errors is None else errors
    changes: list[Change] = []
    for edit, place in zip(edits, range(len(edits)) if places is None else places, strict=True):
        before = stored[edit.record_id]
        loaded = path.load_values(records, entity_type, edit.values, errors, place)
        change = Change(operation, entity_type, edit.record_id, loaded, before, before["version"], place)
        change.given = frozenset(loaded)
        changes.append(change)
    rights.check_fields(records, changes, operation, errors)
    errors.raise_if_any()
    for change, edit in zip(changes, edits, strict=True):
        _settle(records, change, edit)
    confirming.divert(records, changes)
    path.check(records, changes, errors)
    path.run_hooks(records, changes, operation)
    real = [change for change in changes if any(change.changed(name) for name in change.values)]
    path.apply(records, real, operation, kind=kind, action="update", events=events)
    return changes


def _settle(records: Records, change: Change, edit: Edit) -> None:
    """Merge with what others changed since ``edit.version``; fields that both changed are a conflict."""
    if edit.version is None or edit.version == change.version:
        return
    if edit.base is None:
        raise Conflict(change.record_id, change.version)
    conflicts: list[FieldConflict] = []
    readable = rights.readable_names(records, change.type)
    for name in list(change.values):
        declared = change.type.fields[name]
        mine, theirs = change.values[name], change.before.get(name)
        base = _lenient(declared, edit.base[name]) if name in edit.base else theirs if mine == theirs else UNSET
        if mine in (theirs, base):
            del change.values[name]  # only they changed it, or both did alike
        elif base != theirs:
            shown = api_value(declared, theirs) if name in readable else None
            start = None if isinstance(base, Unset) else api_value(declared, base)
            conflicts.append(FieldConflict(name, start, api_value(declared, mine), shown))
    if conflicts:
        raise Conflict(change.record_id, change.version, conflicts)


def _lenient(declared: Any, value: Any) -> Any:
    try:
        return converter(declared)(value)
    except Refused:
        return UNSET


# ---- assign


def assign(
    records: Records,
    entity: str,
    record_id: int,
    *,
    owner: int | Unset | None = UNSET,
    unit: int | Unset | None = UNSET,
) -> Row:
    """Give one record to another owner or unit; what is not named stays."""
    entity_type = entity_of(records, entity)
    header = {name: value for name, value in (("owner_id", owner), ("unit_id", unit)) if not isinstance(value, Unset)}
    changes = assign_many(records, entity_type, [record_id], header, numbered=False)
    return _written(records, changes[0])


def assign_many(
    records: Records, entity_type: EntityType, ids: Sequence[int], header: Mapping[str, int | None], *,
    kind: str = "assign", numbered: bool = True,
) -> list[Change]:  # fmt: skip
    """Give records to an owner and unit, all or nothing.

    Args:
        records: the unit of work.
        entity_type: the entity.
        ids: record ids.
        header: ``owner_id`` and/or ``unit_id``; None means nobody.
        kind: kind of the change set.
        numbered: carried into the changes for hooks.
    """
    rights.require_writable(records)
    if not header:
        raise ValidationFailed.single("owner", "required", _("Choose an owner or a unit."))
    stored = rights.stored(records, entity_type, ids, "assign")
    check_people(records, header)
    changes = [
        Change("assign", entity_type, record_id, dict(header), stored[record_id], stored[record_id]["version"],
               index if numbered else None, frozenset(header))
        for index, record_id in enumerate(ids)
    ]  # fmt: skip
    path.run_hooks(records, changes, "assign")
    real = [change for change in changes if any(change.changed(name) for name in change.values)]
    path.apply(records, real, "assign", kind=kind)
    return changes


def check_people(records: Records, header: Mapping[str, int | None]) -> None:
    """Refuse owners and units that do not exist or are no longer active."""
    errors = ErrorCollector()
    for name, table in (("owner_id", app_user), ("unit_id", org_unit)):
        wanted = header.get(name)
        if wanted is None:
            continue
        found = records.connection.execute(select(table.c.id).where(table.c.id == wanted, table.c.active)).first()
        if found is None:
            errors.add(name.removesuffix("_id"), "missing", _("This entry does not exist."))
    errors.raise_if_any()


# ---- delete and restore


def delete(records: Records, entity: str, record_id: int, *, version: int | None = None) -> None:
    """Move one record to the trash.

    Raises:
        ValidationFailed: other records still need it; the message names those the caller may read.
    """
    trash.delete_many(records, entity_of(records, entity), {record_id: version})


def restore(records: Records, entity: str, record_id: int, *, version: int | None = None) -> None:
    """Take one record out of the trash, with what left it or went with it when it was deleted."""
    trash.restore_many(records, entity_of(records, entity), {record_id: version})


def require_version(version: int | None) -> int:
    """For doors that insist on a version.

    Raises:
        PreconditionRequired: there is none.
    """
    if version is None:
        raise PreconditionRequired("the version this change is based on is missing")
    return version
