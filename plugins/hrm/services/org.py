"""The org chart of a day: units with their heads and people, as the placements of that day say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, all_of, any_of, current_locale, directory, in_script

__all__ = ["Chart", "Seat", "UnitBox", "chart", "head_of"]

_PLACEMENT = "hrm.placement"
_PART = 200


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody on the chart: user, name, position, and whom they reported to (user, or None)."""

    user: int
    name: str
    position: str
    heads: bool
    reports_to: int | None


@dataclass(slots=True)
class UnitBox:
    """One unit: its people with heads first, and the units below."""

    id: int
    name: str
    depth: int
    seats: list[Seat] = field(default_factory=list)
    below: list[UnitBox] = field(default_factory=list)

    @property
    def total(self) -> int:
        """People of the unit and of all below."""
        return len(self.seats) + sum(one.total for one in self.below)


@dataclass(slots=True)
class Chart:
    """The units at the top, and everybody by user."""

    roots: list[UnitBox]
    seats: dict[int, Seat]


def chart(records: Records, day: date, top: int | None = None) -> Chart:
    """The chart of a day.

    Args:
        records: any unit of somebody of the company.
        day: the day.
        top: only this unit and what is below it.
    """
    placed = _placements(records, day)
    seats: dict[int, Seat] = {}
    inside: dict[int, list[Seat]] = {}
    for row in placed:
        one = _seat(row)
        seats[one.user] = one
        if row.get("in_unit"):
            inside.setdefault(row["in_unit"].id, []).append(one)
    roots: list[UnitBox] = []
    stack: list[UnitBox] = []
    for number, name, other, depth in directory.all_units(records):
        people = sorted(inside.get(number, []), key=lambda one: (not one.heads, one.name))
        box = UnitBox(number, in_script(name, other, current_locale())[0], depth, people)
        while stack and stack[-1].depth >= depth:
            stack.pop()
        if number == top or (top is None and not stack):
            roots.append(box)
        elif stack:
            stack[-1].below.append(box)
        stack.append(box)
    return Chart([one for one in roots if one.total], seats)


def head_of(found: Chart, user: int) -> Seat | None:
    """Whom somebody reported to: the person named, else the head of their unit, else of the nearest unit above."""
    one = found.seats.get(user)
    if one is None:
        return None
    if one.reports_to is not None:
        return found.seats.get(one.reports_to)
    for root in found.roots:
        way = _way(root, user)
        if way is None:
            continue
        for box in reversed(way):
            heads = [seat for seat in box.seats if seat.heads and seat.user != user]
            if heads:
                return heads[0]
    return None


def _way(box: UnitBox, user: int) -> list[UnitBox] | None:
    if any(seat.user == user for seat in box.seats):
        return [box]
    for below in box.below:
        found = _way(below, user)
        if found is not None:
            return [box, *found]
    return None


def _placements(records: Records, day: date) -> list[Row]:
    filters = all_of(any_of(until__isnull=True, until__gte=day), since__lte=day)
    rows: list[Row] = []
    cursor: str | None = None
    fields = ("name", "name_alt", "person", "in_unit", "position", "heads", "reports_to")
    while True:
        page = records.query(_PLACEMENT, fields=fields, filters=filters, sort="since", limit=_PART, cursor=cursor)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


def _seat(row: Row) -> Seat:
    position: Any = row.get("position")
    word = (
        "" if position is None or position.restricted else in_script(position.title, position.alt, current_locale())[0]
    )
    name = in_script(row.get("name") or "", row.get("name_alt"), current_locale())[0]
    above = row["reports_to"].id if row.get("reports_to") else None
    return Seat(row["person"].id, name, word, bool(row.get("heads")), above)
