"""Who sees which project: team, leads, heads, customers, guests, subcontractors; each door alike."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound, QueryError, ValidationFailed

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]

PROJECT, TASK, MILESTONE, HOURS = (
    "projects.project", "projects.task", "projects.milestone", "projects.time_entry"
)  # fmt: skip


@pytest.fixture
def filled(world, make_task, make_record):
    """One shared and one internal milestone, a task of the team, one of the subcontractor, a risk, cost rates."""
    world.task = make_task("Fit meters", effort="40")
    world.given = make_task("Reinstate the pits", owner=world.anneke, partner=world.partner, description="Zone 4")
    world.goal = make_record(
        MILESTONE, owner=world.anneke, name="Acceptance", project=world.project, shared=True, acceptance=True,
        planned_on="2026-04-20",
    )["id"]  # fmt: skip
    world.hidden = make_record(
        MILESTONE, owner=world.anneke, name="Margin checked", project=world.project, planned_on="2026-04-20"
    )["id"]
    world.theirs = make_record(
        MILESTONE, owner=world.cen, name="Tangyu handover", project=world.other_project, shared=True
    )["id"]
    make_record("projects.risk", owner=world.anneke, subject="Frost", project=world.project)
    make_record("projects.rate", person=world.xu, rate={"amount": "70.00", "currency": "EUR"}, valid_from="2026-01-01")
    return world


def _seen(records, entity):
    """Titles of what somebody may read; an entity that nobody of an audience may read is unknown to them."""
    try:
        return [row["title"] for row in records.query(entity).rows]
    except (NotFound, QueryError, Denied):
        return []


@pytest.mark.parametrize("door", ["page", "rest"])
def test_two_customers_each_see_their_own_project_only(filled, client_as, api_as, door):
    mine, theirs = (
        f"/customer/projects/projects/{filled.project}",
        f"/customer/projects/projects/{filled.other_project}",
    )
    if door == "page":
        assert client_as(None).get(mine).status_code in (302, 303)
        assert client_as(filled.bare).get(mine).status_code == 404
        shown = client_as(filled.lieke).get(mine)
        assert shown.status_code == 200 and "Acceptance" in shown.text
        for inside in ("Margin checked", "Fit meters", "Reinstate", "Frost", "Tangyu"):
            assert inside not in shown.text
        assert client_as(filled.lieke).get(theirs).status_code == 404
        assert client_as(filled.ji).get(mine).status_code == 404
        listed = client_as(filled.ji).get("/customer/projects/projects/").text
        assert "Pump stations" in listed and "District metering" not in listed
        assert client_as(filled.ji).get(f"/customer/projects/milestones/{filled.goal}").status_code == 404
    else:
        api, base = client_as(None), "/api/v1/projects/projects"
        assert api.get(f"{base}/{filled.project}").status_code == 401
        assert api.get(f"{base}/{filled.project}", headers=api_as(filled.bare)).status_code == 404
        seen = api.get(f"{base}/{filled.project}", headers=api_as(filled.lieke)).json
        assert seen["name"] == "District metering"
        assert not {"late_days", "forecast_on", "hours_cost", "budget", "health", "owner", "summary", "hours",
                    "late_reason", "source"} & set(seen)  # fmt: skip
        assert [row["name"] for row in api.get(base, headers=api_as(filled.ji)).json["data"]] == ["Pump stations"]
        assert api.get(f"{base}/{filled.other_project}", headers=api_as(filled.lieke)).status_code == 404


def test_the_customer_reads_no_figure_that_was_not_shown_to_them(filled, records_as):
    with records_as(filled.lieke) as records:
        assert [row["name"] for row in records.query(MILESTONE).rows] == ["Acceptance"]
        assert records.query(TASK).rows == []
        for name in ("late_days", "hours_cost", "forecast_on"):
            with pytest.raises(QueryError):
                records.query(PROJECT, filters={f"{name}__isnull": "false"})
        for entity in (HOURS, "projects.risk", "projects.rate", "projects.member", "projects.dependency"):
            assert _seen(records, entity) == []
        assert records.query(PROJECT, search="Tangyu").rows == []


def test_a_project_that_is_not_shared_does_not_exist_for_its_customer(filled, records_as):
    with records_as(filled.anneke, write=True) as records:
        records.update(PROJECT, filled.project, {"shared": False}, version=None)
    with records_as(filled.lieke) as records:
        assert records.query(PROJECT).rows == [] and records.query(MILESTONE).rows == []


def test_a_task_is_shown_to_the_customer_only_when_somebody_chose_so(filled, records_as):
    with records_as(filled.anneke, write=True) as records:
        records.update(TASK, filled.task, {"shared": True}, version=None)
    with records_as(filled.lieke) as records:
        (row,) = records.query(TASK).rows
        assert row["name"] == "Fit meters" and not {"effort", "partner", "remark", "slack_days", "owner"} & set(row)


def test_a_subcontractor_sees_its_tasks_and_nothing_else(filled, records_as, client_as):
    with records_as(filled.sub) as records:
        (row,) = records.query(TASK).rows
        assert row["name"] == "Reinstate the pits"
        assert not {"project", "phase", "slack_days", "critical", "partner", "owner", "milestone", "shared"} & set(row)
        for entity in (PROJECT, MILESTONE):
            assert _seen(records, entity) == []
        assert "District metering" not in str(records.neighbours(filled.given))
    with records_as(filled.jin) as records:
        assert records.query(TASK).rows == []
    page = client_as(filled.sub).get(f"/supplier/projects/tasks/{filled.given}")
    assert page.status_code == 200 and "Zone 4" in page.text and "District metering" not in page.text
    assert client_as(filled.sub).get(f"/supplier/projects/tasks/{filled.task}").status_code == 404
    assert client_as(filled.jin).get(f"/supplier/projects/tasks/{filled.given}").status_code == 404


def test_a_subcontractor_finishes_its_task_with_a_remark_and_changes_nothing_else(filled, records_as, row_of):
    with records_as(filled.sub, write=True) as records:
        with pytest.raises((Denied, NotFound)):
            records.update(TASK, filled.given, {"name": "Other"}, version=None)
        with pytest.raises((Denied, NotFound)):
            records.act("projects.task.reopen", filled.given, {})
        with pytest.raises(NotFound):
            records.act("projects.task.finish", filled.task, {})
        records.act("projects.task.finish", filled.given, {"remark": "Two covers were broken."})
    row = row_of(TASK, filled.given)
    assert (row["status"], row["remark"]) == ("done", "Two covers were broken.")


def test_the_team_reads_its_project_without_cost_and_strangers_nothing(filled, records_as, client_as):
    with records_as(filled.xu) as records:
        row = records.get(PROJECT, filled.project)
        assert row["progress"] == 0 and not {"hours_cost", "budget"} & set(row)
        assert {one["name"] for one in records.query(MILESTONE).rows} == {"Acceptance", "Margin checked"}
        assert [one["name"] for one in records.query(PROJECT).rows] == ["District metering"]
        with pytest.raises((NotFound, QueryError, Denied)):
            records.query("projects.rate")
    with records_as(filled.stranger) as records:
        for entity in (PROJECT, TASK, MILESTONE):
            assert records.query(entity).rows == []
    assert client_as(filled.stranger).get(f"/employee/projects/projects/{filled.project}").status_code == 404
    assert client_as(filled.xu).get(f"/employee/projects/projects/{filled.project}").status_code == 200
    assert client_as(filled.xu).get(f"/employee/projects/shown/{filled.project}").status_code in (403, 404)


def test_leads_heads_and_executives_read_what_is_theirs(filled, records_as):
    seen = {}
    for who in (filled.anneke, filled.cen, filled.head, filled.executive):
        with records_as(who) as records:
            seen[who] = sorted(row["name"] for row in records.query(PROJECT).rows)
    assert seen[filled.anneke] == ["District metering"] and seen[filled.cen] == ["Pump stations"]
    assert seen[filled.head] == ["District metering"]
    assert seen[filled.executive] == ["District metering", "Pump stations"]
    with records_as(filled.executive, write=True) as records, pytest.raises(Denied):
        records.update(PROJECT, filled.project, {"name": "Mine"}, version=None)


def test_a_member_who_leads_another_project_reads_but_does_not_plan(filled, make_record, records_as):
    make_record("projects.member", project=filled.project, person=filled.cen)
    with records_as(filled.cen, write=True) as records:
        assert records.get(TASK, filled.task)["name"] == "Fit meters"
        with pytest.raises(Denied):
            records.update(TASK, filled.task, {"days": 9}, version=None)
        with pytest.raises(Denied):
            records.create(TASK, {"name": "Mine", "project": filled.project})
        with pytest.raises((Denied, ValidationFailed)):
            records.act("projects.milestone.publish", filled.goal, {})


def test_a_guest_follows_the_project_and_accepts_nothing(filled, link, records_as):
    link("projects.guest", filled.project, filled.rival)
    with records_as(filled.ji, write=True) as records:
        assert {row["name"] for row in records.query(PROJECT).rows} == {"District metering", "Pump stations"}
        with pytest.raises((Denied, NotFound)):
            records.act("projects.milestone.accept", filled.goal, {})


def test_who_leads_now_has_the_team_and_approves(filled, records_as, row_of):
    with records_as(filled.anneke, write=True) as records:
        records.assign(PROJECT, filled.project, owner=filled.cen)
    with records_as("system") as records:
        rows = records.query("projects.member", filters={"project": str(filled.project)}).rows
        assert rows and {row["owner"].id for row in rows} == {filled.cen}
    with records_as(filled.cen, write=True) as records:
        records.update(TASK, filled.task, {"days": 4}, version=None)
    assert row_of(TASK, filled.task)["days"] == 4
