"""Who has how much to do: what is left of open tasks, spread over the working days until they are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records, among, every
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.workdays import Workdays

__all__ = ["DAYS", "Load", "loads"]

#: Working days of the two weeks that are looked at.
DAYS = 10
_TASK, _HELPER = "projects.task", "projects.helper"
_FIELDS = ("owner", "project", "starts_on", "due_on", "days", "effort", "progress", "status", "parent",
           "partner")  # fmt: skip


@dataclass(slots=True)
class Load:
    """What one person has to do in the coming two weeks.

    Attributes:
        hours: left to do in them.
        capacity: working hours in them.
        overdue: tasks that should be done already.
        tasks: open tasks that fall into them.
        by_week: hours of the first and the second week.
    """

    capacity: Decimal
    hours: Decimal = Decimal(0)
    overdue: int = 0
    tasks: int = 0
    by_week: list[Decimal] = field(default_factory=lambda: [Decimal(0), Decimal(0)])

    @property
    def percent(self) -> int:
        """Hours against capacity."""
        return round(100 * self.hours / self.capacity) if self.capacity else 0


def loads(
    records: Records,
    today: date,
    *,
    projects: Iterable[int] | None = None,
    helping: Mapping[int, int] | None = None,
    instead: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[int, Load]:
    """Load of every person with open tasks the reader may see.

    Args:
        records: whose rights count.
        today: first day.
        projects: only tasks of these, None for all.
        helping: task -> person who would help with it besides.
        instead: task -> values it would have.
    """
    day_hours = Decimal(str(records.setting("projects.day_hours")))
    calendar = Workdays(today)
    last = calendar.day(DAYS - 1)
    filters = {"status__in": ",".join(words.LIVE), "starts_on__lte": last.isoformat(), "owner__isnull": "false"}
    if projects is None:
        tasks = list(every(records, _TASK, _FIELDS, filters))
    else:
        tasks = list(among(records, _TASK, _FIELDS, "project", projects, **filters))
    parents = {row["parent"].id for row in tasks if row.get("parent")}
    helpers: dict[int, set[int]] = defaultdict(set)
    for row in among(records, _HELPER, ("task", "person"), "task", [task.id for task in tasks]):
        if row.get("person"):
            helpers[row["task"].id].add(row["person"].id)
    for number, person in (helping or {}).items():
        helpers[number].add(person)
    found: dict[int, Load] = {}
    for task in tasks:
        if task.id in parents or task.get("partner"):
            continue  # its sub-tasks count; the subcontractor does it
        people = {task["owner"].id} | helpers[task.id]
        planned = {**task, **(instead or {}).get(task.id, {})}
        shares = _shares(planned, calendar, day_hours)
        for person in people:
            load = found.setdefault(person, Load(day_hours * DAYS))
            load.tasks += 1
            load.overdue += planned.get("due_on") is not None and planned["due_on"] < today
            for week, hours in enumerate(shares):
                load.by_week[week] += hours / len(people)
                load.hours += hours / len(people)
    return found


def _shares(task: Mapping[str, Any], calendar: Workdays, day_hours: Decimal) -> list[Decimal]:
    """Hours of a task in the first and second week: what is left, evenly until it is due."""
    effort = task.get("effort")
    if effort is None:
        effort = day_hours * (task.get("days") or 0)
    left = effort * (100 - (task.get("progress") or 0)) / 100
    first = max(calendar.number(task["starts_on"]) if task.get("starts_on") else 0, 0)
    last = max(calendar.number(task["due_on"]) if task.get("due_on") else first, first)
    each = left / (last - first + 1)
    found = [Decimal(0), Decimal(0)]
    for number in range(first, min(last, DAYS - 1) + 1):
        found[number // (DAYS // 2)] += each
    return found
