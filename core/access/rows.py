"""Row rules in one form: a union of conjunctions of atoms, hashable and free of any principal's ids.

Two principals with the same roles and the same kinds of identity (some unit, some anchor ...) share one rule and hence
one statement; ids are parameters that every execution must supply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from weft.core.access.conditions import Filter, Term, prepare, split_name
from weft.core.access.conditions import Prepared as PreparedTerm
from weft.core.access.moments import Word
from weft.core.access.names import Name
from weft.core.db.fields import Kind
from weft.core.registry.access import (
    AllRows,
    Both,
    Either,
    Own,
    PathScope,
    RowScope,
    SharedRows,
    Step,
    UnitRows,
    Via,
    Where,
)
from weft.core.registry.model import EntityType, Registry

__all__ = ["ALL_ROWS", "NO_ROWS", "Atom", "Features", "Hop", "LinkAtom", "OwnAtom", "PathAtom", "Rows", "SharedAtom",
           "UnitAtom", "WhereAtom", "resolve", "union_of"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """Which kinds of identity a principal has; what it lacks can match no row, so such atoms are dropped.

    Attributes:
        user: it is a user.
        owners: 1 for a user alone, 2 when it acts for others too, 0 for none.
        units, anchors: it has at least one.
    """

    user: bool
    owners: int
    units: bool
    anchors: bool


@dataclass(frozen=True, slots=True)
class Hop:
    """One step over edges.

    Attributes:
        relation: key of the relation type.
        reverse: from target to source.
        descend: any number of times, over the closure.
        symmetric: both directions mean the same.
        column: own reference column that writes this relation, used instead of the edge; empty otherwise.
    """

    relation: str
    reverse: bool = False
    descend: bool = False
    symmetric: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class OwnAtom:
    """The owner is the principal or one it acts for."""

    several: bool


@dataclass(frozen=True, slots=True)
class UnitAtom:
    """The unit is one of the principal's; with ``subtree`` or one below."""

    subtree: bool


@dataclass(frozen=True, slots=True)
class SharedAtom:
    """Shared with the principal; with ``edit`` at that level."""

    edit: bool
    units: bool


@dataclass(frozen=True, slots=True)
class WhereAtom:
    """Own fields match."""

    terms: tuple[tuple[str, str, object], ...]
    prepared: tuple[PreparedTerm, ...]

    def __hash__(self) -> int:
        return hash(tuple((name, op) for name, op, _ in self.terms))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WhereAtom) and self.terms == other.terms


@dataclass(frozen=True, slots=True)
class PathAtom:
    """The hops lead to an anchor; without hops the row itself is one."""

    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class LinkAtom:
    """A hop leads to a live record of an entity that its own rule lets the principal read."""

    hop: Hop
    entity: str
    target: Rows


Atom = OwnAtom | UnitAtom | SharedAtom | WhereAtom | PathAtom | LinkAtom


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of an entity: those of any of the conjunctions; an empty conjunction is every row."""

    conjunctions: tuple[tuple[Atom, ...], ...]

    @property
    def kind(self) -> str:
        """``all``, ``none`` or ``some``."""
        if not self.conjunctions:
            return "none"
        return "all" if () in self.conjunctions else "some"


ALL_ROWS = Rows(((),))
NO_ROWS = Rows(())


def union_of(parts: Iterable[Rows]) -> Rows:
    """Rows of any of the parts, without repetition and without conjunctions another one covers."""
    found = dict.fromkeys(one for part in parts for one in part.conjunctions)
    if () in found:
        return ALL_ROWS
    sets = {one: frozenset(one) for one in found}
    return Rows(tuple(one for one in found if not any(sets[other] < sets[one] for other in found)))


#: Gives the rows of another entity that the same principal may read.
FarRows = Callable[[str], Rows]


def resolve(
    registry: Registry,
    entity: EntityType,
    names: Mapping[str, Name],
    scope: RowScope | None,
    features: Features,
    operation: str,
    far: FarRows,
) -> Rows:
    """Bring a scope of a grant into the one form, for principals with these features.

    Args:
        registry: for relations and far entities.
        entity: the entity the grant is on.
        names: its names.
        scope: canonical scope (see :mod:`weft.core.registry.scopes`), None for every row.
        features: what the principal has.
        operation: decides the level a share needs.
        far: rows of far entities of ``via``.
    """

    def rows(part: RowScope) -> Rows:
        if isinstance(part, Either):
            return union_of(rows(one) for one in part.scopes)
        if isinstance(part, Both):
            return _conjunction([rows(one) for one in part.scopes])
        if isinstance(part, AllRows):
            return ALL_ROWS
        atom = _atom(registry, entity, names, part, features, operation, far)
        return NO_ROWS if atom is None else Rows(((atom,),))

    return ALL_ROWS if scope is None else rows(scope)


def _conjunction(parts: list[Rows]) -> Rows:
    found = []
    for chosen in product(*(part.conjunctions for part in parts)):
        found.append(tuple(dict.fromkeys(atom for one in chosen for atom in one)))
    return union_of([Rows(tuple(found))])


def _atom(
    registry: Registry,
    entity: EntityType,
    names: Mapping[str, Name],
    scope: RowScope,
    features: Features,
    operation: str,
    far: FarRows,
) -> Atom | None:
    """The atom of a simple scope; None when the principal lacks what it needs."""
    if isinstance(scope, Own):
        return OwnAtom(features.owners > 1) if features.owners else None
    if isinstance(scope, UnitRows):
        return UnitAtom(scope.subtree) if features.units else None
    if isinstance(scope, SharedRows):
        edit = operation not in ("read", "export", "comment")
        return SharedAtom(edit, features.units) if features.user else None
    if isinstance(scope, Where):
        return _where(names, scope.filters, features)
    if isinstance(scope, PathScope):
        hops = _hops(registry, entity, scope.steps)
        return PathAtom(hops) if features.anchors else None
    if isinstance(scope, Via):
        target = far(scope.entity)
        return None if target.kind == "none" else LinkAtom(_link(registry, entity, scope.link), scope.entity, target)
    raise TypeError(f"{scope!r} is no row scope")


def _where(names: Mapping[str, Name], filters: Mapping[str, object], features: Features) -> WhereAtom | None:
    terms = []
    prepared = []
    for text, value in filters.items():
        name, op = split_name(text)
        terms.append((name, op, tuple(value) if isinstance(value, (list, set, frozenset)) else value))
        prepared.append(prepare(names[name], op, value, None))
    asks_user = any(isinstance(value, Word) and value.form == "user" for one in prepared for value in one.values)
    if asks_user and not features.user:
        return None
    return WhereAtom(tuple(terms), tuple(prepared))


def _hops(registry: Registry, entity: EntityType, steps: Iterable[Step]) -> tuple[Hop, ...]:
    found: list[Hop] = []
    for step in steps:
        declared = registry.relations[step.relation]
        column = "" if found or step.reverse or step.descend else own_column(entity, step.relation)
        found.append(Hop(step.relation, step.reverse, step.descend, declared.symmetric, column))
    return tuple(found)


def _link(registry: Registry, entity: EntityType, link: str) -> Hop:
    declared = entity.fields.get(link)
    if declared is not None and declared.kind is Kind.REFERENCE:
        own = declared.extension_of is None
        return Hop(str(declared.relation), column=link if own else "")
    relation, reverse = registry.relation(link)
    column = "" if reverse else own_column(entity, relation.key)
    return Hop(relation.key, reverse, False, relation.symmetric, column)


def own_column(entity: EntityType, relation: str) -> str:
    """The entity's own reference column that writes a relation, or empty."""
    for name, declared in entity.fields.items():
        if declared.kind is Kind.REFERENCE and declared.relation == relation and declared.extension_of is None:
            return name
    return ""


def condition_of(filters: Mapping[str, object]) -> tuple[Filter, ...]:
    """Address parameters as terms, for callers that hold a mapping."""
    return tuple(Term(*split_name(name), value) for name, value in filters.items())
