"""A request from asking to rating: who sees what, who is told, and how the clock stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.collaboration import comments, notices
from weft.core.errors import Denied, NotFound, StateConflict, ValidationFailed
from weft.core.outbox.worker import Worker
from weft.plugins.service.services import conversation

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]

REQUEST = "service.request"


def test_a_visitor_asks_and_the_request_has_number_due_time_and_somebody_who_answers(
    world, asked, records_as, mailbox, row_of
):
    row = row_of(asked)
    assert row["number"].startswith("REQ-") and row["customer"].id == world.firm and row["contact"].id == world.person
    assert row["owner"].id == world.agent and row["unit"].id == world.unit and row["channel"] == "portal"
    assert row["status"] == "new" and row["queue"].id == world.queue
    asked_at = world.clock()
    assert row["asked_at"] == asked_at
    assert row["answer_due_at"] == row["next_due_at"] and row["answer_due_at"] > asked_at
    with records_as(world.agent) as records:
        assert [one.kind for one in notices.inbox(records)] == ["service.came"]


def test_the_conversation_shows_the_visitor_shared_words_only_and_tells_them_in_portal_and_mail(
    world, asked, records_as, mailbox, weft_runtime, row_of
):
    with records_as(world.agent, write=True) as records:
        request = records.get(REQUEST, asked)
        conversation.say(records, request, "GW-1 runs 2.3.1, look at Tangyu", audience="internal")
        conversation.say(records, request, "We load an update tonight.", audience="shared", then="wait")
    Worker(weft_runtime).run_due()
    with records_as(world.lieke) as records:
        assert [one.text for one in comments.comments(records, asked)] == ["We load an update tonight."]
        assert records.get(REQUEST, asked)["standing"] == "waiting"
        kinds = [one.kind for one in notices.inbox(records)]
        assert kinds == ["service.answered"]
    (mail,) = mailbox.to("lieke.portal@haverdijk.example")
    assert "Anneke Roodhuyzen answered your request" in mail.subject and f"/r/{asked}" in mail.text
    assert "update tonight" not in mail.text  # what the record holds is read after signing in
    row = row_of(asked)
    assert row["status"] == "waiting" and row["first_response_at"] is not None and row["next_due_at"] is None


def test_the_clock_stands_while_the_customer_has_to_answer(world, asked, records_as, row_of):
    before = row_of(asked)["due_at"]
    world.clock.move(hours=1)
    with records_as(world.agent, write=True) as records:
        conversation.say(records, records.get(REQUEST, asked), "Which gateway?", audience="shared", then="wait")
    world.clock.move(days=2)
    with records_as(world.lieke, write=True) as records:
        conversation.say(records, records.get(REQUEST, asked), "GW-1 in pit 14.")
    row = row_of(asked)
    assert row["status"] == "open" and row["paused_since"] is None
    assert row["stopped_minutes"] == 16 * 60  # two working days of eight hours
    # Friday at five, and two working days with a weekend between.
    assert row["due_at"] - before == timedelta(days=4) and row["next_due_at"] == row["due_at"]
    with records_as(world.agent) as records:
        assert "comment" in [one.kind for one in notices.inbox(records)] or records.get(REQUEST, asked)


def test_solved_reopened_solved_again_and_rated(world, asked, records_as, row_of):
    with records_as(world.agent, write=True) as records:
        records.act("service.request.solve", asked, {"answer": "The update is loaded."})
    assert row_of(asked)["resolved_at"] is not None
    with records_as(world.lieke, write=True) as records, pytest.raises(ValidationFailed):
        records.act("service.request.reopen", asked, {})
    with records_as(world.lieke, write=True) as records:
        records.act("service.request.reopen", asked, {"reason": "Pit 17 is still silent."})
    row = row_of(asked)
    assert row["status"] == "open" and row["reopened"] == 1 and row["resolved_at"] is None
    with records_as(world.agent, write=True) as records:
        records.act("service.request.solve", asked, {})
    with records_as(world.lieke, write=True) as records:
        records.act("service.request.rate", asked, {"rating": "4", "rating_comment": "Quick."})
    row = row_of(asked)
    assert (row["rating"], row["score"], row["rating_comment"]) == ("4", 4, "Quick.")
    with records_as(world.lieke) as records:
        assert next(one.text for one in comments.comments(records, asked)) == "Pit 17 is still silent."


@pytest.mark.parametrize("door", ["page", "rest"])
def test_nobody_but_the_firm_and_the_team_sees_a_request(world, asked, records_as, client_as, api_as, door):
    address = {"page": f"/employee/service/requests/{asked}", "rest": f"/api/v1/service/requests/{asked}"}[door]
    outside = f"/customer/service/requests/{asked}"
    if door == "page":
        assert client_as(None).get(address).status_code in (302, 303)
        assert client_as(world.agent).get(address).status_code == 200
        assert client_as(world.rep).get(address).status_code == 200
        assert client_as(world.stranger).get(address).status_code == 404
        assert client_as(world.lieke).get(outside).status_code == 200
        assert client_as(world.ji).get(outside).status_code == 404
        assert client_as(world.bare).get(outside).status_code == 404
        assert "LD-3" not in client_as(world.ji).get("/customer/service/requests/").text
    else:
        client = client_as(None)
        assert client.get(address).status_code == 401
        assert client.get(address, headers=api_as(world.agent)).status_code == 200
        assert client.get(address, headers=api_as(world.stranger)).status_code == 404
        seen = client.get(address, headers=api_as(world.lieke)).json
        assert seen["standing"] == "new" and not {"status", "customer", "queue", "owner", "reply_to",
                                                  "stopped_minutes", "escalated_at"} & set(seen)  # fmt: skip
        assert client.get(address, headers=api_as(world.ji)).status_code == 404


def test_what_a_visitor_may_not_do(world, asked, records_as, row_of):
    with records_as(world.lieke, write=True) as records:
        with pytest.raises(Denied):
            records.update(REQUEST, asked, {"subject": "Other"}, version=None)
        for action in ("solve", "take", "wait", "change_queue"):
            with pytest.raises((Denied, NotFound)):
                records.act(f"service.request.{action}", asked, {})
        with pytest.raises(StateConflict):
            records.act("service.request.rate", asked, {"rating": "1"})
    with records_as(world.ji, write=True) as records, pytest.raises(NotFound):
        records.act("service.request.close", asked, {})
    with records_as(world.bare, write=True) as records, pytest.raises(Denied):
        records.create(REQUEST, {"subject": "May I?"})
    assert row_of(asked)["status"] == "new"


def test_a_visitor_cannot_ask_for_another_firm(world, records_as):
    with records_as(world.lieke, write=True) as records, pytest.raises((ValidationFailed, Denied)):
        records.create(REQUEST, {"subject": "For them", "customer": world.rival})
    with records_as(world.lieke, write=True) as records, pytest.raises((ValidationFailed, Denied)):
        records.create(REQUEST, {"subject": "Long ago", "asked_at": "2020-01-01T09:00:00Z"})


def test_a_new_request_on_the_page_takes_files_and_says_what_is_missing(world, client_as, records_as):
    browser = client_as(world.lieke)
    form = browser.get("/customer/service/requests/new")
    assert form.status_code == 200 and "New request" in form.text
    assert browser.post("/customer/service/requests/new", data={"subject": ""}).status_code == 422
    answer = browser.post("/customer/service/requests/new", data={"subject": "Spare battery", "priority": "low"})
    assert answer.status_code in (302, 303)
    page = browser.get(answer.headers["Location"])
    assert "Anneke Roodhuyzen" in page.text and "Spare battery" in page.text


def test_an_answer_on_the_page_and_a_request_made_by_phone(world, asked, client_as, records_as, row_of):
    inside, outside = client_as(world.agent), client_as(world.lieke)
    desk = inside.get(f"/employee/service/requests/{asked}")
    assert desk.status_code == 200 and "Reply to the customer" in desk.text and "Haverdijk" in desk.text
    sent = inside.post(f"/employee/service/request/{asked}/answer", data={"text": "On it.", "mode": "shared"})
    assert sent.status_code in (302, 303)
    assert "On it." in outside.get(f"/customer/service/requests/{asked}").text
    empty = outside.post(f"/customer/service/request/{asked}/answer", data={"text": " "})
    assert empty.status_code == 422
    with records_as(world.stranger, write=True) as records:
        made = records.create(REQUEST, {"subject": "Called in", "customer": world.firm, "channel": "phone"})
    row = row_of(made["id"])
    assert row["owner"].id == world.agent and row["unit"].id == world.unit


def test_an_import_may_name_more_customers_than_a_filter_takes(records_as, make_record, world):
    """Each request gets the agreement of its customer, however many there are in one go."""
    with records_as("system", write=True) as records:
        firms = records.load("crm.account", [{"name": f"Firm {n}", "role": ["customer"]} for n in range(620)]).created
    last = sorted(firms)[-1]
    agreement = make_record("service.agreement", name="Care", customer=last, valid_from="2020-01-01")["id"]
    with records_as("system", write=True) as records:
        rows = [{"subject": f"Pump of {firm}", "customer": firm, "channel": "file"} for firm in firms]
        assert len(records.load(REQUEST, rows).created) == 620
        found = records.query(REQUEST, filters={"agreement": str(agreement)}).rows
    assert [row["customer"].id for row in found] == [last]
