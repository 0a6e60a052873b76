"""How the records of people are listed, and where they stand in the menus."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import CalendarSource, ListView, NavEntry, NewEntry, RecordPage, translator
from weft.plugins.hrm.grants import EXECUTIVE, HEAD, OFFICER
from weft.plugins.hrm.views import leave, pages

_ = translator("hrm")

_LEADING = (OFFICER, HEAD, EXECUTIVE)
_AWAY_COLUMNS = ("name", "in_unit", "from_on", "to_on", "status")

VIEWS: list[Any] = [
    ListView("hrm.present", "hrm.employee", _("With the company"), {"status__in": "joining,active,leaving"}, order=10),
    ListView("hrm.leaving", "hrm.employee", _("Leaving"), {"status": "leaving"}, sort="last_day", order=20),
    ListView("hrm.former", "hrm.employee", _("Former"), {"gone": "true"},
             ("name", "in_unit", "position", "joined_on", "last_day"), sort="-last_day", order=30),
    ListView("hrm.everybody", "hrm.employee", _("All employees"), {"gone__in": "true,false"}, order=40),
    ListView("hrm.to_decide", "hrm.leave", _("To decide"), {"status": "requested"}, sort="from_on", order=10,
             roles=_LEADING),
    ListView("hrm.away_today", "hrm.leave", _("Away today"),
             {"status": "approved", "from_on__lte": "today", "to_on__gte": "today"}, _AWAY_COLUMNS, sort="to_on",
             order=20),
    ListView("hrm.away_soon", "hrm.leave", _("Away in 30 days"),
             {"status": "approved", "from_on__lte": "today+30", "to_on__gte": "today"}, _AWAY_COLUMNS,
             sort="from_on", order=30),
    ListView("hrm.my_leave_list", "hrm.leave", _("Mine", "list"), {"person": "me"}, sort="-from_on", order=40),
    ListView("hrm.all_leave", "hrm.leave", _("All", "list"), {}, sort="-from_on", order=50),
    ListView("hrm.lists_open", "hrm.checklist", _("Open"), {"status": "open"}, sort="base_on", order=10),
    ListView("hrm.lists_all", "hrm.checklist", _("All", "list"), {}, sort="-base_on", order=20),
    ListView("hrm.steps_mine", "hrm.step", _("Mine", "list"), {"status": "todo", "owner": "me"}, sort="due_on",
             order=10),
    ListView("hrm.steps_open", "hrm.step", _("Open"), {"status": "todo"}, sort="due_on", order=20),
    ListView("hrm.steps_all", "hrm.step", _("All", "list"), {}, sort="-due_on", order=30),
    ListView("hrm.changes_asked", "hrm.file_change", _("To decide"), {"status": "asked"}, sort="created_at", order=10),
    ListView("hrm.changes_all", "hrm.file_change", _("All", "list"), {}, sort="-created_at", order=20),
    ListView("hrm.ending", "hrm.contract", _("Ending within 60 days"),
             {"status": "running", "ends_next__lte": "today+60"}, sort="ends_next", order=10),
    ListView("hrm.contracts_running", "hrm.contract", _("In force"), {"status": "running"}, sort="name", order=20),
    ListView("hrm.contracts_all", "hrm.contract", _("All", "list"), {}, sort="-starts_on", order=30),
    ListView("hrm.days", "hrm.attendance", _("All", "list"), {}, sort="-day", order=20),
    ListView("hrm.days_asked", "hrm.attendance", _("Correction asked"), {"status": "asked"}, sort="day", order=10),
    ListView("hrm.goals_open", "hrm.goal", _("Open"), {"status": "open"}, sort="ends_on", order=10),
    ListView("hrm.goals_mine", "hrm.goal", _("Mine", "list"), {"person": "me"}, sort="-ends_on", order=20),
    ListView("hrm.goals_all", "hrm.goal", _("All", "list"), {}, sort="-ends_on", order=30),
]  # fmt: skip

_SET_UP = {
    "position": _("Positions"), "leave_type": _("Leave types"), "calendar_day": _("Official days"),
    "template": _("List templates"), "template_step": _("Steps of templates"),
}  # fmt: skip
NAVIGATION: list[Any] = [
    NavEntry("hrm.my_leave", "work", _("My leave"), endpoint="hrm.my_leave", order=50),
    NavEntry("hrm.my_goals", "work", _("My goals"), entity="hrm.goal", query={"view": "hrm.goals_mine"}, order=70),
    NavEntry("hrm.org_chart", "people", _("Org chart"), endpoint="hrm.org_chart", order=20),
    NavEntry("hrm.employees", "people", _("Employees"), entity="hrm.employee", order=30, roles=_LEADING),
    NavEntry("hrm.leaves", "people", _("Leave", "menu"), entity="hrm.leave", order=40, roles=_LEADING),
    NavEntry("hrm.attendances", "people", _("Attendance"), entity="hrm.attendance", order=50, roles=(OFFICER, HEAD)),
    NavEntry("hrm.checklists", "people", _("Joining and leaving"), entity="hrm.checklist", order=60, roles=_LEADING),
    NavEntry("hrm.goals", "people", _("Goals"), entity="hrm.goal", order=70, roles=_LEADING),
    NavEntry("hrm.contracts", "people", _("Employment contracts"), entity="hrm.contract", order=80,
             roles=(OFFICER, HEAD)),
    *[NavEntry(f"hrm.set_{word}", "values", label, entity=f"hrm.{word}", order=300 + 10 * place)
      for place, (word, label) in enumerate(_SET_UP.items())],
    NewEntry("hrm.employee", _("Employee"), order=20, roles=(OFFICER,)),
    NewEntry("hrm.goal", _("Goal"), order=60, roles=(OFFICER, HEAD)),
]  # fmt: skip

RECORD_PAGES: list[Any] = [
    RecordPage(
        "hrm.employee",
        template="hrm/employee.html",
        facts=("in_unit", "position", "reports_to", "joined_on", "last_day", "phone"),
        sections=[
            (_("Person"), ("name", "name_alt", "user", "phone")),
            (_("Place of work"), ("in_unit", "position", "heads", "reports_to", "joined_on", "country", "region")),
            (_("Private"), ("born_on", "address", "emergency")),
            (_("Pay"), ("salary", "bank_account", "identity_number")),
        ],
        context=pages.employee_page,
        maker="hrm.hire",
    ),
    RecordPage(
        "hrm.checklist",
        template="hrm/checklist.html",
        facts=("kind", "person", "base_on", "steps_done", "steps_total", "owner"),
        sections=[(_("List"), ("kind", "person", "base_on"))],
        context=pages.checklist_page,
        drawn=("hrm.has_step",),
        makes=("hrm.step.list",),
    ),
    RecordPage(
        "hrm.file_change",
        template="hrm/employee.html",
        facts=("person", "status", "created_at", "answer"),
        context=pages.change_page,
    ),
    RecordPage(
        "hrm.leave",
        template="hrm/leave.html",
        facts=("leave_type", "from_on", "to_on", "days", "owner"),
        sections=[(_("Leave"), ("person", "leave_type", "from_on", "to_on", "first_half", "last_half", "reason"))],
        context=leave.leave_page,
    ),
    RecordPage(
        "hrm.contract",
        facts=("kind", "starts_on", "probation_until", "ends_on", "ends_next"),
        sections=[(_("Employment contract"), ("person", "kind", "starts_on", "probation_until", "ends_on", "note"))],
    ),
    RecordPage(
        "hrm.goal",
        facts=("person", "target", "reached", "percent", "measure", "ends_on"),
        sections=[
            (_("Goal"), ("subject", "person", "starts_on", "ends_on", "target", "measure", "source", "reached", "note"))
        ],
    ),
    RecordPage(
        "hrm.attendance",
        facts=("day", "came_at", "left_at", "minutes"),
        sections=[(_("Attendance"), ("person", "day", "came_at", "left_at"))],
    ),
]

CALENDAR: list[Any] = [
    CalendarSource("hrm.leaves", _("Leave", "list"), "hrm.leave", "from_on", end="to_on", person="person",
                   filters={"status": "approved"}, movable=False, tone="green", order=40),
    CalendarSource("hrm.steps", _("Steps"), "hrm.step", "due_on", tasks={"status": "todo"},
                   finished=("status", "done"), done="hrm.step.tick", movable=False, tone="plum", order=50),
]  # fmt: skip
