"""The 360 view: what is linked to a record, grouped by relation, direction and kind, with counts and the first titles.

The row rule of each far kind applies. Groups are found by counting over the two edge indexes; what a group shows is
read by one statement. Large groups count at most :data:`CAP` visible rows ("1,000+") and show their newest links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    CursorResult,
    Integer,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from weft.core.access import decide
from weft.core.access.plans import Statement, plans_of
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.access.slots import Slots
from weft.core.access.sql import RowsSql
from weft.core.db.tables import relation
from weft.core.db.types import RecordId
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
    sides: tuple[bool, ...] = (False, True)
    number = None
    if wanted is not None:
        number = records.runtime.registry.relation_id(wanted[0].key)
        sides = sides if wanted[0].symmetric else (wanted[1],)
    statement = plans_of(records.runtime).get(
        ("neighbour groups", sides, number is None), lambda: _counting(sides, one=number is not None)
    )
    rows = records.connection.execute(statement, {"near": record_id, "type": number})
    return [(row.type_id, row.far, bool(row.reverse), row.edges) for row in rows]


def _counting(sides: Sequence[bool], *, one: bool) -> CompoundSelect[Any]:
    """Edges of the record ``near`` by type and far kind, of one ``type`` only if asked for."""
    parts = []
    for reverse in sides:
        r = relation.alias().c
        near, far = (r.target_id, r.source_type) if reverse else (r.source_id, r.target_type)
        statement = select(
            r.type_id, far.label("far"), literal_column(str(int(reverse))).label("reverse"), func.count().label("edges")
        )
        statement = statement.where(near == bindparam("near", type_=RecordId)).group_by(r.type_id, far)
        parts.append(statement.where(r.type_id == bindparam("type", type_=Integer())) if one else statement)
    return union_all(*parts)


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
    access = AccessPolicy.of(records.runtime).access(records.principal, far_key, "read")
    if access.rows.kind == "none":
        return None
    name = ""
    if declared.field:
        source = registry.entity(far_key if reverse else entity)
        name = next((n for n, f in source.fields.items() if f.relation == key and f.stored), "")
        if name not in (access.cells if reverse else decision.visible):
            return None
    return _Sides(decision.record_id, number, far_type, reverse, declared, far, access, name if reverse else "")


@dataclass(frozen=True, slots=True)
class _Sides:
    """One group's place in the edge table.

    Attributes:
        record_id: the near end.
        type_id, far_type: small ids of the relation type and of the far kind.
        reverse: the near end is the target.
        declared, far: what they stand for.
        access: what may be read of the far kind.
        cell: name of the far record's field that writes these edges, empty when the near one's does or none.
    """

    record_id: int
    type_id: int
    far_type: int
    reverse: bool
    declared: RelationType
    far: EntityType
    access: EntityAccess
    cell: str

    def run(self, records: Records, phase: str, make: Callable[[_Group], Select[Any]], fetch: int) -> CursorResult[Any]:
        """Run the statement of a phase for this group, prepared once for everybody with the same rules."""

        def prepare() -> Statement:
            group = _Group(records, self)
            return Statement(make(group), group.slots.used)

        key = "neighbours", phase, self.type_id, self.far_type, self.reverse, self.cell, self.access
        return plans_of(records.runtime).get(key, prepare).run(records, near=self.record_id, fetch=fetch)


class _Group:
    """Makes the statements of one kind of group: parameters ``near`` (the record), ``fetch`` and the principal's."""

    def __init__(self, records: Records, sides: _Sides) -> None:
        self.sides, self.slots = sides, Slots()
        self.rules = RowsSql(records.runtime.registry, records.connection.dialect.name, self.slots)
        self.edge, self.table = relation.alias("e"), sides.far.table
        self.far_id = self.edge.c.source_id if sides.reverse else self.edge.c.target_id

    def flag(self, name: str | None) -> ColumnElement[Any]:
        """Whether a name of the far kind may be read in its row, as 0 or 1."""
        access = self.sides.access
        if name is None or name not in access.cells:
            return literal_column("0")
        if access.everywhere(name):
            return literal_column("1")
        return self.rules.condition(access.cells[name], self.sides.far.key, self.table)

    def visible(self, columns: Sequence[Any]) -> Select[Any]:
        """SELECT over the group's edges whose far record lives and may be read; a field's own cell counts too."""
        sides, edge, table = self.sides, self.edge, self.table
        near, far_type = (
            (edge.c.target_id, edge.c.source_type) if sides.reverse else (edge.c.source_id, edge.c.target_type)
        )
        statement = (
            select(*columns)
            .select_from(edge.join(table, table.c.id == self.far_id))
            .where(near == bindparam("near", type_=RecordId), edge.c.type_id == sides.type_id)
            .where(far_type == sides.far_type, table.c.deleted_at.is_(None))
        )
        if sides.access.rows.kind == "some":
            statement = statement.where(self.rules.condition(sides.access.rows, sides.far.key, table))
        if sides.cell and not sides.access.everywhere(sides.cell):
            statement = statement.where(self.flag(sides.cell))
        return statement.limit(bindparam("fetch", type_=Integer()))

    def items(self) -> Select[Any]:
        """The newest links with the far titles."""
        edge, table, alt = self.edge, self.table, self.sides.far.spec.alt_title
        columns = [
            table.c.id, edge.c.ordinal, edge.c.origin, edge.c.attributes, edge.c.valid_from, edge.c.valid_to,
            table.c.title.label("title"), (table.c[alt] if alt else literal("")).label("alt"),
            self.flag("title").label("may_title"), self.flag(alt).label("may_alt"),
        ]  # fmt: skip
        return self.visible(columns).order_by(self.far_id.desc(), edge.c.ordinal.desc())

    def number(self) -> Select[Any]:
        """How many links there are, at most ``fetch``."""
        return select(func.count()).select_from(self.visible([literal_column("1").label("one")]).subquery())


def _items(records: Records, sides: _Sides, fetch: int, limit: int) -> tuple[list[Neighbour], int]:
    """The newest visible links and how many rows were read."""
    found: list[Neighbour] = []
    number = 0
    now, internal, far = records.now, records.principal.internal, sides.far.key
    for row in sides.run(records, "items", _Group.items, fetch):
        number += 1
        if number > limit:
            continue
        ref = RefValue(row.id, far, row.title if row.may_title else "", (row.alt or "") if row.may_alt else "")
        current = (row.valid_from is None or row.valid_from <= now) and (row.valid_to is None or row.valid_to > now)
        attributes = (row.attributes or {}) if internal else {}
        found.append(Neighbour(ref, row.ordinal, attributes, row.valid_from, row.valid_to, row.origin == "f", current))
    return found, number


def _count(records: Records, sides: _Sides) -> Count:
    """How many links of a large group are visible, counted up to the cap."""
    number = sides.run(records, "number", _Group.number, CAP + 1).scalar_one()
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
