"""Entitlements of a year: made from the kinds of leave, with what is carried over when the year begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records, every
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import balance, leave, people

__all__ = ["carry_over", "entitle", "expiry", "run"]

_ENTITLEMENT = "hrm.entitlement"
_REASON = "hrm: entitlements of a year"
_PART = 200
#: In these months the next year's entitlements are there already, so that people can plan.
_AHEAD = 10


def expiry(year: int, months: int | None) -> date | None:
    """The last day of days carried into a year, None when they never expire."""
    if not months:
        return None
    after = date(year + months // 12, months % 12 + 1, 1)
    return after - timedelta(days=1)


def entitle(records: Records, users: Sequence[int], year: int) -> int:
    """Give people the entitlements of a year that they lack; returns how many were made. Runs again without harm."""
    system = records.system(_REASON)
    types = [row for row in leave.open_types(system) if row["accrual"] != "none" and row.get("days_a_year")]
    known = people.files(system, users)
    have: set[tuple[int, int]] = set()
    wanted = sorted(set(users))
    for start in range(0, len(wanted), 20):
        filters = {"person__in": wanted[start : start + 20], "year": year}
        for row in system.query(_ENTITLEMENT, fields=("person", "leave_type"), filters=filters, limit=_PART).rows:
            have.add((row["person"].id, row["leave_type"].id))
    rows = []
    for user in wanted:
        file = known.get(user)
        country = balance.country_of(system, file)[0]
        joined = file.get("joined_on") if file is not None else None
        for kind in types:
            if (user, kind["id"]) in have or (kind.get("country") and kind["country"].upper() != country):
                continue
            given: dict[str, Any] = {
                "person": user,
                "leave_type": kind["id"],
                "year": year,
                "days": kind["days_a_year"],
            }
            if joined is not None and joined.year == year:
                given["since"] = joined
            rows.append(given)
    if rows:
        system.load(_ENTITLEMENT, rows)
    return len(rows)


def carry_over(records: Records, year: int) -> int:
    """Carry what is left of the year before into a year, as far as each kind allows; returns how many changed.

    Args:
        records: the platform's.
        year: the year that has begun.
    """
    types = {row["id"]: row for row in records.query(leave.TYPE, limit=_PART).rows}
    carrying = {number: row for number, row in types.items() if row.get("carry_days")}
    if not carrying:
        return 0
    filters = {"year": year, "carried": "0", "leave_type__in": sorted(carrying)}
    rows = list(every(records, _ENTITLEMENT, None, filters))
    last = date(year - 1, 12, 31)
    before = balance.balances_of(records, {row["person"].id for row in rows}, year - 1, last, carrying.values())
    changed: dict[int, dict[str, Any]] = {}
    for row in rows:
        kind = carrying[row["leave_type"].id]
        old = before[row["person"].id][kind["id"]]
        days = min(old.left, kind["carry_days"]) if old.known else Decimal(0)
        if days > 0:
            changed[row["id"]] = {"carried": days, "carried_until": expiry(year, kind.get("carry_months"))}
    if changed:
        records.update_many(_ENTITLEMENT, changed)
    return len(changed)


def run(records: Records, day: date) -> None:
    """What the year asks for on a day: entitlements of this year, later those of the next, carrying over in January."""
    filters = {"status__in": ",".join(("joining", *words.PRESENT))}
    present = [row["user"].id for row in every(records, people.EMPLOYEE, ("user",), filters)]
    entitle(records, present, day.year)
    if day.month >= _AHEAD:
        entitle(records, present, day.year + 1)
    if day.month == 1:
        carry_over(records, day.year)
