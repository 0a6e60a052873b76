"""The checks at the end of the description of the demo company: every entry opens and every tile is filled, for all."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weft.core.testing.client import WeftClient
from weft.core.testing.client import sign_in as client_of
from weft.core.web.app import create_app

PEOPLE = (
    "admin", "manager", "sales", "hr", "finance", "project", "employee", "head", "executive", "customer", "supplier",
    "distributor", "agent",
)  # fmt: skip
PORTALS = {"customer": "customer", "supplier": "supplier", "distributor": "distributor", "agent": "distributor"}
_ENTRY = re.compile(r'<a[^>]*href="(/[a-z]+/[^"#]*)"')


@pytest.fixture(scope="module")
def company(serve_demo: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One copy of the demo for everybody: nobody writes here."""
    with serve_demo(tmp_path_factory.mktemp("everybody") / "home") as company:
        yield company


@pytest.fixture(scope="module")
def app(company: Any) -> Any:
    """The application over the demo, asked without a browser."""
    app = create_app(company.runtime, testing=True)
    app.test_client_class = WeftClient
    return app


@pytest.mark.parametrize("who", PEOPLE)
def test_every_entry_opens_and_every_tile_is_filled(company: Any, app: Any, who: str) -> None:
    portal = PORTALS.get(who, "employee")
    if portal != "employee":
        company.agree(who)
    client = client_of(app, company.runtime, company.people[who])
    home = client.get(f"/{portal}/")
    assert home.status_code == 200
    entries = [
        one for one in dict.fromkeys(map(html.unescape, _ENTRY.findall(home.text))) if one.startswith(f"/{portal}/")
    ]
    assert len(entries) > 5
    refused = {
        one: answer.status_code
        for one in entries
        if (answer := client.get(one, follow_redirects=True)).status_code != 200
    }
    assert refused == {}
    assert "could not be filled" not in home.text and "暂时无法" not in home.text
