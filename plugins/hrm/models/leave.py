"""Leave: kinds, what people are entitled to, requests, and the official calendar where the library lacks it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.hrm import vocabulary as words

_ = translator("hrm")


class LeaveType(
    Entity,
    key="hrm.leave_type",
    label=_("Leave type"),
    plural=_("Leave types"),
    slug="leave-types",
    icon="beach",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    sort="position",
    columns=("name", "name_alt", "accrual", "days_a_year", "carry_days", "carry_months", "active"),
):
    """A kind of leave with its rules."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=80)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=80)
    country: Mapped[str | None] = field.text(_("Only in"), max_length=2, help=_("Country code; empty for everybody."))
    accrual: Mapped[str] = field.choice(_("Entitlement"), words.ACCRUAL, required=True, default="year")
    days_a_year: Mapped[Decimal | None] = field.decimal(_("Days a year"), scale=2, minimum=0, maximum=366)
    counted: Mapped[str] = field.choice(_("Counted in"), words.COUNTED, required=True, default="working")
    carry_days: Mapped[Decimal | None] = field.decimal(
        _("Carried over at most (days)"), scale=2, minimum=0, maximum=366
    )
    carry_months: Mapped[int | None] = field.integer(
        _("Carried days expire after (months)"), minimum=1, maximum=12, help=_("Of the new year. Empty: never.")
    )
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=10_000, index=True)
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Entitlement(
    Entity,
    key="hrm.entitlement",
    label=_("Entitlement"),
    plural=_("Entitlements"),
    icon="scale",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    sort="-year",
    columns=("name", "leave_type", "year", "days", "carried", "carried_until", "corrected"),
):
    """What one person may take of one kind of leave in a year."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True)
    leave_type: Mapped[Ref] = field.reference(
        _("Leave type"), to="hrm.leave_type", relation="hrm.entitled_to",
        inverse=("hrm.entitlement_of", _("Entitlements")), required=True,
    )  # fmt: skip
    year: Mapped[int] = field.integer(_("Year"), required=True, minimum=1990, maximum=2200, index=True)
    days: Mapped[Decimal] = field.decimal(_("Days"), scale=2, default=Decimal(0), minimum=0, maximum=366)
    since: Mapped[date | None] = field.date(_("Counts from"), help=_("For somebody who joined during the year."))
    carried: Mapped[Decimal] = field.decimal(_("Carried over"), scale=2, default=Decimal(0), minimum=0, maximum=366)
    carried_until: Mapped[date | None] = field.date(_("Carried days expire after"))
    corrected: Mapped[Decimal] = field.decimal(_("Correction"), scale=2, default=Decimal(0), minimum=-366, maximum=366)
    correction_note: Mapped[str | None] = field.text(_("Why it was corrected"), max_length=200)


class Leave(
    Entity,
    key="hrm.leave",
    label=_("Leave"),
    plural=_("Leave", "list"),
    slug="leaves",
    icon="beach",
    title="name",
    alt_title="name_alt",
    sort="-from_on",
    columns=("name", "leave_type", "from_on", "to_on", "days", "status", "owner"),
):
    """A request for leave; its owner decides. Whoever is away shows in the team calendar, the reason does not."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True)
    in_unit: Mapped[int | None] = field.unit(_("Works in"), readonly=True)
    leave_type: Mapped[Ref] = field.reference(
        _("Leave type"), to="hrm.leave_type", relation="hrm.leave_of_type",
        inverse=("hrm.type_of_leave", _("Leave", "list")), required=True, only={"active": "true"},
    )  # fmt: skip
    from_on: Mapped[date] = field.date(_("First day"), required=True, index=True)
    to_on: Mapped[date] = field.date(_("Last day away"), required=True, index=True)
    first_half: Mapped[bool] = field.boolean(_("First day from noon"))
    last_half: Mapped[bool] = field.boolean(_("Last day until noon"))
    days: Mapped[Decimal] = field.decimal(_("Days taken"), scale=2, default=Decimal(0), readonly=True)
    official: Mapped[bool] = field.boolean(
        _("Official calendar known"), default=True, readonly=True,
        help=_("No: make-up days of that year were not announced yet; it is counted anew when they are loaded."),
    )  # fmt: skip
    status: Mapped[str] = field.choice(
        _("Status"), words.LEAVE_STATUS, state=True, transitions=words.LEAVE_MOVES, default="requested",
        initial=("requested", "approved"), board=True,
    )  # fmt: skip
    reason: Mapped[str | None] = field.multiline(_("Reason"), max_length=1000)
    decided_by: Mapped[int | None] = field.user(_("Decided by"), readonly=True)
    decided_at: Mapped[datetime | None] = field.datetime(_("Decided at"), readonly=True)
    decision: Mapped[str | None] = field.text(_("Answer"), max_length=400, readonly=True)


class CalendarDay(
    Entity,
    key="hrm.calendar_day",
    label=_("Official day"),
    plural=_("Official days"),
    slug="calendar-days",
    icon="calendar-event",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    sort="-day",
    columns=("day", "name", "kind", "country"),
):
    """A day of a country's official calendar. Where a year has such days they take the place of the built-in ones."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=80)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=80)
    country: Mapped[str] = field.text(_("Country"), required=True, max_length=2, default="CN", index=True)
    day: Mapped[date] = field.date(_("Day"), required=True, index=True)
    kind: Mapped[str] = field.choice(_("Kind"), words.DAY_KIND, required=True, default="off")
