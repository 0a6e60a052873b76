"""What pages need of collaboration, in one place: favourites, recent records, unread notices, saved views, tags."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from weft.core.records.values import RefValue

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["favourites", "recent", "saved_views", "tag_many", "unread"]


def _module(name: str) -> Any:
    path = f"weft.core.collaboration.{name}"
    return import_module(path) if find_spec(path) else None


def favourites(records: Records) -> list[RefValue]:
    """Records the person marked, in their order."""
    module = _module("favourites")
    return list(module.favourites(records)) if module else []


def recent(records: Records) -> list[RefValue]:
    """The last ten records the person opened, newest first."""
    module = _module("favourites")
    return list(module.recent(records)) if module else []


def unread(records: Records) -> int:
    """How many notices the person has not read."""
    module = _module("notices")
    return int(module.unread_count(records)) if module else 0


def saved_views(records: Records, entity: str) -> list[Any]:
    """Views of an entity's list that the person saved, or others shared."""
    module = _module("views")
    return list(module.saved_views(records, entity)) if module else []


def tag_many(records: Records, ids: Iterable[int], tag: str) -> None:
    """Put a tag on many records."""
    module = _module("tags")
    if module:
        module.add_many(records, list(ids), tag)
