"""Targets of people and teams, and the snapshots by which a forecast is measured.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import select

from weft.core.sdk import Money, Records, Row, company_currency, directory, every, in_script, to_company
from weft.plugins.crm.models.deals import Opportunity, Stage
from weft.plugins.crm.models.planning import ForecastSnapshot
from weft.plugins.crm.queries.reports import add_months, first_of_month
from weft.plugins.crm.queries.rows import parts
from weft.plugins.crm.services.reports import between

__all__ = [
    "Line",
    "copy_targets",
    "open_lines",
    "person_targets",
    "set_target",
    "take_snapshot",
    "targets",
    "thin_snapshots",
    "write",
]

#: Snapshots of other days than the last of a month are kept so long.
KEPT_MONTHS = 13
_PART = 500


@dataclass(slots=True)
class Line:
    """Open deals of one month, owner, team and product, in company currency."""

    month: date
    person: int | None
    team: int | None
    product: str
    deals: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)


# ---- targets


def targets(
    records: Records, by: str, first: date | None, end: date | None, filters: Mapping[str, str] | None = None
) -> dict[Any, Decimal]:
    """Targets of a time in company currency, by ``person``, ``team`` or ``month:month``.

    Targets of people and of teams are different plans of the same sales: ``filters`` says which are meant when neither
    is grouped by.
    """
    own = {"person": {"person__isnull": "false"}, "team": {"team__isnull": "false"}}.get(by, {})
    lines = records.aggregate(
        "crm.target",
        group=(by,) if by else (),
        measures=("count", "sum(amount)"),
        filters={**own, **(filters or {}), **between("month", first, end)},
        rates_of="month",
    )
    found: dict[Any, Decimal] = {}
    for line in lines:
        key = line[by] if by else None
        if line["count"]:
            found[getattr(key, "id", key)] = line["sum(amount)"].exact or Decimal(0)
    return found


def person_targets(records: Records, first: date, end: date) -> list[Row]:
    """Targets of people from a month on and before another, with person, month and amount."""
    filters = {**between("month", first, end), "person__isnull": "false"}
    return list(every(records, "crm.target", ("person", "month", "amount"), filters))


def set_target(records: Records, person: int, month: date, amount: Money | None) -> None:
    """Set what a person should win in a month; None takes the target away.

    Raises:
        ValidationFailed: the amount cannot be read.
    """
    page = records.query(
        "crm.target", fields=("amount",), filters={"person": person, "month": month.isoformat()}, limit=1
    )
    row = page.rows[0] if page.rows else None
    if amount is None:
        if row is not None:
            records.delete("crm.target", row["id"])
    elif row is None:
        records.create("crm.target", {"person": person, "month": month, "amount": amount}, owner=person)
    elif row["amount"] != amount:
        records.update("crm.target", row["id"], {"amount": amount}, version=None)


def copy_targets(records: Records, month: date, people: Sequence[int]) -> int:
    """Give people without a target for a month the one of the month before; returns how many got one."""
    rows = person_targets(records, add_months(month, -1), add_months(month, 1))
    have = {row["person"].id for row in rows if row["month"] == month}
    new = [
        {"person": row["person"].id, "month": month, "amount": row["amount"], "owner": row["person"].id}
        for row in rows
        if row["month"] < month and row["person"].id not in have and row["person"].id in set(people)
    ]
    if new:
        records.load("crm.target", new)
    return len(new)


# ---- snapshots


def take_snapshot(records: Records, day: date) -> int:
    """Keep what is open today for each month; harmless when it was done for the day already. Returns the lines.

    Args:
        records: the platform's.
        day: the company's day.
    """
    present = records.query("crm.forecast_snapshot", fields=(), filters={"taken_on": day.isoformat()}, limit=1)
    if present.rows:
        return 0
    return write(records, day, open_lines(records))


def open_lines(records: Records) -> list[Line]:
    """The open deals with a day of expected close, added up by month, owner, team and product text."""
    statement = select(
        Opportunity.expected_close, Opportunity.owner_id, Opportunity.unit_id, Opportunity.product, Opportunity.amount,
        cast(Any, Opportunity).amount_currency, Stage.probability,
    ).join(Stage, Stage.id == Opportunity.stage)  # fmt: skip
    statement = statement.where(Opportunity.outcome == "open", Opportunity.expected_close.is_not(None))
    rates = _rates(records)
    found: dict[tuple[Any, ...], Line] = {}
    for row in records.session.execute(statement):
        key = first_of_month(row.expected_close), row.owner_id, row.unit_id, row.product or ""
        line = found.setdefault(key, Line(*key))
        line.deals += 1
        amount = (row.amount or Decimal(0)) * rates.get(row.amount_currency, Decimal(0))
        line.amount += amount
        line.weighted += amount * row.probability / 100
    return list(found.values())


def _rates(records: Records) -> dict[str, Decimal]:
    """Company currency per unit today, for the currencies of open deals; those without a rate are left out."""
    lines = records.aggregate("crm.opportunity", measures=("sum(amount)",), filters={"outcome": "open"})
    found: dict[str, Decimal] = {}
    for money in lines[0]["sum(amount)"].amounts:
        one = to_company(records, [Money(Decimal(1), money.currency)]).exact
        if one is not None:
            found[money.currency] = one
    return found


def write(records: Records, day: date, lines: Sequence[Line]) -> int:
    """Write the lines of a snapshot.

    Args:
        records: the platform's.
        day: the day they describe.
        lines: what was open then.
    """
    people = directory.persons(records, {line.person for line in lines})
    products: dict[str, int] = {}
    for row in every(records, "crm.product", ("code", "name"), {}):
        products |= {row["name"]: row["id"], row["code"]: row["id"]}
    currency = company_currency(records)
    rows = []
    for line in sorted(lines, key=lambda one: (one.month, one.person or 0, one.team or 0, one.product)):
        person = people.get(line.person or 0)
        name = in_script(person.name, person.name_alt, "en")[0] if person else ""
        words = " · ".join(part for part in (f"{line.month:%Y-%m}", name, line.product) if part)
        rows.append(
            {"subject": words[:200], "taken_on": day, "month": line.month, "person": line.person, "team": line.team,
             "product": products.get(line.product), "deals": line.deals, "owner": line.person,
             "amount": Money(line.amount, currency).rounded(), "weighted": Money(line.weighted, currency).rounded()}
        )  # fmt: skip
    if rows:
        records.load("crm.forecast_snapshot", rows)
    return len(rows)


def thin_snapshots(records: Records, day: date) -> int:
    """Let go of old snapshots except those of the last day of a month; returns how many lines."""
    limit = add_months(first_of_month(day), -KEPT_MONTHS)
    statement = select(ForecastSnapshot.taken_on).where(ForecastSnapshot.taken_on < limit).distinct()
    days = [found for (found,) in records.session.execute(statement)]
    old = [found for found in days if (found + timedelta(days=1)).day != 1]
    gone = 0
    for taken in old:
        ids = [row["id"] for row in every(records, "crm.forecast_snapshot", (), {"taken_on": taken.isoformat()})]
        for part in parts(ids):
            records.bulk("crm.forecast_snapshot", "delete", list(part), expected=len(part))
        gone += len(ids)
    return gone
