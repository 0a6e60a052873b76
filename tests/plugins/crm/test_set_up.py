"""What the company sets up once is found in Settings; what code alone keeps is seen by nobody."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


def test_an_administrator_finds_stages_pools_and_rules_in_settings(client_as):
    page = client_as("core.admin").get("/employee/settings/values/").text
    for slug in ("pipelines", "stages", "pools", "pool-rules", "allocation-rules", "web-forms"):
        assert f"/employee/crm/{slug}/" in page


def test_what_is_set_up_once_is_not_in_the_sidebar(client_as):
    assert "/employee/crm/pool-rules/" not in client_as("crm.sales_manager").get("/employee/").text


def test_match_keys_are_known_to_nobody_but_the_platform(weft_app, api_as, records_as, make_record):
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    token = api_as("crm.sales_manager")
    client = weft_app.test_client()
    found = client.get(f"/api/v1/crm/accounts/{account}", headers=token).get_json()
    assert not [name for name in found if name.startswith("match_")]
    assert client.get("/api/v1/crm/accounts?match_name=x", headers=token).status_code == 400
    refused = client.post(
        "/api/v1/crm/accounts", json={"name": "X", "role": ["customer"], "match_name": "y"}, headers=token
    )
    assert refused.status_code == 422
    assert "match_name" not in client.get("/api/v1/openapi.json", headers=token).text
    with records_as("system") as records:
        assert "match_name" in records.get("crm.account", account)


def test_match_keys_do_not_close_the_session_of_a_salesperson(records_as):
    from sqlalchemy import select

    from weft.plugins.crm.models.accounts import Account

    with records_as("crm.sales_rep", write=True) as records:
        records.create("crm.account", {"name": "Heting Water", "role": ["customer"]})
        assert [row.name for row in records.session.scalars(select(Account))] == ["Heting Water"]
