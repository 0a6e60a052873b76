"""Working time: holidays, make-up working days, changes of the clock, and the terms that follow from agreements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from weft.plugins.service.services.clock import WorkingHours
from weft.plugins.service.services.desk import hours_of

DUTCH = WorkingHours("Europe/Amsterdam", country="NL")
CHINESE = WorkingHours("Asia/Shanghai", country="CN")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "end"),
    [
        (DUTCH, "2026-11-25T10:00+01:00", 60, "2026-11-25T11:00+01:00"),
        (DUTCH, "2026-11-25T16:00+01:00", 120, "2026-11-26T10:00+01:00"),
        (DUTCH, "2026-11-27T16:30+01:00", 60, "2026-11-30T09:30+01:00"),  # over a weekend
        (DUTCH, "2026-11-28T12:00+01:00", 30, "2026-11-30T09:30+01:00"),  # asked on a Saturday
        (DUTCH, "2026-12-24T16:00+01:00", 120, "2026-12-28T10:00+01:00"),  # two days of Christmas and a weekend
        (DUTCH, "2026-03-27T16:00+01:00", 480, "2026-03-30T16:00+02:00"),  # the clock changes on the Sunday between
        (CHINESE, "2026-09-30T16:00+08:00", 120, "2026-10-08T10:00+08:00"),  # the week of the National Day
        (CHINESE, "2026-10-09T16:00+08:00", 120, "2026-10-10T10:00+08:00"),  # a Saturday that makes up for it
        (CHINESE, "2026-02-13T16:30+08:00", 60, "2026-02-14T09:30+08:00"),  # a Saturday before Spring Festival
    ],
)
def test_time_is_counted_while_the_team_works(hours, start, minutes, end):
    assert hours.add(at(start), minutes) == at(end)
    assert hours.between(at(start), at(end)) == minutes


def test_made_up_days_are_working_days_and_holidays_are_not():
    assert CHINESE.works_on(date(2026, 10, 10)) and not CHINESE.works_on(date(2026, 10, 5))
    assert not DUTCH.works_on(date(2026, 4, 27))  # King's Day
    assert WorkingHours("UTC", days=frozenset({"sat"})).works_on(date(2026, 11, 28))


def test_round_the_clock_and_hours_until_midnight():
    always = WorkingHours(always=True, country="NL")
    assert always.add(at("2026-12-25T23:00+00:00"), 120) == at("2026-12-26T01:00+00:00")
    late = hours_of({"zone": "UTC", "days": ["mon", "tue", "wed", "thu", "fri"], "opens": "16:00", "closes": "00:00"})
    assert late.add(at("2026-11-25T23:00+00:00"), 120) == at("2026-11-26T17:00+00:00")
    assert late.between(at("2026-11-26T08:00+00:00"), at("2026-11-25T08:00+00:00")) == 0


def test_a_team_that_never_works_gives_a_time_far_away():
    never = WorkingHours(days=frozenset())
    assert never.add(at("2026-11-25T09:00+00:00"), 1) - at("2026-11-25T09:00+00:00") > timedelta(days=3000)
