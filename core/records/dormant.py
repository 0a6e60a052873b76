"""Rows that lie dormant: readable, but left out where nobody asked for them (see ``dormant`` of an entity).

A filter that names the field, in whatever way, shows them. Who may not read the field sees no difference between rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from weft.core.access.conditions import AllOf, AnyOf, Filter, Term
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.records.stored import chunks
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["awake", "awake_ids", "dormant_field"]


def dormant_field(entity: EntityType, access: EntityAccess) -> str:
    """Name of the field that hides rows from this principal by default, or empty."""
    name = entity.spec.dormant
    return name if name in access.cells else ""


def awake(entity: EntityType, access: EntityAccess, given: Filter | None) -> tuple[Filter, ...]:
    """The condition to add to what was asked for; none where the field is named already."""
    name = dormant_field(entity, access)
    return (Term(name, "ne", True),) if name and not _names(given, name) else ()


def _names(node: Filter | None, name: str) -> bool:
    if isinstance(node, (AllOf, AnyOf)):
        return any(_names(part, name) for part in node.parts)
    return isinstance(node, Term) and node.name == name


def awake_ids(records: Records, entity: EntityType, ids: Iterable[int]) -> set[int]:
    """Those of some readable records that do not lie dormant; one statement per 500 where the entity has such rows."""
    wanted = set(ids)
    name = dormant_field(entity, AccessPolicy.of(records.runtime).access(records.principal, entity.key))
    if not name:
        return wanted
    table = entity.table
    for some in chunks(sorted(wanted)):
        statement = select(table.c.id).where(table.c.id.in_(some), table.c[name].is_(True))
        wanted.difference_update(records.connection.scalars(statement))
    return wanted
