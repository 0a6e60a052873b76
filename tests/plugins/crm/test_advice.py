"""What stands beside a decision about a deal: all of its lines, what a discount leaves, within the reader's rights."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from weft.core.access import rule_changes
from weft.core.access.rule_checks import present_rules
from weft.core.db.money import Money
from weft.core.identity import units as org_units
from weft.plugins.crm.services import deals, products

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

HEAD = "portal_employee.department_head"


@pytest.fixture
def people(weft_runtime, weft_cast, moved_clock):
    """(who asks, the head who decides)."""
    unit = weft_cast.unit("Sales")
    rep = weft_cast.user("crm.sales_rep", name="Lin Shutong", units=[unit])
    head = weft_cast.user(HEAD, name="Lu Jinghe")
    with weft_runtime.db.write() as connection:
        org_units.add_member(connection, head, unit, now=moved_clock(), head=True)
    return rep, head, unit


@pytest.fixture
def beside(people, make_record, client_as, records_as):
    """``beside(lines, discount)``: text of the page on which the head decides about a discount on such a deal."""

    def run(lines, discount="12", before=lambda: None):
        rep, head, unit = people
        firm = make_record("crm.account", name="Brunnvik", role=["customer"], owner=rep)["id"]
        stage = make_record("crm.stage", code="proposal", label_en="Proposal", label_zh="方案报价", position=10)["id"]
        deal = make_record("crm.opportunity", owner=rep, unit=unit, name="Mill", account=firm, stage=stage)["id"]
        with records_as("system", write=True) as records:
            records.load("crm.deal_line", [{**line, "opportunity": deal} for line in lines])
        asked = {"discount": discount, "reason": "Ostrane offers less"}
        answer = client_as(rep).post(f"/employee/workflow/begin/{deal}/crm.discount", data=asked)
        assert answer.status_code in (204, 303), answer.text
        before()
        with records_as(head) as records:
            task = records.query("workflow.task", filters={"status": "open", "owner": "me"}).rows[0]["id"]
        page = client_as(head).get(f"/employee/workflow/tasks/{task}")
        assert page.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))

    return run


def line(text, quantity, price, currency):
    return {"description": text, "quantity": quantity, "unit_price": {"amount": price, "currency": currency}}


def test_all_lines_count_and_the_rest_is_named(beside):
    page = beside([line(f"Pump {n:03}", "1", "100.00", "EUR") for n in range(230)])
    assert "Less 12 % EUR 23,000 before EUR 20,240" in page
    assert "Pump 049" in page and "Pump 050" not in page
    assert "180 more lines EUR 18,000" in page


def test_a_currency_without_decimals_has_none(beside):
    page = beside([line("Pump", "3", "333", "JPY"), line("Valve", "1", "101", "JPY")], discount="7.5")
    # 999 less 7.5 % is 924.075, 101 less 7.5 % is 93.425
    assert "Less 7.5 % JPY 1,100 before JPY 1,017" in page
    assert not re.search(r"JPY [\d,]+\.\d", page)


def test_what_a_discount_leaves_is_written_in_whole_yen():
    assert products.amount_of(Decimal(3), Money(Decimal(333), "JPY"), Decimal("7.5")) == Money(Decimal(924), "JPY")
    assert products.amount_of(Decimal(3), Money(Decimal(333), "EUR"), Decimal("7.5")).amount == Decimal("924.08")


def test_a_deal_without_lines_is_discounted_to_whole_yen(people, make_record, records_as):
    rep, _head, _unit = people
    firm = make_record("crm.account", name="Kawabe", role=["customer"], owner=rep)["id"]
    stage = make_record("crm.stage", code="proposal", label_en="Proposal", label_zh="方案报价", position=10)["id"]
    deal = make_record("crm.opportunity", owner=rep, name="Mill", account=firm, stage=stage,
                       amount={"amount": "999", "currency": "JPY"})["id"]  # fmt: skip
    with records_as("system", write=True) as records:
        deals.give_discount(records, deal, Decimal("7.5"))
        assert records.get("crm.opportunity", deal)["amount"] == Money(Decimal(924), "JPY")


@pytest.mark.parametrize(
    ("fields", "shown", "hidden"),
    [
        (["description", "quantity", "position", "opportunity"], ["Pump", "Valve"], ["EUR 100", "Less 12 %"]),
        (["description", "quantity", "unit_price", "position", "opportunity"], ["EUR 100", "EUR 176"], []),
        (["description"], [], ["EUR 100", "Less 12 %"]),
        (None, [], ["Pump", "Valve", "Less 12 %"]),
    ],
)
def test_only_what_the_reader_may_read_stands_there(beside, weft_cast, fields, shown, hidden):
    """The company takes fields of lines, or the lines, from the heads."""

    def take_away():
        rules = [{"actions": ["read"], "rows": {"kind": "all"}, "fields": fields, "without": []}] if fields else []
        with weft_cast.records("core.admin", write=True) as records:
            seen = present_rules(records.runtime.registry, HEAD, "crm.deal_line")
            rule_changes.save_rules(records, HEAD, {"crm.deal_line": (seen, rules)})

    page = beside([line("Pump", "1", "100.00", "EUR"), line("Valve", "1", "100.00", "EUR")], before=take_away)
    assert [word for word in shown if word not in page] == []
    assert [word for word in hidden if word in page] == []
