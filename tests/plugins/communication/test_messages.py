"""Messages between a portal person and their contact: who reads them, who is told, and what follows the account."""

from __future__ import annotations

import pytest

from weft.core.collaboration import notices
from weft.core.collaboration.timeline import timeline
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.outbox.worker import Worker
from weft.plugins.communication.services import messages, people

pytestmark = pytest.mark.weft_plugins("crm", "communication", "portal_employee", "portal_customer")

THREAD, MESSAGE = "communication.thread", "communication.message"


def ask(records_as, who, account, text="Does the LD-4 fit our chambers?"):
    """A portal person begins a conversation about their firm."""
    with records_as(who, write=True) as records:
        return messages.begin(records, "LD-4", text, account=account)["id"]


@pytest.fixture
def thread(world, records_as):
    """What Lieke asked."""
    return ask(records_as, world.lieke, world.alder)


def texts(records, thread):
    return [row["text"] for row in records.query(MESSAGE, filters={"thread": thread}, sort="sent_at").rows]


def test_a_message_reaches_the_owner_of_the_account_with_a_notice_and_a_number(world, records_as, thread):
    with records_as(world.maud) as records:
        assert people.unread_count(records) == 1
        assert texts(records, thread) == ["Does the LD-4 fit our chambers?"]
        assert [one.text for one in notices.inbox(records)] == ["Lieke Haagstra wrote to you: LD-4"]
    with records_as(world.maud, write=True) as records:
        assert messages.read(records, thread)
    with records_as(world.maud) as records:
        assert people.unread_count(records) == 0 and notices.inbox(records) == []


def test_the_answer_comes_back_and_stands_on_the_timeline_of_the_account(world, records_as, thread):
    with records_as(world.maud, write=True) as records:
        records.act(f"{THREAD}.reply", thread, {"text": "Yes, from 60 cm."})
    with records_as(world.lieke) as records:
        assert people.unread_count(records) == 1
        assert texts(records, thread) == ["Does the LD-4 fit our chambers?", "Yes, from 60 cm."]
        assert len(notices.inbox(records)) == 1
    with records_as(world.maud) as records:
        found = timeline(records, world.alder, kinds=["activities"]).entries
        assert [one.item["text"] for one in found] == ["Yes, from 60 cm.", "Does the LD-4 fit our chambers?"]


def test_another_firm_and_a_colleague_outside_without_the_role_find_nothing(world, records_as, thread):
    for stranger in (world.cas, world.bram, world.floris, world.lin):
        with records_as(stranger) as records:
            assert records.query(THREAD).rows == [] if stranger != world.bram else True
            with pytest.raises(NotFound):
                records.get(THREAD, thread)
            with pytest.raises(NotFound):
                records.find(thread)
    with records_as("anonymous") as records, pytest.raises(NotFound):
        records.get(THREAD, thread)
    with records_as(world.cas, write=True) as records, pytest.raises(NotFound):
        records.act(f"{THREAD}.reply", thread, {"text": "Let me in."})
    with records_as(world.manager) as records:
        assert texts(records, thread) == ["Does the LD-4 fit our chambers?"]


def test_nobody_outside_writes_about_another_firm_or_without_the_role(world, records_as):
    with pytest.raises((ValidationFailed, Denied, NotFound)):
        ask(records_as, world.cas, world.alder)
    with pytest.raises((Denied, NotFound)):
        ask(records_as, world.bram, world.alder)
    with records_as("system") as records:
        assert records.query(THREAD).rows == []


def test_after_a_hand_over_the_successor_is_the_contact_and_undo_takes_it_back(world, records_as, thread, weft_runtime):
    with records_as(world.manager, write=True) as records:
        records.assign("crm.account", world.alder, owner=world.floris)
        change = records.change_set_id
    with records_as(world.floris) as records:
        assert texts(records, thread) and people.unread_count(records) == 1
    with records_as(world.maud) as records, pytest.raises(NotFound):
        records.get(THREAD, thread)
    with records_as(world.lieke, write=True) as records:
        records.act(f"{THREAD}.reply", thread, {"text": "And the price?"})
    with records_as(world.floris) as records:
        assert "Lieke Haagstra wrote to you: LD-4" in [one.text for one in notices.inbox(records)]
    thread_two = ask(records_as, world.cas, world.birch)
    with records_as(world.manager, write=True) as records:
        records.assign("crm.account", world.birch, owner=world.maud)
        second = records.change_set_id
    with records_as(world.manager, write=True) as records:
        records.undo(second)
    with records_as(world.floris) as records:
        assert texts(records, thread_two)
    with records_as(world.maud) as records, pytest.raises(NotFound):
        records.get(THREAD, thread_two)
    assert change is not None


def test_a_colleague_who_is_added_reads_all_of_it_and_answers_too(world, records_as, thread):
    with records_as(world.lieke, write=True) as records, pytest.raises((Denied, NotFound)):
        records.act(f"{THREAD}.add_person", thread, {"person": world.lin})
    with records_as(world.maud, write=True) as records:
        records.act(f"{THREAD}.add_person", thread, {"person": world.lin})
    with records_as(world.lin, write=True) as records:
        assert texts(records, thread) == ["Does the LD-4 fit our chambers?"]
        records.act(f"{THREAD}.reply", thread, {"text": "I can come on Tuesday."})
    with records_as(world.maud) as records:
        assert people.unread_count(records) == 1
    with records_as(world.maud, write=True) as records, pytest.raises(ValidationFailed):
        records.act(f"{THREAD}.add_person", thread, {"person": world.cas})


def test_an_employee_writes_to_a_portal_person_of_an_account_and_to_no_other(world, records_as):
    with records_as(world.maud, write=True) as records:
        begun = messages.begin(records, "Visit", "Shall I come by?", account=world.alder, receivers=[world.lieke])
    with records_as(world.lieke) as records:
        assert texts(records, begun["id"]) == ["Shall I come by?"] and people.unread_count(records) == 1
    for who in (world.cas, world.bram):
        with records_as(world.maud, write=True) as records, pytest.raises(ValidationFailed) as refused:
            messages.begin(records, "Visit", "Hello", account=world.alder, receivers=[who])
        assert refused.value.errors[0].field == "to"


def test_colleagues_write_to_each_other_and_managers_do_not_read_along(world, records_as):
    with records_as(world.maud, write=True) as records:
        begun = messages.begin(records, "Lunch", "Twelve?", receivers=[world.lin])
    with records_as(world.lin) as records:
        assert texts(records, begun["id"]) == ["Twelve?"]
    for other in (world.manager, world.floris, world.lieke):
        with records_as(other) as records, pytest.raises(NotFound):
            records.get(THREAD, begun["id"])
    # Even about an account it stays inside.
    with records_as(world.maud, write=True) as records:
        about = messages.begin(records, "Alder", "They are slow.", account=world.alder, receivers=[world.lin])
    with records_as(world.lieke) as records, pytest.raises(NotFound):
        records.get(THREAD, about["id"])
    with records_as(world.lieke) as records:
        assert records.query(MESSAGE).rows == []


@pytest.mark.parametrize(("subject", "text", "wrong"), [("", "Hello", "subject"), ("Hello", "  ", "text")])
def test_an_empty_message_is_refused_at_the_field(world, records_as, subject, text, wrong):
    with records_as(world.lieke, write=True) as records, pytest.raises(ValidationFailed) as refused:
        messages.begin(records, subject, text, account=world.alder)
    assert [error.field for error in refused.value.errors] == [wrong]


def test_messages_to_a_firm_whose_account_nobody_owns_reach_a_manager(world, records_as, make_record, weft_cast):
    alone = make_record("crm.account", name="Cedar Foods", role=["customer"], owner=None).id
    dora = weft_cast.user("communication.customer_messages", name="Dora", email="dora@cedar.example", anchors=[alone])
    with records_as("system", write=True) as records:
        records.assign("crm.account", alone, owner=None)
    begun = ask(records_as, dora, alone)
    with records_as(world.manager) as records:
        assert people.unread_count(records) == 1 and texts(records, begun)


def test_a_file_comes_along_and_opens_for_those_in_the_conversation_only(world, records_as, weft_runtime):
    import io

    from weft.core.files import files

    with records_as(world.lieke, write=True) as records:
        kept = files.upload(records, io.BytesIO(b"%PDF-1.4 plan"), "plan.pdf")
    with records_as(world.lieke, write=True) as records:
        begun = messages.begin(records, "Plan", "See the file.", account=world.alder, uploads=[kept.id])
    with records_as(world.maud) as records:
        rows = records.query(MESSAGE, filters={"thread": begun["id"]}).rows
        assert [one.file.name for one in files.attachments_of(records, [rows[0]["id"]])[rows[0]["id"]]] == ["plan.pdf"]
        assert files.open_for(records, kept.id)[0].name == "plan.pdf"
    for stranger in (world.cas, world.lin):
        with records_as(stranger) as records, pytest.raises(NotFound):
            files.open_for(records, kept.id)


def test_the_list_of_conversations_costs_the_same_for_many(world, client_as, records_as, query_count):
    client = client_as(world.maud)
    sent = []
    for number in (1, 12):
        for _again in range(number):
            ask(records_as, world.lieke, world.alder)
        client.get("/employee/messages/")
        with query_count() as counted:
            page = client.get("/employee/messages/")
        assert page.text.count("Does the LD-4 fit") == number + (number > 1)
        sent.append(counted.number)
    assert sent[1] <= sent[0] + 1


def test_a_message_is_told_by_mail_without_its_text(world, records_as, mailbox, weft_runtime):
    begun = ask(records_as, world.lieke, world.alder)
    Worker(weft_runtime).run_due()
    (sent,) = mailbox.to("maud@weft.example")
    assert "Lieke Haagstra wrote to you" in sent.subject and f"/r/{begun}" in sent.text
    assert "chambers" not in sent.text and mailbox.to("lieke@alder.example") == []
