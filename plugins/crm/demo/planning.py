"""Targets of the demo company's sellers, and what the forecast said at the end of each past month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, to_company
from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import sales, story
from weft.plugins.crm.demo.course import standing
from weft.plugins.crm.queries.reports import add_months, first_of_month
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures

__all__ = ["snapshots", "targets"]

BACK, AHEAD = 24, 3
_TEAMS = {"sales_china": ("sales", "su", "jian", "wen"), "sales_europe": ("maud", "floris", "ilse"),
          "sales_channel": ("gu", "yan")}  # fmt: skip
_CURRENCIES = ("CNY", "EUR")


def targets(context: Any, drawn: plans.Plan) -> None:
    """Set targets from two years back to three months ahead: what was sold, by how well each month went."""
    first = first_of_month(drawn.day)
    with context.acting("manager", context.moment(-700)) as records:
        system = records.system("demo: targets")
        months = [add_months(first, number) for number in range(-BACK, 1)]
        sold = {
            month: figures.won(system, figures.Scope(), "closed_owner", month, add_months(month, 1)) for month in months
        }
        rates = {code: _rate(records, code, drawn.day) for code in _CURRENCIES}
        rows: list[dict[str, Any]] = []
        teams: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for key in story.OWNED_CUSTOMERS:
            person, team = context.people[key], next(name for name, members in _TEAMS.items() if key in members)
            currency = "EUR" if key in plans.EUROPE else "CNY"
            mine = {month: came[person].amount / rates[currency] for month, came in sold.items() if person in came}
            for month, amount in sales.targets(key, drawn.day, mine, currency, BACK, AHEAD).items():
                rows.append({"person": person, "month": month, "amount": Money(amount, currency), "owner": person})
                teams[team, month] += amount * rates[currency]
        for (team, month), total in teams.items():
            amount = (total / 1000).quantize(Decimal(1)) * 1000
            rows.append({"team": context.units[team], "month": month, "amount": Money(amount, "CNY")})
        records.load("crm.target", rows)


def snapshots(context: Any, drawn: plans.Plan) -> None:
    """Keep what was open at the end of each month, as the courses of the deals have it, at that day's rates."""
    amounts = _amounts(context, drawn)
    for number in range(-BACK + 1, 1):
        taken = add_months(first_of_month(drawn.day), number) - timedelta(days=1)
        _take(context, drawn, taken, amounts)
    with context.acting(None, context.moment(-1, 23)) as records:
        planning.take_snapshot(records, records.now.astimezone(records.zone).date())


def _take(context: Any, drawn: plans.Plan, taken: date, amounts: dict[int, Money]) -> None:
    offset = (taken - drawn.day).days
    chances = {code: probability for code, _english, _chinese, probability, _outcome in story.STAGES}
    with context.acting(None, context.moment(offset, 23)) as records:
        rates = {code: _rate(records, code, taken) for code in _CURRENCIES}
        units = {key: context.units[team] for team, keys in _TEAMS.items() for key in keys}
        lines: dict[tuple[Any, ...], planning.Line] = {}
        for deal in drawn.deals:
            stop = standing(deal, offset)
            money = amounts.get(context.made[deal.key])
            if stop is None or money is None:
                continue
            month = first_of_month(drawn.moment(stop.closes).date())
            key = month, context.people[deal.owner], units.get(deal.owner), deal.product
            line = lines.setdefault(key, planning.Line(*key))
            amount = money.amount * rates.get(money.currency, Decimal(0))
            line.deals += 1
            line.amount += amount
            line.weighted += amount * chances[stop.stage] / 100
        planning.write(records, taken, list(lines.values()))


def _amounts(context: Any, drawn: plans.Plan) -> dict[int, Money]:
    """The amounts the deals have in the end."""
    with context.acting(None, context.moment(-1, 22)) as records:
        ids = [context.made[deal.key] for deal in drawn.deals]
        found: dict[int, Money] = {}
        for start in range(0, len(ids), 200):
            page = records.query(
                "crm.opportunity", fields=("amount",), filters={"id__in": ids[start : start + 200]}, limit=200
            )
            found |= {row["id"]: row["amount"] for row in page.rows if row.get("amount") is not None}
    return found


def _rate(records: Any, currency: str, day: date) -> Decimal:
    """Company currency per unit on a day; 1 where nothing is known that early."""
    return to_company(records, [Money(Decimal(1), currency)], day).exact or Decimal(1)
