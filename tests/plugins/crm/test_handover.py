"""Customers change hands with all that belongs to them, are told of, and come back as they were."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from weft.core.collaboration import notices
from weft.core.collaboration.tables import notice
from weft.core.identity.tables import app_user
from weft.core.outbox.worker import Worker
from weft.plugins.crm.services import handover, ownership, staff

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee"), pytest.mark.both_databases]

MANAGER, REP = "crm.sales_manager", "crm.sales_rep"


@pytest.fixture
def people(weft_cast):
    team = weft_cast.unit("Sales")
    return {
        name: weft_cast.user(role, name=label, units=[team])
        for name, role, label in (
            ("boss", MANAGER, "Lu Jinghe"),
            ("lin", REP, "Lin Shutong"),
            ("maud", REP, "Maud Teunisse"),
        )
    }


@pytest.fixture
def customer(make_record, people):
    """One customer of Lin with everything that goes along, and what does not."""
    lin, maud = people["lin"], people["maud"]
    stage = make_record("crm.stage", code="offer", label_en="Offer", position=1, probability=20, outcome="open")["id"]
    account = make_record("crm.account", owner=lin, name="Inkboat Heating", role=["customer"])["id"]

    def make(entity, owner=lin, **values):
        return make_record(entity, owner=owner, account=account, **values)["id"]

    return {
        "account": account,
        "contact": make("crm.contact", name="Qi Mingyuan"),
        "deal": make("crm.opportunity", name="Meters", stage=stage),
        "won": make("crm.opportunity", name="Old", stage=stage, outcome="open"),
        "step": make("crm.activity", subject="Call", status="planned"),
        "talk": make("crm.activity", subject="Called", status="done"),
        "lead": make("crm.lead", name="Inkboat web"),
        "closed": make("crm.lead", name="Old lead", status="new"),
        "theirs": make("crm.activity", owner=maud, subject="Survey", status="planned"),
    }


def owners(records_as, ids):
    with records_as("system") as records:
        return {name: getattr(records.find(number)["owner"], "id", None) for name, number in ids.items()}


def test_open_work_of_the_former_owner_goes_along_and_the_past_stays(records_as, people, customer, make_record):
    reason = make_record("core.value", list_key="crm.lead_reason", code="no_need", label_en="No need")["id"]
    with records_as("system", write=True) as records:
        records.act("crm.opportunity.win", customer["won"], {})
        records.act("crm.lead.close", customer["closed"], {"close_reason": reason})
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["maud"])
    found = owners(records_as, customer)
    maud, lin = people["maud"], people["lin"]
    assert found == {
        "account": maud, "contact": maud, "deal": maud, "step": maud, "lead": maud, "theirs": maud,
        "won": lin, "talk": lin, "closed": lin,
    }  # fmt: skip
    with records_as("system") as records:
        account = records.get("crm.account", customer["account"])
    assert account["awaits_contact"] and account["assigned_by"].id == people["boss"]
    assert account["former_owner"].id == lin and account["assigned_at"] is not None


def test_a_customer_without_owner_goes_to_its_first_one(records_as, people, make_record):
    account = make_record("crm.account", name="Nobody's", role=["customer"])["id"]
    step = make_record("crm.activity", subject="Call", status="planned", account=account)["id"]
    other = make_record("crm.activity", owner=people["maud"], subject="Mine", status="planned", account=account)["id"]
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [account], people["lin"])
    found = owners(records_as, {"account": account, "step": step, "other": other})
    assert found == {"account": people["lin"], "step": people["lin"], "other": people["maud"]}
    with records_as("system") as records:
        assert records.get("crm.account", account).get("former_owner") is None


def test_who_has_it_already_is_not_told_again(records_as, people, customer):
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["lin"])
        assert records.change_set_id is None
    with records_as(people["lin"]) as records:
        assert notices.inbox(records) == []


def test_undo_brings_back_owners_pool_and_what_went_along(records_as, people, customer, make_record):
    pool = make_record("crm.pool", code="cn", label_en="China")["id"]
    with records_as(people["boss"], write=True) as records:
        ownership.to_pool(records, [customer["account"]], pool, reason="silent")
    pooled = owners(records_as, customer)
    with records_as("system") as records:
        before = dict(records.get("crm.account", customer["account"]))
    assert pooled["account"] is None and before["pool"].id == pool
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["maud"])
        step = records.change_set_id
    with records_as("system") as records:
        assert len(records.query("crm.pool_move", filters={"account": customer["account"]}).rows) == 2
    with records_as(people["boss"], write=True) as records:
        records.undo(step)
    with records_as("system") as records:
        after = dict(records.get("crm.account", customer["account"]))
        moves = records.query("crm.pool_move", filters={"account": customer["account"]}).rows
    assert owners(records_as, customer) == pooled
    for name in ("pool", "pooled_at", "former_owner", "assigned_at", "awaits_contact", "assigned_by"):
        assert after.get(name) == before.get(name), name
    assert [move["kind"] for move in moves] == ["recycled"]


def test_one_notice_tells_of_a_hand_over_and_says_when_it_was_taken_back(
    weft_runtime, records_as, people, customer, client_as
):
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["maud"])
        step = records.change_set_id
    Worker(weft_runtime).run_due()  # the core would tell of each contact, deal and step that went along
    with records_as(people["maud"]) as records:
        told = notices.inbox(records)
    assert [one.text for one in told] == ["Lu Jinghe gave you the customer Inkboat Heating"]
    browser = client_as(people["maud"])
    first, second = browser.get("/employee/").text, browser.get("/employee/").text
    assert "New customers were assigned to you" in first and f"/crm/accounts/{customer['account']}" in first
    assert "New customers were assigned to you" not in second
    with records_as(people["boss"], write=True) as records:
        records.undo(step)
    Worker(weft_runtime).run_due()
    with records_as(people["maud"]) as records:
        told = notices.inbox(records)
    assert [(one.text, one.taken_back, one.record) for one in told] == [
        ("Taken back: Lu Jinghe gave you the customer (no longer yours)", True, None)
    ]
    assert "Inkboat" not in browser.get("/employee/notices/").text
    with records_as(people["lin"]) as records:
        assert notices.inbox(records) == []


def test_what_is_taken_back_before_the_next_sign_in_is_not_announced(records_as, people, customer, client_as):
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["maud"])
        step = records.change_set_id
    with records_as(people["boss"], write=True) as records:
        records.undo(step)
    assert "data-arrived" not in client_as(people["maud"]).get("/employee/").text


@pytest.fixture
def thirty_one(weft_cast, people, make_record):
    """A colleague who left with 31 customers, and pool China."""
    gone = weft_cast.user(REP, name="Joris Haanstra")
    ids = [make_record("crm.account", owner=gone, name=f"Customer {n:02}", role=["customer"])["id"] for n in range(31)]
    make_record("crm.contact", owner=gone, name="Qi Mingyuan", account=ids[0])
    with weft_cast.runtime.db.write() as connection:
        connection.execute(app_user.update().where(app_user.c.id == gone).values(active=False))
    return gone, ids, make_record("crm.pool", code="cn", label_en="China")["id"]


def hidden(page):
    return html.unescape(re.search(r'name="plan" value="([^"]*)"', page).group(1))


def test_customers_of_who_left_are_shared_out_shown_and_handed_over_whole(client_as, records_as, people, thirty_one):
    """S2 steps 2 to 4: 20 + 9 + 2 = 31, nothing left out, nothing changes before, undo brings all back."""
    gone, ids, pool = thirty_one
    browser, address = client_as(people["boss"]), "/employee/crm/hand-over"
    assert "Joris Haanstra" in browser.get(address).text
    assert "Customer 30" in browser.get(f"{address}?from={gone}").text
    plan = ""
    for to, ticked, do in (
        (f"person:{people['lin']}", ids[:20], "ticked"),
        (f"pool:{pool}", ids[20:22], "ticked"),
        (f"person:{people['maud']}", [], "rest"),
    ):
        answer = browser.post(address, data={"from": gone, "plan": plan, "to": to, "ticked": ticked, "do": do})
        assert answer.status_code == 200, answer.text
        plan = hidden(answer.text)
    assert "20 + 9 + 2 = 31" in answer.text and "nothing left out" in answer.text
    with records_as("system") as records:
        assert records.query("crm.account", filters={"owner": gone}, count="exact").count.value == 31
    assert browser.post(address, data={"from": gone, "plan": plan, "do": "apply"}).status_code in (302, 303)
    with records_as("system") as records:
        found = {
            name: records.query("crm.account", filters=filters, count="exact").count.value
            for name, filters in (
                ("gone", {"owner": gone}), ("lin", {"owner": people["lin"]}),
                ("maud", {"owner": people["maud"]}), ("pool", {"pool": pool}),
            )
        }  # fmt: skip
        texts = [entry.text for entry in records.history(ids[0])]
    assert found == {"gone": 0, "lin": 20, "maud": 9, "pool": 2}
    assert "Lu Jinghe handed Customer 00 over from Joris Haanstra to Lin Shutong" in texts
    with records_as(people["lin"]) as records:
        (told,) = notices.inbox(records)
        assert told.text == "Lu Jinghe handed 20 customers over to you from Joris Haanstra"
        number = records.connection.scalar(select(notice.c.change_set))
    with records_as(people["boss"], write=True) as records:
        records.undo(number)
    with records_as("system") as records:
        assert records.query("crm.account", filters={"owner": gone}, count="exact").count.value == 31


def test_a_frozen_customer_is_handed_over_with_its_people_and_comes_back(client_as, records_as, people, thirty_one):
    gone, ids, _pool = thirty_one
    with records_as("system", write=True) as records:
        records.update("crm.account", ids[0], {"life": "invalid"}, version=None)
        (person,) = [row.id for row in records.query("crm.contact", filters={"account": ids[0]}).rows]
        records.act("crm.account.freeze", ids[0], {})
        assert [one["left"] for one in staff.leaving(records, [gone])] == [31]
    browser, address = client_as(people["boss"]), "/employee/crm/hand-over"
    assert "31 customers" in browser.get(address).text
    plan = f"person:{people['maud']}={','.join(map(str, ids))}"
    assert "Customer 00" in browser.post(address, data={"from": gone, "plan": plan, "do": "search"}).text
    assert browser.post(address, data={"from": gone, "plan": plan, "do": "apply"}).status_code in (302, 303)
    those = {"account": ids[0], "person": person}
    assert owners(records_as, those) == dict.fromkeys(those, people["maud"])
    with records_as(people["maud"]) as records:
        number = records.connection.scalar(select(notice.c.change_set))
    with records_as(people["boss"], write=True) as records:
        records.undo(number)
    assert owners(records_as, those) == dict.fromkeys(those, gone)


@pytest.fixture
def besides(make_record, weft_cast, people, customer):
    """What Lin has beside her own customer: at one of Maud's, at a leaver's, and at none; the past too."""
    gone = weft_cast.user(REP, name="Joris Haanstra")
    lin, stage = people["lin"], make_record("crm.stage", code="o", label_en="O", position=2, outcome="open")["id"]
    mauds = make_record("crm.account", owner=people["maud"], name="Maud's", role=["customer"])["id"]
    left = make_record("crm.account", owner=gone, name="Joris's", role=["customer"])["id"]
    with weft_cast.runtime.db.write() as connection:
        connection.execute(app_user.update().where(app_user.c.id == gone).values(active=False))
    make = {
        "deal": ("crm.opportunity", {"name": "Pumps", "stage": stage, "account": mauds}),
        "contact": ("crm.contact", {"name": "Bo Ling", "account": mauds}),
        "step": ("crm.activity", {"subject": "Call", "status": "planned", "account": mauds}),
        "lead": ("crm.lead", {"name": "Maud's web", "account": mauds}),
        "talk": ("crm.activity", {"subject": "Called", "status": "done", "account": mauds}),
        "orphan": ("crm.activity", {"subject": "Visit", "status": "planned", "account": left}),
        "alone": ("crm.activity", {"subject": "Read up", "status": "planned"}),
        "free": ("crm.lead", {"name": "Nobody's web"}),
    }
    return {name: make_record(entity, owner=lin, **values)["id"] for name, (entity, values) in make.items()}


def test_whoever_handed_over_owns_nothing_open_any_more(client_as, records_as, people, customer, besides):
    """S2.5: work at customers of others goes to their owner, the rest to whom most customers go."""
    boss = people["boss"]
    browser, address = client_as(boss), "/employee/crm/hand-over"
    before = owners(records_as, besides)
    data = {"from": people["lin"], "plan": f"person:{boss}={customer['account']}"}
    page = browser.post(address, data={**data, "do": "search"}).text
    rows = re.findall(r"<tr>(.*?)</tr>", re.search(r"data-besides>(.*?)</table>", page, re.DOTALL).group(1), re.DOTALL)
    cells = [[re.sub("<[^>]+>", "", one) for one in re.findall(r"<td.*?</td>", row)] for row in rows[1:]]
    assert cells == [["Lu Jinghe", "0", "2", "0", "1"], ["Maud Teunisse", "1", "1", "1", "1"]]
    assert owners(records_as, besides) == before
    assert browser.post(address, data={**data, "do": "apply"}).status_code in (302, 303)
    theirs = dict.fromkeys(("deal", "contact", "step", "lead"), people["maud"])
    rest = dict.fromkeys(("orphan", "alone", "free"), boss)
    assert owners(records_as, besides) == {**theirs, **rest, "talk": people["lin"]}


def test_who_has_no_customer_hands_over_the_work_at_those_of_others(client_as, records_as, people, besides, customer):
    with records_as(people["boss"], write=True) as records:
        ownership.hand_to(records, [customer["account"]], people["maud"])
    browser, address = client_as(people["boss"]), "/employee/crm/hand-over"
    page = browser.get(f"{address}?from={people['lin']}").text
    assert 'value="apply"' in page and "Unassigned" in page
    assert browser.post(address, data={"from": people["lin"], "do": "apply"}).status_code in (302, 303)
    found = owners(records_as, besides)
    assert (found["deal"], found["free"], found["talk"]) == (people["maud"], None, people["lin"])


def test_undo_brings_back_what_went_besides(records_as, people, customer, besides):
    before = owners(records_as, {**customer, **besides})
    with records_as(people["boss"], write=True) as records:
        handover.apply(records, people["lin"], {customer["account"]: f"person:{people['boss']}"})
        step = records.change_set_id
    assert owners(records_as, {**customer, **besides}) != before
    with records_as(people["boss"], write=True) as records:
        records.undo(step)
    assert owners(records_as, {**customer, **besides}) == before


def test_a_hand_over_that_leaves_something_out_is_refused(client_as, records_as, people, thirty_one):
    gone, ids, _pool = thirty_one
    plan = f"person:{people['lin']}={','.join(map(str, ids[:30]))}"
    answer = client_as(people["boss"]).post("/employee/crm/hand-over", data={"from": gone, "plan": plan, "do": "apply"})
    assert answer.status_code == 422 and "Nothing was handed over" in answer.text
    with records_as("system") as records:
        assert records.query("crm.account", filters={"owner": gone}, count="exact").count.value == 31


def test_only_who_may_assign_hands_over(client_as, people, thirty_one):
    gone, ids, _pool = thirty_one
    address = "/employee/crm/hand-over"
    assert client_as(None).get(address).status_code in (302, 303, 401)
    plan = f"person:{people['lin']}={','.join(map(str, ids))}"
    for who in ("employee", people["lin"]):
        assert client_as(who).get(f"{address}?from={gone}").status_code == 404
        assert client_as(who).post(address, data={"from": gone, "plan": plan, "do": "apply"}).status_code == 404


def test_a_hand_over_refuses_who_cannot_have_customers(records_as, people, customer, weft_cast):
    from weft.core.errors import ValidationFailed

    outsider = weft_cast.user("employee", name="Xu Tinglan")
    for to in (f"person:{outsider}", "person:abc", "pool:999999", "", f"person:{people['lin']}"):
        with pytest.raises(ValidationFailed), records_as(people["boss"], write=True) as records:
            handover.apply(records, people["lin"], {customer["account"]: to})
        assert owners(records_as, {"account": customer["account"]}) == {"account": people["lin"]}
