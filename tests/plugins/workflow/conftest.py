"""A company with heads at two levels, finance, an executive, a project lead, and contracts to approve."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import company
from weft.core.identity import units as org_units
from weft.core.ops.value_lists import install_defaults
from weft.core.outbox.worker import Worker
from weft.plugins.workflow.services import chains, processes

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"


@pytest.fixture
def world(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> Any:
    """Lin sells in Sales (head Lu, above him Shen); Tang and Kong are finance; Anneke and Emeric are of engineering."""
    install_defaults(weft_runtime)
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="CNY")
    w = SimpleNamespace(clock=moved_clock, runtime=weft_runtime)
    w.company = weft_cast.unit("Company")
    w.sales = weft_cast.unit("Sales", w.company)
    w.engineering = weft_cast.unit("Engineering", w.company)
    head = "portal_employee.department_head"
    w.lin = weft_cast.user("crm.sales_rep", name="Lin Shutong", units=[w.sales])
    w.lu = weft_cast.user("crm.sales_manager", head, name="Lu Jinghe")
    w.shen = weft_cast.user("portal_employee.executive", name="Shen Zhiyao")
    w.tang = weft_cast.user("hrm.officer", name="Tang Yimo", units=[w.company])
    w.kong = weft_cast.user("hrm.officer", name="Kong Lingxi", units=[w.company])
    w.anneke = weft_cast.user("employee", name="Anneke Roodhuyzen", units=[w.engineering])
    w.emeric = weft_cast.user(head, name="Emeric Voskamp")
    w.admin = weft_cast.user("core.admin", name="Shao Yining")
    with weft_runtime.db.write() as connection:
        for user, unit in ((w.lu, w.sales), (w.shen, w.company), (w.emeric, w.engineering)):
            org_units.add_member(connection, user, unit, now=moved_clock(), head=True)
    w.firm = make_record(
        "crm.account", name="Tangyu Water Group", name_alt="棠屿供水集团", role=["customer"], owner=w.lin
    )["id"]
    return w


@pytest.fixture
def contract(world: Any, make_record: Any) -> Any:
    """``contract("1260000.00")``: a draft of Lin; returns its id."""

    def make(amount: str = "50000.00", currency: str = "CNY", **values: Any) -> int:
        row = make_record(
            CONTRACT,
            owner=world.lin,
            unit=world.sales,
            name=values.pop("name", "Framework Tangyu"),
            account=world.firm,
            amount={"amount": amount, "currency": currency},
            **values,
        )
        return int(row["id"])

    return make


@pytest.fixture
def ask(world: Any, records_as: Any) -> Any:
    """``ask(contract)``: Lin asks for approval; returns the case."""

    def run(number: int) -> Any:
        with records_as(world.lin, write=True) as records:
            records.act(f"{CONTRACT}.ask_approval", number, {})
        return case_about(records_as, number)

    return run


def case_about(records_as: Any, number: int) -> Any:
    with records_as("system") as records:
        return records.query(CASE, filters={"about": number}, sort="-id", limit=1).rows[0]


@pytest.fixture
def case(records_as: Any) -> Any:
    """``case(record)``: the latest case about a record."""
    return lambda number: case_about(records_as, number)


@pytest.fixture
def tasks(records_as: Any) -> Any:
    """``tasks(case, open=True)``: (owner, step, status) in order."""

    def run(number: int, **filters: Any) -> Any:
        with records_as("system") as records:
            return list(records.query(TASK, filters={"case": number, **filters}, sort="id", limit=200).rows)

    return run


@pytest.fixture
def decide(records_as: Any) -> Any:
    """``decide(person, case, "agree", comment="...")``: with the open task of that person."""

    def run(who: int, number: int, word: str = "agree", **data: Any) -> Any:
        with records_as(who, write=True) as records:
            mine = records.query(TASK, filters={"case": number, "status": "open", "owner": "me"}, limit=1).rows
            assert mine, "nothing of this case waits for this person"
            return records.act(f"{TASK}.{word}", mine[0]["id"], data)

    return run


@pytest.fixture
def settle(weft_runtime: Any) -> Any:
    """Do the background work that is due."""
    return lambda: Worker(weft_runtime, threads=1).run_due()


@pytest.fixture
def rule(records_as: Any) -> Any:
    """``rule(step, step)``: contracts are approved by these steps from now on."""

    def save(*steps: Any, **more: Any) -> Any:
        raw = {
            "key": "documents.contract",
            "title": "Contract approval",
            "entity": CONTRACT,
            "start": {"on": "action", "action": "ask_approval"},
            "steps": list(steps),
            "approved": "approve",
            "returned": "send_back",
            "rejected": "send_back",
            **more,
        }
        with records_as("system", write=True) as records:
            rows = records.query("workflow.process", filters={"key": "documents.contract"}, limit=1).rows
            chain = chains.clean(records, raw)
            return processes.save(records, chain, process=rows[0]["id"] if rows else None)

    return save
