"""What somebody just made stands in the list they made it from."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.weft_plugins("crm", "portal_employee")
def test_a_new_customer_stands_in_the_list_of_customers(client_as: Any) -> None:
    client = client_as("crm.sales_manager")
    made = client.post(
        "/employee/crm/accounts/new", data={"name": "Fresh Water", "role": "customer", "_had": "name,role"}
    )
    assert made.status_code == 303
    assert 'title="Fresh Water"' in client.get("/employee/crm/accounts/?role=customer").text
