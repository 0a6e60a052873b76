"""Projects, their phases and milestones, who is on them, and what may go wrong."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.projects import vocabulary as words

_ = translator("projects")


class Project(
    Entity,
    key="projects.project",
    label=_("Project"),
    plural=_("Projects"),
    icon="timeline-event",
    title="name",
    alt_title="name_alt",
    number="P-",
    traits=("finance.costable",),
    sort="-updated_at",
    columns=(
        "name", "customer", "status", "progress", "ends_on", "forecast_on", "late_days", "health", "owner",
    ),
):  # fmt: skip
    """Work with a beginning, an end and a plan. Its owner leads it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.PROJECT_STATUS, state=True, transitions=words.PROJECT_MOVES, default="planned", board=True,
        initial=("planned", "running", "finished"),
    )  # fmt: skip
    health: Mapped[str] = field.choice(_("Health"), words.HEALTH, default="good", index=True, board=True)
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="projects.for_customer",
        inverse=("projects.has_project", _("Projects")),
    )  # fmt: skip
    contact: Mapped[Ref | None] = field.reference(
        _("Contact"), to=trait("core.person"), relation="projects.contact_is", on_delete="detach",
        inverse=("projects.contact_of", _("Projects as a contact")),
    )  # fmt: skip
    site: Mapped[Any] = field.address(_("Site"))
    source: Mapped[Ref | None] = field.reference(
        _("Made from"), to="crm.opportunity", relation="projects.came_from", on_delete="detach",
        inverse=("projects.led_to", _("Projects made from this")),
    )  # fmt: skip
    template: Mapped[Ref | None] = field.reference(
        _("Template"), to="projects.template", relation="projects.from_template", on_delete="detach", readonly=True,
        inverse=("projects.template_of", _("Projects made by this template")),
    )  # fmt: skip
    starts_on: Mapped[date | None] = field.date(_("Start"), index=True)
    ends_on: Mapped[date | None] = field.date(_("Planned end"), index=True)
    forecast_on: Mapped[date | None] = field.date(_("Forecast end"), readonly=True, index=True)
    late_days: Mapped[int] = field.integer(
        _("Days late"), default=0, readonly=True, index=True,
        help=_("From the planned end to the end that the plan comes to."),
    )  # fmt: skip
    late_reason: Mapped[str | None] = field.multiline(_("Why it is late"), max_length=2000)
    finished_on: Mapped[date | None] = field.date(_("Finished on"), readonly=True, index=True)
    progress: Mapped[int] = field.integer(
        _("Progress (%)"), default=0, readonly=True, index=True, help=_("Done tasks of all tasks.")
    )
    tasks_total: Mapped[int] = field.integer(_("Tasks"), default=0, readonly=True)
    tasks_done: Mapped[int] = field.integer(_("Tasks done"), default=0, readonly=True)
    country: Mapped[str | None] = field.text(
        _("Working days of"), max_length=2, help=_("Country code, such as NL or CN; make-up working days count.")
    )
    currency: Mapped[str | None] = field.text(
        _("Currency"), max_length=3, help=_("In which its hours are valued; empty for the company's.")
    )
    budget: Mapped[Money | None] = field.money(_("Budget for hours"))
    hours: Mapped[Decimal] = field.decimal(_("Approved hours"), default=Decimal(0), readonly=True)
    hours_cost: Mapped[Money | None] = field.money(
        _("Cost of hours"), readonly=True, help=_("Approved hours at the cost rates of their days.")
    )
    shared: Mapped[bool] = field.boolean(
        _("Customer follows it"), index=True, help=_("Its bar and what is shared of it stand in the customer's portal.")
    )
    summary: Mapped[str | None] = field.markdown(_("What it is about"), search=True)


class Phase(
    Entity,
    key="projects.phase",
    label=_("Phase"),
    plural=_("Phases"),
    icon="stack-2",
    title="name",
    alt_title="name_alt",
    features=("comments", "search", "export", "import"),
    sort="position",
    columns=("name", "project", "starts_on", "ends_on", "progress"),
):
    """A part of a project; its dates and progress are those of its tasks."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.phase_of", required=True, on_delete="archive",
        inverse=("projects.has_phase", _("Phases")),
    )  # fmt: skip
    position: Mapped[int] = field.integer(_("Place"), default=0, index=True, minimum=0, maximum=10_000)
    starts_on: Mapped[date | None] = field.date(_("Start"), readonly=True, index=True)
    ends_on: Mapped[date | None] = field.date(_("End"), readonly=True, index=True)
    progress: Mapped[int] = field.integer(_("Progress (%)"), default=0, readonly=True)


class Milestone(
    Entity,
    key="projects.milestone",
    label=_("Milestone"),
    plural=_("Milestones"),
    icon="flag-3",
    title="name",
    alt_title="name_alt",
    sort="due_on",
    columns=("name", "project", "status", "planned_on", "due_on", "shown_on", "shared", "answered_at"),
):
    """A point that a project reaches; the customer may have to accept it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.milestone_of", required=True, on_delete="archive",
        inverse=("projects.has_milestone", _("Milestones")),
    )  # fmt: skip
    phase: Mapped[Ref | None] = field.reference(
        _("Phase"), to="projects.phase", relation="projects.milestone_in", on_delete="detach",
        inverse=("projects.phase_milestones", _("Milestones")),
    )  # fmt: skip
    status: Mapped[str] = field.choice(
        _("Status"), words.MILESTONE_STATUS, state=True, transitions=words.MILESTONE_MOVES, default="planned",
        board=True, initial=("planned", "waiting", "reached", "accepted"),
    )  # fmt: skip
    planned_on: Mapped[date | None] = field.date(_("Planned"), index=True)
    due_on: Mapped[date | None] = field.date(
        _("Forecast"), readonly=True, index=True, help=_("When the last task before it ends.")
    )
    shared: Mapped[bool] = field.boolean(_("Customer sees it"), index=True)
    shown_on: Mapped[date | None] = field.date(
        _("Date shown to the customer"), readonly=True, index=True, help=_("It changes when you publish a date.")
    )
    shown_note: Mapped[str | None] = field.multiline(_("Sentence for the customer"), max_length=1000, readonly=True)
    moved_from: Mapped[date | None] = field.date(
        _("Shown before"), readonly=True, help=_("The date that the customer saw before the last one was published.")
    )
    agreed_at: Mapped[datetime | None] = field.datetime(_("Date agreed to"), readonly=True)
    agreed_by: Mapped[str | None] = field.text(_("Date agreed to by"), readonly=True, max_length=200)
    acceptance: Mapped[bool] = field.boolean(_("Customer accepts it"))
    reached_on: Mapped[date | None] = field.date(_("Reached on"), readonly=True, index=True)
    answered_at: Mapped[datetime | None] = field.datetime(_("Answered"), readonly=True, index=True)
    answered_by: Mapped[str | None] = field.text(_("Answered by"), readonly=True, max_length=200)
    remark: Mapped[str | None] = field.multiline(_("What the customer says"), max_length=2000, readonly=True)
    reminded_at: Mapped[datetime | None] = field.datetime(_("Customer reminded"), readonly=True)


class Member(
    Entity,
    key="projects.member",
    label=_("Team member"),
    plural=_("Team members"),
    icon="users-group",
    title="name",
    features=("export",),
    columns=("name", "project", "kind"),
):
    """A colleague on a project. The owner of the row is who leads the project."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=200, readonly=True)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.member_of", required=True, on_delete="archive",
        inverse=("projects.has_member", _("Team")),
    )  # fmt: skip
    person: Mapped[int | None] = field.user(_("Person"), index=True)
    kind: Mapped[str] = field.choice(_("As", "kind of a team member"), words.MEMBER_KIND, default="member")


class Risk(
    Entity,
    key="projects.risk",
    label=_("Risk"),
    plural=_("Risks"),
    icon="shield-exclamation",
    title="subject",
    sort="-updated_at",
    columns=("subject", "project", "probability", "impact", "status", "due_on", "owner"),
):
    """Something that may go wrong in a project, and what is done about it."""

    subject: Mapped[str] = field.text(_("Risk"), required=True, max_length=200, search=True)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.risk_of", required=True, on_delete="archive",
        inverse=("projects.has_risk", _("Risks")),
    )  # fmt: skip
    probability: Mapped[str] = field.choice(_("Probability"), words.DEGREE, default="medium", index=True)
    impact: Mapped[str] = field.choice(_("Impact"), words.DEGREE, default="medium", index=True)
    status: Mapped[str] = field.choice(_("Status"), words.RISK_STATUS, state=True, default="open", board=True)
    measure: Mapped[str | None] = field.multiline(_("What we do about it"), max_length=4000)
    due_on: Mapped[date | None] = field.date(_("By", "a day"), index=True)
