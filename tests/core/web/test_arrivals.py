"""What stands at the head of the next home page, and how much of it."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.collaboration import notices, sentences

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven kinds of notices, each with a head of its own."""
    names = [f"crm.test_{number}" for number in range(7)]
    for number, name in enumerate(names):
        monkeypatch.setitem(sentences._KINDS, name, f"Something of kind {number}")
        monkeypatch.setitem(sentences._HEADLINES, name, f"Headline {number}")
    return names


def test_many_kinds_do_not_push_the_home_page_away(
    kinds: list[str], client_as: Any, weft_cast: Any, records_as: Any
) -> None:
    user = weft_cast.user("crm.sales_rep")
    with records_as("system", write=True) as records:
        for name in kinds:
            notices.note(records, [user], name, None, {}, at_sign_in=True)
    client = client_as(user)
    bands = client.get("/employee/").text.split('<div class="wf-arrived" data-arrived>')[1:]
    assert len(bands) == 6
    assert "Headline 6" in bands[0] and "2 more notices" in bands[5] and "/employee/notices/" in bands[5]
    # All of them count as shown; they stay in the inbox.
    assert "data-arrived" not in client.get("/employee/").text
    assert client.get("/employee/notices/").text.count("Something of kind") >= len(kinds)
