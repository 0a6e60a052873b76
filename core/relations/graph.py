"""Walking the links: what surrounds a record, and how two records hang together.

Every hop applies the row rule of the far kind, so nobody learns of a record, or of a way through a record, that they
may not read. Walks are breadth first, one statement per level and direction and one per kind, within a budget of edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from weft.core.access import decide
from weft.core.access.policy import AccessPolicy
from weft.core.db.tables import relation
from weft.core.errors import NotFound, QueryError
from weft.core.i18n import Text, translator
from weft.core.records.stored import chunks
from weft.core.records.targets import readable_ids
from weft.core.records.values import RefValue
from weft.core.registry.model import Registry

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["EDGE_BUDGET", "Graph", "GraphEdge", "Hop", "shortest_path", "traverse"]

_ = translator("core")

#: Edges read in one walk at most; beyond, the answer says that there is more.
EDGE_BUDGET = 20_000
#: Edges followed from one level at most, so that one supernode does not use up the budget.
LEVEL_BUDGET = 5_000


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A link between two records of the answer, in its stored direction."""

    source_id: int
    target_id: int
    relation: str
    label: Text


@dataclass(frozen=True, slots=True)
class Graph:
    """What surrounds a record.

    Attributes:
        nodes: readable records, the first one first, by distance.
        depth: record id -> number of hops from the first one.
        edges: links between them.
        complete: False when a limit was met and more is there.
    """

    nodes: tuple[RefValue, ...]
    depth: dict[int, int]
    edges: tuple[GraphEdge, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: the record reached, and the direction followed to it (empty for the first)."""

    record: RefValue
    relation: str = ""
    label: Text = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """An edge as followed: from a record of the present level to another one."""

    near: int
    far: int
    type_id: int
    far_type: int
    reverse: bool


class _Walker:
    """Reads levels of edges with the rules of one principal, and keeps the budget."""

    def __init__(self, ctx: Records, through: Iterable[str] = ()) -> None:
        self.ctx = ctx
        self.registry = ctx.runtime.registry
        self.closed = _closed(self.registry, through)
        self.read = 0
        self.complete = True

    def level(self, ids: Sequence[int]) -> list[_Step]:
        """Readable steps from some records in both directions."""
        found: list[_Step] = []
        now = self.ctx.now
        r = relation.c
        current = (or_(r.valid_to.is_(None), r.valid_to > now), or_(r.valid_from.is_(None), r.valid_from <= now))
        for reverse in (False, True):
            near, far = (r.target_id, r.source_id) if reverse else (r.source_id, r.target_id)
            far_type = r.source_type if reverse else r.target_type
            left = min(LEVEL_BUDGET, EDGE_BUDGET - self.read)
            for part in chunks(ids):
                if left <= 0:
                    self.complete = False
                    break
                statement = select(near, far, r.type_id, far_type, r.source_type).where(near.in_(part), *current)
                if self.closed:
                    statement = statement.where(r.type_id.not_in(self.closed))
                rows = self.ctx.connection.execute(statement.order_by(far.desc()).limit(left + 1)).all()
                if len(rows) > left:
                    self.complete, rows = False, rows[:left]
                self.read += len(rows)
                left -= len(rows)
                found.extend(
                    _Step(row[0], row[1], row[2], row[3], reverse) for row in rows if self._open(row[2], row[4])
                )
        return self._readable(found)

    def _open(self, type_id: int, source_type: int) -> bool:
        """An edge of a reference field is followed only by those who may read the field everywhere it stands."""
        declared = self.registry.relations.get(self.registry.relation_key(type_id))
        source = self.registry.entities.get(self.registry.entity_key(source_type))
        if declared is None or source is None:
            return False
        if not declared.field:
            return True
        name = next((n for n, f in source.fields.items() if f.relation == declared.key and f.stored), None)
        access = AccessPolicy.of(self.ctx.runtime).access(self.ctx.principal, source.key, "read")
        return name is not None and name in access.cells and access.everywhere(name)

    def _readable(self, steps: Sequence[_Step]) -> list[_Step]:
        by_type: dict[int, set[int]] = defaultdict(set)
        for step in steps:
            by_type[step.far_type].add(step.far)
        seen: set[int] = set()
        for far_type, ids in by_type.items():
            key = self.registry.entity_key(far_type)
            if key in self.registry.entities:
                seen |= readable_ids(self.ctx, key, ids)
        return [step for step in steps if step.far in seen]

    def label(self, step: _Step) -> tuple[str, Text]:
        """Key and words of the direction followed."""
        declared = self.registry.relations[self.registry.relation_key(step.type_id)]
        backwards = step.reverse and not declared.symmetric
        return (declared.inverse, declared.inverse_label) if backwards else (declared.key, declared.label)


def _closed(registry: Registry, through: Iterable[str]) -> list[int]:
    """Ids of the relation types that only lead to values: two deals are not related because both are in one stage.

    Raises:
        QueryError: ``through`` names no kind of link.
    """
    opened: set[str] = set()
    for key in through:
        try:
            opened.add(registry.relation(key)[0].key)
        except KeyError:
            raise QueryError(_("There is no kind of link of that name."), name="through") from None
    values = {key for key, entity in registry.entities.items() if not entity.has("links")}
    found = []
    for declared in registry.relations.values():
        ends = {key for key in registry.entities if registry.matches(declared.target, key)}
        if ends and ends <= values and declared.key not in opened:
            found.append(registry.relation_id(declared.key))
    return sorted(found)


def _require(ctx: Records, record_id: int) -> None:
    entity = decide.entity_of(ctx, record_id)
    if entity is None or not decide.decide(ctx, entity, "read", record_id).readable:
        raise NotFound(str(record_id))


def traverse(ctx: Records, record_id: int, depth: int = 2, limit: int = 200, through: Iterable[str] = ()) -> Graph:
    """Return what surrounds a record.

    Args:
        ctx: whose rights count.
        record_id: where to begin.
        depth: number of hops, 1 to 4.
        limit: records in the answer, 1 to 1,000.
        through: kinds of links to follow although they only lead to values such as stages and sources.

    Raises:
        NotFound: there is no such record for this principal.
        QueryError: ``through`` names no kind of link.
    """
    _require(ctx, record_id)
    walker = _Walker(ctx, through)
    limit = min(max(limit, 1), 1_000)
    found: dict[int, int] = {record_id: 0}
    steps: list[_Step] = []
    frontier = [record_id]
    for distance in range(1, min(max(depth, 1), 4) + 1):
        following: list[int] = []
        for step in walker.level(frontier):
            steps.append(step)
            if step.far in found:
                continue
            if len(found) >= limit:
                walker.complete = False
                continue
            found[step.far] = distance
            following.append(step.far)
        frontier = following
        if not frontier:
            break
    titles = ctx.titles(found)
    nodes = tuple(titles[i] for i in sorted(found, key=lambda i: (found[i], i)) if i in titles)
    return Graph(nodes, found, _edges(walker, steps, found), walker.complete)


def _edges(walker: _Walker, steps: Iterable[_Step], found: Iterable[int]) -> tuple[GraphEdge, ...]:
    inside = set(found)
    edges: dict[tuple[int, int, int], GraphEdge] = {}
    for step in steps:
        if step.near not in inside or step.far not in inside:
            continue
        source, target = (step.far, step.near) if step.reverse else (step.near, step.far)
        declared = walker.registry.relations[walker.registry.relation_key(step.type_id)]
        edges.setdefault((source, step.type_id, target), GraphEdge(source, target, declared.key, declared.label))
    return tuple(edges.values())


def shortest_path(ctx: Records, a: int, b: int, limit: int = 6, through: Iterable[str] = ()) -> list[Hop]:
    """Return one shortest way between two records, searched from both ends; empty when there is none.

    Args:
        ctx: whose rights count; every record on the way may be read.
        a, b: the two records.
        limit: hops at most, 1 to 8.
        through: kinds of links to follow although they only lead to values such as stages and sources.

    Raises:
        NotFound: one of them does not exist for this principal.
        QueryError: ``through`` names no kind of link.
    """
    _require(ctx, a)
    _require(ctx, b)
    walker = _Walker(ctx, through)
    if a == b:
        return [Hop(ctx.titles([a])[a])]
    came: tuple[dict[int, _Step | None], dict[int, _Step | None]] = ({a: None}, {b: None})
    frontiers: list[list[int]] = [[a], [b]]
    for _round in range(min(max(limit, 1), 8)):
        side = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        if not frontiers[side]:
            return []
        following: list[int] = []
        for step in walker.level(frontiers[side]):
            if step.far in came[side]:
                continue
            came[side][step.far] = step
            if step.far in came[1 - side]:
                return _path(ctx, walker, came, step.far)
            following.append(step.far)
        frontiers[side] = following
    return []


def _path(
    ctx: Records, walker: _Walker, came: tuple[dict[int, _Step | None], dict[int, _Step | None]], meeting: int
) -> list[Hop]:
    """Join both halves where they met; steps of the second half are read backwards."""
    steps: list[_Step] = []
    here = meeting
    while (step := came[0][here]) is not None:
        steps.insert(0, step)
        here = step.near
    first = here
    here = meeting
    while (step := came[1][here]) is not None:
        steps.append(_Step(step.far, step.near, step.type_id, 0, not step.reverse))
        here = step.near
    titles = ctx.titles([first, *(step.far for step in steps)])
    hops = [Hop(titles[first])]
    for step in steps:
        key, label = walker.label(step)
        hops.append(Hop(titles[step.far], key, label))
    return hops
