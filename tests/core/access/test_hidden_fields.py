"""A field somebody may not know of answers like none at all, also where a value is wrong or is looked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.estate import EstatePlugin
from weft.core.testing.plugins import named


@pytest.fixture
def weft_plugins() -> list[Any]:
    return [EstatePlugin, *named(["portal_employee", "portal_customer"])]


@pytest.fixture
def firm(make_record: Any) -> Any:
    """A firm that rents a site where there is something to do."""
    found = make_record("estate.firm", name="Alder")
    site = make_record("estate.site", name="Mill", tenant=found.id)
    make_record("estate.job", subject="Leaking valve", site=site.id)
    return found


@pytest.mark.parametrize(("name", "value"), [("tags", "x"), ("remark", 5), ("nothing", "x")])
def test_a_wrong_value_does_not_tell_that_the_field_exists(
    weft_app: Any, api_as: Any, weft_cast: Any, records_as: Any, firm: Any, name: str, value: Any
) -> None:
    headers = {**api_as(weft_cast.user("estate.tenant", anchors=[firm.id])), "If-Match": '"1"'}
    with records_as("system") as records:
        number = records.query("estate.job").rows[0].id
    client = weft_app.test_client()
    answers = [
        client.patch(f"/api/v1/estate/jobs/{number}", json={name: value}, headers=headers),
        client.post(
            "/api/v1/estate/jobs/bulk", headers=headers,
            json={"operation": "update", "ids": [number], "values": {name: value}, "expected": 1},
        ),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 422
        assert [(one["field"], one["code"]) for one in answer.get_json()["errors"]] == [(name, "unknown")]


def test_a_picker_of_a_hidden_field_does_not_exist(client_as: Any, weft_cast: Any, firm: Any) -> None:
    browser = client_as(weft_cast.user("estate.tenant", anchors=[firm.id]))
    assert browser.get("/customer/pick/estate/jobs/site/?q=").status_code == 200
    assert browser.get("/customer/pick/estate/sites/tenant/?q=").status_code == 404
    assert browser.get("/customer/pick/estate/sites/nothing/?q=").status_code == 404
