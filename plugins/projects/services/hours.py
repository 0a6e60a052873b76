"""Hours of a week: submit, approve a team at once, send back; what approved hours cost, in the project's currency.

What a single person costs an hour is read by the platform alone; only sums of a project leave this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Records,
    Row,
    ValidationFailed,
    among,
    company_currency,
    every,
    notify,
    register_notice,
    to_company,
    translator,
)
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import PROJECT

_ = translator("projects")

__all__ = ["HOURS", "approve", "send_back", "submit", "sum_up"]

HOURS = "projects.time_entry"
_RATE = "projects.rate"
_REASON = "projects: hours and what they cost"
SUBMITTED, RETURNED = "projects.hours_submitted", "projects.hours_returned"
register_notice(SUBMITTED, _("%(who)s submitted hours: %(record)s"), headline=_("Hours to approve"))
register_notice(RETURNED, _("%(who)s sent hours back: %(record)s"), headline=_("Hours sent back"))
_CENT = Decimal("0.01")


def submit(records: Records, rows: Sequence[Row]) -> int:
    """Hand hours to those who lead their projects; returns how many entries that were.

    Args:
        records: the unit of work of who worked them.
        rows: own hours; those that are submitted already are left out.
    """
    wanted = [row for row in rows if row["status"] in words.WRITABLE]
    if not wanted:
        return 0
    system = records.system(_REASON)
    system.update_many(HOURS, {row.id: {"status": "submitted", "returned_why": None} for row in wanted})
    first: dict[int, int] = {}
    for row in system_rows(system, wanted, ("lead",)):
        if row.get("lead"):
            first.setdefault(row["lead"].id, row.id)
    for lead, record in first.items():
        notify(records, [lead], SUBMITTED, record, renew=True)
    return len(wanted)


def approve(records: Records, rows: Sequence[Row]) -> int:
    """Approve submitted hours: each gets its cost by the rate of its day, the sums of its project follow.

    Args:
        records: the unit of work of who may approve them; the caller decided that.
        rows: hours; those that are not submitted are left out.

    Raises:
        ValidationFailed: somebody has no cost rate on a day.
    """
    system = records.system(_REASON)
    fresh = [row for row in system_rows(system, rows, _COSTED) if row["status"] == "submitted"]
    if not fresh:
        return 0
    costs = _costs(system, fresh)
    system.update_many(HOURS, {row.id: {"status": "approved", "cost": costs[row.id]} for row in fresh})
    sum_up(system, {row["project"].id for row in fresh})
    return len(fresh)


def send_back(records: Records, rows: Sequence[Row], why: str) -> int:
    """Give hours back to their people with the reason; what was approved no longer counts."""
    system = records.system(_REASON)
    given = [row for row in system_rows(system, rows, _COSTED) if row["status"] in ("submitted", "approved")]
    if not given:
        return 0
    system.update_many(HOURS, {row.id: {"status": "returned", "returned_why": why, "cost": None} for row in given})
    sum_up(system, {row["project"].id for row in given if row["status"] == "approved"})
    first: dict[int, int] = {}
    for row in given:
        if row.get("owner"):
            first.setdefault(row["owner"].id, row.id)
    for person, record in first.items():
        notify(records, [person], RETURNED, record, at_sign_in=True)
    return len(given)


_COSTED = ("project", "owner", "day", "hours", "status", "lead", "subject")


def system_rows(system: Records, rows: Iterable[Row], fields: Sequence[str]) -> list[Row]:
    """The same hours as the platform reads them."""
    return list(among(system, HOURS, fields, "id", [row.id for row in rows]))


# ---- cost


def _costs(system: Records, rows: Sequence[Row]) -> dict[int, Money]:
    projects = {
        row.id: row for row in among(system, PROJECT, ("currency", "name"), "id", [row["project"].id for row in rows])
    }
    rates = _rates(system, rows)
    found: dict[int, Money] = {}
    for row in rows:
        person = row["owner"].id if row.get("owner") else None
        rate = _rate_on(rates, person, row["project"].id, row["day"])
        if rate is None:
            message = _("There is no cost rate for %(who)s on %(day)s. Ask whoever keeps the cost rates.")
            raise ValidationFailed.single(
                "", "rate", message % {"who": row["owner"].name if row.get("owner") else "–", "day": row["day"]}
            )
        currency = projects[row["project"].id].get("currency") or company_currency(system)
        amount = _converted(system, Money(rate.amount * row["hours"], rate.currency), currency, row["day"])
        found[row.id] = Money(amount.quantize(_CENT, ROUND_HALF_UP), currency)
    return found


_Rates = Mapping[tuple[int | None, int | None], list[tuple[date, Money]]]


def _rates(system: Records, rows: Sequence[Row]) -> _Rates:
    people = {row["owner"].id for row in rows if row.get("owner")}
    found: dict[tuple[int | None, int | None], list[tuple[date, Money]]] = defaultdict(list)
    fields = ("person", "project", "rate", "valid_from")
    some = [*among(system, _RATE, fields, "person", people), *every(system, _RATE, fields, {"person__isnull": "true"})]
    for row in some:
        person, project = row.get("person"), row.get("project")
        key = (person.id if person else None, project.id if project else None)
        found[key].append((row["valid_from"], row["rate"]))
    for rates in found.values():
        rates.sort(key=lambda pair: pair[0])
    return found


def _rate_on(rates: _Rates, person: int | None, project: int, day: date) -> Money | None:
    """Of the person on this project, of the person, of everybody on this project, of everybody; the last that began."""
    for key in ((person, project), (person, None), (None, project), (None, None)):
        begun = [rate for since, rate in rates.get(key, ()) if since <= day]
        if begun:
            return begun[-1]
    return None


def _converted(system: Records, money: Money, currency: str, day: date) -> Decimal:
    """An amount in another currency by the last rates on or before a day.

    Raises:
        ValidationFailed: there is no rate of exchange.
    """
    if money.currency == currency:
        return money.amount
    whole = to_company(system, [money], day)
    unit = to_company(system, [Money(Decimal(1), currency)], day)
    if whole.exact is None or not unit.exact:
        message = _("There is no exchange rate from %(a)s to %(b)s.") % {"a": money.currency, "b": currency}
        raise ValidationFailed.single("", "exchange", message)
    return whole.exact / unit.exact


def sum_up(system: Records, projects: Iterable[int]) -> None:
    """Write approved hours and their cost to projects."""
    wanted = sorted(set(projects))
    if not wanted:
        return
    lines = system.aggregate(
        HOURS, group=("project",), measures=("sum(hours)", "sum(cost)"),
        filters={"project__in": wanted, "status": "approved"},
    )  # fmt: skip
    sums = {getattr(line["project"], "id", line["project"]): line for line in lines}
    values: dict[int, dict[str, Any]] = {}
    for project in wanted:
        line = sums.get(project)
        amounts = line["sum(cost)"].amounts if line is not None and line["sum(cost)"] is not None else ()
        values[project] = {
            "hours": line["sum(hours)"] if line is not None else Decimal(0),
            "hours_cost": amounts[0] if amounts else None,
        }
    system.update_many(PROJECT, values)
