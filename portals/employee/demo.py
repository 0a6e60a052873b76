"""The demo company itself: its name, units and 48 people (and one who left)."""

from __future__ import annotations

from typing import Any

from weft.portals.employee import demo_calendar, demo_growth, demo_portals
from weft.portals.employee.demo_people import COMPANY, FORMER, PEOPLE, UNITS, Person

__all__ = ["make"]

_EUROPE = {"en": "Europe/Amsterdam", "zh": "Asia/Shanghai"}
#: Joined 12 days before D; everybody else longer ago, at different times.
NEWCOMER = {"gu": -12}
LEFT_DAYS_AGO = 23


def make(context: Any) -> None:
    """Make company, units and people; sign-in accounts first, as the sign-in page lists them."""
    context.set_company(**COMPANY)
    context.set_rates({"EUR": _euro()})
    for unit in UNITS:
        context.add_unit(unit.key, unit.name, unit.name_alt, unit.parent)
    ordered = sorted(PEOPLE, key=lambda person: (not person.login, person.key != "admin"))
    for number, person in enumerate(ordered):
        context.progress("people", number, len(ordered))
        _add(context, person, number, since=NEWCOMER.get(person.key, -180 - 11 * (number % 47)))
    _add(context, FORMER, len(ordered), since=-690, until=-LEFT_DAYS_AGO)
    if context.size != "small":
        demo_growth.make(context, len(PEOPLE))
    demo_calendar.make(context)
    demo_portals.make(context)


def _euro() -> list[tuple[int, str]]:
    """A rate every week for two years, wandering slowly; the last one is of the day before D."""
    steps = (0, 3, -2, 5, 1, -4, 2, -1, -3, 4, 0, -2)
    points, value = [], 7.62
    for number, days in enumerate(range(-728, 0, 7)):
        value += steps[number % len(steps)] / 200 + 0.001
        points.append((days, f"{value:.4f}"))
    return [*points, (-1, f"{value + 0.011:.4f}")]


def _add(context: Any, person: Person, number: int, *, since: int, until: int | None = None) -> None:
    context.add_person(
        person.key,
        person.name,
        person.name_alt,
        unit=person.unit,
        position=person.position,
        position_alt=person.position_alt,
        locale=person.locale,
        zone=_EUROPE[person.locale],
        roles=person.roles,
        head=person.head,
        login=person.login,
        since=since,
        until=until,
        phone=_phone(person, number),
    )


def _phone(person: Person, number: int) -> str:
    """A number that reaches nobody: behind an area code no number begins with a zero."""
    return f"+3110{number + 1:07d}" if person.locale == "en" else f"+86512{number + 1:08d}"
