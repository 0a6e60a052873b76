"""Generated lists: tabs, filters in the address, rows, boards, columns, cells, bulk changes, exports."""

from __future__ import annotations

import re
from typing import Any

import pytest

from weft.core.records.values import Row

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

LIST = "/employee/crm/accounts/"


@pytest.fixture
def accounts(make_record: Any) -> list[Row]:
    """Three customers and a supplier."""
    names = {"Alder Water": "potential", "Birch Heat": "won", "Cedar Paper": "basic"}
    made = [make_record("crm.account", name=name, role=["customer"], life=life) for name, life in names.items()]
    return [*made, make_record("crm.account", name="Dogwood Castings", role=["supplier"])]


def shown(text: str) -> list[str]:
    """Names in the rows of a table."""
    return re.findall(r'class="wf-name wf-cut"[^>]*title="([^"]+)"', text)


def test_filters_of_the_address_decide_what_is_listed(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    everything = shown(client.get(LIST + "?role__in=customer,supplier&sort=title").text)
    assert everything == ["Alder Water", "Birch Heat", "Cedar Paper", "Dogwood Castings"]
    some = client.get(LIST + "?role=customer&life__in=potential,won&sort=title")
    assert shown(some.text) == ["Alder Water", "Birch Heat"]
    assert "Potential, Won customer" in some.text


def test_a_chip_leads_to_the_list_without_it(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    text = client.get(LIST + "?role=customer&life=won").text
    removals = re.findall(r'href="([^"]+)"[^>]*aria-label="Remove filter"', text)
    assert len(removals) == 2
    without_life = next(url for url in removals if "life" not in url).replace("&amp;", "&")
    assert len(shown(client.get(without_life).text)) == 3


def test_a_filter_given_twice_means_either_value_and_has_two_chips(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    text = client.get(LIST + "?role=customer&life=won&life=potential&sort=title").text
    assert shown(text) == ["Alder Water", "Birch Heat"]
    removals = re.findall(r'href="([^"]+)"[^>]*aria-label="Remove filter"', text)
    assert len(removals) == 3
    without_won = next(url for url in removals if "life=won" not in url).replace("&amp;", "&")
    assert shown(client.get(without_won).text) == ["Alder Water"]


def test_an_unreadable_and_an_unknown_filter_are_refused_alike(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    assert client.get(LIST + "?no_such_field=1").status_code == 400


def test_a_filter_that_cannot_be_used_leads_to_the_list_without_it(
    client_as: Any, accounts: list[Row], weft_cast: Any
) -> None:
    client = client_as("crm.sales_manager")
    for wrong in (
        "life=nonsense",
        "life__in=won,nonsense",
        "life__contains=won",
        "no_such=1",
        "source=nowhere",
    ):
        answer = client.get(f"{LIST}?role=customer&{wrong}&sort=title")
        assert answer.status_code == 400, wrong
        assert "This filter cannot be used" in answer.text
        found = re.search(r'href="([^"]+)">Show the list without it', answer.text)
        assert found is not None
        assert shown(client.get(found[1].replace("&amp;", "&")).text) == ["Alder Water", "Birch Heat", "Cedar Paper"]
    chinese = client_as(weft_cast.user("crm.sales_manager", locale="zh")).get(LIST + "?payment_days=many").text
    assert "不能使用此筛选" in chinese
    assert "不能与这个值比较" in chinese
    assert "payment_days" not in re.sub(r"<[^>]+>", "", chinese)


def test_quick_search_and_the_count(client_as: Any, accounts: list[Row]) -> None:
    answer = client_as("crm.sales_manager").get(LIST + "?role=customer&q=birch")
    assert shown(answer.text) == ["Birch Heat"]


def test_more_rows_come_as_rows(client_as: Any, make_record: Any) -> None:
    for number in range(53):
        make_record("crm.account", name=f"Company {number:03}", role=["partner"])
    client = client_as("crm.sales_manager")
    first = client.get(LIST + "?role=partner&sort=title").text
    assert len(shown(first)) == 50
    more = re.search(r'class="wf-more-row" hx-get="([^"]+)"', first)
    assert more is not None
    rest = client.get(more.group(1).replace("&amp;", "&")).text
    assert shown(rest) == ["Company 050", "Company 051", "Company 052"]
    assert "<html" not in rest


def test_an_empty_list_names_the_filter_that_helps(client_as: Any, accounts: list[Row]) -> None:
    text = client_as("crm.sales_manager").get(LIST + "?role=customer&life=invalid").text
    assert "No accounts match" in text
    assert "Without “Life” there are 3." in text


def test_a_cell_is_edited_in_place_and_undone(client_as: Any, accounts: list[Row], records_as: Any) -> None:
    client, row = client_as("crm.sales_manager"), accounts[0]
    editor = client.get(f"{LIST}{row.id}/cell/payment_days", headers={"HX-Request": "true"})
    action = re.search(r'action="([^"]+)"', editor.text)
    assert editor.status_code == 200 and action is not None
    scripted = {"X-Requested-With": "fetch", "HX-Request": "true"}
    saved = client.post(action.group(1).replace("&amp;", "&"), data={"payment_days": "45"}, headers=scripted)
    assert saved.status_code == 200 and ">45<" in saved.text
    import json

    undo = json.loads(saved.headers["HX-Trigger"])["wf:toast"]["undo_url"]
    assert client.post(undo, headers=scripted).status_code == 204
    with records_as("crm.sales_manager") as records:
        assert records.get("crm.account", row.id)["payment_days"] is None


def test_a_wrong_cell_stays_open_with_what_is_wrong(client_as: Any, accounts: list[Row]) -> None:
    client, row = client_as("crm.sales_manager"), accounts[0]
    path = f"{LIST}{row.id}/cell/payment_days?version={row.version}"
    answer = client.post(path, data={"payment_days": "soon"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text and "wf-error" in answer.text


def test_a_stale_cell_tells_of_the_other_change(client_as: Any, accounts: list[Row], records_as: Any) -> None:
    client, row = client_as("crm.sales_manager"), accounts[0]
    with records_as("crm.sales_manager", write=True) as records:
        records.update("crm.account", row.id, {"payment_days": 30}, version=row.version)
    path = f"{LIST}{row.id}/cell/payment_days?version={row.version}"
    answer = client.post(path, data={"payment_days": "60"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "Somebody changed this record meanwhile" in answer.text


def test_columns_are_kept_for_the_person(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    heads = re.compile(r'<th scope="col" data-col="([a-z_]+)"')
    path = LIST + "columns?view=crm.customers_all&role=customer"
    assert client.post(path, data={"columns": "phone:200,-life,email"}).status_code == 303
    assert heads.findall(client.get(LIST + "?view=crm.customers_all").text) == ["title", "phone", "email"]
    other = client_as("crm.sales_rep")
    assert heads.findall(other.get(LIST + "?view=crm.customers_all").text) != ["title", "phone", "email"]


def test_many_records_change_at_once_and_come_back(client_as: Any, accounts: list[Row], records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    ids = ",".join(str(row.id) for row in accounts[:3])
    form = client.get(f"{LIST}bulk/edit?ids={ids}", headers={"HX-Request": "true", "HX-Target": "wf-dialog"})
    assert "3 records" in form.text
    data = {"ids": ids, "expected": "3", "_field": "value_class", "value_class": "B"}
    answer = client.post(f"{LIST}bulk/edit", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    with records_as("crm.sales_manager") as records:
        assert [records.get("crm.account", row.id)["value_class"] for row in accounts[:3]] == ["B", "B", "B"]
    import json

    client.post(json.loads(answer.headers["HX-Trigger"])["wf:toast"]["undo_url"], headers={"HX-Request": "true"})
    with records_as("crm.sales_manager") as records:
        assert [records.get("crm.account", row.id)["value_class"] for row in accounts[:3]] == [None] * 3


def test_all_matches_means_all_of_the_filter_except_some(client_as: Any, accounts: list[Row], records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    path = f"{LIST}bulk/delete?view=crm.customers_all&role=customer&all=1&except={accounts[0].id}"
    assert client.post(path, headers={"HX-Request": "true"}).status_code == 204
    with records_as("crm.sales_manager") as records:
        left = [row.title for row in records.query("crm.account", fields=["title"], sort="title").rows]
    assert left == ["Alder Water", "Dogwood Castings"]


def test_an_export_is_exactly_the_view(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    answer = client.get(LIST + "export.csv?role=customer&life=won")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("ID,Name")
    assert len(lines) == 2 and "Birch Heat" in lines[1]


def test_a_view_is_saved_and_comes_back_as_a_tab(client_as: Any, accounts: list[Row]) -> None:
    client = client_as("crm.sales_manager")
    kept = client.post(LIST + "views?role=customer&life=won&view=crm.customers_all", data={"name": "Our best"})
    address = kept.headers["Location"]
    assert "view=own" in address
    text = client.get(address).text
    assert "Our best" in text and shown(text) == ["Birch Heat"]


def test_the_board_has_columns_sums_and_moves(client_as: Any, make_record: Any, records_as: Any) -> None:
    account = make_record("crm.account", name="Alder Water", role=["customer"])
    stages = [
        make_record("crm.stage", code=code, label_en=code.title(), position=place, probability=10)
        for place, code in enumerate(("contact", "proposal"))
    ]
    amount = {"amount": "1500.00", "currency": "EUR"}
    deal = make_record("crm.opportunity", name="Pumps", account=account.id, stage=stages[0].id, amount=amount)
    client = client_as("crm.sales_manager")
    board = client.get("/employee/crm/opportunities/?outcome=open&layout=board&by=stage").text
    assert "Contact" in board and "Proposal" in board and "1,500" in board
    move = re.search(r'data-move-url="([^"]+)"', board)
    assert move is not None
    scripted = {"X-Requested-With": "fetch", "HX-Request": "true"}
    answer = client.post(move.group(1).replace("&amp;", "&"), data={"to": str(stages[1].id)}, headers=scripted)
    assert answer.status_code == 200
    assert answer.text.count("data-col=") == 2
    import json

    toast = json.loads(answer.headers["HX-Trigger"])["wf:toast"]
    assert toast["text"] == "Pumps moved from Contact to Proposal"
    client.post(toast["undo_url"], headers=scripted)
    with records_as("crm.sales_manager") as records:
        assert records.get("crm.opportunity", deal.id)["stage"].id == stages[0].id


def test_the_line_of_a_phone_row_says_state_and_next_step(client_as: Any, make_record: Any) -> None:
    make_record("crm.account", name="Alder Water", role=["customer"], value_class="A", next_step="Call back")
    make_record("crm.account", name="Birch Heat", role=["customer"], value_class="B")
    text = client_as("crm.sales_manager").get(LIST + "?view=crm.customers_all").text
    lines = re.findall(
        r'<span class="wf-under wf-phone-line">(.*?)</span></span>(?:<span class="wf-row-act"|</span>)', text
    )
    said = [re.sub("<[^>]+>", "|", line).replace("||", "|").strip("|") for line in lines]
    assert sorted(said) == ["Basic", "Basic|Call back"]
