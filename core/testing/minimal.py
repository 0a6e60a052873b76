"""The smallest records that can be made of entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.records.values import Row
from weft.core.registry.model import EntityType, Registry

__all__ = ["minimal_records"]

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


def minimal_records(
    registry: Registry,
    wanted: Iterable[str],
    create: Callable[[str, Mapping[str, Any]], Row],
    given: Mapping[str, Mapping[str, Any]],
) -> dict[str, Row]:
    """Make one small record of each entity, and first the records it cannot be without.

    Args:
        registry: what is installed.
        wanted: entity keys.
        create: makes a record.
        given: entity -> API values to use instead of invented ones.

    Raises:
        LookupError: a required file, user or unit, or a circle of required references.
    """
    made: dict[str, Row] = {}

    def make(key: str, waiting: tuple[str, ...]) -> Row:
        if key in made:
            return made[key]
        if key in waiting:
            raise LookupError(f"{' > '.join((*waiting, key))} require each other: set PluginContract.values")
        entity = registry.entity(key)
        values = dict(given[key]) if key in given else _values(entity)
        for declared in entity.fields.values():
            if declared.kind is Kind.REFERENCE and declared.required and declared.name not in values:
                values[declared.name] = _target(registry, declared, create, lambda far: make(far, (*waiting, key)))
        made[key] = create(key, values)
        return made[key]

    return {key: make(key, ()) for key in wanted}


def _target(registry: Registry, declared: Field, create: Callable[..., Row], make: Callable[[str], Row]) -> int:
    """Id of a record a required reference can point at."""
    if declared.values is not None:
        values = {"list_key": declared.values, "code": declared.name, "label_en": declared.name.capitalize()}
        return int(create("core.value", values)["id"])
    targets = registry.targets(declared)
    if not targets:
        raise LookupError(f"{declared.name} is required and nothing it may point at is installed")
    return int(make(targets[0].key)["id"])


def _values(entity: EntityType) -> dict[str, Any]:
    """API values for the title and the required fields that are no references."""
    fields = [f for f in entity.fields.values() if f.writable and (f.required or f.name in entity.spec.title)]
    return {f.name: _value(entity, f) for f in fields if f.kind is not Kind.REFERENCE}


def _value(entity: EntityType, declared: Field) -> Any:
    if declared.kind in (Kind.TEXT, Kind.MULTILINE, Kind.MARKDOWN):
        return f"{entity.spec.slug} 1"[: declared.max_length or 255]
    if declared.kind in (Kind.CHOICE, Kind.MULTI_CHOICE) and declared.choices is not None:
        default = declared.default_value()
        first = default if default is not None else next(iter(declared.choices.labels))
        return [first] if declared.kind is Kind.MULTI_CHOICE and not isinstance(first, list) else first
    if declared.kind not in _BY_KIND:
        message = f"{entity.key}.{declared.name} is required and is no plain value"
        raise LookupError(f"{message}: set PluginContract.values[{entity.key!r}]")
    return _BY_KIND[declared.kind]
