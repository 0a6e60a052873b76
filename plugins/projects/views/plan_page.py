"""The plan of a project as a Gantt chart: its data, and moving a task."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Response

from weft.core.sdk import Row, ValidationFailed, every, in_script, translator
from weft.core.websdk import View
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import DEPENDENCY, MILESTONE, PHASE, PROJECT, TASK
from weft.plugins.projects.views.parts import late_text, name_of

_ = translator("projects")

__all__ = ["move", "plan_tab", "send_data"]

_FALLBACK = 100
_FIELDS = ("name", "name_alt", "phase", "parent", "status", "starts_on", "due_on", "progress", "critical", "slack_days",
           "owner", "position", "days")  # fmt: skip


def plan_tab(view: View, record: Row) -> dict[str, Any]:
    """The tab: where the chart gets its data, and the first tasks as a table for who has no script."""
    base = f"/{view.portal_key}/projects/plan/{record['id']}"
    found = view.records.query(
        TASK, fields=_FIELDS, filters={"project": str(record["id"])}, sort="due_on", limit=_FALLBACK, count="exact"
    )
    head = {"title": str(_("Plan")), "sub": late_text(record.get("late_days"))}
    say = {
        "critical": _("Critical path"), "today": _("Today"), "slack": _("%(n)s days of slack"), "day": _("Days"),
        "week": _("Weeks"), "month": _("Months"), "name": _("Task"), "none": _("There are no tasks yet."),
        "moved": _("%(name)s: %(from)s to %(to)s"), "help": _("Arrow keys move a task by a day, with Shift by a week."),
        "phase": _("Without a phase"), "done": _("Done"),
    }  # fmt: skip
    return {
        "options": {"data": f"{base}/data", "move": f"{base}/move", "today": view.today.isoformat(),
                    "lang": view.locale, "say": {key: str(text) for key, text in say.items()}},
        "head": head, "rows": [_line(view, row) for row in found.rows],
        "total": found.count.value if found.count else len(found.rows),
        "list_url": view.url(TASK, project=str(record["id"]), all="1"),
    }  # fmt: skip


def _line(view: View, row: Row) -> dict[str, Any]:
    slack = row.get("slack_days")
    return {
        "title": name_of(row), "url": view.url(TASK, row.id), "start": row.get("starts_on"), "due": row.get("due_on"),
        "slack": "" if slack is None else str(slack), "critical": bool(row.get("critical")),
    }  # fmt: skip


def send_data(view: View, record_id: int) -> Any:
    """Tasks by phase with their dates, links between them and milestones, as JSON for the chart."""
    row = view.records.get(PROJECT, record_id, trash=False)
    return _json(_data(view, row))


def _json(data: Any) -> Response:
    return Response(json.dumps(data, separators=(",", ":")), mimetype="application/json")


def _data(view: View, project: Row) -> dict[str, Any]:
    mine = {"project": str(project["id"])}
    phases = list(every(view.records, PHASE, ("name", "name_alt", "position"), mine, sort="position"))
    tasks = list(every(view.records, TASK, _FIELDS, mine, sort="id"))
    links = every(view.records, DEPENDENCY, ("before", "after", "kind", "lag"), mine)
    milestones = every(view.records, MILESTONE, ("name", "name_alt", "status", "due_on"), mine)
    may = view.may(PROJECT, "update", project["id"])
    return {
        "rows": _ordered(view, phases, tasks, may),
        "links": [[one["before"].id, one["after"].id, one["kind"], one["lag"]] for one in links],
        "milestones": [
            {"id": one.id, "name": name_of(one), "on": one["due_on"].isoformat(), "met": one["status"] in words.MET,
             "url": view.url(MILESTONE, one.id)}
            for one in milestones if one.get("due_on")
        ],
        "end": project["ends_on"].isoformat() if project.get("ends_on") else None,
        "late": late_text(project.get("late_days")),
    }  # fmt: skip


def _ordered(view: View, phases: list[Row], tasks: list[Row], may: bool) -> list[dict[str, Any]]:
    """Phases with their tasks by start, sub-tasks below theirs."""
    known = {row.id for row in tasks}
    below: dict[int, list[Row]] = {}
    tops: dict[int | None, list[Row]] = {}
    for row in sorted(tasks, key=lambda one: (one.get("starts_on") or date.max, one.get("position") or 0, one.id)):
        parent = row.get("parent")
        if parent is not None and parent.id in known and parent.id != row.id:
            below.setdefault(parent.id, []).append(row)
        else:
            tops.setdefault(row["phase"].id if row.get("phase") else None, []).append(row)
    found: list[dict[str, Any]] = []
    heads: list[tuple[int | None, str]] = [(phase.id, name_of(phase)) for phase in phases]
    if phases and tops.get(None):
        heads.append((None, str(_("Without a phase"))))
    for key, name in heads or [(None, "")]:
        if name:
            found.append({"head": name})
        for row in tops.get(key, ()):
            _append(view, found, row, below, 1 if name else 0, may)
    return found


def _append(
    view: View, found: list[dict[str, Any]], row: Row, below: dict[int, list[Row]], level: int, may: bool
) -> None:
    parts = below.get(row.id, ())
    owner = row.get("owner")
    start, due = row.get("starts_on"), row.get("due_on")
    found.append({
        "id": row.id, "name": name_of(row), "url": view.url(TASK, row.id), "level": min(level, 6),
        "start": start.isoformat() if start else None, "end": due.isoformat() if due else None,
        "progress": row.get("progress") or 0, "critical": bool(row.get("critical")), "slack": row.get("slack_days"),
        "status": row["status"], "sum": bool(parts), "who": in_script(owner.name, owner.alt)[0] if owner else "",
        "event": row.get("days") == 0,
        "movable": may and not parts and row["status"] in words.LIVE,
    })  # fmt: skip
    if level < 12:
        for part in parts:
            _append(view, found, part, below, level + 1, may)


def move(view: View, record_id: int) -> Any:
    """Let a task begin on another day; answers with the plan as it is then, and says which milestones move."""
    project = view.records.get(PROJECT, record_id, trash=False)
    task = view.records.get(TASK, int(view.form.get("task") or 0), trash=False)
    if task["project"].id != record_id:
        raise ValidationFailed.single("task", "project", _("This task belongs to another project."))
    try:
        day = date.fromisoformat(view.form.get("start") or "")
    except ValueError as error:
        raise ValidationFailed.single("start", "format", _("Choose a day.")) from error
    mine = {"project": str(record_id)}
    before = {row.id: row for row in every(view.records, MILESTONE, ("due_on",), mine)}
    view.records.update(TASK, task["id"], {"starts_on": day.isoformat()}, version=None)
    message = _said(view, task, day, before)
    view.toast(message, undo=view.records.change_set_id)
    return _json(_data(view, view.records.get(PROJECT, project["id"])))


def _said(view: View, task: Row, wished: date, before: dict[int, Row]) -> str:
    now = view.records.get(TASK, task["id"], fields=("name", "name_alt", "starts_on"))
    parts = [str(_("%(task)s begins %(day)s") % {"task": name_of(now), "day": view.formats.date(now["starts_on"])})]
    if now["starts_on"] > wished and now["starts_on"].weekday() < 5 and wished.weekday() < 5:
        parts.append(str(_("what comes before it allows no earlier day")))
    rows = every(view.records, MILESTONE, ("name", "name_alt", "due_on", "shared"), {
        "id__in": sorted(before) or [0]})  # fmt: skip
    for row in rows:
        old, new = before[row.id].get("due_on"), row.get("due_on")
        if old is None or new is None or old == new:
            continue
        slots = {"name": name_of(row), "n": abs((new - old).days)}
        text = _("moves %(name)s by %(n)s days") if new > old else _("brings %(name)s forward by %(n)s days")
        parts.append(str(text % slots))
        if row.get("shared"):
            parts.append(str(_("the customer sees it once you publish the date")))
    return "; ".join(parts)
