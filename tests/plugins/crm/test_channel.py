"""Distributors, agents and dealers with their leads and customers: what each sees, answers, gives on and logs."""

from __future__ import annotations

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, QueryError, StateConflict, ValidationFailed
from weft.core.outbox import schedule
from weft.core.outbox.worker import Worker
from weft.plugins.crm.services import allocation

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_distributor")

ENTITIES = ("crm.account", "crm.contact", "crm.activity", "crm.lead", "crm.opportunity", "crm.deal_line",
            "crm.registration", "crm.price", "crm.price_list", "crm.product")  # fmt: skip


def give(records_as, scene, firm, name="Vormasund Waterworks"):
    """A lead that the manager gives to a firm."""
    with records_as("system", write=True) as records:
        lead = records.create("crm.lead", {"name": name, "person": "Henrik Tammelin", "need": "Loggers"})["id"]
    with records_as(scene.manager, write=True) as records:
        allocation.give(records, "crm.lead", [allocation.Decision(lead, allocation.Target(partner=firm))])
    return lead


def names(records_as, who, entity):
    with records_as(who) as records:
        return {row["name"] for row in records.query(entity, fields=("name",), limit=50).rows}


def said(records_as, who):
    with records_as(who) as records:
        return [one.text for one in notices.inbox(records)]


def state(records_as, lead):
    with records_as("system") as records:
        row = records.get("crm.lead", lead)
    return row["status"], row["partner"].id if row.get("partner") else None, row.get("answer_by") is not None


# ---- leads


def test_a_lead_is_told_at_sign_in_accepted_and_then_no_longer_taken_back(
    weft_runtime, records_as, channel_scene, moved_clock
):
    scene = channel_scene
    weft_runtime.clock = moved_clock
    lead = give(records_as, scene, scene.baltmere)
    with records_as(scene.kadri) as records:
        assert [one.text for one in notices.arrivals(records)] == ["New lead for you: Vormasund Waterworks"]
    assert said(records_as, scene.base) == said(records_as, scene.zhuo) == []
    with records_as(scene.kadri, write=True) as records:
        records.act("crm.lead.accept", lead, {})
    assert state(records_as, lead) == ("working", scene.baltmere, False)
    assert "Baltmere Tehnika accepted the lead Vormasund Waterworks" in said(records_as, scene.manager)
    moved_clock.move(days=30)
    schedule.ensure(weft_runtime.db, weft_runtime.registry.jobs, weft_runtime.clock())
    Worker(weft_runtime).run_due()
    assert state(records_as, lead) == ("working", scene.baltmere, False)


def test_a_declined_lead_waits_in_the_managers_unassigned_with_its_reason(client_as, records_as, channel_scene):
    scene = channel_scene
    lead = give(records_as, scene, scene.baltmere)
    client = client_as(scene.kadri)
    refused = client.post(f"/distributor/crm/leads/{lead}/act/decline", data={"reason": ""})
    assert refused.status_code == 422
    client.post(f"/distributor/crm/leads/{lead}/act/decline", data={"reason": "Too far for us"})
    assert state(records_as, lead) == ("new", None, False)
    assert names(records_as, scene.kadri, "crm.lead") == set()
    assert client.get(f"/distributor/crm/leads/{lead}").status_code == 404
    home = client_as(scene.manager).get("/employee/").text
    assert "declined by Baltmere Tehnika: Too far for us" in home


def test_a_dealer_sees_only_what_was_given_and_the_distributor_takes_it_back_until_a_contact(records_as, channel_scene):
    scene = channel_scene
    lead, kept = (give(records_as, scene, scene.baltmere, name) for name in ("Given Works", "Kept Works"))
    with records_as(scene.kadri, write=True) as records:
        with pytest.raises(ValidationFailed, match="one of your dealers"):
            records.act("crm.lead.give_to_dealer", lead, {"dealer": scene.baltmere})
        records.act("crm.lead.give_to_dealer", lead, {"dealer": scene.riga_firm})
    assert names(records_as, scene.riga, "crm.lead") == {"Given Works"}
    assert names(records_as, scene.kadri, "crm.lead") == {"Given Works", "Kept Works"}
    assert "Kadri Tammsoo gave you the lead Given Works" in said(records_as, scene.riga)
    with records_as(scene.kadri, write=True) as records:
        records.act("crm.lead.take_back", lead, {})
    assert names(records_as, scene.riga, "crm.lead") == set()
    with records_as(scene.kadri, write=True) as records:
        records.act("crm.lead.give_to_dealer", lead, {"dealer": scene.riga_firm})
    with records_as(scene.riga, write=True) as records:
        records.act("crm.lead.log_contact", lead, {"kind": "call", "note": "Spoke to them."})
    with records_as(scene.kadri, write=True) as records, pytest.raises(StateConflict, match=r"office@riga\.example"):
        records.act("crm.lead.take_back", lead, {})
    with records_as(scene.riga, write=True) as records, pytest.raises((NotFound, Denied)):
        records.act("crm.lead.give_to_dealer", kept, {"dealer": scene.turku_firm})


# ---- contacts


def test_a_logged_contact_settles_what_is_owed_and_names_the_firm_on_our_timeline(client_as, records_as, channel_scene):
    scene = channel_scene
    client = client_as(scene.kadri)
    owed = f"/distributor/crm/accounts/?role=customer&partner__in={scene.baltmere}&partner_contact_at__isnull=true"
    assert "Saltholm Dairy" in client.get(owed).text
    form = client.get(f"/distributor/crm/accounts/{scene.ours}/act/log_contact").text
    assert "Internal: only colleagues" not in form and 'name="next_who"' not in form
    answer = client.post(
        f"/distributor/crm/accounts/{scene.ours}/act/log_contact",
        data={"kind": "call", "note": "Wants two meters.", "next_step": "Send the sheet", "_had": "people"},
    )
    assert answer.status_code in (200, 204, 302, 303), answer.text
    assert "Saltholm Dairy" not in client.get(owed).text
    ours = client_as(scene.manager).get(f"/employee/crm/accounts/{scene.ours}").text
    assert "Baltmere Tehnika, Kadri Tammsoo" in ours and "Wants two meters." in ours
    with records_as(scene.kadri) as records:
        assert {row["status"] for row in records.query("crm.activity", fields=("status",)).rows} == {"done", "planned"}
    for other in (scene.riga, scene.zhuo, scene.base):
        with records_as(other) as records:
            seen = [] if other == scene.base else records.query("crm.activity", fields=("subject",)).rows
        assert list(seen) == []


def test_our_notes_and_steps_stay_ours(client_as, records_as, make_record, channel_scene):
    scene = channel_scene
    make_record("crm.activity", subject="Canary talk", kind="call", status="done", account=scene.ours, owner=scene.gu,
                note="Canary words")  # fmt: skip
    make_record("crm.activity", subject="Canary step", kind="task", account=scene.ours, owner=scene.gu,
                at="2026-12-01T09:00:00Z")  # fmt: skip
    page = client_as(scene.kadri).get(f"/distributor/crm/accounts/{scene.ours}")
    assert page.status_code == 200
    assert "Canary" not in page.text and "Pays late." not in page.text
    with records_as(scene.kadri) as records:
        row = records.get("crm.account", scene.ours)
    assert not {"note", "value_class", "owner", "next_step", "won_amount", "source"} & set(row)


# ---- who may what


@pytest.mark.parametrize("entity", ENTITIES)
def test_nobody_reads_beyond_the_own_firm(records_as, channel_scene, entity):
    """Without the role nothing but the own company, another firm's people none of it."""
    scene = channel_scene
    lead = give(records_as, scene, scene.baltmere)
    with records_as("system") as records:
        every = {row["id"] for row in records.query(entity, fields=(), limit=200).rows}
    allowed = {
        "crm.account": {scene.kadri: {scene.baltmere, scene.riga_firm, scene.turku_firm, scene.ours, scene.dealers},
                        scene.riga: {scene.riga_firm, scene.dealers}, scene.zhuo: {scene.lingtang, scene.agents},
                        scene.base: {scene.baltmere}},
        "crm.lead": {scene.kadri: {lead}},
        "crm.product": {who: {scene.meter} for who in (scene.kadri, scene.riga, scene.zhuo)},
        "crm.price_list": {scene.kadri: {scene.euro}, scene.riga: {scene.euro}, scene.zhuo: {scene.yuan}},
    }  # fmt: skip
    for who in (scene.kadri, scene.riga, scene.zhuo, scene.base):
        with records_as(who) as records:
            try:
                seen = {row["id"] for row in records.query(entity, fields=(), limit=200).rows}
            except QueryError:  # what one may not read does not exist
                seen = set()
        if entity == "crm.price":
            assert len(seen) == (0 if who == scene.base else 1) and seen < every
        else:
            assert seen == allowed.get(entity, {}).get(who, set()), who


def test_every_step_is_refused_to_who_may_not_do_it(client_as, records_as, channel_scene):
    scene = channel_scene
    lead = give(records_as, scene, scene.baltmere)
    steps = [
        ("crm.lead.accept", lead, {}), ("crm.lead.decline", lead, {"reason": "x"}),
        ("crm.lead.give_to_dealer", lead, {"dealer": scene.riga_firm}), ("crm.lead.start_deal", lead, {}),
        ("crm.lead.log_contact", lead, {"note": "x"}), ("crm.account.log_contact", scene.ours, {"note": "x"}),
    ]  # fmt: skip
    for key, number, data in steps:
        entity, _dot, word = key.rpartition(".")
        slug = {"crm.lead": "leads", "crm.account": "accounts"}[entity]
        address = f"/distributor/crm/{slug}/{number}/act/{word}"
        assert client_as(None).post(address, data=data).status_code in (302, 303, 401)
        for who in (scene.zhuo, scene.riga, scene.base):
            assert client_as(who).post(address, data=data).status_code == 404
            with records_as(who, write=True) as records, pytest.raises((NotFound, Denied)):
                records.act(key, number, data)
    for key, number, data in steps[:4]:  # the manager gives leads, the partner answers
        with records_as(scene.manager, write=True) as records, pytest.raises(Denied):
            records.act(key, number, data)
    assert state(records_as, lead) == ("new", scene.baltmere, True)


def test_pages_and_menu_follow_the_role(client_as, channel_scene):
    scene = channel_scene
    for address in ("/distributor/crm/leads-and-customers", "/distributor/crm/dealers"):
        assert client_as(None).get(address).status_code in (302, 303, 401)
        assert client_as(scene.base).get(address).status_code == 403
        assert client_as(scene.kadri).get(address).status_code == 200
    assert client_as(scene.logger).get("/distributor/crm/leads-and-customers").status_code == 200
    assert client_as(scene.logger).get("/distributor/crm/dealers").status_code == 403
    assert client_as(scene.logger).get("/distributor/crm/leads/").status_code == 404
    assert "Dealers" not in client_as(scene.kadri).get("/distributor/").text
    assert "Dealers" in client_as(scene.kadri).get("/distributor/company/").text
    assert "Dealers" not in client_as(scene.zhuo).get("/distributor/company/").text
    assert "Register a deal" not in client_as(scene.logger).get("/distributor/").text


def test_only_partners_look_after_customers_and_only_managers_say_so(records_as, channel_scene):
    scene = channel_scene
    with records_as(scene.manager, write=True) as records:
        for number, firm in ((scene.served, scene.ours), (scene.baltmere, scene.riga_firm), (scene.riga_firm,) * 2):
            with pytest.raises(ValidationFailed):
                records.update("crm.account", number, {"partner": firm}, version=None)
    with records_as(scene.lin, write=True) as records, pytest.raises((Denied, ValidationFailed)):
        records.update("crm.account", scene.served, {"partner": scene.baltmere}, version=None)


def test_the_page_of_what_was_given_stays_cheap(records_as, channel_scene, client_as, query_count):
    scene = channel_scene
    for number in range(8):
        give(records_as, scene, scene.baltmere, f"Works {number}")
    client = client_as(scene.kadri)
    client.get("/distributor/crm/leads-and-customers")
    with query_count(at_most=40):
        page = client.get("/distributor/crm/leads-and-customers")
    assert page.text.count("act/accept") >= 8
