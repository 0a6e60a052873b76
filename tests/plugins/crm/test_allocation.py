"""Allocation: everybody's load, giving by hand and by rules, taking turns, notices, undo, who may do it."""

from __future__ import annotations

import re
import threading

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Conflict, Denied, NotFound, ValidationFailed
from weft.core.outbox import schedule
from weft.core.outbox.worker import Worker
from weft.plugins.crm.services import allocation
from weft.plugins.crm.services.loads import loads

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee")]

MANAGER, REP = "crm.sales_manager", "crm.sales_rep"
LEADS, CUSTOMERS = "/employee/crm/allocate/leads", "/employee/crm/allocate/customers"


@pytest.fixture
def units(weft_cast):
    sales = weft_cast.unit("Sales")
    return {"sales": sales, "china": weft_cast.unit("China", sales), "europe": weft_cast.unit("Europe", sales)}


@pytest.fixture
def people(weft_cast, units):
    return {
        "boss": weft_cast.user(MANAGER, name="Lu Jinghe", units=[units["sales"]]),
        "lin": weft_cast.user(REP, name="Lin Shutong", units=[units["china"]]),
        "su": weft_cast.user(REP, name="Su Wanqing", units=[units["china"]]),
        "maud": weft_cast.user(REP, name="Maud Teunisse", units=[units["europe"]]),
    }


@pytest.fixture
def leads(make_record):
    return [make_record("crm.lead", name=f"Firm {n}")["id"] for n in range(3)]


def owner_of(records_as, lead):
    with records_as("system") as records:
        found = records.get("crm.lead", lead)["owner"]
    return found.id if found else None


def test_three_leads_are_given_with_the_load_of_each_person_in_sight(
    weft_runtime, client_as, records_as, people, leads, make_record
):
    """J2 step 2: a panel shows customers and open deals per person; two to Lin, one to Maud."""
    stage = make_record("crm.stage", code="c", label_en="Contact", position=1, probability=10, outcome="open")["id"]
    for number in range(2):
        account = make_record("crm.account", owner=people["lin"], name=f"C{number}", role=["customer"])["id"]
    make_record("crm.account", owner=people["lin"], name="Ended", role=["customer"], life="invalid")
    amount = {"amount": "1200.00", "currency": "CNY"}
    make_record("crm.opportunity", owner=people["lin"], name="D", account=account, stage=stage, amount=amount)
    browser = client_as(people["boss"])
    page = browser.get(f"{LEADS}?ids={leads[0]},{leads[1]}").text
    row = re.search(rf'<tr data-to="person:{people["lin"]}">(.*?)</tr>', page, re.S).group(1)
    cells = [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.S)]
    assert cells[1] == "2" and cells[2].startswith("1") and "1,200" in cells[2] and cells[3] == "0"
    browser.post(LEADS, data={"ids": f"{leads[0]},{leads[1]}", "to": f"person:{people['lin']}"})
    browser.post(LEADS, data={"ids": str(leads[2]), "to": f"person:{people['maud']}"})
    assert [owner_of(records_as, one) for one in leads] == [people["lin"], people["lin"], people["maud"]]
    Worker(weft_runtime).run_due()
    home = client_as(people["lin"]).get("/employee/").text
    assert "New leads were assigned to you" in home and "Lu Jinghe gave you 2 leads" in home
    assert "Lu Jinghe gave you the lead Firm 2" in client_as(people["maud"]).get("/employee/").text
    with records_as(people["lin"]) as records:
        mine = records.query("crm.lead", filters={"owner": "me", "awaits_contact": "true"}).rows
        assert len(notices.inbox(records)) == 1
    assert {row["assigned_by"].id for row in mine} == {people["boss"]} and len(mine) == 2


def test_undo_puts_the_leads_back_tells_the_person_and_keeps_both_sentences(
    weft_runtime, client_as, records_as, people, leads
):
    """J2 step 11: three leads to the wrong person, taken back."""
    with records_as(people["boss"], write=True) as records:
        target = allocation.Target(person=people["maud"])
        allocation.give(records, "crm.lead", [allocation.Decision(one, target) for one in leads])
        step = records.change_set_id
    browser = client_as(people["boss"])
    unassigned = "/employee/crm/leads/?view=crm.leads_unassigned"
    assert "Firm 1" not in browser.get(unassigned).text
    answer = browser.post(f"/employee/undo/{step}/")
    assert answer.status_code < 400, answer.text
    Worker(weft_runtime).run_due()
    page = browser.get(unassigned).text
    assert all(f"Firm {n}" in page for n in range(3))
    with records_as(people["maud"]) as records:
        told = notices.inbox(records)
        assert [one.text for one in told] == ["Taken back: Lu Jinghe gave you 3 leads"]
    with records_as(people["boss"]) as records:
        said = [entry.text for entry in records.history(leads[0])]
    assert "Lu Jinghe gave Firm 0 to Maud Teunisse" in said and "Lu Jinghe took Firm 0 from Maud Teunisse" in said


def rule_of(make_record, **values):
    return make_record("crm.allocation_rule", **{"name": "R", "applies": "lead", **values})["id"]


def test_each_method_gives_as_it_says(records_as, people, units, make_record):
    partner = make_record("crm.account", name="Baltmere", role=["distributor"], owner=people["maud"])["id"]
    values = {
        code: make_record("core.value", list_key="crm.territory", code=code, label_en=code)["id"]
        for code in ("one", "turns", "load", "unit", "partner")
    }
    rule_of(make_record, position=1, territory=values["one"], method="person", person=people["maud"])
    rule_of(make_record, position=2, territory=values["turns"], method="round_robin", people_of=units["china"])
    rule_of(make_record, position=3, territory=values["load"], method="load", people_of=units["sales"])
    rule_of(make_record, position=4, territory=values["unit"], method="unit", people_of=units["europe"])
    rule_of(make_record, position=5, territory=values["partner"], method="partner", partner=partner, answer_days=2)
    for name in ("lin", "su", "boss"):
        make_record("crm.account", owner=people[name], name=name, role=["customer"])
    made = {
        code: [make_record("crm.lead", name=f"{code}{n}", territory=number)["id"] for n in range(3)]
        for code, number in values.items()
    }
    none = make_record("crm.lead", name="No territory")["id"]
    ids = [one for some in made.values() for one in some] + [none]
    with records_as(people["boss"], write=True) as records:
        shown = allocation.by_rules(records, "crm.lead", ids)
        assert records.change_set_id is None
        assert allocation.give(records, "crm.lead", allocation.by_rules(records, "crm.lead", ids, lock=True)) == 15
    with records_as("system") as records:
        rows = {row["id"]: row for row in records.query("crm.lead", limit=50).rows}
    owners = {code: [rows[one]["owner"].id if rows[one]["owner"] else None for one in some]
              for code, some in made.items()}  # fmt: skip
    lin, su, maud = people["lin"], people["su"], people["maud"]
    assert owners["one"] == [maud] * 3
    assert owners["turns"] == [lin, su, lin]
    assert set(owners["load"]) <= {lin, su, maud, people["boss"]} and owners["load"][0] == maud
    assert owners["unit"] == [None] * 3 and {rows[one]["unit"].id for one in made["unit"]} == {units["europe"]}
    assert owners["partner"] == [None] * 3
    assert {rows[one]["partner"].id for one in made["partner"]} == {partner}
    assert all(rows[one]["answer_by"] is not None for one in made["partner"])
    assert rows[none]["owner"] is None
    by_turns = [one.target.person for one in shown if one.record in made["turns"]]
    assert by_turns == owners["turns"]  # the preview said so
    with records_as(maud) as records:
        assert {row["name"] for row in records.query("crm.lead", filters={"owner": "none"}).rows} == {
            "unit0", "unit1", "unit2",
        }  # fmt: skip


@pytest.mark.both_databases
def test_turns_hold_when_many_come_in_at_once(weft_runtime, records_as, people, units, make_record):
    rule_of(make_record, method="round_robin", people_of=units["china"])
    ids = [make_record("crm.lead", name=f"L{n}")["id"] for n in range(8)]
    errors: list[Exception] = []

    def allot(number):
        for _try in range(30):
            try:
                with records_as(people["boss"], write=True) as records:
                    decisions = allocation.by_rules(records, "crm.lead", [number], lock=True)
                    allocation.give(records, "crm.lead", decisions)
                return
            except Conflict as error:
                last = error
        errors.append(last)

    threads = [threading.Thread(target=allot, args=(number,)) for number in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors
    owners = [owner_of(records_as, one) for one in ids]
    assert sorted(owners) == [people["lin"]] * 4 + [people["su"]] * 4


def test_what_programs_bring_is_given_by_the_rules_or_waits_and_is_told(
    weft_runtime, weft_app, api_as, records_as, people, units, make_record
):
    client = weft_app.test_client()
    headers = api_as(people["boss"])
    first = client.post("/api/v1/crm/leads", json={"name": "Waiting"}, headers=headers)
    assert first.status_code == 201, first.text
    Worker(weft_runtime).run_due()
    rule_of(make_record, method="round_robin", people_of=units["europe"])
    second = client.post("/api/v1/crm/leads", json={"name": "By rule"}, headers=headers)
    Worker(weft_runtime).run_due()
    assert owner_of(records_as, first.get_json()["id"]) is None
    assert owner_of(records_as, second.get_json()["id"]) == people["maud"]
    with records_as(people["boss"]) as records:
        assert notices.inbox(records) == []  # who brings it knows
    with records_as(people["maud"]) as records:
        assert [one.text for one in notices.arrivals(records)] == ["Weft gave you the lead By rule"]


def test_a_partner_that_does_not_answer_loses_the_lead(weft_runtime, records_as, people, make_record, moved_clock):
    partner = make_record("crm.account", name="Baltmere", role=["distributor"], owner=people["maud"])["id"]
    lead, taken = (make_record("crm.lead", name=name)["id"] for name in ("Late", "Taken"))
    with records_as(people["boss"], write=True) as records:
        for one in (lead, taken):
            decision = allocation.Decision(one, allocation.Target(partner=partner, answer_days=2))
            allocation.give(records, "crm.lead", [decision])
        records.act("crm.lead.work", taken, {})
    worker = Worker(weft_runtime)
    for hours, gone in ((47, False), (2, True)):
        schedule.ensure(weft_runtime.db, weft_runtime.registry.jobs, weft_runtime.clock())
        moved_clock.move(hours=hours)
        worker.run_due()
        with records_as("system") as records:
            assert (records.get("crm.lead", lead).get("partner") is None) == gone
    with records_as("system") as records:
        assert records.get("crm.lead", taken)["partner"].id == partner
    with records_as(people["boss"]) as records:
        assert "Baltmere did not answer in time: the lead Late waits again" in [
            one.text for one in notices.inbox(records)
        ]


def test_customers_go_to_people_with_what_belongs_to_them_and_to_partners_only(records_as, people, make_record):
    account = make_record("crm.account", owner=people["lin"], name="C", role=["customer"])["id"]
    contact = make_record("crm.contact", owner=people["lin"], name="P", account=account)["id"]
    with records_as(people["boss"], write=True) as records:
        records.act("crm.account.allocate", account, {"person": people["su"]})
    with records_as("system") as records:
        assert records.get("crm.account", account)["owner"].id == people["su"]
        assert records.get("crm.contact", contact)["owner"].id == people["su"]
    with records_as(people["boss"], write=True) as records, pytest.raises(ValidationFailed):
        allocation.give(records, "crm.account", [allocation.Decision(account, allocation.Target(partner=account))])
    partner = make_record("crm.account", name="Baltmere", role=["distributor"], owner=people["maud"])["id"]
    with records_as(people["boss"], write=True) as records:
        records.act("crm.account.allocate", account, {"partner": partner})
    with records_as("system") as records:
        row = records.get("crm.account", account)
        assert (row["partner"].id, row["owner"].id) == (partner, people["su"])  # a colleague still has it at ours


def test_only_who_may_assign_allocates(client_as, records_as, people, leads, make_record):
    mine = make_record("crm.account", owner=people["lin"], name="Mine", role=["customer"])["id"]
    own = make_record("crm.lead", owner=people["lin"], name="Own")["id"]
    to = f"person:{people['su']}"
    for address, ids in ((CUSTOMERS, mine), (LEADS, own)):
        assert client_as(None).get(f"{address}?ids={ids}").status_code in (302, 303, 401)
        for who in ("employee", people["lin"]):
            assert client_as(who).get(f"{address}?ids={ids}").status_code == 404
            assert client_as(who).post(address, data={"ids": str(ids), "to": to}).status_code == 404
        assert client_as(people["boss"]).get(f"{address}?ids={ids}").status_code == 200
    with records_as(people["lin"], write=True) as records:
        for key, number in (("crm.account.allocate", mine), ("crm.lead.allocate", own)):
            with pytest.raises((Denied, NotFound)):
                records.act(key, number, {"person": people["su"]})
    assert "act/allocate" not in client_as(people["lin"]).get(f"/employee/crm/accounts/{mine}").text
    assert "act/allocate" in client_as(people["boss"]).get(f"/employee/crm/accounts/{mine}").text


def test_the_load_of_many_is_read_in_few_statements(records_as, people, query_count, make_record):
    with records_as(people["boss"]) as records, query_count(at_most=8):
        loads(records, list(people.values()))
