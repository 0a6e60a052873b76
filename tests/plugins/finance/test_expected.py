"""Expected payments: open invoices by month, and steps of contracts that move with the date told to the customer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.outbox.worker import Worker
from weft.plugins.finance.services import expected, months

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "documents", "finance", "portal_employee", "portal_customer", "portal_supplier"
)
STEP, MILESTONE = "documents.step", "projects.milestone"


@pytest.fixture
def step(world, make_record):
    """A step of 48,600 EUR that waits for a milestone of Haverdijk's project which the customer sees."""
    day = (world.today + timedelta(days=10)).isoformat()
    world.goal = make_record(
        MILESTONE, name="Acceptance", project=world.project, shared=True, planned_on=day, owner=world.anneke
    )["id"]
    contract = make_record("documents.contract", name="Metering", account=world.haverdijk, status="active")["id"]
    return make_record(
        STEP, name="Acceptance of phase 2", contract=contract, due_on=day, milestone=world.goal,
        amount={"amount": "48600.00", "currency": "EUR"},
    )["id"]  # fmt: skip


def planned(records_as, world):
    with records_as(world.tang) as records:
        return [(one.number, one.invoice_on, one.pays_on) for one in expected.coming(records, world.today)]


def test_a_step_is_expected_with_its_milestone_until_it_is_invoiced(
    world, step, act_as, records_as, client_as, weft_runtime, row_of
):
    """S5 step 5: the published date moves the step, the expected invoice and the forecast of payments."""
    wait = timedelta(days=30)
    first, later = world.today + timedelta(days=10), world.today + timedelta(days=45)
    assert planned(records_as, world) == [(step, first, first + wait)]
    page = client_as(world.tang).get("/employee/finance/expected").text
    assert "Acceptance of phase 2" in page and "48,600" in page and months.month_name(first + wait) in page
    act_as(world.anneke, f"{MILESTONE}.publish", world.goal, day=later, note="Castings are late")
    Worker(weft_runtime).run_due()
    assert row_of(STEP, step)["due_on"] == later
    assert planned(records_as, world) == [(step, later, later + wait)]
    assert months.month_name(later + wait) in client_as(world.tang).get("/employee/finance/expected").text
    with records_as(world.tang, write=True) as records:
        row = records.create("finance.invoice", {"name": "Acceptance", "customer": world.haverdijk, "step": step,
                                                 "currency": "EUR"})  # fmt: skip
    assert len(planned(records_as, world)) == 1  # a draft is not issued yet
    with records_as("system", write=True) as records:
        records.update("finance.invoice", row.id, {"status": "paid"}, version=None)
    assert planned(records_as, world) == []


def test_a_step_whose_invoice_was_credited_in_full_is_expected_again(world, step, records_as):
    with records_as(world.tang, write=True) as records:
        row = records.create("finance.invoice", {"name": "Acceptance", "customer": world.haverdijk, "step": step,
                                                 "currency": "EUR"})  # fmt: skip
    with records_as("system", write=True) as records:
        records.update("finance.invoice", row.id, {"status": "issued"}, version=None)
    assert planned(records_as, world) == []
    with records_as("system", write=True) as records:
        records.update("finance.invoice", row.id, {"status": "credited"}, version=None)
    assert [number for number, *_days in planned(records_as, world)] == [step]


def test_a_finished_step_and_one_of_an_ended_contract_bring_nothing_more(world, step, records_as, row_of):
    with records_as("system", write=True) as records:
        records.update("documents.contract", row_of(STEP, step)["contract"].id, {"status": "ended"}, version=None)
    assert planned(records_as, world) == []


def test_only_who_keeps_or_oversees_the_money_finds_the_report(world, client_as):
    assert client_as(world.shen).get("/employee/finance/expected").status_code == 200
    assert client_as(world.xu).get("/employee/finance/expected").status_code in (403, 404)
