"""The statements of a list, in the shapes between which :mod:`weft.core.records.paging` chooses.

``direct``
    One SELECT with every condition; the database plans it.
``set``
    Start from the ids of the row rule, look the rows up, sort, cut.
``seek``
    The same from the ids that an indexed filter finds; the row rule is probed.
``walk``
    Walk the index of the order, at most so many entries, and probe each row.

All give the same rows in the same order. Statements hold no values: see :mod:`weft.core.access.plans`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Join,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles

from weft.core.access.lean import named_alias
from weft.core.access.names import Name, Source
from weft.core.access.plans import Statement
from weft.core.access.policy import EntityAccess
from weft.core.access.rows import OwnAtom, Rows
from weft.core.access.slots import Slots
from weft.core.access.sql import RowsSql
from weft.core.records.decoder import Decoder
from weft.core.records.filters import Bound
from weft.core.records.order import Order
from weft.core.registry.model import EntityType, Registry

__all__ = ["Builder", "ListSpec", "count_statement", "end_statement", "page_statement", "size_statement"]


class InnerFirst(Join):
    """A join whose left side is the outer loop: written CROSS JOIN for SQLite, whose planner keeps that order."""

    inherit_cache = True


@compiles(InnerFirst, "sqlite")
def _cross_join(element: InnerFirst, compiler: Any, **options: Any) -> str:
    options["asfrom"] = True
    options.pop("from_linter", None)
    left = compiler.process(element.left, **options)
    right = compiler.process(element.right, **options)
    options["asfrom"] = False
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause, **options)}"


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list asks for, without any value.

    Attributes:
        registry, dialect: where it runs.
        entity: whose records.
        names: all names of the entity.
        access: rules of the principal's kind.
        bound: checked filter.
        extra: names used elsewhere (sort, search), whose cells must be readable too.
        order: keys.
        trash: deleted records instead of live ones.
    """

    registry: Registry
    dialect: str
    entity: EntityType
    names: Mapping[str, Name]
    access: EntityAccess
    bound: Bound
    order: Order
    extra: frozenset[str] = frozenset()
    trash: bool = False

    @property
    def key(self) -> tuple[Any, ...]:
        """Decides the statements together with shape, phase and position."""
        return (self.access, self.bound.key, self.order, self.extra, self.trash)

    @property
    def rows(self) -> Rows:
        """Rows in which the record and every name used may be read; only one rule's worth where one implies all."""
        return self.access.rows

    @property
    def masks(self) -> tuple[Rows, ...]:
        """Further rules: the cells of names used that are not readable everywhere."""
        used = (self.bound.names | self.extra | {key.name.name for key in self.order.keys[: self.order.asked]}) - {"id"}
        within = {self.names[name].within or name for name in used}
        rules = [self.access.cells[name] for name in sorted(within) if not self.access.everywhere(name)]
        return tuple(dict.fromkeys(rules))


class Builder:
    """Collects what every shape of one statement needs: conditions, parameters, joined tables."""

    def __init__(self, spec: ListSpec) -> None:
        self.spec = spec
        self.slots = Slots()
        self.rules = RowsSql(spec.registry, spec.dialect, self.slots)
        self.table: FromClause = named_alias(spec.entity.table, "t")
        self.source = Source(spec.entity, self.table, joinable=True)

    def conditions(self, *, rows: bool) -> list[ColumnElement[bool]]:
        """Live or trashed, filter, cells of the names used; with ``rows`` also the row rule, probed."""
        spec = self.spec
        deleted = self.table.c.deleted_at
        found: list[ColumnElement[bool]] = [deleted.is_not(None) if spec.trash else deleted.is_(None)]
        found.append(spec.bound.condition(self.source, spec.registry, spec.dialect, self.slots.get))
        found.extend(self.probe(rule) for rule in spec.masks)
        if rows and spec.rows.kind == "some":
            found.append(self.probe(spec.rows))
        return found

    def probe(self, rows: Rows) -> ColumnElement[bool]:
        """A row rule over the statement's table."""
        return self.rules.condition(rows, self.spec.entity.key, self.table)

    def position(self, phase: str, nulls: tuple[bool, ...] | None, source: Source) -> list[ColumnElement[bool]]:
        """Where a page begins."""
        found = []
        within = self.spec.order.phase_condition(source, phase)
        if within is not None:
            found.append(within)
        if nulls is not None:
            found.append(self.spec.order.after(source, phase, nulls))
        return found

    def start(self, shape: str) -> FromClause:
        """The set a ``set`` or ``seek`` shape starts from, as the outer loop before the table."""
        if shape == "set":
            inner = self.rules.ids(self.spec.rows, self.spec.entity.key).subquery()
        else:
            bare = Source(self.spec.entity, named_alias(self.spec.entity.table, "k"))
            inner = self.spec.bound.seek_ids(bare, self.spec.dialect, self.slots.get).subquery()
        ids: CTE = select(inner.c[0].label("id")).distinct().cte("s").prefix_with("MATERIALIZED")
        return InnerFirst(ids, self.table, ids.c.id == self.table.c.id)

    def statement(self, sql: Select[Any]) -> Statement:
        """Finish: the statement with the parameters that were used."""
        return Statement(sql, dict(self.slots.used))


def page_statement(
    spec: ListSpec, decoder: Decoder, shape: str, phase: str, nulls: tuple[bool, ...] | None
) -> Statement:
    """The statement of a page: columns of the decoder, its masks, the values of the sort terms.

    Parameters: ``n`` rows wanted, ``budget`` entries walked, ``f*`` filter, ``c*`` position, and the principal's.
    """
    if shape == "walk":
        return _walk(spec, decoder, phase, nulls)
    builder = Builder(spec)
    source = builder.source
    conditions = [*builder.conditions(rows=shape != "set"), *builder.position(phase, nulls, source)]
    order = spec.order.sql(source, phase)
    if shape == "direct" and not spec.bound.nodes and spec.order.walkable:
        sql = _selected(builder, decoder, source, phase)
        sql = (
            sql.select_from(source.from_clause())
            .where(*conditions)
            .order_by(*order)
            .limit(bindparam("n", type_=Integer()))
        )
        return builder.statement(sql)
    start = None if shape == "direct" else builder.start(shape)
    terms = _labelled(spec, source, phase)
    page = select(builder.table.c.id, *terms).select_from(source.from_clause(start)).where(*conditions)
    chosen = page.order_by(*order).limit(bindparam("n", type_=Integer())).subquery("p")
    return _looked_up(builder, decoder, chosen, phase)


def _looked_up(builder: Builder, decoder: Decoder, chosen: FromClause, phase: str) -> Statement:
    """The columns of the rows that were chosen: only these are read in full and masked."""
    spec = builder.spec
    builder.table = named_alias(spec.entity.table, "r")
    source = builder.source = Source(spec.entity, builder.table, joinable=True)
    sql = _selected(builder, decoder, source, phase)
    joined = InnerFirst(chosen, builder.table, chosen.c.id == builder.table.c.id)
    order = _same_order(spec, source, phase, chosen)
    return builder.statement(sql.select_from(source.from_clause(joined)).order_by(*order))


def _labelled(spec: ListSpec, source: Source, phase: str) -> list[ColumnElement[Any]]:
    """Sort terms for a sub-select that has the id: a column given twice would hide its order from PostgreSQL."""
    return [term.label(f"o{number}") for number, (term, _) in enumerate(spec.order.terms(source, phase)[:-1])]


def _same_order(spec: ListSpec, source: Source, phase: str, inner: FromClause) -> list[ColumnElement[Any]]:
    """ORDER BY over the columns of :func:`_labelled`."""
    down = [descending for _, descending in spec.order.terms(source, phase)]
    terms = [*(inner.c[f"o{number}"] for number in range(len(down) - 1)), inner.c.id]
    return [term.desc() if desc else term.asc() for term, desc in zip(terms, down, strict=True)]


def _selected(builder: Builder, decoder: Decoder, source: Source, phase: str) -> Select[Any]:
    columns = decoder.columns(source, dict(builder.spec.names))
    masks = [and_(true(), builder.probe(rows)).label(f"m{number}") for number, (rows, _) in enumerate(decoder.masks)]
    terms = [term.label(f"k{number}") for number, (term, _) in enumerate(builder.spec.order.terms(source, phase))]
    return select(*columns, *masks, *terms)


def _walk(spec: ListSpec, decoder: Decoder, phase: str, nulls: tuple[bool, ...] | None) -> Statement:
    """Walk the order's index without touching the table, then look rows up and probe them until the page is full."""
    builder = Builder(spec)
    inner, order = _index_walk(spec, builder, phase, nulls)
    walked = inner.order_by(*order).limit(bindparam("budget", type_=Integer())).subquery("w")
    source = builder.source
    conditions = builder.conditions(rows=True)
    sql = _selected(builder, decoder, source, phase)
    joined = InnerFirst(walked, builder.table, walked.c.id == builder.table.c.id)
    sql = sql.select_from(source.from_clause(joined)).where(*conditions).limit(bindparam("n", type_=Integer()))
    if spec.dialect == "postgresql":
        # PostgreSQL knows that the rows come in this order already. SQLite does not and would sort all of them before
        # the first: there the rows of a sub-select with LIMIT come in its order, which paging verifies.
        sql = sql.order_by(*_same_order(spec, source, phase, walked))
    return builder.statement(sql)


def _index_walk(
    spec: ListSpec, builder: Builder, phase: str, nulls: tuple[bool, ...] | None
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    table: FromClause = named_alias(spec.entity.table, "i")
    source = Source(spec.entity, table)
    inner = select(table.c.id, *_labelled(spec, source, phase)).where(*builder.position(phase, nulls, source))
    if spec.order.keys[0].name.partial:
        inner = inner.where(table.c.deleted_at.is_(None))
    return inner, spec.order.sql(source, phase)


def end_statement(spec: ListSpec, phase: str, nulls: tuple[bool, ...] | None) -> Statement:
    """Is there an index entry behind the budget of a walk? One row if there is."""
    builder = Builder(spec)
    inner, order = _index_walk(spec, builder, phase, nulls)
    return builder.statement(inner.order_by(*order).limit(1).offset(bindparam("budget", type_=Integer())))


def size_statement(spec: ListSpec, cap: int, *, rule: bool, seek: bool) -> tuple[Statement | None, int]:
    """SELECT the sizes of the sets a list could start from, each counted up to ``cap``.

    Returns:
        The statement, None when there is nothing to count, and how many of its columns belong to the row rule (the
        last one to the filter, if asked for): none when the rule's set cannot be counted through an index.
    """
    slots = Slots()
    measured = RowsSql(spec.registry, spec.dialect, slots, cap=cap)
    columns: list[Any] = []
    if rule:
        found = measured.sizes(spec.rows, spec.entity.key)
        columns = [] if found is None else list(found.selected_columns)
    levels = len(columns)
    if seek:
        bare = Source(spec.entity, named_alias(spec.entity.table, "k"))
        ids = spec.bound.seek_ids(bare, spec.dialect, slots.get).limit(cap).subquery()
        columns.append(select(func.count()).select_from(ids).scalar_subquery())
    return (Statement(select(*columns), dict(slots.used)) if columns else None), levels


def count_statement(spec: ListSpec, shape: str, *, capped: bool) -> Statement:
    """SELECT how many rows a list has; with ``capped`` at most the parameter ``n``."""
    builder = Builder(spec)
    source = builder.source
    conditions = builder.conditions(rows=shape != "set")
    start = None if shape == "direct" else builder.start(shape)
    if not capped:
        return builder.statement(select(func.count()).select_from(source.from_clause(start)).where(*conditions))
    one: ColumnElement[Any] = literal_column("1")
    rows = select(one.label("one")).select_from(source.from_clause(start)).where(*conditions)
    found = rows.limit(bindparam("n", type_=Integer())).subquery()
    return builder.statement(select(func.count()).select_from(found))


def single_owner(atom: object) -> bool:
    """True for the rule "the owner is this one user", which an index answers in the order of change."""
    return isinstance(atom, OwnAtom) and not atom.several
