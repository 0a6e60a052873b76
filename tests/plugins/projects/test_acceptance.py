"""Acceptance of a milestone by the customer, reminders, dates published: who is told what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, StateConflict, ValidationFailed
from weft.core.outbox.worker import Worker

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]

MILESTONE, TASK = "projects.milestone", "projects.task"


@pytest.fixture
def goal(world, make_record, make_task):
    """A milestone of Haverdijk that is shared and has to be accepted, with one task before it."""
    row = make_record(
        MILESTONE, owner=world.anneke, name="Acceptance of phase 2", project=world.project, shared=True,
        acceptance=True, planned_on="2026-03-20",
    )  # fmt: skip
    world.before = make_task("Report", days=2, milestone=row["id"])
    return int(row["id"])


def kinds(records_as, who):
    with records_as(who) as records:
        return [(one.kind, one.text) for one in notices.inbox(records)]


def test_reached_accepted_and_the_lead_is_told(world, goal, records_as, row_of, client_as):
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.report", goal, {})
    assert row_of(MILESTONE, goal)["status"] == "waiting" and row_of(MILESTONE, goal)["reached_on"] == world.today
    assert [kind for kind, _text in kinds(records_as, world.lieke)] == ["projects.milestone_waits"]
    assert kinds(records_as, world.ji) == []
    page = client_as(world.lieke).get(f"/customer/projects/milestones/{goal}")
    assert page.status_code == 200 and "Accept" in page.text and "Refuse" in page.text
    with records_as(world.ji, write=True) as records, pytest.raises(NotFound):
        records.act("projects.milestone.accept", goal, {})
    with records_as(world.lieke, write=True) as records:
        records.act("projects.milestone.accept", goal, {"remark": "All twelve zones."})
    row = row_of(MILESTONE, goal)
    assert (row["status"], row["answered_by"], row["remark"]) == ("accepted", "Lieke Haagstra", "All twelve zones.")
    assert row["answered_at"] is not None
    ((kind, text),) = kinds(records_as, world.anneke)
    assert kind == "projects.milestone_accepted" and "Lieke Haagstra accepted" in text
    with records_as(world.lieke, write=True) as records, pytest.raises(StateConflict):
        records.act("projects.milestone.accept", goal, {})


def test_refused_needs_a_reason_and_may_be_asked_again(world, goal, records_as, row_of):
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.report", goal, {})
    with records_as(world.lieke, write=True) as records, pytest.raises(ValidationFailed):
        records.act("projects.milestone.refuse", goal, {})
    with records_as(world.lieke, write=True) as records:
        records.act("projects.milestone.refuse", goal, {"reason": "Zone 4 is missing."})
    assert row_of(MILESTONE, goal)["status"] == "refused"
    assert "Zone 4 is missing." in kinds(records_as, world.anneke)[0][1]
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.report", goal, {})
    assert row_of(MILESTONE, goal)["status"] == "waiting" and row_of(MILESTONE, goal)["remark"] is None


def test_the_team_does_not_answer_for_the_customer(world, goal, records_as, make_record):
    make_record("projects.member", project=world.project, person=world.xu)
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.report", goal, {})
    for who in (world.xu, world.stranger):
        with records_as(who, write=True) as records, pytest.raises((Denied, NotFound)):
            records.act("projects.milestone.accept", goal, {})


def test_a_reminder_reaches_the_customer_once_a_day(world, goal, records_as):
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.report", goal, {})
        records.act("projects.milestone.remind", goal, {})
    assert "projects.milestone_reminded" in [kind for kind, _text in kinds(records_as, world.lieke)]
    with records_as(world.anneke, write=True) as records, pytest.raises(ValidationFailed, match="already"):
        records.act("projects.milestone.remind", goal, {})
    world.clock.move(days=1, minutes=1)
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.remind", goal, {})


def test_the_customer_keeps_the_old_date_until_a_new_one_is_published_with_a_sentence(world, goal, records_as, row_of):
    old = row_of(MILESTONE, goal)["shown_on"]
    later = row_of(TASK, world.before)["starts_on"] + timedelta(days=14)
    with records_as(world.anneke, write=True) as records:
        records.update(TASK, world.before, {"starts_on": later.isoformat()}, version=None)
    moved = row_of(MILESTONE, goal)
    assert moved["due_on"] > old and moved["shown_on"] == old
    assert kinds(records_as, world.lieke) == []
    with records_as(world.lieke) as records:
        assert records.get(MILESTONE, goal)["shown_on"] == old and "due_on" not in records.get(MILESTONE, goal)
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.publish", goal, {"note": "The castings came late."})
    assert row_of(MILESTONE, goal)["shown_on"] == moved["due_on"]
    ((kind, text),) = kinds(records_as, world.lieke)
    assert kind == "projects.milestone_moved" and "The castings came late." in text
    assert "from 20 Mar to" in text  # days as the reader writes them


def test_a_new_date_waits_until_the_customer_agrees_to_it(world, goal, records_as, row_of, client_as, make_record):
    page = client_as(world.lieke).get(f"/customer/projects/milestones/{goal}")
    assert "/act/agree" not in page.text
    with records_as(world.lieke, write=True) as records, pytest.raises(StateConflict):
        records.act("projects.milestone.agree", goal, {})
    old = row_of(MILESTONE, goal)["shown_on"]
    new = old + timedelta(days=30)
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.publish", goal, {"day": new.isoformat(), "note": "The castings came late."})
    home = client_as(world.lieke).get("/customer/")
    assert "a new date waits for your answer" in home.text
    page = client_as(world.lieke).get(f"/customer/projects/milestones/{goal}")
    assert "/act/agree" in page.text and "moved from 20 Mar" in page.text
    for who in (world.ji, world.xu, world.anneke):  # another customer, a colleague, who leads
        with records_as(who, write=True) as records, pytest.raises((Denied, NotFound)):
            records.act("projects.milestone.agree", goal, {})
    with records_as(world.lieke, write=True) as records:
        records.act("projects.milestone.agree", goal, {})
    row = row_of(MILESTONE, goal)
    assert (row["moved_from"], row["shown_on"], row["agreed_by"]) == (old, new, "Lieke Haagstra")
    assert "Lieke Haagstra agrees to the new date" in kinds(records_as, world.anneke)[0][1]
    page = client_as(world.lieke).get(f"/customer/projects/milestones/{goal}")
    assert "Lieke Haagstra agreed to the date" in page.text and "/act/agree" not in page.text
    assert "a new date waits" not in client_as(world.lieke).get("/customer/").text
    # the same date once more asks nothing; another one does
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.publish", goal, {"day": new.isoformat(), "note": "As agreed."})
    assert row_of(MILESTONE, goal)["agreed_by"] == "Lieke Haagstra"
    with records_as(world.anneke, write=True) as records:
        records.act("projects.milestone.publish", goal, {"day": (new + timedelta(days=1)).isoformat()})
    assert row_of(MILESTONE, goal)["agreed_by"] is None


def test_what_the_lead_is_shown_is_what_the_customer_sees(world, goal, client_as, make_record):
    make_record(MILESTONE, owner=world.anneke, name="Margin checked", project=world.project, planned_on="2026-03-20")
    mine = client_as(world.anneke).get(f"/employee/projects/shown/{world.project}")
    theirs = client_as(world.lieke).get(f"/customer/projects/projects/{world.project}")
    assert mine.status_code == theirs.status_code == 200
    assert "of whom 1 have a portal account" in mine.text
    for page in (mine, theirs):
        assert "Acceptance of phase 2" in page.text
        assert "Margin checked" not in page.text and "Report" not in page.text.replace("Reports", "")


def test_a_question_of_the_customer_stands_under_the_milestone_and_reaches_the_lead(
    world, goal, client_as, records_as, weft_runtime
):
    """S5 step 4: the customer may ask about the date; nobody of another customer reads it."""
    lieke, address = client_as(world.lieke), f"/customer/projects/milestones/{goal}"
    assert 'action="' + address + '/comments"' in lieke.get(address).text
    sent = lieke.post(f"{address}/comments", data={"text": "Does station 2 stop at night?"})
    assert sent.status_code in (204, 302, 303), sent.text
    Worker(weft_runtime).run_due()
    assert "Does station 2 stop at night?" in lieke.get(address).text
    assert "Does station 2 stop at night?" in client_as(world.anneke).get(f"/employee/projects/milestones/{goal}").text
    with records_as(world.anneke) as records:
        said = [one.text for one in notices.inbox(records) if one.record.id == goal]
    assert len(said) == 1 and "Lieke Haagstra" in said[0]
    assert client_as(world.ji).post(f"{address}/comments", data={"text": "Me too"}).status_code == 404
