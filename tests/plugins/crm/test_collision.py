"""Who has a customer already: warnings, protection, requests, registrations, duplicates."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.outbox.worker import Worker
from weft.core.registry.formchecks import FormWarning
from weft.plugins.crm.services import collision, conversion, duplicates, keys, registrations, requests

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("霁岚园区水务有限公司", "霁岚园区水务"),
        ("广东霁岚园区水务（佛山）股份有限公司", "霁岚园区水务"),
        ("棠屿供水集团有限公司", "棠屿供水集团"),
        ("ＫＥＳＴＲＥＬＭＯＯＲ Estates Ltd.", "Kestrelmoor Estates"),
        ("Müller & Söhne GmbH & Co. KG", "Muller Sohne"),
        ("Pellgrave Flow B.V.", "Pellgrave Flow NV"),
        ("Ostrane Metering A/S", "ostrane metering"),
        ("Baltmere Tehnika OÜ", "Baltmere  Tehnika"),
    ],
)
def test_two_writings_of_a_firm_are_equal(one, other):
    assert keys.company_key(one) == keys.company_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("棠屿供水", "棠屿污水"), ("北京公司", "上海公司"), ("Haverdijk Water", "Haverdijk Water Board"), ("Holding", "")],
)
def test_different_firms_stay_different(one, other):
    assert keys.company_key(one) != keys.company_key(other)


def test_public_mail_says_nothing_and_phones_are_compared_with_their_country():
    assert keys.domain_key(None, "a@qq.com") == ""
    assert keys.domain_key("https://www.jilan-park.example/de", "a@qq.com") == "jilan-park.example"
    assert keys.phone_key("0512 6666 1234", "CN") == keys.phone_key("+86 512-6666-1234") == "8651266661234"


@pytest.fixture
def scene(weft_cast, make_record):
    """A rep, a colleague with a customer, a manager above them, and a partner with a registration."""
    china = weft_cast.unit("China")
    manager = weft_cast.user("crm.sales_manager", name="Lu Jinghe", units=[china])
    rep = weft_cast.user("crm.sales_rep", name="Lin Shutong", units=[china])
    other = weft_cast.user("crm.sales_rep", name="Su Wanqing", units=[china])
    partner = make_record(
        "crm.account", name="Lingtang Automation", name_alt="岭棠自动化", role=["agent"], owner=other
    )["id"]
    theirs = make_record(
        "crm.account", name="Tangyu Water Group", name_alt="棠屿供水集团", phone="+8651266661234",
        website="https://tangyu-water.example", owner=other,
    )["id"]  # fmt: skip
    jilan = make_record("crm.account", name="Jilan Park Water", name_alt="霁岚园区水务", owner=other)["id"]
    registration = make_record("crm.registration", name="霁岚园区水务", partner=partner, account=jilan)["id"]
    return {"manager": manager, "rep": rep, "other": other, "partner": partner, "theirs": theirs, "jilan": jilan,
            "registration": registration}  # fmt: skip


def told(records_as, who, values, entity="crm.account") -> list[FormWarning]:
    with records_as(who) as records:
        (found,) = collision.warnings(records, entity, [values], None)
        return list(found)


def test_a_registered_customer_is_protected_and_told_without_its_record(records_as, scene):
    (warning,) = told(records_as, scene["rep"], {"name": "霁岚园区水务有限公司"})
    assert "Lingtang Automation" in str(warning.text)
    assert "protected until" in str(warning.text)
    assert "Lu Jinghe" in str(warning.text)
    assert (warning.blocks, warning.record, warning.action is not None) == (True, None, True)


def test_the_manager_is_warned_but_not_stopped(records_as, scene):
    found = told(records_as, scene["manager"], {"name": "霁岚园区水务有限公司"})
    assert not any(one.blocks for one in found)
    assert {one.record for one in found} == {scene["registration"], scene["jilan"]}


@pytest.mark.parametrize(
    "values",
    [
        {"name": "TANGYU  water group Ltd"}, {"name": "x", "phone": "+86 512-6666-1234"},
        {"name": "x", "website": "www.tangyu-water.example"}, {"name": "x", "email": "office@tangyu-water.example"},
        {"name": "棠屿供水集团有限公司"},
    ],
)  # fmt: skip
def test_a_colleagues_customer_is_told_by_owner_alone(records_as, scene, values):
    (warning,) = told(records_as, scene["rep"], values)
    assert str(warning.text) == "This customer is with Su Wanqing; ask Lu Jinghe"
    assert (warning.record, warning.blocks) == (None, False)


def test_an_open_lead_of_a_colleague_is_told_while_an_account_is_typed(records_as, scene, make_record):
    lead = make_record("crm.lead", name="Alder Mill", owner=scene["other"])["id"]
    why = make_record("core.value", list_key="crm.lead_reason", code="no_need", label_en="No need")["id"]
    make_record("crm.lead", name="Alder Mill", owner=scene["manager"], status="closed", close_reason=why)
    (warning,) = told(records_as, scene["rep"], {"name": "Alder Mill Ltd"})
    assert str(warning.text) == "This customer is with Su Wanqing; ask Lu Jinghe"
    assert (warning.record, warning.action, warning.blocks) == (None, None, False)
    (warning,) = told(records_as, scene["other"], {"name": "Alder Mill Ltd"})
    assert (warning.entity, warning.record) == ("crm.lead", lead)
    with records_as(scene["other"]) as records:  # the lead itself does not stand in its way, nor do those of an account
        assert list(conversion.says(records, records.get("crm.lead", lead))) == []
    account = make_record("crm.account", name="Alder Mill", owner=scene["other"])["id"]
    with records_as("system", write=True) as records:
        records.update("crm.lead", lead, {"account": account}, version=None)
    with records_as(scene["other"]) as records:
        assert collision.warnings(records, "crm.account", [{"name": "Alder Mill Ltd"}], account) == [[]]


def test_an_own_customer_is_linked(records_as, scene):
    (warning,) = told(records_as, scene["other"], {"name": "Tangyu Water Group"})
    assert (warning.entity, warning.record) == ("crm.account", scene["theirs"])


def test_nothing_alike_says_nothing_in_few_statements(records_as, scene, query_count):
    with records_as(scene["rep"]) as records:
        rows = [{"name": f"Nobody {number} Works"} for number in range(100)]
        with query_count(at_most=8):
            assert collision.warnings(records, "crm.account", rows, None) == [[]] * 100


def test_the_server_refuses_what_the_form_refuses(records_as, scene):
    with records_as(scene["rep"], write=True) as records, pytest.raises(ValidationFailed, match="Lingtang"):
        records.create("crm.account", {"name": "霁岚园区水务有限公司"})
    with records_as(scene["rep"], write=True) as records, pytest.raises(ValidationFailed):
        records.create("crm.lead", {"name": "霁岚园区水务", "company": "霁岚园区水务有限公司"})
    with records_as(scene["manager"], write=True) as records:
        records.create("crm.account", {"name": "霁岚园区水务有限公司"})


def test_the_page_answers_while_typing(client_as, scene):
    client = client_as(scene["rep"])
    page = client.get("/employee/crm/accounts/new?role=customer")
    assert 'data-island="checks"' in page.text
    answer = client.post("/employee/crm/accounts/check", data={"name": "霁岚园区水务有限公司", "_had": "name"})
    assert answer.status_code == 200, answer.text
    assert "data-blocks" in answer.text
    assert "岭棠" in answer.text or "Lingtang" in answer.text
    assert str(scene["registration"]) not in answer.text


def test_only_people_of_the_company_who_may_create_are_answered(client_as, scene):
    for who in (None, "employee"):
        client = client_as(who)
        answer = client.post("/employee/crm/accounts/check", data={"name": "霁岚园区水务", "_had": "name"})
        assert "Lingtang" not in answer.text
        assert "岭棠" not in answer.text


# ---- asking


def asked(records_as, scene, name="霁岚园区水务有限公司") -> int:
    with records_as(scene["rep"], write=True) as records:
        return requests.ask(records, {"name": name, "_entity": "crm.account"})["id"]


def test_asking_makes_one_request_and_tells_the_manager(client_as, records_as, scene):
    client = client_as(scene["rep"])
    data = {"name": "霁岚园区水务有限公司", "_entity": "crm.account"}
    for _time in (1, 2):
        assert client.post("/employee/crm/ask-for-customer", data=data).status_code in (200, 204)
    with records_as(scene["manager"]) as records:
        (row,) = records.query("crm.customer_request").rows
        assert (row["account"].id, row["registration"].id) == (scene["jilan"], scene["registration"])
        assert row["owner"].id == scene["rep"]
    with records_as(scene["rep"]) as records:
        (mine,) = records.query("crm.customer_request").rows
        assert mine["account"].restricted
    from weft.core.collaboration import notices

    with records_as(scene["manager"]) as records:
        assert any("Lin Shutong" in one.text for one in notices.inbox(records))


def test_what_nobody_has_cannot_be_asked_for(records_as, scene):
    with records_as(scene["rep"], write=True) as records, pytest.raises(ValidationFailed):
        requests.ask(records, {"name": "Entirely unknown firm", "account": str(scene["theirs"])})


def test_the_manager_gives_the_customer(records_as, scene):
    number = asked(records_as, scene, "Tangyu Water Group")
    with records_as(scene["manager"], write=True) as records:
        records.act("crm.customer_request.grant", number)
    with records_as(scene["rep"]) as records:
        assert records.get("crm.account", scene["theirs"])["owner"].id == scene["rep"]
        assert records.get("crm.customer_request", number)["status"] == "granted"


def test_joint_lets_the_rep_read_and_keeps_the_protection(records_as, scene):
    number = asked(records_as, scene)
    with records_as(scene["manager"], write=True) as records:
        before = records.get("crm.registration", scene["registration"])["protected_until"]
        records.act("crm.customer_request.join", number)
        after = records.get("crm.registration", scene["registration"])
        assert (after["status"], after["protected_until"]) == ("joint", before)
        assert "Lin Shutong" in after["decision"] or "林疏桐" in after["decision"]
    with records_as(scene["rep"], write=True) as records:
        assert records.get("crm.account", scene["jilan"])["owner"].id == scene["other"]
        with pytest.raises(Denied):
            records.update("crm.account", scene["jilan"], {"phone": "+8651211112222"}, version=None)


def test_refusing_needs_words_and_tells_them(records_as, scene):
    number = asked(records_as, scene)
    with records_as(scene["manager"], write=True) as records, pytest.raises(ValidationFailed):
        records.act("crm.customer_request.refuse", number, {})
    with records_as(scene["manager"], write=True) as records:
        records.act("crm.customer_request.refuse", number, {"answer": "The agent is close to an order."})
    with records_as(scene["rep"]) as records:
        assert records.get("crm.customer_request", number)["answer"] == "The agent is close to an order."


@pytest.mark.parametrize("action", ["grant", "join", "refuse"])
def test_who_asks_does_not_decide(records_as, scene, action):
    number = asked(records_as, scene)
    data = {"answer": "x"} if action == "refuse" else {}
    with records_as(scene["rep"], write=True) as records, pytest.raises(Denied):
        records.act(f"crm.customer_request.{action}", number, data)
    with records_as(scene["other"], write=True) as records, pytest.raises(NotFound):
        records.act(f"crm.customer_request.{action}", number, data)


# ---- registrations


def test_a_registration_protects_for_the_days_of_the_settings(records_as, scene):
    from datetime import timedelta

    with records_as(scene["manager"]) as records:
        row = records.get("crm.registration", scene["registration"])
        assert row["protected_until"] - row["registered_on"] == timedelta(days=60)


def test_protection_ends_after_its_last_day_and_people_are_told(moved_clock, records_as, scene):
    moved_clock.move(days=53)
    with records_as("system", write=True) as records:
        assert (registrations.end_due(records), registrations.warn(records)) == (0, 1)
    moved_clock.move(days=8)
    with records_as("system", write=True) as records:
        assert registrations.end_due(records) == 1
        assert registrations.end_due(records) == 0
        assert records.get("crm.registration", scene["registration"])["status"] == "expired"
    (warning,) = told(records_as, scene["rep"], {"name": "霁岚园区水务"})
    assert not warning.blocks


# ---- duplicates


def pairs(records_as, who) -> list:
    with records_as(who) as records:
        return list(records.query("crm.duplicate", filters={"status": "open"}).rows)


def test_an_entered_double_stands_in_the_list_with_its_reasons(weft_runtime, records_as, scene):
    with records_as(scene["manager"], write=True) as records:
        records.load("crm.account", [{"name": "棠屿供水集团有限公司", "phone": "+86 512 6666 1234"}])
    Worker(weft_runtime).run_due()
    (pair,) = pairs(records_as, scene["manager"])
    assert set(pair["reasons"]) == {"name", "phone"}
    with records_as(scene["rep"]) as records, pytest.raises((Denied, NotFound, Exception)):
        records.get("crm.duplicate", pair["id"])


def test_a_pair_is_named_in_the_script_of_its_reader(weft_runtime, records_as, scene):
    with records_as(scene["manager"], write=True) as records:
        given = {"phone": "+86 512 6666 9876", "role": ["customer"]}
        records.create("crm.account", {"name": "霁岚园区水务", "name_alt": "Jilan Park Water", **given})
        records.create("crm.account", {"name": "霁岚园区水务有限公司", "name_alt": "Jilan Park Water Ltd", **given})
    Worker(weft_runtime).run_due()
    turned = {row["subject"]: row["subject_alt"] for row in pairs(records_as, scene["manager"])}
    assert turned["霁岚园区水务 / 霁岚园区水务有限公司"] == "Jilan Park Water / Jilan Park Water Ltd"


def test_not_the_same_stays_decided(weft_runtime, records_as, scene):
    with records_as(scene["manager"], write=True) as records:
        made = records.create("crm.account", {"name": "Tangyu Water Group"})["id"]
    Worker(weft_runtime).run_due()
    (pair,) = pairs(records_as, scene["manager"])
    with records_as(scene["manager"], write=True) as records:
        records.act("crm.duplicate.different", pair["id"])
    with records_as("system", write=True) as records:
        duplicates.look(records, "crm.account", [made])
        duplicates.find_all(records, "crm.account")
    assert pairs(records_as, scene["manager"]) == []


def test_a_misspelt_double_is_found_at_night(records_as, scene, make_record):
    for number in range(30):
        make_record("crm.account", name=f"Works {number} of {'abcdefghij'[number % 10] * 4}")
    address = {"country": "NL", "city": "Haverdijk", "lines": ["Sluisweg 14"], "region": "", "postcode": "3011 AB"}
    make_record("crm.account", name="Haverdijk Waterboard", address=address)
    make_record("crm.account", name="Haverdyk Water Board", address=address)
    with records_as("system", write=True) as records:
        assert duplicates.find_all(records, "crm.account") == 1


def test_a_subsidiary_is_no_double(records_as, scene, make_record):
    make_record("crm.account", name="Tangyu Water Group", parent=scene["theirs"])
    with records_as("system", write=True) as records:
        assert duplicates.find_all(records, "crm.account") == 0


def test_merging_closes_the_pair_and_taking_it_back_opens_it(weft_runtime, records_as, client_as, scene):
    with records_as(scene["manager"], write=True) as records:
        double = records.create("crm.account", {"name": "棠屿供水集团有限公司", "tax_id": "91320594MA1"})["id"]
    Worker(weft_runtime).run_due()
    (pair,) = pairs(records_as, scene["manager"])
    client = client_as(scene["manager"])
    page = client.get(f"/employee/crm/accounts/merge?keep={scene['theirs']}&drop={double}")
    assert page.status_code == 200, page.text
    assert "91320594MA1" in page.text
    posted = client.post(
        f"/employee/crm/accounts/merge?keep={scene['theirs']}&drop={double}", data={"tax_id": "drop", "name": "keep"}
    )
    assert posted.status_code in (204, 303), posted.text
    old = client.get(f"/employee/crm/accounts/{double}")
    assert (old.status_code, old.headers["Location"].rstrip("/").rsplit("/", 1)[-1]) == (301, str(scene["theirs"]))
    Worker(weft_runtime).run_due()
    assert pairs(records_as, scene["manager"]) == []
    with records_as(scene["manager"], write=True) as records:
        assert records.get("crm.account", scene["theirs"])["tax_id"] == "91320594MA1"
        from weft.core.records import merge

        records.undo(merge.merges_of(records, scene["theirs"])[0].change_set_id)
    Worker(weft_runtime).run_due()
    assert [one["id"] for one in pairs(records_as, scene["manager"])] == [pair["id"]]


@pytest.mark.parametrize("who", [None, "employee", "rep", "other"])
def test_the_merge_page_needs_both_records(client_as, scene, who):
    client = client_as(scene.get(who, who) if who else None)
    answer = client.get(f"/employee/crm/accounts/merge?keep={scene['theirs']}&drop={scene['partner']}")
    assert answer.status_code == (200 if who == "other" else answer.status_code)
    if who != "other":
        assert "Tangyu" not in answer.text


def test_a_dry_run_warns_of_what_is_there_and_refuses_what_is_protected(records_as, scene):
    import io

    from weft.core.import_export.options import Source
    from weft.core.import_export.planning import plan

    text = "name,phone\n霁岚园区水务有限公司,\nTangyu Water Group,\nEntirely new firm,\n"
    found = {}
    for who in ("manager", "rep"):
        with records_as(scene[who], write=True) as records:
            made = plan(records, "crm.account", Source(io.BytesIO(text.encode()), "list.csv"))
            found[who] = made.dry_run(records)
    assert (found["manager"].created, found["manager"].faulty, found["manager"].warned) == (3, 0, 2)
    assert found["manager"].warnings[0][0] == 2
    assert (found["rep"].created, found["rep"].faulty, found["rep"].warned) == (2, 1, 1)
    assert "Lingtang" in found["rep"].faults[0].reason


def test_k10_a_rep_reads_partners_and_of_registrations_what_the_warning_says(
    records_as, client_as, weft_app, scene, make_record
):
    with records_as(scene["manager"], write=True) as records:
        given = {"phone": "+86 757 5550 1234", "person": "顾思齐", "amount": {"amount": "98400", "currency": "CNY"}}
        records.update("crm.registration", scene["registration"], given, version=None)
    with records_as(scene["rep"]) as records:
        assert [row["name"] for row in records.query("crm.account", filters={"role": "agent"}).rows] == [
            "Lingtang Automation"
        ]
        row = records.get("crm.registration", scene["registration"])
        assert (row["name"], row["partner"].title) == ("霁岚园区水务", "Lingtang Automation")
        assert not {"phone", "person", "amount", "account"} & set(row)
    page = client_as(scene["rep"]).get(f"/employee/crm/registrations/{scene['registration']}")
    assert page.status_code == 200 and "98,400" not in page.text and "顾思齐" not in page.text
    assert "Jilan Park Water" not in page.text
    address = f"/employee/crm/registrations/{scene['registration']}"
    assert weft_app.test_client().get(address).status_code in (302, 303)
    assert client_as("employee").get(address).status_code == 404
    assert "98,400" in client_as(scene["manager"]).get(address).text
