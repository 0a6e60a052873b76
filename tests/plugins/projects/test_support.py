"""One more colleague on a task: what the head reads before, what the plan, the workload and the calendar say after."""

from __future__ import annotations

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.plugins.projects.services import support

pytestmark = [pytest.mark.weft_plugins("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")]
PROJECT, TASK, ADD = "projects.project", "projects.task", "projects.task.add_colleague"


@pytest.fixture
def bart(weft_cast, world):
    return weft_cast.user("employee", name="Bart Kuiper", units=[world.unit])


@pytest.fixture
def long(world, make_task, records_as):
    """A task that ends after its project."""
    number = make_task("Conversion", days=30, effort="80")
    with records_as("system") as records:
        assert records.get(PROJECT, world.project)["late_days"] > 0
    return number


def test_the_effect_is_what_agreeing_brings(world, bart, long, records_as):
    with records_as(world.head) as records:
        said = support.effect(records, records.get(TASK, long), bart, 15, world.today)
        late, days = records.get(PROJECT, world.project)["late_days"], records.get(TASK, long)["days"]
    assert said.late[0] == late > said.late[1] and days == 30
    now, then = said.loads[bart]
    assert now is None and then.tasks == 1 and then.percent > 0
    assert said.loads[world.xu][0].tasks == said.loads[world.xu][1].tasks == 1
    with records_as(world.head, write=True) as records:
        records.act(ADD, long, {"person": bart, "days": 15, "reason": "Late"})
    with records_as(world.head) as records:
        assert records.get(PROJECT, world.project)["late_days"] == said.late[1]
        assert records.get(TASK, long)["days"] == 15


def test_the_colleague_has_the_task_in_the_calendar_and_is_told(world, bart, long, records_as):
    with records_as(world.head, write=True) as records:
        records.act(ADD, long, {"person": bart, "days": 15, "reason": "Late"})
    with records_as(bart) as records:
        assert records.get(TASK, long)["name"] == "Conversion"
        rows = records.query("projects.helper", filters={"is_open": "true"}).rows
        assert [row["due_on"] for row in rows] == [records.get(TASK, long)["due_on"]]
        assert [one.kind for one in notices.inbox(records)] == ["projects.helps"]
    with records_as(world.anneke) as records:
        assert "projects.supported" in [one.kind for one in notices.inbox(records)]


def test_nobody_helps_twice_and_only_the_head_agrees(world, bart, long, records_as):
    given = {"person": bart, "days": 15, "reason": "Late"}
    for user in (world.xu, world.stranger, world.cen):
        with records_as(user, write=True) as records, pytest.raises((Denied, NotFound)):
            records.act(ADD, long, given)
    with records_as(world.head, write=True) as records, pytest.raises(ValidationFailed):
        records.act(ADD, long, {**given, "person": world.xu})
    with records_as(world.head, write=True) as records:
        records.act(ADD, long, given)
    with records_as(world.head, write=True) as records, pytest.raises(ValidationFailed):
        records.act(ADD, long, given)


def test_only_colleagues_help(world, long, records_as, weft_cast):
    """Somebody from outside would read the task from inside."""
    outside = weft_cast.user("customer", name="Lieke Haag")
    with records_as(world.head, write=True) as records, pytest.raises(ValidationFailed, match="colleague"):
        records.act(ADD, long, {"person": outside, "days": 15, "reason": "Late"})
