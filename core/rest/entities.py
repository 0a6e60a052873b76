"""The addresses of an entity: list, create, read, change, delete, bulk, actions, aggregate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest

from weft.core.errors import Conflict, NotFound, PreconditionRequired, QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.records.filters import from_address
from weft.core.records.merge import merged_into
from weft.core.records.values import Row
from weft.core.registry.model import EntityType
from weft.core.rest.answers import Answer, etag
from weft.core.rest.calls import Call
from weft.core.web import quotas

__all__ = [
    "BUILT_IN", "aggregate", "bulk", "create", "list_records", "merge", "read", "remove", "run_action", "single",
    "split", "update", "whole", "yes",
]  # fmt: skip

_ = translator("core")

#: Parameters of a list that are no filters.
LIST_PARAMETERS = frozenset({"limit", "cursor", "sort", "fields", "include", "count", "q"})
AGGREGATE_PARAMETERS = frozenset({"group", "measure", "limit", "q"})
COUNTS = ("none", "capped", "exact")
#: Operations that every entity offers like an action.
BUILT_IN = ("assign", "restore")
_ETAG = re.compile(r'(?:W/)?"(\d{1,15})"')


def single(known: frozenset[str]) -> dict[str, str]:
    """The query parameters, each known and given once.

    Raises:
        QueryError: a name is unknown or given twice.
    """
    found, others = sorted_out(known)
    if others:
        raise QueryError(str(_("There is no parameter of that name.")), name=next(iter(others)))
    return found


def sorted_out(known: frozenset[str]) -> tuple[dict[str, str], dict[str, str | list[str]]]:
    """The query parameters of a list: those with a meaning of their own, and the filters.

    Raises:
        QueryError: one with a meaning is given twice.
    """
    own: dict[str, str] = {}
    filters: list[tuple[str, str]] = []
    for name, values in request.args.lists():
        if name not in known:
            filters.extend((name, value) for value in values)
        elif len(values) > 1:
            raise QueryError(str(_("Give each parameter once.")), name=name)
        else:
            own[name] = values[0]
    return own, from_address(filters)


def split(text: str | None) -> tuple[str, ...]:
    """Names in a comma-separated parameter."""
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def whole(parameters: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number among the parameters.

    Raises:
        QueryError: no whole number within the bounds.
    """
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and lowest <= int(text) <= highest):
        message = _("Give a whole number from %(lowest)s to %(highest)s.") % {"lowest": lowest, "highest": highest}
        raise QueryError(str(message), name=name)
    return int(text)


def yes(parameters: Mapping[str, str], name: str) -> bool:
    """A parameter that is true or false, false when it is not given.

    Raises:
        QueryError: another word.
    """
    word = parameters.get(name, "false").lower()
    if word not in ("true", "false"):
        raise QueryError(str(_("Write true or false.")), name=name)
    return word == "true"


def list_records(call: Call, plugin: str, slug: str) -> Answer:
    """One page of an entity."""
    entity_type = call.entity(plugin, slug)
    parameters, filters = sorted_out(LIST_PARAMETERS)
    count = parameters.get("count", "none")
    if count not in COUNTS:
        raise QueryError(str(_("Choose none, capped or exact.")), name="count")
    page = call.records.query(
        entity_type.key,
        fields=split(parameters["fields"]) if "fields" in parameters else None,
        filters=filters,
        sort=parameters.get("sort") or None,
        limit=whole(parameters, "limit", 50, 1, 200),
        cursor=parameters.get("cursor") or None,
        include=split(parameters.get("include")),
        count=count,
        search=parameters.get("q") or None,
    )
    counted = {"value": page.count.value, "exact": page.count.exact} if page.count else None
    return Answer({"data": page.rows, "next": page.next, "count": counted})


def create(call: Call, plugin: str, slug: str) -> Answer:
    """Make a record: 201 with its address and version."""
    entity_type = call.entity(plugin, slug)
    values = call.body()
    _count_check(call, entity_type, values)
    row = call.records.create(entity_type.key, values)
    headers = {"Location": _address(call, entity_type, row.id), "ETag": etag(row.version)}
    return Answer(row, 201, headers)


def read(call: Call, plugin: str, slug: str, record_id: int) -> Answer:
    """One record."""
    entity_type = call.entity(plugin, slug)
    parameters = single(frozenset({"fields", "include", "trash"}))
    try:
        row = call.records.get(
            entity_type.key,
            record_id,
            fields=split(parameters["fields"]) if "fields" in parameters else None,
            include=split(parameters.get("include")),
            trash=yes(parameters, "trash"),
        )
    except NotFound:
        moved = _merged(call, entity_type, record_id)
        if moved is None:
            raise
        return moved
    return _one(row)


def merge(call: Call, plugin: str, slug: str, record_id: int) -> Answer:
    """Make one record of this and another one."""
    entity_type = call.entity(plugin, slug)
    body = call.body()
    unknown = set(body) - {"drop", "values"}
    if unknown:
        raise ValidationFailed.single(min(unknown), "unknown", _("There is no such field."))
    drop, values = body.get("drop"), body.get("values")
    if not _is_id(drop):
        raise ValidationFailed.single("drop", "required", _("Name the record that becomes part of this one."))
    if values is not None and not isinstance(values, dict):
        raise ValidationFailed.single("values", "invalid", _("Write an object of field names and values."))
    call.records.merge(entity_type.key, record_id, int(str(drop)), values)
    row = call.records.get(entity_type.key, record_id)
    return Answer(row, headers={"ETag": etag(row.version), **_change(call)})


def _merged(call: Call, entity_type: EntityType, record_id: int) -> Answer | None:
    """The way to the record that this one became part of, where the caller may read it."""
    into = merged_into(call.records.connection, record_id)
    if into is None:
        return None
    call.records.get(entity_type.key, into, fields=(), trash=False)
    return Answer({"record": into}, 301, {"Location": _address(call, entity_type, into)})


def update(call: Call, plugin: str, slug: str, record_id: int) -> Answer:
    """Change fields of a record at the version it was read at."""
    entity_type = call.entity(plugin, slug)
    body = call.body()
    version = _version(call, entity_type, record_id)
    _count_check(call, entity_type, body)
    return _one(call.records.update(entity_type.key, record_id, body, version=version))


def _count_check(call: Call, entity_type: EntityType, values: Mapping[str, Any]) -> None:
    """What is refused tells people from outside which firms are known: they get as few answers as on the pages."""
    if not call.principal.internal:
        quotas.take_check(call.runtime.registry, entity_type.key, values, call.principal)


def remove(call: Call, plugin: str, slug: str, record_id: int) -> Answer:
    """Move a record to the trash."""
    entity_type = call.entity(plugin, slug)
    call.records.delete(entity_type.key, record_id, version=_version(call, entity_type, record_id))
    return Answer(status=204, headers=_change(call))


def bulk(call: Call, plugin: str, slug: str) -> Answer:
    """One operation on many records, all or nothing."""
    entity_type = call.entity(plugin, slug)
    body = call.body()
    unknown = set(body) - {"operation", "ids", "values", "expected"}
    if unknown:
        raise ValidationFailed.single(min(unknown), "unknown", _("There is no such field."))
    operation, ids, values, expected = (body.get(name) for name in ("operation", "ids", "values", "expected"))
    if not isinstance(operation, str) or not operation:
        raise ValidationFailed.single("operation", "required", _("Name the operation."))
    if not isinstance(ids, list) or not ids or not all(_is_id(number) for number in ids):
        raise ValidationFailed.single("ids", "invalid", _("List the ids of the records."))
    if values is not None and not isinstance(values, dict):
        raise ValidationFailed.single("values", "invalid", _("Write an object of field names and values."))
    if not isinstance(expected, int) or not _is_id(expected):
        raise ValidationFailed.single("expected", "required", _("Say how many records you expect to change."))
    _count_check(call, entity_type, values or {})
    result = call.records.bulk(entity_type.key, operation, ids, values, expected=expected)
    return Answer({"count": result.count, "ids": result.ids, "change": result.change_set_id})


def run_action(call: Call, plugin: str, slug: str, record_id: int, action: str) -> Answer:
    """Run a declared action, or ``assign`` or ``restore``."""
    entity_type = call.entity(plugin, slug)
    data = call.body() if request.content_length or request.mimetype else {}
    if action in BUILT_IN and action not in entity_type.actions:
        return _built_in(call, entity_type, record_id, action, data)
    declared = entity_type.actions.get(action)
    if declared is None:
        raise NotFound(action)
    # The address names an entity: it must be its record, and in use.
    call.records.get(entity_type.key, record_id, fields=(), trash=False)
    result = call.records.act(declared.key, record_id, data)
    shown = record_id if result.record is None else result.record
    return Answer(
        {"record": shown, "message": str(result.message or ""), "change": call.records.change_set_id},
        headers=_change(call),
    )


def _built_in(call: Call, entity_type: EntityType, record_id: int, action: str, data: Mapping[str, Any]) -> Answer:
    allowed = {"assign": {"owner", "unit"}, "restore": set()}[action]
    unknown = set(data) - allowed
    if unknown:
        raise ValidationFailed.single(min(unknown), "unknown", _("There is no such field."))
    wrong = [name for name, value in data.items() if value is not None and not _is_id(value)]
    if wrong or (action == "assign" and not data):
        raise ValidationFailed.single(wrong[0] if wrong else "owner", "invalid", _("Choose an existing entry."))
    if action == "assign":
        call.records.assign(entity_type.key, record_id, **data)
    else:
        call.records.restore(entity_type.key, record_id)
    return _done(call, record_id, "")


def _done(call: Call, record_id: int, message: str) -> Answer:
    body = {"record": record_id, "message": message, "change": call.records.change_set_id}
    return Answer(body, headers=_change(call))


def aggregate(call: Call, plugin: str, slug: str) -> Answer:
    """Counts and sums by group."""
    entity_type = call.entity(plugin, slug)
    parameters, filters = sorted_out(AGGREGATE_PARAMETERS)
    rows = call.records.aggregate(
        entity_type.key,
        group=split(parameters.get("group")),
        measures=split(parameters.get("measure")) or ("count",),
        filters=filters,
        limit=whole(parameters, "limit", 1000, 1, 1000),
        search=parameters.get("q") or None,
    )
    return Answer({"data": rows})


def _one(row: Row) -> Answer:
    return Answer(row, headers={"ETag": etag(row.version)})


def _change(call: Call) -> dict[str, str]:
    """The change set that Undo takes back."""
    number = call.records.change_set_id
    return {} if number is None else {"Weft-Change": str(number)}


def _address(call: Call, entity_type: EntityType, record_id: int) -> str:
    return f"{call.runtime.settings.public_url}/api/v1/{entity_type.plugin}/{entity_type.slug}/{record_id}"


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53


def _version(call: Call, entity_type: EntityType, record_id: int) -> int | None:
    """The version in If-Match; None for ``*``, which takes the record as it is when its turn to be written comes.

    Raises:
        PreconditionRequired: the header is missing (428).
        NotFound: the record does not exist for the caller or is in the trash, whatever the header says.
        Conflict: the header names no version of this record (412).
    """
    current = call.records.get(entity_type.key, record_id, fields=(), trash=False)
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    found = _ETAG.fullmatch(header.strip())
    if found is not None:
        return int(found[1])
    if header.strip() == "*":
        return None
    if "," in header:
        raise BadRequest
    raise Conflict(record_id, current.version)
