"""Cases whose process is missing, and many of them: the records they are about and everybody else go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.sdk import Conflict, Denied, NotFound, QueryError
from weft.plugins.workflow.services import cases, deciding

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"
AMOUNT = {"amount": {"amount": "60000.00", "currency": "CNY"}}
HEAD = {"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}


@pytest.fixture
def lost(world, contract, ask, records_as):
    """A contract in a case that has lost its process and version."""
    number = contract()
    found = ask(number)
    with records_as("system", write=True) as records:
        records.system("test").update(CASE, found["id"], {"process": None, "version_of": None}, version=None)
    return number, found["id"]


def test_pages_of_the_record_and_of_what_one_started_open(world, lost, client_as):
    number, _case = lost
    lin = client_as(world.lin)
    for address in ("/employee/workflow/started", f"/employee/documents/contracts/{number}", "/employee/"):
        page = lin.get(address)
        assert page.status_code == 200, address
    assert "Framework Tangyu" in lin.get("/employee/workflow/started").text


def test_the_record_keeps_its_amounts_and_the_requester_can_take_it_back(world, lost, records_as):
    number, case = lost
    with records_as(world.lin, write=True) as records:
        records.update(CONTRACT, number, {"note": "By mail"}, version=None)
    with pytest.raises(Denied, match="Withdraw it"), records_as(world.lin, write=True) as records:
        records.update(CONTRACT, number, AMOUNT, version=None)
    with records_as(world.lin, write=True) as records:
        records.act(f"{CASE}.withdraw", case, {})
    with records_as(world.lin, write=True) as records:
        assert records.get(CASE, case)["status"] == "withdrawn"
        records.update(CONTRACT, number, AMOUNT, version=None)


def test_a_lost_case_keeps_nobody_else_from_being_reminded(world, contract, ask, rule, tasks, settle, records_as):
    rule({**HEAD, "silence": {"days": 3, "then": "remind"}})
    gone, good = ask(contract()), ask(contract())
    with records_as("system", write=True) as records:
        records.system("test").update(CASE, gone["id"], {"process": None, "version_of": None}, version=None)
    for _time in range(2):
        world.clock.move(days=3, minutes=5)
        with records_as("system", write=True) as records:
            records.enqueue("workflow.look_after", {})
        settle()
    assert tasks(good["id"])[0]["reminded_at"] == world.clock()


@pytest.mark.parametrize("error", [NotFound("It is gone."), Conflict(1, 2), QueryError("No such field.")])
@pytest.mark.parametrize("then", ["remind", "agree"])
def test_a_task_that_cannot_be_worked_off_keeps_no_other_from_it(
    world, contract, ask, rule, tasks, settle, records_as, monkeypatch, then, error
):
    rule({**HEAD, "silence": {"days": 3, "then": then}})
    gone, good = ask(contract()), ask(contract())
    broken = tasks(gone["id"])[0]["id"]
    where, name, stands = (cases, "lock", gone["id"]) if then == "remind" else (deciding, "agree", broken)
    works = getattr(where, name)

    def fail(records, number, *args):
        if number == stands:
            raise error
        return works(records, number, *args)

    monkeypatch.setattr(where, name, fail)
    world.clock.move(days=3, minutes=5)
    with records_as("system", write=True) as records:
        records.enqueue("workflow.look_after", {})
    settle()
    held, done = tasks(gone["id"])[0], tasks(good["id"])[0]
    assert done["reminded_at"] == world.clock() if then == "remind" else done["status"] == "agreed"
    assert (held["status"], held["due_at"]) == ("open", world.clock() + timedelta(days=1))
    with records_as("system") as records:
        assert records.get(CASE, gone["id"])["help_text"] == str(error)
    monkeypatch.undo()
    world.clock.move(days=1, minutes=5)
    with records_as("system", write=True) as records:
        records.enqueue("workflow.look_after", {})
    settle()
    again = tasks(gone["id"])[0]
    assert again["reminded_at"] == world.clock() if then == "remind" else again["status"] == "agreed"


def test_a_timer_that_cannot_go_on_keeps_no_other_from_it(world, contract, ask, settle, records_as):
    gone, good = ask(contract()), ask(contract())
    past = world.clock() - timedelta(minutes=5)
    with records_as("system", write=True) as records:
        system = records.system("test")
        system.update(
            CASE, gone["id"], {"process": None, "version_of": None, "engine": "{}", "wake_at": past}, version=None
        )
        system.update(CASE, good["id"], {"wake_at": past}, version=None)
        records.enqueue("workflow.look_after", {})
    settle()
    with records_as("system") as records:
        lost, woken = records.get(CASE, gone["id"]), records.get(CASE, good["id"])
    assert lost["wake_at"] == world.clock() + timedelta(days=1) and "process" in lost["help_text"]
    assert woken["wake_at"] is None and woken["status"] == "running"


def test_all_running_cases_of_many_records_are_found(world, make_record, records_as):
    """A bulk change of records with more cases than a page holds is refused for the last one too."""
    with records_as("system", write=True) as records:
        firm = {"role": ["customer"], "life": "invalid"}
        firms = [records.create("crm.account", {**firm, "name": f"Firm {n}"})["id"] for n in range(3)]
        values = [{"name": f"Case {n}", "about": firms[0], "about_kind": "crm.account"} for n in range(230)]
        values += [{"name": "Last", "about": firms[2], "about_kind": "crm.account"}]
        records.system("test").load(CASE, values)
    with records_as("system") as records:
        found = cases.open_about(records, firms)
        assert {firm: len(rows) for firm, rows in found.items()} == {firms[0]: 230, firms[2]: 1}
        assert len(cases.open_cases(records, firms[0])) == 230
