"""Expense claims from the receipt to the money: sums, rates, limits, who agrees, sending back, booking, advances."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from weft.core.collaboration import notices
from weft.core.sdk import Denied, Money, ValidationFailed, WeftError

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "documents", "finance", "portal_employee", "portal_customer", "portal_supplier"
)


def cny(amount):
    """Money as a program sends it."""
    return {"amount": amount, "currency": "CNY"}


def eur(amount):
    """Money as a program sends it."""
    return {"amount": amount, "currency": "EUR"}


CLAIM, LINE = "finance.claim", "finance.claim_line"


def test_amounts_follow_the_rate_of_their_day(world, claim_of, records_as, row_of):
    number = claim_of(world.xu, [("taxi", "EUR", "60.50", world.project, "10.50")], world.today - timedelta(days=30))
    with records_as(world.xu) as records:
        line = records.query(LINE, filters={"claim": number}).rows[0]
    assert line["net"] == Money(Decimal("50.00"), "EUR") and line["company"] == Money(Decimal("390.00"), "CNY")
    assert line["rate"] == Decimal("7.8") and line["rate_on"] == world.today - timedelta(days=40)
    assert row_of(CLAIM, number)["total"] == Money(Decimal("471.90"), "CNY")  # 60.50 x 7.8, gross
    with records_as(world.xu, write=True) as records, pytest.raises(ValidationFailed) as refused:
        records.update(LINE, line.id, {"tax": eur("61.00")}, version=None)
    assert refused.value.errors[0].field == "tax"


@pytest.mark.both_databases
def test_head_lead_and_finance_agree_in_turn_and_finance_books(world, claim_of, act_as, row_of, postings, records_as):
    number = claim_of(world.xu, [("rent", "CNY", "21000.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)
    row = row_of(CLAIM, number)
    assert (row["status"], row["waits"], row["approver"].id) == ("submitted", "head", world.emeric)
    with pytest.raises(Denied, match="waits for Emeric"):
        act_as(world.tang, f"{CLAIM}.agree", number)
    act_as(world.emeric, f"{CLAIM}.agree", number)
    assert row_of(CLAIM, number)["waits"] == "lead"
    act_as(world.anneke, f"{CLAIM}.agree", number)
    assert row_of(CLAIM, number)["status"] == "approved" and not postings(kind="expense")
    act_as(world.tang, f"{CLAIM}.agree", number)
    row = row_of(CLAIM, number)
    assert (row["status"], row["booked_on"]) == ("booked", world.today)
    (posting,) = postings(source=number)
    assert posting["amount"] == Money(Decimal("21000.00"), "CNY") and posting["customer"].id == world.haverdijk
    assert posting["project"].id == world.project and posting["salesperson"].id == world.maud
    with records_as(world.xu) as records:
        kinds = [one.kind for one in notices.inbox(records)]
    assert "finance.claim_agreed" in kinds


def test_small_claims_skip_the_lead_and_nobody_agrees_to_an_own_one(world, claim_of, act_as, row_of, make_record):
    small = claim_of(world.xu, [("taxi", "CNY", "120.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", small)
    act_as(world.emeric, f"{CLAIM}.agree", small)
    assert row_of(CLAIM, small)["waits"] == "finance"
    own = claim_of(world.tang, [("taxi", "CNY", "80.00", None)])
    act_as(world.tang, f"{CLAIM}.submit", own)
    assert row_of(CLAIM, own)["waits"] == "finance"
    with pytest.raises(Denied, match="another person of finance must"):
        act_as(world.tang, f"{CLAIM}.agree", own)
    act_as(world.kong, f"{CLAIM}.agree", own)
    assert row_of(CLAIM, own)["status"] == "booked"


def test_a_claim_goes_back_with_the_reason_at_its_line(world, claim_of, act_as, row_of, records_as, picture):
    number = claim_of(world.xu, [("hotel", "CNY", "420.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)
    with records_as(world.xu) as records:
        line = records.query(LINE, filters={"claim": number}).rows[0].id
    with records_as(world.xu, write=True) as records, pytest.raises(Denied, match="submitted already"):
        records.update(LINE, line, {"gross": cny("500.00")}, version=None)
    act_as(world.emeric, f"{CLAIM}.send_back", number, why="The receipt is missing", line=line)
    assert row_of(CLAIM, number)["status"] == "returned" and row_of(LINE, line)["why"] == "The receipt is missing"
    with records_as(world.xu, write=True) as records:
        records.update(LINE, line, {"receipt": picture(records)}, version=None)
        records.act(f"{CLAIM}.submit", number, {})
    assert row_of(CLAIM, number)["why"] is None and row_of(LINE, line)["why"] is None
    empty = claim_of(world.xu, [])
    with pytest.raises(ValidationFailed, match="Add what you paid first"):
        act_as(world.xu, f"{CLAIM}.submit", empty)


def test_limits_show_the_excess_and_a_day_counts_once(world, claim_of, records_as, row_of, kind_of):
    with records_as(world.tang, write=True) as records:
        meals = kind_of(records, "meals")
        values = {"name": "Travel policy", "expense": meals, "amount": cny("100.00"), "per": "day"}
        records.create("finance.limit", {**values, "valid_from": "2020-01-01"})
    number = claim_of(world.xu, [("meals", "CNY", "80.00", None), ("meals", "CNY", "45.50", None)])
    with records_as(world.xu) as records:
        lines = records.query(LINE, filters={"claim": number}, sort="id").rows
    assert lines[0].get("excess") is None and lines[1]["excess"] == Money(Decimal("25.50"), "CNY")
    assert row_of(CLAIM, number)["over_limit"] is True


def test_an_advance_is_set_against_the_claim(world, claim_of, act_as, records_as, row_of):
    with records_as(world.xu, write=True) as records:
        advance = records.create("finance.advance", {"purpose": "Trip", "amount": cny("300.00")}).id
    act_as(world.tang, "finance.advance.give", advance)
    number = claim_of(world.xu, [("hotel", "CNY", "200.00", None)], advance=advance)
    assert row_of(CLAIM, number)["payable"] == Money(Decimal("0.00"), "CNY")
    act_as(world.xu, f"{CLAIM}.submit", number)
    act_as(world.emeric, f"{CLAIM}.agree", number)
    act_as(world.tang, f"{CLAIM}.agree", number)
    assert row_of("finance.advance", advance)["open"] == Money(Decimal("100.00"), "CNY")


def test_pages_of_the_claimant_and_of_finance(world, claim_of, act_as, client_as, records_as, picture):
    number = claim_of(world.xu, [("taxi", "EUR", "60.00", world.project)])
    with records_as(world.xu, write=True) as records:
        line = records.query(LINE, filters={"claim": number}).rows[0].id
        records.update(LINE, line, {"receipt": picture(records)}, version=None)
    mine = client_as(world.xu)
    page = mine.get(f"/employee/finance/expenses/{number}").text
    assert "Add an expense" in page and "District metering" in page and "preview" in page
    assert "receipt.png" in mine.get(f"/employee/finance/expense-lines/{line}").text  # a file has its own name
    assert "Two days at the site" in mine.get("/employee/finance/expenses/?owner=me").text
    act_as(world.xu, f"{CLAIM}.submit", number)
    act_as(world.emeric, f"{CLAIM}.agree", number)
    own = claim_of(world.tang, [("hotel", "CNY", "200.00", None)])
    act_as(world.tang, f"{CLAIM}.submit", own)  # waits for finance too, but for somebody else of it
    follows = claim_of(world.xu, [("hotel", "CNY", "300.00", None)])
    act_as(world.xu, f"{CLAIM}.submit", follows)
    act_as(world.emeric, f"{CLAIM}.agree", follows)
    desk = client_as(world.tang)
    home = desk.get("/employee/").text
    assert "Claims to check" in home and "Two days at the site" in home
    page = desk.get(f"/employee/finance/expenses/{number}").text
    assert 'data-key="a"' in page and "the rate of" in page
    answer = desk.post(f"/employee/finance/expenses/{number}/act/agree")
    assert answer.headers["Location"].endswith((f"/r/{follows}", f"/employee/finance/expenses/{follows}"))


def test_who_reads_a_claim(world, claim_of, act_as, client_as):
    number = claim_of(world.xu, [("taxi", "CNY", "60.00", world.project)])
    address = f"/employee/finance/expenses/{number}"
    assert client_as(None).get(address).status_code in (303, 401)
    assert client_as(world.other).get(address).status_code == 404
    assert client_as(world.anneke).get(address).status_code == 404
    for reader in (world.xu, world.tang, world.emeric, world.shen):
        assert client_as(reader).get(address).status_code == 200
    act_as(world.xu, f"{CLAIM}.submit", number)
    with pytest.raises(Denied):
        act_as(world.shen, f"{CLAIM}.agree", number)


def test_agreeing_can_be_undone_until_the_next_one_acted(world, claim_of, act_as, records_as, row_of, postings):
    number = claim_of(world.xu, [("taxi", "CNY", "60.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)

    def agreed(who):
        with records_as(who, write=True) as records:
            records.act(f"{CLAIM}.agree", number, {})
            return records.change_set_id

    first = agreed(world.emeric)
    with records_as(world.emeric, write=True) as records:
        records.undo(first)
    assert (row_of(CLAIM, number)["status"], row_of(CLAIM, number)["waits"]) == ("submitted", "head")
    second = agreed(world.emeric)
    booked = agreed(world.tang)
    with records_as(world.emeric, write=True) as records, pytest.raises(WeftError, match="Tang Yimo"):
        records.undo(second)
    with records_as(world.tang, write=True) as records, pytest.raises(WeftError):
        records.undo(booked)
    assert row_of(CLAIM, number)["status"] == "booked" and len(postings(source=number)) == 1


def test_of_many_who_agree_at_once_one_takes_effect(world, claim_of, act_as, records_as, postings):
    number = claim_of(world.xu, [("taxi", "CNY", "60.00", world.project)])
    act_as(world.xu, f"{CLAIM}.submit", number)
    act_as(world.emeric, f"{CLAIM}.agree", number)

    def agree(who):
        try:
            act_as(who, f"{CLAIM}.agree", number)
        except WeftError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(agree, [world.tang, world.kong] * 8)) == 1
    assert len(postings(source=number)) == 1
