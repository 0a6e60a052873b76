"""What a list shows by one grant and another grant lets export: the file holds the latter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.estate import EstatePlugin
from weft.core.testing.plugins import named


@pytest.fixture
def weft_plugins() -> list[Any]:
    return [EstatePlugin, *named(["portal_employee", "portal_customer"])]


def test_a_field_that_may_be_read_but_not_exported_is_left_out(
    client_as: Any, weft_cast: Any, make_record: Any
) -> None:
    firm = make_record("estate.firm", name="Alder")
    site = make_record("estate.site", name="Mill", tenant=firm.id)
    make_record("estate.job", subject="Leaking valve", site=site.id, cost=7070)
    browser = client_as(weft_cast.user("estate.tenant", anchors=[firm.id]))
    assert "7,070" in browser.get("/customer/estate/jobs/").text
    answer = browser.get("/customer/estate/jobs/export.csv")
    assert answer.status_code == 200
    assert "Leaking valve" in answer.text
    assert "7070" not in answer.text
