"""What pages cost: the number of statements never grows with the number of rows."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


def test_a_list_asks_no_more_for_many_rows(client_as: Any, make_record: Any, query_count: Any, weft_cast: Any) -> None:
    owner = weft_cast.user("crm.sales_rep")
    client, path = client_as("crm.sales_manager"), "/employee/crm/contacts/?sort=title"

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            account = make_record("crm.account", name=f"Company {number}", role=["customer"], owner=owner)
            make_record("crm.contact", name=f"Person {number:03}", account=account.id, owner=owner)

    fill(0, 3)
    client.get(path)  # fills the caches of this process
    with query_count() as few:
        client.get(path)
    fill(3, 40)
    with query_count() as many:
        assert "Person 039" in client.get(path).text
    assert many.number <= few.number, (few.number, many.number)
    assert many.number <= 30


def test_a_record_page_asks_no_more_for_many_links(client_as: Any, make_record: Any, query_count: Any) -> None:
    account = make_record("crm.account", name="Alder Water", role=["customer"])
    client, path = client_as("crm.sales_manager"), f"/employee/crm/accounts/{account.id}"
    for number in range(2):
        make_record("crm.contact", name=f"Person {number}", account=account.id)
    client.get(path)
    with query_count() as few:
        client.get(path)
    for number in range(2, 25):
        make_record("crm.contact", name=f"Person {number}", account=account.id)
    with query_count() as many:
        client.get(path)
    assert many.number <= few.number + 1, (few.number, many.number)
    # The customer card also reads what is still to do, deals, habits and who of us works there.
    assert many.number <= 56
