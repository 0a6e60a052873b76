"""Processes, their versions, and who has which duty in which unit."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.workflow import vocabulary as words

_ = translator("workflow")


class Process(
    Entity,
    key="workflow.process",
    label=_("Process"),
    plural=_("Processes"),
    icon="route",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="name",
    columns=("name", "subject", "latest", "source", "active"),
):
    """How something is decided at the company; each change of it is a new version."""

    key: Mapped[str] = field.text(_("Key"), unique=True, max_length=100, readonly=True)
    name: Mapped[str] = field.text(_("Name"), max_length=120, readonly=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120, readonly=True)
    subject: Mapped[str] = field.text(_("Kind of record"), max_length=100, index=True, readonly=True)
    source: Mapped[str] = field.choice(_("Made by"), words.SOURCE, default="form", readonly=True)
    latest: Mapped[int] = field.integer(_("Version"), default=0, readonly=True)
    active: Mapped[bool] = field.boolean(_("In use"), default=True, readonly=True)
    ran_on: Mapped[date | None] = field.date(_("Last started by the calendar"), readonly=True)


class Version(
    Entity,
    key="workflow.version",
    label=_("Version of a process"),
    plural=_("Versions of processes"),
    icon="versions",
    title="name",
    features=("export",),
    sort="-revision",
    columns=("name", "process", "revision", "note", "created_at"),
):
    """One state of a process. Cases keep the version they began with."""

    name: Mapped[str] = field.text(_("Name"), max_length=140, readonly=True)
    process: Mapped[Ref] = field.reference(
        _("Process"),
        to="workflow.process",
        relation="workflow.version_of",
        on_delete="archive",
        inverse=("workflow.has_version", _("Versions")),
        readonly=True,
    )
    revision: Mapped[int] = field.integer(_("Number"), minimum=1, index=True, readonly=True)
    note: Mapped[str | None] = field.text(_("What changed"), max_length=300, readonly=True)
    chain: Mapped[str | None] = field.multiline(_("Steps"), max_length=200_000, internal=True)
    bpmn: Mapped[str | None] = field.multiline(_("Model"), max_length=1_500_000, internal=True)
    compiled: Mapped[str | None] = field.multiline(_("Compiled"), max_length=3_000_000, internal=True)


class Duty(
    Entity,
    key="workflow.duty",
    label=_("Duty"),
    plural=_("Duties in units"),
    slug="duties",
    icon="user-check",
    title="name",
    features=("export", "import"),
    sort="name",
    columns=("name", "duty", "in_unit", "person"),
):
    """Who has a duty in a unit; it also holds for the units below, until one of them has somebody else."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=160, readonly=True)
    duty: Mapped[Ref] = field.value(
        _("Duty"),
        list="workflow.duty",
        relation="workflow.is_duty",
        inverse=("workflow.duty_of", _("Duties")),
        required=True,
    )
    in_unit: Mapped[int] = field.unit(_("Unit"), required=True, index=True)
    person: Mapped[int] = field.user(_("Person"), required=True)
