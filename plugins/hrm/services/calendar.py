"""Working days of a country: weekends, public holidays, days that make up for one, and whether those are known yet.

The days come from the library ``holidays``. A year for which the company has *official days* (``hrm.calendar_day``)
goes by them alone. Some countries announce make-up working days year by year: until the library or the official days
of such a year are there, its count is preliminary (:attr:`Calendar.official`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

from weft.core.sdk import Records, current_locale, in_script

__all__ = ["Calendar", "Day", "calendar_for", "country_known"]

#: A request for longer than this is a mistake of typing.
MOST_DAYS = 1100
_LANGUAGES: Mapping[str, tuple[str, ...]] = {"zh": ("zh_CN", "zh"), "en": ("en_US", "en", "en_GB")}
#: Years before one that are looked at to see whether a country announces make-up days every year.
_HABIT = 3


@dataclass(frozen=True, slots=True)
class Day:
    """One day: ``kind`` is ``working``, ``weekend``, ``holiday`` or ``made_up``; ``name`` of a holiday, else empty."""

    day: date
    kind: str
    name: str = ""

    @property
    def works(self) -> bool:
        """True when people work on it."""
        return self.kind in ("working", "made_up")


@dataclass(slots=True)
class Calendar:
    """Days of one country.

    Attributes:
        country, region: ISO codes, empty for a plain week without holidays.
        stored: year -> day -> (kind, name) of official days that the company loaded.
    """

    country: str = ""
    region: str = ""
    stored: dict[int, dict[date, tuple[str, str]]] = field(default_factory=dict)

    def day(self, day: date) -> Day:
        """What kind of day it is."""
        own = self.stored.get(day.year)
        if own is not None:
            kind, name = own.get(day, ("", ""))
        else:
            kind, name = _known(self.country, self.region, day.year, current_locale()).get(day, ("", ""))
        if kind == "work":
            return Day(day, "made_up", name)
        if day.weekday() > 4:
            return Day(day, "weekend", name)
        return Day(day, "holiday", name) if kind == "off" else Day(day, "working")

    def days(self, first: date, last: date) -> Iterator[Day]:
        """Every day from the first to the last."""
        for number in range(min((last - first).days, MOST_DAYS) + 1):
            yield self.day(first + timedelta(days=number))

    def official(self, first: date, last: date) -> bool:
        """False when a year in between lacks its announced make-up days."""
        return all(year in self.stored or _complete(self.country, year) for year in range(first.year, last.year + 1))


def calendar_for(records: Records, country: str, region: str, first: date, last: date) -> Calendar:
    """The calendar of a country for some years; one statement.

    Args:
        records: any unit; official days are no secret.
        country, region: ISO codes; an unknown country has plain weeks.
        first, last: the days asked about.
    """
    code = country.upper()
    found = Calendar(code if country_known(code) else "", region if country_known(code) else "")
    if not code:
        return found
    filters = {"country": code, "day__gte": f"{first.year}-01-01", "day__lte": f"{last.year}-12-31"}
    cursor: str | None = None
    system = records.system("hrm: working calendar")
    while True:
        page = system.query("hrm.calendar_day", filters=filters, sort="day", limit=200, cursor=cursor)
        for row in page.rows:
            name = in_script(row["name"], row.get("name_alt"), current_locale())[0]
            found.stored.setdefault(row["day"].year, {})[row["day"]] = (row["kind"], name)
        cursor = page.next
        if cursor is None:
            return found


def country_known(code: str) -> bool:
    """True when the library has holidays of a country."""
    return code in _supported()


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries())


@lru_cache(maxsize=256)
def _known(country: str, region: str, year: int, locale: str) -> dict[date, tuple[str, str]]:
    """Days off and make-up days of a year, as the library has them."""
    if not country:
        return {}
    book = _book(country, region, year, locale)
    found = {day: ("off", name) for day, name in book.items() if day.year == year}
    found.update({day: ("work", "") for day in book.weekend_workdays if day.year == year})
    return found


def _book(country: str, region: str, year: int, locale: str) -> Any:
    """The library's calendar in the viewer's language where it has one, else in the country's own."""
    plain: Any = holidays.country_holidays(country, years=year)
    subdivision = region if region and region in plain.subdivisions else None
    language = next((one for one in _LANGUAGES.get(locale, ()) if one in plain.supported_languages), None)
    return holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)


@lru_cache(maxsize=256)
def _complete(country: str, year: int) -> bool:
    """Whether the library knows the make-up days of a year, where the country has any."""
    if not country:
        return True
    habit = [_made_up(country, year - before) for before in range(_HABIT + 1)]
    return bool(habit[0]) or not any(habit[1:])


def _made_up(country: str, year: int) -> int:
    book: Any = holidays.country_holidays(country, years=year)
    return sum(1 for day in book.weekend_workdays if day.year == year)
