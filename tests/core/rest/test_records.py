"""Reading and writing records over the interface: shapes, versions, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

Headers = Callable[..., dict[str, str]]
ACCOUNTS = "/api/v1/crm/accounts"


@pytest.fixture
def api(weft_app: Any, api_as: Headers) -> Callable[..., Any]:
    """``api("GET", address, json=..., who="crm.sales_manager")``."""
    client = weft_app.test_client()
    known: dict[Any, dict[str, str]] = {}

    def call(method: str, address: str, *, who: Any = "crm.sales_manager", **more: Any) -> Any:
        if who is not None and who not in known:
            known[who] = api_as(who)
        headers = {**(known[who] if who is not None else {}), **more.pop("headers", {})}
        return client.open(address, method=method, headers=headers, **more)

    return call


def test_a_record_is_made_read_changed_and_thrown_away(api: Callable[..., Any]) -> None:
    made = api("POST", ACCOUNTS, json={"name": "Inkboat Heating", "role": ["customer"], "payment_days": 30})
    assert made.status_code == 201
    record = made.get_json()
    assert made.headers["ETag"] == '"1"'
    assert made.headers["Location"].endswith(f"{ACCOUNTS}/{record['id']}")
    assert (record["type"], record["title"], record["name"], record["version"]) == (
        "crm.account", "Inkboat Heating", "Inkboat Heating", 1,
    )  # fmt: skip
    address = f"{ACCOUNTS}/{record['id']}"

    read = api("GET", address)
    assert read.get_json() == record
    changed = api("PATCH", address, json={"payment_days": 45}, headers={"If-Match": read.headers["ETag"]})
    assert (changed.status_code, changed.get_json()["payment_days"], changed.headers["ETag"]) == (200, 45, '"2"')

    assert api("DELETE", address, headers={"If-Match": '"2"'}).status_code == 204
    assert api("GET", ACCOUNTS).get_json()["data"] == []
    assert api("POST", f"{address}/actions/restore").status_code == 200
    assert [row["id"] for row in api("GET", ACCOUNTS).get_json()["data"]] == [record["id"]]


def test_a_change_needs_the_version_it_is_based_on(api: Callable[..., Any]) -> None:
    record = api("POST", ACCOUNTS, json={"name": "Brunnvik", "role": ["customer"]}).get_json()
    address = f"{ACCOUNTS}/{record['id']}"
    for method, body in (("PATCH", {"json": {"name": "B"}}), ("DELETE", {})):
        assert api(method, address, **body).status_code == 428
        stale = api(method, address, headers={"If-Match": '"7"'}, **body)
        assert (stale.status_code, stale.get_json()["version"]) == (412, 1)
        assert api(method, address, headers={"If-Match": "sometimes"}, **body).status_code == 412
    assert api("GET", address).get_json() == record
    assert api("PATCH", address, json={"name": "B"}, headers={"If-Match": "*"}).status_code == 200


def test_errors_name_the_fields(api: Callable[..., Any]) -> None:
    answer = api("POST", ACCOUNTS, json={"role": ["nobody"], "email": "no address", "shoe_size": 44, "id": 7})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    problem = answer.get_json()
    assert {error["field"] for error in problem["errors"]} == {"name", "role", "email", "shoe_size", "id"}
    assert problem["status"] == 422
    assert all(error["message"] for error in problem["errors"])


def test_what_the_platform_keeps_cannot_be_sent(api: Callable[..., Any]) -> None:
    for name, value in (("owner", 1), ("version", 9), ("created_at", "2020-01-01"), ("frozen", True), ("life", "won")):
        answer = api("POST", ACCOUNTS, json={"name": "X", "role": ["customer"], name: value})
        assert answer.status_code == 422, name
        assert answer.get_json()["errors"][0]["field"] == name


def test_a_list_filters_sorts_and_pages(api: Callable[..., Any]) -> None:
    for number in range(7):
        role = "supplier" if number % 2 else "customer"
        api("POST", ACCOUNTS, json={"name": f"Firm {number}", "role": [role], "payment_days": number * 10})
    everything = api("GET", f"{ACCOUNTS}?sort=-title&count=exact&limit=3").get_json()
    assert everything["count"] == {"value": 7, "exact": True}
    assert [row["title"] for row in everything["data"]] == ["Firm 6", "Firm 5", "Firm 4"]
    following = api("GET", f"{ACCOUNTS}?sort=-title&limit=3&cursor={everything['next']}").get_json()
    assert [row["title"] for row in following["data"]] == ["Firm 3", "Firm 2", "Firm 1"]
    last = api("GET", f"{ACCOUNTS}?sort=-title&limit=3&cursor={following['next']}").get_json()
    assert (len(last["data"]), last["next"], last["count"]) == (1, None, None)

    suppliers = api("GET", f"{ACCOUNTS}?role=supplier&payment_days__gte=30&fields=name").get_json()["data"]
    assert {row["name"] for row in suppliers} == {"Firm 3", "Firm 5"}
    assert set(suppliers[0]) == {"id", "type", "version", "name"}
    either = api("GET", f"{ACCOUNTS}?title=Firm+1&title=Firm+2").get_json()["data"]
    assert {row["title"] for row in either} == {"Firm 1", "Firm 2"}
    assert api("GET", f"{ACCOUNTS}?q=firm+4").get_json()["data"][0]["title"] == "Firm 4"


def test_references_and_money_read_as_the_contract_says(api: Callable[..., Any], make_record: Any) -> None:
    stage = make_record("crm.stage", code="proposal", label_en="Proposal")
    account = api("POST", ACCOUNTS, json={"name": "Haverdijk", "role": ["customer"]}).get_json()
    deal = {
        "name": "Meters",
        "account": account["id"],
        "stage": stage.id,
        "amount": {"amount": "12.5", "currency": "CNY"},
    }
    made = api("POST", "/api/v1/crm/opportunities", json=deal)
    assert made.status_code == 201, made.text
    found = made.get_json()
    assert found["account"] == {"id": account["id"], "type": "crm.account", "title": "Haverdijk"}
    assert found["amount"] == {"amount": "12.50", "currency": "CNY"}
    assert found["number"].startswith("OPP-")
    with_account = api("GET", f"/api/v1/crm/opportunities/{found['id']}?include=account").get_json()
    assert with_account["account"]["role"] == ["customer"]


def test_bulk_wants_the_expected_number_and_is_all_or_nothing(api: Callable[..., Any]) -> None:
    ids = [api("POST", ACCOUNTS, json={"name": f"F{n}", "role": ["customer"]}).get_json()["id"] for n in range(3)]
    body = {"operation": "update", "ids": ids, "values": {"payment_days": 60}, "expected": 2}
    assert api("POST", f"{ACCOUNTS}/bulk", json=body).status_code == 422
    assert api("POST", f"{ACCOUNTS}/bulk", json={**body, "ids": [*ids, 10**12], "expected": 4}).status_code == 404
    assert {row["payment_days"] for row in api("GET", ACCOUNTS).get_json()["data"]} == {None}
    done = api("POST", f"{ACCOUNTS}/bulk", json={**body, "expected": 3})
    assert (done.status_code, done.get_json()["count"]) == (200, 3)
    assert {row["payment_days"] for row in api("GET", ACCOUNTS).get_json()["data"]} == {60}

    undone = api("POST", f"/api/v1/changes/{done.get_json()['change']}/undo")
    assert undone.status_code == 200, undone.text
    assert {row["payment_days"] for row in api("GET", ACCOUNTS).get_json()["data"]} == {None}


def test_a_repeated_post_changes_nothing_more(api: Callable[..., Any]) -> None:
    once = {"Idempotency-Key": "order-1"}
    first = api("POST", ACCOUNTS, json={"name": "Once", "role": ["customer"]}, headers=once)
    again = api("POST", ACCOUNTS, json={"name": "Once", "role": ["customer"]}, headers=once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert len(api("GET", ACCOUNTS).get_json()["data"]) == 1
    other = api("POST", ACCOUNTS, json={"name": "Another", "role": ["customer"]}, headers=once)
    assert other.status_code == 422
    failed = {"Idempotency-Key": "order-2"}
    assert api("POST", ACCOUNTS, json={"role": ["customer"]}, headers=failed).status_code == 422
    assert api("POST", ACCOUNTS, json={"name": "Mended", "role": ["customer"]}, headers=failed).status_code == 201


def test_links_show_in_the_360_view_the_graph_and_the_path(api: Callable[..., Any]) -> None:
    account = api("POST", ACCOUNTS, json={"name": "Haverdijk", "role": ["customer"]}).get_json()["id"]
    person = api("POST", "/api/v1/crm/contacts", json={"name": "Lieke Haagstra"}).get_json()["id"]
    edge = {"relation": "crm.works_for", "source": person, "target": account, "attributes": {"role": "Plant engineer"}}
    made = api("POST", "/api/v1/relations", json=edge)
    assert made.status_code == 201, made.text
    assert made.get_json()["attributes"] == {"role": "Plant engineer"}

    groups = api("GET", f"/api/v1/records/{account}/relations").get_json()["data"]
    people = next(group for group in groups if group["relation"] == "crm.employs")
    assert people["count"] == {"value": 1, "exact": True}
    assert people["items"][0]["record"] == {"id": person, "type": "crm.contact", "title": "Lieke Haagstra"}
    nodes = api("GET", f"/api/v1/records/{account}/graph?depth=1").get_json()["nodes"]
    assert {node["record"]["id"] for node in nodes} == {account, person}
    way = api("GET", f"/api/v1/path?from={account}&to={person}").get_json()["data"]
    assert [hop["record"]["id"] for hop in way] == [account, person]
    texts = [entry["text"] for entry in api("GET", f"/api/v1/records/{account}/history").get_json()["data"]]
    assert len(texts) == 2

    gone = api("DELETE", f"/api/v1/relations?relation=crm.works_for&source={person}&target={account}")
    assert gone.status_code == 204
    assert api("GET", f"/api/v1/records/{account}/relations").get_json()["data"] == []
    assert api("GET", f"/api/v1/path?from={account}&to={person}").get_json()["data"] is None


def test_search_finds_titles_of_every_kind(api: Callable[..., Any]) -> None:
    account = api("POST", ACCOUNTS, json={"name": "Tangyu Water", "role": ["customer"]}).get_json()["id"]
    api("POST", "/api/v1/crm/contacts", json={"name": "Tang Yimo"})
    hits = api("GET", "/api/v1/search?q=tang").get_json()["data"]
    assert {hit["type"] for hit in hits} == {"crm.account", "crm.contact"}
    only = api("GET", "/api/v1/search?q=tang&type=crm.account").get_json()["data"]
    assert [hit["id"] for hit in only] == [account]
    assert api("GET", "/api/v1/search").status_code == 400


def test_me_says_who_calls_and_what_for(api: Callable[..., Any]) -> None:
    me = api("GET", "/api/v1/me").get_json()
    assert "crm.sales_manager" in me["roles"]
    accounts = next(entity for entity in me["entities"] if entity["type"] == "crm.account")
    assert {"read", "create", "update", "delete", "assign", "import"} <= set(accounts["operations"])


def test_a_record_in_the_trash_is_gone_unless_asked_for(api: Callable[..., Any]) -> None:
    record = api("POST", ACCOUNTS, json={"name": "Dry Well", "role": ["customer"]}).get_json()
    address, anywhere = f"{ACCOUNTS}/{record['id']}", f"/api/v1/records/{record['id']}"
    assert api("DELETE", address, headers={"If-Match": '"1"'}).status_code == 204
    for found in (address, anywhere, f"{address}?trash=false", f"{address}?fields=name"):
        assert api("GET", found).status_code == 404, found
    for found in (f"{address}?trash=true", f"{anywhere}?trash=true"):
        assert api("GET", found).get_json()["name"] == "Dry Well"
    assert api("GET", f"{address}?trash=perhaps").status_code == 400
    for match in ('"2"', '"1"', "*"):
        headers = {"If-Match": match}
        assert api("PATCH", address, json={"name": "Wet Well"}, headers=headers).status_code == 404
        assert api("DELETE", address, headers=headers).status_code == 404
    assert api("POST", f"{address}/actions/restore").status_code == 200
    assert api("GET", address).get_json()["name"] == "Dry Well"


def test_history_is_paged(api: Callable[..., Any]) -> None:
    record = api("POST", ACCOUNTS, json={"name": "Old Mill", "role": ["customer"]}).get_json()
    for number in range(1, 5):
        changed = {"json": {"payment_days": number}, "headers": {"If-Match": "*"}}
        assert api("PATCH", f"{ACCOUNTS}/{record['id']}", **changed).status_code == 200
    address = f"/api/v1/records/{record['id']}/history"
    everything = api("GET", address).get_json()
    assert (len(everything["data"]), everything["next"]) == (5, None)
    pages, following = [], ""
    for _page in range(3):
        answer = api("GET", f"{address}?limit=2{following}").get_json()
        pages.append([entry["id"] for entry in answer["data"]])
        following = f"&before={answer['next']}"
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [number for page in pages for number in page] == [entry["id"] for entry in everything["data"]]
    assert following == "&before=None"
    assert api("GET", f"{address}?limit=5").get_json()["next"] is None


def test_a_search_says_whether_there_is_more(api: Callable[..., Any]) -> None:
    for number in range(3):
        api("POST", ACCOUNTS, json={"name": f"Quarry {number}", "role": ["customer"]})
    some = api("GET", "/api/v1/search?q=quarry&type=crm.account&limit=2").get_json()
    assert (len(some["data"]), some["more"]) == (2, True)
    whole = api("GET", "/api/v1/search?q=quarry&type=crm.account&limit=3").get_json()
    assert (len(whole["data"]), whole["more"]) == (3, False)
