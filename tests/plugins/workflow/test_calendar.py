"""Cases by the calendar: all records whose day has come, also of days on which the job did not run, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.sdk import ValidationFailed
from weft.plugins.workflow.services import cases

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE = "documents.contract", "workflow.case"
HEAD = {"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}


@pytest.fixture
def today(world):
    """The present day in the company's zone."""
    return lambda: world.clock().date()


@pytest.fixture
def ending(rule, world, records_as):
    """``ending(day, 150)``: so many active contracts end on a day; thirty days before, somebody has to look at them."""
    outcomes = {"approved": None, "returned": None, "rejected": None}
    rule(HEAD, start={"on": "schedule", "field": "ends_on", "to": "30"}, **outcomes)

    def make(day, number=1):
        one = {"account": world.firm, "status": "active", "ends_on": day.isoformat(), "owner": world.lin}
        with records_as("system", write=True) as records:
            rows = [{**one, "name": f"Contract {n}"} for n in range(number)]
            return list(records.system("test").load(CONTRACT, rows).created)

    return make


@pytest.fixture
def run(records_as, settle):
    """Do the job of the day; returns the records that have a case, in the order of the cases."""

    def once():
        with records_as("system", write=True) as records:
            records.enqueue("workflow.by_calendar", {})
        settle()
        with records_as("system") as records:
            first = records.query(CASE, fields=("about",), sort="id", limit=200).rows
        return [row["about"].id for row in first]

    return once


def test_more_records_of_one_day_than_a_page_holds_all_get_their_case(ending, today, run):
    made = ending(today() + timedelta(days=30), 130)
    assert sorted(run()) == made
    assert sorted(run()) == made


def test_days_on_which_the_job_did_not_run_are_made_up_for_once(world, ending, today, run, records_as):
    day = today()
    days = [ending(day + timedelta(days=30 + n))[0] for n in range(12)]
    assert run() == days[:1]
    world.clock.move(days=3)
    assert run() == days[:4]
    with records_as("system", write=True) as records:
        for row in records.query(CASE, limit=50).rows:
            records.system("test").update(CASE, row["id"], {"status": "withdrawn"}, version=None)
    assert run() == days[:4]
    late = ending(day + timedelta(days=31))[0]  # it did not exist on its day: nothing was missed
    assert run() == days[:4]
    world.clock.move(days=8)
    assert run() == days[:4] + days[4:12]
    assert late not in run()


def test_a_day_before_the_process_is_not_made_up_for(world, ending, today, run):
    old = ending(today() + timedelta(days=29))
    assert not set(old) & set(run())


def test_a_record_that_gets_no_case_keeps_no_other_from_it(world, ending, today, run, monkeypatch):
    gone, good = ending(today() + timedelta(days=30), 2)
    start = cases.start

    def fail(records, live, about, **more):
        if about == gone:
            raise ValidationFailed.single("", "process", "It cannot go on.")
        return start(records, live, about, **more)

    monkeypatch.setattr(cases, "start", fail)
    assert run() == [good]
    monkeypatch.undo()
    world.clock.move(days=1)
    assert run() == [good, gone]
