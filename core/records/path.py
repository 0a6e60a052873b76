"""The write path: every change of every door goes through these steps, one record or a thousand alike.

Order: rights against the stored rows, form of the values, existence and uniqueness, ``weft_before_write``, writing with
the version, rights against the resulting rows, journal, events. Callers: ``write``, ``transition``, ``bulk``, ``undo``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.db.bulk import insert_rows
from weft.core.db.fields import Field, Kind
from weft.core.db.numbers import next_numbers
from weft.core.errors import Conflict, ErrorCollector
from weft.core.i18n import translator
from weft.core.identity.principal import SYSTEM
from weft.core.plugin.base import is_elevated
from weft.core.records import rights
from weft.core.records.changes import Change, WriteContext
from weft.core.records.integrity import in_words
from weft.core.records.journal import Entry, all_or_nothing, changes_of, write
from weft.core.records.kinds import Refused, converter, phone_region
from weft.core.records.schema import load_partly, schema_for
from weft.core.records.stored import column_values, stored_fields, table_of
from weft.core.records.targets import check_targets, check_unique
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "CHECKS_SERVICE", "all_or_nothing", "apply", "check", "load_new", "load_values", "run_hooks", "store_changed",
    "store_new",
]  # fmt: skip

_ = translator("core")

#: Entry of ``runtime.services``: functions ``(changes, context)`` of layers above that the core itself runs before a
#: write, ahead of the plugins' ``weft_before_write`` and alike.
CHECKS_SERVICE = "records.checks"

# ---- form of the values


def load_new(
    records: Records, entity_type: EntityType, rows: Sequence[Mapping[str, Any]], errors: ErrorCollector, *,
    operation: str, places: Sequence[int | None], headers: Sequence[Mapping[str, Any]],
) -> list[Change]:  # fmt: skip
    """Turn the values of new records into changes, each with its id; what is wrong goes into ``errors``.

    Args:
        records: the unit of work.
        entity_type: the entity.
        rows: values by field name.
        errors: collects one entry per field and reason.
        operation: ``create`` or ``import``; elevated writers may also fill read-only fields.
        places: position of each row as named in its errors, None for a single write.
        headers: ``owner_id`` and ``unit_id`` of each row (elevated loads also the two times).
    """
    schema = schema_for(entity_type, "system_create" if rights.elevated(records) else operation)
    silent = {
        name: converter(declared)(declared.default_value())
        for name, declared in stored_fields(entity_type).items()
        if name not in schema.fields
    }
    state = entity_type.state_field
    guarded = state if state is not None and state.transitions and operation == "create" else None
    changes: list[Change] = []
    ids = records.runtime.db.ids.take(len(rows))
    with _region(records, entity_type):
        for record_id, values, place, header in zip(ids, rows, places, headers, strict=True):
            loaded, wrong = load_partly(schema, values, index=place)
            errors.errors.extend(wrong)
            change = Change("create", entity_type, record_id, {**silent, **loaded, **header}, index=place)
            change.given = frozenset(values) & frozenset(schema.fields)
            if guarded is not None and not rights.elevated(records):
                _check_first_state(change, guarded, errors)
            changes.append(change)
    return changes


def _check_first_state(change: Change, state: Field, errors: ErrorCollector) -> None:
    if state.name not in change.given:
        return
    value = change.values.get(state.name)
    if value is not None and value not in state.first_states:
        errors.add(state.name, "state", _("A new record begins in its first state."), change.index)


def load_values(
    records: Records, entity_type: EntityType, values: Mapping[str, Any], errors: ErrorCollector, index: int | None
) -> dict[str, Any]:
    """Turn the values of an update into Python values; what is wrong goes into ``errors``."""
    schema = schema_for(entity_type, "system_update" if rights.elevated(records) else "update")
    with _region(records, entity_type):
        loaded, wrong = load_partly(schema, values, index=index)
    errors.errors.extend(wrong)
    return loaded


class _region:
    """Telephone numbers without country code are read as numbers of the company's country."""

    def __init__(self, records: Records, entity_type: EntityType) -> None:
        self._wanted = any(declared.kind is Kind.PHONE for declared in entity_type.fields.values())
        self._records = records

    def __enter__(self) -> None:
        self._token = phone_region.set(rights.company_region(self._records)) if self._wanted else None

    def __exit__(self, *_error: object) -> None:
        if self._token is not None:
            phone_region.reset(self._token)


# ---- checks and hooks


def check(records: Records, changes: Sequence[Change], errors: ErrorCollector) -> None:
    """Ask the database whether what the values name exists and what must be unique is.

    Raises:
        ValidationFailed: with everything collected so far.
    """
    check_targets(records, changes, errors)
    check_unique(records, changes, errors)
    errors.raise_if_any()


def run_hooks(records: Records, changes: Sequence[Change], operation: str) -> None:
    """Call ``weft_before_write`` with the batch; what hooks changed is checked again like a caller's value.

    Raises:
        ValidationFailed, Denied: a hook refused.
    """
    hook = records.runtime.plugins.manager.hook.weft_before_write
    own = records.runtime.services.get(CHECKS_SERVICE, ())
    if not changes or not (own or hook.get_hookimpls()):
        return
    system = type(records)(SYSTEM, records.state)
    for check_own in own:
        with _settled(system, changes):
            check_own(changes, WriteContext(records, operation, elevated=True))
    for implementation in reversed(hook.get_hookimpls()):  # pluggy's order; each gets the rights it declared
        context = WriteContext(records, operation, is_elevated(implementation.function))
        given = {"changes": changes, "context": context}
        # What an elevated hook names need not be readable by who acts: the queue that answers a customer.
        with _settled(system if context.elevated else records, changes):
            implementation.function(*(given[name] for name in implementation.argnames))


@contextmanager
def _settled(records: Records, changes: Sequence[Change]) -> Iterator[None]:
    """Convert and check what the block changes, with the rights of ``records``."""
    before = [dict(change.values) for change in changes]
    yield
    errors = ErrorCollector()
    touched: list[Change] = []
    for change, old in zip(changes, before, strict=True):
        fresh = {name: value for name, value in change.values.items() if name not in old or old[name] != value}
        if fresh:
            _convert(change, fresh, errors)
            touched.append(replace(change, values={name: change.values[name] for name in fresh}))
    check(records, touched, errors)


def _convert(change: Change, fresh: Mapping[str, Any], errors: ErrorCollector) -> None:
    for name, value in fresh.items():
        declared = change.type.fields.get(name)
        if declared is None:
            if name not in ("owner_id", "unit_id"):
                errors.add(name, "unknown", _("There is no such field."), change.index)
            continue
        try:
            change.values[name] = converter(declared)(value)
        except Refused as refused:
            errors.add(name, refused.code, refused.message, change.index)


# ---- writing


def apply(
    records: Records, changes: Sequence[Change], operation: str, *, kind: str, action: str = "",
    events: bool = True, guarded: bool = True,
) -> None:  # fmt: skip
    """Write checked changes: rows, resulting-row check, journal, events; all of it or nothing.

    Args:
        records: the unit of work.
        changes: all of one entity and one operation.
        operation: the right asked of the resulting rows.
        kind: kind of the change set when this is the unit's first write.
        action: word of the journal, the operation when empty.
        events: publish the events.
        guarded: False where the platform itself acts within a right that was checked before (undo, cascades).
    """
    if not changes:
        return
    entity_type = changes[0].type
    with all_or_nothing(records), in_words(records.runtime.registry, entity_type):
        exposed = rights.exposed_by(records, changes) if guarded else {}
        if guarded:
            rights.check_before(records, exposed)
        if operation in ("create", "import"):
            versions = store_new(records, changes)
        else:
            versions = store_changed(records, changes)
        if guarded:
            rights.check_after(records, changes, operation)
        entries = [
            Entry(
                change.record_id, entity_type.key, action or operation, versions[change.record_id], changes_of(change)
            )
            for change in changes
        ]
        write(records, entries, kind=kind, events=events)


def store_new(records: Records, changes: Sequence[Change]) -> dict[int, int]:
    """Insert new rows; returns the version of each, which is 1."""
    entity_type = changes[0].type
    numbers: Sequence[str | None] = [None] * len(changes)
    if entity_type.spec.number:
        numbers = next_numbers(records.connection, entity_type.key, entity_type.spec.number, len(changes))
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change, number in zip(changes, numbers, strict=True):
        for contributor, columns in column_values(entity_type, change.values).items():
            if contributor == "":
                header = {"created_at": records.now, "updated_at": records.now, "version": 1, "number": number}
                groups[""].append({**header, **columns, "id": change.record_id})
            elif any(value is not None for value in columns.values()):
                groups[contributor].append({"id": change.record_id, **columns})
    for contributor in sorted(groups):  # the entity's own table first, the others point to its record
        insert_rows(records.connection, table_of(entity_type, contributor), groups[contributor])
    return {change.record_id: 1 for change in changes}


def store_changed(records: Records, changes: Sequence[Change]) -> dict[int, int]:
    """Update stored rows where they still have the version they were read at; returns the new versions.

    Raises:
        Conflict: a row changed meanwhile.
    """
    entity_type = changes[0].type
    own: dict[tuple[tuple[str, ...], bool], list[dict[str, Any]]] = defaultdict(list)
    others: dict[str, dict[tuple[str, ...], list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        really = {name: value for name, value in change.values.items() if value != change.before.get(name)}
        tables = column_values(entity_type, really)
        columns = tables.pop("", {})
        own[tuple(columns), _computed(records, entity_type, really)].append(
            {"row_id": change.record_id, "row_version": change.version, **columns}
        )
        for contributor, extra in tables.items():
            others[contributor][tuple(extra)].append({"id": change.record_id, **extra})
    for (names, computed), rows in own.items():
        _update_own(records, entity_type.table, names, rows, touch=not computed)
    for contributor, groups in others.items():
        for names, rows in groups.items():
            _upsert(records, table_of(entity_type, contributor), names, rows)
    return {change.record_id: change.version + 1 for change in changes}


def _computed(records: Records, entity_type: EntityType, names: Iterable[str]) -> bool:
    """True when nobody stands behind the write and it only brings up to date what nobody can type: no edit."""
    if records.principal.kind != "system" or records.state.notes.get("actor") is not None:
        return False
    fields = entity_type.fields
    return all(name in fields and (fields[name].readonly or fields[name].internal) for name in names)


def _update_own(
    records: Records, table: Table, names: Sequence[str], rows: Sequence[dict[str, Any]], *, touch: bool
) -> None:
    values: dict[str, Any] = {**{name: bindparam(name) for name in names}, "version": table.c.version + 1}
    if touch:
        values["updated_at"] = records.now
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
        .values(values)
    )
    if len(rows) == 1:
        result = records.connection.execute(statement, rows[0])
    else:
        result = records.connection.execute(statement, list(rows))
    if result.rowcount != len(rows):
        raise Conflict(rows[0]["row_id"], rows[0]["row_version"])


def _upsert(records: Records, table: Table, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(table)
    kept = {name: statement.excluded[name] for name in names}
    records.connection.execute(statement.on_conflict_do_update(index_elements=[table.c.id], set_=kept), list(rows))
