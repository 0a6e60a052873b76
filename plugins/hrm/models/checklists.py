"""Joining and leaving: what has to be done, by whom, by when."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.hrm import vocabulary as words

_ = translator("hrm")


class Template(
    Entity,
    key="hrm.template",
    label=_("List template"),
    plural=_("List templates"),
    icon="template",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    columns=("name", "kind", "active"),
):
    """Which steps a joining or leaving list begins with."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120)
    kind: Mapped[str] = field.choice(_("For", "kind of list"), words.CHECKLIST_KIND, required=True, default="joining")
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class TemplateStep(
    Entity,
    key="hrm.template_step",
    label=_("Step of a template"),
    plural=_("Steps of templates"),
    icon="list-check",
    title="subject",
    alt_title="subject_alt",
    features=("export", "import"),
    sort="position",
    columns=("subject", "template", "responsible", "days", "position"),
):
    """One step; days count from the first or last day of work."""

    subject: Mapped[str] = field.text(_("What is to be done"), required=True, max_length=200)
    subject_alt: Mapped[str | None] = field.text(_("The same in the other language"), max_length=200)
    template: Mapped[Ref] = field.reference(
        _("Template"), to="hrm.template", relation="hrm.step_of_template", inverse=("hrm.template_has", _("Steps")),
        required=True, on_delete="archive",
    )  # fmt: skip
    responsible: Mapped[str] = field.choice(_("Who does it"), words.RESPONSIBLE, required=True, default="officer")
    days: Mapped[int] = field.integer(
        _("Due after (days)"), default=0, minimum=-365, maximum=365,
        help=_("From the first day of work, or the last one of somebody who leaves; before it with a minus."),
    )  # fmt: skip
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=10_000, index=True)


class Checklist(
    Entity,
    key="hrm.checklist",
    label=_("Joining or leaving"),
    plural=_("Joining and leaving"),
    slug="checklists",
    icon="list-check",
    title="name",
    alt_title="name_alt",
    sort="-base_on",
    columns=("name", "kind", "status", "steps_done", "steps_total", "base_on", "owner"),
):
    """The list of one person who joins or leaves."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    kind: Mapped[str] = field.choice(_("Kind"), words.CHECKLIST_KIND, required=True, default="joining", index=True)
    person: Mapped[int] = field.user(_("Person"), required=True)
    base_on: Mapped[date] = field.date(_("First or last day"), required=True, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CHECKLIST_STATUS, state=True, default="open", initial=("open", "done"), readonly=True
    )
    steps_total: Mapped[int] = field.integer(_("Steps"), default=0, readonly=True)
    steps_done: Mapped[int] = field.integer(_("Steps done"), default=0, readonly=True)


class Step(
    Entity,
    key="hrm.step",
    label=_("Step"),
    plural=_("Steps"),
    icon="checkbox",
    title="subject",
    alt_title="subject_alt",
    features=("export", "comments", "links"),
    sort="due_on",
    columns=("subject", "list", "owner", "due_on", "status", "done_on"),
):
    """One thing to do for somebody who joins or leaves; its owner does it."""

    subject: Mapped[str] = field.text(_("What is to be done"), required=True, max_length=200)
    subject_alt: Mapped[str | None] = field.text(_("The same in the other language"), max_length=200)
    list: Mapped[Ref] = field.reference(
        _("List"), to="hrm.checklist", relation="hrm.step_of", inverse=("hrm.has_step", _("Steps")), required=True,
        on_delete="archive",
    )  # fmt: skip
    person: Mapped[int | None] = field.user(_("For", "whom a step is"), readonly=True)
    due_on: Mapped[date | None] = field.date(_("Due on"), index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.STEP_STATUS, state=True, transitions=words.STEP_MOVES, default="todo",
        initial=("todo", "done"),
    )  # fmt: skip
    done_on: Mapped[date | None] = field.date(_("Done on"), readonly=True)
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=10_000, index=True)
    source: Mapped[str | None] = field.text(_("Comes from"), max_length=80, internal=True)
    page: Mapped[str | None] = field.text(_("Page"), max_length=200, readonly=True)
