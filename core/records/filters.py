"""The filter language of lists: from address parameters or a tree to checked, bound conditions of one principal.

A name the principal may not read does not exist here: unknown and unreadable names give the same error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select, true

from weft.core.access.conditions import (
    AllOf,
    AnyOf,
    Bind,
    Filter,
    Linked,
    Prepared,
    Term,
    all_of,
    any_of,
    compiled,
    prepare,
    split_name,
)
from weft.core.access.names import Name, Source
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.access.slots import moment_of
from weft.core.db.tables import relation
from weft.core.db.types import RecordId, UtcDateTime
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.codes import Codes
from weft.core.registry.model import EntityType, Registry

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "AllOf",
    "AnyOf",
    "Bound",
    "Filter",
    "Linked",
    "Term",
    "all_of",
    "alternatives",
    "any_of",
    "bind_filter",
    "from_address",
    "group_text",
    "parse",
    "unknown_name",
]

_ = translator("core")

#: Most terms of one filter.
MAX_TERMS = 20
_SEPARATOR = re.compile(r"(?<!\\)\|")
_AND = re.compile(r"(?<!\\)&")
_ESCAPED = re.compile(r"\\([|&])")
_ESCAPE, _QUOTED = re.compile(r"([|&])"), r"\\\1"


def unknown_name(entity: str, name: str) -> QueryError:
    """The one error for names that do not exist and names that may not be read."""
    return QueryError(_("There is no field “%(name)s” here.") % {"name": name[:60]}, name=name)


def parse(entity_type: EntityType, params: Mapping[str, Any]) -> Filter:
    """Read address parameters (or a mapping of Python values) into a filter tree.

    ``name=value``, ``name__gte=value``, ``or=stage=won|amount__gte=1000&owner=me`` (one group of alternatives; ``&``
    joins what one alternative asks for together, repeat ``or`` for more groups, ``\\|`` and ``\\&`` are a bar and an
    ampersand in a value), ``linked=crm.works_for:123`` (rows linked to a record). A name given several times is an
    ``in`` for ``eq`` and one term each otherwise.

    Args:
        entity_type: the entity filtered.
        params: values are text, Python values or lists of them.

    Raises:
        QueryError: the syntax is wrong. Names are checked later, by :func:`bind_filter`.
    """
    parts: list[Filter] = []
    for key, value in params.items():
        several = list(value) if isinstance(value, (list, tuple)) else None
        if key == "or":
            parts.extend(_group(text) for text in (several or [value]))
        elif key == "linked":
            parts.extend(_linked(text) for text in (several or [value]))
        else:
            parts.extend(_terms(key, value, several))
    return AllOf(tuple(parts))


def from_address(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """The parameters of an address as :func:`parse` takes them.

    Commas separate the values of ``in`` and ``not_in`` here only: a Python value in a list may hold a comma. A name
    given once keeps its text, one given several times becomes the list of its texts.
    """
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        listed = split_name(key)[1] in ("in", "not_in")
        found.setdefault(key, []).extend(value.split(",") if listed else [value])
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _terms(key: str, value: Any, several: list[Any] | None) -> list[Filter]:
    name, op = split_name(key)
    if several is None or op in ("in", "not_in"):
        return [Term(name, op, value)]
    if len(several) == 1:
        return [Term(name, op, several[0])]
    if op in ("eq", "ne"):
        return [Term(name, "in" if op == "eq" else "not_in", several)]
    return [Term(name, op, one) for one in several]


def alternatives(text: str) -> list[list[tuple[str, str]]]:
    """The alternatives of one ``or=``: each a list of (name or name__operator, value) that hold together.

    Raises:
        QueryError: a part is no ``name=value``.
    """
    found = []
    for alternative in _SEPARATOR.split(text):
        pairs = []
        for part in _AND.split(alternative):
            key, mark, value = _ESCAPED.sub(r"\1", part).partition("=")
            if not mark or not key.strip():
                raise QueryError(_("Write or= as name=value pairs joined by |."), name="or")
            pairs.append((key.strip(), value))
        found.append(pairs)
    return found


def group_text(group: Iterable[Iterable[tuple[str, str]]]) -> str:
    """The value of ``or=`` for some alternatives; :func:`alternatives` reads it back."""
    return "|".join("&".join(f"{name}={_ESCAPE.sub(_QUOTED, value)}" for name, value in one) for one in group)


def _group(text: Any) -> AnyOf:
    parts: list[Filter] = []
    for pairs in alternatives(str(text)):
        terms = tuple(Term(*split_name(name), value) for name, value in pairs)
        parts.append(terms[0] if len(terms) == 1 else AllOf(terms))
    return AnyOf(tuple(parts))


def _linked(text: Any) -> Linked:
    key, mark, number = str(text).rpartition(":")
    if not mark or not number.isdigit() or len(number) > 16:
        raise QueryError(_("Write linked= as a relation and a record id: linked=plugin.relation:123."), name="linked")
    return Linked(key, (int(number),))


# ---- bound to a principal


@dataclass(frozen=True, slots=True)
class _Edge:
    """A checked :class:`Linked`: relation type, direction and readable ids."""

    type_id: int
    reverse: bool
    symmetric: bool
    ids: tuple[int, ...]


_Node = Prepared | _Edge | tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A filter whose names and values were checked for one principal.

    Attributes:
        nodes: parts that must all hold.
        key: decides the SQL text; values are not in it.
        names: names used, whose cells must be readable.
    """

    nodes: tuple[_Node, ...]
    key: tuple[Any, ...]
    names: frozenset[str]

    def values(self, dialect: str) -> dict[str, Any]:
        """Values of the parameters ``f0``, ``f1`` ... in the order in which :meth:`condition` makes them."""
        found = [value for node in self.nodes for value in _values(node, dialect)]
        return {f"f{number}": value for number, value in enumerate(found)}

    def condition(self, source: Source, registry: Registry, dialect: str, now: Any) -> ColumnElement[bool]:
        """The SQL; parameters are ``f0``, ``f1`` ... and the given ``now``."""
        return and_(true(), *_sql_of(self.nodes, source, dialect, _Binder(), now))

    @property
    def seeks(self) -> tuple[int, ...]:
        """Positions of the parts that an index finds."""
        return tuple(number for number, node in enumerate(self.nodes) if _seeks(node))

    @property
    def listed_ids(self) -> int | None:
        """How many records the filter names by id, an upper bound of what it finds; None when it names none."""
        found = [
            1 if node.form == "eq" else len(node.values[0])
            for node in self.nodes
            if isinstance(node, Prepared) and node.name.name == "id" and node.form in ("eq", "in")
        ]
        return min(found, default=None)

    @property
    def seeks_then_updated(self) -> bool:
        """True when the only indexed part is one owner, unit or state, whose index goes on with ``updated_at``."""
        found = [self.nodes[number] for number in self.seeks]
        return len(found) == 1 and all(
            isinstance(node, Prepared) and node.form == "eq" and node.name.then_updated for node in found
        )

    def seek_ids(self, source: Source, dialect: str, now: Any) -> Select[Any]:
        """SELECT of the ids found by the parts that an index finds, with the same parameters."""
        conditions = _sql_of(self.nodes, source, dialect, _Binder(), now)
        return select(source.table.c.id).where(*(conditions[number] for number in self.seeks))


class _Binder:
    """Numbers the parameters of a statement."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, value: Any, kind: Any, expanding: bool) -> Any:
        name = f"f{self.count}"
        self.count += 1
        return bindparam(name, type_=kind, expanding=expanding)


def bind_filter(
    records: Records,
    entity_type: EntityType,
    given: Filter | Mapping[str, Any] | None,
    access: EntityAccess | None = None,
) -> Bound:
    """Check a filter for the principal: names readable, values of the right kind, not too many terms.

    ``access`` is what names are checked against when it is not the right to read.

    Raises:
        QueryError: a name is unknown or unreadable (400, the same for both), a value cannot be read (400), or there
            are more than 20 terms (422).
    """
    if given is None:
        return Bound((), (), frozenset())
    tree = parse(entity_type, given) if isinstance(given, Mapping) else given
    if sum(1 for _ in _leaves(tree)) > MAX_TERMS:
        raise QueryError(
            _("A filter takes at most %(limit)s conditions.") % {"limit": MAX_TERMS}, name="filters", status=422
        )
    policy = AccessPolicy.of(records.runtime)
    access = access or policy.access(records.principal, entity_type.key, "read")
    names = policy.names(entity_type.key)
    moment = moment_of(records)
    used: set[str] = set()
    terms = [leaf for leaf in _leaves(tree) if isinstance(leaf, Term)]
    codes = Codes(records, [(readable_name(access, names, term.name), term) for term in terms])

    def bound(node: Filter) -> _Node:
        if isinstance(node, Term):
            name = readable_name(access, names, node.name)
            used.add(name.name)
            return prepare(name, node.op, codes.put(name, node), moment)
        if isinstance(node, Linked):
            return _edge(records, entity_type, node)
        parts = tuple(bound(part) for part in node.parts)
        return ("all" if isinstance(node, AllOf) else "any", parts)

    nodes = tuple(bound(part) for part in tree.parts) if isinstance(tree, AllOf) else (bound(tree),)
    return Bound(nodes, tuple(_key(node) for node in nodes), frozenset(used))


def readable_name(access: EntityAccess, names: Mapping[str, Name], name: str) -> Name:
    """The name, if the principal may read it in some row.

    Raises:
        QueryError: it does not exist for the principal.
    """
    found = names.get(name)
    if found is None or name not in access.cells:
        raise unknown_name(access.entity, name)
    return found


def _edge(records: Records, entity_type: EntityType, linked: Linked) -> _Edge:
    """Both ends of a link are checked: what may not be read at the other end links nothing."""
    from weft.core.access.decide import decide_many, entity_of

    registry = records.runtime.registry
    try:
        declared, reverse = registry.relation(linked.relation)
    except KeyError as error:
        raise QueryError(_("There is no kind of link of that name."), name="linked") from error
    ends = (declared.target, declared.source) if reverse else (declared.source, declared.target)
    if not registry.matches(ends[0], entity_type.key):
        reverse = not reverse  # the other direction's name means the same link
    if not registry.matches(declared.target if reverse else declared.source, entity_type.key):
        raise QueryError(_("There is no kind of link of that name."), name="linked")
    readable = []
    for record_id in linked.ids:
        key = entity_of(records, record_id)
        if key is not None:
            decision = decide_many(records, key, "read", [record_id]).get(record_id)
            if decision is not None and decision.readable:
                readable.append(record_id)
    return _Edge(registry.relation_id(declared.key), reverse, declared.symmetric, tuple(readable))


def _leaves(node: Filter) -> Iterator[Filter]:
    if isinstance(node, (AllOf, AnyOf)):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def _key(node: _Node) -> tuple[Any, ...]:
    if isinstance(node, Prepared):
        return (node.name.name, node.form)
    if isinstance(node, _Edge):
        return ("->", node.type_id, node.reverse)
    return (node[0], *(_key(part) for part in node[1]))


def _values(node: _Node, dialect: str) -> Iterator[Any]:
    if isinstance(node, Prepared):
        for value in node.values:
            yield value[dialect] if node.form == "pattern" else value
    elif isinstance(node, _Edge):
        yield list(node.ids)
    else:
        for part in node[1]:
            yield from _values(part, dialect)


def _seeks(node: _Node) -> bool:
    if isinstance(node, Prepared):
        return node.name.seekable and node.form in ("eq", "in")
    return isinstance(node, _Edge)


def _sql_of(nodes: Sequence[_Node], source: Source, dialect: str, bind: Bind, now: Any) -> list[ColumnElement[bool]]:
    return [_sql(node, source, dialect, bind, now) for node in nodes]


def _sql(node: _Node, source: Source, dialect: str, bind: Bind, now: Any) -> ColumnElement[bool]:
    if isinstance(node, Prepared):
        return compiled(node, source, bind, dialect)
    if isinstance(node, _Edge):
        return _edge_sql(node, source, bind, now)
    parts = _sql_of(node[1], source, dialect, bind, now)
    return and_(true(), *parts) if node[0] == "all" else or_(false(), *parts)


def _edge_sql(edge: _Edge, source: Source, bind: Bind, now: Any) -> ColumnElement[bool]:
    """The row stands at the near end of a valid edge; a set, so that it can be walked from the far end."""
    ids = bind(list(edge.ids), RecordId, True)
    found = []
    for reverse in (False, True) if edge.symmetric else (edge.reverse,):
        e = relation.alias()
        near, far = (e.c.target_id, e.c.source_id) if reverse else (e.c.source_id, e.c.target_id)
        moment = now("now", UtcDateTime())
        found.append(
            source.table.c.id.in_(
                select(near).where(
                    e.c.type_id == edge.type_id,
                    far.in_(ids),
                    or_(e.c.valid_to.is_(None), e.c.valid_to > moment),
                    or_(e.c.valid_from.is_(None), e.c.valid_from <= moment),
                )
            )
        )
    return or_(*found)
