"""Where approval chains are installed, a claim goes through one and finance books it at its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.outbox.worker import Worker
from weft.core.sdk import Denied

pytest.importorskip("weft.plugins.workflow.plugin", reason="approval chains are not installed")

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "documents", "finance", "workflow", "portal_employee", "portal_customer", "portal_supplier"
)
CLAIM = "finance.claim"


def open_tasks(records_as, step):
    with records_as("system") as records:
        rows = records.query("workflow.task", filters={"status": "open", "step": step}).rows
        return [(row.id, row["owner"].id) for row in rows]


def tasks_of(records_as, who):
    with records_as("system") as records:
        return records.query("workflow.task", fields=("case",), filters={"status": "open", "owner": who}).rows


@pytest.fixture
def settle(weft_runtime):
    def run():
        for _round in range(3):
            Worker(weft_runtime, threads=1).run_due()

    return run


def test_a_claim_goes_through_its_process(world, claim_of, act_as, records_as, row_of, postings, settle):
    number = claim_of(world.xu, [("rent", "CNY", "21000.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)
    settle()
    row = row_of(CLAIM, number)
    assert (row["status"], row["waits"]) == ("submitted", "head")
    for step, who in (("head", world.emeric), ("lead", world.anneke)):
        ((task, owner),) = open_tasks(records_as, step)
        assert owner == who and row_of(CLAIM, number)["waits"] == step
        act_as(who, "workflow.task.agree", task)
        settle()
    assert row_of(CLAIM, number)["waits"] == "finance" and not postings(source=number)
    tasks = dict(map(reversed, open_tasks(records_as, "finance")))
    act_as(world.tang, "workflow.task.agree", tasks[world.tang])
    assert row_of(CLAIM, number)["status"] == "booked" and len(postings(source=number)) == 1


def test_after_a_decision_the_next_own_one_opens_however_many_wait(
    world, claim_of, act_as, records_as, client_as, row_of, settle
):
    first, second, third = (claim_of(world.xu, [("taxi", "CNY", "60.00", world.project)]) for _number in range(3))
    for number in (first, second, third):
        act_as(world.xu, f"{CLAIM}.submit", number)
        settle()
        ((task, _owner),) = open_tasks(records_as, "head")
        act_as(world.emeric, "workflow.task.agree", task)
        settle()
    with records_as("system", write=True) as records:
        waiting = {"purpose": "Taken over from before", "status": "approved", "waits": "finance", "owner": world.xu,
                   "submitted_on": world.today - timedelta(days=90)}  # fmt: skip
        records.load(CLAIM, [waiting] * 510)
    desk = client_as(world.tang)
    answer = desk.post(f"/employee/finance/expenses/{first}/act/agree")
    assert row_of(CLAIM, first)["status"] == "booked", answer.text[:500]
    assert answer.headers["Location"].endswith(f"/r/{second}")
    tasks = {row["case"].id: row.id for row in tasks_of(records_as, world.kong)}
    assert len(tasks) == 2, "only what waits for the viewer in a process is offered"
    answer = desk.post(f"/employee/finance/expenses/{second}/act/send_back", data={"why": "Which taxi?"})
    assert row_of(CLAIM, second)["status"] == "returned" and answer.headers["Location"].endswith(f"/r/{third}")
    answer = desk.post(f"/employee/finance/expenses/{third}/act/agree")
    assert row_of(CLAIM, third)["status"] == "booked" and answer.headers["Location"].endswith(f"/expenses/{third}")


def test_it_comes_back_by_the_process_and_nobody_decides_beside_it(world, claim_of, act_as, records_as, row_of, settle):
    number = claim_of(world.xu, [("taxi", "CNY", "60.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)
    settle()
    with pytest.raises(Denied):
        act_as(world.tang, f"{CLAIM}.agree", number)
    ((task, _owner),) = open_tasks(records_as, "head")
    act_as(world.emeric, "workflow.task.give_back", task, comment="The receipt is missing")
    row = row_of(CLAIM, number)
    assert (row["status"], row["waits"]) == ("returned", None) and "receipt" in row["why"]
