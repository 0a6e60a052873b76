"""What breaks inside is logged without secrets and answered without a word about the inside."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.records import facade

pytestmark = pytest.mark.weft_plugins("crm")


def test_a_breakdown_shows_neither_the_token_nor_the_inside(
    weft_runtime: Any, api_as: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from weft.core.web.app import create_app

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the table crm_account is on fire")

    client, headers = create_app(weft_runtime).test_client(), api_as("crm.sales_manager")
    monkeypatch.setattr(facade.Records, "query", broken)
    answer = client.get("/api/v1/crm/accounts", headers=headers)
    assert answer.status_code == 500
    assert answer.get_json() == {"type": "about:blank", "title": "Something went wrong on our side", "status": 500}
    logged = capsys.readouterr()
    assert "on fire" in logged.out + logged.err
    assert headers["Authorization"].removeprefix("Bearer ") not in logged.out + logged.err
