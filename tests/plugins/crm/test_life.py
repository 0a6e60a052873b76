"""The life of a customer: who has one, what a move needs, and how it follows deals and contacts."""

from __future__ import annotations

import re

import pytest

from weft.core.errors import StateConflict, ValidationFailed
from weft.plugins.crm.services import worth

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

REP, MANAGER = "crm.sales_rep", "crm.sales_manager"


@pytest.fixture
def stages(make_record):
    rows = [("contact", "open"), ("won", "won"), ("lost", "lost")]
    return {
        code: make_record("crm.stage", code=code, label_en=code, position=n, probability=10, outcome=outcome)["id"]
        for n, (code, outcome) in enumerate(rows)
    }


@pytest.fixture
def customer(records_as):
    def make(**values):
        with records_as(REP, write=True) as records:
            return records.create("crm.account", {"name": "Heting Water", "role": ["customer"], **values})["id"]

    return make


def act(records_as, number, *actions, who=REP):
    with records_as(who, write=True) as records:
        for action in actions:
            records.act(f"crm.account.{action}", number, {})
        return records.get("crm.account", number)


def spoke(records_as, number, kind="call"):
    with records_as(REP, write=True) as records:
        records.act("crm.account.log_contact", number, {"kind": kind, "note": "Spoke."})


def deal(records, number, stages):
    return records.create("crm.opportunity", {"name": "D", "account": number, "stage": stages["contact"]})["id"]


def life_of(records_as, number):
    with records_as("system") as records:
        return records.get("crm.account", number)["life"]


def test_only_customers_have_a_life(records_as):
    with records_as(MANAGER, write=True) as records:
        supplier = records.create("crm.account", {"name": "Shuohe", "role": ["supplier"]})
        both = records.create("crm.account", {"name": "Both", "role": ["supplier", "customer"]})
        assert (supplier["life"], both["life"]) == (None, "basic")
        became = records.update("crm.account", supplier["id"], {"role": ["customer"]}, version=None)
        left = records.update("crm.account", both["id"], {"role": ["supplier"]}, version=None)
    assert (became["life"], left["life"]) == ("basic", None)


def test_potential_needs_a_contact_record_and_the_refusal_says_so(records_as, customer):
    number = customer()
    with pytest.raises(ValidationFailed, match="Log a contact first"):
        act(records_as, number, "to_potential")
    spoke(records_as, number, "note")
    with pytest.raises(ValidationFailed, match="nobody spoke to them"):
        act(records_as, number, "to_potential")
    spoke(records_as, number)
    assert act(records_as, number, "to_potential")["life"] == "potential"


def test_the_refusal_reaches_the_page_of_the_person(client_as, make_record, weft_cast):
    user = weft_cast.user(REP)
    number = make_record("crm.account", name="Heting Water", role=["customer"], owner=user)["id"]
    answer = client_as(user).post(f"/employee/crm/accounts/{number}/act/to_potential", headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "Log a contact first" in answer.text


def test_invalid_has_a_way_back_and_only_invalid_can_be_frozen(records_as, customer):
    number = customer()
    with pytest.raises(StateConflict):
        act(records_as, number, "freeze")
    frozen = act(records_as, number, "to_invalid", "freeze")
    assert (frozen["life"], frozen["frozen"]) == ("invalid", True)
    back = act(records_as, number, "to_basic")
    assert (back["life"], back["frozen"]) == ("basic", False)


def test_the_first_deal_makes_potential_once_somebody_spoke(records_as, customer, stages):
    spoken, silent = customer(), customer(name="Silent")
    spoke(records_as, spoken)
    with records_as(REP, write=True) as records:
        deal(records, spoken, stages)
        deal(records, silent, stages)
    assert (life_of(records_as, spoken), life_of(records_as, silent)) == ("potential", "basic")
    spoke(records_as, silent)
    assert life_of(records_as, silent) == "potential"


def test_winning_makes_a_won_customer_and_reopening_the_last_won_takes_it_back(records_as, customer, stages):
    number = customer()
    with records_as(REP, write=True) as records:
        first, second = deal(records, number, stages), deal(records, number, stages)
        records.act("crm.opportunity.win", first, {"closed_on": "2026-03-02"})
    with records_as(REP, write=True) as records:
        records.act("crm.opportunity.win", second, {"closed_on": "2026-05-04"})
        row = records.get("crm.account", number)
        assert (row["life"], row["customer_since"].isoformat()) == ("won", "2026-03-02")
        records.act("crm.opportunity.reopen", second, {})
        assert records.get("crm.account", number)["life"] == "won"
        records.act("crm.opportunity.reopen", first, {})
        row = records.get("crm.account", number)
    assert (row["life"], row["customer_since"]) == ("potential", None)


def test_undoing_the_win_takes_the_customer_along(records_as, customer, stages):
    number = customer()
    with records_as(REP, write=True) as records:
        one = deal(records, number, stages)
    with records_as(REP, write=True) as records:
        records.act("crm.opportunity.win", one, {})
        changed = records.change_set_id
    assert life_of(records_as, number) == "won"
    with records_as(REP, write=True) as records:
        records.undo(changed)
    assert life_of(records_as, number) == "basic"


def test_many_deals_are_followed_in_few_statements(records_as, customer, stages, query_count):
    numbers = [customer(name=f"C{n}") for n in range(40)]
    rows = [
        {"name": f"D{n}", "account": number, "stage": stages["won"], "outcome": "won", "closed_on": "2026-03-02"}
        for n, number in enumerate(numbers)
    ]
    with records_as(MANAGER, write=True) as records, query_count(at_most=60):
        records.load("crm.opportunity", rows)
    assert {life_of(records_as, number) for number in numbers} == {"won"}


def test_a_card_is_dropped_on_another_life_and_the_drop_undone(client_as, weft_cast, make_record, records_as):
    user = weft_cast.user(REP)
    number = make_record("crm.account", name="Heting Water", role=["customer"], owner=user)["id"]
    client = client_as(user)
    address = f"/employee/crm/accounts/{number}/move?role=customer&all=1&layout=board&by=life"
    answer = client.post(address, data={"to": "invalid"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and life_of(records_as, number) == "invalid"
    undo = answer.headers["HX-Trigger"].split("/undo/")[1].split("/")[0]
    client.post(f"/employee/undo/{undo}/", headers={"HX-Request": "true"})
    assert life_of(records_as, number) == "basic"


@pytest.mark.both_databases
def test_value_and_suggested_class_come_from_what_was_won_in_a_year(
    records_as, customer, stages, make_record, moved_clock
):
    big, small, old = customer(), customer(name="Small"), customer(name="Old")
    day = moved_clock().date()
    for account, amount, closed in (
        (big, "600000", day.replace(day=1)),
        (small, "150000", day.replace(day=1)),
        (old, "900000", day.replace(year=day.year - 2)),
    ):
        make_record(
            "crm.opportunity", name="D", account=account, stage=stages["won"], outcome="won",
            amount={"amount": amount, "currency": "EUR"}, closed_on=closed.isoformat(),
        )  # fmt: skip
    with records_as("system", write=True) as records:
        assert worth.assess(records) == 3 and worth.assess(records) == 0
        found = {
            number: (str(row["won_amount"].amount), row["suggested_class"])
            for number in (big, small, old)
            for row in [records.get("crm.account", number)]
        }
    assert found == {big: ("600000.00", "A"), small: ("150000.00", "B"), old: ("0.00", "C")}


def listed(client, query=""):
    """Names in the list of contacts."""
    return re.findall(
        r'class="wf-name wf-cut"[^>]*title="([^"]+)"', client.get(f"/employee/crm/contacts/?all=1{query}").text
    )


def test_people_of_a_frozen_customer_leave_lists_and_search_with_it_and_come_back(records_as, customer, client_as):
    number, other = customer(), customer(name="Other")
    with records_as(REP, write=True) as records:
        records.create("crm.contact", {"name": "Lieke Haagstra", "account": number})
        bram = records.create("crm.contact", {"name": "Bram Osterveld", "account": other})["id"]
    client = client_as(MANAGER)
    assert listed(client, "&sort=name") == ["Bram Osterveld", "Lieke Haagstra"]
    act(records_as, number, "to_invalid", "freeze")
    assert listed(client) == ["Bram Osterveld"]
    assert listed(client, "&frozen=true") == ["Lieke Haagstra"]  # never lost
    assert "Lieke" not in client.get("/employee/palette/?q=lieke").text
    assert "Lieke" not in client.get("/employee/search/?q=lieke").text.partition("<main")[2].partition("wf-search")[2]
    assert "Lieke Haagstra" in client.get(f"/employee/crm/accounts/{number}").text  # on the card itself
    # Whoever comes to a frozen customer is frozen too, and who leaves it is not.
    with records_as(MANAGER, write=True) as records:
        assert records.update("crm.contact", bram, {"account": number}, version=None)["frozen"] is True
        assert records.update("crm.contact", bram, {"account": other}, version=None)["frozen"] is False
    act(records_as, number, "unfreeze")
    assert listed(client, "&sort=name") == ["Bram Osterveld", "Lieke Haagstra"]


def test_undoing_a_freeze_brings_its_people_back(records_as, customer):
    number = customer()
    with records_as(REP, write=True) as records:
        person = records.create("crm.contact", {"name": "Lieke Haagstra", "account": number})["id"]
    act(records_as, number, "to_invalid")
    with records_as(REP, write=True) as records:
        records.act("crm.account.freeze", number, {})
        frozen = records.change_set_id
        assert records.get("crm.contact", person)["frozen"] is True
    with records_as(REP, write=True) as records:
        records.undo(frozen)
        assert records.get("crm.contact", person)["frozen"] is False
