"""Pages of projects: made from a template and a won deal, the plan and moving a task, checklists, tiles, workload."""

from __future__ import annotations

import csv
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from weft.plugins.projects.services.plan import Plan

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]

PROJECT, TASK, LINK, MILESTONE = "projects.project", "projects.task", "projects.dependency", "projects.milestone"
#: The folder of public data sets beside the checkout.
ISSUES = Path(__file__).resolve().parents[4] / "shared" / "data" / "projects" / "issues"
#: Issues and their sum of story points, as the README of the data says.
KNOWN = {"moodle": (1146, 18023), "duracloud": (662, 1412), "usergrid": (479, 1364), "jirasoftware": (352, 1560)}


@pytest.fixture
def template(make_record):
    """Survey (2), design (3) after it, and an acceptance that waits for the design."""
    row = make_record("projects.template", name="District metering", name_alt="分区计量")
    for position, name, kind, after, days, phase in (
        (1, "Survey", "task", None, 2, "Survey"), (2, "Design", "task", "1FS+1", 3, "Design"),
        (3, "Design agreed", "milestone", "2", 0, "Design"),
    ):  # fmt: skip
        make_record(
            "projects.template_step", template=row["id"], position=position, name=name, kind=kind, after=after,
            days=days, phase=phase, shared=kind == "milestone", acceptance=kind == "milestone",
        )  # fmt: skip
    return row["id"]


def test_a_project_is_made_from_a_won_deal_by_template_with_dated_tasks(
    world, template, make_record, client_as, records_as, row_of
):
    stage = make_record("crm.stage", code="won", label_en="Won", label_zh="赢单", position=10, outcome="won")
    deal = make_record(
        "crm.opportunity", owner=world.anneke, name="Metering of zone 4", account=world.firm, stage=stage["id"]
    )
    browser = client_as(world.anneke)
    form = browser.get(f"/employee/projects/projects/new?source={deal['id']}")
    assert form.status_code == 200
    sent = {"name": "Metering of zone 4", "customer": str(world.firm), "source": str(deal["id"]), "country": "NL",
            "template": str(template), "starts_on": "2026-04-02", "currency": "EUR"}  # fmt: skip
    answer = browser.post("/employee/projects/projects/new", data=sent)
    assert answer.status_code == 303, answer.text[:500]
    number = int(re.search(r"/projects/(\d+)", answer.headers["Location"])[1])
    project = row_of(PROJECT, number)
    assert project["customer"].id == world.firm and project["source"].id == deal["id"]
    assert project["owner"].id == world.anneke and project["template"].id == template
    with records_as("system") as records:
        tasks = records.query(TASK, filters={"project": str(number)}, sort="position").rows
        (goal,) = records.query(MILESTONE, filters={"project": str(number)}).rows
        phases = [row["name"] for row in records.query("projects.phase", filters={"project": str(number)}).rows]
    # Good Friday and Easter Monday are off; a day of lag lies between.
    dated = [(row["name"], str(row["starts_on"]), str(row["due_on"])) for row in tasks]
    assert dated == [("Survey", "2026-04-02", "2026-04-07"), ("Design", "2026-04-09", "2026-04-13")]
    assert str(goal["due_on"]) == str(goal["shown_on"]) == str(project["ends_on"]) == "2026-04-13"
    assert goal["shared"] and goal["acceptance"] and sorted(phases) == ["Design", "Survey"]
    assert project["late_days"] == 0


def test_a_project_is_not_made_by_who_may_not_and_the_form_says_what_is_wrong(world, client_as):
    assert client_as(world.xu).get("/employee/projects/projects/new").status_code in (403, 404)
    browser = client_as(world.anneke)
    answer = browser.post("/employee/projects/projects/new", data={"name": "", "country": "XX"})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text


def test_the_plan_is_sent_as_data_and_a_moved_task_comes_back_with_what_it_moves(
    world, make_task, make_record, client_as, row_of
):
    goal = make_record(MILESTONE, owner=world.anneke, name="Handover", project=world.project, shared=True)["id"]
    first, second = make_task("Survey", days=3), make_task("Design", days=2, milestone=goal)
    make_record(LINK, owner=world.anneke, before=first, after=second)
    browser = client_as(world.anneke)
    data = browser.get(f"/employee/projects/plan/{world.project}/data").json
    rows = {row["id"]: row for row in data["rows"] if row.get("id")}
    assert data["links"] == [[first, second, "FS", 0]] and rows[first]["critical"] and rows[first]["movable"]
    page = browser.get(f"/employee/projects/projects/{world.project}?tab=slot:projects.plan")
    assert page.status_code == 200 and "Survey" in page.text and 'data-island="projects-gantt"' in page.text
    later = row_of(TASK, first)["starts_on"] + timedelta(days=7)
    before = row_of(MILESTONE, goal)["due_on"]
    answer = browser.post(
        f"/employee/projects/plan/{world.project}/move", data={"task": first, "start": later.isoformat()},
        headers={"X-Requested-With": "fetch"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    moved = {row["id"]: row for row in answer.json["rows"] if row.get("id")}
    assert moved[first]["start"] == later.isoformat() and moved[second]["start"] > rows[second]["start"]
    said = answer.headers["HX-Trigger"]
    assert "moves Handover by 7 days" in said and "the customer sees it once you publish" in said and "undo" in said
    assert row_of(MILESTONE, goal)["due_on"] - before == timedelta(days=7)
    # the team reads the plan and moves nothing
    assert client_as(world.xu).get(f"/employee/projects/plan/{world.project}/data").json["rows"][0]["movable"] is False
    refused = client_as(world.xu).post(
        f"/employee/projects/plan/{world.project}/move", data={"task": first, "start": later.isoformat()}
    )
    assert refused.status_code in (403, 404, 422)
    assert client_as(world.stranger).get(f"/employee/projects/plan/{world.project}/data").status_code == 404
    other = browser.get(f"/employee/projects/plan/{world.other_project}/data")
    assert other.status_code == 404


def test_an_item_of_a_checklist_is_ticked_by_the_team(world, make_task, make_record, client_as, row_of):
    task = make_task("Fit meters")
    item = make_record("projects.check", owner=world.anneke, task=task, text="Covers closed")["id"]
    assert "Covers closed" in client_as(world.xu).get(f"/employee/projects/tasks/{task}").text
    assert client_as(world.xu).post(f"/employee/projects/check/{item}").status_code in (204, 303)
    assert row_of("projects.check", item)["done"] is True
    assert client_as(world.stranger).post(f"/employee/projects/check/{item}").status_code == 404


def test_tiles_say_the_same_as_the_lists_behind_them(world, make_task, client_as, row_of):
    for number in range(3):
        make_task(f"Late {number}", status="doing", starts_on="2026-03-02", days=2)
    make_task("In time", starts_on="2026-03-30")
    row = row_of(PROJECT, world.project)
    home = client_as(world.anneke).get("/employee/").text
    assert "Late tasks" in home and "My projects" in home and "Hours to approve" in home
    link = re.search(r'href="(/employee/projects/tasks/\?[^"]*due_on__lt=today[^"]*)"', home)[1].replace("&amp;", "&")
    listed = client_as(world.anneke).get(link).text
    assert listed.count('class="wf-row-name') == 3 or all(f"Late {number}" in listed for number in range(3))
    assert "In time" not in listed
    assert "Late in my unit" in client_as(world.head).get("/employee/").text
    assert "Project health" in client_as(world.executive).get("/employee/").text
    assert row["late_days"] == 0


def test_workload_counts_what_is_left_until_it_is_due_and_leaves_out_subcontractors(world, make_task, client_as):
    make_task("Fit meters", starts_on=world.today.isoformat(), days=10, effort="100", progress=0)
    make_task("Trench", owner=world.anneke, starts_on=world.today.isoformat(), days=5, effort="90",
              partner=world.partner)  # fmt: skip
    page = client_as(world.anneke).get("/employee/projects/workload")
    assert page.status_code == 200 and "Xu Tinglan" in page.text and "125" in page.text
    assert "Anneke Roodhuyzen" not in re.sub(r"<header.*?</header>|<nav.*?</nav>", "", page.text, flags=re.S)


@pytest.mark.skipif(not ISSUES.exists(), reason="the issues are not on this machine")
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_issues_of_other_trackers_load_as_tasks_with_their_counts(name, world, records_as):
    count, points = KNOWN[name]
    with (ISSUES / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        rows = [
            {"project": world.project, "name": f"{row['issuekey']} {row['title']}"[:200], "owner": world.xu,
             "effort": row["storypoint"], "description": row["description"][:2000]}
            for row in csv.DictReader(handle)
        ]  # fmt: skip
    with records_as("system", write=True) as records:
        made = records.load(TASK, rows)
        assert len(made.created) == count
        (line,) = records.aggregate(TASK, measures=("count", "sum(effort)"), filters={"project": str(world.project)})
        assert (line["count"], line["sum(effort)"]) == (count, points)
        project = records.get(PROJECT, world.project)
        assert (project["tasks_total"], project["tasks_done"]) == (count, 0)


def test_a_plan_of_two_thousand_tasks_is_computed_and_sent_quickly(world, records_as, client_as):
    start = world.today.isoformat()
    with records_as("system", write=True) as records:
        made = records.load(TASK, [
            {"project": world.project, "name": f"Task {number}", "owner": world.xu, "days": 1 + number % 5,
             "starts_on": start} for number in range(2000)
        ]).created  # fmt: skip
        records.load(LINK, [
            {"before": made[number], "after": made[number + 40]} for number in range(len(made) - 40)
        ])  # fmt: skip
    with records_as("system") as records:
        began = time.process_time()
        plan = Plan(records, [world.project], world.today)
        read = time.process_time()
        plan.compute()
        computed = time.process_time() - read
    assert plan.rows[TASK][made[-1]]["critical"] or plan.rows[TASK][made[-1]]["slack_days"] >= 0
    answer = client_as(world.anneke).get(f"/employee/projects/plan/{world.project}/data")
    assert len(answer.json["rows"]) == 2000 and len(answer.json["links"]) == 1960
    print(f"2,000 tasks: read {read - began:.2f} s, computed {computed:.2f} s, {len(answer.data) // 1024} KiB")
    assert computed < 2
