"""What a seller may not do by a side door: lines of a colleague's deal, names behind guessed numbers."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, StateConflict
from weft.plugins.crm.services import claims

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

REP, MANAGER = "crm.sales_rep", "crm.sales_manager"


@pytest.fixture
def deal(weft_cast, make_record):
    """A deal of Su's with a supplier, whom every seller may read."""
    supplier = make_record("crm.account", name="Nordlyng Sensors", role=["supplier"])["id"]
    stage = make_record("crm.stage", code="contact", label_en="Contact", outcome="open", probability=10, position=1)
    su = weft_cast.user(REP, name="Su Yingchuan")
    given = {"name": "Joint offer", "account": supplier, "stage": stage["id"]}
    return make_record("crm.opportunity", owner=su, **given)["id"], su


def _line(number):
    price = {"amount": "5", "currency": "CNY"}
    return {"opportunity": number, "description": "LD-3", "quantity": "1", "unit_price": price}


def test_only_who_may_change_a_deal_writes_its_lines(weft_cast, make_record, deal):
    number, su = deal
    lin, manager = weft_cast.user(REP, name="Lin Shutong"), weft_cast.user(MANAGER, name="Lu Jinghe")
    for person in (su, manager):
        with weft_cast.records(person, write=True) as records:
            made = records.create("crm.deal_line", _line(number))["id"]
    own = make_record("crm.opportunity", name="Own deal", account=make_record(
        "crm.account", name="Heting Water", role=["customer"], life="potential", owner=lin)["id"], owner=lin,
        stage=_stage(weft_cast, number))["id"]  # fmt: skip
    with weft_cast.records(lin, write=True) as records:
        records.create("crm.deal_line", _line(own))
        with pytest.raises(Denied):
            records.create("crm.deal_line", _line(number))
        with pytest.raises(Denied):
            records.update("crm.deal_line", made, {"quantity": "9"}, version=None)
        with pytest.raises(Denied):
            records.delete("crm.deal_line", made)
    with weft_cast.records("system") as records:
        assert str(records.get("crm.opportunity", number)["amount"].amount) == "10.00"


def _stage(cast, deal):
    with cast.records("system") as records:
        return records.get("crm.opportunity", deal)["stage"].id


def test_claiming_a_guessed_number_tells_no_name(weft_cast, make_record):
    lin, su = weft_cast.user(REP, name="Lin Shutong"), weft_cast.user(REP, name="Su Yingchuan")
    hidden = make_record("crm.account", name="Heting Water", role=["customer"], life="potential", owner=su)["id"]
    with pytest.raises(StateConflict) as refused, weft_cast.records(lin, write=True) as records:
        claims.claim(records, [hidden])
    assert "Heting" not in str(refused.value)


def test_what_one_may_read_by_its_account_is_not_ones_own_to_change(weft_cast, make_record, deal):
    number, _su = deal
    lin = weft_cast.user(REP, name="Lin Shutong")
    with weft_cast.records("system") as records:
        supplier = records.get("crm.opportunity", number)["account"].id
    person = make_record("crm.contact", name="Solveig Brekkan", account=supplier)["id"]
    with weft_cast.records(lin, write=True) as records:
        assert records.get("crm.opportunity", number)["name"] == "Joint offer"
        with pytest.raises(Denied):
            records.update("crm.opportunity", number, {"name": "Mine"}, version=None)
        with pytest.raises(Denied):
            records.delete("crm.contact", person)
