"""Tiles of the portals: projects and milestones of a customer, tasks of a subcontractor."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Widget, among, translator
from weft.core.websdk import View
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.grants import FOLLOWER, SUBCONTRACTOR
from weft.plugins.projects.services.plan import MILESTONE, PROJECT, TASK
from weft.plugins.projects.views.parts import name_of, names, task_status

_ = translator("projects")

__all__ = ["HOMES", "WIDGETS"]

_ROWS = 5
_LIVE = ",".join(words.LIVE)
#: What the customer is asked about milestones: filters, the line under the name, the button.
_ASKED: tuple[tuple[dict[str, str], Any, Any], ...] = (
    ({"status": "waiting"}, _("%(project)s: waits for your acceptance"), _("Accept or refuse")),
    ({"status": "planned", "moved_from__isnull": "false", "agreed_at__isnull": "true"},
     _("%(project)s: a new date waits for your answer"), _("Answer to the new date")),
)  # fmt: skip


def waiting(view: View) -> dict[str, Any]:
    """Milestones that wait for the visitor's acceptance, and new dates that nobody has agreed to."""
    rows: list[dict[str, Any]] = []
    count = 0
    for filters, sub, label in _ASKED:
        page = view.records.query(
            MILESTONE, fields=("name", "name_alt", "project"), filters=filters, limit=_ROWS, count="exact"
        )
        rows += [
            {"title": name_of(row), "url": view.url(MILESTONE, row.id), "icon": "flag-3",
             "sub": str(sub % {"project": names(row.get("project"))}),
             "action": {"label": str(label), "url": view.url(MILESTONE, row.id), "writes": True}}
            for row in page.rows
        ]  # fmt: skip
        count += page.count.value if page.count else len(page.rows)
    return {"rows": rows[:_ROWS], "count": count}


def followed(view: View) -> dict[str, Any]:
    """The visitor's projects: how far they are, the next milestone and its date."""
    page = view.records.query(
        PROJECT, fields=("name", "name_alt", "progress", "status"), filters={"status__in": "planned,running,finished"},
        sort="-starts_on", limit=_ROWS, count="exact",
    )  # fmt: skip
    fields = ("name", "name_alt", "project", "shown_on", "status")
    goals: dict[int, Any] = {}
    ahead = among(view.records, MILESTONE, fields, "project", [row.id for row in page.rows],
                  status__in="planned,waiting,refused")  # fmt: skip
    for row in sorted(ahead, key=lambda one: (one.get("shown_on") is None, one.get("shown_on") or view.today)):
        goals.setdefault(row["project"].id, row)
    rows = []
    for row in page.rows:
        goal = goals.get(row.id)
        note = str(words.PROJECT_STATUS.labels[row["status"]])
        if goal is not None:
            day = view.formats.date(goal["shown_on"]) if goal.get("shown_on") else "–"
            note = str(_("next: %(name)s, %(day)s") % {"name": name_of(goal), "day": day})
        rows.append({"title": name_of(row), "url": view.url(PROJECT, row.id), "icon": "timeline-event", "sub": note,
                     "end": {"text": view.formats.percent(row.get("progress") or 0)}})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def tasks(view: View) -> dict[str, Any]:
    """Open tasks of a subcontractor, the next due first."""
    page = view.records.query(
        TASK, fields=("name", "name_alt", "due_on", "status"), filters={"status__in": _LIVE}, sort="due_on",
        limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        day = view.formats.date(row["due_on"]) if row.get("due_on") else "–"
        rows.append({"title": name_of(row), "url": view.url(TASK, row.id), "icon": "square-check",
                     "sub": str(_("Next: you, until %(day)s") % {"day": day}), "status": task_status(row)})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows)}


WIDGETS: list[Any] = [
    Widget("projects.customer_waiting", _("Waiting for you"), "todo", "list", waiting,
           lambda view: view.url(MILESTONE, status="waiting"), (FOLLOWER,), "customer", order=30,
           empty=_("Nothing waits for you.")),
    Widget("projects.customer_mine", _("Projects"), "new", "list", followed, lambda view: view.url(PROJECT),
           (FOLLOWER,), "customer", order=30, width=2, empty=_("We have no project together yet.")),
    Widget("projects.supplier_waiting", _("Waiting for you"), "todo", "list", tasks,
           lambda view: view.url(TASK, status__in=_LIVE), (SUBCONTRACTOR,), "supplier", order=30,
           empty=_("Nothing waits for you.")),
]  # fmt: skip
HOMES = [
    (FOLLOWER, ("projects.customer_waiting", "projects.customer_mine"), "customer"),
    (SUBCONTRACTOR, ("projects.supplier_waiting",), "supplier"),
]
