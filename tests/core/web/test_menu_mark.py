"""The menu marks the list a record belongs to, by the record's own values."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.mark.parametrize(
    ("role", "marked"),
    [
        ("customer", "role=customer"),
        ("supplier", "role=supplier"),
        ("agent", "role__in=distributor%2Cagent"),
        ("partner", ""),
    ],
)
def test_a_record_stands_under_the_list_it_belongs_to(client_as, make_record, role, marked):
    account = make_record("crm.account", name="Heting Water", role=[role])["id"]
    text = client_as("crm.sales_manager").get(f"/employee/crm/accounts/{account}").text
    found = {address.partition("?")[2] for address in re.findall(r'href="([^"]*)"[^>]*aria-current="page"', text)}
    assert marked in found
    assert not (found & {"role=customer", "role=supplier"}) - {marked}
