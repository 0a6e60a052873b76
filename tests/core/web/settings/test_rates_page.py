"""Settings > Company > Exchange rates."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from weft.core.identity import audit, company
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.records import rates
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.declarations import PortalSpec
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.clock import MovedClock

HERE = "/employee/settings/company/rates/"
ClientAs = Callable[[str], WeftClient]


class OfficePlugin(Plugin):
    """The employees' portal."""

    key, title, api = "office", "Office", ">=1,<2"
    package = "tests"

    @hookimpl
    def weft_portals(self) -> list[PortalSpec]:
        return [PortalSpec("employee", "employee", "Employees")]


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    return [OfficePlugin]


@pytest.fixture(autouse=True)
def chinese_company(weft_runtime: Runtime, moved_clock: MovedClock) -> None:
    with weft_runtime.db.write() as conn:
        company.save(conn, name="Weirholm", currency="CNY")


def stored(runtime: Runtime) -> dict[str, str]:
    with runtime.db.read() as conn:
        return {rate.currency: f"{rate.rate.normalize():f}" for rate in rates.newest(conn)}


def form(clock: MovedClock, **changes: str) -> dict[str, str]:
    return {"currency": "EUR", "on_date": clock.now.date().isoformat(), "rate": "7.4326", **changes}


def test_a_rate_is_set_by_hand_and_noted(client_as: ClientAs, weft_runtime: Runtime, moved_clock: MovedClock) -> None:
    client = client_as(ADMIN)
    assert "No rates in CNY yet." in client.get(HERE).text
    answer = client.post(HERE, data=form(moved_clock))
    assert (answer.status_code, answer.location) == (303, HERE)
    assert stored(weft_runtime) == {"EUR": "7.4326"}
    assert "CNY 7.4326" in client.get(HERE).text
    with weft_runtime.db.read() as conn:
        assert [entry.action for entry in audit.entries(conn)] == ["rates.update"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"currency": "CNY"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"rate": "0"}, "rate"),
        ({"rate": "abc"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"on_date": "soon"}, "on_date"),
        ({"on_date": "2999-01-01"}, "on_date"),
    ],
)
def test_unusable_rates_are_told_at_the_field(
    client_as: ClientAs, weft_runtime: Runtime, moved_clock: MovedClock, changes: dict[str, str], name: str
) -> None:
    page = client_as(ADMIN).post(HERE, data=form(moved_clock, **changes))
    assert page.status_code == 422
    assert f'id="f-{name}-error"' in page.text
    assert stored(weft_runtime) == {}


def upload(client: WeftClient, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "eurofxref-hist.csv")}
    return client.post(HERE + "file/", data=data, content_type="multipart/form-data")


def test_the_file_of_the_central_bank_is_loaded(
    client_as: ClientAs, weft_runtime: Runtime, moved_clock: MovedClock
) -> None:
    client, day = client_as(ADMIN), moved_clock.now.date()
    lines = [f"{day},1.1172,7.4326,N/A,", f"{day - timedelta(days=1)},1.113,7.43,170,"]
    answer = upload(client, "\n".join(["Date,USD,CNY,JPY,", *lines]).encode())
    assert answer.status_code == 303
    assert stored(weft_runtime)["EUR"] == "7.4326"
    assert stored(weft_runtime)["JPY"].startswith("0.0437"), "the last day that quotes it"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"Date,USD,\n2026-01-05,1.1,\n"])
def test_other_files_are_refused_and_change_nothing(client_as: ClientAs, weft_runtime: Runtime, content: bytes) -> None:
    assert upload(client_as(ADMIN), content).status_code == 422
    assert stored(weft_runtime) == {}


def test_only_administrators_get_there(client_as: ClientAs, weft_runtime: Runtime, moved_clock: MovedClock) -> None:
    for who in ("employee", None):
        client = client_as(who)  # type: ignore[arg-type]
        assert client.get(HERE).status_code in (302, 303, 403, 404)
        assert client.post(HERE, data=form(moved_clock)).status_code in (302, 303, 401, 403, 404)
    assert stored(weft_runtime) == {}
