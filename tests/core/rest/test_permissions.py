"""Who gets what from every address: nobody, one without the right, one with it, and another party's records."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from weft.core.rest.api import ROUTES
from weft.core.web.routing import inventory

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

Headers = Callable[..., dict[str, str]]
ACCOUNTS = "/api/v1/crm/accounts"


@pytest.fixture
def world(weft_cast: Any, make_record: Any) -> dict[str, Any]:
    """Two sales reps with a customer each, and a visitor of one of them."""
    mine, theirs = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    own = make_record("crm.account", name="Own customer", note="secret words", owner=mine)
    other = make_record("crm.account", name="Other customer", note="other words", owner=theirs)
    return {
        "mine": mine, "theirs": theirs, "own": own, "other": other,
        "visitor": weft_cast.user("customer", anchors=[own.id]),
        "employee": weft_cast.user("employee"),
        "stranger": weft_cast.user("supplier"),
    }  # fmt: skip


def calls(record: int, other: int) -> list[tuple[str, str, dict[str, Any]]]:
    """One working call for each address of the interface, about one record."""
    base = f"{ACCOUNTS}/{record}"
    version = {"headers": {"If-Match": '"1"'}}
    return [
        ("GET", base, {}),
        ("PATCH", base, {"json": {"website": "https://example.com/"}, **version}),
        ("DELETE", base, version),
        ("POST", f"{base}/actions/assign", {"json": {"owner": 1}}),
        ("POST", f"{ACCOUNTS}/bulk", {"json": {"operation": "delete", "ids": [record], "expected": 1}}),
        ("GET", f"/api/v1/records/{record}", {}),
        ("GET", f"/api/v1/records/{record}/relations", {}),
        ("GET", f"/api/v1/records/{record}/history", {}),
        ("GET", f"/api/v1/records/{record}/graph", {}),
        ("GET", f"/api/v1/path?from={record}&to={other}", {}),
        ("POST", "/api/v1/relations", {"json": {"relation": "core.linked", "source": record, "target": other}}),
        ("DELETE", f"/api/v1/relations?relation=core.linked&source={record}&target={other}", {}),
        ("GET", f"/api/v1/explain?record={record}", {}),
    ]


def ask(app: Any, headers: dict[str, str], method: str, address: str, more: dict[str, Any]) -> Any:
    sent = {**headers, **more.get("headers", {})}
    return app.test_client().open(address, method=method, headers=sent, json=more.get("json"))


def test_every_address_is_in_the_route_inventory_with_a_policy(weft_app: Any) -> None:
    listed = {(info.rule, method): info for info in inventory(weft_app) for method in info.methods}
    for method, rule, policy, _function in ROUTES:
        info = listed["/api/v1" + rule, method]
        assert (info.policy, info.door) == (policy, "rest")
    assert "public" not in {policy for _method, _rule, policy, _function in ROUTES}


def test_nobody_gets_nothing_anywhere(weft_app: Any) -> None:
    client = weft_app.test_client()
    for info in inventory(weft_app):
        if info.door != "rest":
            continue
        address = re.sub(r"<int[^>]*>", "1", info.rule)
        address = address.replace("<plugin>", "crm").replace("<slug>", "accounts").replace("<action>", "assign")
        for method in info.methods:
            answer = client.open(address, method=method, json={} if method != "GET" else None)
            assert answer.status_code == 401, (method, address)


def test_another_partys_record_answers_like_one_that_does_not_exist(
    weft_app: Any, api_as: Headers, world: dict[str, Any]
) -> None:
    missing = 2**50
    for who in ("mine", "visitor", "stranger", "employee"):
        headers = api_as(world[who])
        hidden = calls(world["other"].id, world["own"].id)
        for (method, address, more), (_m, absent, gone) in zip(hidden, calls(missing, world["own"].id), strict=True):
            real = ask(weft_app, headers, method, address, more)
            none = ask(weft_app, headers, method, absent, gone)
            assert real.status_code in (403, 404), (who, method, address, real.text)
            same = real.text.replace(str(world["other"].id), "#"), none.text.replace(str(missing), "#")
            assert (real.status_code, same[0]) == (none.status_code, same[1]), (who, method, address)


def test_one_with_the_right_gets_an_answer(weft_app: Any, api_as: Headers, world: dict[str, Any]) -> None:
    headers = api_as(world["mine"])
    for method, address, more in calls(world["own"].id, world["own"].id):
        if method != "GET":
            continue
        assert ask(weft_app, headers, method, address, more).status_code == 200, address
    listed = ask(weft_app, headers, "GET", ACCOUNTS, {}).get_json()["data"]
    assert [row["id"] for row in listed] == [world["own"].id]


def test_a_visitor_sees_the_granted_fields_of_the_own_company_only(
    weft_app: Any, api_as: Headers, world: dict[str, Any]
) -> None:
    headers = api_as(world["visitor"])
    rows = ask(weft_app, headers, "GET", ACCOUNTS, {}).get_json()["data"]
    assert [row["id"] for row in rows] == [world["own"].id]
    assert rows[0]["name"] == "Own customer"
    assert not {"note", "owner", "life", "value_class", "created_at"} & set(rows[0])
    assert "secret" not in ask(weft_app, headers, "GET", f"/api/v1/records/{world['own'].id}/history", {}).text


def test_search_finds_titles_for_people_who_read_no_numbers(
    weft_app: Any, api_as: Headers, weft_cast: Any, make_record: Any
) -> None:
    value = make_record("core.value", list_key="crm.product_family", code="valves", label_en="Valves")
    make_record("core.value", list_key="crm.source", code="valve_fair", label_en="Valves fair")
    headers = api_as(weft_cast.user("distributor"))
    found = ask(weft_app, headers, "GET", "/api/v1/search?q=valves", {})
    assert found.status_code == 200
    assert [hit["id"] for hit in found.get_json()["data"]] == [value.id]


@pytest.mark.parametrize(
    "use", ["fields={}", "sort={}", "sort=-{}", "{}=x", "{}__isnull=true", "{}__gt=a", "include={}"]
)
def test_an_unreadable_field_answers_like_one_that_does_not_exist(
    weft_app: Any, api_as: Headers, world: dict[str, Any], use: str
) -> None:
    headers = api_as(world["visitor"])
    real = ask(weft_app, headers, "GET", f"{ACCOUNTS}?{use.format('note')}", {})
    none = ask(weft_app, headers, "GET", f"{ACCOUNTS}?{use.format('nope')}", {})
    assert (real.status_code, none.status_code) == (400, 400)
    assert real.text.replace("note", "#") == none.text.replace("nope", "#")


def test_groups_and_measures_of_unreadable_fields_do_not_exist(
    weft_app: Any, api_as: Headers, world: dict[str, Any]
) -> None:
    headers = api_as(world["visitor"])
    for query in ("group={}", "measure=max({})", "measure=count&{}=1"):
        real = ask(weft_app, headers, "GET", f"{ACCOUNTS}/aggregate?{query.format('payment_days')}", {})
        none = ask(weft_app, headers, "GET", f"{ACCOUNTS}/aggregate?{query.format('paid_in_days')}", {})
        assert (real.status_code, none.status_code) == (400, 400), query
        assert real.text.replace("payment_days", "#") == none.text.replace("paid_in_days", "#")


def test_an_entity_that_may_not_be_read_is_not_installed_for_the_caller(
    weft_app: Any, api_as: Headers, world: dict[str, Any]
) -> None:
    headers = api_as(world["employee"])
    real = ask(weft_app, headers, "GET", "/api/v1/crm/opportunities", {})
    none = ask(weft_app, headers, "GET", "/api/v1/crm/nothings", {})
    assert real.status_code == none.status_code
    assert real.text.replace("opportunities", "#") == none.text.replace("nothings", "#")
