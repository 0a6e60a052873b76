"""Addresses of pages inside a portal, made in one place. Every record has exactly one address per portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from weft.core.registry.model import EntityType

__all__ = ["FILLED_WORDS", "RESERVED_WORDS", "entity_url", "page_url", "record_url", "with_query"]

#: First parts after ``/<portal>/`` that belong to the platform; no plugin may have such a key.
RESERVED_WORDS = frozenset(
    [
        "explain",
        "todo",
        "notices",
        "calendar",
        "directory",
        "messages",
        "search",
        "profile",
        "reports",
        "settings",
        "trash",
        "palette",
        "undo",
        "pick",
        "me",
        "new",
        "company",
        "confirm",
        "menu",
    ]
)

#: Of these, the pages that a plugin fills (``HttpRoute.page``).
FILLED_WORDS = ("messages", "settings")


def with_query(address: str, query: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None) -> str:
    """Append query parameters; empty ones are left out, several values of a name stand one after the other."""
    pairs = list(query.items()) if isinstance(query, Mapping) else list(query or ())
    kept = [(name, value) for name, value in pairs if value not in (None, "")]
    return f"{address}?{urlencode(kept, doseq=True)}" if kept else address


def entity_url(portal: str, entity: EntityType, *parts: str | int, **query: Any) -> str:
    """Address of an entity's list, or of something below it (``new``, ``<id>/edit``)."""
    base = f"/{portal}/{entity.plugin}/{entity.slug}/"
    return with_query(base + "/".join(str(part) for part in parts), query)


def record_url(portal: str, entity: EntityType, record_id: int, *parts: str) -> str:
    """Address of one record, or of something below it."""
    return entity_url(portal, entity, record_id, *parts)


def page_url(portal: str, *parts: str | int, **query: Any) -> str:
    """Address of a page of the platform: ``page_url("employee", "settings", "users")``; no parts is the home."""
    base = f"/{portal}/" + "".join(f"{part}/" for part in parts)
    return with_query(base, query)
