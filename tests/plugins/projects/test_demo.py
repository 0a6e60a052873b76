"""The demo's projects keep the figures of the product page, on whatever day they are made."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from weft.core.ops.demo import DemoContext
from weft.core.ops.value_lists import install_defaults
from weft.plugins.projects.demo import hours, make, plan
from weft.plugins.projects.demo.plan import Customer
from weft.plugins.projects.services.workdays import Workdays

PROJECT, TASK, MILESTONE, HOURS = (
    "projects.project", "projects.task", "projects.milestone", "projects.time_entry"
)  # fmt: skip
PEOPLE = ("project", "employee", "bart", "noor", "sander", "wieke", "cen", "tao", "jiang", "shi", "fang", "bai", "luo",
          "meng", "ye", "xia", "dai")  # fmt: skip
DAYS = [date(2026, 11, 30) + timedelta(days=n) for n in range(8)] + [
    date(2026, 2, 18), date(2026, 5, 5), date(2026, 10, 6), date(2027, 1, 1), date(2027, 4, 30),
]  # fmt: skip


def customers():
    named = {
        key: Customer(number, key.title(), key, key == "tangyu")
        for number, key in enumerate(("haverdijk", "tangyu", "ferrault"), 1)
    }
    return named, [Customer(10 + n, f"C{n}", f"客户{n}", n % 2 == 0) for n in range(32)]


@pytest.mark.parametrize("day", DAYS)
def test_as_many_projects_and_tasks_as_the_story_says_on_any_day(day):
    named, others = customers()
    drawn = plan.draw(day, named, others, 7)
    assert Counter(one.status for one in drawn) == {"finished": 20, "running": 14, "planned": 2}
    assert sum(len(one.tasks) for one in drawn) == 640
    by_key = {one.key: one for one in drawn if one.key}
    haverdijk, tangyu = by_key["haverdijk"], by_key["tangyu"]
    assert len(haverdijk.phases) == 5 and sum(goal[3] for goal in haverdijk.goals) == 3
    assert [task.status for task in haverdijk.tasks].count("done") == 26 and len(haverdijk.tasks) == 42
    assert sum(task.partner == "vesterlund" for task in haverdijk.tasks) == 2
    assert max(task.due for task in tangyu.tasks) - tangyu.ends_on == timedelta(days=9)
    assert tangyu.ends_on.weekday() < 5
    for one in drawn:
        working = Workdays(day - timedelta(days=1400), one.country)
        for task in one.tasks:
            assert working.works(task.start) and working.works(task.due), (one.name, task.step.name)
            assert task.status != "done" or task.due < day or one.key == "haverdijk", (one.name, task.step.name)
        if one.key != "tangyu" and one.status == "running":
            assert max(task.due for task in one.tasks) <= one.ends_on, one.name
    assert all(task.due < day for task in haverdijk.tasks if task.status == "done")
    spans = [(task.start, task.due, task.person) for task in haverdijk.tasks]
    entries = hours.haverdijk(day, spans)
    assert sum(entry.hours * hours.HAVERDIJK_RATES[entry.person] for entry in entries) == 78_900
    assert all(entry.day < day and 0 < entry.hours <= 8 for entry in entries)
    assert plan.draw(day, named, others, 7) == drawn


def test_a_larger_size_has_the_small_one_and_as_many_more_as_the_product_page_says():
    day = date(2026, 11, 30)
    named, few = customers()
    others = few + [Customer(100 + n, f"M{n}", f"客户{n}", n % 3 == 0) for n in range(500)]
    staff = [f"staff-{n:04d}" for n in range(40)]
    small, medium = plan.draw(day, named, few, 7), plan.draw(day, named, others, 7, "medium", staff)
    assert medium[:36] == small
    assert (len(medium), sum(len(one.tasks) for one in medium)) == plan.SIZES["medium"] == (600, 8_000)
    states = Counter(one.status for one in medium)
    assert 0.9 < states["running"] / (600 * 14 / 36) < 1.1 and states["planned"] > 25
    assert {one.status for one in medium if one.template == "care"} == {"finished", "running", "planned"}
    for one in medium[36:]:
        assert one.status != "running" or max(task.due for task in one.tasks) <= one.ends_on, one.name
        assert {task.person for task in one.tasks} <= set(staff)
    assert len({one.name for one in medium}) > 560
    kinds = plan._more(plan.SIZES["large"], 36, 640)
    assert (36 + len(kinds), 640 + sum(len(kind.steps) for kind in kinds)) == plan.SIZES["large"]


@pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")
def test_the_demo_is_made_with_lateness_acceptance_and_cost(weft_runtime, weft_cast, make_record, records_as):
    install_defaults(weft_runtime)
    units = {"projects": weft_cast.unit("Projects"), "product": weft_cast.unit("Product")}
    people = {
        key: weft_cast.user("projects.lead", name=key.title(), units=[units["projects"]])
        for key in PEOPLE
    }  # fmt: skip
    made = {}
    for key, country in (("haverdijk", "NL"), ("tangyu", "CN"), ("ferrault", "BE")):
        made[key] = _firm(make_record, key, country, "customer")
    for key in ("vesterlund", "shuohe"):
        made[key] = _firm(make_record, key, "NL", "supplier")
    for number in range(6):
        _firm(make_record, f"Firm {number}", "CN" if number % 2 else "NL", "customer")
    context = DemoContext(weft_runtime, weft_runtime.clock().date(), "small", 7, "both", "x", lambda *_: None,
                          people, units, made)  # fmt: skip
    make.make(context)
    with records_as("system") as records:
        late = records.query(PROJECT, filters={"late_days__gt": "0"}).rows
        assert [(row["name"], row["late_days"]) for row in late] == [("Tangyu pump stations", 9)]
        assert records.query(PROJECT, fields=(), limit=1, count="exact").count.value == 36
        assert records.query(TASK, fields=(), limit=1, count="exact").count.value == 640
        row = records.get(PROJECT, made["project.haverdijk"])
        assert (row["progress"], row["tasks_done"], row["tasks_total"]) == (62, 26, 42)
        assert (row["hours_cost"].amount, row["hours_cost"].currency) == (Decimal("78900.00"), "EUR")
        waiting = records.query(MILESTONE, filters={"status": "waiting"}).rows
        assert [one["name"] for one in waiting] == ["Acceptance of phase 2"]
        mine = {"project": str(made["project.haverdijk"]), "shared": "true"}
        assert records.query(MILESTONE, fields=(), filters=mine, limit=1, count="exact").count.value == 3
        weeks = {
            (one["owner"].id, one["week"])
            for one in records.query(HOURS, filters={"status": "submitted"}, limit=50).rows
        }
        assert len(weeks) == 2
        critical = records.query(
            TASK, filters={"project": str(made["project.tangyu"]), "critical": "true"}, limit=50
        ).rows  # fmt: skip
        assert critical and all(one["slack_days"] == 0 for one in critical)


def _firm(make_record, name, country, role):
    values = {"name": name, "role": [role], "address": {"country": country, "city": "X", "lines": []}}
    if role == "customer":
        values["life"] = "won"
    return make_record("crm.account", **values)["id"]
