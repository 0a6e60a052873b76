"""The smallest values with which a record of an entity can be made."""

from __future__ import annotations

from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.registry.model import EntityType

__all__ = ["minimal_values"]

_BY_KIND: dict[Kind, Any] = {
    Kind.INTEGER: 1,
    Kind.DECIMAL: "1",
    Kind.MONEY: {"amount": "1.00", "currency": "CNY"},
    Kind.DATE: "2026-03-16",
    Kind.DATETIME: "2026-03-16T09:00:00+00:00",
    Kind.BOOLEAN: True,
    Kind.EMAIL: "somebody@test.example",
    Kind.PHONE: "+8651262518800",
    Kind.URL: "https://test.example/",
    Kind.ADDRESS: {"country": "NL", "city": "Rotterdam"},
}


def minimal_values(entity: EntityType) -> dict[str, Any]:
    """API values for the required fields and the title; references and files, which need others first, left out.

    Raises:
        LookupError: a required reference, file, user or unit: give the values in ``PluginContract.values``.
    """
    names = [f.name for f in entity.fields.values() if f.writable and (f.required or f.name in entity.spec.title)]
    return {name: _value(entity, entity.fields[name]) for name in names}


def _value(entity: EntityType, declared: Field) -> Any:
    if declared.kind in (Kind.TEXT, Kind.MULTILINE, Kind.MARKDOWN):
        return f"{entity.spec.slug} 1"[: declared.max_length or 255]
    if declared.kind in (Kind.CHOICE, Kind.MULTI_CHOICE) and declared.choices is not None:
        default = declared.default_value()
        first = default if default is not None else next(iter(declared.choices.labels))
        return [first] if declared.kind is Kind.MULTI_CHOICE and not isinstance(first, list) else first
    if declared.kind not in _BY_KIND:
        message = f"{entity.key}.{declared.name} is required and needs another record"
        raise LookupError(f"{message}: set PluginContract.values[{entity.key!r}]")
    return _BY_KIND[declared.kind]
