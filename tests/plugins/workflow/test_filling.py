"""What a step lets whoever decides fill in: within their rights, never a state, never past a colleague's change."""

from __future__ import annotations

import json
import re

import pytest

from weft.core.sdk import Conflict, ValidationFailed
from weft.plugins.workflow.services import chains, processes

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "finance", "workflow", "portal_employee")

ACCOUNT, CONTRACT, TASK = "crm.account", "documents.contract", "workflow.task"
LAST = {"key": "last", "title": "Director", "who": {"kind": "role", "role": "portal_employee.executive"}}


def names_of(page):
    return set(re.findall(r'name="([a-z_]+)"', page))


@pytest.fixture
def keep(rule, records_as):
    """``keep(fields)``: the director's step opens these fields, as a version kept before such fields were refused."""

    def run(fields, entity=CONTRACT, **who):
        raw = {"key": "old.chain", "title": "Old", "entity": entity, "start": {"on": "button", "by": "read"},
               "steps": [{**LAST, **who}]}  # fmt: skip
        with records_as("system", write=True) as records:
            chain = chains.clean(records, raw)
            step = {**chain["steps"][0], "fields": fields}
            processes.save(records, {**chain, "steps": [step]})

    return run


@pytest.fixture
def asked(client_as, world, case, tasks):
    """``asked(record)``: Lin asks by the button; returns the task of whoever decides."""

    def run(number):
        answer = client_as(world.lin).post(f"/employee/workflow/begin/{number}/old.chain")
        assert answer.status_code in (204, 303), answer.text
        return tasks(case(number)["id"])[0]["id"]

    return run


def test_links_need_the_right_to_the_field_and_what_a_role_confirms_is_left_to_it(
    world, keep, asked, client_as, records_as, weft_cast
):
    """Finance reads customers and changes nothing of them but the account that it confirms, with a note."""
    fin = weft_cast.user("finance.officer", name="Bai Ruoxi")
    fields = {"payment_days": "edit", "parent": "edit", "bank_account": "edit"}
    keep(fields, entity=ACCOUNT, who={"kind": "person", "user": fin})
    task = asked(world.firm)
    address = f"/employee/workflow/tasks/{task}/act/agree"
    offered = names_of(client_as(fin).get(address).text)
    assert "payment_days" in offered and not offered & {"parent", "bank_account"}
    page = client_as(fin).get(f"/employee/workflow/tasks/{task}").text
    assert "May be changed with it: Payment (days)" in page
    for name in ("parent", "bank_account"):
        with (
            pytest.raises(ValidationFailed, match="not changed at this step"),
            records_as(fin, write=True) as records,
        ):
            records.act(f"{TASK}.agree", task, {"values": json.dumps({name: None})})


def test_a_state_is_not_filled_in(world, keep, asked, contract, client_as, rule):
    keep({"status": "edit", "note": "edit"})
    task = asked(contract(status="approval"))
    offered = names_of(client_as(world.shen).get(f"/employee/workflow/tasks/{task}/act/agree").text)
    assert "note" in offered and "status" not in offered


@pytest.mark.parametrize("mode", ["edit", "required"])
@pytest.mark.parametrize("field", ["status", "next_due_on"])
def test_a_step_that_opens_what_nobody_fills_in_is_refused_at_its_field(rule, field, mode):
    with pytest.raises(ValidationFailed) as refused:
        rule({**LAST, "fields": {field: mode}})
    assert [error.field for error in refused.value.errors] == ["steps.0.fields"]
    rule({**LAST, "fields": {field: "read"}})


def test_what_a_colleague_changed_meanwhile_is_shown_and_not_lost(
    world, contract, ask, tasks, case, rule, client_as, records_as
):
    rule({**LAST, "fields": {"note": "edit", "notice_days": "edit"}})
    number = contract()
    task = tasks(ask(number)["id"])[0]["id"]
    shen = client_as(world.shen)
    address = f"/employee/workflow/tasks/{task}/act/agree"
    opened = re.search(r'name="version" value="(\d+)"', shen.get(address).text)
    assert opened, "the form knows which version it shows"
    with records_as("system", write=True) as records:
        records.assign(CONTRACT, number, owner=world.lin)
        records.update(CONTRACT, number, {"name": "Framework 2", "note": "Call-offs by mail"}, version=None)
    sent = {"note": "Prices of 2026", "notice_days": "45", "_had": "note,notice_days", "comment": "Good"}
    answer = shen.post(address, data={**sent, "version": opened.group(1)})
    assert answer.status_code == 422 and "while you were deciding" in answer.text
    assert "What was agreed: Call-offs by mail" in answer.text
    assert "Prices of 2026" in answer.text and case(number)["status"] == "running"
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["note"] == "Call-offs by mail"
    fresh = re.search(r'name="version" value="(\d+)"', answer.text)
    assert fresh and fresh.group(1) != opened.group(1)
    assert shen.post(address, data={**sent, "version": fresh.group(1)}).status_code in (204, 303)
    with records_as("system") as records:
        row = records.get(CONTRACT, number)
    assert (row["note"], row["name"], case(number)["status"]) == ("Prices of 2026", "Framework 2", "approved")


def test_a_program_may_say_which_version_it_read(world, contract, ask, tasks, rule, records_as):
    rule({**LAST, "fields": {"note": "edit"}})
    number = contract()
    task = tasks(ask(number)["id"])[0]["id"]
    with records_as("system") as records:
        version = records.get(CONTRACT, number).version
    with records_as("system", write=True) as records:
        records.update(CONTRACT, number, {"note": "Theirs"}, version=None)
    with pytest.raises(Conflict), records_as(world.shen, write=True) as records:
        records.act(f"{TASK}.agree", task, {"values": '{"note": "Mine"}', "version": version})
