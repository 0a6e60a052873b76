"""When the demo company won and lost its deals, and what it aimed for: figures that are plausible on any day.

Every seller wins a deal a month, of a size that suits him and the season; the month that runs fills up with its days.
Pure, deterministic, writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from statistics import median
from zlib import crc32

from weft.plugins.crm.queries.reports import add_months, first_of_month

__all__ = ["MONTHS", "amount_of", "aim", "lost_days", "season", "share", "targets", "won_days"]

#: Months back that have sales of everybody, the present one not counted.
MONTHS = 12
#: The oldest month back in which something is sold besides the deals of the story.
_OLDEST = 19
#: Deals the smallest sellers have at least: the present month and the six before.
_LEAST = 7
#: Working days of a month after which everybody has sold something in it.
_FULL = 9
#: Share of a year by month, in hundredths of the mean: spring is slow, autumn strong.
_SEASON = (80, 70, 95, 95, 100, 105, 95, 90, 110, 120, 125, 115)
#: What a seller sells in a mean month, in CNY; the channel sells less.
_LEVEL = {"sales": 170_000, "su": 150_000, "jian": 140_000, "wen": 120_000, "maud": 190_000, "floris": 150_000,
          "yan": 80_000, "gu": 60_000, "ilse": 90_000}  # fmt: skip
_CNY_PER_EUR = Decimal("7.8")
#: What of its target is reached, in hundredths, by turns; months that go well and months that do not.
_REACHED = (104, 92, 117, 78, 108, 86, 122, 96, 71, 111, 100, 89)
_STEP = {"CNY": Decimal(10_000), "EUR": Decimal(1_000)}


def season(month: int) -> Decimal:
    """What a month (1 to 12) sells of a mean one."""
    return Decimal(_SEASON[month - 1]) / 100


def share(sellers: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many deals each seller won: one for each customer he won, at least seven, the rest in turn.

    Args:
        sellers: seller -> customers that are won; who has none sold nothing.
        wanted: deals in all.
    """
    found = {key: max(customers, _LEAST) for key, customers in sellers.items() if customers}
    large = [key for key in found if sellers[key] >= _LEAST] or list(found)
    while large and sum(found.values()) < wanted:
        found[min(large, key=lambda key: found[key])] += 1
    while sum(found.values()) > wanted:
        most = max(found, key=lambda key: (found[key] - sellers[key], found[key]))
        found[most] -= 1
    return found


def won_days(day: date, counts: Mapping[str, int], random: Random) -> dict[str, list[int]]:
    """Days from D (negative) on which each seller won: one in each month from now on backwards."""
    found: dict[str, list[int]] = {}
    for place, (seller, count) in enumerate(counts.items()):
        passed = working_days(first_of_month(day), day)
        begun = bool(passed) and place < len(counts) * len(passed) / _FULL
        back = list(range(0 if begun else 1, MONTHS + 1)) + list(range(MONTHS + 1, _OLDEST + 1))
        months = [back[number % len(back)] for number in range(count)]
        found[seller] = [(_some_day(day, month, random) - day).days for month in months]
    return found


def lost_days(day: date, count: int, random: Random) -> list[int]:
    """Days from D (negative) on which deals were lost: as many in each month, the present one by its days."""
    passed = len(working_days(first_of_month(day), day))
    whole = Decimal(count) / (MONTHS + Decimal(min(passed, 21)) / 21)
    now = int(whole * min(passed, 21) / 21)
    months = [0] * now + [1 + number % MONTHS for number in range(count - now)]
    return [(_some_day(day, month, random) - day).days for month in months]


def working_days(first: date, end: date) -> list[date]:
    """Days of an office week from a day to one that is not among them."""
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    return [one for one in days if one.weekday() < 5]


def _some_day(day: date, back: int, random: Random) -> date:
    first = add_months(first_of_month(day), -back)
    return random.choice(working_days(first, min(day, add_months(first, 1))))


def aim(seller: str, month: date, currency: str, random: Random) -> Decimal:
    """About what a deal of a seller in a month comes to."""
    level = Decimal(_LEVEL.get(seller, 100_000)) * season(month.month) * random.randint(88, 112) / 100
    return level if currency == "CNY" else level / _CNY_PER_EUR


def amount_of(wanted: Decimal, price: int, fixed: int) -> Decimal:
    """The amount nearest to what is wanted that is a whole number of pieces and one fixed part."""
    pieces = max(1, int(((wanted - fixed) / price).to_integral_value(ROUND_HALF_UP)))
    return Decimal(price * pieces + fixed)


def targets(
    key: str, day: date, sold: Mapping[date, Decimal], currency: str, back: int, ahead: int
) -> dict[date, Decimal]:
    """What somebody was to sell, by first day of the month.

    A past month in which nothing was sold has none; this one and those to come have the seller's usual month.

    Args:
        key: of the person.
        day: D.
        sold: what was sold in each month that had a sale, in the currency.
        currency: of the targets.
        back, ahead: how many months before and after the present one.
    """
    this = first_of_month(day)
    usual = median(sold[month] / season(month.month) for month in sold) if sold else _STEP[currency] * 6
    found: dict[date, Decimal] = {}
    for number in range(-back, ahead + 1):
        month = add_months(this, number)
        if month in sold:
            turn = crc32(key.encode()) + 12 * month.year + month.month
            found[month] = _rounded(sold[month] * 100 / _REACHED[turn % len(_REACHED)], currency)
        elif number >= 0:
            found[month] = _rounded(usual * season(month.month), currency)
    return found


def _rounded(amount: Decimal, currency: str) -> Decimal:
    step = _STEP[currency] if amount >= 8 * _STEP[currency] else _STEP[currency] / 10
    return max(step, (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
