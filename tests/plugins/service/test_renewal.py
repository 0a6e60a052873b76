"""An agreement is renewed: a later end, and the customer's people hear of it."""

from __future__ import annotations

from datetime import date

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, ValidationFailed

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]
AGREEMENT, RENEW = "service.agreement", "service.agreement.renew"


@pytest.fixture
def agreement(world, make_record):
    return make_record(
        AGREEMENT, name="Yearly care, 8 h", customer=world.firm, valid_from="2025-03-01", valid_to="2028-02-29"
    )["id"]  # fmt: skip


@pytest.fixture
def manager(weft_cast):
    return weft_cast.user("crm.sales_manager", name="Lu Jinghe")


def test_it_goes_on_for_a_year_and_the_customer_is_told_and_finds_it(
    world, asked, agreement, manager, make_record, records_as, client_as
):
    make_record("service.request", subject="Second", customer=world.firm, contact=world.person, agreement=agreement)
    with records_as(manager, write=True) as records:
        records.act(RENEW, agreement, {})
        assert records.get(AGREEMENT, agreement)["valid_to"] == date(2029, 2, 28)
    with records_as(world.lieke) as records:
        assert [one.kind for one in notices.inbox(records)].count("service.renewed") == 1
        second = records.query("service.request", filters={"subject": "Second"}).rows[0].id
    with records_as(world.ji) as records:
        assert "service.renewed" not in [one.kind for one in notices.inbox(records)]
    page = client_as(world.lieke).get(f"/customer/service/requests/{second}").text
    assert f'href="/customer/service/agreements/{agreement}"' in page
    assert "2029" in client_as(world.lieke).get(f"/customer/service/agreements/{agreement}").text


def test_it_ends_later_than_before(world, agreement, manager, make_record, records_as):
    endless = make_record(AGREEMENT, name="Care", customer=world.firm, valid_from="2025-03-01")["id"]
    for number, given in ((agreement, {"until": "2028-02-29"}), (endless, {})):
        with records_as(manager, write=True) as records, pytest.raises(ValidationFailed):
            records.act(RENEW, number, given)


def test_the_customer_and_the_rep_do_not_renew(world, agreement, records_as):
    for user in (world.lieke, world.rep, world.agent):
        with records_as(user, write=True) as records, pytest.raises((Denied, NotFound)):
            records.act(RENEW, agreement, {})
