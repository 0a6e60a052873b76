"""Several people at one step, deputies, further signers, advice, handing over, urging, letting others read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.identity import rights
from weft.core.sdk import Denied, ValidationFailed
from weft.plugins.workflow.services import cases, processes
from weft.plugins.workflow.views import story

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"
OFFICERS = {"kind": "role", "role": "hrm.officer"}


def step(who, mode="any", **more):
    return {"key": more.pop("key", "one"), "title": "Agree", "who": who, "mode": mode, **more}


LAST = {"key": "last", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}


def test_all_any_share_and_in_turn(world, contract, ask, decide, tasks, case, rule):
    rule(step(OFFICERS, "all"), LAST)
    found = ask(contract())
    assert found["waits_for"] == "Tang Yimo, Kong Lingxi"
    decide(world.tang, found["id"])
    assert case(found["about"].id)["waits_for"] == "Kong Lingxi"
    decide(world.kong, found["id"])
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"

    rule(step(OFFICERS, "any"), LAST)
    found = ask(contract())
    decide(world.kong, found["id"])
    assert [row["status"] for row in tasks(found["id"], step="one")] == ["dropped", "agreed"]

    rule(step(OFFICERS, "share", share=50), LAST)
    found = ask(contract())
    decide(world.tang, found["id"], "reject", comment="No")
    assert case(found["about"].id)["waits_for"] == "Kong Lingxi"
    decide(world.kong, found["id"])
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"

    rule(step(OFFICERS, "turn"), LAST)
    found = ask(contract())
    assert found["waits_for"] == "Tang Yimo"
    decide(world.tang, found["id"])
    assert case(found["about"].id)["waits_for"] == "Kong Lingxi"
    with pytest.raises(Denied) as refused:  # she may not send the contract back, so her no cannot be carried out
        decide(world.kong, found["id"], "reject", comment="Too dear")
    assert "Back to draft" in str(refused.value)
    assert case(found["about"].id)["waits_for"] == "Kong Lingxi"
    decide(world.kong, found["id"])
    decide(world.lu, found["id"], "reject", comment="Too dear")
    assert case(found["about"].id)["status"] == "rejected"


def test_countersignature_of_two_roles_in_any_order(world, contract, ask, decide, tasks, case, rule):
    """K1: finance and executive countersign in any order; one of each is enough."""
    rule(step({**OFFICERS, "role2": "portal_employee.executive"}, "each"), LAST)
    found = ask(contract())
    assert found["waits_for"] == "Tang Yimo, Kong Lingxi, Shen Zhiyao"
    decide(world.shen, found["id"])
    assert case(found["about"].id)["waits_for"] == "Tang Yimo, Kong Lingxi"
    decide(world.kong, found["id"])
    assert [row["status"] for row in tasks(found["id"], step="one")] == ["dropped", "agreed", "agreed"]
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"


def test_of_a_countersignature_whose_role_nobody_else_holds_the_heads_above_sign(
    world, contract, ask, decide, tasks, case, rule
):
    for role in ("crm.sales_rep", "hrm.nobody_holds_it"):  # only whoever asks holds the first
        rule(step({**OFFICERS, "role2": role}, "each"))
        found = ask(contract())
        assert found["waits_for"] == "Tang Yimo, Kong Lingxi, Lu Jinghe"
        decide(world.kong, found["id"])
        assert case(found["about"].id)["waits_for"] == "Lu Jinghe"
        decide(world.lu, found["id"])
        assert case(found["about"].id)["status"] == "approved"
        assert [row["status"] for row in tasks(found["id"])] == ["dropped", "agreed", "agreed"]


def test_a_countersignature_without_a_second_person_needs_help(world, contract, case, rule, records_as, tasks):
    """The only executive, who has nobody above, asks: finance alone is not enough."""
    rule(step({**OFFICERS, "role2": "portal_employee.executive"}, "each"))
    number = contract("1260000.00")
    with records_as("system", write=True) as records:
        cases.start(records, processes.live_for(records, CONTRACT)[0], number, requester=world.shen)
    found = case(number)
    assert (found["status"], found["waits_for"]) == ("stuck", None) and not tasks(found["id"])


def test_back_to_an_earlier_step(world, contract, ask, decide, case, rule, tasks):
    rule(step(OFFICERS, "any"), LAST)
    found = ask(contract())
    decide(world.tang, found["id"])
    with pytest.raises(ValidationFailed):
        decide(world.lu, found["id"], "give_back", comment="Look again", to="last")
    decide(world.lu, found["id"], "give_back", comment="Look again", to="one")
    assert case(found["about"].id)["status"] == "running"
    assert sorted(row["owner"].id for row in tasks(found["id"], status="open")) == [world.tang, world.kong]
    decide(world.kong, found["id"])
    decide(world.lu, found["id"])
    assert case(found["about"].id)["status"] == "approved"


def test_a_signer_before_and_one_after(world, contract, ask, decide, case, tasks, records_as, rule):
    """J8.3: waits for Anneke, then Emeric; and back to him when she has signed."""
    rule(LAST)
    found = ask(contract())
    decide(world.lu, found["id"], "add_signer", person=world.anneke, comment="Please check the dates")
    assert case(found["about"].id)["waits_for"] == "Anneke Roodhuyzen"
    with records_as(world.lin):
        words = story.waiting_words(tasks(found["id"], status__in="open,waiting"))
    assert words == "Waits for Anneke Roodhuyzen, then Lu Jinghe"
    with pytest.raises(ValidationFailed):
        decide(world.anneke, found["id"], "transfer", person=world.lin)
    decide(world.anneke, found["id"])
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"
    decide(world.lu, found["id"], "add_signer", person=world.emeric, after=True)
    decide(world.lu, found["id"])
    assert case(found["about"].id)["waits_for"] == "Emeric Voskamp"
    with pytest.raises(Denied):
        decide(world.emeric, found["id"], "reject", comment="Not with this party")
    decide(world.emeric, found["id"], "transfer", person=world.shen)
    decide(world.shen, found["id"], "reject", comment="Not with this party")
    assert case(found["about"].id)["status"] == "rejected"


def test_advice_comes_back_and_binds_nobody(world, contract, ask, decide, case, rule):
    rule(LAST)
    found = ask(contract())
    decide(world.lu, found["id"], "delegate", person=world.anneke)
    decide(world.anneke, found["id"], "reject", comment="I would not")
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"
    decide(world.lu, found["id"])
    assert case(found["about"].id)["status"] == "approved"


def test_handed_over_and_decided_by_somebody_else(world, contract, ask, decide, tasks, case, rule, records_as):
    rule(LAST, approved="")
    found = ask(contract())
    decide(world.lu, found["id"], "transfer", person=world.emeric, comment="You know them")
    assert case(found["about"].id)["waits_for"] == "Emeric Voskamp"
    with records_as(world.lu) as records:
        assert not records.query(TASK, filters={"status": "open", "owner": "me"}).rows
    decide(world.emeric, found["id"])
    assert [row["status"] for row in tasks(found["id"])] == ["passed", "agreed"]


def test_a_right_that_lacks_leaves_the_step_open_and_says_so(world, contract, ask, decide, tasks, case, rule):
    rule(LAST)
    found = ask(contract())
    decide(world.lu, found["id"], "transfer", person=world.anneke)
    with pytest.raises(Denied) as refused:
        decide(world.anneke, found["id"])
    assert "Approve" in str(refused.value)
    assert case(found["about"].id)["status"] == "running"
    assert tasks(found["id"], status="open")[0]["owner"].id == world.anneke


def test_a_deputy_decides_for_somebody(world, contract, ask, tasks, client_as, records_as, case, rule):
    """J2.9: what Lin decides for Lu reads "Lin Shutong for Lu Jinghe"."""
    rule(LAST)
    found = ask(contract())
    now = world.clock()
    with world.runtime.db.write() as connection:
        rights.add_deputy(connection, world.lu, world.emeric, valid_from=now, valid_to=now + timedelta(days=2), now=now)
    world.clock.move(minutes=5)
    deputy = client_as(world.emeric)
    todo = deputy.get("/employee/todo/").get_data(as_text=True)
    assert "for Lu Jinghe" in todo and "Framework Tangyu" in todo
    mine = tasks(found["id"])[0]["id"]
    with records_as(world.emeric, write=True) as records:
        records.act(f"{TASK}.agree", mine, {"comment": "As agreed with him"})
    assert case(found["about"].id)["status"] == "approved"
    page = deputy.get(f"/employee/workflow/tasks/{mine}").get_data(as_text=True)
    assert "Emeric Voskamp for Lu Jinghe" in page


def test_urging_once_a_day_and_letting_somebody_read(world, contract, ask, decide, case, records_as, client_as, rule):
    rule(LAST)
    found = ask(contract())
    with records_as(world.lin, write=True) as records:
        records.act(f"{CASE}.urge", found["id"], {})
    with pytest.raises(ValidationFailed) as refused, records_as(world.lin, write=True) as records:
        records.act(f"{CASE}.urge", found["id"], {})
    assert "once a day" in str(refused.value)
    notices = client_as(world.lu).get("/employee/notices/").get_data(as_text=True)
    assert "asks you to decide soon" in notices
    with records_as(world.lin, write=True) as records:
        records.act(f"{CASE}.circulate", found["id"], {"person": world.anneke})
    reader = client_as(world.anneke)
    assert "Framework Tangyu" in reader.get("/employee/todo/").get_data(as_text=True)
    assert reader.get(f"/employee/workflow/cases/{found['id']}").status_code == 200
    decide(world.anneke, found["id"], "seen")
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe"


def test_the_requester_chooses_and_duties_and_links_lead_to_people(
    world, contract, ask, decide, case, records_as, rule
):
    rule(step({"kind": "choice"}), LAST)
    found = ask(contract())
    decide(world.lin, found["id"], "choose", person=world.kong)
    assert case(found["about"].id)["waits_for"] == "Kong Lingxi"

    rule(step({"kind": "path", "path": ["documents.contract_with"]}), LAST)
    with records_as("system", write=True) as records:
        records.assign("crm.account", world.firm, owner=world.emeric)
    assert ask(contract())["waits_for"] == "Emeric Voskamp"

    rule(step({"kind": "matrix", "role": "budget"}), LAST)
    with records_as("system", write=True) as records:
        duty = records.query("core.value", filters={"list_key": "workflow.duty", "code": "budget"}, limit=1).rows[0]
        values = {"duty": duty["id"], "in_unit": world.company, "person": world.tang}
        assert records.create("workflow.duty", values)["name"] == "Company · Tang Yimo"
        records.create("workflow.duty", {**values, "in_unit": world.sales, "person": world.anneke})
    assert ask(contract())["waits_for"] == "Anneke Roodhuyzen"


def test_duties_beyond_a_page_count(world, contract, ask, rule, records_as):
    rule(step({"kind": "matrix", "role": "budget"}))
    with records_as("system", write=True) as records:
        rows = records.query("core.value", filters={"list_key": "workflow.duty"}, limit=50).rows
        duties = {records.get("core.value", row["id"])["code"]: row["id"] for row in rows}
        other = next(number for code, number in duties.items() if code != "budget")
        values = {"in_unit": world.company, "person": world.emeric}  # by name before Tang, who is meant
        records.system("test").load("workflow.duty", [{**values, "duty": other} for _n in range(200)])
        records.create("workflow.duty", {"duty": duties["budget"], "in_unit": world.company, "person": world.tang})
    assert ask(contract())["waits_for"] == "Tang Yimo"


def test_a_step_that_finds_nobody_asks_for_help(world, contract, case, rule, records_as, weft_cast):
    rule({"key": "one", "title": "Quality", "who": {"kind": "person", "user": world.shen}}, LAST)
    number = contract()
    with records_as("system", write=True) as records:
        records.assign(CONTRACT, number, owner=world.shen)
    with records_as("system", write=True) as records:
        live = processes.live_for(records, CONTRACT)[0]
        cases.start(records, live, number, requester=world.shen)
    found = case(number)
    assert found["status"] == "stuck" and "Quality" in found["help_text"]
    keeper = weft_cast.user("workflow.keeper", name="Nie Chuyun")
    with records_as(keeper, write=True) as records:
        records.act(f"{CASE}.help", found["id"], {"person": world.tang})
    assert (case(number)["status"], case(number)["waits_for"]) == ("running", "Tang Yimo")


def test_many_are_decided_with_one_comment(world, contract, ask, tasks, client_as, case):
    """J8.2: two in bulk with one comment; each case has its own sentence."""
    both = [ask(contract(name=f"Contract {n}")) for n in range(2)]
    mine = [tasks(one["id"])[0]["id"] for one in both]
    answer = client_as(world.lu).post(
        "/employee/workflow/tasks/bulk/act/agree",
        data={"ids": ",".join(map(str, mine)), "expected": "2", "comment": "Both fine"},
    )
    assert answer.status_code in (200, 204, 303)
    assert [case(one["about"].id)["status"] for one in both] == ["approved", "approved"]
    assert {tasks(one["id"])[0]["comment"] for one in both} == {"Both fine"}
