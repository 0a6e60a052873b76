"""The demo's people keep their story on whatever day it is made."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from weft.plugins.hrm.demo import make, plan
from weft.plugins.hrm.services.calendar import Calendar

DAYS = [date(2026, 11, 30), date(2026, 10, 3), date(2026, 12, 26), date(2027, 2, 8), date(2027, 1, 1)]


@pytest.mark.parametrize("day", DAYS)
def test_who_is_away_on_the_day_takes_at_least_one_working_day(day: date) -> None:
    for _person, before, after in plan.AWAY:
        for country in ("CN", "NL"):
            first, last = make.away_span(day, country, before, after)
            assert first <= day <= last
            assert any(one.works for one in Calendar(country).days(first, last))


@pytest.mark.parametrize("day", DAYS)
def test_the_next_spring_festival_is_ahead(day: date) -> None:
    found = make.spring_festival(day)
    assert day + timedelta(days=14) < found < day + timedelta(days=400)
    assert found.month in (1, 2)
