"""The links that make a record visible: one chain from the record to an anchor, for explanations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select

from weft.core.access.filters import RowFilter, row_filter
from weft.core.access.policy import AccessPolicy
from weft.core.access.rows import Hop, PathAtom, Rows
from weft.core.access.slots import Slots
from weft.core.access.sql import RowsSql, hop_edges
from weft.core.access.wording import step_label
from weft.core.db.tables import record
from weft.core.i18n import Text
from weft.core.registry.access import Grant

__all__ = ["Evidence", "EvidenceStep", "evidence_for"]


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    """One link: its name and the record it leads to."""

    label: Text
    record_id: int

    def title_for(self, ctx: Any) -> str:
        """Title of the record, empty when the one who asks may not read it."""
        row = ctx.connection.execute(
            select(record.c.type_id, record.c.title).where(record.c.id == self.record_id)
        ).first()
        if row is None:
            return ""
        key = ctx.runtime.registry.entity_key(row.type_id)
        if key not in ctx.runtime.registry.entities:
            return ""
        rule = row_filter(ctx, key, "read")
        cell = AccessPolicy.of(ctx.runtime).access(ctx.principal, key, "read").cells.get("title")
        if rule.kind == "none" or cell is None or not holds(ctx, key, self.record_id, cell):
            return ""
        return str(row.title)


@dataclass(frozen=True, slots=True)
class Evidence:
    """That a grant covers a record, and over which links (empty when it needs none)."""

    steps: tuple[EvidenceStep, ...] = field(default=())


def holds(ctx: Any, entity: str, record_id: int, rows: Rows) -> bool:
    """True when a record is among the rows of a rule."""
    if rows.kind != "some":
        return rows.kind == "all"
    table = ctx.runtime.registry.entity(entity).table
    condition = RowFilter(ctx, entity, rows).expression(table)
    return ctx.connection.execute(select(table.c.id).where(table.c.id == record_id, condition)).first() is not None


def evidence_for(ctx: Any, entity: str, record_id: int, grant: Grant) -> Evidence | None:
    """How a grant covers a record for the principal of a context; None when it does not."""
    access = AccessPolicy.of(ctx.runtime).access(ctx.principal, entity, _operation(grant))
    rule = next((one for one in access.rules if one.grant is grant), None)
    if rule is None or not holds(ctx, entity, record_id, rule.rows):
        return None
    for conjunction in rule.rows.conjunctions:
        if holds(ctx, entity, record_id, Rows((conjunction,))):
            paths = [atom for atom in conjunction if isinstance(atom, PathAtom) and atom.hops]
            return Evidence(_chain(ctx, entity, record_id, paths[0].hops) if paths else ())
    return Evidence()


def _operation(grant: Grant) -> str:
    """Any operation of the grant: its rows are the same for all, but for the level of shares."""
    return next(iter(sorted(grant.actions)))


def _chain(ctx: Any, entity: str, record_id: int, hops: tuple[Hop, ...]) -> tuple[EvidenceStep, ...]:
    """One chain of links to an anchor, found depth first; at most so many look-ups as there are steps times twenty."""
    found = _walk(ctx, entity, record_id, hops)
    return tuple(found) if found is not None else ()


def _walk(ctx: Any, entity: str, node: int, hops: tuple[Hop, ...]) -> list[EvidenceStep] | None:
    if not hops:
        return [] if node in ctx.principal.anchors else None
    hop, rest = hops[0], hops[1:]
    label = step_label(ctx.runtime.registry, hop.relation, reverse=hop.reverse)
    for end in _ends(ctx, entity, node, hop):
        further = _walk(ctx, entity, end, rest)
        if further is not None:
            return [EvidenceStep(label, end), *further] if end != node else further
    return None


def _ends(ctx: Any, entity: str, node: int, hop: Hop) -> Iterator[int]:
    sql = RowsSql(ctx.runtime.registry, ctx.connection.dialect.name, Slots(ctx))
    if hop.descend:
        yield node
    for statement in hop_edges(sql, hop, node):
        limited: Select[Any] = statement.limit(200)
        yield from sorted(ctx.connection.scalars(limited), key=lambda end: end not in ctx.principal.anchors)
