"""The filter builder: conditions that all hold, and groups of which one alternative holds.

The form is read and drawn again at every step (a row more, another field), by a script or by its own buttons. What it
writes is the filter of the address: plain conditions, and one ``or=`` for each group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from weft.core.db.fields import Field, Kind
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.filters import alternatives, group_text
from weft.core.web.lists.chips import day_words, operators, split_key, value_field
from weft.core.web.lists.state import ListState

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from weft.core.web.request import View

__all__ = ["Built", "Condition", "built_of", "drawn", "read_form"]

_ = translator("core")

_NAME = re.compile(r"c-(\d+)-(\d+)-(\d+)-f")
#: Conditions a form holds at most; the compiler refuses more.
_MOST = 20
_BARE = frozenset({"isnull", "filled"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: field, comparison, value as in the address (several separated by commas)."""

    name: str = ""
    op: str = ""
    value: str = ""

    @property
    def whole(self) -> bool:
        """True when it says something."""
        return bool(self.name and (self.value or self.op in _BARE))

    def pair(self) -> tuple[str, str]:
        """(name or name__operator, value) for the address."""
        if self.op in _BARE:
            return f"{self.name}__isnull", "true" if self.op == "isnull" else "false"
        return (self.name if self.op in ("", "eq") else f"{self.name}__{self.op}"), self.value


@dataclass(frozen=True, slots=True)
class Built:
    """What the builder holds.

    Attributes:
        every: conditions that all hold.
        groups: each a list of alternatives, an alternative a list of conditions that hold together.
        kept: filters of the address the builder does not know (``linked``); they stay as they are.
    """

    every: tuple[Condition, ...] = ()
    groups: tuple[tuple[tuple[Condition, ...], ...], ...] = ()
    kept: tuple[tuple[str, str], ...] = field(default=())

    def filters(self) -> tuple[tuple[str, str], ...]:
        """The filters of the address; rows without a value are left out."""
        found = [one.pair() for one in self.every if one.whole]
        for group in self.groups:
            parts = [[one.pair() for one in part if one.whole] for part in group]
            parts = [part for part in parts if part]
            if len(parts) == 1:
                found += parts[0]
            elif parts:
                found.append(("or", group_text(parts)))
        return (*self.kept, *found)

    def count(self) -> int:
        """How many rows there are."""
        return len(self.every) + sum(len(part) for group in self.groups for part in group)


def built_of(filters: Iterable[tuple[str, str]], fields: dict[str, Field]) -> Built:
    """The builder's form for the filters of an address."""
    every: list[Condition] = []
    groups: list[tuple[tuple[Condition, ...], ...]] = []
    kept: list[tuple[str, str]] = []
    for key, value in filters:
        if key != "or":
            known = split_key(key)[0] in fields
            every += [_condition(key, value, fields)] if known else []
            kept += [] if known else [(key, value)]
            continue
        try:
            group = alternatives(value)
        except QueryError:
            continue
        if all(split_key(name)[0] in fields for pairs in group for name, _value in pairs):
            groups.append(tuple(tuple(_condition(name, one, fields) for name, one in pairs) for pairs in group))
        else:
            kept.append((key, value))
    return Built(tuple(every), tuple(groups), tuple(kept))


def _condition(key: str, value: str, fields: dict[str, Field]) -> Condition:
    name, op = split_key(key)
    if op == "isnull":
        return Condition(name, "isnull" if value == "true" else "filled")
    offered = dict(operators(fields[name]))
    return Condition(name, "in" if op == "eq" and "in" in offered else op, value)


# ---- from the form


def read_form(args: MultiDict[str, str], fields: dict[str, Field]) -> Built:
    """Read the builder's fields; a comparison that no longer fits the field gives way to its usual one."""
    rows: dict[tuple[int, int, int], Condition] = {}
    for key in args:
        found = _NAME.fullmatch(key)
        if found:
            place = tuple(int(part) for part in found.groups())
            rows[place[0], place[1], place[2]] = _read(args, key[:-2], fields)
    groups: dict[int, dict[int, list[Condition]]] = {}
    every: list[Condition] = []
    for (group, part, _row), one in sorted(rows.items()):
        if group == 0:
            every.append(one)
        else:
            groups.setdefault(group, {}).setdefault(part, []).append(one)
    kept = [tuple(text.partition("=")[::2]) for text in args.getlist("kept")]
    shaped = tuple(tuple(tuple(part) for part in group.values()) for group in groups.values())
    built = Built(tuple(every), shaped, tuple((name, value) for name, value in kept))
    return _stepped(built, args.get("do", ""))


def _read(args: MultiDict[str, str], prefix: str, fields: dict[str, Field]) -> Condition:
    name = args.get(f"{prefix}-f", "")
    declared = fields.get(name)
    if declared is None:
        return Condition()
    offered = [key for key, _label in operators(declared)]
    op, values = args.get(f"{prefix}-o", ""), [one for one in args.getlist(f"{prefix}-v") if one != ""]
    changed = args.get(f"{prefix}-was", name) != name
    typed = args.get(f"{prefix}-d", "")
    if typed and not changed:
        values = [typed]
    return Condition(name, op if op in offered and not changed else offered[0], "" if changed else ",".join(values))


def _stepped(built: Built, step: str) -> Built:
    """The form after a button: a row more (``add``), an alternative, a group, or a row less."""
    word, *places = step.split("-")
    at = [int(place) for place in places if place.isdigit()]
    every, groups = list(built.every), [[list(part) for part in group] for group in built.groups]
    empty = Condition()
    room = built.count() < _MOST
    try:
        if word == "group" and room:
            groups.append([[empty], [empty]])
        elif word == "add" and room:
            if at[0] == 0:
                every.append(empty)
            elif len(at) == 1:
                groups[at[0] - 1].append([empty])
            else:
                groups[at[0] - 1][at[1]].append(empty)
        elif word == "drop":
            if at[0] == 0:
                del every[at[1]]
            else:
                del groups[at[0] - 1][at[1]][at[2]]
    except IndexError:
        return built
    shaped = tuple(tuple(tuple(part) for part in group if part) for group in groups)
    return replace(built, every=tuple(every), groups=tuple(group for group in shaped if group))


# ---- for the macro


def drawn(view: View, state: ListState, built: Built, fields: dict[str, Field]) -> dict[str, Any]:
    """The builder as its macro takes it."""
    base = replace(state, filters=(), cursor="")
    every = [_row(view, state, fields, one, (0, number, 0)) for number, one in enumerate(built.every or (Condition(),))]
    return {
        "action": view.url(state.entity.key, "build"),
        "hidden": [*base.query(), *(("kept", f"{name}={value}") for name, value in built.kept)],
        "every": every,
        "groups": [
            {
                "key": str(number),
                "parts": [
                    {
                        "key": f"{number}-{part}",
                        "rows": [_row(view, state, fields, one, (number, part, row)) for row, one in enumerate(rows)],
                    }
                    for part, rows in enumerate(group)
                ],
            }
            for number, group in enumerate(built.groups, start=1)
        ],
        "full": built.count() >= _MOST,
    }


def _row(
    view: View, state: ListState, fields: dict[str, Field], one: Condition, place: tuple[int, int, int]
) -> dict[str, Any]:
    prefix = "c-" + "-".join(map(str, place))
    options = [{"value": name, "label": str(declared.label)} for name, declared in fields.items()]
    found: dict[str, Any] = {
        "prefix": prefix,
        "drop": f"drop-{place[0]}-{place[1]}-{place[2]}",
        "field": {"name": f"{prefix}-f", "id": f"{prefix}-f", "kind": "choice", "as_select": True,
                  "label": str(_("Field")), "choices": options, "value": one.name, "required": False,
                  "placeholder": str(_("Choose a field"))},
        "was": one.name,
        "values": [],
    }  # fmt: skip
    declared = fields.get(one.name)
    if declared is None:
        return found
    found["op"] = {
        "name": f"{prefix}-o",
        "id": f"{prefix}-o",
        "kind": "choice",
        "as_select": True,
        "label": str(_("Comparison")),
        "value": one.op,
        "choices": [{"value": key, "label": str(label)} for key, label in operators(declared)],
    }
    if one.op not in _BARE:
        found["controls"] = _controls(view, state, declared, one, prefix)
    return found


def _controls(view: View, state: ListState, declared: Field, one: Condition, prefix: str) -> Sequence[dict[str, Any]]:
    """The control for the value; for days a word that moves with the calendar, or a date."""
    base = {"name": f"{prefix}-v", "id": f"{prefix}-v", "required": False, "autofocus": False}
    if declared.value_kind in (Kind.DATE, Kind.DATETIME):
        typed = bool(re.fullmatch(r"\d{4}-\d\d-\d\d", one.value))
        words = day_words(one.value if not typed else "")
        chosen = {"kind": "choice", "as_select": True, "choices": words, "placeholder": str(_("on a date"))}
        return [
            {**base, **chosen, "label": str(_("Day")), "value": "" if typed else one.value},
            {**base, "name": f"{prefix}-d", "id": f"{prefix}-d", "kind": "date", "label": str(_("Date")),
             "value": one.value if typed else ""},
        ]  # fmt: skip
    return [{**value_field(view, state, declared, one.value), **base}]
