"""Draws up the demo's hours: those of Haverdijk come to exactly what the story says, two weeks wait for approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from weft.plugins.projects.services.workdays import Workdays

__all__ = ["EURO_RATES", "HAVERDIJK_COST", "YUAN_RATES", "Entry", "haverdijk", "other_hours", "waiting"]

#: Approved hours of Haverdijk at cost rates, in EUR.
HAVERDIJK_COST = 78_900
#: EUR per hour; the field engineer from Suzhou has a rate for this project.
EURO_RATES = {"project": 95, "bart": 85, "noor": 85, "sander": 75, "wieke": 65}
HAVERDIJK_RATES = {**{key: EURO_RATES[key] for key in ("project", "bart", "noor", "sander")}, "employee": 70}
YUAN_RATES = {"cen": 260, "tao": 250, "jiang": 240, "employee": 230, "shi": 220, "fang": 220, "bai": 230, "luo": 280,
              "meng": 280, "ye": 240, "xia": 300, "dai": 240}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours of a person on a day for a task (its place in the project, 0 for the project itself)."""

    person: str
    day: date
    hours: int
    place: int
    status: str = "approved"


def _weeks_back(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday() + 7 * weeks)


def haverdijk(today: date, spans: Sequence[tuple[date, date, str]]) -> list[Entry]:
    """Approved hours of the project, worth :data:`HAVERDIJK_COST`.

    Args:
        today: D.
        spans: start, due and person of each task, in order of their places.
    """
    calendar = Workdays(today - timedelta(days=900), "NL")
    last = _weeks_back(today, 1)
    found: list[Entry] = []
    left = HAVERDIJK_COST
    day = spans[0][0]
    while day < last:
        if calendar.works(day):
            for number, person in enumerate(("bart", "noor", "sander", "employee", "project")):
                hours = (5, 4, 5, 4, 2)[number]
                if (day.toordinal() + number) % (4, 4, 4, 5, 3)[number] > 1:
                    continue
                value = hours * HAVERDIJK_RATES[person]
                if left - value < 1000:
                    continue
                left -= value
                found.append(Entry(person, day, hours, _place(day, person, spans)))
        day += timedelta(days=1)
    return found + _rest(left, calendar, last, spans)


def _rest(left: int, calendar: Workdays, last: date, spans: Sequence[tuple[date, date, str]]) -> list[Entry]:
    """Whole hours at 70 and 75 that make up what is left: every multiple of five from 910 on is such a sum."""
    first = next(number for number in range(left // 70 + 1) if (left - 70 * number) % 75 == 0)
    found: list[Entry] = []
    for person, hours in (("employee", first), ("sander", (left - 70 * first) // 75)):
        number = calendar.number(last) - 1
        while hours > 0:
            some = min(hours, 8)
            day = calendar.day(number)
            found.append(Entry(person, day, some, _place(day, person, spans)))
            hours, number = hours - some, number - 1
    return found


def _place(day: date, person: str, spans: Sequence[tuple[date, date, str]]) -> int:
    """The person's own task on the day, else any task on it, else the project."""
    running = [place for place, (start, due, _who) in enumerate(spans, 1) if start <= day <= due]
    own = [place for place in running if spans[place - 1][2] == person]
    return (own or running or [0])[0]


def waiting(today: date) -> list[Entry]:
    """Hours of last week that two people have submitted to the lead of Haverdijk."""
    monday = _weeks_back(today, 1)
    return [
        Entry(person, monday + timedelta(days=day), hours, place, "submitted")
        for person, place in (("employee", 27), ("bart", 24))
        for day, hours in enumerate((8, 8, 6, 8, 7) if person == "employee" else (4, 8, 8, 4, 6))
    ]


def other_hours(today: date, people: Mapping[int, Sequence[str]], weeks: int = 6) -> dict[int, list[Entry]]:
    """Approved hours of the last weeks of other projects: index of the project -> entries of its people."""
    found: dict[int, list[Entry]] = {}
    for index, some in people.items():
        entries = []
        for back in range(2, weeks + 2):
            monday = _weeks_back(today, back)
            for number, person in enumerate(some):
                for day in range(5):
                    if (day + number + back + index) % 4 == 0:
                        entries.append(Entry(person, monday + timedelta(days=day), 3 + (day + index) % 3, 0))
        found[index] = entries
    return found
