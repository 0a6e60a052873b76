"""A chain from asking to its end: who is asked, what happens to the record, what may not be done beside it."""

from __future__ import annotations

import re

import pytest

from weft.core.sdk import Denied, StateConflict, ValidationFailed

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"


def status(records_as, number):
    with records_as("system") as records:
        return records.get(CONTRACT, number)["status"]


@pytest.mark.both_databases
def test_a_small_contract_needs_the_head_and_a_large_one_the_executive_too(
    world, contract, ask, decide, tasks, case, records_as
):
    small, large = contract("50000.00"), contract("1260000.00")
    first, second = ask(small), ask(large)
    assert first["waits_for"] == second["waits_for"] == "Lu Jinghe"
    assert (first["status"], first["owner"].id, first["amount"].amount) == ("running", world.lin, 50000)
    decide(world.lu, first["id"], comment="Fine")
    assert status(records_as, small) == "approved"
    assert case(small)["status"] == "approved"
    decide(world.lu, second["id"])
    assert status(records_as, large) == "approval"
    assert case(large)["waits_for"] == "Lu Jinghe, Shen Zhiyao"  # nobody is of finance: the head above stands in
    decide(world.lu, second["id"])
    assert status(records_as, large) == "approval"
    decide(world.shen, second["id"])
    assert status(records_as, large) == "approved"
    assert [(row["step"], row["status"], row["owner"].name) for row in tasks(second["id"])] == [
        ("head", "agreed", "Lu Jinghe"),
        ("countersign", "agreed", "Lu Jinghe"),
        ("countersign", "agreed", "Shen Zhiyao"),
    ]
    with records_as("system") as records:  # carried out by the last who decided, not by the platform
        done = [line for line in records.history(large) if line.action == f"{CONTRACT}.approve"]
    assert done[0].person.id == world.shen


def test_beside_a_case_nobody_decides_and_the_last_one_decides_on_the_record_too(
    world, contract, ask, case, records_as
):
    number = contract("1260000.00")
    found = ask(number)
    with pytest.raises(Denied) as refused, records_as(world.shen, write=True) as records:
        records.act(f"{CONTRACT}.approve", number, {})
    assert found["number"] in str(refused.value) and "Lu Jinghe" in str(refused.value)
    with pytest.raises(Denied), records_as(world.lu, write=True) as records:  # one more has to agree after him
        records.act(f"{CONTRACT}.approve", number, {})
    small = contract("1000.00")
    ask(small)
    with records_as(world.lu, write=True) as records:
        records.act(f"{CONTRACT}.approve", small, {})
    assert case(small)["status"] == "approved" and status(records_as, small) == "approved"


def test_returned_with_a_reason_and_asked_again_is_a_new_case(world, contract, ask, decide, case, records_as):
    number = contract()
    first = ask(number)
    with pytest.raises(ValidationFailed):
        decide(world.lu, first["id"], "give_back", comment="")
    decide(world.lu, first["id"], "give_back", comment="The amount is missing a digit")
    assert (case(number)["status"], case(number)["why"]) == ("returned", "The amount is missing a digit")
    assert status(records_as, number) == "draft"
    second = ask(number)
    assert second["id"] != first["id"] and second["waits_for"] == "Lu Jinghe"
    with records_as(world.lin, write=True) as records:
        records.act(f"{CASE}.withdraw", second["id"], {"comment": "Not now"})
    assert case(number)["status"] == "withdrawn" and status(records_as, number) == "draft"


def test_a_record_that_goes_another_way_ends_its_case(world, contract, ask, case, records_as, tasks):
    number = contract()
    found = ask(number)
    with records_as("system", write=True) as records:
        records.delete(CONTRACT, number)
    with records_as("system") as records:
        row = records.get(CASE, found["id"])
    assert row["status"] == "withdrawn"
    assert [task["status"] for task in tasks(found["id"])] == ["dropped"]


def test_nobody_decides_on_their_own_request_and_strangers_see_nothing(world, contract, ask, records_as, tasks):
    found = ask(contract())
    mine = tasks(found["id"])[0]["id"]
    for who in (world.lin, world.anneke):
        with pytest.raises((Denied, Exception)) as refused, records_as(who, write=True) as records:
            records.act(f"{TASK}.agree", mine, {})
        assert type(refused.value).__name__ in ("Denied", "NotFound")
    with records_as(world.anneke) as records:
        assert not records.query(CASE).rows and not records.query(TASK).rows
    with records_as(world.lin) as records:
        assert [row["id"] for row in records.query(CASE).rows] == [found["id"]]


def test_the_head_above_is_asked_when_a_head_asks(world, contract, records_as, case):
    number = contract()
    with records_as("system", write=True) as records:
        records.assign(CONTRACT, number, owner=world.lu)
    with records_as(world.lu, write=True) as records:
        records.act(f"{CONTRACT}.ask_approval", number, {})
    assert case(number)["waits_for"] == "Shen Zhiyao"


def test_twice_agreed_says_when_it_was_agreed(world, contract, ask, decide, records_as, tasks):
    found = ask(contract())
    mine = tasks(found["id"])[0]["id"]
    decide(world.lu, found["id"])
    with pytest.raises(StateConflict) as refused, records_as(world.lu, write=True) as records:
        records.act(f"{TASK}.agree", mine, {})
    assert str(refused.value).startswith("You agreed at ")


def test_undo_takes_a_decision_back_until_the_next_one_decided(world, contract, ask, decide, case, records_as):
    from weft.core.errors import UndoRefused

    number = contract("1260000.00")
    found = ask(number)

    def agree(who):
        with records_as(who, write=True) as records:
            mine = records.query(TASK, filters={"case": found["id"], "status": "open", "owner": "me"}, limit=1).rows
            records.act(f"{TASK}.agree", mine[0]["id"], {})
            return records.change_set_id

    change = agree(world.lu)
    with records_as(world.lu, write=True) as records:
        records.undo(change)
    assert case(number)["waits_for"] == "Lu Jinghe"
    with records_as(world.shen) as records:
        assert not records.query(TASK, filters={"status": "open", "owner": "me"}).rows
    change = agree(world.lu)
    agree(world.shen)
    with pytest.raises(UndoRefused) as refused, records_as(world.lu, write=True) as records:
        records.undo(change)
    assert re.fullmatch(r"Shen Zhiyao agreed at \d\d:\d\d; ask them to return it\.", str(refused.value))
    agree(world.lu)  # for finance, of which there is nobody
    assert status(records_as, number) == "approved"
