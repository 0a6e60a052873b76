"""Hiring in one flow: user with roles and invitation, employee, placement, contract, entitlements, joining list.

All of it happens in the caller's unit of work: the records are one change set, and a mistake anywhere leaves nothing.
The account and its rights stand in the audit trail beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from weft.core.sdk import Records, Row, ValidationFailed, staff, translator
from weft.plugins.hrm.services import checklists, people, yearly

_ = translator("hrm")

__all__ = ["Hired", "Newcomer", "hire"]

_REASON = "hrm: hire"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is asked about somebody new.

    Attributes:
        name, name_alt, email, phone: of the person; the address is for signing in.
        unit, position, heads, reports_to: where they work.
        begins_on: first day of work.
        roles: beside the base role.
        contract, ends_on, probation_until: kind and terms of the contract, none when ``contract`` is empty.
        template: joining list, None for none.
        country, region, locale, zone: working calendar, language and time zone; those of the company when empty.
    """

    name: str
    email: str
    begins_on: date
    name_alt: str = ""
    phone: str = ""
    unit: int | None = None
    position: int | None = None
    heads: bool = False
    reports_to: int | None = None
    roles: Sequence[str] = ()
    contract: str = ""
    ends_on: date | None = None
    probation_until: date | None = None
    template: int | None = None
    country: str = ""
    region: str = ""
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Hired:
    """What came of it: the file, the list (or None) and the link to hand over."""

    employee: Row
    checklist: Row | None
    url: str
    mailed: bool


def hire(records: Records, one: Newcomer) -> Hired:
    """Take somebody on.

    Args:
        records: a writing unit of a people officer, with nothing else written in it.
        one: the person.

    Raises:
        ValidationFailed: with names of the fields of :class:`Newcomer`.
        Denied: they may not make employees.
    """
    if not one.name.strip():
        raise ValidationFailed.single("name", "required", _("Please enter a name."))
    title, other = _position(records, one.position)
    invitation = staff.take_on(
        records, _REASON, email=one.email, name=one.name, name_alt=one.name_alt, unit=one.unit, position=title,
        position_alt=other, head=one.heads, roles=one.roles, locale=one.locale, zone=one.zone,
    )  # fmt: skip
    user = invitation.user_id
    file = {
        "name": one.name, "name_alt": one.name_alt or None, "user": user, "in_unit": one.unit, "position": one.position,
        "heads": one.heads, "reports_to": one.reports_to, "joined_on": one.begins_on, "phone": one.phone or None,
        "country": one.country or None, "region": one.region or None,
        "status": "active" if one.begins_on <= people.today(records) else "joining",
    }  # fmt: skip
    employee = records.create(people.EMPLOYEE, {name: value for name, value in file.items() if value is not None})
    if one.contract:
        terms = {
            "person": user, "kind": one.contract, "starts_on": one.begins_on, "ends_on": one.ends_on,
            "probation_until": one.probation_until,
        }  # fmt: skip
        records.create("hrm.contract", {name: value for name, value in terms.items() if value is not None})
    yearly.entitle(records, [user], one.begins_on.year)
    checklist = None
    if one.template is not None:
        checklist = checklists.begin(records, "joining", user, one.begins_on, one.template)
    return Hired(employee, checklist, invitation.url, invitation.mailed)


def _position(records: Records, number: int | None) -> tuple[str, str]:
    if number is None:
        return "", ""
    row = records.get("hrm.position", number, trash=False)
    return row["name"], row.get("name_alt") or ""
