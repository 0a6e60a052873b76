"""Who works here, as what, where, and whom they report to, now and before."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import Entity, Mapped, Money, Ref, field, translator
from weft.plugins.hrm import vocabulary as words

_ = translator("hrm")


class Position(
    Entity,
    key="hrm.position",
    label=_("Position"),
    plural=_("Positions"),
    icon="briefcase",
    title="name",
    alt_title="name_alt",
    features=("export", "import"),
    columns=("name", "name_alt", "active"),
):
    """What people are: account manager, field engineer."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120)
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Employee(
    Entity,
    key="hrm.employee",
    label=_("Employee"),
    plural=_("Employees"),
    icon="id",
    title="name",
    alt_title="name_alt",
    number="EMP-",
    sort="name",
    columns=("name", "in_unit", "position", "reports_to", "status", "joined_on", "phone"),
    dormant="gone",
):
    """The file of somebody who works or worked for the company; stands for one user."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120, search=True)
    user: Mapped[int] = field.user(_("User"), required=True, unique=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.EMPLOYEE_STATUS, state=True, transitions=words.EMPLOYEE_MOVES,
        initial=("joining", "active", "left"), default="active", board=True,
    )  # fmt: skip
    gone: Mapped[bool] = field.boolean(_("Has left"), readonly=True)
    in_unit: Mapped[int | None] = field.unit(_("Works in"), index=True)
    position: Mapped[Ref | None] = field.reference(
        _("Position"), to="hrm.position", relation="hrm.works_as", inverse=("hrm.held_by", _("Employees")),
        only={"active": "true"}, board=True,
    )  # fmt: skip
    heads: Mapped[bool] = field.boolean(_("Heads the unit"))
    reports_to: Mapped[int | None] = field.user(_("Reports to"), help=_("Empty: the head of the unit."))
    joined_on: Mapped[date | None] = field.date(_("Joined on"), index=True)
    last_day: Mapped[date | None] = field.date(_("Last day"), index=True)
    phone: Mapped[str | None] = field.phone(_("Telephone"))
    country: Mapped[str | None] = field.text(
        _("Working calendar of"), max_length=2, help=_("Country code, such as NL or CN. Empty: that of the company.")
    )
    region: Mapped[str | None] = field.text(_("Region"), max_length=10, help=_("Code within the country, such as BY."))
    born_on: Mapped[date | None] = field.date(_("Date of birth"), section="private")
    address: Mapped[dict[str, Any] | None] = field.address(_("Home address"), section="private")
    emergency: Mapped[str | None] = field.text(_("Whom to call in an emergency"), max_length=200, section="private")
    salary: Mapped[Money | None] = field.money(_("Monthly salary"), sensitive=True, section="pay")
    bank_account: Mapped[str | None] = field.text(_("Bank account"), max_length=60, sensitive=True, section="pay")
    identity_number: Mapped[str | None] = field.text(
        _("Identity or tax number"), max_length=40, sensitive=True, section="pay"
    )


class FileChange(
    Entity,
    key="hrm.file_change",
    label=_("Change asked for"),
    plural=_("Changes asked for"),
    slug="file-changes",
    icon="pencil",
    title="name",
    alt_title="name_alt",
    features=("comments", "export"),
    sort="-created_at",
    columns=("name", "concerns", "status", "created_at"),
):
    """What somebody wants changed in their own file: a people officer enters it, or says why not."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True, readonly=True)
    concerns: Mapped[list[str] | None] = field.multi_choice(_("What changes"), words.ASKABLE, readonly=True)
    phone: Mapped[str | None] = field.phone(_("Telephone"), readonly=True)
    address: Mapped[dict[str, Any] | None] = field.address(_("Home address"), readonly=True)
    emergency: Mapped[str | None] = field.text(_("Whom to call in an emergency"), max_length=200, readonly=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CHANGE_STATUS, state=True, transitions=words.CHANGE_MOVES, default="asked",
    )  # fmt: skip
    answer: Mapped[str | None] = field.text(_("Answer"), max_length=400, readonly=True)


class Placement(
    Entity,
    key="hrm.placement",
    label=_("Placement"),
    plural=_("Placements"),
    icon="sitemap",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="-since",
    columns=("name", "in_unit", "position", "reports_to", "since", "until"),
):
    """Where somebody worked and whom they reported to, from a day to a day; the org chart of a date reads these."""

    name: Mapped[str | None] = field.text(_("Name"), readonly=True, max_length=120)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), readonly=True, max_length=120)
    person: Mapped[int] = field.user(_("Person"), required=True)
    in_unit: Mapped[int | None] = field.unit(_("Works in"))
    position: Mapped[Ref | None] = field.reference(
        _("Position"), to="hrm.position", relation="hrm.placed_as", inverse=("hrm.placement_of", _("Placements"))
    )
    heads: Mapped[bool] = field.boolean(_("Heads the unit"))
    reports_to: Mapped[int | None] = field.user(_("Reports to"))
    since: Mapped[date] = field.date(_("From", "a day"), required=True, index=True)
    until: Mapped[date | None] = field.date(_("Until", "last day"), index=True)
