"""Who asks is part of a request: those who read it are told the customer's name, and nothing else of the customer."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]
REQUEST, ACCOUNT = "service.request", "crm.account"


def test_a_head_is_told_who_asks_and_reads_nothing_of_the_customer(world, asked, records_as, client_as):
    with records_as(world.head) as records:
        row = records.get(REQUEST, asked)
        assert (row["customer"].title, row["customer"].restricted, row["customer"].type) == ("Haverdijk", True, "")
        assert records.query(ACCOUNT, filters={"id": str(world.firm)}).rows == []
    client = client_as(world.head)
    for address in ("/employee/service/requests/?all=1", f"/employee/service/requests/{asked}"):
        page = client.get(address).text
        assert "Haverdijk" in page and "Not shared with you" not in page
        assert f"/employee/crm/accounts/{world.firm}" not in page
    assert client.get(f"/employee/crm/accounts/{world.firm}").status_code == 404


def test_who_may_not_read_the_request_is_told_nothing(world, asked, client_as):
    """Not signed in, a colleague of another unit, and people of another customer."""
    assert client_as(None).get(f"/employee/service/requests/{asked}").status_code in (302, 303, 401)
    page = client_as(world.stranger).get(f"/employee/service/requests/{asked}")
    assert page.status_code == 404 and "Haverdijk" not in page.text
    page = client_as(world.ji).get(f"/customer/service/requests/{asked}")
    assert page.status_code == 404 and "Haverdijk" not in page.text


def test_fields_that_do_not_tell_stay_silent(world, asked, records_as):
    """Only the named fields tell; what a request is about stays closed to those who may not read it."""
    with records_as("system", write=True) as records:
        records.update(REQUEST, asked, {"about": world.rival}, version=None)
    with records_as(world.head) as records:
        about = records.get(REQUEST, asked)["about"]
    assert (about.title, about.restricted) == ("", True)


def test_the_card_of_a_customer_has_a_tab_with_its_requests(world, asked, client_as):
    client = client_as("crm.sales_manager")
    page = client.get(f"/employee/crm/accounts/{world.firm}").text
    assert f"/employee/crm/accounts/{world.firm}?tab=service.has_request~service.request" in page.replace("%7E", "~")
    tab = client.get(f"/employee/crm/accounts/{world.firm}?tab=service.has_request~service.request").text
    assert "LD-3 loggers stop at night" in tab
