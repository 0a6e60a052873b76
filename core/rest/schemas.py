"""JSON Schemas of the interface (OpenAPI 3.1): one per kind of field for reading and writing, and the fixed shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.db.money import CURRENCIES
from weft.core.registry.model import EntityType

__all__ = ["FIXED", "read_schema", "record_schema", "ref", "write_schema"]

MAX_ID = 2**53 - 1
Json = dict[str, Any]

_ID: Json = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_DAY: Json = {"type": "string", "format": "date"}
_NUMBER_TEXT: Json = {"type": "string", "pattern": r"^-?\d{1,18}(\.\d{1,12})?$"}
_TEXT: Json = {"type": "string"}


def ref(name: str) -> Json:
    """A pointer to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Json) -> Json:
    if isinstance(schema.get("type"), str):
        found = {**schema, "type": [schema["type"], "null"]}
        if "enum" in schema:
            found["enum"] = [*schema["enum"], None]
        return found
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: Mapping[str, Json], required: Iterable[str] = ()) -> Json:
    return {"type": "object", "properties": dict(properties), "required": list(required), "additionalProperties": False}


#: Shapes that do not depend on what is installed.
FIXED: Mapping[str, Json] = {
    "Id": _ID,
    "Reference": {
        "type": "object",
        "description": "Another record; `restricted` when it may be known that it is there, but not what it is.",
        "properties": {"id": _ID, "type": _TEXT, "title": _TEXT, "alt": _TEXT, "restricted": {"const": True}},
        "required": ["id"],
    },
    "Person": _object({"id": _ID, "name": _TEXT, "alt": _TEXT}, ("id", "name")),
    "Unit": _object({"id": _ID, "name": _TEXT, "alt": _TEXT}, ("id", "name")),
    "Money": _object({"amount": _NUMBER_TEXT, "currency": {"type": "string", "enum": sorted(CURRENCIES)}},
                     ("amount", "currency")),
    "Address": _object(
        {
            "country": {"type": ["string", "null"], "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
            "region": {"type": ["string", "null"], "maxLength": 200},
            "city": {"type": ["string", "null"], "maxLength": 200},
            "lines": {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 6},
            "postcode": {"type": ["string", "null"], "maxLength": 200},
        }
    ),
    "Count": _object({"value": {"type": "integer", "minimum": 0}, "exact": {"type": "boolean"}}, ("value", "exact")),
    "Problem": {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "name": _TEXT,
            "version": {"type": "integer"},
            "errors": {
                "type": "array",
                "items": _object(
                    {"field": _TEXT, "code": _TEXT, "message": _TEXT, "index": {"type": "integer"}},
                    ("field", "code", "message"),
                ),
            },
        },
        "required": ["type", "title", "status"],
    },
    "AnyRecord": {
        "type": "object",
        "properties": {"id": _ID, "type": _TEXT, "title": _TEXT, "version": {"type": "integer", "minimum": 1}},
        "required": ["id", "type", "version"],
    },
    "Edge": _object(
        {
            "relation": _TEXT, "source": _ID, "target": _ID, "ordinal": {"type": "integer", "minimum": 0},
            "attributes": {"type": "object"}, "valid_from": _or_null(_MOMENT), "valid_to": _or_null(_MOMENT),
            "change": _or_null(_ID),
        },
        ("relation", "source", "target", "ordinal"),
    ),
    "NewEdge": _object(
        {
            "relation": {**_TEXT, "description": "Key of the kind of link, in either direction."},
            "source": _ID, "target": _ID, "attributes": _or_null({"type": "object"}),
            "valid_from": _or_null(_MOMENT), "valid_to": _or_null(_MOMENT),
        },
        ("relation", "source", "target"),
    ),
    "RelationGroup": {
        "type": "object",
        "properties": {
            "relation": _TEXT, "label": _TEXT, "reverse": {"type": "boolean"}, "field": _or_null(_TEXT),
            "type": _TEXT, "type_label": _TEXT, "count": ref("Count"),
            "items": {"type": "array", "items": {"type": "object", "required": ["record"]}},
        },
        "required": ["relation", "label", "type", "count", "items"],
    },
    "HistoryEntry": {
        "type": "object",
        "properties": {
            "id": _ID, "at": _MOMENT, "person": _or_null(ref("Person")), "action": _TEXT, "text": _TEXT,
            "details": {"type": "array", "items": {"type": "object"}}, "change": _ID, "door": _TEXT,
            "undone": {"type": "boolean"},
        },
        "required": ["id", "at", "action", "text"],
    },
    "Change": {"type": "object", "properties": {"change": _or_null(_ID)}, "required": ["change"]},
    "BulkResult": _object(
        {"count": {"type": "integer"}, "ids": {"type": "array", "items": _ID}, "change": _or_null(_ID)},
        ("count", "ids", "change"),
    ),
    "ActionResult": _object(
        {"record": _ID, "message": _TEXT, "change": _or_null(_ID)}, ("record", "message", "change")
    ),
    "Hit": _object(
        {"id": _ID, "type": _TEXT, "title": _or_null(_TEXT), "number": _or_null(_TEXT)}, ("id", "type", "title")
    ),
}  # fmt: skip

_HEADER: Mapping[str, Json] = {
    "id": _ID,
    "title": _or_null(_TEXT),
    "number": _or_null(_TEXT),
    "version": {"type": "integer", "minimum": 1},
    "owner": _or_null(ref("Person")),
    "unit": _or_null(ref("Unit")),
    "state": _or_null(_TEXT),
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "deleted_at": _or_null(_MOMENT),
}


def _choice(declared: Field) -> Json:
    return {"type": "string", "enum": list(declared.choices or ())}


def _text(declared: Field) -> Json:
    return {"type": "string", "maxLength": declared.max_length} if declared.max_length else dict(_TEXT)


_READ: Mapping[Kind, Callable[[Field], Json]] = {
    Kind.INTEGER: lambda declared: {"type": "integer"},
    Kind.DECIMAL: lambda declared: dict(_NUMBER_TEXT),
    Kind.MONEY: lambda declared: ref("Money"),
    Kind.DATE: lambda declared: dict(_DAY),
    Kind.DATETIME: lambda declared: dict(_MOMENT),
    Kind.BOOLEAN: lambda declared: {"type": "boolean"},
    Kind.CHOICE: _choice,
    Kind.MULTI_CHOICE: lambda declared: {"type": "array", "items": _choice(declared)},
    Kind.REFERENCE: lambda declared: ref("Reference"),
    Kind.ADDRESS: lambda declared: ref("Address"),
    Kind.USER: lambda declared: ref("Person"),
    Kind.UNIT: lambda declared: ref("Unit"),
    Kind.FILE: lambda declared: dict(_ID),
}
_WRITE: Mapping[Kind, Callable[[Field], Json]] = {
    **_READ,
    Kind.INTEGER: lambda declared: {
        "type": "integer",
        "minimum": int(declared.minimum) if declared.minimum is not None else -MAX_ID,
        "maximum": int(declared.maximum) if declared.maximum is not None else MAX_ID,
    },
    Kind.DECIMAL: lambda declared: {
        "type": "string",
        "pattern": rf"^-?\d{{1,12}}(\.\d{{1,{max(declared.scale, 1)}}})?$",
    },
    Kind.REFERENCE: lambda declared: dict(_ID),
    Kind.USER: lambda declared: dict(_ID),
    Kind.UNIT: lambda declared: dict(_ID),
    Kind.EMAIL: lambda declared: {"type": "string", "format": "email", "maxLength": 254},
    Kind.URL: lambda declared: {"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 2000},
    Kind.PHONE: lambda declared: {"type": "string", "description": "E.164", "maxLength": 24},
}


def _described(schema: Json, declared: Field) -> Json:
    text = str(declared.help) or str(declared.label)
    return {**schema, "title": str(declared.label), **({"description": text} if text else {})}


def read_schema(declared: Field) -> Json:
    """How a field reads; empty values are null."""
    make = _READ.get(declared.value_kind, _text)
    return _described(_or_null(make(declared)), declared)


def write_schema(declared: Field) -> Json:
    """How a field is written."""
    make = _WRITE.get(declared.kind, _text)
    schema = make(declared)
    if declared.required and schema.get("type") == "string" and "enum" not in schema and "pattern" not in schema:
        schema = {**schema, "minLength": 1}
    return _described(schema if declared.required else _or_null(schema), declared)


def record_schema(entity_type: EntityType, names: frozenset[str]) -> Json:
    """How a record of an entity reads, with the names the caller may read; masked cells are absent."""
    properties: Json = {"type": {"const": entity_type.key}}
    properties |= {name: schema for name, schema in _HEADER.items() if name in names}
    properties |= {name: read_schema(f) for name, f in entity_type.fields.items() if name in names}
    return {"type": "object", "properties": properties, "required": ["id", "type", "version"]}
