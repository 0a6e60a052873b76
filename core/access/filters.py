"""The row filter of a principal on an entity: what every reader outside the query compiler asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from weft.core.access.policy import AccessPolicy
from weft.core.access.rows import Rows
from weft.core.access.slots import Slots
from weft.core.access.sql import Ids, RowsSql

__all__ = ["RowFilter", "cell_filter", "row_filter"]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows of one entity that one principal may use in one way; trashed rows are not treated apart.

    Attributes:
        ctx: whose values go into the expressions: something with ``principal``, ``runtime`` and ``connection``.
        entity: key of the entity.
        rows: the compiled rule.
    """

    ctx: Any
    entity: str
    rows: Rows

    @property
    def kind(self) -> str:
        """``all``, ``none`` or ``some``."""
        return self.rows.kind

    def expression(self, table: FromClause) -> ColumnElement[bool]:
        """A boolean over the entity's table or an alias of it, probing each row; usable anywhere."""
        return self._sql().condition(self.rows, self.entity, table)

    def set_query(self) -> Ids:
        """SELECT of the ids, starting from the principal; repetitions are possible."""
        return self._sql().ids(self.rows, self.entity)

    def probe(self, cap: int = 2000) -> int | None:
        """How many ids the set has, counted up to ``cap`` by one statement.

        Returns:
            The number walked, ``None`` when it is at least ``cap`` or cannot be told without a walk over the table.
        """
        if self.kind == "none":
            return 0
        if self.kind == "all":
            return None
        sql = RowsSql(self.ctx.runtime.registry, self.ctx.connection.dialect.name, Slots(self.ctx), cap=cap)
        statement = sql.sizes(self.rows, self.entity)
        if statement is None:
            return None
        sizes = tuple(self.ctx.connection.execute(statement).one())
        return None if max(sizes) >= cap or sum(sizes) >= cap else sum(sizes)

    def _sql(self) -> RowsSql:
        return RowsSql(self.ctx.runtime.registry, self.ctx.connection.dialect.name, Slots(self.ctx))


def row_filter(ctx: Any, entity: str, operation: str = "read") -> RowFilter:
    """The rows of an entity on which the context's principal may do an operation.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection`` (and ``now``, if the unit has one).
        entity: entity key.
        operation: ``read``, ``update`` ... or the key of an action.

    Raises:
        KeyError: the entity is not installed.
    """
    return RowFilter(ctx, entity, AccessPolicy.of(ctx.runtime).access(ctx.principal, entity, operation).rows)


def cell_filter(ctx: Any, entity: str, name: str, operation: str = "read") -> RowFilter:
    """The rows of an entity in which one name is covered; of kind ``none`` for names that do not exist."""
    access = AccessPolicy.of(ctx.runtime).access(ctx.principal, entity, operation)
    return RowFilter(ctx, entity, access.cells.get(name, Rows(())))
