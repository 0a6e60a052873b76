"""What a customer was promised: times and entitlements."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Entity, Mapped, Ref, field, trait, translator

_ = translator("service")

_LONGEST = 10_000


class Agreement(
    Entity,
    key="service.agreement",
    label=_("Service agreement"),
    plural=_("Service agreements"),
    icon="file-certificate",
    title="name",
    number="SA-",
    sort="valid_to",
    columns=("name", "customer", "valid_from", "valid_to", "answer_normal", "solve_normal", "owner"),
):
    """Times within which requests of a customer are answered and solved, in working hours, and what is included."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, search=True)
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="service.agreed_with", told=True,
        inverse=("service.has_agreement", _("Service agreements")),
        help=_("Empty: for all customers without one of their own."),
    )  # fmt: skip
    valid_from: Mapped[date] = field.date(_("Valid from"), required=True, index=True)
    valid_to: Mapped[date | None] = field.date(_("Valid until"), index=True)
    hours: Mapped[Ref | None] = field.reference(
        _("Service hours"), to="service.hours", relation="service.agreement_hours",
        inverse=("service.hours_of_agreement", _("Service agreements")), help=_("Empty: those of the queue."),
    )  # fmt: skip
    answer_urgent: Mapped[int | None] = field.integer(_("Answer, urgent (hours)"), minimum=1, maximum=_LONGEST)
    answer_high: Mapped[int | None] = field.integer(_("Answer, high (hours)"), minimum=1, maximum=_LONGEST)
    answer_normal: Mapped[int | None] = field.integer(_("Answer, normal (hours)"), minimum=1, maximum=_LONGEST)
    answer_low: Mapped[int | None] = field.integer(_("Answer, low (hours)"), minimum=1, maximum=_LONGEST)
    solve_urgent: Mapped[int | None] = field.integer(_("Solve, urgent (hours)"), minimum=1, maximum=_LONGEST)
    solve_high: Mapped[int | None] = field.integer(_("Solve, high (hours)"), minimum=1, maximum=_LONGEST)
    solve_normal: Mapped[int | None] = field.integer(_("Solve, normal (hours)"), minimum=1, maximum=_LONGEST)
    solve_low: Mapped[int | None] = field.integer(_("Solve, low (hours)"), minimum=1, maximum=_LONGEST)
    entitlements: Mapped[str | None] = field.multiline(_("Included"), search=True)
    requests_a_year: Mapped[int | None] = field.integer(
        _("Requests a year"), minimum=0, help=_("Included in the agreement; empty for any number.")
    )
