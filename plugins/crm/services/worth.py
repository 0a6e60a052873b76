"""What customers are worth: won in the last twelve months, and the class that follows from it by the settings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from weft.core.sdk import Money, Records, company_currency
from weft.plugins.crm.models.accounts import Account
from weft.plugins.crm.models.deals import Opportunity
from weft.plugins.crm.services.silence import today_of

__all__ = ["assess", "class_of"]

_PART = 500
#: How far back counts what was won from a customer whose contract still runs.
_CONTRACT_YEARS = 3


def class_of(won: Decimal, from_a: Decimal, from_b: Decimal) -> str:
    """The class that an amount suggests."""
    return "A" if won >= from_a else "B" if won >= from_b else "C"


def assess(records: Records) -> int:
    """Write the amount won in twelve months of every customer, and the suggested class of those who have bought.

    Amounts are net, each converted at the rate of the day on which its deal was won. A customer whose contract still
    runs is judged by what was won in the last three years: that is what the company works for.

    Returns:
        How many customers changed.
    """
    system = records.system("crm: value of customers")
    today = today_of(system)
    won, longer = _won(system, today, 1), _won(system, today, _CONTRACT_YEARS)
    from_a, from_b = Decimal(system.setting("crm.class_a_from")), Decimal(system.setting("crm.class_b_from"))
    own = company_currency(system)
    fresh: dict[int, dict[str, Any]] = {}
    names = (Account.won_amount, Account.suggested_class, Account.contract_ends_on)
    statement = select(Account.id, Account.role, Account.life, *names)
    for row in system.session.execute(statement):
        alive = "customer" in row.role and row.life not in (None, "invalid")
        amount = won.get(row.id, Decimal(0)) if alive else None
        # Who has bought nothing yet cannot be judged by what was won.
        runs = row.contract_ends_on is not None and row.contract_ends_on >= today
        judged = longer.get(row.id, Decimal(0)) if runs else amount
        suggested = class_of(judged, from_a, from_b) if judged is not None and alive and row.life == "won" else None
        if (row.won_amount, row.suggested_class) != (amount, suggested):
            money = Money(amount, own) if amount is not None else None
            fresh[row.id] = {"won_amount": money, "suggested_class": suggested}
    ids = sorted(fresh)
    for start in range(0, len(ids), 2_000):
        system.update_many("crm.account", {number: fresh[number] for number in ids[start : start + 2_000]})
    return len(ids)


def _won(system: Records, today: date, years: int) -> dict[int, Decimal]:
    """Account -> won in the last years, company currency; what has no rate counts nothing."""
    start = today.replace(year=today.year - years, day=min(today.day, 28))
    recent = select(Opportunity.account).where(Opportunity.outcome == "won", Opportunity.closed_on > start).distinct()
    ids = sorted(system.session.scalars(recent))
    found: dict[int, Decimal] = {}
    for at in range(0, len(ids), _PART):
        lines = system.aggregate(
            "crm.opportunity",
            group=("account",),
            measures=("sum(amount)",),
            filters={"account__in": ids[at : at + _PART], "outcome": "won", "closed_on__gt": start.isoformat()},
            rates_of="closed_on",
        )
        for line in lines:
            total = line["sum(amount)"].company
            found[line["account"].id] = total.amount if total is not None else Decimal(0)
    return found
