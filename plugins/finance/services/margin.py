"""Income, cost and margin per customer, project and salesperson: sums of postings (R7), nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Records, company_currency
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services.postings import POSTING

__all__ = ["BY", "Result", "of_one", "results"]

#: What results can be shown by: word of the address -> field of postings.
BY = {"customer": "customer", "project": "project", "salesperson": "salesperson"}


@dataclass(slots=True)
class Result:
    """What one customer, project or person brought and cost.

    Attributes:
        own: code of the company's currency.
        amounts: kind -> currency -> amount as booked.
        company: kind -> amount in company currency by the rates of the booking.
    """

    own: str
    amounts: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    company: dict[str, Decimal] = field(default_factory=dict)

    def add(self, kind: str, amounts: Any, company: Any) -> None:
        """Count one group of postings in."""
        for money in amounts.amounts if amounts is not None else ():
            line = self.amounts.setdefault(kind, {})
            line[money.currency] = line.get(money.currency, Decimal(0)) + money.amount
        for money in company.amounts if company is not None else ():
            self.company[kind] = self.company.get(kind, Decimal(0)) + money.amount

    @property
    def currency(self) -> str:
        """The one currency all of it is in, else the company's."""
        codes = {code for line in self.amounts.values() for code, amount in line.items() if amount}
        return codes.pop() if len(codes) == 1 else self.own

    def of(self, *kinds: str) -> Money:
        """Sum of some kinds."""
        code = self.currency
        if {code for line in self.amounts.values() for code, amount in line.items() if amount} <= {code}:
            return Money(sum((self.amounts.get(one, {}).get(code, Decimal(0)) for one in kinds), Decimal(0)), code)
        return Money(sum((self.company.get(one, Decimal(0)) for one in kinds), Decimal(0)), self.own)

    @property
    def income(self) -> Money:
        """Issued invoices less credit notes, net."""
        return self.of(*words.INCOME)

    @property
    def cost(self) -> Money:
        """Hours, bills and expenses, net."""
        return self.of(*words.COSTS)

    @property
    def margin(self) -> Money:
        """Income less cost."""
        return Money(self.income.amount - self.cost.amount, self.currency)

    @property
    def percent(self) -> Decimal | None:
        """Margin of the income in per cent, to one place; None without income."""
        income = self.income.amount
        return (100 * self.margin.amount / income).quantize(Decimal("0.1")) if income else None

    @property
    def margin_company(self) -> Decimal:
        """Margin in company currency."""
        income = sum((self.company.get(one, Decimal(0)) for one in words.INCOME), Decimal(0))
        return income - sum((self.company.get(one, Decimal(0)) for one in words.COSTS), Decimal(0))


def results(records: Records, by: str, filters: Mapping[str, str]) -> dict[Any, Result]:
    """Results per record or person that postings name, as far as the viewer may read the postings.

    Args:
        records: whose rights count.
        by: one of :data:`BY`.
        filters: further filters of postings (period).

    Returns:
        id -> result; ``labels`` of the ids are fetched by the caller. Postings that name none are under None.
    """
    own = company_currency(records)
    found: dict[Any, Result] = {}
    name = BY[by]
    lines = records.aggregate(
        POSTING, group=(name, "kind"), measures=("sum(amount)", "sum(company)"), filters=dict(filters)
    )
    for line in lines:
        key = line[name]
        result = found.setdefault(getattr(key, "id", key), Result(own))
        result.add(line["kind"], line["sum(amount)"], line["sum(company)"])
    return found


def of_one(records: Records, name: str, record: int, filters: Mapping[str, str] | None = None) -> Result:
    """The result of one customer (``customer``), project (``project``) or person."""
    result = Result(company_currency(records))
    lines = records.aggregate(
        POSTING, group=("kind",), measures=("sum(amount)", "sum(company)"),
        filters={name: str(record), **(filters or {})},
    )  # fmt: skip
    for line in lines:
        result.add(line["kind"], line["sum(amount)"], line["sum(company)"])
    return result
