# ruff: noqa: E501  (models read best whole)
"""Exactly once: many at one moment, a worker that dies, silence and timers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from weft.core.records import unit
from weft.core.sdk import Conflict, Denied, StateConflict
from weft.plugins.workflow.services import chains, models_read, processes

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"


def at_once(number, work):
    """Run ``work(n)`` in so many threads that all start at one moment; who succeeded, and the errors of the others."""
    gate, done, met = threading.Barrier(number), [], []

    def run(n):
        gate.wait(60)
        try:
            work(n)
            done.append(n)
        except Exception as error:
            met.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return done, met


def all_told(met):
    """True when everybody who came too late was told so; nobody met an error of the database."""
    return {type(error) for error in met} <= {StateConflict, Conflict, Denied}


@pytest.mark.both_databases
def test_of_200_approvals_of_one_step_exactly_one_takes_effect(
    world, contract, ask, tasks, case, weft_cast, records_as
):
    found = ask(contract("1260000.00"))
    mine = tasks(found["id"])[0]["id"]
    principal = weft_cast.principal(world.lu)

    def agree(_n):
        with unit.writing(world.runtime, principal, door="rest") as records:
            records.act(f"{TASK}.agree", mine, {})

    done, met = at_once(200, agree)
    assert len(done) == 1 and len(met) == 199
    assert all_told(met), {repr(error) for error in met}
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe, Shen Zhiyao"
    assert [row["step"] for row in tasks(found["id"])] == ["head", "countersign", "countersign"]
    with records_as("system") as records:
        agreed = [line for line in records.history(mine) if line.action == f"{TASK}.agree"]
    assert len(agreed) == 1


@pytest.mark.both_databases
def test_of_many_deciders_at_one_moment_the_step_ends_once(world, contract, case, weft_cast, records_as, tasks):
    """Any of ten may agree; all do at once; the contract is approved once."""
    people = [weft_cast.user("portal_employee.executive", name=f"Director {n}") for n in range(10)]
    raw = {
        "key": "documents.contract",
        "title": "Contract approval",
        "entity": CONTRACT,
        "start": {"on": "button"},
        "steps": [{"key": "one", "title": "One", "who": {"kind": "role", "role": "portal_employee.executive"}}],
        "approved": "approve",
        "returned": "send_back",
        "rejected": "send_back",
    }
    number = contract(status="approval")
    with records_as("system", write=True) as records:
        processes.save(records, chains.clean(records, raw))
        live = processes.live_for(records, CONTRACT)[0]
        from weft.plugins.workflow.services import cases

        cases.start(records, live, number, requester=world.lin)
    found = case(number)
    mine = {row["owner"].id: row["id"] for row in tasks(found["id"])}
    principals = [weft_cast.principal(one) for one in people]

    def agree(n):
        with unit.writing(world.runtime, principals[n], door="rest") as records:
            records.act(f"{TASK}.agree", mine[people[n]], {})

    done, met = at_once(10, agree)
    assert len(done) == 1 and all_told(met), met
    assert sorted(row["status"] for row in tasks(found["id"])) == ["agreed"] + ["dropped"] * 10
    with records_as("system") as records:
        assert [line.action for line in records.history(number)].count(f"{CONTRACT}.approve") == 1


MODEL = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="two" name="Two actions" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="look"/>
<userTask id="look" name="Look at it"/><sequenceFlow id="f2" sourceRef="look" targetRef="a"/>
<serviceTask id="a" name="Approve it"/><sequenceFlow id="f3" sourceRef="a" targetRef="b"/>
<serviceTask id="b" name="Set it active"/><sequenceFlow id="f4" sourceRef="b" targetRef="wait"/>
<intermediateCatchEvent id="wait" name="A moment"><timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f5" sourceRef="wait" targetRef="e"/><endEvent id="e"/></process></definitions>"""


@pytest.mark.both_databases
def test_a_worker_that_dies_between_two_actions_does_each_once(
    world, contract, case, decide, settle, records_as, monkeypatch
):
    checked = models_read.read(MODEL)
    raw = {
        "key": "documents.model1",
        "title": "Two actions",
        "entity": CONTRACT,
        "start": {"on": "button"},
        "process": "two",
        "steps": [
            {"key": "look", "title": "Look", "who": {"kind": "unit_head", "levels": 1}},
            {"key": "a", "title": "Approve", "kind": "action", "action": "approve"},
            {"key": "b", "title": "Activate", "kind": "action", "action": "activate"},
        ],
    }
    number = contract(status="approval")
    from weft.plugins.workflow.services import cases

    with records_as("system", write=True) as records:
        records.assign(CONTRACT, number, owner=world.lu)  # actions are done as whoever started it
        chain = chains.clean(records, raw, model=frozenset(checked.people) | frozenset(checked.actions))
        processes.save(records, chain, source="upload", model=MODEL)
        live = next(one for one in processes.live_for(records, CONTRACT) if one.key == "documents.model1")
        cases.start(records, live, number, requester=world.lu)
    decide(world.shen, case(number)["id"])
    kept, calls = cases.settle, []

    def die(*args, **more):
        calls.append(1)
        if len(calls) == 2:
            raise SystemError("the worker was killed")
        return kept(*args, **more)

    monkeypatch.setattr(cases, "settle", die)
    settle()
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["status"] == "approved"  # the first action is kept, the second is not
    world.clock.move(minutes=10)
    settle()
    with records_as("system") as records:
        assert records.get(CONTRACT, number)["status"] == "active"
        words = [line.action for line in records.history(number)]
        done = [line for line in records.history(number) if line.action == f"{CONTRACT}.activate"]
    assert (words.count(f"{CONTRACT}.approve"), words.count(f"{CONTRACT}.activate")) == (1, 1)
    assert done[0].person.id == world.lu  # never as the platform
    world.clock.move(minutes=10)
    with records_as("system", write=True) as records:
        records.enqueue("workflow.look_after", {})
    settle()
    assert case(number)["status"] == "approved"


def test_silence_reminds_then_asks_the_head_above_or_counts_as_an_answer(
    world, contract, ask, tasks, case, settle, records_as
):
    def rule(then):
        raw = {
            "key": "documents.contract",
            "title": "Contract approval",
            "entity": CONTRACT,
            "start": {"on": "action", "action": "ask_approval"},
            "approved": "approve",
            "rejected": "send_back",
            "steps": [
                {
                    "key": "one",
                    "title": "Head",
                    "who": {"kind": "unit_head", "levels": 1},
                    "silence": {"days": 3, "then": then},
                }
            ],
        }
        with records_as("system", write=True) as records:
            rows = records.query("workflow.process", filters={"key": "documents.contract"}, limit=1).rows
            processes.save(records, chains.clean(records, raw), process=rows[0]["id"] if rows else None)

    def later(**time):
        world.clock.move(**time)
        with records_as("system", write=True) as records:
            records.enqueue("workflow.look_after", {})
        settle()

    rule("remind")
    found = ask(contract())
    later(days=2)
    assert tasks(found["id"])[0].get("reminded_at") is None
    later(days=1, minutes=5)
    reminded = tasks(found["id"])[0]
    assert reminded["reminded_at"] is not None and reminded["due_at"] > world.clock()

    rule("escalate")
    found = ask(contract())
    later(days=3, minutes=5)
    assert [row["owner"].name for row in tasks(found["id"], status="open")] == ["Lu Jinghe", "Shen Zhiyao"]

    rule("agree")
    found = ask(contract())
    later(days=3, minutes=5)
    assert case(found["about"].id)["status"] == "approved" and tasks(found["id"])[0]["silent"] is True
    with records_as("system") as records:
        done = [line for line in records.history(found["about"].id) if line.action == f"{CONTRACT}.approve"]
    assert done[0].person.id == world.lu  # with the rights of whoever kept silent


def test_leave_gets_its_case_in_a_moment_and_ends_with_it(
    world, records_as, settle, case, decide, make_record, weft_cast
):
    """The head agrees; above five days a people officer too."""
    xu = weft_cast.user("employee", name="Xu Tinglan", units=[world.engineering])
    kind = make_record("hrm.leave_type", name="Annual leave", accrual="none")["id"]

    def leave(first, last):
        with records_as(xu, write=True) as records:
            return records.create("hrm.leave", {"person": xu, "leave_type": kind, "from_on": first, "to_on": last})[
                "id"
            ]

    short, long = leave("2027-03-01", "2027-03-03"), leave("2027-04-12", "2027-04-23")
    settle()
    assert case(short)["waits_for"] == case(long)["waits_for"] == "Emeric Voskamp"
    decide(world.emeric, case(short)["id"])
    decide(world.emeric, case(long)["id"])
    assert case(short)["status"] == "approved"
    assert case(long)["waits_for"] == "Tang Yimo, Kong Lingxi"
    with pytest.raises(Denied), records_as(world.emeric, write=True) as records:
        records.act("hrm.leave.approve", long, {})
    with records_as(world.tang, write=True) as records:  # on the record itself: the officer is the last one asked
        records.act("hrm.leave.approve", long, {"answer": "Enjoy"})
    assert case(long)["status"] == "approved"
    third = leave("2027-05-10", "2027-05-11")
    settle()
    with records_as(xu, write=True) as records:
        records.act("hrm.leave.withdraw", third, {})
    assert case(third)["status"] == "withdrawn"
    assert timedelta(0) <= world.clock() - case(third)["ended_at"]
