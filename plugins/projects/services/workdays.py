"""Working days: Monday to Friday without the public holidays of a country, and with its make-up working days.

Pure; no database. A :class:`Workdays` numbers them from its first one, so that plans count in whole numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

__all__ = ["Workdays", "known_country"]

#: Plans end within forty years: beyond that somebody mistyped a year.
_MOST_YEARS = 40


@lru_cache(maxsize=256)
def _calendar(country: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    if not country:
        return frozenset(), frozenset()
    found: Any = holidays.country_holidays(country, years=year)
    return frozenset(found), frozenset(day for day in found.weekend_workdays if day.year == year)


def known_country(country: str) -> bool:
    """True when the public holidays of a country (ISO 3166-1 alpha-2) are known."""
    return country in holidays.list_supported_countries()


class Workdays:
    """The working days of a country, numbered from 0 at the first one on or after ``origin``.

    Args:
        origin: the first day that counts.
        country: whose holidays are off; empty or unknown for none.
    """

    def __init__(self, origin: date, country: str | None = "") -> None:
        code = (country or "").upper()
        self.country = code if known_country(code) else ""
        self._days: list[date] = []
        self._next = origin
        self._last = origin + timedelta(days=366 * _MOST_YEARS)

    def works(self, day: date) -> bool:
        """True for a working day."""
        off, made_up = _calendar(self.country, day.year)
        return day in made_up or (day.weekday() < 5 and day not in off)

    def day(self, number: int) -> date:
        """The working day of a number, 0 or more."""
        while len(self._days) <= number and self._next <= self._last:
            if self.works(self._next):
                self._days.append(self._next)
            self._next += timedelta(days=1)
        return self._days[min(max(number, 0), len(self._days) - 1)]

    def number(self, day: date) -> int:
        """How many working days come before a day: its own number, or that of the next working day."""
        while self._next <= min(day, self._last):
            self.day(len(self._days))
        return bisect_left(self._days, day)

    def count(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included; 0 when the last comes first."""
        if last < first:
            return 0
        return self.number(last + timedelta(days=1)) - self.number(first)
