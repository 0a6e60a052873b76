"""Who looks as somebody else reads none of their conversations, and leaves no trace of having read."""

from __future__ import annotations

import re

import pytest

from weft.plugins.communication.services import announcements, messages

pytestmark = pytest.mark.weft_plugins("crm", "communication", "portal_employee", "portal_customer")


@pytest.fixture
def thread(world, records_as):
    """What Lieke asked Maud."""
    with records_as(world.lieke, write=True) as records:
        return messages.begin(records, "LD-4 at pier nine", "Does the seal fit?", account=world.alder)["id"]


@pytest.mark.parametrize("portal", ["employee", "customer"])
def test_conversations_stay_private_on_every_page(portal, world, thread, client_as, records_as):
    who = world.maud if portal == "employee" else world.lieke
    assert "pier nine" in client_as(who).get(f"/{portal}/messages/").text
    client = client_as("core.admin")
    assert client.post(f"/employee/settings/users/{who}/view-as/").status_code == 303
    with records_as("system") as records:
        (message,) = records.query("communication.message").rows
    open_pages = [f"/{portal}/", f"/{portal}/messages/", f"/{portal}/notices/", f"/{portal}/search/?q=pier",
                  f"/{portal}/todo/"]  # fmt: skip
    if portal == "employee":
        assert "the seal" in client_as(who).get(f"/employee/crm/accounts/{world.alder}").text
        open_pages += [f"/employee/crm/accounts/{world.alder}{tab}" for tab in ("", "?tab=timeline", "/timeline")]
        open_pages += ["/employee/communication/threads/"]
    for address in open_pages:
        answer = client.get(address)
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        assert "you look as" in answer.text or answer.status_code != 200, address
        found = re.sub(r'value="pier"|“pier”', "", answer.text)
        assert "pier nine" not in found and "the seal" not in found, address
    assert client.get(f"/{portal}/messages/").status_code == client.get(f"/{portal}/").status_code == 200
    for address in (f"threads/{thread}", f"messages/{message['id']}"):
        assert client.get(f"/{portal}/communication/{address}").status_code == 404
    assert "New message" not in client.get(f"/{portal}/messages/").text


def test_an_announcement_is_not_sent_as_read(world, client_as, records_as, weft_cast):
    boss = weft_cast.user("communication.editor")
    with records_as(boss, write=True) as records:
        told = announcements.announce(records, {"subject": "Hall shut", "text": "On Friday."}, ["all"])["id"]
    address, sent = f"/employee/communication/announcements/{told}", "/employee/communication/seen/"
    assert sent in client_as(world.maud).get(address).text
    client = client_as("core.admin")
    client.post(f"/employee/settings/users/{world.maud}/view-as/")
    page = client.get(address)
    assert page.status_code == 200 and "Hall shut" in page.text and sent not in page.text
