"""The record something is added to: found with its rights, or missing like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weft.core.access import decide
from weft.core.errors import Denied, NotFound, NotSignedIn
from weft.core.i18n import translator
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["may", "person_of", "require"]

_ = translator("core")


def require(records: Records, record_id: int, operation: str, feature: str = "") -> EntityType:
    """The entity of a record on which an operation is allowed.

    Args:
        records: whose rights count.
        record_id: the record.
        operation: ``read``, ``comment``, ``attach`` ...
        feature: what the entity must have switched on (``comments`` ...), or empty.

    Raises:
        NotFound: no such record for this principal, or its kind has no such feature.
        Denied: the operation is not granted, or the principal only looks.
    """
    entity = decide.entity_of(records, record_id)
    if entity is None:
        raise NotFound(str(record_id))
    entity_type = records.runtime.registry.entity(entity)
    if feature and not entity_type.has(feature):
        raise NotFound(f"{entity} has no {feature}")
    if operation != "read" and records.principal.read_only:
        raise Denied(str(_("You are looking at the portal as somebody else. Nothing can be changed here.")))
    decide.require(records, entity, operation, record_id)
    return entity_type


def may(records: Records, record_id: int, operation: str) -> bool:
    """True when the operation is allowed on the record."""
    entity = decide.entity_of(records, record_id)
    return entity is not None and decide.decide(records, entity, operation, record_id).allowed


def person_of(records: Records) -> int:
    """The user who acts.

    Raises:
        NotSignedIn: the platform or nobody acts.
        Denied: the principal only looks; what belongs to the person looked at stays as it is.
    """
    if records.principal.user_id is None:
        raise NotSignedIn("only people have this")
    if records.principal.read_only and records.state.writable:
        raise Denied(str(_("You are looking at the portal as somebody else. Nothing can be changed here.")))
    return records.principal.user_id
