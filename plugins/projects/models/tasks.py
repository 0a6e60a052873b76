"""Tasks, what is ticked off in them, who helps, and how they depend on each other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from weft.core.sdk import Entity, Kind, Mapped, Ref, field, trait, translator
from weft.plugins.projects import vocabulary as words

_ = translator("projects")

_LONGEST = 2000


class Task(
    Entity,
    key="projects.task",
    label=_("Task"),
    plural=_("Tasks"),
    icon="square-check",
    title="name",
    alt_title="name_alt",
    number="T-",
    sort="due_on",
    columns=("name", "project", "status", "owner", "starts_on", "due_on", "slack_days", "progress"),
):
    """A piece of work of a project. Its owner does it; the plan gives its dates."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.task_of", required=True, on_delete="archive",
        inverse=("projects.has_task", _("Tasks")), board=True,
    )  # fmt: skip
    phase: Mapped[Ref | None] = field.reference(
        _("Phase"), to="projects.phase", relation="projects.task_in", on_delete="detach",
        inverse=("projects.phase_tasks", _("Tasks")), board=True,
    )  # fmt: skip
    milestone: Mapped[Ref | None] = field.reference(
        _("Leads to the milestone"), to="projects.milestone", relation="projects.leads_to", on_delete="detach",
        inverse=("projects.reached_by", _("Tasks before it")),
    )  # fmt: skip
    parent: Mapped[Ref | None] = field.reference(
        _("Part of the task"), to="projects.task", relation="projects.part_of", on_delete="detach",
        inverse=("projects.has_part", _("Sub-tasks")),
    )  # fmt: skip
    status: Mapped[str] = field.choice(
        _("Status"), words.TASK_STATUS, state=True, default="open", board=True,
        initial=("open", "doing", "done", "dropped"),
    )  # fmt: skip
    is_open: Mapped[bool] = field.computed(
        _("Still to do"), Kind.BOOLEAN, sql=lambda table: table.c.status.in_(words.LIVE)
    )
    starts_on: Mapped[date | None] = field.date(
        _("Start"), index=True, help=_("Not before this day; what comes before it may push it.")
    )
    days: Mapped[int] = field.integer(_("Working days"), default=1, minimum=0, maximum=_LONGEST)
    due_on: Mapped[date | None] = field.date(_("Due"), index=True)
    effort: Mapped[Decimal | None] = field.decimal(_("Effort (hours)"), minimum=0, maximum=100_000)
    progress: Mapped[int] = field.integer(_("Progress (%)"), default=0, minimum=0, maximum=100, index=True)
    partner: Mapped[Ref | None] = field.reference(
        _("Subcontractor"), to=trait("core.organization"), relation="projects.done_by",
        inverse=("projects.does_task", _("Tasks for us")), on_delete="detach",
    )  # fmt: skip
    shared: Mapped[bool] = field.boolean(_("Customer sees it"), index=True)
    description: Mapped[str | None] = field.markdown(_("What is to be done"), search=True)
    remark: Mapped[str | None] = field.multiline(_("Remark"), max_length=4000)
    slack_days: Mapped[int | None] = field.integer(
        _("Slack (days)"), readonly=True, index=True, help=_("Working days it may slip before the end of the project.")
    )
    critical: Mapped[bool] = field.boolean(_("On the critical path"), readonly=True, index=True)
    not_before: Mapped[date | None] = field.date(_("Not before"), readonly=True)
    done_on: Mapped[date | None] = field.date(_("Done on"), readonly=True, index=True)
    position: Mapped[int] = field.integer(_("Place"), default=0, minimum=0, maximum=100_000, index=True)


class Check(
    Entity,
    key="projects.check",
    label=_("Checklist item"),
    plural=_("Checklist"),
    slug="checks",
    icon="checks",
    title="text",
    features=("export",),
    sort="position",
    columns=("text", "task", "done"),
):
    """One line of a task's checklist."""

    text: Mapped[str] = field.text(_("Item"), required=True, max_length=200)
    task: Mapped[Ref] = field.reference(
        _("Task"), to="projects.task", relation="projects.check_of", required=True, on_delete="archive",
        inverse=("projects.has_check", _("Checklist")),
    )  # fmt: skip
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="projects.check_in", readonly=True, on_delete="archive",
        inverse=("projects.project_checks", _("Checklist items")),
    )  # fmt: skip
    done: Mapped[bool] = field.boolean(_("Done"))
    position: Mapped[int] = field.integer(_("Place"), default=0, minimum=0, maximum=10_000, index=True)


def _of_task(table: Any, name: str) -> Any:
    """What the plan says of the task that somebody helps with."""
    tasks = Task.__table__
    return select(tasks.c[name]).where(tasks.c.id == table.c.task).correlate(table).scalar_subquery()


class Helper(
    Entity,
    key="projects.helper",
    label=_("Further assignee"),
    plural=_("Further assignees"),
    icon="user-plus",
    title="name",
    features=("export",),
    columns=("name", "task", "person", "starts_on", "due_on"),
):
    """A colleague who works on a task beside its owner."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=200, readonly=True)
    task: Mapped[Ref] = field.reference(
        _("Task"), to="projects.task", relation="projects.helps_with", required=True, on_delete="archive",
        inverse=("projects.has_helper", _("Further assignees")),
    )  # fmt: skip
    person: Mapped[int | None] = field.user(_("Person"), index=True)
    starts_on: Mapped[date | None] = field.computed(
        _("Start"), Kind.DATE, sql=lambda table: _of_task(table, "starts_on")
    )
    due_on: Mapped[date | None] = field.computed(_("Due"), Kind.DATE, sql=lambda table: _of_task(table, "due_on"))
    is_open: Mapped[bool] = field.computed(
        _("Still to do"), Kind.BOOLEAN, sql=lambda table: _of_task(table, "status").in_(words.LIVE)
    )
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="projects.helper_in", readonly=True, on_delete="archive",
        inverse=("projects.project_helpers", _("Assignees")),
    )  # fmt: skip


class Dependency(
    Entity,
    key="projects.dependency",
    label=_("Dependency"),
    plural=_("Dependencies"),
    icon="link",
    title="name",
    features=("export", "import"),
    columns=("before", "after", "kind", "lag", "project"),
):
    """One task waits for another of the same project."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=420, readonly=True)
    before: Mapped[Ref] = field.reference(
        _("Comes first"), to="projects.task", relation="projects.comes_first", required=True, on_delete="archive",
        inverse=("projects.followed", _("Followed by")),
    )  # fmt: skip
    after: Mapped[Ref] = field.reference(
        _("Waits for it"), to="projects.task", relation="projects.waits", required=True, on_delete="archive",
        inverse=("projects.waits_for", _("Waits for")),
    )  # fmt: skip
    kind: Mapped[str] = field.choice(_("Kind"), words.LINK_KIND, default="FS")
    lag: Mapped[int] = field.integer(
        _("Lag (working days)"), default=0, minimum=-_LONGEST, maximum=_LONGEST, help=_("Negative: so much earlier.")
    )
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="projects.dependency_of", readonly=True, on_delete="archive",
        inverse=("projects.has_dependency", _("Dependencies")),
    )  # fmt: skip
