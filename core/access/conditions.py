"""Conditions on an entity's own names: the tree a caller writes, checked values, and their SQL.

The same language serves ``where(...)`` scopes of grants, filters of lists and saved views. Which names a caller may
use is decided above (:mod:`weft.core.records.filters`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, exists, func, literal_column, or_, select, true
from sqlalchemy import column as sql_column
from sqlalchemy.types import TypeEngine

from weft.core.access.moments import Moment, between, parse_moment
from weft.core.access.names import Name, Source
from weft.core.access.texts import ESCAPE, escaped_like, pattern
from weft.core.access.values import parse_value
from weft.core.db.fields import TEXT_KINDS, Kind
from weft.core.errors import QueryError
from weft.core.i18n import translator

__all__ = [
    "AllOf",
    "AnyOf",
    "Filter",
    "Linked",
    "Prepared",
    "Term",
    "all_of",
    "any_of",
    "compiled",
    "prepare",
    "split_name",
]

_ = translator("core")

#: Most values of an ``in`` list.
MAX_IN = 500
OPERATORS = frozenset({"eq", "ne", "gt", "gte", "lt", "lte", "contains", "startswith", "isnull", "in", "not_in"})


@dataclass(frozen=True, slots=True)
class Term:
    """``name`` compared with ``value``; operators are :data:`OPERATORS`, the value as in the address or in Python."""

    name: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows that a live edge of a relation (either direction's key) leads from, to one of the records.

    Attributes:
        relation: key of the direction as seen from the rows.
        ids: records at the other end.
    """

    relation: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Filter, ...]


Filter = Term | Linked | AllOf | AnyOf


def all_of(*parts: Filter, **terms: Any) -> AllOf:
    """Build a condition of which every part must hold: ``all_of(stage="won", amount__gte=1000)``."""
    return AllOf((*parts, *_terms(terms)))


def any_of(*parts: Filter, **terms: Any) -> AnyOf:
    """Build a condition of which one part must hold: ``any_of(owner="me", pool__isnull=False)``."""
    return AnyOf((*parts, *_terms(terms)))


def _terms(terms: Mapping[str, Any]) -> list[Filter]:
    return [Term(*split_name(name), value) for name, value in terms.items()]


def split_name(text: str) -> tuple[str, str]:
    """``"amount__gte"`` -> (``"amount"``, ``"gte"``); without operator it is ``eq``."""
    name, mark, op = text.rpartition("__")
    return (name, op) if mark and op in OPERATORS else (text, "eq")


# ---- checked values


@dataclass(frozen=True, slots=True)
class Prepared:
    """A term whose value was checked.

    Attributes:
        name: what is compared.
        form: which SQL is made; together with ``name`` it decides the statement's text.
        values: one per parameter of the form; a :class:`~weft.core.access.moments.Word` is computed when it runs.
    """

    name: Name
    form: str
    values: tuple[Any, ...]


def prepare(name: Name, op: str, value: Any, moment: Moment | None) -> Prepared:
    """Check an operator and its value against the kind of a name.

    Args:
        name: what is compared.
        op: one of :data:`OPERATORS`.
        value: text as in an address, or Python values; lists for ``in`` and ``not_in`` (or text with commas).
        moment: who asks and when; None leaves words such as ``today`` open (scopes of grants).

    Raises:
        QueryError: the operator does not fit the kind, or the value cannot be read.
    """
    if op == "isnull":
        return Prepared(name, "null" if _truth(name, value) else "not_null", ())
    if op in ("in", "not_in"):
        return _listed(name, op, value, moment)
    if value is None or value == "none":
        return _empty(name, op)
    if name.kind is Kind.ADDRESS:
        raise _wrong(name)
    if name.kind is Kind.MULTI_CHOICE:
        return _chosen(name, op, value, moment)
    if op in ("contains", "startswith"):
        return _searched(name, op, value)
    if op not in ("eq", "ne") and not name.orderable:
        raise _wrong(name)
    if name.kind is Kind.DATETIME:
        return _timed(name, op, value, moment)
    return Prepared(name, op, (parse_value(name, value, moment),))


def _wrong(name: Name) -> QueryError:
    return QueryError(_("“%(field)s” cannot be compared in this way.") % {"field": name.label}, name=name.name)


def _truth(name: Name, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in ("true", "1", "yes"):
        return True
    if word in ("false", "0", "no"):
        return False
    raise QueryError(
        _("Whether “%(field)s” is empty is asked with true or false.") % {"field": name.label}, name=name.name
    )


def _empty(name: Name, op: str) -> Prepared:
    if op not in ("eq", "ne"):
        raise _wrong(name)
    return Prepared(name, "null" if op == "eq" else "not_null", ())


def _listed(name: Name, op: str, value: Any, moment: Moment | None) -> Prepared:
    given: Sequence[Any] = value.split(",") if isinstance(value, str) else list(value)
    if len(given) > MAX_IN:
        message = _("A filter on “%(field)s” takes at most %(limit)s values.")
        raise QueryError(message % {"field": name.label, "limit": MAX_IN}, name=name.name, status=422)
    if name.kind in (Kind.ADDRESS, Kind.DATETIME):
        raise _wrong(name)
    values = [parse_value(name, one, moment) for one in given if one not in (None, "none", "")]
    form = {"in": "has", "not_in": "has_not"}[op] if name.kind is Kind.MULTI_CHOICE else op
    if any(one in (None, "none") for one in given):
        form += "_or_null" if op == "in" else "_nor_null"
    return Prepared(name, form, (values,))


def _chosen(name: Name, op: str, value: Any, moment: Moment | None) -> Prepared:
    if op not in ("eq", "ne", "contains"):
        raise _wrong(name)
    given = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    values = [parse_value(name, one, moment) for one in given]
    return Prepared(name, "has_not" if op == "ne" else "has", (values,))


def _searched(name: Name, op: str, value: Any) -> Prepared:
    if name.kind not in TEXT_KINDS:
        raise _wrong(name)
    text = str(value).strip()
    if not text:
        return Prepared(name, "any", ())
    if len(text) > 200:
        message = _("A filter on “%(field)s” takes at most %(limit)s characters.")
        raise QueryError(message % {"field": name.label, "limit": 200}, name=name.name)
    start = op == "startswith"
    if text.isascii() or text.lower() == text.upper():
        return Prepared(name, "like", (escaped_like(text, start=start),))
    return Prepared(name, "pattern", (pattern(text, start=start),))


def _timed(name: Name, op: str, value: Any, moment: Moment | None) -> Prepared:
    """A day compared with a moment means the whole day in the viewer's zone."""
    found = parse_moment(name, value, moment)
    if not isinstance(found, tuple):
        return Prepared(name, op, (found,))
    first, following = found
    match op:
        case "eq":
            return Prepared(name, "within", (first, following))
        case "ne":
            return Prepared(name, "outside", (first, following))
        case "gt":
            return Prepared(name, "gte", (following,))
        case "lte":
            return Prepared(name, "lt", (following,))
    return Prepared(name, op, (first,))


# ---- SQL

#: Makes the parameter for one value: ``bind(value, type, expanding)``.
Bind = Callable[[Any, TypeEngine[Any], bool], Any]


def constant(value: Any, kind: TypeEngine[Any], expanding: bool) -> Any:
    """A parameter that carries its value."""
    return bindparam(None, value, type_=kind, unique=True, expanding=expanding)


def compiled(term: Prepared, source: Source, bind: Bind, dialect: str) -> ColumnElement[bool]:
    """Return the SQL of a term; parameters are made in the order of ``term.values``."""
    column = source.column(term.name)
    kind = column.type
    comparison = _COMPARISONS.get(term.form)
    if comparison is not None:
        found: ColumnElement[bool] = comparison(column, bind(term.values[0], kind, False))
        return or_(column.is_(None), found) if term.form == "ne" else found
    match term.form:
        case "any":
            return true()
        case "null":
            return column.is_(None)
        case "not_null":
            return column.is_not(None)
        case "within":
            return between(column, bind(term.values[0], kind, False), bind(term.values[1], kind, False))
        case "outside":
            first, following = bind(term.values[0], kind, False), bind(term.values[1], kind, False)
            return or_(column.is_(None), column < first, column >= following)
        case "like":
            text = bind(term.values[0], kind, False)
            folded = dialect == "postgresql"  # SQLite's LIKE folds ASCII by itself
            return column.ilike(text, escape=ESCAPE) if folded else column.like(text, escape=ESCAPE)
        case "pattern":
            matches = "~" if dialect == "postgresql" else "GLOB"
            return column.bool_op(matches)(bind(term.values[0][dialect], kind, False))
    return _list_form(term, column, bind, dialect)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip


def _list_form(term: Prepared, column: ColumnElement[Any], bind: Bind, dialect: str) -> ColumnElement[bool]:
    values = term.values[0]
    form = term.form.removesuffix("_or_null").removesuffix("_nor_null")
    if form in ("has", "has_not"):
        found = _has(column, bind(values, Text(), True), dialect)
    else:
        found = column.in_(bind(values, column.type, True))
    if not form.startswith("not") and not form.endswith("_not"):
        return or_(column.is_(None), found) if term.form.endswith("_or_null") else found
    outside = and_(column.is_not(None), ~found)
    return outside if term.form.endswith("_nor_null") else or_(column.is_(None), ~found)


def _has(column: ColumnElement[Any], values: Any, dialect: str) -> ColumnElement[bool]:
    """True when a JSON array holds one of the values."""
    if dialect == "postgresql":
        items = func.jsonb_array_elements_text(column).table_valued(sql_column("value", Text()))
    else:
        items = func.json_each(column).table_valued(sql_column("value", Text()))
    found: ColumnElement[bool] = exists(select(literal_column("1")).select_from(items).where(items.c.value.in_(values)))
    return found
