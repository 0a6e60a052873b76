"""Stand-ins for entities of plugins that are not there: coupling is by key, so a plugin can be tested alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import new_class
from typing import Any

from weft.core.db import entity as entities
from weft.core.db import field
from weft.core.db.entity import FEATURES, Entity
from weft.core.db.fields import Field
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import ALL, Grant

__all__ = ["declared_apart", "joined", "stub_entity_type"]

_lock = threading.Lock()


@contextmanager
def declared_apart(plugin: str) -> Iterator[None]:
    """Declare entity classes of a key inside the block without touching the tables another module declared for it."""
    with _lock:
        metadata, orm = entities._metadata.pop(plugin, None), entities._orm.pop(plugin, None)
        try:
            yield
        finally:
            entities._metadata.pop(plugin, None)
            entities._orm.pop(plugin, None)
            if metadata is not None and orm is not None:
                entities._metadata[plugin], entities._orm[plugin] = metadata, orm


def stub_entity_type(
    key: str,
    *,
    fields: Mapping[str, Field] | None = None,
    traits: Sequence[str] = (),
    features: Sequence[str] = tuple(FEATURES),
    grants: Sequence[Grant] | None = None,
) -> type[Plugin]:
    """Make a plugin with one entity that stands in for a foreign one.

    Args:
        key: ``plugin.entity``.
        fields: by name; a text field ``name`` is always there and is the title.
        traits, features: as in a real entity.
        grants: everything for employees by default.

    Returns:
        A plugin class with the key's first part as key; stand-ins of one plugin are joined when they are started.
    """
    plugin, _, local = key.partition(".")
    label = local.replace("_", " ").capitalize()
    attributes: dict[str, Any] = {"__module__": __name__, "name": field.text("Name", max_length=200), **(fields or {})}
    with declared_apart(plugin):
        entity = new_class(
            f"Stub{local.title().replace('_', '')}",
            (Entity,),
            {
                "key": key, "label": label, "plural": f"{label}s", "title": "name", "traits": tuple(traits),
                "features": tuple(features),
            },
            lambda body: body.update(attributes),
        )  # fmt: skip
    rights = [Grant("employee", key, ALL)] if grants is None else list(grants)
    return _plugin(plugin, [entity], rights)


def joined(plugins: Sequence[type[Plugin]]) -> list[type[Plugin]]:
    """One plugin per key: several stand-ins of a plugin become one; real plugins stay as they are."""
    found: dict[str, type[Plugin]] = {}
    for cls in plugins:
        other = found.get(cls.key)
        if other is not None and issubclass(cls, _Stub) and issubclass(other, _Stub):
            cls = _plugin(cls.key, [*other.entities, *cls.entities], [*other.grants, *cls.grants])
        found[cls.key] = cls
    return list(found.values())


class _Stub(Plugin):
    """A plugin made of stand-ins."""

    package = "weft.core.testing"
    entities: Sequence[type[Entity]] = ()
    grants: Sequence[Grant] = ()

    @hookimpl
    def weft_entities(self) -> Sequence[type[Entity]]:
        return self.entities

    @hookimpl
    def weft_grants(self) -> Sequence[Grant]:
        return self.grants


def _plugin(key: str, stand_ins: Sequence[type[Entity]], rights: Sequence[Grant]) -> type[Plugin]:
    body = {"key": key, "title": key.capitalize(), "entities": tuple(stand_ins), "grants": tuple(rights)}
    return type(f"Stub{key.title()}", (_Stub,), body)
