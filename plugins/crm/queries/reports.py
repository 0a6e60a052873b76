"""Formulas of the ready reports: pure functions over counts, amounts and days. R-numbers are those of docs/crm.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import mean, median

from weft.core.sdk import MoneySum

__all__ = [
    "Amounts", "Step", "add_months", "conversion", "first_of_month", "mean_error", "mean_median", "percent", "share",
]  # fmt: skip


@dataclass(slots=True)
class Amounts:
    """Deals added up.

    Attributes:
        count: how many.
        amount: their sum in company currency, not rounded.
        weighted: each times the probability of its stage (R1), not rounded.
        missing: currencies for which there is no rate; their amounts are not in the sums.
        rate_date: day of the oldest rate used, None when nothing was converted.
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    missing: set[str] = field(default_factory=set)
    rate_date: date | None = None

    def add(self, count: int, total: MoneySum, probability: int = 100) -> None:
        """Add deals of one stage."""
        self.count += count
        if total.exact is not None:
            self.amount += total.exact
            self.weighted += total.exact * probability / 100
        self._note(total.missing, total.rate_date)

    def join(self, other: Amounts) -> None:
        """Add what another line adds up."""
        self.count += other.count
        self.amount += other.amount
        self.weighted += other.weighted
        self._note(other.missing, other.rate_date)

    def _note(self, missing: Iterable[str], day: date | None) -> None:
        self.missing.update(missing)
        if day is not None:
            self.rate_date = day if self.rate_date is None else min(self.rate_date, day)


@dataclass(frozen=True, slots=True)
class Step:
    """How many deals that entered one stage also entered the next (R3)."""

    stage: int
    following: int
    entered: int
    went_on: int


def percent(part: Decimal | int, whole: Decimal | int, places: int = 1) -> Decimal | None:
    """Part of a whole in hundredths, rounded half up; None without a whole."""
    if not whole:
        return None
    unit = Decimal(1).scaleb(-places)
    return (Decimal(100) * Decimal(part) / Decimal(whole)).quantize(unit, rounding=ROUND_HALF_UP)


def share(part: Decimal | int, largest: Decimal | int) -> int:
    """Length of a bar, 0 to 100."""
    return 0 if not largest or part <= 0 else max(1, min(100, round(100 * Decimal(part) / Decimal(largest))))


def mean_median(days: Sequence[int]) -> tuple[Decimal, Decimal] | None:
    """Mean and median of lengths in days, to one place (R4); None without any."""
    if not days:
        return None
    unit = Decimal("0.1")
    found = mean([Decimal(one) for one in days]), Decimal(str(median(days)))
    return found[0].quantize(unit, rounding=ROUND_HALF_UP), found[1].quantize(unit, rounding=ROUND_HALF_UP)


def mean_error(months: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    """Mean of abs(forecast - won) / won in hundredths (R1); months without forecast or without anything won tell none.

    Args:
        months: (what the snapshot before the month said, what was won in it).
    """
    errors = [abs(said - won) / won for said, won in months if said is not None and won]
    if not errors:
        return None
    return (100 * sum(errors, Decimal(0)) / len(errors)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def conversion(stages: Sequence[int], entered: Mapping[int, set[int]]) -> list[Step]:
    """For each stage but the last: how many deals entered it, and how many of these ever entered the next (R3).

    Args:
        stages: ids of stages in their order.
        entered: deal -> stages it ever entered.
    """
    found = []
    for stage, following in pairwise(stages):
        here = [seen for seen in entered.values() if stage in seen]
        found.append(Step(stage, following, len(here), sum(1 for seen in here if following in seen)))
    return found


def first_of_month(day: date) -> date:
    """The first day of the month a day is in."""
    return day.replace(day=1)


def add_months(first: date, months: int) -> date:
    """The first day of a month so many months later, or earlier."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
