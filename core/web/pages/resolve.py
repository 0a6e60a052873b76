"""From an address to what it means: the entity behind two words, and whether the viewer may know of it."""

from __future__ import annotations

from flask import Response, redirect

from weft.core.access.decide import Decision, require
from weft.core.errors import NotFound
from weft.core.records.merge import merged_into
from weft.core.records.values import Row
from weft.core.registry.model import EntityType
from weft.core.web.policies import may
from weft.core.web.request import View, current

__all__ = ["entity_at", "found_or_merged", "require_operation"]


def entity_at(plugin: str, slug: str, operation: str = "read") -> tuple[View, EntityType]:
    """The present view and the entity of an address.

    Raises:
        NotFound: there is no such entity, or the viewer may not read any of its records.
        Denied: it may be read, but no role of the viewer includes the operation.
    """
    view = current()
    entity = view.runtime.registry.by_slug(plugin, slug)
    if view.portal is None or entity is None or not may(view.runtime, view.principal, "read", entity.key):
        raise NotFound(f"{plugin}/{slug}")
    if operation != "read" and not may(view.runtime, view.principal, operation, entity.key):
        from weft.core.access.decide import denied

        raise denied(view, entity.key, operation)
    return view, entity


def require_operation(view: View, entity: EntityType, operation: str, record_id: int) -> Decision:
    """Refuse a page about an operation that the write path would refuse anyway.

    Raises:
        NotFound: the record does not exist for the viewer.
        Denied: the operation on it is not granted.
    """
    return require(view.records, entity.key, operation, record_id)


def found_or_merged(view: View, entity: EntityType, record_id: int) -> tuple[Row | None, Response]:
    """A record, or the way to the one it became part of.

    Raises:
        NotFound: neither exists for the viewer.
    """
    try:
        row = view.records.get(entity.key, record_id)
    except NotFound:
        row = None
    if row is None or row.get("deleted_at") is not None:
        into = merged_into(view.connection, record_id)
        if into is not None:
            view.records.get(entity.key, into, fields=(), trash=False)
            return None, redirect(view.url(entity.key, into), 301)  # type: ignore[return-value]
    if row is None:
        raise NotFound(str(record_id))
    return row, Response()
