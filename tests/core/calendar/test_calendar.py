"""Calendars as people have them: entries of sources, moves, one repetition or all, guests, tasks, and who sees what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from weft.core.calendar import tasks, writing
from weft.core.calendar.entries import EVENT, day_range, entries
from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, ValidationFailed

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

UTC_ZONE = ZoneInfo("UTC")
MONDAY = date(2026, 11, 23)


def moment(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def lin(weft_cast):
    return weft_cast.user("crm.sales_rep", name="Lin Shutong")


@pytest.fixture
def xu(weft_cast):
    return weft_cast.user("employee", name="Xu Tinglan")


@pytest.fixture
def event(records_as, lin):
    def make(**values):
        given = {"subject": "Visit", "starts_at": moment(23), "ends_at": moment(23, 11), **values}
        with records_as(lin, write=True) as records:
            return records.create(EVENT, given)["id"]

    return make


def week(records, people, **more):
    since, until = day_range(MONDAY, MONDAY + timedelta(days=6), UTC_ZONE)
    return entries(records, since, until, people, zone=UTC_ZONE, **more)


@pytest.mark.both_databases
def test_a_week_shows_appointments_series_and_activities(records_as, lin, event, query_count):
    event()
    event(subject="Daily", starts_at=moment(2), ends_at=moment(2, 11), rule="FREQ=DAILY;COUNT=23")
    event(subject="Over midnight", starts_at=moment(22, 22), ends_at=moment(23, 2))
    event(subject="Last week", starts_at=moment(16), ends_at=moment(16, 11))
    event(subject="Cancelled", status="cancelled")
    with records_as(lin, write=True) as records:
        records.create("crm.activity", {"subject": "Call", "at": moment(25, 9).isoformat(), "minutes": 15})
    with records_as(lin) as records, query_count(at_most=12):
        seen = [(one.title, one.first.day) for one in week(records, [lin])]
    assert seen == [("Over midnight", 22), ("Daily", 23), ("Visit", 23), ("Daily", 24), ("Call", 25)]


def test_days_are_those_of_the_viewer_and_whole_days_those_of_the_owner(records_as, lin, event, weft_runtime):
    event(subject="Late", starts_at=moment(23, 20), ends_at=moment(23, 21))
    event(subject="Fair", all_day=True, starts_at=moment(24, 0), ends_at=moment(26, 0))
    shanghai = ZoneInfo("Asia/Shanghai")
    since, until = day_range(MONDAY, MONDAY + timedelta(days=6), shanghai)
    with records_as(lin) as records:
        seen = {
            one.title: (one.first.day, one.last.day) for one in entries(records, since, until, [lin], zone=shanghai)
        }
    assert seen == {"Late": (24, 24), "Fair": (24, 25)}


def test_others_see_only_what_their_rights_allow(records_as, lin, xu, event, weft_cast):
    number = event()
    with records_as(xu) as records:
        assert week(records, [lin]) == []
    with records_as(lin, write=True) as records:
        writing.invite(records, number, [xu])
    with records_as(xu) as records:
        assert [one.title for one in week(records, [xu])] == ["Visit"]
        assert [one.kind for one in notices.inbox(records)] == ["core.invited"]
    with records_as(xu, write=True) as records, pytest.raises((Denied, NotFound)):
        writing.move(records, records.runtime.registry.calendars["core.events"], number, moment(24), moment(24, 11),
                     version=None)  # fmt: skip
    with records_as(lin, write=True) as records:
        writing.invite(records, number, [])
    with records_as(xu) as records:
        assert week(records, [xu]) == []


def test_one_repetition_moves_alone_and_undo_brings_it_back(records_as, lin, event):
    number = event(rule="FREQ=WEEKLY")
    with records_as(lin, write=True) as records:
        source = records.runtime.registry.calendars["core.events"]
        writing.move(records, source, number, moment(25, 15), moment(25, 16), version=1, occurrence=moment(23))
        change_set = records.change_set_id
        seen = [(one.first.day, one.occurrence is None) for one in week(records, [lin])]
        assert seen == [(25, True)]
    with records_as(lin, write=True) as records:
        records.undo(change_set)
    with records_as(lin) as records:
        assert [(one.first.day, one.occurrence) for one in week(records, [lin])] == [(23, moment(23))]


def test_all_repetitions_move_with_their_weekday(records_as, lin, event):
    number = event(rule="FREQ=WEEKLY;BYDAY=MO,WE", left_out="2026-11-25T10:00:00Z")
    with records_as(lin, write=True) as records:
        source = records.runtime.registry.calendars["core.events"]
        writing.move(
            records,
            source,
            number,
            moment(24, 14),
            moment(24, 16),
            version=None,
            occurrence=moment(23),
            everything=True,
        )
        row = records.get(EVENT, number)
        seen = [(one.starts.day, one.starts.hour, one.minutes) for one in week(records, [lin])]
    assert row["rule"] == "FREQ=WEEKLY;BYDAY=TU,TH" and row["left_out"] == "2026-11-26T14:00:00Z"
    assert seen == [(24, 14, 120)]


def test_a_rule_is_checked_and_its_end_kept_by_every_door(records_as, lin, event, api_as, weft_app):
    with pytest.raises(ValidationFailed):
        event(rule="every week")
    with pytest.raises(ValidationFailed):
        event(ends_at=moment(23, 9))
    number = event(rule="freq=daily;count=3")
    with records_as(lin, write=True) as records:
        row = records.get(EVENT, number)
        assert (row["rule"], row["repeats_until"]) == ("FREQ=DAILY;COUNT=3", moment(25))
        assert records.update(EVENT, number, {"rule": None}, version=None)["repeats_until"] is None
    headers = api_as("employee")
    body = {"subject": "X", "starts_at": "2026-11-23T10:00:00Z", "rule": "FREQ=NEVER"}
    assert weft_app.test_client().post("/api/v1/core/events", json=body, headers=headers).status_code == 422


def test_tasks_stay_until_they_are_ticked_off(records_as, lin, event, moved_clock):
    moved_clock.set(moment(25, 12))
    event(subject="Report", kind="task")
    daily = event(subject="Read mail", kind="task", rule="FREQ=DAILY", starts_at=moment(24, 8), ends_at=moment(24, 9))
    with records_as(lin, write=True) as records:
        records.create("crm.activity", {"subject": "Offer", "kind": "task", "at": moment(24).isoformat()})
    until = day_range(date(2026, 11, 25), date(2026, 11, 25), UTC_ZONE)[1]
    with records_as(lin, write=True) as records:
        found = tasks.open_tasks(records, until, zone=UTC_ZONE)
        assert [(one.title, one.first.day) for one in found] == [
            ("Report", 23), ("Read mail", 24), ("Offer", 24), ("Read mail", 25),
        ]  # fmt: skip
        writing.finish(records, daily, moment(24, 8))
        left = [(one.title, one.first.day) for one in tasks.open_tasks(records, until, zone=UTC_ZONE)]
    assert left == [("Report", 23), ("Offer", 24), ("Read mail", 25)]
