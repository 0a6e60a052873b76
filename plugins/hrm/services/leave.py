"""Requests for leave: how many days they take, who decides, what the decision does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, every, notify, register_notice, translator
from weft.plugins.hrm.services import balance, people
from weft.plugins.hrm.services.calendar import Calendar, Day, calendar_for

_ = translator("hrm")

__all__ = ["Preview", "decide", "open_types", "preview", "recount", "request", "tell_decider"]

LEAVE, TYPE = "hrm.leave", "hrm.leave_type"
ASKED, DECIDED, RECOUNTED = "hrm.leave_asked", "hrm.leave_decided", "hrm.leave_recounted"
register_notice(ASKED, _("%(who)s asks for leave: %(record)s"), headline=_("Leave to decide"))
register_notice(DECIDED, _("%(who)s decided on your leave %(record)s"), headline=_("Your leave"))
register_notice(RECOUNTED, _("Your leave %(record)s was counted anew"), headline=_("Your leave"))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a request would take.

    Attributes:
        listed: every day with its kind.
        days: how many count.
        official: False while make-up days of a year are not announced.
        balance: of this kind in the year of the first day; None for kinds without entitlement.
        after: what would be left; requests not decided yet are taken off as well.
    """

    listed: list[Day]
    days: Decimal
    official: bool
    balance: balance.Balance | None
    after: Decimal | None


def open_types(records: Records, country: str = "") -> list[Row]:
    """Kinds of leave in use, for a country, in their order."""
    rows = records.query(TYPE, filters={"active": "true"}, sort="position", limit=100).rows
    return [row for row in rows if not row.get("country") or not country or row["country"].upper() == country]


def preview(
    records: Records, person: int, kind: Row, values: Mapping[str, Any], *, without: int | None = None
) -> Preview:
    """Count a request before it is sent.

    Args:
        records: any unit; whoever asks may know the balance of this person.
        person: user.
        kind: row of the kind of leave.
        values: ``from_on``, ``to_on`` (dates), ``first_half``, ``last_half``.
        without: id of the leave itself, when it is there already.
    """
    first, last = values["from_on"], values["to_on"]
    calendar = _calendar(records, person, first, last)
    taken = balance.count(calendar, values, kind["counted"])
    days = sum((one.days for one in taken), Decimal(0))
    listed = list(calendar.days(first, last))
    official = calendar.official(first, last)
    if kind["accrual"] == "none":
        return Preview(listed, days, official, None, None)
    shown = balance.balances(records, person, first.year, max(people.today(records), first), [kind], without=without)
    found = worst = shown[kind["id"]]
    after = _after(found, taken, first.year)
    for year in range(first.year + 1, last.year + 1):
        # A year's days come from its own entitlement; where it is not made yet, from as much as the first year gives.
        own = balance.balances(records, person, year, min(last, date(year, 12, 31)), [kind], without=without)[
            kind["id"]
        ]
        if not own.known:
            own.accrued = found.accrued
        left = _after(own, taken, year)
        if left < 0 and left < after:
            worst, after = own, left
    return Preview(listed, days, official, worst, after)


def _after(found: balance.Balance, taken: Sequence[balance.Taken], year: int) -> Decimal:
    """What is left of a year when everything asked for is taken, this too."""
    return found.left - found.requested - sum((one.days for one in taken if one.day.year == year), Decimal(0))


def _calendar(records: Records, person: int, first: date, last: date) -> Calendar:
    country, region = balance.country_of(records, people.files(records, [person]).get(person))
    return calendar_for(records, country, region, first, last)


def request(records: Records, values: Mapping[str, Any]) -> Row:
    """Ask for leave as the person of the unit; whoever decides is told.

    Raises:
        ValidationFailed: with names of fields.
    """
    made = records.create(LEAVE, {**values, "person": records.principal.user_id})
    tell_decider(records, made["id"])
    return made


def tell_decider(records: Records, leave: int) -> None:
    """A notice for whoever has to decide."""
    row = records.system("hrm: leave").get(LEAVE, leave)
    if row.get("owner") and row["status"] == "requested":
        notify(records, [row["owner"].id], ASKED, leave)


def decide(records: Records, record: Row, answer: str) -> None:
    """Note who decided and tell the person; the state was changed before, by the platform and once only.

    Raises:
        ValidationFailed: somebody decides on their own leave.
    """
    me = records.principal.user_id
    if record["person"].id == me:
        raise ValidationFailed.single(
            "", "own", _("Nobody decides on their own leave. Ask your head or a people officer.")
        )
    system = records.system("hrm: decision on leave")
    values = {"decided_by": me, "decided_at": records.now, "decision": answer or None}
    system.update(LEAVE, record["id"], values, version=None)
    notify(records, [record["person"].id], DECIDED, record["id"])


def recount(records: Records, country: str, year: int) -> int:
    """Count the leave of a year anew, after the official days of its country were loaded; returns how many changed.

    Args:
        records: the platform's.
        country: ISO code.
        year: the year.
    """
    types = {row["id"]: row for row in records.query(TYPE, limit=200).rows}
    filters = {"status__in": "requested,approved", "from_on__lte": f"{year}-12-31", "to_on__gte": f"{year}-01-01"}
    rows = list(every(records, LEAVE, None, filters))
    known = people.files(records, [row["person"].id for row in rows])
    calendars: dict[tuple[str, str], Calendar] = {}
    changed: dict[int, dict[str, Any]] = {}
    told: dict[int, int] = {}
    for row in rows:
        place = balance.country_of(records, known.get(row["person"].id))
        if place[0] != country.upper():
            continue
        if place not in calendars:  # leave reaches at most three years to either side of the one that was loaded
            calendars[place] = calendar_for(records, *place, date(year - 3, 1, 1), date(year + 3, 12, 31))
        taken = balance.count(calendars[place], row, types[row["leave_type"].id]["counted"])
        days = sum((one.days for one in taken), Decimal(0))
        official = calendars[place].official(row["from_on"], row["to_on"])
        if days != row["days"] or official != row["official"]:
            changed[row["id"]] = {"days": days, "official": official}
        if days != row["days"]:
            told[row["id"]] = row["person"].id
    if changed:
        records.update_many(LEAVE, changed)
    for leave, person in told.items():
        notify(records, [person], RECOUNTED, leave)
    return len(changed)
