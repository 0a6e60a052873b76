"""Hours worked on projects, and what an hour of a person costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Money, Ref, field, translator
from weft.plugins.projects import vocabulary as words

_ = translator("projects")


class TimeEntry(
    Entity,
    key="projects.time_entry",
    label=_("Hours"),
    plural=_("Hours", "list"),
    slug="hours",
    icon="clock-hour-4",
    title="subject",
    features=("comments", "export"),
    sort="-day",
    columns=("subject", "project", "owner", "day", "hours", "status", "note"),
):
    """Hours of one person on one day for one task or project. The owner worked them."""

    subject: Mapped[str | None] = field.text(_("What for"), max_length=420, readonly=True)
    project: Mapped[Ref] = field.reference(
        _("Project"), to="projects.project", relation="projects.hours_of", required=True,
        inverse=("projects.has_hours", _("Hours")),
    )  # fmt: skip
    task: Mapped[Ref | None] = field.reference(
        _("Task"), to="projects.task", relation="projects.hours_for", on_delete="detach",
        inverse=("projects.task_hours", _("Hours")),
    )  # fmt: skip
    day: Mapped[date] = field.date(_("Day"), required=True, index=True)
    hours: Mapped[Decimal] = field.decimal(_("Hours"), required=True, minimum=0, maximum=24)
    note: Mapped[str | None] = field.text(_("Note"), max_length=500)
    status: Mapped[str] = field.choice(
        _("Status"), words.HOURS_STATUS, state=True, transitions=words.HOURS_MOVES, default="draft",
        initial=("draft", "submitted", "approved"),
    )  # fmt: skip
    week: Mapped[date | None] = field.date(_("Week of"), readonly=True, index=True)
    lead: Mapped[int | None] = field.user(_("Approved by", "role"), readonly=True, index=True)
    returned_why: Mapped[str | None] = field.text(_("Why it was sent back"), readonly=True, max_length=500)
    cost: Mapped[Money | None] = field.money(_("Cost"), internal=True)


class Rate(
    Entity,
    key="projects.rate",
    label=_("Cost rate"),
    plural=_("Cost rates"),
    icon="cash",
    title="name",
    features=("export",),
    columns=("name", "person", "project", "rate", "valid_from"),
):
    """What an hour of a person costs from a day on; for one project only, where it names one."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=200, readonly=True)
    person: Mapped[int | None] = field.user(_("Person"), index=True, help=_("Empty: everybody without an own rate."))
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="projects.rate_for", on_delete="archive",
        inverse=("projects.has_rate", _("Cost rates")),
    )  # fmt: skip
    rate: Mapped[Money | None] = field.money(_("Rate per hour"), required=True, sensitive=True)
    valid_from: Mapped[date] = field.date(_("Valid from"), required=True, index=True)
