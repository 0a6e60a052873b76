"""Many records at once: the single path per item, all or nothing, in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.errors import ErrorCollector, QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import rights, transition, trash, write
from weft.core.records.changes import BulkResult, LoadResult
from weft.core.records.journal import all_or_nothing, begin
from weft.core.records.kinds import Refused, converter
from weft.core.records.stored import chunks
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["BULK_LIMIT", "BulkResult", "LoadResult", "bulk", "load"]

_ = translator("core")

#: Most records of one bulk operation.
BULK_LIMIT = 10_000
#: Rows of a load that are checked and written together.
PART = 1_000
_HEADER = frozenset({"owner", "unit"})
_TIMES = frozenset({"created_at", "updated_at"})


def bulk(
    records: Records, entity: str, operation: str, ids: Sequence[int], values: Mapping[str, Any] | None = None, *,
    expected: int,
) -> BulkResult:  # fmt: skip
    """Do one operation on many records; see :meth:`Records.bulk`.

    Args:
        records: the unit of work.
        entity: entity key of all of them.
        operation: ``update``, ``assign``, ``delete``, ``restore``, or the key of an action declared for bulk.
        ids: which records; there is no way to say "all".
        values: fields for ``update``, ``owner`` and ``unit`` for ``assign``, input for an action.
        expected: how many records the caller believes to change.

    Raises:
        ValidationFailed: no ids, another number than expected, too many, or wrong values.
        NotFound, Denied: one of them may not be changed; then none is.
    """
    entity_type = write.entity_of(records, entity)
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise ValidationFailed.single("ids", "required", _("Choose at least one record."))
    if len(wanted) != expected or len(ids) != expected:
        message = _("You expected %(expected)s records, but %(count)s are chosen. Nothing was changed.")
        raise ValidationFailed.single("expected", "expected", message % {"expected": expected, "count": len(wanted)})
    if len(wanted) > BULK_LIMIT:
        raise ValidationFailed.single("ids", "too_many", _("Choose at most %(limit)s records.") % {"limit": BULK_LIMIT})
    given = dict(values or {})
    with all_or_nothing(records):
        _run(records, entity_type, operation, wanted, given)
    return BulkResult(len(wanted), tuple(wanted), records.change_set_id)


def _run(records: Records, entity_type: EntityType, operation: str, ids: Sequence[int], values: dict[str, Any]) -> None:
    kind = f"bulk:{operation}"
    match operation:
        case "update":
            if not values:
                raise ValidationFailed.single("", "required", _("Choose a field to change."))
            write.update_many(records, entity_type, [write.Edit(record_id, values) for record_id in ids], kind=kind)
        case "assign":
            unknown = sorted(set(values) - _HEADER)
            if unknown:
                raise ValidationFailed.single(unknown[0], "unknown", _("There is no such field."))
            write.assign_many(
                records, entity_type, ids, {f"{name}_id": value for name, value in values.items()}, kind=kind
            )
        case "delete":
            trash.delete_many(records, entity_type, dict.fromkeys(ids), kind=kind)
        case "restore":
            trash.restore_many(records, entity_type, dict.fromkeys(ids), kind=kind)
        case _:
            action = records.runtime.registry.actions.get(operation)
            if action is None or action.entity != entity_type.key or not action.bulk:
                raise QueryError(_("There is no operation of that name."), name="operation")
            begin(records, kind, {"entity": entity_type.key, "count": len(ids), "action": action.key})
            for record_id in ids:
                transition.act(records, action.key, record_id, values)


def load(
    records: Records, entity: str, rows: Iterable[Mapping[str, Any]], *, key: str | None = None, events: bool = True
) -> LoadResult:
    """Create or update many records; see :meth:`Records.load`.

    Args:
        records: the unit of work.
        entity: entity key.
        rows: values by field name; ``owner`` and ``unit`` (ids) may be among them, for the platform itself also
            ``created_at`` and ``updated_at``.
        key: field whose value finds an existing live record, which is then updated; None creates all.
        events: publish one event per record.

    Raises:
        ValidationFailed: with the errors of all rows, each with its position; nothing was written.
        Denied: importing, creating or changing one of the records is not granted.
        QueryError: the key is no stored field.
    """
    entity_type = write.entity_of(records, entity)
    rights.require_writable(records)
    rights.require_operation(records, entity_type, "import")
    if key is not None and (key not in entity_type.fields or not entity_type.fields[key].stored):
        raise QueryError(_("Records cannot be found by “%(name)s”.") % {"name": key[:60]}, name=key)
    errors = ErrorCollector()
    created: list[int] = []
    updated: list[int] = []
    unchanged: list[int] = []
    with all_or_nothing(records):
        for start, part in _parts(rows):
            try:
                made, changed, same = _load_part(records, entity_type, start, part, key, errors, events)
            except ValidationFailed as error:
                if error.errors != tuple(errors.errors):
                    errors.errors.extend(one for one in error.errors if one not in errors.errors)
                continue  # go on looking, so that a person sees all errors at once; nothing more is written
            created += made
            updated += changed
            unchanged += same
        errors.raise_if_any()
    return LoadResult(tuple(created), tuple(updated), tuple(unchanged), records.change_set_id)


def _parts(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, list[Mapping[str, Any]]]]:
    source, start = iter(rows), 0
    while part := list(islice(source, PART)):
        yield start, part
        start += len(part)


def _load_part(
    records: Records, entity_type: EntityType, start: int, part: Sequence[Mapping[str, Any]], key: str | None,
    errors: ErrorCollector, events: bool,
) -> tuple[list[int], list[int], list[int]]:  # fmt: skip
    present = _present(records, entity_type, part, key) if key else {}
    fresh: list[tuple[int, Mapping[str, Any]]] = []
    edits: dict[int, tuple[int, dict[str, Any]]] = {}
    for index, row in enumerate(part, start):
        found = present.get(_key_value(entity_type, row, key)) if key else None
        if found is None:
            fresh.append((index, row))
        elif found in edits:
            errors.add(key or "", "twice", _("Another row of this import has the same key."), index)
        else:
            edits[found] = index, {name: value for name, value in row.items() if name not in _HEADER | _TIMES}
    made, failed = [], None
    try:
        made = _create_part(records, entity_type, fresh, errors, events)
    except ValidationFailed as error:
        failed = error
    changes = write.update_many(
        records, entity_type, [write.Edit(record_id, row) for record_id, (_place, row) in edits.items()],
        kind="import", places=[place for place, _row in edits.values()], events=events, errors=errors,
    ) if edits else []  # fmt: skip
    if failed is not None:
        raise failed
    real = {change.record_id for change in changes if any(change.changed(name) for name in change.values)}
    return made, [i for i in edits if i in real], [i for i in edits if i not in real]


def _create_part(
    records: Records, entity_type: EntityType, fresh: Sequence[tuple[int, Mapping[str, Any]]],
    errors: ErrorCollector, events: bool,
) -> list[int]:  # fmt: skip
    if not fresh:
        return []
    apart = _HEADER | (_TIMES if rights.elevated(records) else frozenset())
    headers = _headers(records, entity_type, [row for _place, row in fresh], apart)
    changes = write.create_many(
        records, entity_type, [{name: row[name] for name in row if name not in apart} for _place, row in fresh],
        headers=headers, places=[place for place, _row in fresh], operation="import", kind="import", events=events,
        errors=errors,
    )  # fmt: skip
    return [change.record_id for change in changes]


def _headers(
    records: Records, entity_type: EntityType, rows: Sequence[Mapping[str, Any]], apart: frozenset[str]
) -> list[dict[str, Any]]:
    """Owner, unit and times of each row; every distinct owner and unit is checked once per part."""
    known: dict[tuple[Any, Any], dict[str, Any]] = {}
    headers: list[dict[str, Any]] = []
    now = records.now
    for row in rows:
        pair = row.get("owner"), row.get("unit")
        if pair not in known:
            known[pair] = write.header_of(records, entity_type, *pair)
        header = dict(known[pair])
        if apart >= _TIMES:
            header["created_at"] = _moment(row.get("created_at")) or now
            header["updated_at"] = _moment(row.get("updated_at")) or header["created_at"]
        headers.append(header)
    return headers


def _moment(value: datetime | str | None) -> datetime | None:
    """A time of a row, which may be text as in a file."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _key_value(entity_type: EntityType, row: Mapping[str, Any], key: str) -> Any:
    try:
        return converter(entity_type.fields[key])(row.get(key))
    except Refused:
        return None  # the create path reports it


def _present(records: Records, entity_type: EntityType, part: Sequence[Mapping[str, Any]], key: str) -> dict[Any, int]:
    """Key value -> id of the live record that has it and may be read; the first where several have it."""
    table, column = entity_type.table, entity_type.column(key)
    source = table if column.table is table else table.join(column.table, column.table.c.id == table.c.id)
    values = {value for row in part if (value := _key_value(entity_type, row, key)) is not None}
    found: dict[Any, int] = {}
    for some in chunks(sorted(values)):
        statement = (
            select(column, table.c.id)
            .select_from(source)
            .where(column.in_(some), table.c.deleted_at.is_(None), *rights.row_condition(records, entity_type, "read"))
            .order_by(table.c.id.desc())
        )
        found.update({row[0]: row[1] for row in records.connection.execute(statement)})
    return found
