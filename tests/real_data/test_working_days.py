"""Working days of China: leave counts by the days that the State Council announced, make-up days among them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from weft.plugins.hrm.services import balance
from weft.plugins.hrm.services.calendar import Calendar


@pytest.mark.parametrize("year", range(2010, 2027))
def test_working_days_are_those_of_the_official_notices(year: int, data_file: Callable[..., Path]) -> None:
    # the last days of a year stand in the notice of the next
    notices = (data_file("zh-calendar", f"{one}.json") for one in (year, year + 1))
    days = [one for path in notices for one in json.loads(path.read_text(encoding="utf-8"))["days"]]
    told = {one["date"]: one["isOffDay"] for one in days}
    wrong = []
    for one in Calendar("CN").days(date(year, 1, 1), date(year, 12, 31)):
        off = told.get(one.day.isoformat())
        if one.works != (one.day.weekday() < 5 if off is None else not off):
            wrong.append(one)
    assert wrong == []


@pytest.mark.parametrize("year", range(2018, 2027))
def test_leave_across_the_spring_festival_takes_the_days_that_are_worked(
    year: int, data_file: Callable[..., Path]
) -> None:
    """From ten days before the festival to ten days after it, half the first day: what the notice leaves to work."""
    days = json.loads(data_file("zh-calendar", f"{year}.json").read_text(encoding="utf-8"))["days"]
    feast = sorted(date.fromisoformat(one["date"]) for one in days if one["name"] == "春节" and one["isOffDay"])
    assert 7 <= len(feast) <= 10
    told = {one["date"]: one["isOffDay"] for one in days}
    first, last = feast[0] - timedelta(days=10), feast[-1] + timedelta(days=10)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    worked = [one for one in span if not told.get(one.isoformat(), one.weekday() > 4)]
    made_up = [one for one in worked if one.weekday() > 4]
    assert made_up  # no festival of these years comes without make-up days
    taken = balance.count(Calendar("CN"), {"from_on": first, "to_on": last}, "working")
    assert [one.day for one in taken] == worked
    assert sum(one.days for one in taken) == len(worked)
    half = balance.count(Calendar("CN"), {"from_on": worked[0], "to_on": last, "first_half": True}, "working")
    assert sum(one.days for one in half) == len(worked) - 0.5
