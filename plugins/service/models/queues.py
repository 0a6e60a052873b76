"""Who answers, when they work, and ready texts."""

from __future__ import annotations

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.service import vocabulary as words

_ = translator("service")


class Hours(
    Entity,
    key="service.hours",
    label=_("Service hours"),
    plural=_("Service hours", "list"),
    slug="hours",
    icon="calendar-time",
    title="name",
    features=("export",),
    columns=("name", "zone", "days", "opens", "closes", "country"),
):
    """When a team works: due times count only these hours, and no public holiday."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120)
    zone: Mapped[str] = field.text(
        _("Time zone"), required=True, max_length=60, default="UTC", help=_("Such as Europe/Amsterdam.")
    )
    always: Mapped[bool] = field.boolean(_("Round the clock"))
    days: Mapped[list[str]] = field.multi_choice(
        _("Working days"), words.DAYS, default=lambda: ["mon", "tue", "wed", "thu", "fri"]
    )
    opens: Mapped[str] = field.text(_("From", "time of day"), max_length=5, default="09:00", help=_("Such as 08:30."))
    closes: Mapped[str] = field.text(_("To", "time of day"), max_length=5, default="17:00")
    country: Mapped[str | None] = field.text(
        _("Public holidays of"), max_length=2, help=_("Country code, such as NL or CN; make-up working days count.")
    )
    region: Mapped[str | None] = field.text(_("Region"), max_length=10, help=_("Code within the country, such as BY."))


class Queue(
    Entity,
    key="service.queue",
    label=_("Queue"),
    plural=_("Queues"),
    icon="inbox",
    title="name",
    alt_title="name_alt",
    features=("export",),
    columns=("name", "team", "rule", "answers", "lead", "hours"),
):
    """A group of colleagues who answer the requests of some customers."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120)
    team: Mapped[int | None] = field.unit(_("Team"), help=_("People of this unit and below answer."))
    rule: Mapped[str] = field.choice(_("New requests go to"), words.OWNER_RULE, default="nobody")
    answers: Mapped[int | None] = field.user(_("Answers"), help=_("For “One person”."))
    lead: Mapped[int | None] = field.user(_("Lead"), help=_("Is told when something is overdue."))
    hours: Mapped[Ref | None] = field.reference(
        _("Service hours"), to="service.hours", relation="service.queue_hours",
        inverse=("service.hours_of_queue", _("Queues")),
    )  # fmt: skip
    countries: Mapped[str | None] = field.text(
        _("Countries"), max_length=200, help=_("Codes of its customers' countries, such as CN HK.")
    )
    standard: Mapped[bool] = field.boolean(_("For all others"), help=_("Requests that fit no other queue."))


class AnswerText(
    Entity,
    key="service.answer_text",
    label=_("Ready answer"),
    plural=_("Ready answers"),
    icon="template",
    title="name",
    features=("export",),
    columns=("name", "kind", "updated_at"),
):
    """A text for answers; slots: {contact}, {number}, {subject}, {me}."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True)
    kind: Mapped[Ref | None] = field.value(
        _("Kind"), list="service.kind", relation="service.text_kind", inverse=("service.kind_of_text", _("Texts"))
    )
    text_en: Mapped[str | None] = field.multiline(_("Text (English)"), max_length=5000)
    text_zh: Mapped[str | None] = field.multiline(_("Text (Chinese)"), max_length=5000)
