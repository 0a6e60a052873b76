"""Generated forms and record pages: saving once, errors, conflicts, actions, links, comments, files, trash."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import Any

import pytest

from weft.core.records.values import Row

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

LIST = "/employee/crm/accounts/"
HTMX = {"HX-Request": "true", "X-Requested-With": "fetch"}


@pytest.fixture
def account(make_record: Any) -> Row:
    """A customer."""
    found: Row = make_record("crm.account", name="Alder Water", name_alt="桤木水务", role=["customer"])
    return found


def toast(answer: Any) -> dict[str, str]:
    """The toast that an answer carries."""
    found: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["wf:toast"]
    return found


def hidden(text: str, name: str) -> str:
    """Value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found.group(1)


def test_a_double_tap_on_save_makes_one_record(client_as: Any, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    form = client.get(LIST + "new?role=customer").text
    data = {"name": "Birch Heat", "role": "customer", "_had": "name,role", "_once": hidden(form, "_once")}
    first, second = client.post(LIST + "new", data=data), client.post(LIST + "new", data=data)
    assert first.headers["Location"] == second.headers["Location"]
    with records_as("crm.sales_manager") as records:
        assert len(records.query("crm.account", filters={"name": "Birch Heat"}).rows) == 1


def test_a_form_with_errors_comes_back_with_what_was_typed(client_as: Any) -> None:
    client = client_as("crm.sales_manager")
    data = {"name": "", "role": "customer", "payment_days": "many", "_had": "name,role,payment_days"}
    answer = client.post(LIST + "new", data=data)
    assert answer.status_code == 422
    assert "things to mend" in answer.text
    assert 'value="many"' in answer.text
    assert 'href="#f-name"' in answer.text and 'href="#f-payment_days"' in answer.text


def test_the_address_presets_a_new_record(client_as: Any, account: Row) -> None:
    text = client_as("crm.sales_manager").get(f"/employee/crm/contacts/new?account={account.id}").text
    assert f'name="account" value="{account.id}"' in text
    assert "Alder Water" in text


def test_only_what_was_changed_is_written(client_as: Any, account: Row, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    form = client.get(f"{LIST}{account.id}/edit").text
    data = {
        "name": "Alder Water Works", "role": "customer", "version": hidden(form, "version"),
        "_base": hidden(form, "_base"), "_had": "name,role",
    }  # fmt: skip
    assert client.post(f"{LIST}{account.id}/edit", data=data).status_code == 303
    with records_as("crm.sales_manager") as records:
        entry = records.history(account.id)[0]
        assert [detail.name for detail in entry.details] == ["name"]
        assert records.get("crm.account", account.id)["name_alt"] == "桤木水务"


def test_two_people_choose_field_by_field(client_as: Any, account: Row, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    form = client.get(f"{LIST}{account.id}/edit").text
    with records_as("crm.sales_manager", write=True) as records:
        records.update(
            "crm.account", account.id, {"payment_days": 30, "phone": "+31101234567"}, version=account.version
        )
    data = {
        "payment_days": "60", "tax_id": "NL-17", "version": hidden(form, "version"), "_base": hidden(form, "_base"),
        "_had": "payment_days,tax_id,phone", "phone": "",
    }  # fmt: skip
    conflict = client.post(f"{LIST}{account.id}/edit", data=data)
    assert conflict.status_code == 412
    assert "while you were editing" in conflict.text
    assert ">60<" in conflict.text and ">30<" in conflict.text
    assert "pick-phone" not in conflict.text  # I did not touch it: nothing to choose
    again = {
        **{name: hidden(conflict.text, name) for name in ("payment_days", "tax_id", "_base", "_had", "version")},
        "pick-payment_days": "theirs",
    }
    assert client.post(f"{LIST}{account.id}/edit", data=again).status_code == 303
    with records_as("crm.sales_manager") as records:
        row = records.get("crm.account", account.id)
    assert (row["payment_days"], row["tax_id"], row["phone"]) == (30, "NL-17", "+31101234567")


def test_the_page_shows_both_names_the_path_and_what_one_may_do(client_as: Any, account: Row) -> None:
    manager = client_as("crm.sales_manager").get(f"{LIST}{account.id}").text
    assert "Alder Water" in manager and "桤木水务" in manager
    assert 'class="wf-path"' in manager and 'aria-current="step"' in manager
    assert "Log contact" in manager and f"{LIST}{account.id}/edit" in manager
    reader = client_as("portal_employee.executive").get(f"{LIST}{account.id}").text
    assert "Log contact" not in reader and f"{LIST}{account.id}/edit" not in reader


def test_linked_records_stand_in_panels_with_counts(client_as: Any, account: Row, make_record: Any) -> None:
    for number in range(7):
        make_record("crm.contact", name=f"Person {number}", account=account.id)
        make_record("crm.account", name=f"Works {number}", parent=account.id)
    client = client_as("crm.sales_manager")
    text = client.get(f"{LIST}{account.id}").text
    contacts = rf"/employee/crm/contacts/\?account={account.id}"
    assert re.search(r"tab=crm.has_contact~crm.contact\"[^>]*>Contacts<span class=\"wf-n\">7</span>", text)
    people = text[text.index(">People</h3>") :]
    assert len(re.findall(r">Person \d<", people)) == 5 and re.search(rf'href="{contacts}">All of them<', people)
    assert re.search(r"</a></h3><span class=\"wf-n\">7</span>(?:(?!</section>).)*and 2 more", text, re.S)
    tab = client.get(f"{LIST}{account.id}?tab=crm.has_contact~crm.contact").text
    assert re.search(rf'href="{contacts}">Contacts</a></h3><span class="wf-n">7</span>', tab)


def test_a_link_to_any_record_with_a_word(client_as: Any, account: Row, make_record: Any) -> None:
    other = make_record("crm.account", name="Birch Heat", role=["supplier"])
    client = client_as("crm.sales_manager")
    dialog = client.get(f"{LIST}{account.id}/link", headers={**HTMX, "HX-Target": "wf-dialog"})
    assert dialog.status_code == 200 and "Linked as" in dialog.text
    found = client.get("/employee/pick/any/crm/accounts/?q=birch", headers=HTMX)
    assert f'data-id="{other.id}"' in found.text
    data = {"target": str(other.id), "relation": "core.linked", "label": "supplier of the pumps"}
    answer = client.post(f"{LIST}{account.id}/link", data=data, headers=HTMX)
    assert answer.status_code == 204
    assert toast(answer)["text"] == "Alder Water linked to Birch Heat"
    links = re.compile(r'class="wf-list wf-links".*?</ul>', re.S)
    assert "supplier of the pumps" in "".join(links.findall(client.get(f"{LIST}{account.id}").text))
    client.post(toast(answer)["undo_url"], headers=HTMX)
    assert "supplier of the pumps" not in "".join(links.findall(client.get(f"{LIST}{account.id}").text))


def test_comments_are_cleaned_and_internal_at_first(client_as: Any, account: Row) -> None:
    client = client_as("crm.sales_manager")
    text = "They **agree**. <script>alert(1)</script> [x](javascript:alert(1))"
    assert client.post(f"{LIST}{account.id}/comments", data={"text": text}, headers=HTMX).status_code == 204
    page = client.get(f"{LIST}{account.id}?tab=timeline").text
    assert "<strong>agree</strong>" in page
    assert "<script>alert" not in page and 'href="javascript' not in page
    assert "wf-internal" in page


def test_an_empty_comment_says_so(client_as: Any, account: Row) -> None:
    answer = client_as("crm.sales_manager").post(f"{LIST}{account.id}/comments", data={"text": " "}, headers=HTMX)
    assert answer.status_code == 422 and "wf-error" in answer.text


def test_a_file_is_a_download_without_power(client_as: Any, account: Row) -> None:
    client = client_as("crm.sales_manager")
    data = {"file": (io.BytesIO(b"Bring the drawing on Friday."), "drawing.txt"), "audience": "internal"}
    assert client.post(f"{LIST}{account.id}/attach", data=data).status_code == 303
    page = client.get(f"{LIST}{account.id}?tab=files").text
    found = re.search(r"/files/\d+", page)
    assert "drawing.txt" in page and found is not None
    answer = client.get(found.group(0))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client_as("employee").get(found.group(0)).status_code == 404


def test_deleted_records_wait_in_the_trash_and_come_back(client_as: Any, account: Row) -> None:
    client = client_as("crm.sales_manager")
    answer = client.post(f"{LIST}{account.id}/delete", data={"version": account.version})
    assert answer.headers["Location"] == LIST
    listed = f'href="{LIST}{account.id}" title="Alder Water"'
    assert listed not in client.get(LIST + "?role=customer").text
    trash = client.get("/employee/trash/").text
    assert "Alder Water" in trash and f"{LIST}{account.id}/restore" in trash
    assert "In the trash" in client.get(f"{LIST}{account.id}").text
    assert client.post(f"{LIST}{account.id}/restore").status_code == 303
    assert listed in client.get(LIST + "?role=customer").text


def test_undo_is_refused_when_the_field_changed_since(client_as: Any, account: Row, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    path = f"{LIST}{account.id}/cell/payment_days"
    first = client.post(f"{path}?version={account.version}", data={"payment_days": "10"}, headers=HTMX)
    with records_as("crm.sales_manager", write=True) as records:
        now = records.get("crm.account", account.id)
        records.update("crm.account", account.id, {"payment_days": 20}, version=now.version)
    refused = client.post(toast(first)["undo_url"], headers=HTMX)
    assert refused.status_code == 409
    with records_as("crm.sales_manager") as records:
        assert records.get("crm.account", account.id)["payment_days"] == 20


def test_an_action_asks_and_runs(client_as: Any, make_record: Any, account: Row, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    ask = client.get(f"{LIST}{account.id}/act/log_contact", headers={**HTMX, "HX-Target": "wf-dialog"})
    assert ask.status_code == 200 and "wf-dlg" in ask.text
    empty = client.post(f"{LIST}{account.id}/act/log_contact", data={}, headers={**HTMX, "HX-Target": "wf-dialog"})
    assert empty.status_code == 422


def test_a_short_link_leads_to_the_record(client_as: Any, account: Row) -> None:
    client = client_as("crm.sales_manager")
    assert client.get(f"/r/{account.id}").headers["Location"] == f"{LIST}{account.id}"
    assert client_as("employee").get(f"/r/{account.id}").status_code == 404


def test_the_palette_finds_records_actions_and_pages(client_as: Any, account: Row) -> None:
    client = client_as("crm.sales_manager")
    answer = client.get(f"/employee/palette/?q=alder&here={LIST}{account.id}").get_json()
    titles = [group["title"] for group in answer["groups"]]
    assert titles[0] == "Accounts"
    row = answer["groups"][0]["rows"][0]
    assert (row["title"], row["url"]) == ("Alder Water", f"{LIST}{account.id}")
    actions = next(group for group in answer["groups"] if group["title"] == "Alder Water")
    assert any(one["title"] == "Log contact" for one in actions["rows"])
    pages = client.get("/employee/palette/?q=oppor").get_json()["groups"]
    assert any(one["url"] == "/employee/crm/opportunities/" for group in pages for one in group["rows"])


def test_names_follow_the_language_of_the_viewer(
    weft_app: Any, weft_runtime: Any, weft_cast: Any, account: Row
) -> None:
    from weft.core.testing.client import sign_in

    reader = weft_cast.user("crm.sales_manager", locale="zh")
    text = sign_in(weft_app, weft_runtime, reader).get(f"{LIST}{account.id}").text
    assert re.search(r"<h1[^>]*>桤木水务</h1>", text)
    assert 'lang="zh-CN"' in text and "变更" in text


def test_a_new_record_is_not_asked_for_a_state_it_cannot_begin_in(client_as: Any) -> None:
    client = client_as("crm.sales_manager")
    assert not re.search(r'name="life"|name="outcome"', client.get(LIST + "new").text)
    assert 'name="outcome"' not in client.get("/employee/crm/opportunities/new").text
    form = client.get("/employee/crm/activities/new").text
    assert re.findall(r'<input type="radio" name="status" value="(\w+)"', form) == ["planned", "done"]


def test_linked_activities_say_what_they_are_and_when(client_as: Any, account: Row, make_record: Any) -> None:
    make_record("crm.activity", subject="Calibration", kind="visit", account=account.id, at="2026-03-05T09:00:00Z")
    text = client_as("crm.sales_manager").get(f"{LIST}{account.id}?tab=crm.has_activity~crm.activity").text
    row = re.search(r"<li>(?:(?!</li>).)*title=\"Calibration\".*?</li>", text, re.S)
    assert row is not None
    assert ">Visit<" in row.group() and "5 Mar" in row.group()


def test_the_day_of_the_next_step_stands_beside_it_and_stands_out_when_past(
    client_as: Any, make_record: Any, weft_runtime: Any
) -> None:
    from sqlalchemy import update

    account = make_record("crm.account", name="Alder Water", role=["customer"])
    table = weft_runtime.registry.entity("crm.account").table
    for day, late in ((date(2020, 2, 3), True), (date(2099, 2, 3), False)):
        with weft_runtime.db.write() as connection:
            changed = update(table).where(table.c.id == account.id)
            connection.execute(changed.values(next_step="Send samples", next_on=day))
        text = client_as("crm.sales_manager").get(f"{LIST}{account.id}").text
        beside = re.search(r'Send samples\s*<span class="(wf-\w+) wf-400">([^<]+)<', text)
        assert beside is not None and "3 Feb" in beside.group(2)
        assert (beside.group(1) == "wf-late") is late
