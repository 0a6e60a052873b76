"""The timeline of a record page: changes, comments, files and activities in one stream, by kind and page."""

from __future__ import annotations

import io

import pytest

from weft.core.collaboration import comments
from weft.core.files import files

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def account(weft_cast, make_record):
    return make_record("crm.account", name="Haverdijk", owner=weft_cast.user_of("crm.sales_rep"))["id"]


def test_the_page_shows_everything_and_the_switch_keeps_one_kind(client_as, records_as, account):
    with records_as("crm.sales_rep", write=True) as records:
        comments.add(records, account, "they **called** back")
        files.attach(records, account, io.BytesIO(b"text"), "survey.txt")
        records.create(
            "crm.activity",
            {"subject": "Visit in Delft", "kind": "visit", "account": account, "at": records.now.isoformat()},
        )
    client = client_as("crm.sales_rep")
    page = client.get(f"/employee/crm/accounts/{account}")
    assert page.status_code == 200
    for text in (
        "they <strong>called</strong> back",
        "survey.txt",
        "Visit in Delft",
        'created <span class="wf-500">Haverdijk</span>',
    ):
        assert text in page.text
    only = client.get(f"/employee/crm/accounts/{account}?kind=comments").text
    stream = only[only.index('id="wf-timeline"') :]
    assert "called" in stream and "Visit in Delft" not in stream[: stream.index("</ol>")]


def test_earlier_entries_are_loaded_by_the_link_at_the_end(client_as, records_as, account):
    with records_as("crm.sales_rep", write=True) as records:
        for number in range(45):
            comments.add(records, account, f"word {number:02}")
    client = client_as("crm.sales_rep")
    text, seen = client.get(f"/employee/crm/accounts/{account}?kind=comments").text, set()
    for _page in range(5):
        seen |= {number for number in range(45) if f"word {number:02}" in text}
        if "stream?" not in text:
            break
        address = text[text.index(f"/employee/crm/accounts/{account}/stream?") :].split('"')[0].replace("&amp;", "&")
        text = client.get(address).text
    assert seen == set(range(45))
    assert client.get(f"/employee/crm/accounts/{account}/stream?before=nonsense").status_code == 400
