"""SQL of row rules in two forms: a condition probed per row, and the set of ids.

Both give the same rows; :mod:`weft.core.records.shapes` chooses. Every look-up of an edge is a scalar subquery or an
``IN`` over one table, never a join, so that SQLite has no occasion for a Bloom filter over ``relation``; the probe has
the form ``(SELECT 1 ... LIMIT 1) IS NOT NULL``, which PostgreSQL cannot turn into a join either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
)

from weft.core.access.conditions import compiled
from weft.core.access.lean import alias_of
from weft.core.access.names import Source
from weft.core.access.rows import Atom, Hop, LinkAtom, OwnAtom, PathAtom, Rows, SharedAtom, UnitAtom, WhereAtom
from weft.core.access.slots import Slots
from weft.core.access.tables import record_share
from weft.core.db.tables import record, relation, relation_closure
from weft.core.db.types import RecordId, UtcDateTime
from weft.core.registry.model import Registry

__all__ = ["RowsSql", "probe"]

Ids = Select[Any] | CompoundSelect[Any]
#: Whether a far end goes on: ``onward(end, reverse)``.
Onward = Callable[[ColumnElement[Any], bool], ColumnElement[bool]]
#: Far ends of a hop: a set of ids, or a condition on their column.
Ends = Select[Any] | Callable[[ColumnElement[Any]], ColumnElement[bool]]
_ONE: ColumnElement[Any] = literal_column("1")


def probe(own: FromClause, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """True when a table has a row of these conditions; every other table in them is the enclosing statement's."""
    statement = select(_ONE).select_from(own).where(*conditions).correlate_except(own)
    return statement.limit(1).scalar_subquery().is_not(None)


class RowsSql:
    """Compiles row rules for one statement.

    Args:
        registry: for tables and the small ids of types.
        dialect: ``sqlite`` or ``postgresql``.
        slots: makes the parameters.
        cap: set while sizes are measured: every set is cut at so many ids and kept in :attr:`levels`.
    """

    def __init__(self, registry: Registry, dialect: str, slots: Slots, *, cap: int | None = None) -> None:
        self.registry = registry
        self.dialect = dialect
        self.slots = slots
        self.cap = cap
        self.levels: list[FromClause] = []
        self.unbounded = False

    # ---- probed per row
    def condition(self, rows: Rows, entity: str, table: FromClause) -> ColumnElement[bool]:
        """A boolean over the table (or alias) of an entity that may stand anywhere in a statement."""
        if rows.kind == "all":
            return true()
        found = [and_(true(), *(self._probe(atom, entity, table) for atom in one)) for one in rows.conjunctions]
        return or_(false(), *found)

    def _probe(self, atom: Atom, entity: str, table: FromClause) -> ColumnElement[bool]:
        if isinstance(atom, PathAtom):
            return self._leads(table.c.id, atom.hops, [self.registry.entity_id(entity)], table)
        if isinstance(atom, LinkAtom):
            return self._linked(atom, entity, table)
        if isinstance(atom, SharedAtom):
            s = alias_of(record_share)
            return probe(s, s.c.record_id == table.c.id, *self._shared(atom, s))
        return self._own(atom, entity, table)

    def _own(self, atom: Atom, entity: str, table: FromClause) -> ColumnElement[bool]:
        """Conditions on the row's own columns."""
        if isinstance(atom, OwnAtom):
            return table.c.owner_id.in_(self.slots.get("owners", RecordId, expanding=True))
        if isinstance(atom, UnitAtom):
            name = "tree" if atom.subtree else "units"
            return table.c.unit_id.in_(self.slots.get(name, RecordId, expanding=True))
        if not isinstance(atom, WhereAtom):
            raise TypeError(f"{atom!r} needs more than the row")
        source = Source(self.registry.entity(entity), table)
        return and_(true(), *(compiled(term, source, self.slots.bind, self.dialect) for term in atom.prepared))

    def _shared(self, atom: SharedAtom, s: FromClause) -> list[ColumnElement[bool]]:
        receivers = [s.c.user_id.in_(self.slots.get("owners", RecordId, expanding=True))]
        if atom.units:
            receivers.append(s.c.unit_id.in_(self.slots.get("units", RecordId, expanding=True)))
        found = [or_(*receivers), or_(s.c.expires_at.is_(None), s.c.expires_at > self._now())]
        return [*found, s.c.level == "edit"] if atom.edit else found

    def _now(self) -> Any:
        return self.slots.get("now", UtcDateTime())

    def valid(self, edge: FromClause) -> ColumnElement[bool]:
        """The edge has begun and not ended."""
        now = self._now()
        return and_(
            or_(edge.c.valid_to.is_(None), edge.c.valid_to > now),
            or_(edge.c.valid_from.is_(None), edge.c.valid_from <= now),
        )

    @staticmethod
    def _live(node: ColumnElement[Any]) -> ColumnElement[bool]:
        r = alias_of(record)
        return select(r.c.deleted_at).where(r.c.id == node).scalar_subquery().is_(None)

    def _anchored(self, node: ColumnElement[Any]) -> ColumnElement[bool]:
        """The node is a live anchor. The ids stand beside the column, so that PostgreSQL knows how common they are."""
        r = alias_of(record)
        anchors = self.slots.get("anchors", RecordId, expanding=True)
        trashed = select(r.c.id).where(r.c.id.in_(anchors), r.c.deleted_at.is_not(None))
        return and_(node.in_(anchors), node.not_in(trashed))

    def _leads(
        self, node: ColumnElement[Any], hops: Sequence[Hop], types: list[int] | None, table: FromClause | None
    ) -> ColumnElement[bool]:
        """The hops lead from a node to a live anchor.

        Args:
            node: id of the node.
            hops: still to go.
            types: small ids of the entities the node can be of, None for any.
            table: the row's own, for the first hop.
        """
        if not hops:
            return self._anchored(node)
        hop, rest = hops[0], hops[1:]

        def onward(end: ColumnElement[Any], reverse: bool) -> ColumnElement[bool]:
            reached = self._far_types(hop, reverse)
            if hop.descend:
                reached = None if reached is None or types is None else sorted({*reached, *types})
            further = self._leads(end, rest, reached, None)
            return and_(self._live(end), further) if rest else further

        if hop.column and table is not None:
            return onward(table.c[hop.column], False)
        if hop.descend:
            c = alias_of(relation_closure)
            near, far = (c.c.ancestor_id, c.c.descendant_id) if hop.reverse else (c.c.descendant_id, c.c.ancestor_id)
            type_id = self.registry.relation_id(hop.relation)
            above = probe(c, c.c.type_id == type_id, near == node, far != node, onward(far, hop.reverse))
            return or_(self._leads(node, rest, types, None), above)
        return or_(*(self._edges(hop, reverse, node, types, onward) for reverse in _directions(hop)))

    def _edges(
        self, hop: Hop, reverse: bool, node: ColumnElement[Any], types: list[int] | None, onward: Onward
    ) -> ColumnElement[bool]:
        """There is an edge at a node whose other end goes on.

        The types of both ends stand in the condition where they are known: then either index answers by one entry,
        whichever SQLite takes without statistics, even at ends with very many edges. Otherwise it is kept from
        starting at the other end.
        """
        e = alias_of(relation)
        near: ColumnElement[Any] = e.c.target_id if reverse else e.c.source_id
        far: ColumnElement[Any] = e.c.source_id if reverse else e.c.target_id
        found = [near == node, e.c.type_id == self.registry.relation_id(hop.relation), self.valid(e)]
        reached = self._far_types(hop, reverse)
        if reached is not None:
            found.append((e.c.source_type if reverse else e.c.target_type).in_(reached))
        if types is not None:
            found.append((e.c.target_type if reverse else e.c.source_type).in_(types))
        if self.dialect == "sqlite" and (types is None or reached is None):
            far = far + literal_column("0")
        return probe(e, *found, onward(far, reverse))

    def _far_types(self, hop: Hop, reverse: bool) -> list[int] | None:
        """Small ids of the entities at the far end; None when any may stand there."""
        declared = self.registry.relations[hop.relation]
        ends = declared.source if reverse else declared.target
        if "*" in ends:
            return None
        return [self.registry.entity_id(key) for key in self.registry.entities if self.registry.matches(ends, key)]

    def _linked(self, atom: LinkAtom, entity: str, table: FromClause) -> ColumnElement[bool]:
        """The hop leads to a live, readable record of the far entity."""
        far_table = self.registry.entity(atom.entity).table

        def onward(end: ColumnElement[Any], reverse: bool) -> ColumnElement[bool]:
            f = alias_of(far_table)
            return probe(f, f.c.id == end, f.c.deleted_at.is_(None), self.condition(atom.target, atom.entity, f))

        if atom.hop.column:
            return onward(table.c[atom.hop.column], False)
        types = [self.registry.entity_id(entity)]
        return or_(*(self._edges(atom.hop, reverse, table.c.id, types, onward) for reverse in _directions(atom.hop)))

    # ---- as a set
    def ids(self, rows: Rows, entity: str) -> Ids:
        """SELECT of the ids of an entity's rows, repetitions possible; trashed rows of the entity are among them."""
        if rows.kind != "some":
            t = alias_of(self.registry.entity(entity).table)
            return select(t.c.id).where(true() if rows.kind == "all" else false())
        found = [self._conjunction(one, entity) for one in rows.conjunctions]
        return found[0] if len(found) == 1 else union(*found)

    def _conjunction(self, atoms: tuple[Atom, ...], entity: str) -> Select[Any]:
        ranked = sorted(atoms, key=lambda atom: self._rank(atom))
        driver, others = ranked[0], ranked[1:]
        if self.cap is not None:
            if self._rank(driver) >= _UNBOUNDED:
                self.unbounded = True
                t = alias_of(self.registry.entity(entity).table)
                return select(t.c.id).where(false())
            return self._level(self._driver(driver, entity, []))
        return self._driver(driver, entity, others)

    def _rank(self, atom: Atom) -> int:
        """How good an atom is to start from; from :data:`_UNBOUNDED` on its set needs a walk over the whole table."""
        if isinstance(atom, (PathAtom, SharedAtom)):
            return 0
        if isinstance(atom, OwnAtom):
            return 1
        if isinstance(atom, LinkAtom) and atom.target.kind == "some":
            return 2
        if isinstance(atom, UnitAtom):
            return 3
        if isinstance(atom, WhereAtom) and any(
            term.name.seekable and term.form in ("eq", "in") for term in atom.prepared
        ):
            return 4
        return _UNBOUNDED

    def _driver(self, atom: Atom, entity: str, others: Sequence[Atom]) -> Select[Any]:
        t = alias_of(self.registry.entity(entity).table)
        if isinstance(atom, PathAtom):
            found = self._path_ids(atom.hops, entity, t)
        elif isinstance(atom, SharedAtom):
            s = alias_of(record_share)
            found = select(s.c.record_id.label("id")).where(*self._shared(atom, s))
        elif isinstance(atom, LinkAtom):
            found = self._link_ids(atom, entity, t)
        else:
            found = select(t.c.id).where(self._own(atom, entity, t))
        if not others:
            return found
        o = alias_of(self.registry.entity(entity).table)
        return select(o.c.id).where(o.c.id.in_(found), *(self._probe(other, entity, o) for other in others))

    def _path_ids(self, hops: Sequence[Hop], entity: str, table: FromClause | None) -> Select[Any]:
        """Ids from which the hops lead to an anchor; with ``table`` those of the entity, else live ones of any."""
        if not hops:
            r = alias_of(record)
            return select(r.c.id).where(self._anchored(r.c.id))
        hop, rest = hops[0], hops[1:]
        far = self._anchored if not rest else self._path_ids(rest, entity, None)
        if hop.column and table is not None:
            return self._level(select(table.c.id).where(_ends(table.c[hop.column], far)))
        type_id = self.registry.entity_id(entity) if table is not None else None
        return self._level(self._reached(hop, far, type_id, live=table is None))

    def _link_ids(self, atom: LinkAtom, entity: str, table: FromClause) -> Select[Any]:
        far = self.ids(atom.target, atom.entity)
        f = alias_of(self.registry.entity(atom.entity).table)
        inner = select(f.c.id).where(f.c.deleted_at.is_(None))
        if atom.target.kind != "all":
            inner = inner.where(f.c.id.in_(far))
        if atom.hop.column:
            return select(table.c.id).where(table.c[atom.hop.column].in_(inner))
        return self._reached(atom.hop, inner, self.registry.entity_id(entity), live=False)

    def _reached(self, hop: Hop, ends: Ends, type_id: int | None, *, live: bool) -> Select[Any]:
        """Ids of the near ends of edges with such far ends, of one entity type when it is given."""
        relation_id = self.registry.relation_id(hop.relation)
        if hop.descend:
            c = alias_of(relation_closure)
            near, far = (c.c.ancestor_id, c.c.descendant_id) if hop.reverse else (c.c.descendant_id, c.c.ancestor_id)
            below = select(near.label("id")).where(c.c.type_id == relation_id, _ends(far, ends))
            r = alias_of(record)
            itself = ends if isinstance(ends, Select) else select(r.c.id).where(ends(r.c.id))
            found = union(itself, below).subquery()
            return select(found.c.id).where(self._live(found.c.id)) if live else select(found.c.id)
        parts = []
        for reverse in _directions(hop):
            e = alias_of(relation)
            near, far = (e.c.target_id, e.c.source_id) if reverse else (e.c.source_id, e.c.target_id)
            part = select(near.label("id")).where(e.c.type_id == relation_id, _ends(far, ends), self.valid(e))
            if type_id is not None:
                part = part.where((e.c.target_type if reverse else e.c.source_type) == type_id)
            types = self._far_types(hop, reverse)
            if types is not None:
                part = part.where((e.c.source_type if reverse else e.c.target_type).in_(types))
            parts.append(part.where(self._live(near)) if live else part)
        if len(parts) == 1:
            return parts[0]
        both = union(*parts).subquery()
        return select(both.c.id)

    # ---- measured
    def _level(self, statement: Select[Any]) -> Select[Any]:
        """While sizes are measured: the set cut at the cap, computed once."""
        if self.cap is None:
            return statement
        level = statement.limit(literal(self.cap, literal_execute=False)).cte()
        self.levels.append(level)
        return select(level.c.id)

    def sizes(self, rows: Rows, entity: str) -> Select[Any] | None:
        """SELECT of how many ids stand at each level of a rule's set, each at most the cap; None when only a walk
        over the whole table could tell."""
        self.ids(rows, entity)
        if self.unbounded:
            return None
        return select(*(select(func.count()).select_from(level).scalar_subquery() for level in self.levels))


#: From this rank on a set cannot be found through an index.
_UNBOUNDED = 5


def _ends(column: ColumnElement[Any], ends: Ends) -> ColumnElement[bool]:
    return column.in_(ends) if isinstance(ends, Select) else ends(column)


def _directions(hop: Hop) -> tuple[bool, ...]:
    return (False, True) if hop.symmetric else (hop.reverse,)


def hop_edges(sql: RowsSql, hop: Hop, node: int) -> list[Select[Any]]:
    """SELECT statements of the ids one hop away from a node, for explanations."""
    relation_id = sql.registry.relation_id(hop.relation)
    if hop.descend:
        c = alias_of(relation_closure)
        near, far = (c.c.ancestor_id, c.c.descendant_id) if hop.reverse else (c.c.descendant_id, c.c.ancestor_id)
        return [select(far).where(c.c.type_id == relation_id, near == node, far != node)]
    found = []
    for reverse in _directions(hop):
        e = alias_of(relation)
        near, far = (e.c.target_id, e.c.source_id) if reverse else (e.c.source_id, e.c.target_id)
        found.append(select(far).where(near == node, e.c.type_id == relation_id, sql.valid(e)))
    return found
