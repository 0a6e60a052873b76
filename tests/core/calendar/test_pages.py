"""The calendar's pages: what is shown, moved, asked, imported and fed to other programs, and who may not."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from weft.core.calendar.entries import EVENT
from weft.core.calendar.reminders import remind_job
from weft.core.collaboration import notices
from weft.core.outbox.delivery import JobContext

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wednesday(moved_clock):
    moved_clock.set(NOW)
    return moved_clock


@pytest.fixture
def lin(weft_cast):
    return weft_cast.user("crm.sales_rep", name="Lin Shutong")


@pytest.fixture
def event(records_as, lin):
    def make(owner=None, **values):
        given = {"subject": "Visit Alder", "starts_at": "2026-11-25T10:00:00Z", "ends_at": "2026-11-25T11:00:00Z"}
        with records_as(owner or lin, write=True) as records:
            return records.create(EVENT, given | values)["id"]

    return make


def test_every_view_shows_the_appointment_and_outsiders_have_no_calendar(client_as, lin, event, weft_cast):
    event()
    client = client_as(lin)
    for view in ("day", "week", "month", "agenda"):
        page = client.get(f"/employee/calendar/?view={view}")
        assert page.status_code == 200 and "Visit Alder" in page.get_data(as_text=True), view
    assert "Visit Alder" not in client_as("employee").get("/employee/calendar/").get_data(as_text=True)
    assert client_as(None).get("/employee/calendar/").status_code in (302, 303, 401)
    assert client_as(weft_cast.user("customer")).get("/customer/calendar/").status_code == 404


def test_the_tile_today_equals_the_day_behind_it(client_as, lin, event):
    event()
    event(subject="Call", starts_at="2026-11-25T14:00:00Z", ends_at="2026-11-25T14:30:00Z")
    event(subject="Write minutes", kind="task", starts_at="2026-11-25T12:00:00Z", ends_at=None)
    event(subject="Tomorrow", starts_at="2026-11-26T14:00:00Z", ends_at="2026-11-26T14:30:00Z")
    client = client_as(lin)
    home = client.get("/employee/").get_data(as_text=True)
    tile = home.split('data-tile="portal_employee.today"')[1].split("</article>")[0]
    assert '<span class="wf-n">2</span>' in tile and "Visit Alder" in tile and "Write minutes" not in tile
    address = tile.split('href="')[1].split('"')[0].replace("&amp;", "&")
    day = client.get(address).get_data(as_text=True)
    assert "2 appointments" in day and day.count('class="wf-pl-entry') == 2


def test_a_new_appointment_invites_a_colleague(client_as, lin, records_as, weft_cast):
    xu = weft_cast.user("employee", name="Xu Tinglan")
    client = client_as(lin)
    data = {"subject": "Boiler house 2", "kind": "appointment", "starts_at": "2026-11-27T14:00", "repeat": "weekly",
            "ends_at": "2026-11-27T15:30", "remind_minutes": "30", "guests": [str(xu)],
            "until": "2026-12-31"}  # fmt: skip
    answer = client.post("/employee/calendar/new/", data=data)
    assert answer.status_code == 303
    with records_as(xu) as records:
        row = records.query(EVENT, filters={"subject": "Boiler house 2"}).rows[0]
        assert row["rule"] == "FREQ=WEEKLY;UNTIL=20261231" and row["remind_minutes"] == 30
        assert [one.kind for one in notices.inbox(records)] == ["core.invited"]
    assert "Boiler house 2" in client_as(xu).get("/employee/calendar/").get_data(as_text=True)
    wrong = client.post("/employee/calendar/new/", data=data | {"subject": "", "repeat": "custom", "rule": "often"})
    assert wrong.status_code == 422


def test_a_drag_asks_which_repetitions_and_only_owners_drag(client_as, lin, event, records_as):
    number = event(rule="FREQ=DAILY")
    client = client_as(lin)
    data = {"source": "core.events", "id": number, "version": 1, "occurrence": "2026-11-26T10:00:00+00:00",
            "start": "2026-11-26T13:00", "minutes": "60"}  # fmt: skip
    headers = {"X-Requested-With": "fetch", "HX-Request": "true"}
    asked = client.post("/employee/calendar/move/", data=data, headers=headers)
    assert asked.status_code == 200 and "Only this one" in asked.get_data(as_text=True)
    done = client.post("/employee/calendar/move/", data=data | {"scope": "one"}, headers=headers)
    assert done.status_code == 204 and "undo_url" in done.headers["HX-Trigger"]
    with records_as(lin) as records:
        moved = records.query(EVENT, filters={"series__isnull": "false"}).rows
        assert [one["starts_at"].hour for one in moved] == [13]
    foreign = client_as("employee").post("/employee/calendar/move/", data=data | {"scope": "one"}, headers=headers)
    assert foreign.status_code in (403, 404)
    assert client_as("employee").get(f"/employee/calendar/{number}/").status_code == 404


def test_reminders_come_once_also_after_a_restart(weft_runtime, lin, event, records_as, wednesday):
    event(remind_minutes=30)
    event(subject="Daily", rule="FREQ=DAILY", starts_at="2026-11-01T10:00:00Z", ends_at="2026-11-01T10:15:00Z",
          remind_minutes=15)  # fmt: skip
    event(subject="Without")
    with records_as(lin, write=True) as records:
        records.create("crm.activity", {"subject": "Call", "at": "2026-11-25T10:00:00Z", "remind_minutes": 10})

    def run():
        remind_job(JobContext(weft_runtime, "core.calendar.remind", 1), {})
        with records_as(lin) as records:
            return sorted(one.text for one in notices.inbox(records))

    assert run() == []
    wednesday.set(NOW + timedelta(minutes=31))
    assert run() == ["Visit Alder begins soon"]
    assert run() == ["Visit Alder begins soon"]
    wednesday.set(NOW + timedelta(hours=3))
    assert run() == ["Call begins soon", "Daily begins soon", "Visit Alder begins soon"]
    wednesday.set(NOW + timedelta(hours=24, minutes=50))
    assert run().count("Daily begins soon") == 2


def test_the_feed_is_a_calendar_behind_a_secret(client_as, lin, event, weft_app, records_as):
    event(remind_minutes=15, note="Bring the gauge")
    number = event(subject="Weekly", rule="FREQ=WEEKLY", left_out="2026-12-02T10:00:00Z")
    event(subject="Fair", all_day=True, starts_at="2026-11-26T00:00:00Z", ends_at="2026-11-28T00:00:00Z")
    client = client_as(lin)
    page = client.post("/employee/profile/calendar/").get_data(as_text=True)
    address = "/calendar/" + page.split("http", 1)[1].split("/calendar/", 1)[1].split('"')[0]
    stranger = weft_app.test_client()
    answer = stranger.get(address)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar" and "Set-Cookie" not in answer.headers
    found = {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}
    assert found.keys() == {"Visit Alder", "Weekly", "Fair"}
    assert found["Visit Alder"]["DTSTART"].dt == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert found["Visit Alder"].walk("VALARM")[0]["TRIGGER"].dt == timedelta(minutes=-15)
    assert found["Weekly"]["RRULE"]["FREQ"] == ["WEEKLY"] and str(number) in str(found["Weekly"]["UID"])
    assert found["Fair"]["DTEND"].dt.isoformat() == "2026-11-28"
    wrong = [address.replace(".ics", "x.ics"), "/calendar/1-abc.ics", "/calendar/nothing.ics"]
    assert [stranger.get(one).status_code for one in wrong] == [404, 404, 404]
    client.post("/employee/profile/calendar/", data={"end": "1"})
    assert stranger.get(address).status_code == 404
    assert client_as(None).get("/employee/profile/calendar/").status_code in (302, 303, 401)


def test_wrong_feed_addresses_are_limited(weft_app):
    stranger = weft_app.test_client()
    seen = [stranger.get(f"/calendar/1-{number}.ics").status_code for number in range(70)]
    assert seen[0] == 404 and seen[-1] == 429


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:one@example
SUMMARY:Team call
DTSTART:20261126T090000Z
DTEND:20261126T093000Z
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:one@example
RECURRENCE-ID:20261203T090000Z
SUMMARY:Team call, later
DTSTART:20261203T110000Z
DTEND:20261203T113000Z
END:VEVENT
BEGIN:VEVENT
UID:two@example
SUMMARY:Without a day that can be read
DTSTART:SOMEDAY
END:VEVENT
BEGIN:VFREEBUSY
UID:three@example
END:VFREEBUSY
END:VCALENDAR
"""


def send(client, text):
    data = {"file": (io.BytesIO(text.encode()), "team.ics")}
    page = client.post("/employee/calendar/import/", data=data, content_type="multipart/form-data")
    source = page.get_data(as_text=True).split('name="source" value="')
    return page, source[1].split('"')[0] if len(source) > 1 else ""


def test_a_calendar_file_is_looked_at_taken_and_taken_back(client_as, lin, records_as):
    client = client_as(lin)
    page, source = send(client, CALENDAR)
    text = page.get_data(as_text=True)
    assert "2 new, 0 changed, 0 as they are, 2 cannot be taken." in text
    assert "Without a day that can be read" in text and "Free and busy times are no appointments." in text
    with records_as(lin) as records:
        assert records.query(EVENT).rows == []
    done = client.post("/employee/calendar/import/", data={"source": source, "go": "run"})
    assert done.status_code == 303
    with records_as(lin) as records:
        rows = {row["subject"]: row for row in records.query(EVENT).rows}
        assert rows.keys() == {"Team call", "Team call, later"}
        assert rows["Team call"]["left_out"] == "2026-12-03T09:00:00Z"
        assert rows["Team call, later"]["series"].id == rows["Team call"].id
        assert rows["Team call"]["owner"].id == lin
    again, source = send(client, CALENDAR.replace("SUMMARY:Team call\n", "SUMMARY:Team talk\n"))
    assert "0 new, 1 changed, 1 as they are" in again.get_data(as_text=True)
    client.post("/employee/calendar/import/", data={"source": source, "go": "run"})
    with records_as(lin, write=True) as records:
        rows = records.query(EVENT).rows
        assert sorted(row["subject"] for row in rows) == ["Team call, later", "Team talk"]
        change_set = records.history(next(row.id for row in rows if row["subject"] == "Team talk"))[0].change_set_id
        records.undo(change_set)
    with records_as(lin) as records:
        assert sorted(row["subject"] for row in records.query(EVENT).rows) == ["Team call", "Team call, later"]


def test_what_is_no_calendar_says_so(client_as, lin):
    page, source = send(client_as(lin), "hello")
    assert "This is no calendar file." in page.get_data(as_text=True) and source == ""


def test_tasks_are_ticked_off_on_the_page(client_as, lin, event, records_as):
    number = event(
        subject="Write minutes", kind="task", starts_at="2026-11-24T10:00:00Z", ends_at="2026-11-24T11:00:00Z"
    )
    client = client_as(lin)
    assert "Write minutes" in client.get("/employee/calendar/?view=tasks").get_data(as_text=True)
    assert "Write minutes" in client.get("/employee/todo/").get_data(as_text=True)
    answer = client.post("/employee/calendar/done/", data={"source": "core.events", "id": number, "occurrence": ""})
    assert answer.status_code == 303
    with records_as(lin) as records:
        assert records.get(EVENT, number)["status"] == "done"
    client.get("/employee/")  # shows the toast
    assert "Write minutes" not in client.get("/employee/todo/").get_data(as_text=True)
