"""Bills of suppliers: sent in the portal, split to the cent, rejected and sent again, booked, reversed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from weft.core.sdk import Denied, Money, NotFound, ValidationFailed
from weft.plugins.finance.services.money import parts

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "documents", "finance", "portal_employee", "portal_customer", "portal_supplier"
)

BILL, SHARE = "finance.bill", "finance.bill_share"


def bill(number="R-17", net="1000.01", tax="130.00", gross="1130.01", **more):
    """Values of a bill as the portal sends them."""
    money = {"net": net, "tax": tax, "gross": gross}
    return {"bill_no": number, "due_on": "2026-04-30",
            **{name: {"amount": text, "currency": "CNY"} for name, text in money.items()}, **more}  # fmt: skip


def test_parts_add_up_to_the_cent():
    third = parts(Decimal("100.00"), [Decimal(1), Decimal(1), Decimal(1)])
    assert third == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert sum(parts(Decimal("-0.05"), [Decimal(60), Decimal(40)])) == Decimal("-0.05")


def test_a_supplier_sends_a_bill_once_and_sees_only_its_own(world, records_as, client_as, row_of):
    with records_as(world.jin, write=True) as records:
        made = records.create(BILL, bill())
        assert (made["status"], made["supplier"].id) == ("received", world.shuohe)
    with records_as(world.jin, write=True) as records, pytest.raises(ValidationFailed) as refused:
        records.create(BILL, bill(number="r-17 "))
    assert refused.value.errors[0].field == "bill_no" and "2026-03-16" in str(refused.value.errors[0].message)
    with records_as(world.jin, write=True) as records, pytest.raises(ValidationFailed) as refused:
        records.create(BILL, bill(number="R-18", gross="1130.00"))
    assert refused.value.errors[0].field == "gross"
    with records_as(world.nils, write=True) as records:
        assert records.create(BILL, bill())["supplier"].id == world.nordlyng  # the same number of somebody else
        with pytest.raises(NotFound):
            records.get(BILL, made.id)
    address = f"/supplier/finance/bills/{made.id}"
    assert client_as(world.jin).get(address).status_code == 200
    assert client_as(world.nils).get(address).status_code == 404
    assert client_as(None).get(address).status_code in (303, 401)
    assert client_as(world.other).get(f"/employee/finance/bills/{made.id}").status_code == 404
    assert "Send a bill" in client_as(world.jin).get("/supplier/").text


def test_rejected_and_sent_again_is_one_bill_with_two_versions(world, records_as, act_as, row_of):
    with records_as(world.jin, write=True) as records:
        number = records.create(BILL, bill()).id
    act_as(world.tang, f"{BILL}.reject", number, why="The order number is missing")
    with records_as(world.jin, write=True) as records:
        assert records.get(BILL, number)["why"] == "The order number is missing"
        records.update(BILL, number, {"about": "Order 4711", "net": {"amount": "1000.00", "currency": "CNY"},
                                      "gross": {"amount": "1130.00", "currency": "CNY"}}, version=None)  # fmt: skip
        records.act(f"{BILL}.resend", number, {})
    row = row_of(BILL, number)
    assert (row["status"], row["revision"]) == ("received", 2)
    with records_as(world.tang) as records:
        (old,) = records.query("finance.bill_version", filters={"bill": number}).rows
        assert old["gross"] == Money(Decimal("1130.01"), "CNY") and old["revision"] == 1
    act_as(world.tang, f"{BILL}.check", number)
    with pytest.raises(Denied):
        act_as(world.jin, f"{BILL}.withdraw", number)


def test_a_split_bill_is_booked_to_the_cent_and_reversed(world, records_as, act_as, postings, row_of, client_as):
    with records_as(world.tang, write=True) as records:
        number = records.create(BILL, bill(supplier=world.shuohe)).id
        with pytest.raises(ValidationFailed, match="charged to first"):
            records.act(f"{BILL}.accept", number, {})
    with records_as(world.tang, write=True) as records:
        records.create(SHARE, {"bill": number, "charged_to": world.project, "percent": "60"})
    with records_as(world.tang, write=True) as records, pytest.raises(ValidationFailed, match="60 %"):
        records.act(f"{BILL}.accept", number, {})
    with records_as(world.tang, write=True) as records:
        records.create(SHARE, {"bill": number, "charged_to": world.second, "percent": "40"})
    act_as(world.tang, f"{BILL}.accept", number)
    first, second = postings(source=number)
    assert first["amount"].amount + second["amount"].amount == Decimal("1000.01")
    assert (first["customer"].id, second["customer"].id) == (world.haverdijk, world.tangyu)
    assert row_of(BILL, number)["expected_on"].isoformat() == "2026-04-30"
    page = client_as(world.jin).get(f"/supplier/finance/bills/{number}").text
    assert "expected payment" in page and "Haverdijk" not in page
    act_as(world.tang, "finance.posting.reverse", first.id, reason="Wrong project", charged_to=world.second)
    three = postings(source=number)
    assert [row["amount"].amount for row in three] == [
        first["amount"].amount, second["amount"].amount, -first["amount"].amount, first["amount"].amount,
    ]  # fmt: skip
    with pytest.raises(ValidationFailed, match="reversed already"):
        act_as(world.tang, "finance.posting.reverse", first.id, reason="Again")
    with records_as("system", write=True) as records, pytest.raises(Denied, match="never changed"):
        records.update("finance.posting", first.id, {"about": "x"}, version=None)
    with records_as("system", write=True) as records, pytest.raises(Denied, match="never changed"):
        records.delete("finance.posting", first.id)


def test_a_closed_month_takes_nothing_more(world, records_as, act_as, claim_of):
    with records_as(world.tang, write=True) as records:
        records.create("finance.month", {"first_day": "2026-02-11", "reason": "Books of February are sent"})
    with records_as(world.tang, write=True) as records, pytest.raises(ValidationFailed, match="not over"):
        records.create("finance.month", {"first_day": world.today.isoformat(), "reason": "Too early"})
    with records_as(world.tang, write=True) as records:
        number = records.create(BILL, bill(supplier=world.shuohe)).id
        records.create(SHARE, {"bill": number, "for_unit": world.unit, "percent": "100"})
    with pytest.raises(ValidationFailed) as refused:
        act_as(world.tang, f"{BILL}.accept", number, day="2026-02-27")
    text = str(refused.value.errors[0].message)
    assert "February 2026" in text and "Books of February are sent" in text and "2026-03-01" in text
    act_as(world.tang, f"{BILL}.accept", number)
