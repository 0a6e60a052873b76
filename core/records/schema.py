"""Marshmallow schemas made from declared fields: one per entity and operation, cached for the process.

A schema knows the form of values (kinds, required, limits). What needs the database (references, unique values,
rights) is checked afterwards by the write path, and all errors come back together as :class:`ValidationFailed`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from marshmallow import RAISE, Schema, fields, missing
from marshmallow import ValidationError as FormError

from weft.core.db.entity import Entity
from weft.core.db.fields import Field
from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.records.kinds import Refused, api_value, converter
from weft.core.registry.model import EntityType

__all__ = ["DeclaredField", "Problem", "field_errors", "load", "load_partly", "schema_for", "schema_of_fields"]

_ = translator("core")

#: Operations a schema can be asked for. ``import`` may begin in any state; ``system_*`` also writes read-only fields.
OPERATIONS = ("create", "update", "import", "system_create", "system_update")


class Problem:
    """A code and a message travelling through marshmallow's error lists."""

    __slots__ = ("code", "message")

    def __init__(self, code: str, message: Text) -> None:
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


REQUIRED = Problem("required", _("Fill this in."))
UNKNOWN = Problem("unknown", _("There is no such field."))


class DeclaredField(fields.Field[Any]):
    """The marshmallow side of a declared field.

    Attributes:
        declared: the declaration; OpenAPI and forms read kind, choices and limits from it.
    """

    def __init__(self, declared: Field, *, fill: bool) -> None:
        super().__init__(required=False, allow_none=True, metadata={"declared": declared})
        self.declared = declared
        self._convert = converter(declared)
        self._fill = fill

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_kwargs: Any) -> Any:
        """Convert one value; missing ones get the declared default (create) or stay away (update)."""
        if value is missing:
            value = self.declared.default_value() if self._fill else None
        try:
            result = self._convert(value)
        except Refused as refused:
            raise FormError([Problem(refused.code, refused.message)]) from refused
        if result is None and self.declared.required:
            raise FormError([REQUIRED])
        return result

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_kwargs: Any) -> Any:
        return api_value(self.declared, value)


class _Record(Schema):
    """Base of generated schemas: an unknown name is an error."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": "invalid"}  # type: ignore[dict-item]


_lock = threading.Lock()
_cache: WeakKeyDictionary[type[Entity], dict[tuple[Any, ...], Schema]] = WeakKeyDictionary()


def schema_for(entity_type: EntityType, operation: str) -> Schema:
    """Return the schema of an entity for one operation.

    Args:
        entity_type: the entity as installed, with its extension fields.
        operation: one of :data:`OPERATIONS`.
    """
    key = (operation, tuple(entity_type.fields))
    with _lock:
        found = _cache.setdefault(entity_type.cls, {}).get(key)
    if found is None:
        found = _build(entity_type, operation)
        with _lock:
            _cache[entity_type.cls][key] = found
    return found


def _build(entity_type: EntityType, operation: str) -> Schema:
    system = operation.startswith("system_")
    creating = operation in ("create", "import", "system_create")
    members: dict[str, Any] = {}
    for name, declared in entity_type.fields.items():
        if not declared.stored or ((declared.readonly or declared.internal) and not system):
            continue
        if declared.state and declared.transitions and operation == "update":
            continue
        members[name] = DeclaredField(declared, fill=creating)
    cls = _Record.from_dict(members, name=f"{entity_type.spec.table_name}_{operation}")
    return cls(partial=not creating)


def schema_of_fields(declared: Mapping[str, Field], name: str) -> Schema:
    """Return a schema for loose fields: the input of an action, the attributes of a link, settings of a plugin."""
    members = {key: DeclaredField(value.named(key), fill=True) for key, value in declared.items() if value.stored}
    return _Record.from_dict(members, name=name)()  # type: ignore[arg-type]


def load(schema: Schema, values: Mapping[str, Any], *, index: int | None = None) -> dict[str, Any]:
    """Load values through a schema.

    Args:
        schema: of :func:`schema_for` or :func:`schema_of_fields`.
        values: API values or Python values by field name.
        index: position in a bulk call, carried into the errors.

    Raises:
        ValidationFailed: with one entry per field and reason.
    """
    try:
        loaded: dict[str, Any] = schema.load(values)
    except FormError as error:
        raise ValidationFailed(list(field_errors(error, index))) from None
    return loaded


def load_partly(
    schema: Schema, values: Mapping[str, Any], *, index: int | None = None
) -> tuple[dict[str, Any], list[FieldError]]:
    """Load what is well formed and return the errors of the rest, so that later checks can add theirs."""
    try:
        loaded: dict[str, Any] = schema.load(values)
    except FormError as error:
        good = error.valid_data if isinstance(error.valid_data, dict) else {}
        return {name: value for name, value in good.items() if name in schema.fields}, list(field_errors(error, index))
    return loaded, []


def field_errors(error: FormError, index: int | None = None) -> Iterable[FieldError]:
    """Translate marshmallow's message dictionary into field errors."""
    messages = error.messages
    pairs = messages.items() if isinstance(messages, dict) else [("", messages)]
    for name, problems in pairs:
        field = "" if name == "_schema" else str(name)
        for problem in problems if isinstance(problems, list) else [problems]:
            if isinstance(problem, Problem):
                yield FieldError(field, problem.code, problem.message, index)
            else:
                yield FieldError(field, "invalid", _("Write an object of field names and values."), index)
