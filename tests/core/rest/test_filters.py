"""Filters in the address of a list over the interface: several values, codes, both names of a relation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

ACCOUNTS = "/api/v1/crm/accounts"
DEALS = "/api/v1/crm/opportunities"


@pytest.fixture
def api(weft_app: Any, api_as: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """``api(address)`` as a sales manager."""
    client, headers = weft_app.test_client(), api_as("crm.sales_manager")
    return lambda address: client.get(address, headers=headers)


@pytest.fixture
def deals(make_record: Any) -> dict[str, Any]:
    """Three accounts and a deal of each, in two stages."""
    stages = {code: make_record("crm.stage", code=code, label_en=code.title()) for code in ("proposal", "negotiation")}
    web = make_record("core.value", list_key="crm.source", code="web", label_en="Website")
    make_record("core.value", list_key="crm.industry", code="water", label_en="Water")
    made: dict[str, Any] = {"web": web, **stages}
    for name, life, stage in (
        ("Ash", "won", "proposal"),
        ("Beech", "potential", "negotiation"),
        ("Cedar", "basic", "proposal"),
    ):
        source = web.id if name == "Ash" else None
        account = make_record("crm.account", name=name, role=["customer"], life=life, source=source)
        deal = make_record("crm.opportunity", name=f"{name} deal", account=account.id, stage=stages[stage].id)
        made |= {name: account, f"{name} deal": deal}
    return made


def titles(answer: Any) -> set[str]:
    """Titles of a page that came."""
    assert answer.status_code == 200, answer.text
    return {row["title"] for row in answer.get_json()["data"]}


def test_commas_separate_the_values_of_in(api: Any, deals: dict[str, Any]) -> None:
    assert titles(api(f"{ACCOUNTS}?life__in=won,potential")) == {"Ash", "Beech"}
    assert titles(api(f"{ACCOUNTS}?life__not_in=won,potential")) == {"Cedar"}
    assert titles(api(f"{ACCOUNTS}?life__in=won,potential&life__in=basic")) == {"Ash", "Beech", "Cedar"}
    assert titles(api(f"{ACCOUNTS}?role__in=supplier,customer")) == {"Ash", "Beech", "Cedar"}
    ids = f"{deals['Ash'].id},{deals['Cedar'].id}"
    assert titles(api(f"{ACCOUNTS}?id__in={ids}")) == {"Ash", "Cedar"}
    assert titles(api(f"{DEALS}?account__in={ids}")) == {"Ash deal", "Cedar deal"}
    assert titles(api(f"{DEALS}?account__not_in={ids}")) == {"Beech deal"}


def test_owners_and_days_are_listed_with_commas(api: Any, deals: dict[str, Any], make_record: Any) -> None:
    me = api("/api/v1/me").get_json()["id"]
    stage, account = deals["proposal"].id, deals["Ash"].id
    for day in ("2026-01-05", "2026-02-05", "2026-03-05"):
        make_record("crm.opportunity", name=day, account=account, stage=stage, owner=me, expected_close=day)
    days = {"2026-01-05", "2026-02-05", "2026-03-05"}
    assert titles(api(f"{DEALS}?owner__in={me},99")) == days
    assert titles(api(f"{DEALS}?owner__in=me,none")) == days | {"Ash deal", "Beech deal", "Cedar deal"}
    assert titles(api(f"{DEALS}?expected_close__in=2026-01-05,2026-03-05")) == {"2026-01-05", "2026-03-05"}


def test_what_is_wrong_is_said_in_the_callers_language(weft_app: Any, weft_cast: Any, api_as: Any) -> None:
    client = weft_app.test_client()
    for locale, said in (("en", "“Payment (days)” cannot"), ("zh", "不能与这个值比较")):
        headers = api_as(weft_cast.user("crm.sales_manager", locale=locale))
        answer = client.get(f"{ACCOUNTS}?payment_days=many", headers=headers).get_json()
        assert said in answer["detail"], locale
        assert answer["name"] == "payment_days"
        assert "payment_days" not in answer["detail"]


def test_a_code_names_a_stage_or_a_value_of_the_fields_list(api: Any, deals: dict[str, Any]) -> None:
    assert titles(api(f"{DEALS}?stage=negotiation")) == {"Beech deal"}
    assert titles(api(f"{DEALS}?stage__ne=negotiation")) == {"Ash deal", "Cedar deal"}
    assert titles(api(f"{DEALS}?stage__in=negotiation,{deals['proposal'].id}")) == {
        "Ash deal", "Beech deal", "Cedar deal",
    }  # fmt: skip
    assert titles(api(f"{DEALS}?or=stage=negotiation|name=Ash+deal")) == {"Ash deal", "Beech deal"}
    assert titles(api(f"{ACCOUNTS}?source=web")) == {"Ash"}
    assert titles(api(f"{ACCOUNTS}?source={deals['web'].id}")) == {"Ash"}
    for unknown in (
        f"{DEALS}?stage=nowhere",
        f"{ACCOUNTS}?source=water",
        f"{ACCOUNTS}?source=",
        f"{DEALS}?account=Ash",
    ):
        answer = api(unknown)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), unknown


def test_owner_and_unit_may_be_asked_for_though_they_come_anyway(api: Any, deals: dict[str, Any]) -> None:
    assert titles(api(f"{DEALS}?include=owner,unit,account")) == {"Ash deal", "Beech deal", "Cedar deal"}
    assert api(f"{DEALS}/{deals['Ash deal'].id}?include=owner").status_code == 200
    for unknown in ("owner.unit", "name", "nothing"):
        assert api(f"{DEALS}?include={unknown}").status_code == 400


def test_a_link_is_found_by_either_name_of_its_relation(api: Any, deals: dict[str, Any], weft_runtime: Any) -> None:
    account, deal = deals["Ash"].id, deals["Ash deal"].id
    names = next(
        (one.key, one.inverse)
        for one in weft_runtime.registry.relations.values()
        if one.inverse == "crm.has_opportunity"
    )
    for name in names:
        assert titles(api(f"{DEALS}?linked={name}:{account}")) == {"Ash deal"}, name
        assert titles(api(f"{ACCOUNTS}?linked={name}:{deal}")) == {"Ash"}, name
    assert api(f"{ACCOUNTS}?linked=crm.no_such_link:{deal}").status_code == 400
    assert api(f"{ACCOUNTS}?linked=crm.stage_of:{deal}").status_code == 400


def test_ways_do_not_lead_through_values_unless_asked_for(api: Any, deals: dict[str, Any]) -> None:
    ends = f"from={deals['Ash deal'].id}&to={deals['Cedar deal'].id}"
    assert api(f"/api/v1/path?{ends}").get_json()["data"] is None
    hops = api(f"/api/v1/path?{ends}&through=crm.in_stage").get_json()["data"]
    assert [hop["record"]["title"] for hop in hops] == ["Ash deal", "Proposal", "Cedar deal"]
    assert api(f"/api/v1/path?{ends}&through=crm.nothing").status_code == 400

    around = f"/api/v1/records/{deals['Ash deal'].id}/graph"
    names = {node["record"]["title"] for node in api(around).get_json()["nodes"]}
    assert names == {"Ash deal", "Ash"}
    names = {node["record"]["title"] for node in api(f"{around}?through=crm.stage_of").get_json()["nodes"]}
    assert names == {"Ash deal", "Ash", "Proposal", "Cedar deal"}
