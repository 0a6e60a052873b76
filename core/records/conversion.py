"""Amounts in the company's currency, for plugins: by the last rate on or before a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from weft.core.db.money import Money
from weft.core.identity import company
from weft.core.records import rates
from weft.core.records.values import MoneySum

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["company_currency", "to_company"]


def company_currency(records: Records) -> str:
    """ISO code of the company's currency."""
    return company.cached(records.runtime).currency


def to_company(records: Records, amounts: Iterable[Money], day: date | None = None) -> MoneySum:
    """Add amounts up, per currency and in the company's currency.

    Args:
        records: whose connection to use.
        amounts: amounts in any currencies.
        day: the day whose rates count; today at the company when not given.
    """
    own = company.cached(records.runtime)
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    known = _rates_on(records, {*sums, own.currency}, day or own.today(records.now))
    parts = tuple(Money(amount, code) for code, amount in sorted(sums.items()))
    missing = tuple(code for code in sorted(sums) if code not in known)
    exact = None if missing else sum((money.amount * known[money.currency].rate for money in parts), Decimal(0))
    days = [known[code].on_date for code in sums if code != own.currency and code in known]
    total = None if exact is None else Money(exact, own.currency).rounded()
    return MoneySum(parts, total, min(days) if days else None, missing, exact)


def _rates_on(records: Records, currencies: set[str], day: date) -> dict[str, rates.Rate]:
    """Rates of a day; a unit that only reads asks for each once, as reports convert line by line."""
    if records.state.writable:
        return rates.rates_on(records.connection, currencies, day)
    known: dict[str, rates.Rate | None] = records.state.caches.setdefault(("rates", day), {})
    fresh = currencies - known.keys()
    if fresh:
        found = rates.rates_on(records.connection, fresh, day)
        known.update({code: found.get(code) for code in fresh})
    return {code: rate for code in currencies if (rate := known[code]) is not None}
