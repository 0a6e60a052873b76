"""Contracts: amounts in words, steps and what hangs on them, reminders, renewal, who reads them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from weft.core.collaboration import notices
from weft.core.sdk import Money
from weft.plugins.documents.models.capitals import in_capitals
from weft.plugins.documents.services import contracts

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee")

CONTRACT, STEP = "documents.contract", "documents.step"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1260000", "CNY", "人民币壹佰贰拾陆万元整"),
        ("486000", "EUR", "欧元肆拾捌万陆仟元整"),
        ("10203.40", "CNY", "人民币壹万零贰佰零叁元肆角整"),
        ("1001.05", "CNY", "人民币壹仟零壹元零伍分"),
        ("100010000", "CNY", "人民币壹亿零壹万元整"),
        ("0.5", "CNY", "人民币伍角整"),
        ("0", "CNY", "人民币零元整"),
        ("-12", "CNY", "人民币负壹拾贰元整"),
    ],
)
def test_amounts_in_chinese_capitals(amount, currency, words):
    assert in_capitals(Money(Decimal(amount), currency)) == words


@pytest.fixture
def contract(world, make_record, weft_runtime):
    """A contract of Alder with three steps, the first done."""
    today = weft_runtime.clock().date()
    row = make_record(CONTRACT, name="Metering", account=world.alder, status="active", owner=world.maud,
                      amount={"amount": "486000.00", "currency": "EUR"}, notice_days=30,
                      ends_on=(today + timedelta(days=20)).isoformat())  # fmt: skip
    steps = [
        make_record(STEP, name=name, contract=row.id, place=place, status=status, owner=world.maud,
                    due_on=(today + timedelta(days=days)).isoformat()).id
        for place, (name, status, days) in enumerate(
            [("Signature", "done", -30), ("Delivery", "planned", 5), ("Acceptance", "planned", 90)], 1)
    ]  # fmt: skip
    return row.id, steps


def test_steps_count_on_the_contract_and_on_the_card_of_the_customer(world, contract, records_as, client_as, settle):
    number, steps = contract
    settle()
    with records_as(world.maud, write=True) as records:
        row = records.get(CONTRACT, number)
        assert (row["steps_done"], row["steps_all"]) == (1, 3)
        assert row["in_words"] == "欧元肆拾捌万陆仟元整"
        records.act(f"{STEP}.finish", steps[1], {})
        assert records.get(STEP, steps[1])["done_on"] is not None
        assert records.get(CONTRACT, number)["steps_done"] == 2
    card = client_as(world.maud).get(f"/employee/crm/accounts/{world.alder}").text
    assert "EUR" in card and "486,000" in card and "2 of 3 steps done" in card
    page = client_as(world.maud).get(f"/employee/documents/contracts/{number}").text
    assert "Delivery" in page and "2 of 3 steps done" in page


def test_owners_are_reminded_of_steps_and_ends_once(world, contract, records_as, weft_runtime, settle):
    settle()
    today = weft_runtime.clock().date()
    with records_as("system", write=True) as records:
        assert contracts.remind_steps(records, today, 14) == 1
        assert contracts.remind_steps(records, today, 14) == 0
        assert contracts.remind_ends(records, today) == 1
        assert contracts.remind_ends(records, today) == 0
    with records_as(world.maud) as records:
        kinds = sorted(one.kind for one in notices.inbox(records) if one.kind.startswith("documents."))
    assert kinds == ["documents.contract_ends", "documents.step_due"]


def test_a_renewal_is_a_draft_that_begins_the_day_after(world, contract, records_as):
    number, _steps = contract
    with records_as(world.maud, write=True) as records:
        answer = records.act(f"{CONTRACT}.renew", number, {"ends_on": None})
        old, new = records.get(CONTRACT, number), records.get(CONTRACT, answer.record)
        assert new["status"] == "draft" and new["renews"].id == number
        assert new["starts_on"] == old["ends_on"] + timedelta(days=1)


def test_contracts_are_read_by_those_of_the_customer_only(world, contract, records_as, client_as):
    number, _steps = contract
    address = f"/employee/documents/contracts/{number}"
    assert client_as(world.maud).get(address).status_code == 200
    assert client_as(world.lin).get(address).status_code == 404
    assert client_as(None).get(address).status_code in (303, 401)
