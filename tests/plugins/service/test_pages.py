"""Pages around a request: the public form, what a request leads to, suggestions, merging, menus and homes."""

from __future__ import annotations

import re

import pytest

from weft.core.errors import Denied
from weft.plugins.service.services import arrivals, leading, suggestions

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]
REQUEST = "service.request"
TEXTS = "/employee/settings/portals/customer/texts/"


@pytest.fixture
def visitor(world, weft_app):
    """Fills the public form in as a person would."""
    client = weft_app.test_client()

    class Visitor:
        def send(self, wait=30, lang="en", token=None, **given):
            page = client.get(f"/service/ask?lang={lang}")
            token = token or re.search(r'name="_shown" value="([^"]+)"', page.text).group(1)
            world.clock.move(seconds=wait)
            answers = {
                "name": "Bram",
                "email": "bram@firm.example",
                "subject": "Pump",
                "description": "It hums *loud*.",
            }
            return client.post(f"/service/ask?lang={lang}", data={**answers, "_shown": token, **given}, forged=True)

    return Visitor()


def rows(records_as):
    with records_as("system") as records:
        return records.query(REQUEST, sort="-asked_at").rows


def test_the_public_form_makes_a_request_without_telling_whom_we_know(world, visitor, records_as, mailbox):
    unknown = visitor.send()
    (row,) = rows(records_as)
    assert unknown.status_code == 200 and row["number"] in unknown.text
    assert row["channel"] == "web" and row["customer"] is None and row["owner"].id == world.agent
    known = visitor.send(email="lieke@haverdijk.example")
    shape = re.compile(r'REQ-\d+|value="[^"]*"|content="[^"]*"')
    assert shape.sub("", known.text) == shape.sub("", unknown.text)


def test_what_a_stranger_types_stands_under_no_customer_until_a_colleague_confirms_the_sender(
    world, visitor, records_as, client_as, weft_runtime
):
    """Anybody can type a customer's mail address: neither the portal nor the timeline may show it as theirs."""
    visitor.send(email="Lieke@Haverdijk.example", subject="Cancel everything")
    (row,) = rows(records_as)
    assert row["customer"] is None and row["contact"] is None and row["reply_to"] == "lieke@haverdijk.example"
    page, theirs = f"/employee/service/requests/{row.id}", f"/customer/service/requests/{row.id}"
    seen = {theirs: world.lieke, "/customer/service/requests/": world.lieke, "/customer/": world.lieke,
            f"/employee/crm/accounts/{world.firm}": world.rep}  # fmt: skip
    for address, who in seen.items():
        assert "Cancel everything" not in client_as(who).get(address).text, address
    agent = client_as(world.agent).get(page).text
    assert "Not verified" in agent and "Confirm the sender" in agent and "Lieke Haagstra" not in agent
    confirm = f"{page}/act/confirm_sender"
    for who in (world.stranger, world.rep, world.ji):
        assert client_as(who).post(confirm).status_code in (401, 403, 404)
    assert client_as(world.lieke).post(f"{theirs}/act/confirm_sender").status_code == 404
    assert rows(records_as)[0]["customer"] is None
    assert client_as(world.agent).post(confirm).status_code in (204, 303)
    (row,) = rows(records_as)
    assert (row["customer"].id, row["contact"].id) == (world.firm, world.person)
    for address, who in seen.items():
        assert "Cancel everything" in client_as(who).get(address).text, address
    assert "Confirm the sender" not in client_as(world.agent).get(page).text


def test_a_sender_nobody_knows_cannot_be_confirmed(world, visitor, records_as, client_as):
    visitor.send(email="bram@firm.example")
    (row,) = rows(records_as)
    refused = client_as(world.agent).post(f"/employee/service/requests/{row.id}/act/confirm_sender")
    assert "Nobody with this mail address is known" in refused.text or refused.status_code == 422
    assert rows(records_as)[0]["customer"] is None


def test_machines_hurry_and_gaps_are_refused_and_nothing_typed_is_lost(world, visitor, records_as):
    assert visitor.send(homepage="https://spam.example").status_code == 200
    assert visitor.send(wait=1).status_code == 422
    assert visitor.send(token="forged").status_code == 422
    gap = visitor.send(subject="", description="It hums since Monday")
    assert gap.status_code == 422 and "It hums since Monday" in gap.text
    assert visitor.send(email="no address").status_code == 422
    assert rows(records_as) == []
    assert "提交服务请求" in visitor.send(lang="zh", email="").text


def test_a_request_becomes_a_deal_or_a_task_and_both_name_each_other(world, asked, client_as, records_as, make_record):
    """S3 steps 3 and 5: the source stays visible both ways."""
    make_record("crm.stage", code="contact", label_en="Contact", position=10, probability=10, outcome="open")
    seller = client_as(world.rep)
    address = f"/employee/service/requests/{asked}/act/lead_on"
    assert 'value="crm.opportunity"' in seller.get(address).text
    made = seller.post(address, data={"what": "crm.opportunity", "title": "Yearly care"})
    assert made.status_code in (204, 302, 303), made.text
    with records_as(world.rep) as records:
        (deal,) = records.query("crm.opportunity", filters={"name": "Yearly care"}).rows
        assert deal["account"].id == world.firm
        assert [one.id for one in records.linked("service.led_to", [asked])[asked]] == [deal.id]
        assert [one.id for one in records.linked("service.came_from", [deal.id])[deal.id]] == [asked]
    assert "LD-3 loggers stop at night" in seller.get(f"/employee/crm/opportunities/{deal.id}").text
    agent = client_as(world.agent)
    assert 'value="crm.opportunity"' not in agent.get(address).text
    done = agent.post(address, data={"what": "core.event", "title": "Go there", "due": "2026-03-20"})
    assert done.status_code in (204, 302, 303), done.text
    with records_as(world.agent) as records:
        (task,) = records.query("core.event", filters={"kind": "task"}).rows
        assert task["about"].id == asked and task["title"] == "Go there"


def test_nobody_leads_on_a_request_they_may_not(world, asked, client_as, records_as):
    address = f"/employee/service/requests/{asked}/act/lead_on"
    for who in (world.stranger, world.ji, world.lieke):
        assert client_as(who).get(address).status_code in (302, 303, 403, 404)
    with records_as(world.agent, write=True) as records:
        request = records.get(REQUEST, asked)
        with pytest.raises(Denied):
            leading.make(records, request, leading.TARGETS[0])


def test_chinese_is_looked_for_in_every_pair_of_characters(world, records_as, make_record):
    earlier = make_record(REQUEST, subject="信号弱，夜间", customer=world.rival)["id"]
    with records_as(world.agent) as records:
        assert [one.id for one in suggestions.like(records, "夜间无信号")] == [earlier]


def test_suggestions_are_the_visitors_own_and_solved_ones_first(world, asked, records_as, client_as, make_record):
    make_record(REQUEST, subject="LD-3 loggers of the rival stop", customer=world.rival)
    with records_as(world.lieke, write=True) as records:
        arrivals.ask(records, {"subject": "Loggers again silent at night"})
    with records_as(world.agent, write=True) as records:
        records.act("service.request.solve", asked, {})
    with records_as(world.lieke) as records:
        found = suggestions.like(records, "LD-3 loggers stop again at night")
        assert [one.title for one in found] == ["LD-3 loggers stop at night", "Loggers again silent at night"]
        assert found[0].solved and not found[1].solved
        assert suggestions.like(records, "the and of") == []
    answer = client_as(world.lieke).post("/customer/service/suggest", data={"subject": "LD-3 loggers stop at night"})
    assert "LD-3 loggers stop at night" in answer.text and "rival" not in answer.text
    assert "rival" in client_as(world.ji).post("/customer/service/suggest", data={"subject": "LD-3 loggers stop"}).text


def test_two_requests_become_one_with_both_conversations(world, asked, records_as, row_of):
    from weft.core.collaboration import comments

    with records_as(world.lieke, write=True) as records:
        second = arrivals.ask(records, {"subject": "Same again"})["id"]
        comments.add(records, second, "I wrote twice, sorry.")
    with records_as(world.agent, write=True) as records:
        records.merge(REQUEST, asked, second)
    with records_as(world.lieke) as records:
        assert [one.text for one in comments.comments(records, asked)] == ["I wrote twice, sorry."]
        assert len(records.query(REQUEST).rows) == 1


def test_homes_show_what_waits_and_menus_only_what_is_ones_work(world, asked, client_as):
    agent = client_as(world.agent).get("/employee/").text
    assert "LD-3 loggers stop at night" in agent and "My requests" in agent
    assert "/employee/crm/accounts" not in re.sub(r'data-\w+="[^"]*"', "", agent.split("<main")[0])
    outside = client_as(world.lieke).get("/customer/").text
    assert "My requests" in outside and "Anneke Roodhuyzen answers by" in outside and "New request" in outside
    assert "New request" not in client_as(world.bare).get("/customer/").text
    head = client_as(world.head).get("/employee/").text
    assert "Requests of my unit" in head and "Europe" in head


def test_lists_of_a_visitor_can_be_searched_and_exported(world, asked, client_as):
    browser = client_as(world.lieke)
    assert "LD-3 loggers" in browser.get("/customer/service/requests/?standing=new").text
    assert "LD-3 loggers" not in browser.get("/customer/service/requests/?standing=closed").text
    assert browser.get("/customer/service/requests/?status=new").status_code in (200, 400)
    assert browser.get("/customer/service/requests/export").status_code == 200


def test_the_public_form_links_the_privacy_page_once_there_is_one(world, weft_app, client_as):
    nobody = weft_app.test_client()
    assert "/auth/customer/privacy" not in nobody.get("/service/ask").text
    texts = {"kind": "privacy", "text_en": "We keep little.", "text_zh": ""}
    assert client_as("core.admin").post(TEXTS, data=texts).status_code == 303
    assert 'href="/auth/customer/privacy"' in nobody.get("/service/ask").text


def test_the_timeline_of_a_customer_names_who_asked_in_the_portal(world, asked, client_as):
    page = re.sub(r"<[^>]+>", "", client_as(world.rep).get(f"/employee/crm/accounts/{world.firm}").text)
    assert re.search(r"Lieke Haagstra\s+asked in the portal:\s+REQ-\d+ LD-3 loggers", page)
