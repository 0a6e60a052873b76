"""While a case is open: who may change what of the record, as a set of permissions; a step fills in what it names."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from weft.core.errors import UndoRefused
from weft.core.identity import rights
from weft.core.sdk import Denied, ValidationFailed

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, STEP, TASK = "documents.contract", "documents.step", "workflow.task"
HEAD = {"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}
LAST = {"key": "last", "title": "Director", "who": {"kind": "role", "role": "portal_employee.executive"}}
AMOUNT = {"amount": {"amount": "60000.00", "currency": "CNY"}}
FREE, FIXED = {"name": "Framework Tangyu 2", "note": "Call-offs by mail"}, {**AMOUNT, "ends_on": "2031-01-01"}


def _may(records_as, who, number, values):
    try:
        with records_as(who, write=True) as records:
            records.update(CONTRACT, number, values, version=None)
            raise _Back
    except _Back:
        return True
    except Denied:
        return False


class _Back(Exception):
    """Ends a unit without keeping anything."""


@pytest.mark.both_databases
def test_who_may_change_what_while_it_is_decided(world, contract, ask, decide, records_as, rule):
    """The owner, the one it waits for, and the manager who may edit all contracts: field by field."""
    rule({**HEAD, "fields": {"notice_days": "edit"}}, LAST)
    number = contract()
    names = {**FREE, **FIXED, "notice_days": 30}
    people = {"owner": world.lin, "waits": world.lu, "executive": world.shen}

    def allowed():
        return {who: {name for name in names if _may(records_as, user, number, {name: names[name]})}
                for who, user in people.items()}  # fmt: skip

    before = allowed()
    assert before["owner"] == before["waits"] == set(names) and before["executive"] == set()
    found = ask(number)
    assert allowed() == {"owner": set(FREE), "waits": {*FREE, "notice_days"}, "executive": set()}
    decide(world.lu, found["id"])
    assert allowed() == {"owner": set(FREE), "waits": set(FREE), "executive": set()}, "the step is over"
    decide(world.shen, found["id"], "give_back", comment="Too long")
    assert allowed() == before, "returned: it is the owner's again"


def test_lines_are_fixed_with_the_record(world, contract, ask, records_as):
    number = contract()
    line = {"name": "Signature", "contract": number, "amount": {"amount": "1.00", "currency": "CNY"}}
    with records_as(world.lin, write=True) as records:
        first = records.create(STEP, line)["id"]
    found = ask(number)
    refused = []
    for write in (
        lambda records: records.create(STEP, {**line, "name": "Second"}),
        lambda records: records.update(STEP, first, {"amount": {"amount": "2.00", "currency": "CNY"}}, version=None),
        lambda records: records.delete(STEP, first, version=None),
    ):
        with pytest.raises(Denied) as error, records_as(world.lin, write=True) as records:
            write(records)
        refused.append(str(error.value))
    assert all(found["number"] in text and "Withdraw it" in text for text in refused)
    with records_as(world.lin, write=True) as records:
        records.update(STEP, first, {"name": "Signature of both"}, version=None)
        records.act("workflow.case.withdraw", found["id"], {})
    with records_as(world.lin, write=True) as records:
        records.create(STEP, {**line, "name": "Second"})


def _done(records_as, who, work):
    """The change set of one write."""
    with records_as(who, write=True) as records:
        work(records)
        return records.change_set_id


@pytest.mark.both_databases
def test_undo_changes_nothing_of_what_is_decided_about(world, contract, ask, case, decide, records_as, client_as):
    """What Lin changed before asking stays until it is decided; what she may change may also be taken back."""
    number = contract()
    line = {"name": "Signature", "contract": number, "amount": {"amount": "1.00", "currency": "CNY"}}
    raised = _done(records_as, world.lin, lambda records: records.update(CONTRACT, number, AMOUNT, version=None))
    added = _done(records_as, world.lin, lambda records: records.create(STEP, line))
    noted = _done(records_as, world.lin, lambda records: records.update(CONTRACT, number, FREE, version=None))
    found = ask(number)
    for change in (raised, added):
        with pytest.raises(UndoRefused) as refused, records_as(world.lin, write=True) as records:
            records.undo(change)
        assert found["number"] in str(refused.value) and "Withdraw it" in str(refused.value)
    answer = client_as(world.lin).post(f"/employee/undo/{raised}/")
    assert answer.status_code == 409 and found["number"] in answer.text
    with records_as(world.lin, write=True) as records:
        records.undo(noted)
    with records_as("system") as records:
        row = records.get(CONTRACT, number)
        assert (row["amount"].amount, row["name"]) == (60000, "Framework Tangyu")
        assert len(records.query(STEP, filters={"contract": number}).rows) == 1
    with records_as(world.lin, write=True) as records:
        records.act("workflow.case.withdraw", found["id"], {})
    with records_as(world.lin, write=True) as records:
        records.undo(raised)
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["amount"].amount == 50000


def test_undo_of_a_decision_takes_back_what_was_filled_in_with_it(world, contract, ask, case, tasks, rule, records_as):
    rule({**HEAD, "fields": {"amount": "edit"}}, LAST)
    number = contract()
    task = tasks(ask(number)["id"])[0]["id"]
    sent = {"values": json.dumps(AMOUNT)}
    agreed = _done(records_as, world.lu, lambda records: records.act(f"{TASK}.agree", task, sent))
    assert case(number)["waits_for"] == "Shen Zhiyao"
    with records_as(world.lu, write=True) as records:
        records.undo(agreed)
    assert case(number)["waits_for"] == "Lu Jinghe"
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["amount"].amount == 50000


def test_a_record_is_not_undone_out_of_its_case(world, records_as, client_as, case):
    """The deal was just made, and a discount is asked for: Undo does not leave the case without its deal."""
    made = {"name": "Brunnvik mill", "account": world.firm, "amount": {"amount": "210000.00", "currency": "CNY"}}
    with records_as("system", write=True) as records:
        values = {"code": "proposal", "label_en": "Proposal", "label_zh": "方案报价", "position": 10}
        stage = records.create("crm.stage", values)["id"]
    with records_as(world.lin, write=True) as records:
        deal = records.create("crm.opportunity", {**made, "stage": stage})["id"]
        change = records.change_set_id
    asked = {"discount": "12", "reason": "Ostrane"}
    assert client_as(world.lin).post(f"/employee/workflow/begin/{deal}/crm.discount", data=asked).status_code == 303
    with pytest.raises(UndoRefused, match=case(deal)["number"]), records_as(world.lin, write=True) as records:
        records.undo(change)


def test_a_step_fills_in_what_it_names_with_the_decision(
    world, contract, ask, case, tasks, rule, client_as, records_as
):
    """The director only reads contracts; what the step asks of her she fills in where she agrees, and nothing else."""
    rule({**LAST, "fields": {"note": "required", "notice_days": "edit", "amount": "read"}})
    number = contract()
    found = ask(number)
    task = tasks(found["id"])[0]["id"]
    assert not _may(records_as, world.shen, number, {"note": "x"})
    shen = client_as(world.shen)
    page = re.sub(r"<[^>]+>", " ", shen.get(f"/employee/workflow/tasks/{task}").text)
    assert "Filled in with the decision: What was agreed" in page
    address = f"/employee/workflow/tasks/{task}/act/agree"
    form = shen.get(address).text
    assert 'name="note"' in form and 'name="notice_days"' in form and 'name="amount"' not in form
    empty = shen.post(address, data={"note": "", "notice_days": "45", "_had": "note,notice_days", "comment": "Good"})
    assert empty.status_code == 422 and "Fill in" in empty.text
    with records_as("system") as records:
        assert records.get(CONTRACT, number).get("notice_days") is None, (
            "nothing is kept of a decision that was refused"
        )
    given = {
        "note": "Prices of 2026",
        "notice_days": "45",
        "amount": "1",
        "_had": "note,notice_days",
        "comment": "Good",
    }
    assert shen.post(address, data=given).status_code in (204, 303)
    with records_as("system") as records:
        row = records.get(CONTRACT, number)
    assert (row["note"], row["notice_days"], row["amount"].amount) == ("Prices of 2026", 45, 50000)
    assert case(number)["status"] == "approved"
    with records_as(world.shen) as records:
        told = [entry.text for entry in records.history(number) if entry.person is not None]
    assert any("Shen Zhiyao" in text for text in told)


def _agree(records_as, who, task, values, **more):
    with records_as(who, write=True) as records:
        records.act(f"{TASK}.agree", task, {"values": json.dumps(values), **more})


def test_programs_fill_in_with_the_decision_only_what_the_step_gives(
    world, contract, ask, case, tasks, rule, records_as
):
    rule({**LAST, "fields": {"note": "edit"}})
    number = contract()
    task = tasks(ask(number)["id"])[0]["id"]
    with pytest.raises(ValidationFailed, match="not changed at this step"):
        _agree(records_as, world.shen, task, AMOUNT)
    with pytest.raises(ValidationFailed):
        _agree(records_as, world.shen, task, [1])
    assert case(number)["status"] == "running", "a refused value is a refused decision"
    _agree(records_as, world.shen, task, {"note": "As discussed"}, comment="Good")
    assert case(number)["status"] == "approved"
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["note"] == "As discussed"


def _deputy(world, of, who):
    now = world.clock()
    with world.runtime.db.write() as connection:
        rights.add_deputy(connection, of, who, valid_from=now, valid_to=now + timedelta(days=2), now=now)
    world.clock.move(minutes=5)


def test_whoever_asked_changes_nothing_as_the_deputy_of_whoever_decides(
    world, contract, ask, case, tasks, rule, records_as
):
    """Lin asked and stands in for Lu: the amount that Lu may correct stays as it was."""
    rule({**HEAD, "fields": {"amount": "edit"}})
    number = contract()
    task = tasks(ask(number)["id"])[0]["id"]
    _deputy(world, world.lu, world.lin)
    with pytest.raises(ValidationFailed, match="asked for themselves"):
        _agree(records_as, world.lin, task, AMOUNT)
    assert not _may(records_as, world.lin, number, AMOUNT), "nor on the record itself"
    with records_as(world.lin, write=True) as records:
        assert f"{TASK}.fill" not in records.runtime.registry.actions, "nothing is filled in without deciding"
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["amount"].amount == 50000
    _agree(records_as, world.lu, task, AMOUNT)
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["amount"].amount == 60000


def test_an_adviser_fills_in_nothing_and_need_not(world, contract, ask, decide, case, tasks, rule, records_as):
    rule({**HEAD, "fields": {"note": "required"}})
    found = ask(contract())
    decide(world.lu, found["id"], "delegate", person=world.shen)
    asked = tasks(found["id"], status="open")[0]["id"]
    with pytest.raises(ValidationFailed, match="decides"):
        _agree(records_as, world.shen, asked, {"note": "Mine"})
    decide(world.shen, found["id"], comment="Fine")
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"
    with pytest.raises(ValidationFailed, match="Fill in"):
        decide(world.lu, found["id"])


def test_many_are_agreed_to_with_a_comment_only(world, contract, ask, tasks, client_as):
    mine = [tasks(ask(contract(name=f"Contract {n}"))["id"])[0]["id"] for n in range(2)]
    page = client_as(world.lu).get(f"/employee/workflow/tasks/bulk/act/agree?ids={mine[0]},{mine[1]}").text
    assert 'name="comment"' in page and 'name="values"' not in page
