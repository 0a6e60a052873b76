"""The plan of projects: dates, slack and critical path of tasks; what follows for milestones, phases and the project.

A :class:`Plan` is read for some projects in few statements, may be told of rows that are about to be written, and says
what else changes. The same computation stands behind every door, so one number is seen on every screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, among
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.critical_path import Activity, Link, Times, schedule
from weft.plugins.projects.services.workdays import Workdays

__all__ = ["DEPENDENCY", "MILESTONE", "PHASE", "PROJECT", "TASK", "Plan", "ref_id"]

PROJECT, PHASE, MILESTONE = "projects.project", "projects.phase", "projects.milestone"
TASK, DEPENDENCY = "projects.task", "projects.dependency"

_READ: dict[str, tuple[str, ...]] = {
    PROJECT: ("name", "status", "starts_on", "ends_on", "forecast_on", "late_days", "progress", "tasks_total",
              "tasks_done", "country"),
    PHASE: ("project", "position", "starts_on", "ends_on", "progress"),
    MILESTONE: ("project", "status", "planned_on", "due_on"),
    TASK: ("project", "phase", "milestone", "parent", "status", "starts_on", "days", "due_on", "not_before",
           "slack_days", "critical", "done_on"),
    DEPENDENCY: ("project", "before", "after", "kind", "lag"),
}  # fmt: skip
#: So long before its start a project's tasks may lie; working days are numbered from there.
_BEFORE = timedelta(days=366)


def ref_id(value: Any) -> Any:
    """Id of a reference, however it is given; other values as they are."""
    return getattr(value, "id", value)


class Plan:
    """All that decides about the dates of some projects.

    Args:
        system: ``records.system(...)``: a plan does not depend on who looks.
        projects: ids.
        today: unfinished tasks do not end before it.
    """

    def __init__(self, system: Records, projects: Iterable[int | None], today: date) -> None:
        self.today = today
        wanted = sorted({one for one in projects if one})
        self.rows: dict[str, dict[int, dict[str, Any]]] = {entity: {} for entity in _READ}
        for entity, names in _READ.items():
            key = "id" if entity == PROJECT else "project"
            for row in among(system, entity, names, key, wanted):
                self.rows[entity][row.id] = {name: ref_id(row.get(name)) for name in names}
        #: When each task really ends: what is overdue ends today at the earliest, though it was due before.
        self._ends: dict[int, date] = {}
        self._stored = {entity: {key: dict(row) for key, row in rows.items()} for entity, rows in self.rows.items()}

    def put(self, entity: str, record_id: int, values: Mapping[str, Any]) -> None:
        """Lay values over a row, or add it."""
        row = self.rows[entity].setdefault(record_id, dict.fromkeys(_READ[entity]))
        row.update({name: ref_id(values[name]) for name in _READ[entity] if name in values})

    def drop(self, entity: str, record_id: int) -> None:
        """Leave a row out."""
        self.rows[entity].pop(record_id, None)

    # ---- computing

    def compute(self) -> None:
        """Give every row the values that follow.

        Raises:
            CircleError: tasks wait for each other.
        """
        by_project: dict[int | None, dict[int, dict[str, Any]]] = defaultdict(dict)
        for key, task in self.rows[TASK].items():
            by_project[task["project"]][key] = task
        for project_id, project in self.rows[PROJECT].items():
            tasks = by_project.get(project_id, {})
            self._dates(project, tasks)
            self._milestones(project_id, tasks)
            self._phases(project_id, tasks)
            self._project(project_id, project, tasks)

    def _dates(self, project: Mapping[str, Any], tasks: Mapping[int, dict[str, Any]]) -> None:
        live = {key: task for key, task in tasks.items() if task["status"] != "dropped"}
        for key in set(tasks) - set(live):
            tasks[key].update(slack_days=None, critical=False)
        parts = _parts(live)
        leaves = {key: task for key, task in live.items() if key not in parts}
        if not leaves:
            return
        dated = [task["not_before"] for task in leaves.values() if task["not_before"]]
        first = min([project["starts_on"] or self.today, *dated])
        calendar = Workdays(first - _BEFORE, project["country"])
        times = schedule(
            [self._activity(key, task, calendar, project) for key, task in leaves.items()],
            self._links(parts, leaves),
        )
        for key, task in leaves.items():
            self._ends[key] = _settle(task, times[key], calendar)
        for key in _deepest_first(parts, live):
            _span(live[key], [live[one] for one in parts[key]], calendar)

    def _activity(self, key: int, task: Mapping[str, Any], calendar: Workdays, project: Mapping[str, Any]) -> Activity:
        days = task["days"] if task["days"] is not None else 1
        begin = task["not_before"] or project["starts_on"] or self.today
        begun = task["status"] in ("doing", "done")
        if begun:
            begin = task["starts_on"] or begin
        ends_from = calendar.number(self.today) + 1 if days and task["status"] != "done" else 0
        return Activity(key, days, calendar.number(begin), ends_from, begun)

    def _links(self, parts: Mapping[int, list[int]], leaves: Mapping[int, Any]) -> list[Link]:
        """Links of leaves; one with a task that has sub-tasks holds for each of them."""
        found = []
        for row in self.rows[DEPENDENCY].values():
            for before in _leaves_of(row["before"], parts):
                for after in _leaves_of(row["after"], parts):
                    if before != after and before in leaves and after in leaves:
                        found.append(Link(before, after, row["kind"] or "FS", row["lag"] or 0))
        return found

    def _milestones(self, project: int, tasks: Mapping[int, Mapping[str, Any]]) -> None:
        ends: dict[int, date] = {}
        for number, task in tasks.items():
            last = self._ends.get(number, task["due_on"])
            if task["milestone"] and last and task["status"] != "dropped":
                ends[task["milestone"]] = max(ends.get(task["milestone"], last), last)
        for key, milestone in self.rows[MILESTONE].items():
            if milestone["project"] == project:
                milestone["due_on"] = ends.get(key, milestone["planned_on"])

    def _phases(self, project: int, tasks: Mapping[int, Mapping[str, Any]]) -> None:
        inside: dict[int | None, list[Mapping[str, Any]]] = defaultdict(list)
        for task in tasks.values():
            if task["status"] != "dropped":
                inside[task["phase"]].append(task)
        for key, phase in self.rows[PHASE].items():
            if phase["project"] == project:
                some = inside.get(key, [])
                phase["starts_on"] = min((one["starts_on"] for one in some if one["starts_on"]), default=None)
                phase["ends_on"] = max((one["due_on"] for one in some if one["due_on"]), default=None)
                phase["progress"] = _percent(some)

    def _project(self, key: int, project: dict[str, Any], tasks: Mapping[int, Mapping[str, Any]]) -> None:
        some = [task for task in tasks.values() if task["status"] != "dropped"]
        ends = [self._ends.get(number, task["due_on"]) for number, task in tasks.items()
                if task["status"] != "dropped" and task["due_on"]]  # fmt: skip
        ends += [
            one["due_on"] for one in self.rows[MILESTONE].values()
            if one["project"] == key and one["due_on"] and one["status"] not in words.MET
        ]  # fmt: skip
        project["forecast_on"] = max(ends, default=project["ends_on"])
        project["tasks_total"] = len(some)
        project["tasks_done"] = sum(task["status"] == "done" for task in some)
        project["progress"] = _percent(some)
        late = 0
        if project["status"] in ("planned", "running") and project["ends_on"] and project["forecast_on"]:
            late = max(0, (project["forecast_on"] - project["ends_on"]).days)
        project["late_days"] = late

    # ---- what follows

    def values_of(self, entity: str, record_id: int) -> dict[str, Any]:
        """What the plan says about one row."""
        return self.rows[entity].get(record_id, {})

    def differences(self, entity: str, *, without: Iterable[int] = ()) -> dict[int, dict[str, Any]]:
        """Stored rows that change: id -> new values."""
        left_out = set(without)
        found = {}
        for key, row in self.rows[entity].items():
            stored = self._stored[entity].get(key)
            if stored is None or key in left_out:
                continue
            changed = {name: value for name, value in row.items() if stored[name] != value}
            if changed:
                found[key] = changed
        return found


def _percent(tasks: Iterable[Mapping[str, Any]]) -> int:
    some = list(tasks)
    done = sum(task["status"] == "done" for task in some)
    return (200 * done + len(some)) // (2 * len(some)) if some else 0


def _parts(tasks: Mapping[int, Mapping[str, Any]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, task in tasks.items():
        if task["parent"] in tasks and task["parent"] != key:
            found[task["parent"]].append(key)
    return dict(found)


def _leaves_of(key: int, parts: Mapping[int, list[int]]) -> list[int]:
    found, stack, seen = [], [key], set()
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in parts:
            stack.extend(parts[one])
        else:
            found.append(one)
    return found


def _deepest_first(parts: Mapping[int, list[int]], tasks: Mapping[int, Mapping[str, Any]]) -> list[int]:
    def depth(key: int) -> int:
        steps, seen = 0, set()
        while key in tasks and key not in seen:
            seen.add(key)
            key, steps = tasks[key]["parent"], steps + 1
        return steps

    return sorted(parts, key=depth, reverse=True)


def _settle(task: dict[str, Any], times: Times, calendar: Workdays) -> date:
    """Dates of one task from its place in the plan; returns the day on which it ends as things stand.

    What is overdue stays due when it was; a done task keeps its end and is critical no more.
    """
    days = task["days"] if task["days"] is not None else 1
    task["starts_on"] = calendar.day(times.start)
    task["due_on"] = calendar.day(times.start + max(days - 1, 0))
    if task["status"] == "done":
        task.update(slack_days=None, critical=False)
    else:
        task.update(slack_days=max(0, times.slack), critical=times.slack <= 0)
    return calendar.day(max(times.end - 1, times.start))


def _span(task: dict[str, Any], some: list[Mapping[str, Any]], calendar: Workdays) -> None:
    """A task with sub-tasks lasts from the first to the last of them."""
    task["starts_on"] = min((one["starts_on"] for one in some if one["starts_on"]), default=task["starts_on"])
    task["due_on"] = max((one["due_on"] for one in some if one["due_on"]), default=task["due_on"])
    if task["starts_on"] and task["due_on"]:
        task["days"] = calendar.count(task["starts_on"], task["due_on"])
    slack = [one["slack_days"] for one in some if one["slack_days"] is not None]
    over = task["status"] == "done"
    task["slack_days"] = None if over else min(slack, default=None)
    task["critical"] = not over and any(one["critical"] for one in some)
