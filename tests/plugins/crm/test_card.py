"""The customer card: logging a contact from anywhere, what is still to do, habits, the path's dates, the timeline."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.plugins.crm.queries.habits import colleagues_of, habits
from weft.plugins.crm.queries.still_to_do import open_deals, planned_steps, points

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

ACCOUNTS = "/employee/crm/accounts/"
HTMX = {"HX-Request": "true", "X-Requested-With": "fetch", "HX-Target": "wf-dialog"}
LOG = "crm.account.log_contact"


@pytest.fixture
def rep(weft_cast: Any) -> int:
    """A sales rep."""
    found: int = weft_cast.user("crm.sales_rep", name="Maud Teunisse")
    return found


@pytest.fixture
def account(make_record: Any, rep: int) -> Any:
    """A customer of the rep."""
    return make_record("crm.account", owner=rep, name="Alder Water", name_alt="桤木水务", role=["customer"], life="won")


@pytest.fixture
def person(make_record: Any, rep: int, account: Any) -> Any:
    """Somebody who works there."""
    return make_record("crm.contact", owner=rep, name="Lieke Haagstra", account=account.id, influence="influences")


def activities(records: Any, **filters: Any) -> Any:
    return records.query("crm.activity", filters=filters, sort="id").rows


# ---- logging a contact


def test_a_contact_names_people_and_outcome_and_plans_the_next_step(records_as, rep, account, person):
    with records_as(rep, write=True) as records:
        data = {"kind": "visit", "note": "Zone 3 is live.", "people": str(person.id), "outcome": "positive",
                "minutes": 45, "next_step": "Acceptance meeting", "next_on": "2030-02-01"}  # fmt: skip
        records.act(LOG, account.id, data)
        done, planned = activities(records, status="done")[0], activities(records, status="planned")[0]
        after = records.get("crm.account", account.id)
        with_whom = records.linked("crm.attended_by", [done["id"]])[done["id"]]
    assert (done["kind"], done["outcome"], done["minutes"], done["shared"]) == ("visit", "positive", 45, False)
    assert [ref.title for ref in with_whom] == ["Lieke Haagstra"]
    assert (planned["subject"], planned["owner"].id) == ("Acceptance meeting", rep)
    assert (after["next_step"], str(after["next_on"])) == ("Acceptance meeting", "2030-02-01")
    assert after["last_contact_at"] == done["at"]


def test_a_contact_closes_what_was_due_and_replaces_the_step_planned_for_later(records_as, rep, account):
    with records_as(rep, write=True) as records:
        for subject, days in (("due", -1), ("later", 5)):
            at = records.now + timedelta(days=days)
            records.create("crm.activity", {"subject": subject, "kind": "task", "account": account.id, "at": at})
        meeting = {"subject": "meet", "kind": "meeting", "account": account.id, "at": records.now + timedelta(days=9)}
        records.create("crm.activity", meeting)
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"note": "Spoke.", "next_step": "New step"})
        states = {row["subject"]: row["status"] for row in activities(records)}
    assert states == {
        "due": "done", "later": "cancelled", "meet": "planned", "Spoke.": "done", "New step": "planned",
    }  # fmt: skip


def test_undo_takes_all_of_it_back(records_as, rep, account, person):
    with records_as("system", write=True) as records:
        records.update("crm.account", account.id, {"awaits_contact": True}, version=None)
    with records_as(rep, write=True) as records:
        at = records.now - timedelta(days=1)
        records.create("crm.activity", {"subject": "due", "kind": "task", "account": account.id, "at": at})
    with records_as("system", write=True) as records:
        from weft.plugins.crm.services.accounts import refresh_facts

        refresh_facts(records, [account.id])
        before = records.get("crm.account", account.id)
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"note": "Spoke.", "people": str(person.id), "next_step": "More"})
        logged = records.change_set_id
        assert records.get("crm.account", account.id)["awaits_contact"] is False
    with records_as(rep, write=True) as records:
        records.undo(logged)
    with records_as(rep) as records:
        after = records.get("crm.account", account.id)
        states = {row["subject"]: row["status"] for row in activities(records)}
    assert states == {"due": "planned"}
    names = ("last_contact_at", "next_step", "next_on", "awaits_contact", "life", "silence", "recycle_on")
    assert {name: after.get(name) for name in names} == {name: before.get(name) for name in names}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "call"}, "note"),
        ({"note": "Soon", "at": "2099-01-01T10:00:00+00:00"}, "at"),
        ({"note": "Hello", "people": "Lieke"}, "people"),
        ({"note": "Hello", "next_step": "X", "next_who": 999_999}, "next_who"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_in_words(records_as, rep, account, data, field):
    with records_as(rep, write=True) as records, pytest.raises(ValidationFailed) as refused:
        records.act(LOG, account.id, data)
    assert [error.field for error in refused.value.errors] == [field]


def test_a_contact_without_a_note_says_how_it_went(records_as, rep, account):
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"kind": "call", "outcome": "not_reached"})
        assert activities(records)[0]["subject"] == "Not reached"


def test_a_step_for_a_colleague_is_theirs_and_they_are_told(records_as, weft_cast, rep, account):
    other = weft_cast.user("crm.sales_rep", name="Joris Haanstra")
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"note": "Spoke.", "next_step": "Send the offer", "next_who": other})
    with records_as(other) as records:
        mine = activities(records, owner="me")
        from weft.core.collaboration import notices

        told = [one.kind for one in notices.inbox(records)]
    assert [row["subject"] for row in mine] == ["Send the offer"]
    assert told == ["crm.step_for_you"]


def test_contact_deal_and_lead_log_on_their_account(records_as, make_record, rep, account, person):
    stage = make_record("crm.stage", code="first", label_en="First", position=1, probability=10)
    deal = make_record("crm.opportunity", owner=rep, name="Meters", account=account.id, stage=stage.id)
    lead = make_record("crm.lead", owner=rep, name="Inkboat", awaits_contact=True)
    with records_as(rep, write=True) as records:
        records.act("crm.contact.log_contact", person.id, {"note": "By the person"})
        records.act("crm.opportunity.log_contact", deal.id, {"note": "About the deal"})
        records.act("crm.lead.log_contact", lead.id, {"note": "First call"})
        by_person, by_deal, by_lead = activities(records)
        attended = records.linked("crm.attended_by", [by_person["id"]])
        now = records.get("crm.lead", lead.id)
    assert by_person["account"].id == account.id and [ref.id for ref in attended[by_person["id"]]] == [person.id]
    assert (by_deal["account"].id, by_deal["about"].id) == (account.id, deal.id)
    assert (by_lead["account"], by_lead["about"].id) == (None, lead.id)
    assert (now["status"], now["awaits_contact"], now["first_contact_at"]) == ("working", False, by_lead["at"])


# ---- who may


def test_logging_is_for_those_who_may_write_there(client_as, weft_app, weft_cast, account, rep):
    path = f"{ACCOUNTS}{account.id}/act/log_contact"
    anonymous = weft_app.test_client().get(path)
    assert anonymous.status_code in (302, 303) and "/auth/" in anonymous.headers["Location"]
    assert client_as("employee").get(path).status_code == 404
    another = weft_cast.user("crm.sales_rep", name="Another Rep")
    assert client_as(another).get(path).status_code == 404
    assert client_as(another).post(path, data={"note": "x"}).status_code == 404
    assert client_as(rep).get(path).status_code == 200
    for own in (f"/employee/crm/log/{account.id}", f"/employee/crm/log/{account.id}/people"):
        assert client_as(another).get(own).status_code == 404
        assert client_as("employee").get(own).status_code == 404
        assert client_as(rep).get(own).status_code == 200


def test_who_may_only_read_may_not_log(records_as, make_record, weft_cast):
    supplier = make_record("crm.account", name="Shuohe Castings", role=["supplier"])
    reader = weft_cast.user("crm.sales_rep", name="Reader")
    with records_as(reader, write=True) as records, pytest.raises((Denied, NotFound)):
        records.act(LOG, supplier.id, {"note": "x"})


# ---- the dialog


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found.group(1)


def test_the_dialog_knows_who_was_spoken_to_last_and_saves_once(client_as, records_as, rep, account, person):
    client = client_as(rep)
    form = client.get(f"{ACCOUNTS}{account.id}/act/log_contact", headers=HTMX).text
    assert "Lieke Haagstra" in form and "Maud Teunisse" in form and 'name="outcome"' in form
    data = {"kind": "call", "people": str(person.id), "note": "Night values.", "_once": hidden(form, "_once")}
    first = client.post(f"{ACCOUNTS}{account.id}/act/log_contact", data=data, headers=HTMX)
    second = client.post(f"{ACCOUNTS}{account.id}/act/log_contact", data=data, headers=HTMX)
    assert (first.status_code, second.status_code) == (204, 204)
    assert "undo_url" in json.loads(first.headers["HX-Trigger"])["wf:toast"]
    with records_as(rep) as records:
        assert len(activities(records)) == 1


def test_the_dialog_comes_back_with_what_was_typed(client_as, rep, account, person):
    data = {"kind": "mail", "people": str(person.id), "note": "", "next_step": "Send it"}
    answer = client_as(rep).post(f"{ACCOUNTS}{account.id}/act/log_contact", data=data, headers=HTMX)
    assert answer.status_code == 422
    assert "Say what was said" in answer.text and "Send it" in answer.text and "Lieke Haagstra" in answer.text


def test_rows_search_and_palette_offer_it(client_as, rep, account):
    client = client_as(rep)
    address = f"{ACCOUNTS}{account.id}/act/log_contact"
    assert address in client.get(f"{ACCOUNTS}?role=customer").text
    assert address in client.get("/employee/search/?q=alder").text
    asked = client.get("/employee/palette/?q=log contact alder").get_json()["groups"][0]["rows"]
    assert [(row["url"], row["opens"]) for row in asked] == [(address, "dialog")]
    found = [
        row["url"] for group in client.get("/employee/palette/?q=alder").get_json()["groups"] for row in group["rows"]
    ]
    assert address in found


def test_the_list_costs_one_statement_for_all_its_buttons(client_as, make_record, rep, query_count):
    for number in range(3):
        make_record("crm.account", owner=rep, name=f"Row {number}", role=["customer"])
    client = client_as(rep)
    client.get(f"{ACCOUNTS}?role=customer")
    with query_count() as few:
        client.get(f"{ACCOUNTS}?role=customer")
    for number in range(12):
        make_record("crm.account", owner=rep, name=f"More {number}", role=["customer"])
    with query_count() as many:
        client.get(f"{ACCOUNTS}?role=customer")
    assert many.number <= few.number + 1


# ---- the card


def test_the_card_says_what_is_next_in_red_when_nothing_is(client_as, records_as, rep, account):
    client = client_as(rep)
    page = client.get(f"{ACCOUNTS}{account.id}").text
    assert re.search(r'<dd class="wf-none wf-late">none planned', page)
    assert "Still to do" in page and "No next step is planned" in page and "No person is known there" in page
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"note": "Spoke.", "next_step": "Call about milestone 2", "next_on": "2099-11-27"})
    page = client.get(f"{ACCOUNTS}{account.id}").text
    assert "Call about milestone 2" in page and "Fri 27 Nov 2099 · Maud Teunisse" in re.sub(r"Nov, ", "Nov ", page)
    assert "No next step is planned" not in page


def test_the_path_is_dated_from_the_whole_history(client_as, records_as, moved_clock, make_record, rep):
    account = make_record("crm.account", owner=rep, name="Old customer", role=["customer"], life="basic")
    with records_as(rep, write=True) as records:
        records.act(LOG, account.id, {"note": "Spoke."})
    first = moved_clock.move(days=30)
    with records_as(rep, write=True) as records:
        if records.get("crm.account", account.id)["life"] == "basic":
            records.act("crm.account.to_potential", account.id, {})
    for number in range(25):  # more entries than a page of the history has
        with records_as(rep, write=True) as records:
            records.update("crm.account", account.id, {"payment_days": number}, version=None)
    moved_clock.move(days=40)
    page = client_as(rep).get(f"{ACCOUNTS}{account.id}").text
    path = re.search(r'<ol class="wf-path".*?</ol>', page, re.S)
    assert path is not None
    assert f"{first.day} {first:%b}" in path.group(0)


def test_crumbs_lead_through_the_list_one_came_from(client_as, make_record, rep):
    made = [
        make_record("crm.account", owner=rep, name=name, role=["customer"]) for name in ("A one", "B two", "C three")
    ]
    make_record("crm.account", owner=rep, name="Supplier", role=["supplier"])
    client = client_as(rep)
    client.get(f"{ACCOUNTS}?role=customer&frozen=false&sort=title")
    page = client.get(f"{ACCOUNTS}{made[1].id}").text
    crumbs = page[page.index('class="wf-crumbs"') :][:1500]
    assert "2 of 3" in crumbs
    assert f'href="{ACCOUNTS}{made[0].id}"' in crumbs and f'href="{ACCOUNTS}{made[2].id}"' in crumbs
    assert "role=customer" in crumbs


def test_still_to_do_names_reason_and_step(records_as, make_record, rep, account, person):
    stage = make_record("crm.stage", code="first", label_en="First", position=1, probability=10)
    late = {"name": "Late deal", "account": account.id, "stage": stage.id, "expected_close": "2020-01-01"}
    make_record("crm.opportunity", owner=rep, **late)
    with records_as(rep, write=True) as records:
        at = records.now - timedelta(days=2)
        records.create("crm.activity", {"subject": "Call back", "kind": "task", "account": account.id, "at": at})
        done = {"subject": "x", "kind": "call", "status": "done", "account": account.id, "at": records.now}
        records.create("crm.activity", {**done, "outcome": "not_reached"})
    with records_as(rep) as records:
        row = records.get("crm.account", account.id)
        deals, _sum, count = open_deals(records, account.id)
        people = records.query("crm.contact", filters={"account": account.id}).rows
        found = {one.key: one for one in points(records, row, planned_steps(records, account.id), deals, people)}
    assert count == 1
    assert {"step", "unanswered", "deal_late", "decider", "tax_id", "class"} <= found.keys()
    assert "no_step" not in found and "people" not in found
    assert (found["step"].text, found["step"].tone, found["step"].step) == ("Call back", "late", "open")


def test_habits_are_learned_from_contacts_that_were_answered(records_as, rep, account, person):
    morning = datetime.fromisoformat("2026-01-05T09:30:00+00:00")
    with records_as(rep, write=True) as records:
        for day, kind, outcome in ((0, "call", "positive"), (1, "call", None), (2, "mail", "not_reached")):
            data = {
                "kind": kind,
                "note": "x",
                "people": str(person.id),
                "at": (morning + timedelta(days=day)).isoformat(),
            }
            records.act(LOG, account.id, data | ({"outcome": outcome} if outcome else {}))
        assert habits(records, [person.id]) == {}
        records.act(LOG, account.id, {"kind": "call", "note": "x", "people": str(person.id),
                                      "at": (morning + timedelta(days=9)).isoformat()})  # fmt: skip
        learned = habits(records, [person.id])[person.id]
        ours = colleagues_of(records, account.id, records.get("crm.account", account.id)["owner"])
    assert (learned.channel, learned.contacts) == ("phone", 3)
    assert [(one.name, work) for one, work in ours] == [("Maud Teunisse", ["owner", "contact"])]


def test_the_timeline_tells_contacts_as_sentences(client_as, records_as, rep, account, person):
    with records_as(rep, write=True) as records:
        note = "She accepts zone 3.\nBoard meeting on 1 December."
        records.act(LOG, account.id, {"kind": "call", "note": note, "people": str(person.id)})
        records.act(LOG, account.id, {"kind": "mail", "note": "Shared plan", "shared": True})
    page = client_as(rep).get(f"{ACCOUNTS}{account.id}?tab=timeline").text
    said = re.sub(r"<[^>]+>", "", page[page.index('id="wf-timeline"') :])
    assert "Maud Teunisse called Lieke Haagstra: She accepts zone 3." in said
    assert "Board meeting on 1 December." in said and "Maud Teunisse wrote: Shared plan" in said
    assert said.count("internal") == 1
    assert "“Log contact” for" not in said and "changed Last contact" not in said
    only = client_as(rep).get(f"{ACCOUNTS}{account.id}?tab=timeline&kind=crm.activity").text
    assert "She accepts zone 3." in only and " created " not in only[only.index('id="wf-timeline"') :]


# ---- the picture of links


def test_the_picture_shows_only_what_one_may_read(client_as, make_record, weft_cast, link, rep, account, person):
    other = weft_cast.user("crm.sales_rep", name="Other")
    secret = make_record("crm.account", owner=other, name="Secret customer", role=["customer"])
    link("core.linked", account.id, secret.id)
    client = client_as(rep)
    drawn = client.get(f"{ACCOUNTS}{account.id}/graph?depth=2", headers=HTMX).text
    assert "Lieke Haagstra" in drawn and "<svg" in drawn and "Secret" not in drawn
    assert f'href="/employee/crm/contacts/{person.id}"' in drawn
    assert "Secret" in client_as("crm.sales_manager").get(f"{ACCOUNTS}{account.id}/graph").text
    assert client_as(other).get(f"{ACCOUNTS}{account.id}/graph").status_code == 404
    assert client.get(f"{ACCOUNTS}{account.id}?tab=links").text.count("/graph") >= 1


# ---- the Add menu


def test_the_add_menu_offers_what_makes_sense_for_the_record(client_as, weft_cast, make_record):
    """Partner things for distributors and agents only; what is kept in Settings and what is asked elsewhere never."""
    manager = client_as(weft_cast.user("crm.sales_manager", "core.admin", name="Lu Jinghe"))
    found = {}
    for role in ("customer", "supplier", "agent"):
        made = make_record(
            "crm.account", name=f"Alder {role}", role=[role], life="basic" if role == "customer" else None
        )
        page = manager.get(f"{ACCOUNTS}{made.id}").text
        found[role] = set(re.findall(rf'href="/employee/crm/([a-z-]+)/new\?([a-z_]+)={made.id}"', page))
    for role, offered in found.items():
        assert {"contacts", "activities"} <= {slug for slug, _field in offered}, role
        assert not {"allocation-rules", "customer-requests", "duplicates"} & {slug for slug, _ in offered}
        # A firm that an agent looks after may be made from the agent; nothing else makes an account of an account.
        assert {field for slug, field in offered if slug == "accounts"} == ({"partner"} if role == "agent" else set())
    assert {("registrations", "partner"), ("leads", "partner")} <= found["agent"]
    for role in ("customer", "supplier"):
        assert "registrations" not in {slug for slug, _field in found[role]}
        assert ("leads", "account") in found[role]


@pytest.mark.weft_plugins("crm", "service", "portal_employee")
def test_whoever_answers_requests_opens_the_card_without_the_business_on_it(
    client_as: Any, make_record: Any, account: Any, person: Any, rep: int
) -> None:
    """A service agent reads who a customer is and how to reach them; deals and steps are left out, not refused."""
    stage = make_record("crm.stage", code="new", label_en="New")
    make_record("crm.opportunity", name="Yearly care", account=account.id, stage=stage.id, owner=rep)
    pages = {who: client_as(who).get(f"{ACCOUNTS}{account.id}") for who in ("crm.sales_manager", "service.agent")}
    assert {who: one.status_code for who, one in pages.items()} == {"crm.sales_manager": 200, "service.agent": 200}
    for shown in ("Yearly care", "Still to do", "Who decides is not known"):
        assert shown in pages["crm.sales_manager"].text and shown not in pages["service.agent"].text
    assert "Lieke Haagstra" in pages["service.agent"].text


def test_the_card_of_a_competitor_says_how_we_fare_and_offers_no_deal(client_as, make_record, link, weft_cast):
    boss = weft_cast.user("crm.sales_manager", name="Lu Jinghe")
    rival = make_record("crm.account", name="Ostrane Metering", role=["competitor"], owner=boss)
    buyer = make_record("crm.account", name="Brunnvik Paper", role=["customer"])
    stage = make_record("crm.stage", code="c", label_en="Contact", position=1, probability=10)["id"]
    for number in range(2):
        deal = make_record("crm.opportunity", name=f"Mill {number}", account=buyer.id, stage=stage)
        said = {"strengths": "Strong in paper mills", "weaknesses": f"Late gateways {number}"}
        link("crm.competes_for", rival.id, deal.id, **said)
    client = client_as(boss)
    page = client.get(f"{ACCOUNTS}{rival.id}").text
    main = page.partition("<main")[2]
    assert "Strong in paper mills" in main and "Strength, noted at 2 deals" in main and "Late gateways 1" in main
    assert "Mill 0" in main and "Deals met" in main and "Won of decided" in main
    assert "Next step" not in main and "The next step is planned" not in main
    assert "New opportunity" not in main
    # Of a rep who may read none of the deals, nothing of them shows; the counts do.
    rep = client_as(weft_cast.user("crm.sales_rep")).get(f"{ACCOUNTS}{rival.id}").text.partition("<main")[2]
    assert "Deals met" in rep and "Mill 0" not in rep and "Strong in paper mills" not in rep
    # A customer's card offers the deal, and the picker of a deal's customer leaves competitors out.
    assert "New opportunity" in client.get(f"{ACCOUNTS}{buyer.id}").text
    offered = client.get("/employee/pick/crm/opportunities/account/?q=").text
    assert "Brunnvik Paper" in offered and "Ostrane" not in offered


def test_details_leave_out_what_the_page_says_elsewhere(client_as, make_record, weft_cast):
    boss = weft_cast.user("crm.sales_manager")
    account = make_record("crm.account", name="Heting Water", role=["customer"], awaits_contact=True)
    stage = make_record("crm.stage", code="c", label_en="Contact", position=1, probability=10)["id"]
    deal = make_record("crm.opportunity", name="Loggers", account=account.id, stage=stage, has_lines=True)
    client = client_as(boss)
    assert "Awaits first contact" not in client.get(f"{ACCOUNTS}{account.id}").text
    page = client.get(f"/employee/crm/opportunities/{deal.id}").text
    assert "Has lines" not in page and "In this stage since" not in page


def test_links_are_a_list_first_and_the_picture_says_what_it_leaves_out(client_as, make_record, rep, account):
    for number in range(40):
        make_record("crm.contact", owner=rep, name=f"Person {number:02d}", account=account.id)
    client = client_as(rep)
    page = client.get(f"{ACCOUNTS}{account.id}?tab=links").text.partition("<main")[2]
    assert 0 < page.index("Person 3") < page.index("/graph")  # the newest five, the picture below
    assert ">40<" in page
    picture = client.get(f"{ACCOUNTS}{account.id}/graph", headers={"HX-Request": "true"}).text
    assert re.search(r"The picture shows 3\d records; there are more", picture)
