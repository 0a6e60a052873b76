"""Templates: the phases, milestones and tasks that projects of a kind begin with."""

from __future__ import annotations

from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.projects import vocabulary as words

_ = translator("projects")


class Template(
    Entity,
    key="projects.template",
    label=_("Project template"),
    plural=_("Project templates"),
    slug="templates",
    icon="template",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="name",
    columns=("name", "name_alt", "updated_at"),
):
    """How projects of a kind are done; a new one gets its tasks with dates from the day it starts."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200)


class TemplateStep(
    Entity,
    key="projects.template_step",
    label=_("Step of a template"),
    plural=_("Steps of templates"),
    slug="template-steps",
    icon="list-check",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    sort="position",
    columns=("name", "template", "phase", "kind", "position", "days", "after"),
):
    """A task or milestone of a template."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200)
    template: Mapped[Ref] = field.reference(
        _("Template"), to="projects.template", relation="projects.step_of", required=True, on_delete="archive",
        inverse=("projects.has_step", _("Steps")),
    )  # fmt: skip
    kind: Mapped[str] = field.choice(_("Kind"), words.STEP_KIND, default="task")
    position: Mapped[int] = field.integer(_("Place"), required=True, minimum=1, maximum=1000, index=True)
    phase: Mapped[str | None] = field.text(_("Phase"), max_length=200)
    phase_alt: Mapped[str | None] = field.text(_("Phase in the other script"), max_length=200)
    days: Mapped[int] = field.integer(_("Working days"), default=1, minimum=0, maximum=1000)
    effort: Mapped[Decimal | None] = field.decimal(_("Effort (hours)"), minimum=0, maximum=100_000)
    after: Mapped[str | None] = field.text(
        _("After"), max_length=200, help=_("Places of the steps it waits for, such as 3, 4SS+2.")
    )
    shared: Mapped[bool] = field.boolean(_("Customer sees it"))
    acceptance: Mapped[bool] = field.boolean(_("Customer accepts it"))
