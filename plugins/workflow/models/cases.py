"""Cases and the tasks of people in them."""

from __future__ import annotations

from datetime import datetime

from weft.core.sdk import Entity, Mapped, Money, Ref, field, translator
from weft.plugins.workflow import vocabulary as words

_ = translator("workflow")


class Case(
    Entity,
    key="workflow.case",
    label=_("Case"),
    plural=_("Cases"),
    icon="route",
    title="name",
    alt_title="name_alt",
    number="WF-",
    features=("comments", "export", "search"),
    sort="-created_at",
    columns=("name", "process", "status", "amount", "due_at", "created_at", "owner"),
):
    """A process that runs, or ran, about one record; its owner is who asked."""

    name: Mapped[str] = field.text(_("About"), max_length=200, readonly=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("About, in the other script"), max_length=200, readonly=True)
    process: Mapped[Ref] = field.reference(
        _("Process"),
        to="workflow.process",
        relation="workflow.case_of",
        readonly=True,
        inverse=("workflow.has_case", _("Cases")),
    )
    version_of: Mapped[Ref] = field.reference(
        _("Version"),
        to="workflow.version",
        relation="workflow.runs_version",
        readonly=True,
        inverse=("workflow.version_runs", _("Cases")),
    )
    about: Mapped[Ref | None] = field.reference(
        _("Record"),
        to="*",
        relation="workflow.about",
        inverse=("workflow.in_case", _("Cases")),
        on_delete="detach",
        readonly=True,
        told=True,
    )
    about_kind: Mapped[str] = field.text(_("Kind of record"), max_length=100, readonly=True, index=True)
    status: Mapped[str] = field.choice(
        _("Status"),
        words.CASE_STATUS,
        state=True,
        default="running",
        board=True,
        readonly=True,
    )
    step: Mapped[str | None] = field.text(_("Step"), max_length=300, readonly=True)
    step_alt: Mapped[str | None] = field.text(_("Step, in the other language"), max_length=300, readonly=True)
    waits_for: Mapped[str | None] = field.text(_("Waiting for"), max_length=400, readonly=True)
    amount: Mapped[Money | None] = field.money(_("Amount"), readonly=True)
    due_at: Mapped[datetime | None] = field.datetime(_("Due"), readonly=True, index=True)
    ended_at: Mapped[datetime | None] = field.datetime(_("Ended"), readonly=True, index=True)
    inputs: Mapped[str | None] = field.multiline(_("What is asked for"), max_length=20_000, internal=True)
    why: Mapped[str | None] = field.multiline(_("Reason"), max_length=2000, readonly=True)
    help_text: Mapped[str | None] = field.text(_("What is wrong"), max_length=400, readonly=True)
    settled: Mapped[bool] = field.boolean(_("Taken up again"), readonly=True, index=True)
    acted_at: Mapped[datetime | None] = field.datetime(_("Last decision"), readonly=True)
    wake_at: Mapped[datetime | None] = field.datetime(_("Next timer"), internal=True, index=True)
    engine: Mapped[str | None] = field.multiline(_("Where it stands"), max_length=3_000_000, internal=True)


class Task(
    Entity,
    key="workflow.task",
    label=_("Approval"),
    plural=_("Approvals"),
    icon="checkbox",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="opened_at",
    columns=("name", "process", "requester", "amount", "opened_at", "due_at", "status"),
):
    """What one person has to decide, sign, choose or read in a case; its owner is that person."""

    name: Mapped[str] = field.text(_("About"), max_length=200, readonly=True)
    name_alt: Mapped[str | None] = field.text(_("About, in the other script"), max_length=200, readonly=True)
    case: Mapped[Ref] = field.reference(
        _("Case"),
        to="workflow.case",
        relation="workflow.task_of",
        readonly=True,
        on_delete="archive",
        inverse=("workflow.has_task", _("Steps")),
    )
    process: Mapped[Ref | None] = field.reference(
        _("Kind"),
        to="workflow.process",
        relation="workflow.task_kind",
        readonly=True,
        inverse=("workflow.kind_of_task", _("Approvals")),
    )
    step: Mapped[str] = field.text(_("Step key"), max_length=80, readonly=True, index=True)
    step_name: Mapped[str | None] = field.text(_("Step"), max_length=160, readonly=True)
    step_name_alt: Mapped[str | None] = field.text(_("Step, in the other language"), max_length=160, readonly=True)
    kind: Mapped[str] = field.choice(_("Kind of task"), words.TASK_KIND, default="decide", readonly=True, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.TASK_STATUS, state=True, default="open", readonly=True, board=True
    )
    round: Mapped[int] = field.integer(_("Round"), default=1, readonly=True)
    place: Mapped[int] = field.integer(_("Order"), default=1, readonly=True)
    requester: Mapped[int | None] = field.user(_("Asked by"), readonly=True)
    amount: Mapped[Money | None] = field.money(_("Amount"), readonly=True)
    opened_at: Mapped[datetime | None] = field.datetime(_("Waiting since"), readonly=True, index=True)
    due_at: Mapped[datetime | None] = field.datetime(_("Due"), readonly=True, index=True)
    decided_at: Mapped[datetime | None] = field.datetime(_("Decided at"), readonly=True, index=True)
    decided_by: Mapped[int | None] = field.user(_("Decided by"), readonly=True)
    comment: Mapped[str | None] = field.multiline(_("Comment"), max_length=2000, readonly=True)
    from_person: Mapped[int | None] = field.user(_("Passed on by"), readonly=True)
    before_task: Mapped[int | None] = field.integer(_("Comes before"), readonly=True)
    reminded_at: Mapped[datetime | None] = field.datetime(_("Reminded"), readonly=True)
    urged_at: Mapped[datetime | None] = field.datetime(_("Urged"), readonly=True)
    silent: Mapped[bool] = field.boolean(_("By silence"), readonly=True)
