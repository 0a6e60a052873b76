"""What a customer accepts in a project finishes the step of the contract that waits for it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "documents", "projects", "portal_employee", "portal_customer")

CONTRACT, STEP, MILESTONE = "documents.contract", "documents.step", "projects.milestone"


@pytest.fixture
def waiting(world, make_record, weft_cast):
    """Two steps of Alder's contract, each waiting for a milestone that waits for Alder's answer."""
    world.floor = weft_cast.user("projects.follower", name="Floor de Wit", anchors=[world.alder])
    project = make_record("projects.project", name="Metering", customer=world.alder, status="running", shared=True)
    contract = make_record(CONTRACT, name="Metering", account=world.alder, status="active", owner=world.maud)
    found = {}
    for place, name in enumerate(("Phase 1", "Phase 2"), 1):
        goal = make_record(
            MILESTONE, name=name, project=project.id, shared=True, acceptance=True, status="waiting", owner=world.lin
        )
        step = make_record(STEP, name=name, contract=contract.id, place=place, milestone=goal.id, owner=world.maud)
        found[name] = goal.id, step.id
    return found


def test_an_accepted_milestone_finishes_its_step_and_no_other(world, waiting, records_as, settle):
    settle()
    (first, _step), (second, _other) = waiting.values()
    with records_as(world.floor, write=True) as records:
        records.act(f"{MILESTONE}.accept", first, {})
        records.act(f"{MILESTONE}.refuse", second, {"reason": "Zone 4 is missing."})
    settle()
    with records_as("system") as records:
        status = {name: records.get(STEP, step)["status"] for name, (_goal, step) in waiting.items()}
    assert status == {"Phase 1": "done", "Phase 2": "planned"}


def test_a_step_falls_due_with_the_date_the_customer_knows_or_with_the_forecast(
    world, waiting, make_record, records_as, settle
):
    (goal, step), (hidden, other) = waiting["Phase 1"], waiting["Phase 2"]
    with records_as("system", write=True) as records:
        records.update(MILESTONE, hidden, {"shared": False, "status": "planned"}, version=None)
        for number, day in ((goal, "2026-05-04"), (hidden, "2026-06-01")):
            records.update(MILESTONE, number, {"planned_on": day}, version=None)
    settle()
    days = due(records_as, step, other)
    assert days[1] == "2026-06-01"  # the forecast moved, and nobody outside knows another day
    with records_as("system", write=True) as records:
        records.act(f"{MILESTONE}.publish", goal, {"day": "2026-05-18", "note": "Castings are late"})
    settle()
    assert due(records_as, step, other) == ["2026-05-18", "2026-06-01"]
    with records_as("system", write=True) as records:
        records.act(f"{STEP}.finish", step, {})
        records.act(f"{MILESTONE}.publish", goal, {"day": "2026-05-25"})
    settle()
    assert due(records_as, step, other)[0] == "2026-05-18"  # what is done stays


def due(records_as, *steps):
    with records_as("system") as records:
        days = [records.get(STEP, one).get("due_on") for one in steps]
    return [day.isoformat() if day else None for day in days]
