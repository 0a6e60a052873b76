"""Earliest and latest times, slack and circles; the scheduling instance with a known critical path."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from weft.plugins.projects.services.critical_path import Activity, CircleError, Link, critical, schedule
from weft.plugins.projects.services.workdays import Workdays

#: The folder of public data sets beside the checkout.
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "projects"
KNOWN_PATH = [1, 3, 8, 12, 14, 17, 22, 23, 24, 30, 32]


def read_instance(path: Path) -> tuple[list[Activity], list[Link]]:
    """Activities and successors of a PSPLIB file."""
    links, days = [], {}
    part = ""
    for line in path.read_text().splitlines():
        if line.startswith(("PRECEDENCE", "REQUESTS", "RESOURCEAVAIL")):
            part = line[:4]
        numbers = [int(text) for text in line.split()] if re.fullmatch(r"[\d\s]+", line) and line.strip() else []
        if numbers and part == "PREC":
            links += [Link(numbers[0], after) for after in numbers[3:]]
        elif numbers and part == "REQU":
            days[numbers[0]] = numbers[2]
    return [Activity(key, length) for key, length in days.items()], links


@pytest.mark.skipif(not DATA.exists(), reason="the scheduling instances are not on this machine")
def test_the_scheduling_instance_has_the_critical_path_its_authors_state():
    activities, links = read_instance(DATA / "schedules" / "j301_1.sm")
    assert len(activities) == 32
    times = schedule(activities, links)
    assert max(one.end for one in times.values()) == 38
    assert critical(times) == KNOWN_PATH
    assert all(times[key].slack == 0 for key in KNOWN_PATH)
    assert all(one.slack > 0 for key, one in times.items() if key not in KNOWN_PATH)


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [("FS", 0, 5), ("FS", 2, 7), ("SS", 1, 1), ("FF", 0, 2), ("FF", 3, 5), ("SF", 4, 1), ("FS", -1, 4)],
)
def test_each_kind_of_link_with_its_lag_says_when_the_second_may_begin(kind, lag, start):
    times = schedule([Activity(1, 5), Activity(2, 3)], [Link(1, 2, kind, lag)])
    assert times[2].start == start


def test_slack_is_how_far_something_may_slip_without_a_later_end():
    times = schedule(
        [Activity(1, 2), Activity(2, 5), Activity(3, 1), Activity(4, 1)],
        [Link(1, 2), Link(1, 3), Link(2, 4), Link(3, 4)],
    )
    assert [times[key].slack for key in (1, 2, 3, 4)] == [0, 0, 4, 0]
    later = schedule(
        [Activity(1, 2), Activity(2, 5), Activity(3, 1, earliest=6), Activity(4, 1)],
        [Link(1, 2), Link(1, 3), Link(2, 4), Link(3, 4)],
    )
    assert later[3].slack == 0 and later[4].start == 7


def test_unfinished_work_does_not_end_in_the_past_and_finished_work_does_not_move():
    times = schedule([Activity(1, 3, ends_from=10), Activity(2, 4, earliest=1, fixed=True)], [Link(1, 2)])
    assert (times[1].start, times[1].end) == (0, 10)
    assert (times[2].start, times[2].end) == (1, 5)


def test_tasks_that_wait_for_each_other_are_refused_by_name():
    with pytest.raises(CircleError) as caught:
        schedule([Activity(1, 1), Activity(2, 1), Activity(3, 1)], [Link(1, 2), Link(2, 1), Link(2, 3)])
    assert set(caught.value.members) == {1, 2, 3}


def test_working_days_leave_out_weekends_and_holidays_and_count_make_up_days():
    week = Workdays(date(2026, 11, 30))
    assert [week.day(number) for number in (0, 4, 5)] == [date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 7)]
    assert week.number(date(2026, 12, 5)) == 5 and week.count(date(2026, 12, 3), date(2026, 12, 8)) == 4
    dutch = Workdays(date(2026, 4, 24), "NL")
    assert dutch.day(1) == date(2026, 4, 28)  # the king's birthday
    chinese = Workdays(date(2026, 2, 10), "CN")
    assert chinese.works(date(2026, 2, 14)) and not chinese.works(date(2026, 2, 17))
    assert chinese.count(date(2026, 2, 14), date(2026, 2, 24)) == 2  # a made-up Saturday and the day after the feast
