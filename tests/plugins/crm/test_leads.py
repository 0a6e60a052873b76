"""Leads: who has one, the first contact, what becomes of it, and who may do what."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound, StateConflict, ValidationFailed
from weft.core.ops.value_lists import install_defaults

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee")]

MANAGER, REP = "crm.sales_manager", "crm.sales_rep"


@pytest.fixture
def team(weft_cast):
    return weft_cast.unit("Sales")


@pytest.fixture
def people(weft_cast, team):
    return {
        "boss": weft_cast.user(MANAGER, name="Lu Jinghe", units=[team]),
        "lin": weft_cast.user(REP, name="Lin Shutong", units=[team]),
        "maud": weft_cast.user(REP, name="Maud Teunisse", units=[team]),
    }


@pytest.fixture
def stage(make_record):
    return make_record("crm.stage", code="c", label_en="Contact", position=1, probability=10, outcome="open")["id"]


def lead_of(make_record, owner=None, **values):
    given = {
        "name": "Inkboat Heating", "company": "Inkboat Heating", "person": "Qi Mingyuan", "position": "Engineer",
        "email": "qi@inkboat-heating.example", "phone": "+8651262518800", "need": "Meters for 12 stations",
    }  # fmt: skip
    return make_record("crm.lead", owner=owner, **{**given, **values})["id"]


def test_who_is_given_a_lead_is_noted_and_who_makes_one_is_not_waited_for(records_as, people):
    with records_as(people["boss"], write=True) as records:
        theirs = records.create("crm.lead", {"name": "A"}, owner=people["lin"])
        nobodys = records.create("crm.lead", {"name": "B"}, owner=people["lin"])["id"]
        records.assign("crm.lead", nobodys, owner=None)
        back = records.get("crm.lead", nobodys)
        records.assign("crm.lead", nobodys, owner=people["maud"])
        again = records.get("crm.lead", nobodys)
    assert theirs["awaits_contact"] and theirs["assigned_by"].id == people["boss"] and theirs["assigned_at"]
    assert not back["awaits_contact"] and back.get("assigned_at") is None
    assert again["awaits_contact"] and again["assigned_by"].id == people["boss"]
    with records_as(people["lin"], write=True) as records:
        own = records.create("crm.lead", {"name": "C", "consent": "given"})
    assert not own["awaits_contact"] and own["consent_on"] is not None


@pytest.mark.both_databases
def test_converting_makes_one_customer_its_contact_and_a_deal_and_is_undone_whole(
    records_as, people, make_record, stage
):
    lead = lead_of(make_record, people["lin"])
    with records_as(people["lin"], write=True) as records:
        records.create("crm.activity", {"subject": "Called", "about": lead, "status": "done", "at": records.now})
    with records_as(people["lin"], write=True) as records:
        result = records.act("crm.lead.convert", lead, {"deal": True, "deal_name": "Twelve stations"})
        step = records.change_set_id
    with records_as(people["lin"]) as records:
        row = records.get("crm.lead", lead)
        account = records.get("crm.account", row["account"].id)
        contact = records.get("crm.contact", row["contact"].id)
        deal = records.get("crm.opportunity", row["opportunity"].id)
        talks = records.query("crm.activity", filters={"account": account["id"]}).rows
    assert row["status"] == "converted" and row["converted_at"] is not None and result.record == deal["id"]
    assert (account["name"], account["phone"], account["owner"].id) == (
        "Inkboat Heating", "+8651262518800", people["lin"],
    )  # fmt: skip
    assert (contact["name"], contact["email"], contact["account"].id) == (
        "Qi Mingyuan", "qi@inkboat-heating.example", account["id"],
    )  # fmt: skip
    assert deal["name"] == "Twelve stations" and deal["account"].id == account["id"]
    assert [talk["subject"] for talk in talks] == ["Called"]
    with records_as(people["lin"], write=True) as records:
        records.undo(step)
    with records_as(people["lin"]) as records:
        row = records.get("crm.lead", lead)
        left = [records.query(f"crm.{name}").rows for name in ("account", "contact", "opportunity")]
        talk = records.query("crm.activity").rows[0]
    assert row["status"] == "new" and row.get("account") is None and row.get("opportunity") is None
    assert left == [[], [], []] and talk.get("account") is None


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Inkboat Heating"},
        {"name": "砚舟热力", "name_alt": "Inkboat Heating"},
        {"name": "Inkboat", "phone": "+8651262518800"},
        {"name": "Inkboat", "email": "qi@inkboat-heating.example"},
    ],
)
def test_no_second_account_appears(records_as, people, make_record, known):
    account = make_record("crm.account", owner=people["lin"], role=["customer"], **known)["id"]
    person = make_record("crm.contact", owner=people["lin"], account=account, name="Qi Mingyuan")["id"]
    lead = lead_of(make_record, people["lin"])
    with records_as(people["lin"], write=True) as records:
        result = records.act("crm.lead.convert", lead, {"deal": False})
        row = records.get("crm.lead", lead)
        assert result.record == account and row["account"].id == account and row["contact"].id == person
        assert len(records.query("crm.account").rows) == 1 and len(records.query("crm.contact").rows) == 1


def test_the_deal_of_a_lead_begins_in_the_first_stage_of_no_other_pipeline(records_as, people, make_record, stage):
    care = make_record("crm.pipeline", code="care", label_en="Care")["id"]
    given = {"label_en": "Renew", "position": 0, "probability": 50, "outcome": "open"}
    make_record("crm.stage", code="renew", pipeline=care, **given)
    lead = lead_of(make_record, people["lin"])
    with records_as(people["lin"], write=True) as records:
        deal = records.act("crm.lead.convert", lead, {"deal": True}).record
        assert records.get("crm.opportunity", deal)["stage"].id == stage


def test_a_firm_of_a_colleague_is_told_of_by_owner_only(records_as, people, make_record):
    make_record("crm.account", owner=people["maud"], role=["customer"], name="Inkboat Heating", note="secret")
    lead = lead_of(make_record, people["lin"])
    with records_as(people["lin"], write=True) as records, pytest.raises(ValidationFailed, match="Maud Teunisse"):
        records.act("crm.lead.convert", lead, {})
    with records_as(people["lin"]) as records:
        assert records.get("crm.lead", lead)["status"] == "new"


def test_a_lead_ends_with_a_reason_or_a_customer_and_is_reopened(weft_runtime, records_as, people, make_record):
    install_defaults(weft_runtime)
    lead = lead_of(make_record, people["lin"])
    with records_as(people["lin"], write=True) as records:
        for status in ("closed", "converted"):
            with pytest.raises(ValidationFailed):
                records.update("crm.lead", lead, {"status": status}, version=None)
        values = records.query("core.value", filters={"list_key": "crm.lead_reason", "code": "no_need"}).rows
        records.act("crm.lead.close", lead, {"close_reason": values[0]["id"]})
        closed = records.get("crm.lead", lead)
        records.act("crm.lead.reopen", lead, {})
        open_again = records.get("crm.lead", lead)
    assert closed["status"] == "closed" and closed["close_reason"].title == "No need" and not closed["awaits_contact"]
    assert open_again["status"] == "new" and open_again.get("close_reason") is None and open_again["awaits_contact"]


def test_a_lead_of_the_unit_is_taken_by_the_first(records_as, people, make_record, weft_cast, team):
    lead = make_record("crm.lead", name="For the unit", unit=team)["id"]
    owned = make_record("crm.lead", name="Has one", unit=team, owner=people["maud"])["id"]
    elsewhere = make_record("crm.lead", name="Elsewhere", unit=weft_cast.unit("Other"))["id"]
    with records_as(people["lin"]) as records:
        assert [row["id"] for row in records.query("crm.lead").rows] == [lead]
        for hidden in (owned, elsewhere):
            with pytest.raises(NotFound):
                records.get("crm.lead", hidden)
    with records_as(people["lin"], write=True) as records:
        with pytest.raises(Denied):
            records.update("crm.lead", lead, {"name": "Mine"}, version=None)
        records.act("crm.lead.take", lead, {})
        row = records.get("crm.lead", lead)
        assert row["owner"].id == people["lin"] and row["awaits_contact"]
    with records_as(people["maud"], write=True) as records, pytest.raises(NotFound):
        records.act("crm.lead.take", lead, {})
    with records_as(people["boss"], write=True) as records, pytest.raises(StateConflict):
        records.act("crm.lead.take", lead, {})


def test_rights_on_leads_as_a_set(records_as, people, make_record, client_as):
    lead = lead_of(make_record, people["lin"])
    address = f"/employee/crm/leads/{lead}"
    assert client_as(None).get(address).status_code in (302, 303, 401)
    assert client_as("employee").get(address).status_code == 404
    assert client_as(people["maud"]).get(address).status_code == 404
    assert "Inkboat" in client_as(people["lin"]).get(address).text
    assert "Inkboat" in client_as(people["boss"]).get(address).text
    for who, error in ((people["maud"], NotFound), ("employee", NotFound)):
        with records_as(who, write=True) as records, pytest.raises(error):
            records.act("crm.lead.convert", lead, {})


# ---- which customer a lead is already


@pytest.mark.parametrize(
    ("company", "account"),
    [
        ("霁岚园区水务有限公司", {"name": "霁岚园区水务"}),
        ("江苏霁岚园区水务", {"name": "Jilan Park Water", "name_alt": "霁岚园区水务有限公司"}),
        ("ALDERPOINT DAIRY BV", {"name": "Alderpoint Dairy B.V."}),
        ("Alderpoint", {"name": "Alderpoint Dairy", "website": "https://www.inkboat-heating.example/about"}),
    ],
)
@pytest.mark.both_databases
def test_company_forms_regions_and_domains_do_not_make_a_second_customer(
    records_as, people, make_record, company, account
):
    known = make_record("crm.account", owner=people["lin"], role=["customer"], **account)["id"]
    lead = lead_of(make_record, people["lin"], name=company, company=company, phone=None)
    with records_as(people["lin"], write=True) as records:
        records.act("crm.lead.convert", lead, {"deal": False})
        assert records.get("crm.lead", lead)["account"].id == known
        assert len(records.query("crm.account").rows) == 1


def test_one_may_choose_another_account_or_make_one_apart(records_as, people, make_record):
    make_record("crm.account", owner=people["lin"], role=["customer"], name="Inkboat Heating")
    other = make_record("crm.account", owner=people["lin"], role=["customer"], name="Inkboat Group")["id"]
    stranger = make_record("crm.contact", name="Somebody Else", owner=people["lin"])["id"]
    hidden = make_record("crm.account", owner=people["maud"], role=["customer"], name="Secret Brewery")["id"]
    first, second = (
        lead_of(make_record, people["lin"]),
        lead_of(make_record, people["lin"], email="qi2@inkboat.example"),
    )
    with records_as(people["lin"], write=True) as records:
        for wrong in ({"account": hidden}, {"account": other, "contact": stranger}, {"account": stranger}):
            with pytest.raises(ValidationFailed):
                records.act("crm.lead.convert", first, {"deal": False, **wrong})
    with records_as(people["lin"], write=True) as records:
        records.act("crm.lead.convert", first, {"account": other, "deal": False})
        assert records.get("crm.lead", first)["account"].id == other
        records.act("crm.lead.convert", second, {"apart": True, "deal": False})
        assert records.get("crm.lead", second)["account"].id not in (other, hidden)
        assert len(records.query("crm.account", filters={"name": "Inkboat Heating"}).rows) == 2


def test_the_form_shows_account_and_contact_before_anything_is_made(records_as, people, make_record, client_as):
    account = make_record("crm.account", owner=people["lin"], role=["customer"], name="霁岚园区水务")["id"]
    person = make_record("crm.contact", owner=people["lin"], account=account, name="Qi Mingyuan")["id"]
    lead = lead_of(make_record, people["lin"], name="霁岚园区水务有限公司", company="霁岚园区水务有限公司")
    path = f"/employee/crm/leads/{lead}/act/convert"
    page = client_as(people["lin"]).get(path)
    assert page.status_code == 200 and f'value="{account}"' in page.text and f'value="{person}"' in page.text
    assert "Here already (Name)" in page.text and "works there already" in page.text
    apart = {"account": "", "contact": str(person), "_had": "account,contact,deal", "deal": "0"}
    answer = client_as(people["lin"]).post(path, data=apart)
    assert answer.status_code == 303, answer.text
    with records_as(people["lin"]) as records:
        row = records.get("crm.lead", lead)
    assert row["account"].id != account and row["contact"].id != person  # emptied: a new customer with a new contact


def test_the_form_never_shows_a_customer_of_a_colleague(people, make_record, client_as, weft_app):
    hidden = make_record(
        "crm.account", owner=people["maud"], role=["customer"], name="Inkboat Heat", name_alt="砚舟热力"
    )
    lead = lead_of(make_record, people["lin"], name="砚舟热力有限公司", company="砚舟热力有限公司")
    path = f"/employee/crm/leads/{lead}/act/convert"
    page = client_as(people["lin"]).get(path)
    assert page.status_code == 200 and "This customer is with Maud Teunisse; ask Lu Jinghe" in page.text
    assert "Ask for it" in page.text and "Inkboat Heat" not in page.text and f'"{hidden["id"]}"' not in page.text
    assert 'name="deal_name"' not in page.text
    refused = client_as(people["lin"]).post(path, data={"_had": "deal", "deal": "0"})
    assert refused.status_code == 422 and "Maud Teunisse" in refused.text
    for stranger in ("employee", people["maud"]):
        assert client_as(stranger).get(path).status_code in (403, 404)
    assert weft_app.test_client().get(path).status_code == 303


@pytest.mark.both_databases
def test_a_contact_with_the_customer_takes_its_lead_of_the_same_owner_into_work(records_as, people, make_record):
    account = make_record("crm.account", owner=people["lin"], role=["customer"], name="Inkboat Heating")["id"]
    mine = lead_of(make_record, people["lin"], account=account)
    theirs = lead_of(make_record, people["maud"], account=account)
    with records_as(people["lin"], write=True) as records:
        records.act("crm.account.log_contact", account, {"kind": "call", "note": "Called back"})
        step = records.change_set_id
    with records_as("system") as records:
        row, other = records.get("crm.lead", mine), records.get("crm.lead", theirs)
    assert (row["status"], other["status"]) == ("working", "new")
    assert row["first_contact_at"] is not None and not row["awaits_contact"] and other["awaits_contact"]
    with records_as(people["lin"], write=True) as records:
        records.undo(step)
    with records_as("system") as records:
        assert records.get("crm.lead", mine)["status"] == "new"
