"""Contracts, hours of presence, and goals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from weft.core.sdk import Entity, Kind, Mapped, field, translator
from weft.plugins.hrm import vocabulary as words

_ = translator("hrm")


class Contract(
    Entity,
    key="hrm.contract",
    label=_("Employment contract"),
    plural=_("Employment contracts"),
    slug="contracts",
    icon="file-certificate",
    title="name",
    alt_title="name_alt",
    number="EC-",
    sort="ends_next",
    columns=("name", "kind", "starts_on", "probation_until", "ends_on", "ends_next", "status"),
):
    """What was agreed with an employee and until when."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True)
    kind: Mapped[str] = field.choice(_("Kind"), words.CONTRACT_KIND, required=True, default="open_ended", index=True)
    starts_on: Mapped[date] = field.date(_("Begins on"), required=True)
    ends_on: Mapped[date | None] = field.date(_("Ends on"))
    probation_until: Mapped[date | None] = field.date(_("Probation until"))
    confirmed_on: Mapped[date | None] = field.date(_("Probation passed on"), readonly=True)
    ends_next: Mapped[date | None] = field.date(_("Next end"), readonly=True, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CONTRACT_STATUS, state=True, transitions={"running": ("ended",), "ended": ("running",)},
        default="running", initial=("running", "ended"),
    )  # fmt: skip
    note: Mapped[str | None] = field.multiline(_("Note"), max_length=2000)


class Attendance(
    Entity,
    key="hrm.attendance",
    label=_("Day of attendance"),
    plural=_("Attendance"),
    slug="attendance",
    icon="fingerprint",
    title="name",
    alt_title="name_alt",
    features=("export", "import", "comments"),
    sort="-day",
    columns=("name", "day", "came_at", "left_at", "minutes", "status", "owner"),
):
    """When somebody came and went on a day. Mistakes are corrected on request; the head decides."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True)
    day: Mapped[date] = field.date(_("Day"), required=True, index=True)
    came_at: Mapped[datetime | None] = field.datetime(_("Came"))
    left_at: Mapped[datetime | None] = field.datetime(_("Went"))
    minutes: Mapped[int | None] = field.integer(_("Minutes present"), readonly=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.ATTENDANCE_STATUS, state=True, transitions=words.ATTENDANCE_MOVES, default="recorded",
        initial=("recorded", "corrected"),
    )  # fmt: skip
    asked_came_at: Mapped[datetime | None] = field.datetime(_("Came, as asked for"), readonly=True)
    asked_left_at: Mapped[datetime | None] = field.datetime(_("Went, as asked for"), readonly=True)
    reason: Mapped[str | None] = field.text(_("Why it is wrong"), max_length=300, readonly=True)
    slot: Mapped[str | None] = field.text(_("Person and day"), max_length=60, unique=True, internal=True)


class Goal(
    Entity,
    key="hrm.goal",
    label=_("Goal"),
    plural=_("Goals"),
    icon="target",
    title="subject",
    sort="ends_on",
    columns=("subject", "person", "target", "reached", "starts_on", "ends_on", "status"),
):
    """A number somebody wants to reach in a time; some numbers come from other plugins."""

    subject: Mapped[str] = field.text(_("Goal"), required=True, max_length=200, search=True)
    person: Mapped[int] = field.user(_("Person"), required=True)
    starts_on: Mapped[date] = field.date(_("From", "a day"), required=True)
    ends_on: Mapped[date] = field.date(_("Until", "last day"), required=True, index=True)
    target: Mapped[Decimal] = field.decimal(_("Target"), scale=2, required=True, minimum=0)
    measure: Mapped[str | None] = field.text(_("Unit of measure"), max_length=20, help=_("Such as CNY, visits, %."))
    source: Mapped[str | None] = field.text(
        _("Filled by"), max_length=80, help=_("Empty: somebody enters what was reached.")
    )
    reached: Mapped[Decimal | None] = field.decimal(_("Reached"), scale=2, default=Decimal(0))
    counted_at: Mapped[datetime | None] = field.datetime(_("Counted at"), readonly=True)
    percent: Mapped[int] = field.computed(
        _("Reached (%)"), Kind.INTEGER, python=lambda row: _share(row.get("reached"), row.get("target"))
    )
    status: Mapped[str] = field.choice(
        _("Status"), words.GOAL_STATUS, state=True, transitions=words.GOAL_MOVES, default="open",
        initial=("open", "met", "missed"),
    )  # fmt: skip
    note: Mapped[str | None] = field.multiline(_("Note"), max_length=2000)


def _share(reached: object, target: object) -> int | None:
    if not isinstance(reached, Decimal) or not isinstance(target, Decimal) or not target:
        return None
    return round(reached * 100 / target)
