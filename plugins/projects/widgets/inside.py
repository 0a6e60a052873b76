"""Tiles of project leads, heads of departments and the executive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import Row, Widget, among, current_locale, directory, in_script, translator
from weft.core.websdk import View, face
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.grants import EXECUTIVE, HEAD, LEAD
from weft.plugins.projects.services.plan import MILESTONE, PROJECT, TASK
from weft.plugins.projects.services.workload import loads
from weft.plugins.projects.views import timesheets
from weft.plugins.projects.views.parts import late_text, name_of, names
from weft.plugins.projects.views.workload_page import person_tasks

_ = translator("projects")

__all__ = ["WIDGETS"]

_ROWS = 5
_LIVE = ",".join(words.LIVE)
_MINE: Mapping[str, str] = {"status": "running", "owner": "me"}
_LATE: Mapping[str, str] = {"status": "running", "late_days__gt": "0"}
_WAITING: Mapping[str, str] = {"status": "waiting"}
_SHOWN = ("name", "name_alt", "progress", "late_days", "health", "ends_on")


def _list(view: View, entity: str, filters: Mapping[str, str], sort: str) -> str:
    return str(view.url(entity, all="1", sort=sort, **filters))


def _goals(view: View, rows: Sequence[Row]) -> dict[int, Row]:
    """The next milestone of each project, in one statement."""
    found: dict[int, Row] = {}
    fields = ("name", "name_alt", "project", "due_on")
    ahead = among(view.records, MILESTONE, fields, "project", [row.id for row in rows], status__in="planned,waiting")
    for row in sorted(ahead, key=lambda one: (one.get("due_on") is None, one.get("due_on") or view.today)):
        found.setdefault(row["project"].id, row)
    return found


def mine(view: View) -> dict[str, Any]:
    """Projects I lead: progress, health or lateness, next milestone."""
    page = view.records.query(
        PROJECT, fields=_SHOWN, filters=_MINE, sort=("-late_days", "ends_on"), limit=_ROWS, count="exact"
    )
    goals = _goals(view, page.rows)
    rows = []
    for row in page.rows:
        goal = goals.get(row.id)
        note = ""
        if goal is not None:
            slots = {"name": name_of(goal), "day": view.formats.date(goal["due_on"]) if goal.get("due_on") else "–"}
            note = str(_("next: %(name)s, %(day)s") % slots)
        late = row.get("late_days")
        text = late_text(late) or view.formats.percent(row.get("progress") or 0)
        health = str(words.HEALTH.labels[row.get("health") or "good"])
        parts = [view.formats.percent(row.get("progress") or 0), health, note]
        rows.append({"title": name_of(row), "url": view.url(PROJECT, row.id), "icon": "timeline-event",
                     "sub": " · ".join(part for part in parts if part),
                     "end": {"text": text, "tone": "late" if late else None}})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def _my_projects(view: View) -> list[int]:
    return [row.id for row in view.records.query(PROJECT, fields=(), filters=_MINE, limit=200).rows]


def _late_filters(view: View) -> dict[str, str]:
    mine = ",".join(map(str, _my_projects(view))) or "0"
    return {"project__in": mine, "status__in": _LIVE, "due_on__lt": "today"}


def late_tasks(view: View) -> dict[str, Any]:
    """Open tasks of my projects that should be done already."""
    page = view.records.query(
        TASK, fields=("name", "name_alt", "project", "due_on", "owner"), filters=_late_filters(view), sort="due_on",
        limit=_ROWS, count="exact",
    )  # fmt: skip
    return {"rows": [_task_row(view, row) for row in page.rows], "count": page.count.value if page.count else 0,
            "two": True}  # fmt: skip


def _task_row(view: View, row: Row) -> dict[str, Any]:
    owner = row.get("owner")
    parts = [in_script(owner.name, owner.alt, current_locale())[0] if owner else "", names(row.get("project"))]
    return {
        "title": name_of(row), "url": view.url(TASK, row.id), "icon": "square-check",
        "sub": " · ".join(part for part in parts if part),
        "end": {"text": view.formats.date(row.get("due_on")), "tone": "late"},
    }  # fmt: skip


def hours_waiting(view: View) -> dict[str, Any]:
    """Weeks of hours that wait for my approval, one row per person and week."""
    found = timesheets.waiting(view)
    rows = []
    for (person, week), some in sorted(found.items(), key=lambda pair: pair[0][1])[:_ROWS]:
        owner = some[0]["owner"]
        name = in_script(owner.name, owner.alt, current_locale())[0]
        hours = view.formats.number(sum((row["hours"] for row in some), Decimal(0)))
        rows.append({"title": name, "url": "/employee/projects/timesheets", "face": face(person, name),
                     "sub": str(_("week of %(day)s") % {"day": view.formats.date(week)}),
                     "end": {"text": f"{hours} h"}})  # fmt: skip
    return {"rows": rows, "count": len(found), "two": True}


def _my_waiting(view: View) -> dict[str, str]:
    return {**_WAITING, "project__in": ",".join(map(str, _my_projects(view))) or "0"}


def customer_waits(view: View) -> dict[str, Any]:
    """Milestones of my projects that wait for the customer, with a button that reminds them."""
    page = view.records.query(
        MILESTONE, fields=("name", "name_alt", "project", "reached_on"), filters=_my_waiting(view), sort="reached_on",
        limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = [
        {"title": name_of(row), "url": view.url(MILESTONE, row.id), "icon": "flag-3", "sub": names(row["project"]),
         "action": {"label": str(_("Remind")), "url": view.url(MILESTONE, row.id, "act", "remind"), "opens": "post",
                    "button": True, "writes": True}}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else 0, "two": True}


def budget(view: View) -> dict[str, Any]:
    """Cost of hours against the budget of my projects, net."""
    page = view.records.query(
        PROJECT, fields=("name", "name_alt", "budget", "hours_cost"),
        filters={**_MINE, "budget__isnull": "false"}, sort="-updated_at", limit=_ROWS,
    )  # fmt: skip
    rows = []
    for row in page.rows:
        planned, spent = row["budget"], row.get("hours_cost")
        amount = spent.amount if spent is not None and spent.currency == planned.currency else Decimal(0)
        share = round(100 * amount / planned.amount) if planned.amount else 0
        value = spent if spent is not None else planned.__class__(Decimal(0), planned.currency)
        rows.append({"title": name_of(row), "url": view.url(PROJECT, row.id), "icon": "chart-pie",
                     "sub": str(_("%(spent)s of %(planned)s, net") % {
                         "spent": view.formats.money(value), "planned": view.formats.money(planned)}),
                     "end": {"text": view.formats.percent(share), "tone": "late" if share > 100 else None}})  # fmt: skip
    return {"rows": rows, "two": True}


def _load_rows(view: View, found: Mapping[int, Any]) -> dict[str, Any]:
    people = directory.persons(view.records, found)
    rows = []
    for key, load in sorted(found.items(), key=lambda pair: -pair[1].percent)[:_ROWS]:
        person = people.get(key)
        name = in_script(person.name, person.name_alt, current_locale())[0] if person is not None else str(key)
        rows.append({"title": name, "url": person_tasks(view, key), "face": face(key, name),
                     "sub": str(_("%(n)s open tasks") % {"n": load.tasks}),
                     "end": {"text": view.formats.percent(load.percent),
                             "tone": "late" if load.percent > 100 else None}})  # fmt: skip
    return {"rows": rows, "count": len(found), "two": True, "period": str(_("next two weeks"))}


def team_load(view: View) -> dict[str, Any]:
    """The people of my projects in the next two weeks, over all projects I may read."""
    mine = _my_projects(view)
    team = {
        row["owner"].id for row in among(view.records, TASK, ("owner",), "project", mine, status__in=_LIVE)
        if row.get("owner")
    }  # fmt: skip
    found = loads(view.records, view.today)
    return _load_rows(view, {key: load for key, load in found.items() if key in team})


def unit_load(view: View) -> dict[str, Any]:
    """The people of my unit in the next two weeks."""
    return _load_rows(view, loads(view.records, view.today))


def late_in_unit(view: View) -> dict[str, Any]:
    """Running projects that are late."""
    page = view.records.query(
        PROJECT, fields=(*_SHOWN, "owner"), filters=_LATE, sort="-late_days", limit=_ROWS, count="exact"
    )
    rows = []
    for row in page.rows:
        owner = row.get("owner")
        rows.append({"title": name_of(row), "url": view.url(PROJECT, row.id), "icon": "clock-exclamation",
                     "sub": in_script(owner.name, owner.alt, current_locale())[0] if owner else "",
                     "end": {"text": late_text(row["late_days"]), "tone": "late"}})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else 0, "two": True}


def health(view: View) -> dict[str, Any]:
    """Projects at a glance: running, late, planned, finished; and which are late."""
    counted = {line["status"]: line["count"] for line in view.records.aggregate(PROJECT, group=("status",))}
    late = late_in_unit(view)
    rows: list[dict[str, Any]] = [
        {"title": str(_("Running")), "icon": "timeline-event", "count": counted.get("running", 0),
         "url": _list(view, PROJECT, {"status": "running"}, "ends_on")},
        {"title": str(_("Late")), "icon": "clock-exclamation", "count": late["count"],
         "url": _list(view, PROJECT, _LATE, "-late_days")},
        *late["rows"][:1],
        {"title": str(_("Planned")), "icon": "calendar", "count": counted.get("planned", 0),
         "url": _list(view, PROJECT, {"status": "planned"}, "starts_on")},
        {"title": str(_("Finished")), "icon": "circle-check", "count": counted.get("finished", 0),
         "url": _list(view, PROJECT, {"status": "finished"}, "-finished_on")},
    ]  # fmt: skip
    return {"rows": rows, "count": counted.get("running", 0), "period": str(_("as of now"))}


WIDGETS: list[Any] = [
    Widget("projects.mine", _("My projects"), "new", "list", mine, lambda view: _list(view, PROJECT, _MINE, "ends_on"),
           (LEAD,), order=10, width=2, empty=_("You lead no running project.")),
    Widget("projects.late_tasks_tile", _("Late tasks"), "todo", "list", late_tasks,
           lambda view: _list(view, TASK, _late_filters(view), "due_on"), (LEAD,), order=25, width=2,
           empty=_("No task of your projects is overdue.")),
    Widget("projects.hours_tile", _("Hours to approve"), "todo", "list", hours_waiting,
           lambda view: "/employee/projects/timesheets", (LEAD,), order=26,
           empty=_("No hours wait for you. What people submit for your projects appears here.")),
    Widget("projects.customer_tile", _("Waiting for customer"), "new", "list", customer_waits,
           lambda view: _list(view, MILESTONE, _my_waiting(view), "reached_on"), (LEAD,), order=20,
           empty=_("No milestone waits for a customer.")),
    Widget("projects.budget_tile", _("Budget against actual"), "figures", "list", budget,
           lambda view: _list(view, PROJECT, _MINE, "ends_on"), (LEAD,), order=30,
           empty=_("None of your projects has a budget.")),
    Widget("projects.team_tile", _("Team next two weeks"), "figures", "list", team_load,
           lambda view: "/employee/projects/workload", (LEAD,), order=31, width=2,
           empty=_("Nobody of your projects has open tasks.")),
    Widget("projects.unit_late", _("Late in my unit"), "new", "list", late_in_unit,
           lambda view: _list(view, PROJECT, _LATE, "-late_days"), (HEAD,), order=25,
           empty=_("No project of your units is late.")),
    Widget("projects.unit_load", _("Unit workload"), "figures", "list", unit_load,
           lambda view: "/employee/projects/workload", (HEAD,), order=40, width=2,
           empty=_("Nobody of your units has open tasks.")),
    Widget("projects.health_tile", _("Project health"), "figures", "list", health,
           lambda view: _list(view, PROJECT, {"status": "running"}, "ends_on"), (EXECUTIVE,), order=50, width=2,
           empty=_("There are no projects yet.")),
]  # fmt: skip
