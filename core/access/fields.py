"""Which names of an entity a principal may read or write, and in which rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from weft.core.access.filters import RowFilter
from weft.core.access.policy import AccessPolicy, EntityAccess

__all__ = ["FieldAccess", "readable"]


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Field rights of one principal on one entity.

    Attributes:
        ctx: whose values go into masks.
        read: rights to read.
        write: rights to update.
        create: rights to create.
    """

    ctx: Any
    read: EntityAccess
    write: EntityAccess
    create: EntityAccess

    @property
    def names(self) -> frozenset[str]:
        """Names readable in some row."""
        return self.read.names

    @property
    def everywhere(self) -> frozenset[str]:
        """Names readable in every readable row."""
        return frozenset(name for name in self.read.cells if self.read.everywhere(name))

    def mask(self, name: str, table: FromClause | None = None) -> ColumnElement[bool] | None:
        """A boolean over the entity's table: the name is readable in the row; None when it always is.

        Raises:
            KeyError: the name is readable nowhere.
        """
        if self.read.everywhere(name):
            return None
        entity = self.ctx.runtime.registry.entity(self.read.entity)
        found = RowFilter(self.ctx, self.read.entity, self.read.cells[name])
        return found.expression(entity.table if table is None else table)

    def writable(self, names: Iterable[str] | None = None, *, operation: str = "update") -> frozenset[str]:
        """Names writable in some row, among ``names`` when given: fields that callers may set at all."""
        entity = self.ctx.runtime.registry.entity(self.read.entity)
        rights = self.create if operation == "create" else self.write
        found = frozenset(name for name, field in entity.fields.items() if field.writable) & rights.names
        return found if names is None else found & frozenset(names)


def readable(ctx: Any, entity: str) -> FieldAccess:
    """The field rights of the context's principal.

    Raises:
        KeyError: the entity is not installed.
    """
    policy = AccessPolicy.of(ctx.runtime)
    principal = ctx.principal
    return FieldAccess(
        ctx,
        policy.access(principal, entity, "read"),
        policy.access(principal, entity, "update"),
        policy.access(principal, entity, "create"),
    )
