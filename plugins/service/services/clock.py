"""Working time: adding and counting minutes in which a team works, with public holidays and make-up working days.

Pure functions of their arguments; no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

__all__ = ["OFFICE", "WorkingHours", "holiday_regions"]

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Beyond so many days nobody counts: a team without working days never ends a request by itself.
_MOST_DAYS = 3700


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a team works.

    Attributes:
        zone: IANA zone of the times.
        days: working days of the week, ``mon`` to ``sun``.
        opens, closes: local times.
        always: round the clock, every day.
        country, region: whose public holidays are off, ISO codes or empty.
    """

    zone: str = "UTC"
    days: frozenset[str] = frozenset(_WEEK[:5])
    opens: time = time(9)
    closes: time = time(17)
    always: bool = False
    country: str = ""
    region: str = ""

    def works_on(self, day: date) -> bool:
        """True for working days: of the week without holidays, and days that make up for one."""
        if self.always:
            return True
        off, made_up = _calendar(self.country, self.region, day.year)
        if day in made_up:
            return True
        return _WEEK[day.weekday()] in self.days and day not in off

    def add(self, start: datetime, minutes: int) -> datetime:
        """The moment at which so many working minutes have passed since ``start`` (aware); aware UTC."""
        if self.always:
            return start.astimezone(UTC) + timedelta(minutes=minutes)
        left = timedelta(minutes=minutes)
        for opened, closed in self._spans(start):
            room = closed - opened
            if left <= room:
                return (opened + left).astimezone(UTC)
            left -= room
        return start.astimezone(UTC) + timedelta(days=_MOST_DAYS)

    def between(self, start: datetime, end: datetime) -> int:
        """Working minutes from ``start`` to ``end`` (both aware), 0 when the end comes first."""
        if end <= start:
            return 0
        if self.always:
            return int((end - start).total_seconds() // 60)
        passed = timedelta()
        for opened, closed in self._spans(start):
            if opened >= end:
                break
            passed += min(closed, end) - opened
        return int(passed.total_seconds() // 60)

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of work from a moment on, in UTC so that differences are true across changes of the clock."""
        zone, moment = ZoneInfo(self.zone), start.astimezone(UTC)
        day = moment.astimezone(zone).date()
        for _step in range(_MOST_DAYS):
            if self.works_on(day):
                opened = datetime.combine(day, self.opens, zone).astimezone(UTC)
                closed = datetime.combine(day, self.closes, zone).astimezone(UTC)
                if self.closes <= self.opens:  # until midnight
                    closed = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
                if closed > moment:
                    yield max(opened, moment), closed
            day += timedelta(days=1)


#: Where nobody said otherwise: Monday to Friday, nine to five.
OFFICE = WorkingHours()


@lru_cache(maxsize=256)
def _calendar(country: str, region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and make-up working days of a year."""
    if not country:
        return frozenset(), frozenset()
    found: Any = holidays.country_holidays(country, subdiv=region or None, years=year)
    return frozenset(found), frozenset(day for day in found.weekend_workdays if day.year == year)


def holiday_regions() -> dict[str, list[str]]:
    """Countries whose holidays are known, with their regions: ISO code -> codes."""
    return dict(holidays.list_supported_countries())
