"""Which plugins a test runs with, and whose tables stand for a key while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from typing import Any

from weft.core.db import entity as entities
from weft.core.db.entity import Entity
from weft.core.plugin.base import ENTRY_POINT_GROUP, Plugin

__all__ = ["Stage", "named"]


def named(wanted: Iterable[Any]) -> list[type[Plugin]]:
    """Plugin classes of a mixed list of classes and keys of installed plugins.

    Raises:
        LookupError: no installed package offers a key.
    """
    found: list[type[Plugin]] = []
    points = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    for one in wanted:
        if isinstance(one, type):
            found.append(one)
        elif one in points:
            found.append(points[one].load())
        else:
            raise LookupError(f"no installed package offers the plugin {one!r}")
    return found


class Stage:
    """Lets the tables of exactly the given classes stand for their plugins' keys.

    Tables are collected per key in one place of the process; a stand-in for ``crm.account`` and the real one would
    otherwise get into each other's way.
    """

    def __init__(self) -> None:
        self._metadata = dict(entities._metadata)
        self._orm = dict(entities._orm)

    def enter(self, plugins: Sequence[type[Plugin]]) -> list[type[Plugin]]:
        """Put the plugins' own tables in place; returns the classes, stand-ins of one plugin joined into one."""
        from weft.core.testing.stubs import joined

        classes = joined(plugins)
        for cls in classes:
            for one in _entities(cls):
                entities._metadata[cls.key] = one.__table__.metadata
                entities._orm[cls.key] = one.__mapper__.registry  # type: ignore[attr-defined]
        return classes

    def leave(self) -> None:
        """Put back what stood there before."""
        for store, before in ((entities._metadata, self._metadata), (entities._orm, self._orm)):
            for key in [key for key in store if key in before]:
                store[key] = before[key]  # type: ignore[assignment]


def _entities(cls: type[Plugin]) -> list[type[Entity]]:
    """Entities of a plugin's own key; a hook that fails is the loader's business, not this one's."""
    try:
        declared = cls().weft_entities()  # type: ignore[attr-defined]
    except Exception:
        return []
    return [one for one in declared or () if getattr(one, "spec", None) is not None and one.spec.plugin == cls.key]
