"""What the interface refuses, and that a refusal is a problem document which leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from weft.core.db.tables import core_metadata
from weft.core.identity import tokens
from weft.core.rest import limits
from weft.core.testing.clock import MovedClock

pytestmark = pytest.mark.weft_plugins("crm")

Headers = Callable[..., dict[str, str]]
ACCOUNTS = "/api/v1/crm/accounts"


def is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert body["title"]


@pytest.fixture
def manager(api_as: Headers) -> dict[str, str]:
    return api_as("crm.sales_manager")


def test_only_bearer_tokens_are_taken(weft_app: Any, client_as: Any, manager: dict[str, str]) -> None:
    client = weft_app.test_client()
    for header in (None, "Basic abc", "Bearer ", "Bearer weft_wrong", "Bearer " + "x" * 5000):
        answer = client.get(ACCOUNTS, headers={"Authorization": header} if header else {})
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    is_problem(client_as("crm.sales_manager").get(ACCOUNTS), 401)  # a signed-in browser is nobody here
    assert client.get(ACCOUNTS, headers=manager).status_code == 200


def test_an_ended_token_is_refused(weft_app: Any, weft_runtime: Any, weft_cast: Any, moved_clock: MovedClock) -> None:
    user = weft_cast.user_of("crm.sales_manager")
    with weft_runtime.db.write() as connection:
        issued = tokens.issue(connection, user, "program", now=moved_clock.now)
    client, headers = weft_app.test_client(), {"Authorization": f"Bearer {issued.secret}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    with weft_runtime.db.write() as connection:
        tokens.revoke(connection, issued.id, now=moved_clock.now)
    is_problem(client.get("/api/v1/me", headers=headers), 401)


def test_a_reading_token_cannot_write(weft_app: Any, api_as: Headers) -> None:
    headers = api_as("crm.sales_manager", scopes=["read"])
    client = weft_app.test_client()
    assert client.get(ACCOUNTS, headers=headers).status_code == 200
    is_problem(client.post(ACCOUNTS, json={"name": "X", "role": ["customer"]}, headers=headers), 403)
    assert client.get(ACCOUNTS, headers=headers).get_json()["data"] == []


def test_only_json_objects_of_reasonable_size_and_depth(weft_app: Any, manager: dict[str, str]) -> None:
    client = weft_app.test_client()

    def post(data: bytes | str, kind: str | None = "application/json") -> Any:
        return client.post(ACCOUNTS, data=data, content_type=kind, headers=manager)

    is_problem(post("name=X", "application/x-www-form-urlencoded"), 415)
    is_problem(post("{}", "text/plain"), 415)
    is_problem(post("{}", "application/merge-patch+json"), 415)
    is_problem(post("{}", None), 415)
    is_problem(post('{"name": '), 400)
    is_problem(post("[1]"), 400)
    is_problem(post('{"name": "a", "name": "b"}'), 400)
    is_problem(post('{"payment_days": NaN}'), 400)
    is_problem(post(b'{"name": "\xff\xfe"}'), 400)
    is_problem(post('{"a":' * 3000 + "1" + "}" * 3000), 400)
    is_problem(post(json.dumps({"note": "x" * (256 * 1024)})), 413)


def test_unknown_addresses_and_methods_are_problems_too(weft_app: Any, manager: dict[str, str]) -> None:
    client = weft_app.test_client()
    is_problem(client.get("/api/v1/nothing/here/at/all", headers=manager), 404)
    is_problem(client.get("/api/v1/crm/nothings", headers=manager), 404)
    answer = client.put(ACCOUNTS, headers=manager)
    is_problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_parameters_are_checked(weft_app: Any, manager: dict[str, str]) -> None:
    client = weft_app.test_client()
    for query in ("limit=0", "limit=201", "limit=ten", "limit=1&limit=2", "count=some", "cursor=abc", "sort=nothing",
                  "fields=nothing", "include=nothing", "nothing=1", "payment_days=many", "name__nothing=1",
                  "created_at__gte=yesterday-ish"):  # fmt: skip
        is_problem(client.get(f"{ACCOUNTS}?{query}", headers=manager), 400)
    for query in ("group=nothing", "measure=sum(name)", "measure=drop(name)", "limit=0"):
        is_problem(client.get(f"{ACCOUNTS}/aggregate?{query}", headers=manager), 400)
    is_problem(client.get("/api/v1/me?verbose=1", headers=manager), 400)


def test_six_hundred_calls_a_minute(weft_app: Any, weft_runtime: Any, api_as: Headers, monkeypatch: Any) -> None:
    from weft.core.web.app import create_app

    monkeypatch.setattr(limits, "PER_MINUTE", 3)
    client = create_app(weft_runtime, testing=True).test_client()
    one, other = api_as("crm.sales_manager"), api_as("crm.sales_rep")
    assert [client.get("/api/v1/me", headers=one).status_code for _ in range(3)] == [200] * 3
    answer = client.get("/api/v1/me", headers=one)
    is_problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/api/v1/me", headers=other).status_code == 200


def test_guessing_tokens_is_slowed_down(weft_app: Any) -> None:
    client = weft_app.test_client()
    codes = [client.get("/api/v1/me", headers={"Authorization": f"Bearer weft_{n}"}).status_code for n in range(65)]
    assert codes[:60] == [401] * 60
    assert codes[60:] == [429] * 5


def everything(runtime: Any) -> dict[str, int]:
    with runtime.db.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in core_metadata.sorted_tables
            if table.name not in ("api_token", "id_block") and not table.info.get("entity")
        }


def test_a_refused_write_leaves_no_trace(weft_app: Any, weft_runtime: Any, api_as: Headers, make_record: Any) -> None:
    account = make_record("crm.account", name="Not yours")
    rep, client = api_as("crm.sales_rep"), weft_app.test_client()
    client.get("/api/v1/me", headers=rep)  # the note that the token is in use is written now
    before = everything(weft_runtime)
    address, version = f"{ACCOUNTS}/{account.id}", {**rep, "If-Match": '"1"'}
    answers = [
        client.patch(address, json={"name": "Mine"}, headers=version),
        client.delete(address, headers=version),
        client.post(f"{address}/actions/assign", json={"owner": 1}, headers=rep),
        client.post(f"{ACCOUNTS}/bulk", headers=rep,
                    json={"operation": "delete", "ids": [account.id], "expected": 1}),
        client.post("/api/v1/relations", headers=rep,
                    json={"relation": "core.linked", "source": account.id, "target": account.id}),
        client.post("/api/v1/changes/1/undo", headers=rep),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert everything(weft_runtime) == before


def test_an_unknown_address_is_a_problem_and_never_a_page(
    weft_app: Any, client_as: Any, manager: dict[str, str]
) -> None:
    unknown = (
        "", "/", "/v1", "/v1/", "/v1/nothing", "/v1/crm/", "/v1/crm/accounts/", "/v1/crm/nothing/1/2/3/4",
        "/v1/crm/accounts/12x", "/v1/crm/accounts/new", "/v2/crm/accounts", "/v1/records/1/history/",
    )  # fmt: skip
    for client in (weft_app.test_client(), client_as("crm.sales_manager")):
        for address in unknown:
            is_problem(client.get(f"/api{address}", headers=manager), 404)
            is_problem(client.post(f"/api{address}", json={}, headers=manager), 404)
    wrong = weft_app.test_client().delete(ACCOUNTS, headers=manager)
    is_problem(wrong, 405)
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "POST"}
