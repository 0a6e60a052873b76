"""What people see: the inbox, the page of a decision, what they started, Settings > Processes."""

from __future__ import annotations

import re

import pytest

from weft.core.sdk import Denied, StateConflict
from weft.plugins.workflow.services import processes

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, CASE, TASK = "documents.contract", "workflow.case", "workflow.task"
PROCESSES = "/employee/settings/processes/"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_deciding_in_the_browser(world, contract, ask, tasks, case, client_as):
    found = ask(contract("1260000.00"))
    mine = tasks(found["id"])[0]
    head = client_as(world.lu)
    home = text_of(head.get("/employee/"))
    assert "Approvals" in home and "Framework Tangyu" in home
    assert "Contract approval" in text_of(head.get("/employee/todo/"))
    page = head.get(f"/employee/workflow/tasks/{mine['id']}")
    shown = text_of(page)
    assert page.status_code == 200
    for words in (
        "Waits for Lu Jinghe",
        "Lin Shutong asked",
        "Countersignature",
        "if it is needed",
        "Other party",
        "Agree",
    ):
        assert words in shown, words
    assert "Contract approval, version 1" in shown
    answer = head.post(f"/employee/workflow/tasks/{mine['id']}/act/agree", data={"comment": "Good terms"})
    assert answer.status_code in (200, 204, 303)
    assert case(found["about"].id)["waits_for"] == "Lu Jinghe, Shen Zhiyao"
    started = text_of(client_as(world.lin).get("/employee/workflow/started"))
    assert "Waits for Lu Jinghe and Shen Zhiyao" in started and "Framework Tangyu" in started
    page = text_of(client_as(world.lin).get(f"/employee/workflow/cases/{found['id']}"))
    assert "Lu Jinghe agreed" in page and "Good terms" in page
    beside = text_of(client_as(world.lin).get(f"/employee/documents/contracts/{found['about'].id}"))
    assert "Waits for Lu Jinghe and Shen Zhiyao" in beside
    picture = client_as(world.lin).get(f"/employee/workflow/picture/{found['id']}")
    assert picture.mimetype == "application/xml" and b"countersign" in picture.data
    assert client_as(world.anneke).get(f"/employee/workflow/picture/{found['id']}").status_code == 404


def test_returning_asks_where_to_and_why(world, contract, ask, tasks, case, client_as):
    found = ask(contract())
    mine = tasks(found["id"])[0]
    client = client_as(world.lu)
    address = f"/employee/workflow/tasks/{mine['id']}/act/give_back"
    assert "To Lin Shutong, who asked" in text_of(client.get(address))
    assert client.post(address, data={"to": "-", "comment": ""}).status_code == 422
    client.post(address, data={"to": "-", "comment": "Name the party in full"})
    assert case(found["about"].id)["why"] == "Name the party in full"
    rep = client_as(world.lin)
    assert "Name the party in full" in text_of(rep.get("/employee/workflow/started"))
    assert "Name the party in full" in text_of(rep.get("/employee/todo/"))
    ask(found["about"].id)
    assert "Name the party in full" not in text_of(rep.get("/employee/todo/"))


FORM = {
    "entity": CONTRACT,
    "title": "Contract approval",
    "title_zh": "合同审批",
    "on": "action",
    "action": "ask_approval",
    "approved": "approve",
    "returned": "send_back",
    "rejected": "send_back",
    "steps": "2",
    "s0-key": "head",
    "s0-title": "Head",
    "s0-title_zh": "部门负责人",
    "s0-who": "unit_head",
    "s0-levels": "1",
    "s0-mode": "any",
    "s1-key": "top",
    "s1-title": "Managing director",
    "s1-title_zh": "总经理",
    "s1-who": "role",
    "s1-role": "portal_employee.executive",
    "s1-mode": "any",
    "s1-when": "amount",
    "s1-op": "ge",
    "s1-value": "30000",
    "s1-currency": "CNY",
}


def test_the_rule_changes_while_a_case_runs(world, contract, ask, decide, case, client_as, records_as):
    """J1.9: the open case ends under the old rule, a new one follows the new one."""
    first = contract("21000.00")
    old = ask(first)
    admin = client_as(world.admin)
    assert "Contract approval" in text_of(admin.get(PROCESSES))
    page = admin.get(f"{PROCESSES}documents.contract/")
    assert page.status_code == 200 and 'name="s1-who"' in page.get_data(as_text=True)
    answer = admin.post(f"{PROCESSES}documents.contract/save/", data={**FORM, "s1-value": "20000"})
    assert answer.status_code == 303
    assert "Version 2" in text_of(admin.get(f"{PROCESSES}documents.contract/"))
    trail = text_of(admin.get("/employee/settings/audit/"))
    assert "Shao Yining changed a process: Contract approval v2" in trail
    second = contract("21000.00")
    new = ask(second)
    decide(world.lu, old["id"])
    decide(world.lu, new["id"])
    assert case(first)["status"] == "approved"
    assert case(second)["waits_for"] == "Shen Zhiyao"
    with records_as("system") as records:
        numbers = [records.get("workflow.version", row["version_of"].id)["revision"] for row in (old, new)]
    assert numbers == [1, 2]
    assert client_as(world.lu).get(PROCESSES).status_code in (403, 404)


def test_steps_are_added_moved_and_removed_without_a_script(world, client_as):
    admin = client_as(world.admin)
    page = admin.post(f"{PROCESSES}documents.contract/save/", data={**FORM, "op": "add"}).get_data(as_text=True)
    assert 'name="s2-title"' in page
    page = admin.post(f"{PROCESSES}documents.contract/save/", data={**FORM, "op": "up:1"}).get_data(as_text=True)
    assert re.search(r'name="s0-title"[^>]*value="Managing director"', page)
    page = admin.post(f"{PROCESSES}documents.contract/save/", data={**FORM, "op": "remove:0"}).get_data(as_text=True)
    assert 'name="s1-title"' not in page and "Managing director" in page


def test_mistakes_stand_at_their_field(world, client_as, records_as):
    admin = client_as(world.admin)
    wrong = {**FORM, "s0-title": "", "s0-title_zh": "", "s1-value": "much", "s1-role": "", "approved": "nothing"}
    answer = admin.post(f"{PROCESSES}documents.contract/save/", data=wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("f-s0-title", "f-s1-value", "f-s1-who", "f-approved"):
        assert f'id="{name}-error"' in page, name
    with records_as("system") as records:
        assert not records.query("workflow.version").rows


def test_a_new_chain_by_button(world, client_as, case, records_as):
    admin = client_as(world.admin)
    page = admin.get(f"{PROCESSES}new/?entity=crm.account")
    assert page.status_code == 200
    form = {
        "entity": "crm.account",
        "title": "Freeze customer",
        "title_zh": "冻结客户",
        "on": "button",
        "approved": "freeze",
        "steps": "1",
        "s0-title": "Head",
        "s0-who": "unit_head",
        "s0-levels": "1",
        "s0-mode": "any",
    }
    assert admin.post(f"{PROCESSES}new/", data=form).status_code == 303
    with records_as("system", write=True) as records:
        firm = records.create(
            "crm.account", {"name": "Kestrelmoor", "role": ["customer"], "life": "invalid"}, owner=world.lin
        )
    rep = client_as(world.lin)
    page = rep.get(f"/employee/crm/accounts/{firm['id']}")
    assert "Ask for: Freeze customer" in text_of(page)
    assert rep.post(f"/employee/workflow/begin/{firm['id']}/crm.account.1").status_code in (204, 303)
    assert case(firm["id"])["waits_for"] == "Lu Jinghe"


def test_a_discount_is_asked_for_with_its_figure_and_given_by_whom_agrees(
    world, client_as, api_as, make_record, case, decide, tasks, records_as, weft_app
):
    """J2.4: EUR 210,000.00 less 12 % is 184,800.00 once the head agrees."""
    stage = make_record("crm.stage", code="proposal", label_en="Proposal", label_zh="方案报价", position=10)["id"]
    deal = make_record("crm.opportunity", owner=world.lin, name="Brunnvik mill 2", account=world.firm, stage=stage,
                       amount={"amount": "210000.00", "currency": "EUR"})["id"]  # fmt: skip
    rep = client_as(world.lin)
    assert "Ask for: Discount" in text_of(rep.get(f"/employee/crm/opportunities/{deal}"))
    address = f"/employee/workflow/begin/{deal}/crm.discount"
    assert "Discount (%)" in text_of(rep.get(address))
    assert rep.post(address, data={"discount": "120", "reason": "Ostrane"}).status_code == 422
    assert rep.post(address, data={"discount": "12", "reason": "Ostrane offers less"}).status_code in (204, 303)
    found = case(deal)
    page = text_of(client_as(world.lu).get(f"/employee/workflow/tasks/{tasks(found['id'])[0]['id']}"))
    assert "12" in page and "Ostrane offers less" in page and "210,000" in page
    decide(world.lu, found["id"], comment="Agreed with the board")
    with records_as("system") as records:
        assert str(records.get("crm.opportunity", deal)["amount"].amount) == "184800.00"
    # the same by a program
    process = found["process"].id
    http = weft_app.test_client()
    body = {"record": deal, "inputs": '{"discount": "5", "reason": "Again"}'}
    answer = http.post(f"/api/v1/workflow/processes/{process}/actions/start", json=body, headers=api_as(world.lin))
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    assert case(deal)["id"] != found["id"] and case(deal)["waits_for"] == "Lu Jinghe"


def test_a_program_asks_with_the_right_that_the_process_wants(world, rule, contract, records_as, case):
    """Shen reads contracts and changes none: what the chain lets readers ask for she may start, nothing else."""
    rule({"key": "head", "title": "Head", "who": {"kind": "person", "user": world.lu}}, start={"on": "button"})
    number = contract(status="approval")

    def start():
        with records_as(world.shen, write=True) as records:
            process = records.query("workflow.process", filters={"key": CONTRACT}, limit=1).rows[0]["id"]
            records.act("workflow.process.start", process, {"record": number})

    with pytest.raises(Denied):
        start()
    by_readers = {"on": "button", "by": "read"}
    rule({"key": "head", "title": "Head", "who": {"kind": "person", "user": world.lu}}, start=by_readers)
    start()
    assert case(number)["waits_for"] == "Lu Jinghe"


def test_how_long_steps_take(world, contract, ask, decide, client_as):
    found = ask(contract())
    world.clock.move(hours=5)
    decide(world.lu, found["id"])
    ask(contract())
    world.clock.move(days=4)
    page = text_of(client_as(world.shen).get("/employee/workflow/step-times?period=all"))
    assert "Contract approval: Head of the unit 1 5 5 5 1 1" in page, page[-900:]
    assert client_as(world.lin).get("/employee/workflow/step-times").status_code == 404


def test_a_case_whose_process_is_missing_says_so(world, records_as, client_as, make_record):
    """What is left of a process fails nowhere: the page tells it, a decision is refused."""
    case = make_record("workflow.case", name="Left alone", about_kind="crm.account", owner=world.emeric)
    task = make_record("workflow.task", name="Left alone", step="head", owner=world.emeric)
    client = client_as(world.emeric)
    for address in (f"/employee/workflow/cases/{case.id}", f"/employee/workflow/tasks/{task.id}"):
        page = client.get(address)
        assert page.status_code == 200 and "The process of this case is missing" in page.text, address
    with records_as(world.emeric, write=True) as records, pytest.raises(StateConflict):
        records.act("workflow.task.agree", task.id, {})


def test_more_versions_and_processes_than_a_page_are_counted_and_used(world, rule, client_as, records_as):
    for _n in range(52):
        rule({"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}})
    admin = client_as(world.admin)
    assert "Versions 52 " in text_of(admin.get(f"{PROCESSES}documents.contract/"))
    rows = [
        {"key": f"crm.account.{n}", "name": f"Asking {n:03}", "subject": "crm.account", "latest": 0}
        for n in range(1, 210)
    ]
    last = {"key": "crm.contact.1", "name": "Zones", "subject": "crm.contact", "latest": 0}
    with records_as("system", write=True) as records:
        records.load("workflow.process", [*rows, last])
        processes.changed(records)
    with records_as("system") as records:
        assert {"crm.account", "crm.contact", CONTRACT} <= processes.watched(records)
    page = text_of(admin.get(PROCESSES))
    assert "Asking 001" in page and "Zones" in page
    assert admin.get(f"{PROCESSES}new/?entity=crm.account").status_code == 200


def test_what_the_platform_said_for_who_kept_silent_is_read_in_ones_own_language(
    world, contract, ask, rule, settle, records_as, client_as, weft_cast
):
    head = {"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}
    rule({**head, "silence": {"days": 3, "then": "reject"}})
    found = ask(contract())
    world.clock.move(days=3, minutes=5)
    with records_as("system", write=True) as records:
        records.enqueue("workflow.look_after", {})
    settle()
    chinese = weft_cast.user("workflow.keeper", name="Nie Chuyun", locale="zh")
    for who, words in ((chinese, "无人按时答复。"), (world.lin, "Nobody answered in time.")):
        page = text_of(client_as(who).get(f"/employee/workflow/cases/{found['id']}"))
        assert page.count(words) == 2, page  # the reason of the case and the comment of the task
