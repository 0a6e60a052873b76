"""Repetitions: by local time, across changes of clocks, with ends and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from weft.core.calendar.rules import check_rule, last_start, left_out_text, starts
from weft.core.errors import ValidationFailed

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def found(start: datetime, rule: str, since: datetime, until: datetime, **more: object) -> list[str]:
    moments = starts(start, rule, AMSTERDAM, since=since, until=until, **more)  # type: ignore[arg-type]
    return [f"{one.astimezone(AMSTERDAM):%m-%d %H:%M}" for one in moments]


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change() -> None:
    start = at("2026-10-19T10:00")
    seen = found(start, "FREQ=WEEKLY", at("2026-10-12T00:00"), at("2026-11-03T00:00"))
    assert seen == ["10-19 10:00", "10-26 10:00", "11-02 10:00"]
    moments = list(starts(start, "FREQ=WEEKLY", AMSTERDAM, since=start, until=at("2026-10-27T00:00")))
    assert moments[1] - moments[0] == timedelta(days=7, hours=1)


def test_a_rule_that_names_its_zone_is_counted_there() -> None:
    start = at("2026-10-19T10:00", ZoneInfo("Asia/Shanghai"))
    rule = check_rule("FREQ=WEEKLY;TZID=Asia/Shanghai")
    moments = list(starts(start, rule, AMSTERDAM, since=start, until=at("2026-11-03T00:00")))
    assert {one.hour for one in moments} == {2}


def test_what_is_left_out_does_not_take_place() -> None:
    start = at("2026-11-02T09:00")
    gone = [at("2026-11-04T09:00")]
    seen = found(start, "FREQ=DAILY;COUNT=4", at("2026-11-01T00:00"), at("2026-12-01T00:00"), left_out=gone)
    assert seen == ["11-02 09:00", "11-03 09:00", "11-05 09:00"]
    assert left_out_text(gone) == "2026-11-04T08:00:00Z"


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=DAILY;COUNT=3", "2026-11-04T09:00"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", "2026-11-09T09:00"),
        ("FREQ=WEEKLY;UNTIL=20261116", "2026-11-16T09:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", "2027-01-31T09:00"),
        ("FREQ=DAILY", None),
    ],
)
def test_the_last_repetition_is_known(rule: str, last: str | None) -> None:
    assert last_start(at("2026-11-02T09:00"), rule, AMSTERDAM) == (at(last) if last else None)


def test_years_later_the_days_are_still_the_same() -> None:
    start = at("2020-01-06T09:00")  # a Monday
    seen = found(start, "FREQ=WEEKLY;INTERVAL=2", at("2026-11-01T00:00"), at("2026-11-30T00:00"))
    every = list(starts(start, "FREQ=WEEKLY;INTERVAL=2", AMSTERDAM, since=start, until=at("2026-11-30T00:00")))
    assert seen == [f"{one.astimezone(AMSTERDAM):%m-%d %H:%M}" for one in every if one >= at("2026-11-01T00:00")]
    counted = found(start, "FREQ=DAILY;COUNT=5", at("2026-11-01T00:00"), at("2026-11-30T00:00"))
    assert counted == []


@pytest.mark.parametrize(
    "rule",
    ["weekly", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
     "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", ""],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_rule(rule)
    assert refused.value.errors[0].field == "rule"
