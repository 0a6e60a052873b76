"""Hours of a week: typed, copied, submitted, approved at once, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.identity import users
from weft.plugins.projects.services import missing

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]

HOURS, PROJECT = "projects.time_entry", "projects.project"
GRID, SHEETS = "/employee/projects/timesheet", "/employee/projects/timesheets"


@pytest.fixture
def at_work(world, make_task, make_record):
    """Xu has a task of Haverdijk; an hour of his costs 70 euros from January and 80 from May."""
    world.task = make_task("Fit meters")
    for rate, since in (("70.00", "2026-01-01"), ("80.00", "2026-05-01")):
        make_record("projects.rate", person=world.xu, rate={"amount": rate, "currency": "EUR"}, valid_from=since)
    world.monday = world.today - timedelta(days=world.today.weekday())
    world.cell = lambda day: f"h-{world.project}-{world.task}-{day}"
    return world


def test_a_week_is_typed_copied_and_submitted(at_work, client_as, records_as):
    browser = client_as(at_work.xu)
    page = browser.get(GRID)
    assert page.status_code == 200 and "Fit meters" in page.text and at_work.cell(0) in page.text
    before = (at_work.monday - timedelta(days=7)).isoformat()
    sent = browser.post(f"{GRID}?week={before}", data={at_work.cell(0): "6,5", at_work.cell(2): "4", "_do": "save"})
    assert sent.status_code == 303
    browser.post(f"{GRID}?week={at_work.monday}", data={"_do": "copy"})
    browser.post(f"{GRID}?week={at_work.monday}", data={"_do": "copy"})  # a second time adds nothing
    with records_as(at_work.xu) as records:
        rows = records.query(HOURS, filters={"week": at_work.monday.isoformat()}, sort="day").rows
        assert [(row["day"], row["hours"], row["status"]) for row in rows] == [
            (at_work.monday, Decimal("6.50"), "draft"), (at_work.monday + timedelta(days=2), Decimal("4.00"), "draft")
        ]  # fmt: skip
    browser.post(f"{GRID}?week={at_work.monday}", data={at_work.cell(0): "7", at_work.cell(2): "", "_do": "submit"})
    with records_as(at_work.xu) as records:
        (row,) = records.query(HOURS, filters={"week": at_work.monday.isoformat()}).rows
        assert (row["hours"], row["status"], row["subject"]) == (Decimal("7.00"), "submitted", "Fit meters")


def test_more_hours_than_a_day_has_are_refused_at_the_cell(at_work, client_as, records_as, make_task):
    other = make_task("Loggers")
    browser = client_as(at_work.xu)
    page = browser.post(f"{GRID}?week={at_work.monday}", data={at_work.cell(1): "25", "_do": "save"})
    assert page.status_code == 422 and "A day has 24 hours." in page.text and 'value="25"' in page.text
    both = {at_work.cell(1): "13", f"h-{at_work.project}-{other}-1": "12", "_do": "save"}
    page = browser.post(f"{GRID}?week={at_work.monday}", data=both)
    assert page.status_code == 422 and "with these it would be 25" in page.text
    with records_as(at_work.xu) as records:
        assert records.query(HOURS).rows == []


def _submitted(world, records_as, day, hours="8"):
    with records_as(world.xu, write=True) as records:
        row = records.create(HOURS, {"project": world.project, "task": world.task, "day": day, "hours": hours})
        records.act("projects.time_entry.submit", row["id"], {})
    return row["id"]


def test_a_team_is_approved_at_once_at_the_rates_of_the_days(at_work, client_as, records_as, row_of):
    _submitted(at_work, records_as, at_work.monday.isoformat(), "8")
    _submitted(at_work, records_as, "2026-05-04", "5")
    browser = client_as(at_work.anneke)
    page = browser.get(SHEETS)
    assert page.text.count('name="chosen"') == 2 and "Xu Tinglan" in page.text
    chosen = [f"{at_work.xu}-{at_work.monday}", f"{at_work.xu}-2026-05-04"]
    browser.post(SHEETS, data={"chosen": chosen, "_do": "approve"})
    project = row_of(PROJECT, at_work.project)
    assert project["hours"] == Decimal("13.00")
    assert (project["hours_cost"].amount, project["hours_cost"].currency) == (Decimal("960.00"), "EUR")
    page = browser.get(SHEETS)
    assert 'name="chosen"' not in page.text and "960" not in page.text  # nobody's rate can be worked out here
    with records_as(at_work.anneke) as records:
        row = records.query(HOURS).rows[0]
        assert row["status"] == "approved" and "cost" not in row


def test_hours_without_a_rate_say_whose_and_nothing_is_approved(at_work, make_task, records_as, row_of):
    make_task("Survey", owner=at_work.stranger)
    with records_as(at_work.stranger, write=True) as records:
        day = at_work.monday.isoformat()
        row = records.create(HOURS, {"project": at_work.project, "day": day, "hours": "2"})
        records.act("projects.time_entry.submit", row["id"], {})
    with records_as(at_work.anneke, write=True) as records, pytest.raises(ValidationFailed, match="Hou Tianyu"):
        records.act("projects.time_entry.approve", row["id"], {})
    assert row_of(PROJECT, at_work.project)["hours_cost"] is None


def test_sent_back_with_a_reason_typed_again_and_no_longer_counted(at_work, client_as, records_as, row_of):
    number = _submitted(at_work, records_as, at_work.monday.isoformat())
    with records_as(at_work.anneke, write=True) as records:
        records.act("projects.time_entry.approve", number, {})
        records.act("projects.time_entry.send_back", number, {"why": "Wrong day"})
    assert row_of(PROJECT, at_work.project)["hours"] == 0 and row_of(PROJECT, at_work.project)["hours_cost"] is None
    page = client_as(at_work.xu).get(f"{GRID}?week={at_work.monday}")
    assert "Wrong day" in page.text and at_work.cell(0) in page.text
    with records_as(at_work.xu, write=True) as records:
        records.update(HOURS, number, {"hours": "7"}, version=None)


def test_nobody_approves_the_hours_of_others_projects_nor_changes_submitted_ones(at_work, client_as, records_as):
    number = _submitted(at_work, records_as, at_work.monday.isoformat())
    with records_as(at_work.xu, write=True) as records:
        with pytest.raises((Denied, ValidationFailed)):
            records.update(HOURS, number, {"hours": "3"}, version=None)
        with pytest.raises(Denied):
            records.act("projects.time_entry.approve", number, {})
    with records_as(at_work.cen, write=True) as records, pytest.raises(NotFound):
        records.act("projects.time_entry.approve", number, {})
    assert 'name="chosen"' not in client_as(at_work.cen).get(SHEETS).text
    with records_as(at_work.stranger, write=True) as records, pytest.raises((Denied, ValidationFailed, NotFound)):
        records.create(HOURS, {"project": at_work.project, "day": at_work.monday.isoformat(), "hours": "1"})


def test_undo_takes_an_approval_back_with_its_cost(at_work, records_as, row_of):
    number = _submitted(at_work, records_as, at_work.monday.isoformat())
    with records_as(at_work.anneke, write=True) as records:
        records.act("projects.time_entry.approve", number, {})
        change = records.change_set_id
    with records_as(at_work.anneke, write=True) as records:
        records.undo(change)
    assert row_of(HOURS, number)["status"] == "submitted"
    assert row_of(PROJECT, at_work.project)["hours_cost"] is None


def test_a_month_names_everybody_whose_hours_are_missing_however_many(
    world, weft_cast, records_as, monkeypatch, weft_runtime
):
    """In all running projects and beyond what one answer of the database holds."""
    monkeypatch.setattr(missing, "_GROUPS", 2)
    first, last = world.today.replace(day=1), world.today
    people = [weft_cast.user("employee", name=f"Person {number}") for number in range(9)]
    silent, drafting, returned, submitted, approved = people[:2], people[2:4], people[4:5], people[5:8], people[8:]
    with records_as("system", write=True) as records:
        projects = list(records.load(PROJECT, [
            {"name": f"Project {number}", "status": "running", "owner": world.anneke} for number in range(505)
        ]).created)  # fmt: skip
        records.load("projects.member", [
            {"name": "Member", "project": projects[-1 - number], "person": who, "owner": world.anneke}
            for number, who in enumerate(people)
        ])  # fmt: skip
        # one who wrote hours of every kind is in every list; whoever is in no team is asked for drafts too
        states = [("draft", drafting), ("returned", returned), ("submitted", submitted), ("approved", people[2:]),
                  ("draft", [world.stranger])]  # fmt: skip
        records.load(HOURS, [
            {"subject": "Work", "project": projects[0], "day": first, "hours": Decimal(2), "status": status,
             "owner": who} for status, some in states for who in some for _number in range(2)
        ])  # fmt: skip
    with records_as("system") as records:
        nothing, drafts, waiting = missing.of_month(records, first, last)
    assert nothing["people"] == sorted(silent) and nothing["count"] == 2
    assert drafts["people"] == sorted([*drafting, *returned, world.stranger]) and drafts["count"] == 4
    assert waiting["people"] == sorted(submitted) and waiting["count"] == 3
    assert approved[0] not in {*nothing["people"], *drafts["people"], *waiting["people"]}
    with weft_runtime.db.write() as connection:  # whoever left writes no more
        users.deactivate(connection, silent[0], now=world.clock())
    with records_as("system") as records:
        assert missing.of_month(records, first, last)[0]["people"] == silent[1:]


def test_a_lead_sees_everybody_of_a_large_team_who_wrote_no_hours(world, weft_cast, records_as, client_as):
    with records_as("system", write=True) as records:
        projects = list(records.load(PROJECT, [
            {"name": f"Project {number}", "status": "running", "owner": world.anneke} for number in range(505)
        ]).created)  # fmt: skip
        member = {"name": "Member", "project": projects[-1], "person": world.stranger, "owner": world.anneke}
        records.load("projects.member", [member])
    page = client_as(world.anneke).get(SHEETS)
    assert page.status_code == 200 and "No hours last week" in page.text and "Hou Tianyu" in page.text
