"""The description of the interface is valid OpenAPI 3.1 and shows only what the caller may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate

pytestmark = pytest.mark.weft_plugins("crm")

Headers = Callable[..., dict[str, str]]


def described(app: Any, headers: dict[str, str]) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize("role", ["crm.sales_manager", "employee", "customer"])
def test_the_document_is_valid(weft_app: Any, api_as: Headers, role: str) -> None:
    document = described(weft_app, api_as(role))
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_a_manager_sees_how_to_write_and_an_employee_does_not(weft_app: Any, api_as: Headers) -> None:
    manager = described(weft_app, api_as("crm.sales_manager"))
    assert {"get", "post"} <= set(manager["paths"]["/api/v1/crm/accounts"])
    assert "name" in manager["components"]["schemas"]["crm.account.new"]["required"]
    employee = described(weft_app, api_as("employee"))
    assert "/api/v1/crm/accounts" not in employee["paths"]
    assert not any(name.startswith("crm.") for name in employee["components"]["schemas"])


def test_an_outsider_sees_only_the_fields_of_the_grant(
    weft_app: Any, weft_cast: Any, api_as: Headers, make_record: Any
) -> None:
    company = make_record("crm.account", name="Haverdijk", note="internal")
    visitor = weft_cast.user("customer", anchors=[company.id])
    schemas = described(weft_app, api_as(visitor))["components"]["schemas"]
    assert "website" in schemas["crm.account"]["properties"]
    assert not {"note", "value_class", "owner"} & set(schemas["crm.account"]["properties"])
    assert "crm.account.new" not in schemas
