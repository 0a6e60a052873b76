"""A bank account of a customer or supplier changes when finance confirms it, whoever of the company typed it."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound
from weft.core.records import confirming

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "finance", "portal_employee", "portal_customer", "portal_supplier"
)
ACCOUNT = "crm.account"
OLD, NEW = "NL91ABNA0417164300", "NL00NEW0000000001"


@pytest.fixture
def rep(world, weft_cast, records_as):
    """A salesperson who looks after the supplier."""
    user = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    with records_as("system", write=True) as records:
        records.assign(ACCOUNT, world.shuohe, owner=user)
    return user


def _typed(records_as, who, firm):
    with records_as(who, write=True) as records:
        records.update(ACCOUNT, firm, {"bank_account": NEW, "phone": "+31100000001"}, version=None)


def test_what_a_colleague_types_waits_for_finance(world, rep, records_as, row_of):
    _typed(records_as, rep, world.shuohe)
    row = row_of(ACCOUNT, world.shuohe)
    assert (row["bank_account"], row["phone"]) == (OLD, "+31100000001")  # the rest is changed at once
    with records_as(rep, write=True) as records:
        (mine,) = confirming.asked(records, world.shuohe)
        assert not mine.may_decide
        with pytest.raises(Denied, match="may change this value"):
            confirming.confirm(records, mine.id, "I know them")
    with records_as(world.tang, write=True) as records:
        (asked,) = confirming.waiting_for(records)
        confirming.confirm(records, asked.id, "Called back on 0574")
    assert row_of(ACCOUNT, world.shuohe)["bank_account"] == NEW


def test_who_may_not_change_the_record_asks_for_nothing(world, rep, weft_cast, records_as, row_of):
    """Without the right, and with another person's supplier."""
    other = weft_cast.user("crm.sales_rep", name="Gu Nanqiao")
    for who in (world.xu, other):
        with pytest.raises((NotFound, Denied)):
            _typed(records_as, who, world.shuohe)
    with records_as(world.tang) as records:
        assert confirming.waiting_for(records) == []
    assert row_of(ACCOUNT, world.shuohe)["bank_account"] == OLD


def test_what_an_owner_confirms_is_not_hidden_by_what_finance_confirms(world, rep, weft_cast, records_as):
    admin = weft_cast.user("portal_supplier.admin", name="Jin Xubai", anchors=[world.shuohe])
    with records_as(admin, write=True) as records:
        records.update(ACCOUNT, world.shuohe, {"tax_id": "NL001234567B01"}, version=None)
        records.update(ACCOUNT, world.shuohe, {"bank_account": NEW}, version=None)
    with records_as(rep) as records:
        assert [one.field for one in confirming.waiting_for(records, limit=1)] == ["tax_id"]
    with records_as(world.tang) as records:
        assert [one.field for one in confirming.waiting_for(records)] == ["bank_account"]
