# ruff: noqa: E501  (models read best whole)
"""Settings > Processes > Upload: a model is checked, its tasks get people, its decisions a DMN model; then it runs."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

DATA = Path(__file__).parents[4] / "shared" / "data"
UPLOAD = "/employee/settings/processes/upload/"
MODEL = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="check" name="Contract check" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="who"/><businessRuleTask id="who" name="Who looks at it"/>
<sequenceFlow id="f2" sourceRef="who" targetRef="g"/><exclusiveGateway id="g" name="Large?" default="f4"/>
<sequenceFlow id="f3" sourceRef="g" targetRef="top"><conditionExpression xsi:type="tFormalExpression">Level == 'high'</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="g" targetRef="m"/><userTask id="top" name="Managing director"/>
<sequenceFlow id="f5" sourceRef="top" targetRef="m"/><exclusiveGateway id="m"/><sequenceFlow id="f6" sourceRef="m" targetRef="note"/>
<scriptTask id="note" name="Note it"><script>outcome = 'approved'</script></scriptTask>
<sequenceFlow id="f7" sourceRef="note" targetRef="e"/><endEvent id="e"/></process></definitions>"""
DMN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="Levels" namespace="urn:weft:test">
<inputData id="i" name="amount"><variable name="amount"/></inputData>
<decision id="x" name="Who looks at it"><variable name="Level"/><informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>amount</text></inputExpression></input><output name="Level"/>
<rule><inputEntry><text>&gt;= 100000</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
<rule><inputEntry><text>&lt; 100000</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


def send(client, **fields):
    return client.post(UPLOAD, data={"entity": "documents.contract", "key": "", **fields})


def test_a_model_with_a_decision_goes_to_work(world, client_as, contract, case, decide, records_as):
    admin = client_as(world.admin)
    file = (BytesIO(MODEL.encode()), "check.bpmn")
    page = admin.post(UPLOAD, data={"entity": "documents.contract", "file": file}, content_type="multipart/form-data")
    html = page.get_data(as_text=True)
    assert page.status_code == 200 and "Managing director" in html and 'name="s1-decision"' in html
    people = {
        "stage": "people", "process": "check", "model": MODEL, "title": "Contract check", "on": "button", "approved": "activate",
        "steps": "2", "s0-key": "top", "s0-title": "Managing director", "s0-who": "role", "s0-mode": "any",
        "s0-role": "portal_employee.executive", "s1-key": "who", "s1-kind": "table", "s1-title": "Who looks at it",
        "s1-decision": "Who looks at it",
    }  # fmt: skip
    wrong = send(admin, **people, dmn="<a/>")
    assert wrong.status_code == 422 and 'id="f-dmn-error"' in wrong.get_data(as_text=True)
    assert send(admin, **people, dmn=DMN).status_code == 303
    small, large = contract("500.00", status="approved"), contract("260000.00", status="approved")
    rep = client_as(world.lin)
    for number in (small, large):
        assert rep.post(f"/employee/workflow/begin/{number}/documents.contract.model1").status_code in (204, 303)
    assert (
        case(small)["status"] == "approved"
    )  # nobody was needed; done as Lin, who may set contracts of her own active
    assert case(large)["waits_for"] == "Shen Zhiyao"
    with records_as("system") as records:
        assert records.get("documents.contract", small)["status"] == "active"
    page = admin.get("/employee/settings/processes/documents.contract.model1/").get_data(as_text=True)
    assert "uploaded as a model" in page
    kept = re.search(r"/employee/workflow/model/(\d+)", page)
    assert admin.get(kept.group(0)).get_data(as_text=True) == MODEL


def test_what_cannot_run_is_named_beside_the_file(world, client_as, records_as):
    admin = client_as(world.admin)
    text = (DATA / "bpmn" / "camunda-examples" / "loan-granting.bpmn").read_text(encoding="utf-8")
    answer = send(admin, model=text)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Decide if a loan is granted" in html and "multiple instance" in html
    with records_as("system") as records:
        assert not records.query("workflow.process").rows
    assert client_as(world.lu).get(UPLOAD).status_code in (403, 404)
