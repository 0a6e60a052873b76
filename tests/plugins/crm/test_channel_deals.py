"""Registrations and deals of distributors and agents: collisions without a name, protection, reports of the end."""

from __future__ import annotations

from datetime import date

import pytest

from weft.core.collaboration import notices
from weft.core.errors import ActionNeeded, Denied, NotFound, StateConflict, ValidationFailed
from weft.core.ops.value_lists import install_defaults
from weft.core.outbox import schedule
from weft.core.outbox.worker import Worker
from weft.core.testing.client import api_headers
from weft.core.web import quotas
from weft.plugins.crm.services import channel_checks, collision, requests

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_distributor")

CHECK = "/distributor/crm/registrations/check"


def register(records_as, who, name="Kuldoja Heating", **more):
    with records_as(who, write=True) as records:
        return records.create("crm.registration", {"name": name, **more})["id"]


def said(records_as, who):
    with records_as(who) as records:
        return [one.text for one in notices.inbox(records)]


def row_of(records_as, entity, number):
    with records_as("system") as records:
        return records.get(entity, number)


# ---- registering


def test_a_registration_is_the_firms_own_protected_and_known_to_us(
    weft_runtime, records_as, channel_scene, moved_clock
):
    scene = channel_scene
    weft_runtime.clock = moved_clock
    moved_clock.move(hours=1)
    number = register(records_as, scene.kadri, product=scene.meter, expected_on="2026-06-01",
                      amount={"amount": "18900", "currency": "EUR"})  # fmt: skip
    row = row_of(records_as, "crm.registration", number)
    assert (row["partner"].id, row["owner"].id, row["status"]) == (scene.baltmere, scene.gu, "registered")
    assert (row["protected_until"] - row["registered_on"]).days == 60
    with records_as(scene.manager) as records:
        assert records.query("crm.registration", filters={"status": "registered"}, count="exact").count.value == 1
    with records_as(scene.manager) as records:  # whoever corrects it is not warned of itself
        ((),) = collision.warnings(records, "crm.registration", [{"name": "Kuldoja Heating"}], number)
    with records_as(scene.lin) as records:
        ((warning,),) = collision.warnings(records, "crm.account", [{"name": "Kuldoja Heating AS"}], None)
        assert warning.blocks and "Baltmere Tehnika" in str(warning.text)


def test_who_saves_to_find_out_whom_we_know_is_soon_not_answered(
    weft_app, weft_runtime, weft_cast, client_as, channel_scene, monkeypatch
):
    """What a save refuses tells as much as a warning: both count, on the page and for programs."""
    monkeypatch.setitem(quotas.QUOTAS, "check_outside", (3, 600))
    address, typed = "/distributor/crm/registrations/new", {"name": "Hengxi Foods", "_had": "name"}
    browser = client_as(channel_scene.kadri)
    assert browser.post(CHECK, data=typed).status_code == 200
    assert [browser.post(address, data=typed).status_code for _number in range(2)] != [429, 429]
    refused = browser.post(address, data=typed)
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "600"
    assert "checked very often" in refused.text and 'value="Hengxi Foods"' in refused.text
    program, headers = weft_app.test_client(), api_headers(weft_runtime, channel_scene.kadri)
    assert program.post("/api/v1/crm/registrations", json=typed, headers=headers).status_code == 429
    assert client_as(channel_scene.zhuo).post(address, data=typed).status_code != 429


@pytest.mark.parametrize(
    ("who", "typed"),
    [
        ("kadri", "HAVERDIJK water board Ltd"),  # served by a colleague
        ("kadri", "Jilan Park Water"),  # looked after by another partner
        ("kadri", "Hengxi Foods"),  # registered by another partner
        ("kadri", "Enquiry Works"),  # a colleague works on the enquiry
    ],
)
def test_a_taken_firm_is_refused_in_the_same_words_whoever_has_it(
    client_as, records_as, make_record, channel_scene, who, typed
):
    scene = channel_scene
    make_record("crm.registration", name="Hengxi Foods", partner=scene.lingtang)
    make_record("crm.lead", name="Enquiry Works", company="Enquiry Works", owner=scene.lin, status="working")
    client = client_as(scene.kadri)
    answer = client.post(CHECK, data={"name": typed, "_had": "name"})
    assert answer.status_code == 200 and "data-blocks" in answer.text
    assert "Not possible: this firm is already served. Ask your contact, Gu Nanqiao." in answer.text
    for word in ("Lin Shutong", "Lingtang", "Water Board", "protected", "/distributor/crm/accounts/"):
        assert word not in answer.text
    with records_as(scene.kadri, write=True) as records, pytest.raises(ValidationFailed, match="already served"):
        records.create("crm.registration", {"name": typed})


def test_what_nobody_serves_can_be_registered_once(client_as, records_as, make_record, channel_scene):
    scene = channel_scene
    pool = make_record("crm.pool", code="europe", label_en="Europe")["id"]
    make_record("crm.account", name="Pooled Works", role=["customer"], pool=pool)
    for name in ("Nobody Knows Ltd", "Pooled Works"):
        assert "data-blocks" not in client_as(scene.kadri).post(CHECK, data={"name": name, "_had": "name"}).text
        register(records_as, scene.kadri, name)
    again = client_as(scene.kadri).post(CHECK, data={"name": "Nobody Knows", "_had": "name"}).text
    assert "Registered already, protected until" in again and "data-blocks" in again
    other = client_as(scene.zhuo).post(CHECK, data={"name": "Nobody Knows", "_had": "name"}).text
    assert "already served" in other and "protected until" not in other


def test_protection_is_told_a_week_before_ends_and_then_stops_nobody(
    weft_runtime, records_as, channel_scene, moved_clock
):
    scene = channel_scene
    weft_runtime.clock = moved_clock
    number = register(records_as, scene.zhuo)
    worker, seen = Worker(weft_runtime), {}
    schedule.ensure(weft_runtime.db, weft_runtime.registry.jobs, weft_runtime.clock())
    for day in range(1, 63):
        moved_clock.move(days=1)
        worker.run_due()
        schedule.ensure(weft_runtime.db, weft_runtime.registry.jobs, weft_runtime.clock())
        seen[day] = (row_of(records_as, "crm.registration", number)["status"], len(said(records_as, scene.zhuo)))
    assert seen[52] == ("registered", 0) and seen[54] == ("registered", 1)
    assert seen[60][0] == "registered" and seen[62] == ("expired", 2)
    texts = said(records_as, scene.zhuo)
    assert any("ends on" in text for text in texts) and any("is over" in text for text in texts)
    assert any("The protection of Kuldoja Heating is over" in text for text in said(records_as, scene.gu))
    with records_as(scene.lin, write=True) as records:
        records.create("crm.account", {"name": "Kuldoja Heating", "role": ["customer"]})


def test_a_request_made_joint_names_the_rep_to_the_agent_and_keeps_the_protection(records_as, channel_scene):
    """S4 steps 1, 2 and 6 within one unit each."""
    scene = channel_scene
    number = register(records_as, scene.zhuo, "Jilan Wastewater")
    until = row_of(records_as, "crm.registration", number)["protected_until"]
    with records_as(scene.lin, write=True) as records:
        asked = requests.ask(records, {"name": "Jilan Wastewater", "_entity": "crm.account"}, "They wrote to me.")["id"]
    assert said(records_as, scene.zhuo) == []  # who asks is not the agent's to know
    with records_as(scene.manager, write=True) as records:
        records.act("crm.customer_request.join", asked, {})
    row = row_of(records_as, "crm.registration", number)
    assert (row["status"], row["protected_until"]) == ("joint", until)
    assert "Your contact for Jilan Wastewater is Lin Shutong" in said(records_as, scene.zhuo)
    with records_as(scene.lin) as records:
        assert records.get("crm.account", row["account"].id)["name"] == "Jilan Wastewater"
    with records_as(scene.lin, write=True) as records, pytest.raises(Denied):
        records.update("crm.account", row["account"].id, {"name": "Mine"}, version=None)
    with records_as(scene.zhuo) as records:
        assert records.get("crm.registration", number)["decision"] == "Contact: Lin Shutong"


# ---- deals


def deal_of(records_as, scene, who="kadri", **data):
    number = register(records_as, getattr(scene, who))
    with records_as(getattr(scene, who), write=True) as records:
        return number, records.act("crm.registration.start_deal", number, data).record


def test_a_deal_of_a_registration_has_the_firms_prices_customer_and_colleague(records_as, channel_scene):
    scene = channel_scene
    number, deal = deal_of(records_as, scene, product=scene.meter, quantity="3")
    row = row_of(records_as, "crm.opportunity", deal)
    assert (row["partner"].id, row["owner"].id, row["price_list"].id) == (scene.baltmere, scene.gu, scene.euro)
    assert (str(row["amount"].amount), row["amount"].currency) == ("3105.00", "EUR")
    account = row_of(records_as, "crm.account", row["account"].id)
    assert (account["name"], account["partner"].id, account["owner"].id) == (
        "Kuldoja Heating",
        scene.baltmere,
        scene.gu,
    )
    assert row_of(records_as, "crm.registration", number)["opportunity"].id == deal
    with records_as(scene.kadri, write=True) as records:
        with pytest.raises(StateConflict):
            records.act("crm.registration.start_deal", number, {})
        with pytest.raises((ValidationFailed, Denied)):
            records.create(
                "crm.opportunity", {"name": "Theirs", "account": scene.served, "stage": scene.stages["contact"]}
            )


@pytest.mark.parametrize("given_up", ["pool", "frozen"])
def test_a_registered_firm_that_nobody_serves_becomes_a_customer_of_the_partner_and_ours_stays_hidden(
    weft_runtime, records_as, make_record, channel_scene, given_up
):
    scene = channel_scene
    ours = make_record("crm.account", name="Pooled Works", role=["customer"], phone="+3726001234", life="invalid")["id"]
    with records_as("system", write=True) as records:
        if given_up == "frozen":
            records.act("crm.account.freeze", ours, {})
        else:
            pool = records.create("crm.pool", {"code": "europe", "label_en": "Europe"})["id"]
            records.update("crm.account", ours, {"pool": pool}, version=None)
    number = register(records_as, scene.kadri, "Pooled Works Ltd")
    with records_as(scene.kadri, write=True) as records:
        deal = records.act("crm.registration.start_deal", number, {}).record
    account = row_of(records_as, "crm.opportunity", deal)["account"].id
    row = row_of(records_as, "crm.account", account)
    assert (row["name"], row["partner"].id, row.get("phone")) == ("Pooled Works Ltd", scene.baltmere, None)
    with records_as(scene.kadri) as records, pytest.raises(NotFound):
        records.get("crm.account", ours)
    Worker(weft_runtime).run_due()
    with records_as(scene.manager) as records:  # who decides what becomes of the two
        assert len(records.query("crm.duplicate", filters={"status": "open"}).rows) == 1


def test_prices_are_not_the_partners_to_write(records_as, channel_scene):
    scene = channel_scene
    _number, deal = deal_of(records_as, scene, product=scene.meter, quantity="1")
    with records_as(scene.kadri, write=True) as records:
        line = records.query("crm.deal_line", filters={"opportunity": deal}).rows[0]["id"]
        records.update("crm.deal_line", line, {"quantity": "5"}, version=None)
        for wrong in ({"discount": "50"}, {"unit_price": {"amount": "1", "currency": "EUR"}}):
            with pytest.raises(ValidationFailed):
                records.update("crm.deal_line", line, wrong, version=None)
        with pytest.raises((ValidationFailed, NotFound)):
            records.create(
                "crm.deal_line", {"opportunity": deal, "product": scene.secret, "description": "x", "quantity": "1"}
            )
    assert str(row_of(records_as, "crm.opportunity", deal)["amount"].amount) == "5175.00"


def test_a_reported_deal_counts_only_when_the_manager_confirmed_it(client_as, records_as, channel_scene):
    """J13 step 9."""
    scene = channel_scene
    number, deal = deal_of(records_as, scene, "zhuo", product=scene.meter, quantity="1")
    with records_as(scene.zhuo, write=True) as records:
        with pytest.raises(ActionNeeded):
            records.update("crm.opportunity", deal, {"stage": scene.stages["won"]}, version=None)
        with pytest.raises((Denied, ValidationFailed)):
            records.act("crm.opportunity.win", deal, {})
        records.act("crm.opportunity.report_won", deal, {})
    row = row_of(records_as, "crm.opportunity", deal)
    assert (row["outcome"], row["reported_on"] is not None) == ("open", True)
    assert any("please confirm" in text for text in said(records_as, scene.manager))
    assert (
        "Kuldoja Heating" in client_as(scene.manager).get("/employee/crm/opportunities/?view=crm.deals_to_confirm").text
    )
    with records_as(scene.gu, write=True) as records, pytest.raises(Denied):
        records.act("crm.opportunity.confirm_won", deal, {})
    with records_as(scene.manager, write=True) as records:
        records.act("crm.opportunity.deny_won", deal, {"reason": "No order yet."})
    assert any("No order yet." in text for text in said(records_as, scene.zhuo))
    with records_as(scene.zhuo, write=True) as records:
        records.act("crm.opportunity.report_won", deal, {"closed_on": "2026-03-01"})
    with records_as(scene.manager, write=True) as records:
        records.act("crm.opportunity.confirm_won", deal, {})
    row = row_of(records_as, "crm.opportunity", deal)
    assert (row["outcome"], row["closed_on"], row["stage"].id) == ("won", date(2026, 3, 1), scene.stages["won"])
    assert row_of(records_as, "crm.account", row["account"].id)["life"] == "won"
    assert row_of(records_as, "crm.registration", number)["status"] == "won"


def test_a_lost_deal_says_why_and_a_moved_one_is_seen_at_once(client_as, records_as, weft_runtime, channel_scene):
    scene = channel_scene
    _number, deal = deal_of(records_as, scene, amount={"amount": "500", "currency": "EUR"})
    client = client_as(scene.kadri)
    moved = client.post(
        f"/distributor/crm/opportunities/{deal}/move?by=stage", data={"to": str(scene.stages["negotiation"])}
    )
    assert moved.status_code == 200, moved.text
    with records_as(scene.manager) as records:
        (seen,) = records.query("crm.opportunity", filters={"outcome": "open", "partner__isnull": "false"}).rows
        assert seen["stage"].id == scene.stages["negotiation"]
    back = scene.stages["contact"]  # a step of the path on the page names its target in the address
    for who, portal in ((scene.kadri, "distributor"), (scene.manager, "employee")):
        answer = client_as(who).post(f"/{portal}/crm/opportunities/{deal}/move?by=stage&to={back}")
        assert answer.status_code in (200, 204, 302, 303), answer.text
        assert row_of(records_as, "crm.opportunity", deal)["stage"].id == back
        back = scene.stages["negotiation"]
    install_defaults(weft_runtime)
    with records_as("system") as records:
        reason = records.query("core.value", filters={"list_key": "crm.loss_reason"}, limit=1).rows
    with records_as(scene.kadri, write=True) as records:
        records.act("crm.opportunity.report_lost", deal, {"loss_reason": reason[0]["id"]})
    row = row_of(records_as, "crm.opportunity", deal)
    assert (row["outcome"], row["loss_reason"].id, row["stage"].id) == ("lost", reason[0]["id"], scene.stages["lost"])


def test_a_deal_of_a_lead_makes_its_customer_once_and_not_that_of_others(records_as, make_record, channel_scene):
    scene = channel_scene
    given = {"partner": scene.baltmere, "person": "Piret Vaarmets"}
    lead = make_record("crm.lead", name="Haltervik Creamery", email="p@haltervik.example", **given)["id"]
    taken = make_record("crm.lead", name="Haverdijk Water Board", **given)["id"]
    with records_as(scene.kadri, write=True) as records:
        deal = records.act("crm.lead.start_deal", lead, {"product": scene.meter}).record
    with records_as(scene.kadri, write=True) as records, pytest.raises(ValidationFailed, match="already served"):
        records.act("crm.lead.start_deal", taken, {})
    row = row_of(records_as, "crm.lead", lead)
    assert (row["status"], row["opportunity"].id) == ("converted", deal)
    with records_as(scene.kadri) as records:
        assert records.get("crm.contact", row["contact"].id)["name"] == "Piret Vaarmets"
    with records_as(scene.kadri, write=True) as records, pytest.raises(Denied):
        records.create("crm.lead", {"name": "Own lead"})


def test_pages_of_a_deal_show_nothing_of_ours(client_as, records_as, make_record, channel_scene):
    scene = channel_scene
    _number, deal = deal_of(records_as, scene, product=scene.meter, quantity="1")
    rival = make_record("crm.account", name="Ostrane Metering", role=["competitor"])["id"]
    with records_as("system", write=True) as records:
        records.update("crm.opportunity", deal, {"note": "Canary note", "lesson": "Canary lesson"}, version=None)
        records.link("crm.competes_for", rival, deal)
    page = client_as(scene.kadri).get(f"/distributor/crm/opportunities/{deal}")
    assert page.status_code == 200 and "WH-20" in page.text
    for word in ("Canary", "Ostrane", "Weighted", "10 %"):
        assert word not in page.text
    for who in (scene.zhuo, scene.riga):
        assert client_as(who).get(f"/distributor/crm/opportunities/{deal}").status_code == 404
        assert client_as(who).get(f"/distributor/crm/deal/{deal}/lines").status_code == 404
    assert client_as(scene.base).get(f"/distributor/crm/deal/{deal}/lines").status_code == 404
    assert client_as(None).get(f"/distributor/crm/deal/{deal}/lines").status_code in (302, 303, 401)
    assert client_as(scene.kadri).get(f"/distributor/crm/deal/{deal}/lines").status_code == 200


def test_many_typed_firms_are_checked_in_few_statements(records_as, channel_scene, query_count):
    with records_as(channel_scene.kadri) as records, query_count(at_most=14):
        found = channel_checks.warnings(records, [{"name": f"Nobody {n} Works"} for n in range(100)], None)
    assert found == [[]] * 100


def test_a_distributor_cannot_try_names_without_end(channel_scene, client_as):
    """Thirty checks in ten minutes: enough to fill in forms, too few to learn which firms are served."""
    client = client_as(channel_scene.kadri)
    answers = [client.post(CHECK, data={"name": f"Firm {n}", "_had": "name"}) for n in range(31)]
    assert [one.status_code for one in answers] == [200] * 30 + [429]
    assert "checked very often" in answers[-1].text


def test_sums_of_the_pipeline_stand_in_the_currency_of_its_deals(client_as, records_as, channel_scene):
    """The company's own currency and rates are none of a partner's business."""
    scene = channel_scene
    with records_as(scene.kadri, write=True) as records:
        for name, amount in (("A", "1000"), ("B", "500")):
            given = {"amount": amount, "currency": "EUR"}
            values = {"name": name, "account": scene.ours, "stage": scene.stages["contact"], "amount": given}
            records.create("crm.opportunity", values)
    for address in ("?outcome=open&layout=board", "?outcome=open&layout=table"):
        text = client_as(scene.kadri).get(f"/distributor/crm/opportunities/{address}").text
        assert "1,500" in text and "CNY" not in text


def test_prices_are_named_in_the_viewers_script(records_as, client_as, channel_scene, make_record):
    scene = channel_scene
    with records_as("system", write=True) as records:
        records.update("crm.price_list", scene.yuan, {"name_alt": "中国"}, version=None)
        price = records.query("crm.price", filters={"price_list": str(scene.yuan)}).rows[0]["id"]
        records.update("crm.price", price, {"price": {"amount": "9900", "currency": "CNY"}}, version=None)
    page = client_as(scene.zhuo).get("/distributor/crm/prices/", headers={"Accept-Language": "zh"}).text
    assert "WH-20 · 中国" in page
