"""Filters of a list as chips and as small forms: which comparisons a field offers, and its value in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from weft.core.db.fields import NUMBER_KINDS, TEXT_KINDS, Field, Kind
from weft.core.errors import QueryError
from weft.core.i18n import Text, in_script, translator
from weft.core.identity import people, units
from weft.core.records.filters import alternatives
from weft.core.web.lists.state import ListState
from weft.core.web.values import Values, header_fields

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["chips", "day_words", "filter_form", "filterable", "flat_filters", "operators", "split_key", "value_field"]

_ = translator("core")

_EQ = ("eq", _("is"))
_NULL = ("isnull", _("is empty"))
#: ``isnull`` asked the other way round; only forms know it, the address says ``isnull=false``.
_FILLED = ("filled", _("is not empty"))
_OPERATORS: dict[str, Sequence[tuple[str, Text]]] = {
    "text": (("contains", _("contains")), _EQ, ("ne", _("is not")), ("startswith", _("begins with")), _NULL),
    "choice": (("in", _("is")), ("not_in", _("is not")), _NULL),
    "set": (("in", _("is")), _NULL),
    "reference": (_EQ, ("ne", _("is not")), _NULL),
    "number": (("gte", _("at least")), ("lte", _("at most")), _EQ, ("gt", _("over")), ("lt", _("under")), _NULL),
    "date": (("gte", _("from")), ("lte", _("until")), _EQ, ("gt", _("after")), ("lt", _("before")), _NULL),
    "boolean": (_EQ,),
    "empty": (_NULL,),
}
_DAYS: dict[str, Text] = {
    "today": _("today"),
    "tomorrow": _("tomorrow"),
    "yesterday": _("yesterday"),
    "week_start": _("start of this week"),
    "week_end": _("end of this week"),
    "month_start": _("start of this month"),
    "month_end": _("end of this month"),
    "quarter_start": _("start of this quarter"),
    "quarter_end": _("end of this quarter"),
    "year_start": _("start of this year"),
    "year_end": _("end of this year"),
}


def operators(declared: Field) -> Sequence[tuple[str, Text]]:
    """Comparisons a field offers, the usual one first."""
    kind = declared.value_kind
    if kind in TEXT_KINDS:
        group = "text"
    elif kind in NUMBER_KINDS:
        group = "number"
    else:
        group = {
            Kind.CHOICE: "choice",
            Kind.MULTI_CHOICE: "set",
            Kind.REFERENCE: "reference",
            Kind.USER: "reference",
            Kind.UNIT: "reference",
            Kind.DATE: "date",
            Kind.DATETIME: "date",
            Kind.BOOLEAN: "boolean",
        }.get(kind, "empty")
    offered = _OPERATORS[group]
    return (*offered, _FILLED) if _NULL in offered else offered


def split_key(key: str) -> tuple[str, str]:
    """``amount__gte`` -> (``amount``, ``gte``); a bare name means ``eq``."""
    name, _sep, operator = key.rpartition("__")
    return (name, operator) if name else (key, "eq")


def flat_filters(filters: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """All conditions, those of groups too."""
    for key, value in filters:
        if key != "or":
            yield key, value
            continue
        try:
            yield from (pair for pairs in alternatives(value) for pair in pairs)
        except QueryError:
            continue


def filterable(view: View, state: ListState, names: Iterable[str]) -> dict[str, Field]:
    """Fields the viewer may filter by, in declared order, header fields last."""
    readable = set(names)
    found = {
        name: declared
        for name, declared in state.entity.fields.items()
        if name in readable and (declared.stored or declared.sql is not None) and declared.kind is not Kind.FILE
    }
    for name, declared in header_fields().items():
        if name in readable and name not in found and (name != "number" or state.entity.spec.number):
            found[name] = declared
    return found


def chips(view: View, state: ListState, fields: dict[str, Field]) -> list[dict[str, Any]]:
    """The chips of the present filters; references, people and units are named in one query each."""
    named = _Names(view, state, fields)
    found = []
    for key, value in state.filters:
        if key == "or":
            found += _group_chip(state, named, fields, value)
            continue
        name, operator = split_key(key)
        declared = fields.get(name)
        if declared is None:
            # Unreadable and unknown names look alike; the query compiler refuses them.
            continue
        removed = state.without_filter(key, value).url()
        found.append(_chip(state, declared, key, operator, named.words(declared, operator, value), removed))
    return found


def _group_chip(state: ListState, named: _Names, fields: dict[str, Field], value: str) -> list[dict[str, Any]]:
    """One chip for a group: its alternatives in words, ``and`` within one of them."""
    try:
        group = alternatives(value)
    except QueryError:  # the query compiler refuses it and says why
        return []
    parts: list[dict[str, Any]] = []
    for pairs in group:
        for number, (key, said) in enumerate(pairs):
            name, operator = split_key(key)
            declared = fields.get(name)
            if declared is None:
                return []
            label, word = _words(declared, operator, named.words(declared, operator, said))
            parts.append({"label": str(declared.label), "op": label, "value": word, "also": number > 0})
    return [{"any": parts, "remove_url": state.without_filter("or", value).url(), "build_url": state.url("build")}]


def _chip(state: ListState, declared: Field, key: str, operator: str, value: str, removed: str) -> dict[str, Any]:
    label, value = _words(declared, operator, value)
    return {
        "label": str(declared.label),
        "op": label,
        "value": value,
        "remove_url": removed,
        "edit_url": state.url("filter", field=declared.name, old=key),
    }


def _words(declared: Field, operator: str, value: str) -> tuple[str, str]:
    """(comparison, value) as people read them."""
    labels = dict(operators(declared))
    if operator == "isnull":
        return str(_("is empty") if value == "true" else _("is not empty")), ""
    if operator == "eq" and "in" in labels:
        operator = "in"
    return str(labels.get(operator, operator)), value


class _Names:
    """Words for ids in filters, looked up in one query per kind."""

    def __init__(self, view: View, state: ListState, fields: dict[str, Field]) -> None:
        ids: dict[Kind, set[int]] = {Kind.REFERENCE: set(), Kind.USER: set(), Kind.UNIT: set()}
        for key, value in flat_filters(state.filters):
            declared = fields.get(split_key(key)[0])
            if declared is not None and declared.value_kind in ids:
                ids[declared.value_kind] |= {int(part) for part in value.split(",") if part.isdigit()}
        self.view = view
        self.titles = view.records.titles(ids[Kind.REFERENCE]) if ids[Kind.REFERENCE] else {}
        self.people = people.people(view.connection, ids[Kind.USER]) if ids[Kind.USER] else {}
        self.units = units.names(view.connection, sorted(ids[Kind.UNIT])) if ids[Kind.UNIT] else {}

    def words(self, declared: Field, operator: str, value: str) -> str:
        """A filter's value as people read it."""
        if operator == "isnull":
            return value
        parts = value.split(",") if operator in ("in", "not_in") else [value]
        return ("、" if self.view.locale == "zh" else ", ").join(self._word(declared, part) for part in parts)

    def _word(self, declared: Field, part: str) -> str:
        if part == "me":
            return str(_("me"))
        if part == "none":
            return str(_("nobody")) if declared.value_kind is Kind.USER else str(_("none"))
        match declared.value_kind:
            case Kind.CHOICE | Kind.MULTI_CHOICE:
                return Values.choice_label(declared, part)
            case Kind.BOOLEAN:
                return str(_("yes")) if part in ("true", "1", "yes") else str(_("no"))
            case Kind.REFERENCE if part.isdigit() and int(part) in self.titles:
                found = self.titles[int(part)]
                return in_script(found.title, found.alt)[0] or str(_("Not shared with you"))
            case Kind.USER if part.isdigit() and int(part) in self.people:
                return self.people[int(part)].shown()[0]
            case Kind.UNIT if part.isdigit() and int(part) in self.units:
                return in_script(*self.units[int(part)])[0]
            case Kind.DATE | Kind.DATETIME:
                return self._day(part)
        return part

    def _day(self, part: str) -> str:
        if part in _DAYS:
            return str(_DAYS[part])
        if part.startswith(("today+", "today-")) and part[6:].isdigit():
            return _offset(part)
        try:
            return self.view.formats.date(date.fromisoformat(part[:10]))
        except ValueError:
            return part


def filter_form(view: View, state: ListState, declared: Field, old: str) -> dict[str, Any]:
    """The small form behind a chip or a field of the Filter menu."""
    present = ",".join(value for key, value in state.filters if key == old)
    operator = split_key(old)[1] if old else operators(declared)[0][0]
    operator = "filled" if operator == "isnull" and present == "false" else operator
    offered = list(operators(declared))
    if operator == "eq" and "in" in dict(offered):
        operator = "in"
    return {
        "key": declared.name,
        "label": str(declared.label),
        "ops": [{"key": key, "label": str(label), "current": key == operator} for key, label in offered],
        "op_none": ["isnull", "filled"],
        "field": value_field(view, state, declared, present),
        "old": old or None,
    }


def value_field(view: View, state: ListState, declared: Field, present: str) -> dict[str, Any]:
    """The control for the value of a filter, named ``value``.

    Args:
        declared: the field compared.
        present: the value it has in the address, several separated by commas.
    """
    base: dict[str, Any] = {"name": "value", "id": "f-filter-value", "label": str(_("Value")), "value": present}
    match declared.value_kind:
        case Kind.CHOICE | Kind.MULTI_CHOICE:
            labels = declared.choices.labels if declared.choices else {}
            options = [{"value": value, "label": str(label)} for value, label in labels.items()]
            return base | {"kind": "choices", "choices": options, "value": present.split(",")}
        case Kind.BOOLEAN:
            options = [{"value": "true", "label": str(_("yes"))}, {"value": "false", "label": str(_("no"))}]
            return base | {"kind": "choice", "choices": options, "value": present or "true"}
        case Kind.DATE | Kind.DATETIME:
            return _day_field(base, present)
        case Kind.REFERENCE | Kind.USER | Kind.UNIT:
            return base | {
                "kind": "reference",
                "value": None,
                "search_url": view.page("pick", state.entity.plugin, state.entity.slug, declared.name, filter="1"),
                "selected": _selected(view, declared, present),
            }
        case Kind.INTEGER:
            return base | {"kind": "integer"}
        case Kind.DECIMAL | Kind.MONEY:
            return base | {"kind": "decimal"}
    return base | {"kind": "text", "autofocus": True}


def day_words(present: str) -> list[dict[str, str]]:
    """Words for days that move with the calendar; a word that is not among the usual ones is added."""
    options = [{"value": word, "label": str(label)} for word, label in _DAYS.items()]
    for word in ("today+7", "today+30", "today-7", "today-30", "today-90"):
        options.append({"value": word, "label": _offset(word)})
    if present and all(option["value"] != present for option in options):
        options.append({"value": present, "label": _offset(present) if present[5:6] in "+-" else present})
    return options


def _offset(word: str) -> str:
    days = _("today + %(n)s days") if word[5] == "+" else _("today - %(n)s days")
    return str(days % {"n": word[6:]})


def _day_field(base: dict[str, Any], present: str) -> dict[str, Any]:
    """Days are chosen as words that move with the calendar, or typed as a date."""
    if present and present not in _DAYS:
        return base | {"kind": "date" if len(present) == 10 else "text"}
    return base | {"kind": "choice", "choices": day_words(""), "value": present or "today"}


def _selected(view: View, declared: Field, present: str) -> list[dict[str, Any]]:
    if present == "me":
        return [{"id": "me", "title": str(_("me"))}]
    if not present.isdigit():
        return []
    number = int(present)
    if declared.value_kind is Kind.USER:
        person = people.people(view.connection, [number]).get(number)
        return [{"id": number, "title": person.shown()[0]}] if person else []
    if declared.value_kind is Kind.UNIT:
        unit = units.names(view.connection, [number]).get(number)
        return [{"id": number, "title": in_script(*unit)[0]}] if unit else []
    ref = view.records.titles([number]).get(number)
    return [{"id": number, "title": in_script(ref.title, ref.alt)[0]}] if ref and not ref.restricted else []
