"""The plan: dates, slack, lateness and progress follow every change, and Undo takes all of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.outbox.worker import Worker

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]

PROJECT, TASK, LINK, MILESTONE = "projects.project", "projects.task", "projects.dependency", "projects.milestone"


@pytest.fixture
def chain(world, make_task, make_record):
    """Survey (3 days), then logger (5) and, beside it, papers (1), then handover (1) which a milestone waits for."""
    goal = make_record(MILESTONE, owner=world.anneke, name="Handover", project=world.project, shared=True)["id"]
    ids = [make_task("Survey", days=3), make_task("Loggers", days=5), make_task("Papers", days=1)]
    ids.append(make_task("Handover", days=1, milestone=goal))
    for before, after in ((0, 1), (0, 2), (1, 3), (2, 3)):
        make_record(LINK, owner=world.anneke, before=ids[before], after=ids[after])
    return [*ids, goal]


def test_dates_slack_and_critical_path_follow_the_dependencies(world, chain, row_of):
    survey, loggers, papers, handover = (row_of(TASK, number) for number in chain[:4])
    assert survey["starts_on"] >= world.today
    assert loggers["starts_on"] > survey["due_on"] and papers["starts_on"] == loggers["starts_on"]
    assert handover["starts_on"] > loggers["due_on"]
    assert [row["slack_days"] for row in (survey, loggers, papers, handover)] == [0, 0, 4, 0]
    assert [row["critical"] for row in (survey, loggers, papers, handover)] == [True, True, False, True]
    assert row_of(MILESTONE, chain[4])["due_on"] == handover["due_on"]
    project = row_of(PROJECT, world.project)
    assert project["forecast_on"] == handover["due_on"] and project["late_days"] == 0
    assert (project["tasks_total"], project["tasks_done"], project["progress"]) == (4, 0, 0)


def test_a_later_task_moves_what_waits_for_it_and_the_project_is_late_by_calendar_days_and_undo_takes_it_back(
    world, chain, row_of, records_as
):
    before = row_of(TASK, chain[3])
    end = row_of(PROJECT, world.project)["ends_on"]
    with records_as(world.anneke, write=True) as records:
        later = row_of(TASK, chain[1])["starts_on"] + timedelta(days=28)
        records.update(TASK, chain[1], {"starts_on": later.isoformat()}, version=None)
        change = records.change_set_id
    moved, project = row_of(TASK, chain[3]), row_of(PROJECT, world.project)
    assert moved["due_on"] - before["due_on"] == timedelta(days=28)
    assert project["forecast_on"] == moved["due_on"]
    assert project["late_days"] == (moved["due_on"] - end).days > 0
    assert row_of(MILESTONE, chain[4])["due_on"] == moved["due_on"]
    with records_as(world.anneke, write=True) as records:
        records.undo(change)
    assert row_of(TASK, chain[3])["due_on"] == before["due_on"]
    assert row_of(PROJECT, world.project)["late_days"] == 0


def test_a_task_never_begins_before_what_it_waits_for(chain, row_of, records_as, world):
    expected = row_of(TASK, chain[3])["starts_on"]
    with records_as(world.anneke, write=True) as records:
        records.update(TASK, chain[3], {"starts_on": world.today.isoformat()}, version=None)
    assert row_of(TASK, chain[3])["starts_on"] == expected


def test_a_circle_is_refused_and_nothing_is_written(chain, records_as, world):
    with records_as(world.anneke, write=True) as records:
        with pytest.raises(ValidationFailed, match="wait for each other"):
            records.create(LINK, {"before": chain[3], "after": chain[0]})
        assert len(records.query(LINK, filters={"project": str(world.project)}).rows) == 4


def test_done_tasks_are_counted_and_what_waits_for_an_early_one_comes_earlier(world, chain, row_of, records_as):
    before = row_of(TASK, chain[3])["due_on"]
    with records_as(world.xu, write=True) as records:
        records.act("projects.task.finish", chain[0], {})
    survey = row_of(TASK, chain[0])
    assert (survey["status"], survey["progress"], survey["done_on"]) == ("done", 100, world.today)
    project = row_of(PROJECT, world.project)
    assert (project["tasks_done"], project["progress"]) == (1, 25)
    assert row_of(TASK, chain[3])["due_on"] < before


def test_progress_is_rounded_as_the_story_says(world, make_task, row_of):
    for number in range(42):
        make_task(f"Task {number}", status="done" if number < 26 else "open")
    project = row_of(PROJECT, world.project)
    assert (project["tasks_done"], project["tasks_total"], project["progress"]) == (26, 42, 62)


def test_sub_tasks_carry_the_plan_and_their_task_spans_them(world, make_task, make_record, row_of):
    whole = make_task("Installation")
    first, second = make_task("Pits", days=2, parent=whole), make_task("Loggers", days=3, parent=whole)
    make_record(LINK, owner=world.anneke, before=first, after=second)
    after = make_task("Test", days=1)
    make_record(LINK, owner=world.anneke, before=whole, after=after)
    spanned = row_of(TASK, whole)
    assert spanned["starts_on"] == row_of(TASK, first)["starts_on"]
    assert spanned["due_on"] == row_of(TASK, second)["due_on"] and spanned["days"] == 5
    assert row_of(TASK, after)["starts_on"] > spanned["due_on"]


def test_unfinished_work_that_should_have_ended_moves_the_plan_by_night(world, chain, row_of, weft_runtime):
    before = row_of(PROJECT, world.project)["forecast_on"]
    world.clock.move(days=60)
    Worker(weft_runtime).run_due()
    from weft.plugins.projects.jobs.catalogue import follow_the_day

    class Context:
        now = world.clock()

        @staticmethod
        def records():
            from weft.core.identity.principal import SYSTEM
            from weft.core.records import unit

            return unit.writing(weft_runtime, SYSTEM, door="job")

    follow_the_day(Context, {})
    project = row_of(PROJECT, world.project)
    assert project["forecast_on"] > before + timedelta(days=50) and project["late_days"] > 20


def test_only_who_leads_changes_the_plan_and_people_on_a_task_say_how_far_they_are(world, chain, records_as, row_of):
    with records_as(world.xu, write=True) as records:
        records.update(TASK, chain[0], {"progress": 40}, version=None)
        with pytest.raises((Denied, ValidationFailed)):
            records.update(TASK, chain[0], {"starts_on": "2026-12-24"}, version=None)
        with pytest.raises((Denied, ValidationFailed)):
            records.create(TASK, {"name": "Mine", "project": world.project})
    assert (row_of(TASK, chain[0])["status"], row_of(TASK, chain[0])["progress"]) == ("doing", 40)
    with records_as(world.cen, write=True) as records, pytest.raises(NotFound):
        records.update(TASK, chain[0], {"days": 9}, version=None)
    assert row_of(TASK, chain[0])["days"] == 3


def test_whoever_gets_a_task_belongs_to_the_team(world, make_task, records_as):
    make_task("Survey", owner=world.stranger)
    with records_as(world.stranger) as records:
        assert records.get(PROJECT, world.project)["name"] == "District metering"
        assert [row["name"] for row in records.query(TASK).rows] == ["Survey"]
    with records_as("system") as records:
        rows = records.query("projects.member", filters={"project": str(world.project)}).rows
        assert [(row["name"], row["owner"].id) for row in rows] == [("Hou Tianyu", world.anneke)]
