"""The balance of leave (R9): accrued to a day + carried over and not expired + corrections - approved days.

The formula is a pure function; :func:`balances` gathers what it needs in few statements, however many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from weft.core.sdk import Records, Row, every
from weft.plugins.hrm.services.calendar import Calendar, calendar_for
from weft.plugins.hrm.services.people import files

__all__ = ["Balance", "Taken", "accrued", "balances", "balances_of", "compute", "count", "country_of"]

_REASON = "hrm: balance of leave"
_HALF = Decimal("0.5")
_ZERO = Decimal(0)
_PART = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """Days of one leave that fall into one year, up to a day or after it."""

    day: date
    days: Decimal
    approved: bool


@dataclass(slots=True)
class Balance:
    """What somebody has of one kind of leave in a year.

    Attributes:
        accrued, carried, corrected, approved: parts of the formula; ``carried`` is what has not expired.
        requested: days asked for and not decided, no part of :attr:`left`.
    """

    accrued: Decimal = _ZERO
    carried: Decimal = _ZERO
    corrected: Decimal = _ZERO
    approved: Decimal = _ZERO
    requested: Decimal = _ZERO
    known: bool = False
    entitlement: dict[str, Any] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """R9."""
        return self.accrued + self.carried + self.corrected - self.approved


def accrued(days: Decimal, rule: str, year: int, on: date, since: date | None = None) -> Decimal:
    """How much of a year's entitlement somebody has on a day.

    Args:
        days: entitlement of a whole year.
        rule: ``year``: all at once; ``month``: a twelfth with the beginning of each month.
        year: the year.
        on: the day; before the year nothing has accrued, after it all.
        since: first day, for somebody who joined during the year: full months before it do not count.
    """
    first = since.month if since is not None and since.year == year else 1
    months = 13 - first
    if since is not None and since.year > year:
        months = 0
    whole = _places(days * months / 12)
    if rule != "month" or on.year > year:
        return whole if on.year >= year or rule != "month" else _ZERO
    if on.year < year:
        return _ZERO
    return _places(days * max(0, on.month - first + 1) / 12)


def compute(entitlement: Row | dict[str, Any], rule: str, taken: Sequence[Taken], on: date) -> Balance:
    """R9 for one entitlement.

    Carried days are used first: those taken up to their last day stay valid when the rest of them expires.
    """
    found = Balance(known=True)
    days = entitlement.get("days") or _ZERO
    found.accrued = accrued(days, rule, entitlement["year"], on, entitlement.get("since"))
    found.corrected = entitlement.get("corrected") or _ZERO
    found.approved = sum((one.days for one in taken if one.approved), _ZERO)
    found.requested = sum((one.days for one in taken if not one.approved), _ZERO)
    carried, until = entitlement.get("carried") or _ZERO, entitlement.get("carried_until")
    if until is not None and on > until:
        used = sum((one.days for one in taken if one.approved and one.day <= until), _ZERO)
        carried = min(carried, used)
    found.carried = carried
    return found


def count(calendar: Calendar, row: Any, counted: str) -> list[Taken]:
    """Days of a leave one by one, as they are counted: working days, or all where the kind says so.

    Args:
        calendar: of the person.
        row: ``from_on``, ``to_on``, ``first_half``, ``last_half``, ``status``.
        counted: ``working`` or ``calendar``.
    """
    first, last = row["from_on"], row["to_on"]
    approved = row.get("status") == "approved"
    found = []
    for one in calendar.days(first, last):
        if counted == "working" and not one.works:
            continue
        halves = int(bool(row.get("first_half")) and one.day == first)
        halves += int(bool(row.get("last_half")) and one.day == last)
        found.append(Taken(one.day, max(_ZERO, Decimal(1) - _HALF * halves), approved))
    return found


def country_of(records: Records, file: Row | None) -> tuple[str, str]:
    """Country and region whose calendar holds for an employee."""
    own = dict(file) if file is not None else {}
    country = own.get("country") or records.setting("hrm.country") or ""
    return str(country).upper(), str(own.get("region") or "")


def balances(
    records: Records, person: int, year: int, on: date, types: Iterable[Row], *, without: int | None = None
) -> dict[int, Balance]:
    """Balances of somebody by kind of leave; kinds without an entitlement row are unknown and zero.

    Args:
        records: any unit; that the viewer may know was decided before.
        person: user.
        year: whose entitlement.
        on: the day to which it accrues and carried days are looked at.
        types: kinds of leave.
        without: id of a leave that is left out, for it is being counted anew.
    """
    return balances_of(records, [person], year, on, types, without=without)[person]


def balances_of(
    records: Records, persons: Iterable[int], year: int, on: date, types: Iterable[Row], *, without: int | None = None
) -> dict[int, dict[int, Balance]]:
    """The same for many people, in few statements: person -> kind -> balance."""
    system = records.system(_REASON)
    kinds, wanted = {row["id"]: row for row in types}, sorted(set(persons))
    own: dict[tuple[int, int], Row] = {}
    taken: dict[tuple[int, int], list[Taken]] = defaultdict(list)
    known = files(records, wanted)
    calendars: dict[tuple[str, str], Calendar] = {}
    for start in range(0, len(wanted), _PART):
        some = wanted[start : start + _PART]
        for row in every(system, "hrm.entitlement", None, {"person__in": some, "year": year}):
            own[row["person"].id, row["leave_type"].id] = row
        live = {"person__in": some, "status__in": "requested,approved", "from_on__lte": f"{year}-12-31",
                "to_on__gte": f"{year}-01-01"}  # fmt: skip
        for row in every(system, "hrm.leave", None, live):
            person, kind = row["person"].id, row["leave_type"].id
            if row["id"] == without or kind not in kinds:
                continue
            place = country_of(records, known.get(person))
            if place not in calendars:
                calendars[place] = calendar_for(records, *place, date(year, 1, 1), date(year, 12, 31))
            days = count(calendars[place], row, kinds[kind]["counted"])
            taken[person, kind] += [one for one in days if one.day.year == year]
    return {
        person: {
            kind: _balance(own.get((person, kind)), row, taken[person, kind], on) for kind, row in kinds.items()
        }
        for person in wanted
    }  # fmt: skip


def _balance(given: Row | None, kind: Row, taken: Sequence[Taken], on: date) -> Balance:
    if given is not None:
        return compute(given, kind["accrual"], taken, on)
    return Balance(
        approved=sum((one.days for one in taken if one.approved), _ZERO),
        requested=sum((one.days for one in taken if not one.approved), _ZERO),
    )


def _places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
