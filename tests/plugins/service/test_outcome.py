"""What comes of a request: a task of a project or of the calendar, and word of it when it is done."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from weft.core.collaboration import notices
from weft.core.outbox.worker import Worker

pytestmark = [
    pytest.mark.weft_plugins(
        "crm", "projects", "service", "portal_employee", "portal_customer", "portal_distributor", "portal_supplier"
    )
]
REQUEST, TASK = "service.request", "projects.task"
LED = "service.led_to"


@pytest.fixture
def lead(world, weft_cast, make_record):
    """Answers requests and leads a project; Xu works on it."""
    found = SimpleNamespace()
    found.user = weft_cast.user("service.agent", "projects.lead", name="Bart Kuiper", units=[world.unit])
    found.xu = weft_cast.user("employee", name="Xu Tinglan")
    found.project = make_record("projects.project", owner=found.user, name="Visits", status="running")["id"]
    return found


def lead_on(client, asked, **given):
    return client.post(
        f"/employee/service/requests/{asked}/act/lead_on", data={"what": TASK, "title": "Visit pit 17", **given}
    )


def test_a_task_of_a_project_is_given_to_a_colleague(world, asked, lead, client_as, records_as):
    client = client_as(lead.user)
    page = client.get(f"/employee/service/requests/{asked}/act/lead_on")
    assert "Empty: one in the calendar." in page.text and page.text.count('value="core.event"') == 0
    made = lead_on(client, asked, inside=str(lead.project), owner=str(lead.xu))
    assert made.status_code in (204, 302, 303), made.text
    with records_as(lead.user) as records:
        (task,) = records.query(TASK, filters={"name": "Visit pit 17"}).rows
        assert (task["project"].id, task["owner"].id) == (lead.project, lead.xu)
        assert [one.id for one in records.linked(LED, [asked])[asked]] == [task.id]


def test_without_a_project_the_task_stands_in_the_calendar(world, asked, lead, client_as, records_as):
    made = lead_on(client_as(lead.user), asked, due="2026-03-20")
    assert made.status_code in (204, 302, 303), made.text
    with records_as(lead.user) as records:
        (task,) = records.query("core.event", filters={"kind": "task"}).rows
        assert task["about"].id == asked and [one.id for one in records.linked(LED, [asked])[asked]] == [task.id]
        assert not records.query(TASK).rows


def test_a_faulty_form_comes_back_alone(world, asked, lead, client_as):
    """The form of the page is exchanged, not the page put into the form."""
    address = f"/employee/service/requests/{asked}/act/lead_on"
    headers = {"HX-Request": "true", "HX-Target": "wf-form"}
    answer = client_as(lead.user).post(address, data={"what": "nothing"}, headers=headers)
    assert answer.status_code == 422 and "<main" not in answer.text and "Choose what shall be made." in answer.text


def test_who_answers_hears_that_the_visit_is_done_and_sees_it(world, asked, lead, client_as, records_as, weft_runtime):
    lead_on(client_as(lead.user), asked, inside=str(lead.project), owner=str(lead.xu))
    with records_as("system") as records:
        task = records.query(TASK, filters={"name": "Visit pit 17"}).rows[0].id
    desk = f"/employee/service/requests/{asked}"
    agent = client_as(lead.user)
    assert "What came of it" in agent.get(desk).text and "Open · Xu Tinglan" in agent.get(desk).text
    with records_as(lead.xu, write=True) as records:
        records.act("projects.task.start", task, {})
    Worker(weft_runtime).run_due()
    assert told(records_as, world.agent) == []
    with records_as(lead.xu, write=True) as records:
        records.act("projects.task.finish", task, {})
    Worker(weft_runtime).run_due()
    assert told(records_as, world.agent) == ["Visit pit 17"]
    assert "Done · Xu Tinglan" in agent.get(desk).text
    # the customer reads nothing of it
    assert "Visit pit 17" not in client_as(world.lieke).get(f"/customer/service/requests/{asked}").text


def test_of_a_request_that_is_over_nobody_hears(world, asked, lead, client_as, records_as, weft_runtime):
    lead_on(client_as(lead.user), asked, inside=str(lead.project))
    with records_as(world.agent, write=True) as records:
        records.act("service.request.solve", asked, {})
    with records_as("system", write=True) as records:
        task = records.query(TASK, filters={"name": "Visit pit 17"}).rows[0].id
        records.act("projects.task.finish", task, {})
    Worker(weft_runtime).run_due()
    assert told(records_as, world.agent) == []


def told(records_as, user):
    with records_as(user) as records:
        return [one.data["result"] for one in notices.inbox(records) if one.kind == "service.led_done"]
