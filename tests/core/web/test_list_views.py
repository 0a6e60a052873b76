"""Lists: groups of filters, the builder, sharing and pinning of views, layouts by days, rows that lie dormant."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from weft.core.records.filters import alternatives, group_text
from weft.core.records.values import Row

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

LIST = "/employee/crm/accounts/"
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def accounts(make_record: Any) -> list[Row]:
    """Three customers of different life and class."""
    made = (("Alder Water", "potential", "A"), ("Birch Heat", "won", "B"), ("Cedar Paper", "won", "A"))
    return [make_record("crm.account", name=n, role=["customer"], life=s, value_class=c) for n, s, c in made]


def shown(text: str) -> list[str]:
    """Names in the rows of a table."""
    return re.findall(r'class="wf-name wf-cut"[^>]*title="([^"]+)"', text)


def test_the_text_of_a_group_is_read_back() -> None:
    group = [[("name", "A|B"), ("city", "x&y")], [("life__in", "won,basic")]]
    assert alternatives(group_text(group)) == group


def test_u08_a_group_is_one_chip_in_words_and_goes_away_at_once(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    text = client.get(LIST + "?sort=title&or=life%3Dwon%26value_class%3DA%7Clife%3Dpotential").text
    assert shown(text) == ["Alder Water", "Cedar Paper"]
    removals = re.findall(r'href="([^"]+)"[^>]*aria-label="Remove filter"', text)
    assert len(removals) == 1
    assert len(shown(client.get(unescape(removals[0])).text)) == 3


def test_u08_the_builder_writes_the_address_without_a_script(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    form = {
        "c-0-0-0-f": "value_class", "c-0-0-0-o": "in", "c-0-0-0-v": "A", "c-0-0-0-was": "value_class",
        "c-1-0-0-f": "life", "c-1-0-0-o": "in", "c-1-0-0-v": "won", "c-1-0-0-was": "life",
        "c-1-1-0-f": "name", "c-1-1-0-o": "contains", "c-1-1-0-v": "Alder", "c-1-1-0-was": "name",
        "do": "apply", "sort": "title",
    }  # fmt: skip
    answer = client.get(LIST + "build", query_string=form)
    assert answer.status_code == 303
    assert shown(client.get(answer.headers["Location"]).text) == ["Alder Water", "Cedar Paper"]
    more = client.get(LIST + "build", query_string=form | {"do": "group"}).text
    assert "c-2-1-0-f" in more


def test_u09_a_view_is_shared_with_a_role_only(client_as: Any, accounts: list[Row]) -> None:
    manager = client_as("crm.sales_manager")
    data = {"name": "Best ones", "audience": "role:crm.sales_rep"}
    kept = manager.post(LIST + "views?life=won&sort=title&or=value_class%3DA%7Cvalue_class%3DB", data=data)
    address = kept.headers["Location"]
    assert shown(manager.get(address).text) == ["Birch Heat", "Cedar Paper"]
    assert "Best ones" in client_as("crm.sales_rep").get(LIST + "?all=1").text
    manager.post(LIST + "views", data={"name": "For managers", "audience": "role:crm.sales_manager"})
    assert "For managers" in client_as("crm.sales_manager").get(LIST + "?all=1").text
    assert "For managers" not in client_as("crm.sales_rep").get(LIST + "?all=1").text
    wrong = manager.post(LIST + "views", data={"name": "x", "audience": "role:no.such"})
    assert wrong.status_code == 422


def test_an_address_passed_on_shows_the_same_rows_to_another(client_as: Any, make_record: Any, weft_cast: Any) -> None:
    """J3.5: "my customers" of an address are those of who copied it."""
    seller = weft_cast.user("crm.sales_rep", name="Lin Shutong", email="lin@weft.example")
    make_record("crm.account", owner=seller, name="Alder Water", role=["customer"])
    make_record("crm.account", name="Birch Heat", role=["customer"])
    mine = f"{LIST}?role=customer&frozen=false&owner=me"
    manager = client_as("crm.sales_manager")
    assert shown(manager.get(mine).text) == []
    assert shown(manager.get(f"{mine}&whose={seller}").text) == ["Alder Water"]
    tab = re.search(r'href="([^"]*view=crm\.customers_mine[^"]*)"', manager.get(LIST + "?role=customer").text)
    assert tab is not None and re.search(r"owner=me&whose=\d+$", unescape(tab[1]))


def test_u09_a_view_comes_first_and_is_pinned(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    data = {"name": "Won by name", "first": "1", "pinned": "1"}
    address = client.post(LIST + "views?life=won&sort=title", data=data).headers["Location"]
    assert shown(client.get(LIST).text) == ["Birch Heat", "Cedar Paper"]
    assert len(shown(client.get(LIST + "?all=1").text)) == 3
    assert "Won by name" in client.get("/employee/todo/").text
    number = address.rpartition("%3A")[2] if "%3A" in address else address.rpartition(":")[2]
    client.post(f"{LIST}views/pin/own:{number}")
    client.post(f"{LIST}views/first/own:{number}")
    client.get("/employee/todo/")  # shows what was just said
    assert "Won by name" not in client.get("/employee/todo/").text
    assert len(shown(client.get(LIST).text)) == 3


def test_u10_a_calendar_shows_the_month_and_moves_a_record(
    client_as: Any, make_record: Any, weft_runtime: Any, records_as: Any
) -> None:
    today = weft_runtime.clock().date()
    account = make_record("crm.account", name="Alder Water", role=["customer"])
    stage = make_record("crm.stage", code="contact", label_en="Contact", position=1, probability=10)
    deal = make_record(
        "crm.opportunity", name="Pumps", account=account.id, stage=stage.id, expected_close=today.isoformat()
    )
    client, path = client_as("crm.sales_manager"), "/employee/crm/opportunities/"
    text = client.get(path + "?layout=calendar&cal=expected_close&all=1").text
    assert "Pumps" in text and f'data-day="{today.isoformat()}"' in text
    move = re.search(r'data-move-url="([^"]+)"', text)
    assert move is not None
    later = (today + timedelta(days=1)).isoformat()
    assert client.post(unescape(move[1]), data={"to": later}, headers=SCRIPT).status_code == 204
    with records_as("crm.sales_manager") as records:
        assert records.get("crm.opportunity", deal.id)["expected_close"].isoformat() == later
    assert "Pumps" in client.get(path + "?layout=timeline&cal=expected_close&all=1").text
    assert client.post(unescape(move[1]), data={"to": "never"}, headers=SCRIPT).status_code == 422


def test_dormant_rows_show_only_where_a_filter_names_them(
    client_as: Any, make_record: Any, accounts: list[Row], records_as: Any
) -> None:
    with records_as("system", write=True) as records:
        records.create("crm.account", {"name": "Alder Frozen", "role": ["customer"], "life": "invalid", "frozen": True})
    client = client_as("crm.sales_manager")
    text = client.get(LIST + "?all=1&sort=title").text
    assert shown(text) == ["Alder Water", "Birch Heat", "Cedar Paper"]
    assert "1 left out: Frozen" in text
    assert shown(client.get(LIST + "?frozen=true").text) == ["Alder Frozen"]
    assert shown(client.get(LIST + "?or=frozen%3Dtrue%7Clife%3Dpotential&sort=title").text) == [
        "Alder Frozen",
        "Alder Water",
    ]
    assert "Alder Frozen" not in client.get("/employee/pick/crm/contacts/account/?q=alder").text
    assert "Alder Frozen" not in client.get("/employee/palette/?q=alder").text
    both = client.get(LIST + "?frozen__in=true%2Cfalse%2Cnone").text
    assert len(shown(both)) == 4


@pytest.mark.parametrize("part", ["build", "?layout=calendar", "?layout=timeline", "views"])
def test_the_pages_of_a_list_need_the_right_to_read_it(
    client_as: Any, weft_app: Any, weft_cast: Any, part: str
) -> None:
    assert weft_app.test_client().get(LIST + part).status_code in (302, 303)
    assert client_as(weft_cast.user("employee")).get("/employee/crm/targets/" + part).status_code == 404
    assert client_as("crm.sales_manager").get(LIST + part).status_code == 200
