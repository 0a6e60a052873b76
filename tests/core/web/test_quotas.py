"""How often one person may ask, whose address counts behind a proxy, and which origins may write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.people import Cast
from weft.core.web import quotas
from weft.core.web.app import create_app
from weft.core.web.routing import mark_of

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


def test_one_person_exports_ten_times_an_hour_and_others_go_on(
    client_as: Callable[..., WeftClient], make_record: Any, weft_cast: Cast
) -> None:
    make_record("crm.account", name="Acme", role=["customer"])
    client, path = client_as(weft_cast.user("crm.sales_manager")), "/employee/crm/accounts/export.csv"
    answers = [client.get(path).status_code for _number in range(12)]
    assert answers == [200] * 10 + [429] * 2
    refused = client.get(path)
    assert refused.headers["Retry-After"] == "600" and "exported ten times" in refused.text
    assert client_as(weft_cast.user("crm.sales_manager")).get(path).status_code == 200


def test_searches_are_counted_and_the_rest_of_the_work_goes_on(
    client_as: Callable[..., WeftClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(quotas.QUOTAS, "search", (3, 60))
    client = client_as("employee")
    assert [client.get("/employee/search/?q=a").status_code for _number in range(4)] == [200, 200, 200, 429]
    assert client.get("/employee/").status_code == 200


def test_a_form_is_checked_so_often_and_says_when_no_more(
    client_as: Callable[..., WeftClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(quotas.QUOTAS, "check", (2, 60))
    client, typed = client_as("crm.sales_rep"), {"name": "Acme", "_had": "name"}
    answers = [client.post("/employee/crm/accounts/check", data=typed) for _number in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "checked very often" in answers[2].text and "<html" not in answers[2].text
    assert answers[2].headers["Retry-After"] == "60"
    assert client_as("crm.sales_manager").post("/employee/crm/accounts/check", data=typed).status_code == 200


def test_every_upload_counts(weft_app: Any) -> None:
    marks = [mark_of(weft_app, rule.endpoint) for rule in weft_app.url_map.iter_rules()]
    assert {mark.quota for mark in marks if mark is not None and mark.upload} == {"upload"}


def test_work_goes_on_when_the_counter_breaks(client_as: Callable[..., WeftClient], weft_app: Any) -> None:
    class Gone:
        def hit(self, *_arguments: Any) -> bool:
            raise ConnectionError("redis is gone")

    weft_app.extensions["weft.quotas"] = Gone()
    assert client_as("employee").get("/employee/search/?q=a").status_code == 200


@pytest.mark.parametrize(("hops", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.1")])
def test_only_as_many_proxies_are_believed_as_the_operator_named(
    weft_runtime: Runtime, hops: int, address: str
) -> None:
    from weft.core.identity.tables import sign_in_attempt

    weft_runtime.settings = weft_runtime.settings.with_changes(proxy_hops=hops)
    app = create_app(weft_runtime, testing=True)
    app.test_client_class = WeftClient
    headers = {"X-Forwarded-For": "192.0.2.66, 198.51.100.1, 203.0.113.9", "X-Forwarded-Host": "evil.example"}
    data = {"email": "nobody@test.example", "password": "wrong wrong wrong"}
    assert app.test_client().post("/auth/employee/sign-in", data=data, headers=headers).status_code == 401
    with weft_runtime.db.read() as connection:
        assert connection.execute(sign_in_attempt.select()).one().address == address


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 303),
        ("http://localhost:9999", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("https://evil.example", 403),
    ],
)
def test_the_whole_origin_counts(
    weft_app: Any, weft_runtime: Runtime, weft_cast: Cast, origin: str, status: int
) -> None:
    client = sign_in(weft_app, weft_runtime, weft_cast.user("employee"))
    answer = client.post("/employee/me/theme/", data={"theme": "dark"}, headers={"Origin": origin})
    assert answer.status_code == status
