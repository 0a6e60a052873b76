"""Small things that several pages of money show in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Choices, Money, MoneySum, PersonRef, RefValue, current_locale, in_script, translator
from weft.core.websdk import View

_ = translator("finance")

__all__ = ["amount", "course", "name_of", "names", "person", "state", "sum_text"]


def amount(view: View, money: Money | None) -> str:
    """An amount to the cent."""
    return str(view.formats.money(money, cents=True)) if money is not None else "–"


def name_of(row: Mapping[str, Any]) -> str:
    """Name of a record in the viewer's script."""
    return in_script(str(row.get("name") or row.get("title") or ""), row.get("name_alt"), current_locale())[0]


def names(ref: RefValue | None) -> str:
    """Name of a referenced record; empty where there is none or it may not be known."""
    return in_script(ref.title, ref.alt, current_locale())[0] if ref is not None and ref.title else ""


def person(ref: PersonRef | None) -> str:
    """Name of a person in the viewer's script."""
    return in_script(ref.name, ref.alt, current_locale())[0] if ref is not None else ""


def state(choices: Choices, value: str | None) -> dict[str, Any]:
    """A state as dot and word."""
    key = value or next(iter(choices.labels))
    return {"label": str(choices.labels[key]), "dot": choices.tones.get(key)}


def course(choices: Choices, value: str | None, order: Sequence[str], days: Mapping[str, Any]) -> dict[str, Any]:
    """What the head says of a state: the way to the end with the days of each step, or the word beside it.

    Args:
        choices: all states; value: the present one.
        order: states of the ordinary way; any other stands as a word alone.
        days: state -> day it was reached, as far as it is known.
    """
    if value not in order:
        return {"path": None, "status": state(choices, value)}
    at = order.index(value)
    steps = [
        {"key": key, "label": str(choices.labels[key]), "date": days.get(key),
         "state": "done" if number < at else "at" if number == at else "todo"}
        for number, key in enumerate(order)
    ]  # fmt: skip
    return {"path": {"label": str(_("Status")), "steps": steps}, "status": None}


def sum_text(view: View, found: MoneySum | None) -> str:
    """A sum in words: in its one currency, else in the company's with the day of the rate."""
    if found is None or not found.amounts:
        return "–"
    if len(found.amounts) == 1:
        return str(view.formats.money(found.amounts[0]))
    if found.company is None:
        return " · ".join(str(view.formats.money(one)) for one in found.amounts)
    text = str(view.formats.money(found.company))
    if found.rate_date is not None:
        text = str(_("%(sum)s (rates of %(day)s)") % {"sum": text, "day": view.formats.date(found.rate_date)})
    return text
