"""The 360 view: what is linked to a record, grouped by relation, direction and kind, with counts and the first titles.

The row rule of each far kind applies. Groups are found by counting over the two edge indexes; what a group shows is
read by one statement. Large groups count at most :data:`CAP` visible rows ("1,000+") and show their newest links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, literal, select, union_all

from weft.core.access import decide
from weft.core.access.filters import RowFilter, row_filter
from weft.core.access.policy import AccessPolicy
from weft.core.db.tables import relation
from weft.core.errors import NotFound, QueryError
from weft.core.i18n import Text, translator
from weft.core.records.values import Count, RefValue
from weft.core.registry.declarations import RelationType
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["CAP", "Neighbour", "RelationGroup", "neighbours"]

_ = translator("core")

#: Visible rows counted in one group at most.
CAP = 1_000
#: Up to so many edges a group is read whole; beyond, its first rows and its count are read apart.
SMALL = 300


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One link as seen from the record.

    Attributes:
        record: the other record; its title is empty when the title may not be read.
        ordinal: tells several links of the same pair apart.
        attributes: API values of the link's own fields; only for people of the company, since no grant names them.
        valid_from, valid_to: period of the link.
        by_field: the link is written by a reference field and cannot be removed by hand.
        current: the link is valid now.
    """

    record: RefValue
    ordinal: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    by_field: bool = False
    current: bool = True


@dataclass(frozen=True, slots=True)
class RelationGroup:
    """Links of one type in one direction to one kind of record.

    Attributes:
        relation: key of the direction, as ``link`` takes it.
        type: key of the relation type; ``reverse`` when it is read from its target.
        label: words of the direction.
        entity: key of the far kind.
        entity_label: its plural on screen.
        count: how many visible links there are.
        items: the first of them, newest first.
        field: name of the reference field that writes these links, empty for links made by hand.
    """

    relation: str
    type: str
    reverse: bool
    label: Text
    entity: str
    entity_label: Text
    count: Count
    items: tuple[Neighbour, ...]
    field: str = ""


def neighbours(
    records: Records, record_id: int, *, relation: str | None = None, limit: int = 20
) -> list[RelationGroup]:
    """Return what is linked to a record; see :meth:`Records.neighbours`.

    Args:
        records: whose rights count.
        record_id: the record.
        relation: key of one direction, None for all.
        limit: links listed per group, up to 200.

    Raises:
        NotFound: there is no such record for this principal.
        QueryError: there is no such relation type.
    """
    entity = decide.entity_of(records, record_id)
    if entity is None:
        raise NotFound(str(record_id))
    decision = decide.require(records, entity, "read", record_id)
    wanted = _wanted(records, relation)
    groups: list[RelationGroup] = []
    for number, far_type, reverse, edges in _groups(records, record_id, wanted):
        sides = _sides(records, decision, entity, number, far_type, reverse)
        found = _group(records, sides, edges, min(max(limit, 1), 200)) if sides is not None else None
        if found is not None:
            groups.append(found)
    return sorted(_joined(groups), key=lambda group: (bool(group.field) is False, group.type, group.entity))


def _wanted(records: Records, relation: str | None) -> tuple[RelationType, bool] | None:
    if relation is None:
        return None
    try:
        return records.runtime.registry.relation(relation)
    except KeyError:
        raise QueryError(_("There is no kind of link of that name."), name="relation") from None


def _groups(
    records: Records, record_id: int, wanted: tuple[RelationType, bool] | None
) -> list[tuple[int, int, bool, int]]:
    """(relation type, far entity type, reverse, number of edges) of every group, counted over the indexes only."""
    r = relation.c
    out = (
        select(r.type_id, r.target_type.label("far"), literal(0).label("reverse"), func.count().label("edges"))
        .where(r.source_id == record_id)
        .group_by(r.type_id, r.target_type)
    )
    back = (
        select(r.type_id, r.source_type.label("far"), literal(1).label("reverse"), func.count().label("edges"))
        .where(r.target_id == record_id)
        .group_by(r.type_id, r.source_type)
    )
    if wanted is not None:
        number = records.runtime.registry.relation_id(wanted[0].key)
        out, back = out.where(r.type_id == number), back.where(r.type_id == number)
        if not wanted[0].symmetric:
            rows = records.connection.execute(back if wanted[1] else out)
            return [(row.type_id, row.far, bool(row.reverse), row.edges) for row in rows]
    rows = records.connection.execute(union_all(out, back))
    return [(row.type_id, row.far, bool(row.reverse), row.edges) for row in rows]


def _group(records: Records, sides: _Sides, edges: int, limit: int) -> RelationGroup | None:
    items, number = _items(records, sides, limit if edges > SMALL else SMALL + 1, limit)
    if not items:
        return None
    declared, far = sides.declared, sides.far
    backwards = sides.reverse and not declared.symmetric
    return RelationGroup(
        declared.inverse if backwards else declared.key,
        declared.key,
        backwards,
        declared.inverse_label if backwards else declared.label,
        far.key,
        far.plural,
        Count(number, True) if edges <= SMALL else _count(records, sides),
        tuple(items),
        declared.field,
    )


def _sides(
    records: Records, decision: decide.Decision, entity: str, number: int, far_type: int, reverse: bool
) -> _Sides | None:
    """A group's place, or None when nothing of it can be visible.

    An edge of a reference field shows the field's value, so the field must be readable at its source.
    """
    registry = records.runtime.registry
    key, far_key = registry.relation_key(number), registry.entity_key(far_type)
    if key not in registry.relations or far_key not in registry.entities:
        return None
    declared, far = registry.relations[key], registry.entity(far_key)
    rule = row_filter(records, far_key, "read")
    if rule.kind == "none":
        return None
    cell: ColumnElement[bool] | bool = True
    if declared.field:
        source = registry.entity(far_key if reverse else entity)
        name = next((n for n, f in source.fields.items() if f.relation == key and f.stored), None)
        cell = _cell(records, source, name) if reverse else name in decision.visible
    if cell is False:
        return None
    return _Sides(decision.record_id, number, far_type, reverse, declared, far, rule, cell)


@dataclass(frozen=True, slots=True)
class _Sides:
    """One group's place in the edge table."""

    record_id: int
    type_id: int
    far_type: int
    reverse: bool
    declared: RelationType
    far: EntityType
    rule: RowFilter
    cell: ColumnElement[bool] | bool

    def near_conditions(self, edge: FromClause) -> ColumnElement[bool]:
        near, far_type = (
            (edge.c.target_id, edge.c.source_type) if self.reverse else (edge.c.source_id, edge.c.target_type)
        )
        return and_(near == self.record_id, edge.c.type_id == self.type_id, far_type == self.far_type)

    def far_id(self, edge: FromClause) -> Any:
        return edge.c.source_id if self.reverse else edge.c.target_id


def _cell(records: Records, far: EntityType, name: str | None) -> ColumnElement[bool] | bool:
    """Whether a name of the far kind may be read: True, False, or a condition on its row."""
    access = AccessPolicy.of(records.runtime).access(records.principal, far.key, "read")
    if name is None or name not in access.cells:
        return False
    if access.everywhere(name):
        return True
    return RowFilter(records, far.key, access.cells[name]).expression(far.table)


def _visible(records: Records, sides: _Sides, edge: FromClause, columns: Sequence[Any]) -> Select[Any]:
    """SELECT over the group's edges whose far record lives and may be read; a field's own cell counts too."""
    table = sides.far.table
    statement = (
        select(*columns)
        .select_from(edge.join(table, table.c.id == sides.far_id(edge)))
        .where(sides.near_conditions(edge), table.c.deleted_at.is_(None))
    )
    if sides.rule.kind == "some":
        statement = statement.where(sides.rule.expression(table))
    return statement if isinstance(sides.cell, bool) else statement.where(sides.cell)


def _items(records: Records, sides: _Sides, fetch: int, limit: int) -> tuple[list[Neighbour], int]:
    """The newest visible links and how many rows were read."""
    edge, table, alt = relation.alias("e"), sides.far.table, sides.far.spec.alt_title
    may_title, may_alt = _cell(records, sides.far, "title"), _cell(records, sides.far, alt)
    columns: list[Any] = [
        table.c.id, edge.c.ordinal, edge.c.origin, edge.c.attributes, edge.c.valid_from, edge.c.valid_to,
        table.c.title.label("title"), (table.c[alt] if alt else literal("")).label("alt"),
        _flag(may_title).label("may_title"), _flag(may_alt).label("may_alt"),
    ]  # fmt: skip
    statement = _visible(records, sides, edge, columns)
    statement = statement.order_by(sides.far_id(edge).desc(), edge.c.ordinal.desc()).limit(fetch)
    found: list[Neighbour] = []
    number = 0
    now, internal = records.now, records.principal.internal
    for row in records.connection.execute(statement):
        number += 1
        if number > limit:
            continue
        ref = RefValue(
            row.id, sides.far.key, row.title if row.may_title else "", (row.alt or "") if row.may_alt else ""
        )
        current = (row.valid_from is None or row.valid_from <= now) and (row.valid_to is None or row.valid_to > now)
        found.append(
            Neighbour(
                ref,
                row.ordinal,
                (row.attributes or {}) if internal else {},
                row.valid_from,
                row.valid_to,
                row.origin == "f",
                current,
            )
        )
    return found, number


def _flag(value: ColumnElement[bool] | bool) -> Any:
    return literal(1 if value else 0) if isinstance(value, bool) else value


def _count(records: Records, sides: _Sides) -> Count:
    """How many links of a large group are visible, counted up to the cap."""
    edge = relation.alias("e")
    inner = _visible(records, sides, edge, [literal(1).label("one")]).limit(CAP + 1).subquery()
    number = records.connection.scalar(select(func.count()).select_from(inner)) or 0
    return Count(min(number, CAP), number <= CAP)


def _joined(groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Symmetric links are stored in one direction but mean the same in both: one group for both."""
    found: dict[tuple[str, bool, str], RelationGroup] = {}
    for group in groups:
        key = group.type, group.reverse, group.entity
        other = found.get(key)
        if other is None:
            found[key] = group
            continue
        items = sorted((*other.items, *group.items), key=lambda item: item.record.id, reverse=True)
        count = Count(other.count.value + group.count.value, other.count.exact and group.count.exact)
        found[key] = RelationGroup(
            group.relation, group.type, group.reverse, group.label, group.entity, group.entity_label, count,
            tuple(items[: max(len(other.items), len(group.items))]), group.field,
        )  # fmt: skip
    return list(found.values())
