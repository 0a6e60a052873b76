"""Paths and operations of the description: what can be asked of every entity, and of the installation as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from weft.core.db.fields import TEXT_KINDS, Kind
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType
from weft.core.rest.problems import PROBLEM, STATUS_TITLES
from weft.core.rest.schemas import MAX_ID, Json, ref

__all__ = ["common_paths", "entity_paths", "responses"]

Paths = Iterator[tuple[str, dict[str, Any]]]
_READING = (400, 401, 404, 422, 429)
_WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429)
_FILTERED = {Kind.CHOICE, Kind.BOOLEAN, Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.DATE, Kind.MONEY, Kind.INTEGER}


def responses() -> dict[str, Json]:
    """The shared refusals by name."""
    content = {PROBLEM: {"schema": ref("Problem")}}
    return {f"Problem{code}": {"description": str(title), "content": content} for code, title in STATUS_TITLES.items()}


def _refusals(codes: Iterable[int]) -> Json:
    return {str(code): {"$ref": f"#/components/responses/Problem{code}"} for code in codes}


def _json(schema: Json, description: str, status: int = 200, headers: Json | None = None) -> Json:
    found: Json = {"description": description, "content": {"application/json": {"schema": schema}}}
    return {str(status): {**found, **({"headers": headers} if headers else {})}}


def _query(name: str, schema: Json, text: str = "", *, required: bool = False) -> Json:
    found: Json = {"name": name, "in": "query", "schema": schema}
    return {**found, **({"description": text} if text else {}), **({"required": True} if required else {})}


def _path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _whole(lowest: int, highest: int) -> Json:
    return {"type": "integer", "minimum": lowest, "maximum": highest}


_ID = _path("id", _whole(1, MAX_ID))
_TRASHED = _query("trash", {"type": "string", "enum": ["true", "false"]}, "Also when it is in the trash.")
_THROUGH = _query("through", {"type": "string"}, "Kinds of links that only lead to values, to be followed too.")
_VERSION: Json = {
    "name": "If-Match", "in": "header", "required": True, "description": "The version as in ETag.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,10}"$'},
}  # fmt: skip
_ONCE: Json = {
    "name": "Idempotency-Key", "in": "header", "description": "A repeated request with this key changes nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9-]+$"},
}  # fmt: skip
_TAG: Json = {"ETag": {"schema": {"type": "string"}}}


def _body(schema: Json, *, required: bool = True) -> Json:
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _list_of(schema: Json) -> Json:
    return {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": schema},
            "next": {"type": ["string", "null"]},
            "count": {"anyOf": [ref("Count"), {"type": "null"}]},
        },
        "required": ["data", "next", "count"],
    }


def _data(schema: Json, **others: Json) -> Json:
    properties = {"data": {"type": "array", "items": schema}, **others}
    return {"type": "object", "properties": properties, "required": list(properties)}


# ---- the installation


def common_paths() -> Paths:
    """Addresses that know no entity."""
    get: Json
    yield "/api/v1/me", {"get": _operation("me", "Who calls and what may be done.", [], {"type": "object"})}
    words = {"type": "string", "minLength": 1, "maxLength": 200}
    found = [_query("q", words, required=True), _query("type", {"type": "string"}), _query("limit", _whole(1, 50))]
    hits = _data(ref("Hit"), more={"type": "boolean"})
    yield "/api/v1/search", {"get": _operation("search", "Records that match words.", found, hits)}
    ends = [_query(name, _whole(1, MAX_ID), required=True) for name in ("from", "to")]
    get = _operation(
        "path", "The shortest chain of links.", [*ends, _query("limit", _whole(1, 8)), _THROUGH], {"type": "object"}
    )
    yield "/api/v1/path", {"get": get}
    asked = [
        _query("record", _whole(1, MAX_ID), required=True),
        _query("action", {"type": "string"}),
        _query("user", _whole(1, MAX_ID)),
    ]
    get = _operation("explain", "Why something is or is not allowed.", asked, {"type": "object"}, (*_READING, 403))
    yield "/api/v1/explain", {"get": get}
    yield from _record_paths()
    yield "/api/v1/relations", {"post": _add_relation(), "delete": _remove_relation()}
    undo = _operation("undo", "Take a change back.", [_ID, _ONCE], ref("Change"), _WRITING)
    yield "/api/v1/changes/{id}/undo", {"post": undo}


def _record_paths() -> Paths:
    base = "/api/v1/records/{id}"
    yield base, {"get": _operation("record", "A record of any kind.", [_ID, _TRASHED], ref("AnyRecord"))}
    some = [_ID, _query("relation", {"type": "string"}), _query("limit", _whole(1, 200))]
    groups = _operation("record_relations", "What is linked to a record.", some, _data(ref("RelationGroup")))
    yield f"{base}/relations", {"get": groups}
    some = [_ID, _query("limit", _whole(1, 200)), _query("before", _whole(1, MAX_ID))]
    page = _data(ref("HistoryEntry"), next={"type": ["integer", "null"]})
    entries = _operation("record_history", "What happened to a record.", some, page)
    yield f"{base}/history", {"get": entries}
    some = [_ID, _query("depth", _whole(1, 4)), _query("limit", _whole(1, 1000)), _THROUGH]
    walk = _operation("record_graph", "Records within some steps of links.", some, {"type": "object"})
    yield f"{base}/graph", {"get": walk}


def _operation(
    name: str, summary: str, parameters: list[Json], schema: Json, refusals: Iterable[int] = _READING
) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {**_json(schema, summary), **_refusals(refusals)},
    }


def _add_relation() -> Json:
    made = _json(ref("Edge"), "The link.", 201)
    return {
        "operationId": "link",
        "summary": "Link two records.",
        "parameters": [_ONCE],
        "requestBody": _body(ref("NewEdge")),
        "responses": {**made, **_refusals(_WRITING)},
    }


def _remove_relation() -> Json:
    parameters = [
        _query("relation", {"type": "string", "minLength": 1}, required=True),
        _query("source", _whole(1, MAX_ID), required=True),
        _query("target", _whole(1, MAX_ID), required=True),
        _query("ordinal", _whole(0, 2**31 - 1)),
    ]
    gone = {"204": {"description": "The link is gone."}}
    return {
        "operationId": "unlink",
        "summary": "Remove a link.",
        "parameters": parameters,
        "responses": {**gone, **_refusals(_WRITING)},
    }


# ---- entities


def entity_paths(entity_type: EntityType, names: frozenset[str], allowed: set[str], actions: Iterable[Action]) -> Paths:
    """Addresses of one entity, as far as the caller may use them.

    Args:
        entity_type: the entity.
        names: names the caller may read.
        allowed: operations granted on some row.
        actions: actions granted on some row.
    """
    base, key = f"/api/v1/{entity_type.plugin}/{entity_type.slug}", entity_type.key
    tag = [str(entity_type.plural)]
    every: dict[str, Any] = {"get": {**_list(entity_type, names), "tags": tag}}
    if "create" in allowed:
        every["post"] = {**_create(key), "tags": tag}
    yield base, every
    yield f"{base}/aggregate", {"get": {**_aggregate(key), "tags": tag}}
    if allowed & {"update", "delete"}:
        yield f"{base}/bulk", {"post": {**_bulk(entity_type, allowed, actions), "tags": tag}}
    one: dict[str, Any] = {"get": {**_read(key, names), "tags": tag}}
    if "update" in allowed:
        one["patch"] = {**_update(key), "tags": tag}
    if "delete" in allowed:
        one["delete"] = {**_delete(key), "tags": tag}
    yield f"{base}/{{id}}", one
    for action in actions:
        schema = ref(f"{action.key}.input") if action.fields else {"type": "object", "maxProperties": 0}
        yield (
            f"{base}/{{id}}/actions/{action.name}",
            {"post": {**_action(action.key, str(action.label), schema), "tags": tag}},
        )
    if "assign" in allowed:
        person = {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_ID}
        schema = {"type": "object", "properties": {"owner": person, "unit": person}, "minProperties": 1,
                  "additionalProperties": False}  # fmt: skip
        yield f"{base}/{{id}}/actions/assign", {"post": {**_action(f"{key}.assign", "Assign", schema), "tags": tag}}
    if {"update", "delete"} <= allowed:
        yield f"{base}/{{id}}/merge", {"post": {**_merge(key), "tags": tag}}
    if "restore" in allowed:
        schema = {"type": "object", "maxProperties": 0}
        yield f"{base}/{{id}}/actions/restore", {"post": {**_action(f"{key}.restore", "Restore", schema), "tags": tag}}


def _actions(entity_type: EntityType, allowed: set[str], actions: Iterable[Action]) -> Iterator[tuple[str, Json]]:
    key, nothing = entity_type.key, {"type": "object", "maxProperties": 0}
    for action in actions:
        schema = ref(f"{action.key}.input") if action.fields else nothing
        yield action.name, _action(action.key, str(action.label), schema)
    if "assign" in allowed:
        person = {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_ID}
        schema = {"type": "object", "properties": {"owner": person, "unit": person}}
        yield (
            "assign",
            _action(f"{key}.assign", "Assign", {**schema, "minProperties": 1, "additionalProperties": False}),
        )
    if "restore" in allowed:
        yield "restore", _action(f"{key}.restore", "Restore", nothing)


def _named(names: Iterable[str], text: str) -> Json:
    return {"type": "string", "description": f"{text}: {', '.join(sorted(names))}."}


def _list(entity_type: EntityType, names: frozenset[str]) -> Json:
    known = names & {*entity_type.fields, "id", "title", "number", "owner", "unit", "state", "created_at", "updated_at"}
    references = [n for n, f in entity_type.fields.items() if n in names and f.kind is Kind.REFERENCE]
    parameters = [
        _query("limit", _whole(1, 200)),
        _query("cursor", {"type": "string"}, "`next` of the page before."),
        _query("sort", _named(known, "Names, `-` in front for descending")),
        _query("fields", _named(known, "Names wanted")),
        _query("include", _named(references, "References whose records come along")),
        _query("count", {"type": "string", "enum": ["none", "capped", "exact"]}),
        _query("q", {"type": "string", "maxLength": 200}, "Words in title or number."),
    ]
    for name, declared in entity_type.fields.items():
        if name in names and (declared.value_kind in TEXT_KINDS | _FILTERED) and (declared.stored or declared.sql):
            text = "Also with __ne, __in, __not_in, __gt, __gte, __lt, __lte, __contains, __startswith, __isnull."
            parameters.append(_query(name, {"type": "string"}, text))
    return _operation(f"{entity_type.key}.list", str(entity_type.plural), parameters, _list_of(ref(entity_type.key)))


def _create(key: str) -> Json:
    headers = {**_TAG, "Location": {"schema": {"type": "string"}}}
    return {
        "operationId": f"{key}.create",
        "summary": "Make a record.",
        "parameters": [_ONCE],
        "requestBody": _body(ref(f"{key}.new")),
        "responses": {**_json(ref(key), "The record.", 201, headers), **_refusals(_WRITING)},
    }


def _read(key: str, names: frozenset[str]) -> Json:
    parameters = [_ID, _query("fields", _named(names, "Names wanted")), _query("include", {"type": "string"}), _TRASHED]
    return {
        "operationId": f"{key}.get",
        "summary": "One record.",
        "parameters": parameters,
        "responses": {**_json(ref(key), "The record.", 200, _TAG), **_refusals(_READING)},
    }


def _update(key: str) -> Json:
    return {
        "operationId": f"{key}.update",
        "summary": "Change fields of a record.",
        "parameters": [_ID, _VERSION],
        "requestBody": _body(ref(f"{key}.change")),
        "responses": {**_json(ref(key), "The record.", 200, _TAG), **_refusals((*_WRITING, 412, 428))},
    }


def _delete(key: str) -> Json:
    return {
        "operationId": f"{key}.delete",
        "summary": "Move a record to the trash.",
        "parameters": [_ID, _VERSION],
        "responses": {"204": {"description": "It is in the trash."}, **_refusals((*_WRITING, 412, 428))},
    }


def _merge(key: str) -> Json:
    schema = {
        "type": "object",
        "properties": {"drop": ref("Id"), "values": {"type": ["object", "null"]}},
        "required": ["drop"],
        "additionalProperties": False,
    }
    return {
        "operationId": f"{key}:merge",  # a plugin may have an action of this name
        "summary": "Make one record of two: what points at the other one points at this one then.",
        "parameters": [_ID, _ONCE],
        "requestBody": _body(schema),
        "responses": {**_json(ref(key), "The kept record.", headers=_TAG), **_refusals(_WRITING)},
    }


def _bulk(entity_type: EntityType, allowed: set[str], actions: Iterable[Action]) -> Json:
    words = [*sorted(allowed & {"update", "delete", "restore", "assign"}), *(a.key for a in actions if a.bulk)]
    schema = {
        "type": "object",
        "properties": {
            "operation": {"type": "string", "enum": words},
            "ids": {"type": "array", "items": ref("Id"), "minItems": 1, "maxItems": 10_000},
            "values": {"type": ["object", "null"]},
            "expected": {"type": "integer", "minimum": 1, "description": "How many records you expect to change."},
        },
        "required": ["operation", "ids", "expected"],
        "additionalProperties": False,
    }
    return {
        "operationId": f"{entity_type.key}.bulk",
        "summary": "One operation on many records, all or nothing.",
        "parameters": [_ONCE],
        "requestBody": _body(schema),
        "responses": {**_json(ref("BulkResult"), "What was done."), **_refusals((*_WRITING, 412))},
    }


def _action(name: str, label: str, schema: Json) -> Json:
    return {
        "operationId": name,
        "summary": label,
        "parameters": [_ID, _ONCE],
        "requestBody": _body(schema, required=bool(schema.get("required") or schema.get("minProperties"))),
        "responses": {**_json(ref("ActionResult"), "What was done."), **_refusals((*_WRITING, 412))},
    }


def _aggregate(key: str) -> Json:
    parameters = [
        _query("group", {"type": "string"}, "Names, or a date with its step: closed_on:month."),
        _query("measure", {"type": "string"}, "count, sum(name), avg(name), min(name), max(name)."),
        _query("limit", _whole(1, 1000)),
        _query("q", {"type": "string", "maxLength": 200}),
    ]
    return _operation(f"{key}.aggregate", "Counts and sums.", parameters, _data({"type": "object"}))
