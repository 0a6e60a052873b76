"""How tasks and cases are listed, and where they stand in the menus."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import ListView, NavEntry, RecordPage, Story, path, translator
from weft.plugins.workflow.grants import CASE, DUTY, EXECUTIVE, HEAD, KEEPER, PROCESS, TASK, VERSION
from weft.plugins.workflow.views import step_times, story

_ = translator("workflow")

_OPEN_TASK = ("name", "process", "requester", "amount", "opened_at", "due_at")
VIEWS: list[Any] = [
    ListView(
        "workflow.mine",
        TASK,
        _("Waiting for me"),
        {"status": "open", "owner": "me"},
        _OPEN_TASK,
        sort="opened_at",
        order=10,
    ),
    ListView(
        "workflow.done",
        TASK,
        _("Decided by me"),
        {"decided_by": "me"},
        ("name", "process", "requester", "amount", "status", "decided_at"),
        sort="-decided_at",
        order=20,
    ),
    ListView(
        "workflow.running",
        CASE,
        _("Running", "list of cases"),
        {"status__in": "running,stuck"},
        ("name", "process", "status", "amount", "due_at", "created_at", "owner"),
        sort="created_at",
        order=10,
    ),
    ListView(
        "workflow.started",
        CASE,
        _("Started by me"),
        {"owner": "me"},
        ("name", "process", "status", "amount", "created_at", "ended_at"),
        order=20,
    ),
    ListView("workflow.stuck", CASE, _("Needs help"), {"status": "stuck"}, order=30, roles=(KEEPER, "core.admin")),
    ListView("workflow.all", CASE, _("All", "list of cases"), {}, order=40),
]
NAVIGATION: list[Any] = [
    NavEntry("workflow.started", "work", _("Started by me"), endpoint="workflow.started", order=30),
    NavEntry("workflow.tasks", "", _("Approvals"), entity=TASK),
    NavEntry("workflow.cases", "work", _("Cases"), entity=CASE, order=95, roles=(KEEPER, HEAD, EXECUTIVE)),
    NavEntry(
        "workflow.processes", "settings", _("Processes"), endpoint="workflow.processes", order=30, roles=("core.admin",)
    ),
    NavEntry(
        "workflow.step_times",
        "reports",
        _("Time per step"),
        endpoint="workflow.step_times",
        order=70,
        roles=step_times.READERS,
        subject=_("Processes", "subject of reports"),
        help=_("How long decisions take, by process and step, and what is overdue."),
    ),
    NavEntry("workflow.process_list", "", _("Processes"), entity=PROCESS),
    NavEntry("workflow.version_list", "", _("Versions of processes"), entity=VERSION),
    NavEntry("workflow.duties", "values", _("Duties in units"), entity=DUTY, order=350),
]
#: What the strip or the story says, so that the side column does not: the strip itself is made by the page.
_CASE_FACTS = (
    "process",
    "amount",
    "due_at",
    "about_kind",
    "step",
    "step_alt",
    "waits_for",
    "why",
    "help_text",
    "acted_at",
    "version_of",
    "ended_at",
)
_TASK_FACTS = (
    "process",
    "requester",
    "amount",
    "opened_at",
    "due_at",
    "step",
    "step_name",
    "step_name_alt",
    "round",
    "place",
    "case",
    "kind",
    "comment",
    "before_task",
    "silent",
)
RECORD_PAGES: list[Any] = [
    RecordPage(
        CASE, template="workflow/story.html", facts=_CASE_FACTS, context=story.case_page, drawn=("workflow.has_task",)
    ),
    RecordPage(
        TASK,
        template="workflow/story.html",
        facts=_TASK_FACTS,
        context=story.task_page,
        story=Story(("agree", "reject", "give_back"), (path("workflow.task_of", "workflow.about"),), through=True),
    ),
    RecordPage(DUTY, new=("duty", "in_unit", "person")),
]
