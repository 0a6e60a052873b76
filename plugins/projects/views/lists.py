"""How projects, tasks, milestones, hours and what is set up are listed, and where they stand in the menus."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import CalendarSource, ListView, NavEntry, NavGroup, NewEntry, RecordPage, Story, path, translator
from weft.core.websdk import View
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.grants import EXECUTIVE, FINANCE, HEAD, LEAD, MANAGER, RATES, REP
from weft.plugins.projects.views import outside, project_page, task_page

_ = translator("projects")

_PROJECT, _TASK, _MILESTONE, _HOURS = (
    "projects.project", "projects.task", "projects.milestone", "projects.time_entry"
)  # fmt: skip
_LIVE = ",".join(words.LIVE)
_RUNNING = ("name", "customer", "progress", "ends_on", "forecast_on", "late_days", "health", "owner")
_LOOKS_ON = (LEAD, EXECUTIVE, HEAD, REP, MANAGER, FINANCE)
_DESK = (LEAD, HEAD, EXECUTIVE)


def on_a_project(view: View) -> bool:
    """True for people who read some project."""
    return bool(view.records.query(_PROJECT, fields=(), limit=1).rows)


#: Visitors read too few fields to sort and filter by these.
_INSIDE = ("employee",)

VIEWS: list[Any] = [
    ListView("projects.running", _PROJECT, _("Running"), {"status": "running"}, _RUNNING, sort="ends_on", order=10),
    ListView("projects.mine", _PROJECT, _("Led by me"), {"owner": "me"}, _RUNNING, sort="ends_on", order=20,
             roles=_INSIDE),
    ListView("projects.late", _PROJECT, _("Late"), {"status": "running", "late_days__gt": "0"},
             (*_RUNNING[:6], "late_reason", "owner"), sort="-late_days", order=30, roles=_INSIDE),
    ListView("projects.planned", _PROJECT, _("Planned"), {"status": "planned"}, sort="starts_on", order=40),
    ListView("projects.finished", _PROJECT, _("Finished"), {"status": "finished"},
             ("name", "customer", "starts_on", "finished_on", "hours", "owner"), sort="-finished_on", order=50,
             roles=_INSIDE),
    ListView("projects.everything", _PROJECT, _("All projects"), {}, sort="-updated_at", order=60, roles=_INSIDE),
    ListView("projects.my_tasks", _TASK, _("My tasks"), {"status__in": _LIVE, "owner": "me"}, sort="due_on", order=10,
             roles=_INSIDE),
    ListView("projects.open_tasks", _TASK, _("Open"), {"status__in": _LIVE}, sort="due_on", order=20, roles=_INSIDE),
    ListView("projects.late_tasks", _TASK, _("Overdue"), {"status__in": _LIVE, "due_on__lt": "today"}, sort="due_on",
             order=30, roles=_INSIDE),
    ListView("projects.critical_tasks", _TASK, _("Critical"), {"status__in": _LIVE, "critical": "true"},
             sort="due_on", order=40, roles=_INSIDE),
    ListView("projects.tasks_board", _TASK, _("Board"), {}, layout="board", board="status", order=50, roles=_INSIDE),
    ListView("projects.all_tasks", _TASK, _("All tasks"), {}, sort="-updated_at", order=60, roles=_INSIDE),
    ListView("projects.ahead", _MILESTONE, _("Ahead"), {"status__in": "planned,waiting,refused"}, sort="due_on",
             order=10, roles=_INSIDE),
    ListView("projects.waiting", _MILESTONE, _("Waiting for the customer"), {"status": "waiting"}, sort="reached_on",
             order=20, roles=_INSIDE),
    ListView("projects.all_milestones", _MILESTONE, _("All", "milestones"), {}, sort="-due_on", order=30,
             roles=_INSIDE),
]  # fmt: skip

NAVIGATION: list[Any] = [
    NavEntry("projects.timesheet", "work", _("My timesheet"), endpoint="projects.timesheet", order=40,
             shown=on_a_project),
    NavEntry("projects.projects", "projects", _("Projects"), entity=_PROJECT, order=10, shown=on_a_project),
    NavEntry("projects.tasks", "projects", _("Tasks"), entity=_TASK, order=20, shown=on_a_project),
    NavEntry("projects.milestones", "projects", _("Milestones"), entity=_MILESTONE, order=30, roles=_LOOKS_ON),
    NavEntry("projects.approvals", "projects", _("Timesheets"), endpoint="projects.timesheets", order=40,
             roles=_DESK),
    NavEntry("projects.workload", "projects", _("Workload"), endpoint="projects.workload", order=50, roles=_DESK),
    NavEntry("projects.set_templates", "values", _("Project templates"), entity="projects.template", order=300,
             roles=(LEAD, "core.admin")),
    NavEntry("projects.set_rates", "values", _("Cost rates"), entity="projects.rate", order=310,
             roles=(RATES, FINANCE)),
    NewEntry(_PROJECT, _("Project"), order=50),
    NewEntry(_TASK, _("Task"), order=55, roles=(LEAD,)),
    NavGroup("projects_customer", _("Projects"), "timeline-event", 30, portal="customer"),
    NavEntry("projects.customer_projects", "projects_customer", _("Projects", "customer portal"), entity=_PROJECT,
             portal="customer",
             order=10),
    NavGroup("projects_supplier", _("Tasks for us"), "square-check", 30, portal="supplier"),
    NavEntry("projects.supplier_tasks", "projects_supplier", _("Tasks for us"), entity=_TASK, portal="supplier",
             order=10),
]  # fmt: skip

CALENDARS: list[Any] = [
    CalendarSource("projects.tasks", _("Tasks"), _TASK, "due_on", filters={"status__in": _LIVE}, about="project",
                   tasks={"is_open": "True"}, listed={"due_on__lte": "today+7"}, finished=("status", "done,dropped"),
                   done="projects.task.finish", movable=False, tone="teal", order=40),
    CalendarSource("projects.helping", _("Tasks to help with"), "projects.helper", "due_on", person="person",
                   about="task", filters={"is_open": "true"}, movable=False, tone="teal", order=41),
]  # fmt: skip

RECORD_PAGES: list[Any] = [
    RecordPage(
        _PROJECT,
        template="projects/project.html",
        facts=("customer", "progress", "ends_on", "forecast_on", "late_days", "owner"),
        sections=[
            (_("Project"), ("name", "name_alt", "customer", "contact", "site", "source", "summary")),
            (_("Plan"), ("starts_on", "ends_on", "country", "health", "late_reason")),
            (_("Cost and customer"), ("currency", "budget", "shared")),
        ],
        context=project_page.page,
        story=Story(("create", "start", "finish", "cancel"), (path("projects.for_customer"),)),
        maker="projects.begin",
        drawn=("projects.has_phase", "projects.has_milestone", "projects.has_task", "projects.has_dependency",
               "projects.has_hours", "projects.project_checks", "projects.project_helpers", "projects.has_member"),
        links=("projects.has_task", "projects.has_milestone", "projects.has_risk", "projects.has_hours",
               "projects.has_member"),
        not_added=("projects.check.project", "projects.helper.project", "projects.dependency.project",
                   "projects.rate.project"),
        marks=project_page.marks,
    ),
    RecordPage(
        _TASK,
        template="projects/task.html",
        facts=("project", "starts_on", "due_on", "slack_days", "progress", "owner"),
        sections=[
            (_("Task"), ("name", "name_alt", "project", "phase", "milestone", "parent", "description")),
            (_("Plan"), ("starts_on", "days", "due_on", "effort", "progress")),
            (_("Others"), ("partner", "shared", "remark")),
        ],
        context=task_page.page,
        new=("name", "name_alt", "project", "phase", "milestone", "starts_on", "days", "effort", "description"),
        drawn=("projects.has_check",),
        story=Story(("finish",), (path("projects.task_of", "projects.for_customer"),)),
        marks=task_page.marks,
    ),
    RecordPage(
        _MILESTONE,
        template="projects/milestone.html",
        facts=("project", "planned_on", "due_on", "shown_on", "shared"),
        new=("name", "name_alt", "project", "phase", "planned_on", "shared", "acceptance"),
        context=outside.milestone_page,
        story=Story(("report", "reach", "accept", "refuse", "publish"),
                    (path("projects.milestone_of", "projects.for_customer"),)),
    ),
    RecordPage(_HOURS, facts=("project", "task", "day", "hours", "owner"),
               new=("project", "task", "day", "hours", "note"),
               story=Story(("approve",), (path("projects.hours_of", "projects.for_customer"),))),
    RecordPage("projects.member", new=("project", "person", "kind")),
    RecordPage("projects.helper", facts=("task", "person", "starts_on", "due_on"), new=("task", "person")),
    RecordPage("projects.risk", facts=("project", "probability", "impact", "due_on", "owner")),
    RecordPage("projects.dependency", new=("before", "after", "kind", "lag")),
]  # fmt: skip
