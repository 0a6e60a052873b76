"""What an answer costs: few statements, as many for one row as for many."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.weft_plugins("crm")


@pytest.fixture
def program(weft_app: Any, weft_cast: Any, api_as: Any, make_record: Any) -> tuple[Any, dict[str, str], int]:
    """A client of a sales rep with ten customers, warmed up."""
    rep = weft_cast.user("crm.sales_rep")
    parent = make_record("crm.account", name="Group", owner=rep)
    rows = [make_record("crm.account", name=f"Firm {n}", owner=rep, parent=parent.id) for n in range(10)]
    client, headers = weft_app.test_client(), api_as(rep)
    for address in ("/api/v1/me", "/api/v1/crm/accounts", f"/api/v1/crm/accounts/{rows[0].id}"):
        assert client.get(address, headers=headers).status_code == 200
    return client, headers, rows[0].id


def test_one_record_is_four_statements_and_a_page_no_more_than_five(program: Any, query_count: Any) -> None:
    client, headers, record = program
    with query_count(at_most=4):  # token, record, titles of references, people
        assert client.get(f"/api/v1/crm/accounts/{record}", headers=headers).status_code == 200
    for limit in (2, 11):
        with query_count(at_most=5):  # and which shape is the better one
            found = client.get(f"/api/v1/crm/accounts?limit={limit}", headers=headers).get_json()["data"]
        assert len(found) == limit


def test_the_description_is_made_once(program: Any, query_count: Any) -> None:
    client, headers, _record = program
    first = client.get("/api/v1/openapi.json", headers=headers)
    with query_count(at_most=1):  # the token
        again = client.get("/api/v1/openapi.json", headers=headers)
    assert again.data == first.data
