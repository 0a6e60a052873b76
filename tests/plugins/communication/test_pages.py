"""Pages of messages: who may open and send them, and where one begins to write."""

from __future__ import annotations

import re

import pytest

from weft.plugins.communication.services import messages

pytestmark = pytest.mark.weft_plugins("crm", "communication", "portal_employee", "portal_customer")


@pytest.fixture
def thread(world, records_as):
    """What Lieke asked."""
    with records_as(world.lieke, write=True) as records:
        return messages.begin(records, "LD-4", "Does it fit?", account=world.alder)["id"]


def test_pages_of_messages_open_for_those_with_the_role_only(world, client_as, thread):
    answers = {}
    for name, who in {"nobody": None, "none": world.bram, "with": world.lieke, "other": world.cas}.items():
        client = client_as(who)
        found = [
            client.get(address).status_code
            for address in ("/customer/messages/", "/customer/communication/write",
                            f"/customer/communication/threads/{thread}")
        ]  # fmt: skip
        found.append(client.post(f"/customer/communication/read/{thread}").status_code)
        found.append(
            client.post(f"/customer/communication/threads/{thread}/act/reply", data={"text": "Hello"}).status_code
        )
        answers[name] = found
    assert answers["nobody"][:3] == [303, 303, 303] and set(answers["nobody"][3:]) <= {303, 401, 403, 404}
    assert answers["none"] == [403, 403, 404, 404, 404]
    assert answers["with"] == [200, 200, 200, 204, 303]
    assert answers["other"] == [200, 200, 404, 404, 404]


def test_the_button_stands_beside_the_contact_for_those_who_may_write(world, client_as):
    button = 'href="/customer/communication/write"'
    assert button in client_as(world.lieke).get("/customer/").text
    assert button in client_as(world.lieke).get("/customer/notices/").text
    assert button not in client_as(world.bram).get("/customer/").text


def test_a_colleague_writes_from_the_account_to_its_people_in_the_portal(world, client_as, records_as):
    client = client_as(world.maud)
    page = client.get(f"/employee/crm/accounts/{world.alder}").text
    link = f"/employee/communication/write?account={world.alder}&amp;to={world.lieke}"
    assert link in page and f"to={world.bram}" not in page
    form = client.get(link.replace("&amp;", "&")).text
    assert "Lieke Haagstra" in form
    found = client.get(f"/employee/communication/people?account={world.alder}&q=lieke").text
    assert "Lieke Haagstra" in found and "Cas Berk" not in found
    token = re.search(r'name="_once" value="([^"]+)"', form)[1]
    sent = {"to": str(world.lieke), "account": str(world.alder), "subject": "Visit", "text": "Tuesday?", "_once": token}
    for _tap in range(2):  # a double tap sends one message
        assert client.post("/employee/communication/write", data=sent).status_code == 303
    with records_as(world.lieke) as records:
        assert [row["subject"] for row in records.query("communication.thread").rows] == ["Visit"]


def test_the_account_has_a_tab_of_conversations_and_its_messages_on_the_timeline_alone(world, client_as, thread):
    page = client_as(world.maud).get(f"/employee/crm/accounts/{world.alder}").text
    assert "communication.has_thread" in page and "Does it fit?" in page
    assert "communication.account_message" not in page


def test_what_was_typed_stays_when_something_is_missing(world, client_as):
    client = client_as(world.lieke)
    answer = client.post("/customer/communication/write", data={"subject": "", "text": "Where is order 7?"})
    assert answer.status_code == 422
    assert "Where is order 7?" in answer.text and "Say in a few words what it is about." in answer.text


def test_another_firm_is_not_named_by_those_who_look_for_people(world, client_as):
    found = client_as(world.lin).get(f"/employee/communication/people?account={world.alder}&q=lieke")
    assert found.status_code == 404


@pytest.mark.parametrize("portal", ["employee", "customer"])
def test_a_message_without_a_time_is_shown_without_one(world, client_as, thread, records_as, make_record, portal):
    """Messages taken over from another system may lack it."""
    make_record("communication.message", excerpt="From before", text="From before", thread=thread,
                account=world.alder, audience="customer")  # fmt: skip
    who = world.maud if portal == "employee" else world.lieke
    page = client_as(who).get(f"/{portal}/communication/threads/{thread}")
    assert page.status_code == 200 and "From before" in page.text and "Does it fit?" in page.text
