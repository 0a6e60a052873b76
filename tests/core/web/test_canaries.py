"""Secrets that were typed or made never stand in a log line, in the audit trail or in a table that may be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlalchemy import MetaData, select

from weft.core.db.tables import core_metadata
from weft.core.identity import links, passwords, second_factor
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient, api_headers
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")
GOOD, WRONG, NEXT = "canary tulips under rain", "canary wrong password", "canary herons at dawn"


@pytest.fixture
def morning(
    weft_app: Any,
    client_as: Callable[..., WeftClient],
    weft_runtime: Runtime,
    weft_cast: Cast,
    moved_clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], set[str]]:
    """A morning of somebody, errors included; returns every secret that was part of it."""
    return lambda: _morning(weft_app, client_as, weft_runtime, weft_cast, moved_clock, monkeypatch)


def _morning(
    weft_app: Any, client_as: Any, weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock, monkeypatch: Any
) -> set[str]:
    user = weft_cast.user("employee", email="ann@test.example")
    secret = pyotp.random_base32()
    with weft_runtime.db.write() as connection:
        passwords.set_password(connection, user, GOOD, now=moved_clock.now)
        codes = second_factor.switch_on(connection, weft_runtime.settings, user, secret, 1, now=moved_clock.now)
        token, _end = links.issue(connection, "reset", user, now=moved_clock.now)
    client, path = client_as(None), "/auth/employee/sign-in"
    for password in (WRONG, GOOD):
        client.post(path, data={"email": "ann@test.example", "password": password})
    step = client.get_cookie("weft_step_employee").value
    client.post("/auth/employee/code", data={"code": codes[0]})
    session = client.get_cookie("weft_employee").value
    client.post(f"/auth/link/{token}", data={"password": NEXT, "again": "x"})
    moved_clock.move(minutes=16)
    client.get("/employee/")
    client.post("/employee/profile/tokens/", data={"name": "n", "scope": "read", "_confirm": WRONG})
    page = client.post("/employee/profile/tokens/", data={"name": "n", "scope": "read", "_confirm": GOOD})
    made = page.text.split('value="weft_')[1].split('"')[0]
    headers = api_headers(weft_runtime, user)
    weft_app.test_client().get("/api/v1/me", headers=headers)
    # A breakdown in the middle of a sign-in: the trace tells the place, never the values.
    weft_app.testing = False
    weft_app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(passwords, "verify", lambda *_arguments: 1 / 0)
    broken = client_as(None).post(path, data={"email": "ann@test.example", "password": NEXT})
    assert broken.status_code == 500 and NEXT not in broken.text
    bearer = headers["Authorization"].removeprefix("Bearer ")
    return {GOOD, WRONG, NEXT, secret, codes[0], codes[1], token, step, session, made, bearer}


def test_no_secret_is_logged(morning: Callable[[], set[str]], capfd: pytest.CaptureFixture[str]) -> None:
    secrets_used = morning()
    out, err = capfd.readouterr()
    said = out + err
    assert "request" in said, "the log was looked at"
    assert [secret for secret in secrets_used if secret in said] == []


def test_no_secret_stands_in_any_table(morning: Callable[[], set[str]], weft_runtime: Runtime) -> None:
    secrets_used = morning()
    tables: MetaData = core_metadata
    with weft_runtime.db.read() as connection:
        for table in tables.sorted_tables:
            text = repr(connection.execute(select(table)).all())
            found = [secret for secret in secrets_used if secret in text or secret.replace("-", "") in text]
            assert found == [], table.name
