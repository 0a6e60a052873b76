"""Which plugins a test runs with, and whose tables stand for a key while it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import sqlalchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import registry as OrmRegistry

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
    points = _points(tuple(sys.path))
    for one in wanted:
        if isinstance(one, type):
            found.append(one)
        elif one in points:
            found.append(points[one].load())
        else:
            raise LookupError(f"no installed package offers the plugin {one!r}")
    return found


@cache
def _points(_path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """What the packages on a path offer: read once, as that takes longer than to start an installation."""
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


class Stage:
    """Lets the tables of exactly the given classes stand for their plugins' keys.

    Tables are collected per key in one place of the process; a stand-in for ``crm.account`` and the real one would
    otherwise get into each other's way.
    """

    def __init__(self) -> None:
        self._before: dict[str, tuple[MetaData | None, OrmRegistry | None]] = {}

    def enter(self, plugins: Sequence[type[Plugin]]) -> list[type[Plugin]]:
        """Put the plugins' own tables in place; returns the classes, stand-ins of one plugin joined into one."""
        from weft.core.testing.stubs import joined

        classes = joined(plugins)
        for cls in classes:
            declared = _entities(cls)
            if declared:
                self._before.setdefault(cls.key, (entities._metadata.get(cls.key), entities._orm.get(cls.key)))
                entities._metadata[cls.key] = _one_metadata(declared)
                entities._orm[cls.key] = sqlalchemy.inspect(declared[0]).registry
        return classes

    def leave(self) -> None:
        """Put back what stood there before."""
        for key, (metadata, orm) in self._before.items():
            entities._metadata.pop(key, None)
            entities._orm.pop(key, None)
            if metadata is not None and orm is not None:
                entities._metadata[key], entities._orm[key] = metadata, orm
        self._before.clear()


def _one_metadata(declared: Sequence[type[Entity]]) -> MetaData:
    """The collection all tables of a plugin are in; stand-ins were declared one by one and are gathered here."""
    first = declared[0].__table__.metadata
    if all(one.__table__.metadata is first for one in declared):
        return first
    gathered = MetaData(naming_convention=first.naming_convention, info=dict(first.info))
    for one in declared:
        gathered._add_table(one.__table__.name, None, one.__table__)
    return gathered


def _entities(cls: type[Plugin]) -> list[type[Entity]]:
    """Entities of a plugin's own key; a hook that fails is the loader's business, not this one's."""
    try:
        declared = cls().weft_entities()  # type: ignore[attr-defined]
    except Exception:
        return []
    return [one for one in declared or () if getattr(one, "spec", None) is not None and one.spec.plugin == cls.key]
