# ruff: noqa: E501  (models read best whole)
"""Models of others: BPMN that runs or is refused by name, hostile files, DMN tables with their known answers."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from weft.core.sdk import ValidationFailed
from weft.plugins.workflow.services import closed, engine, feel, models_read, tables

DATA = Path(__file__).parents[4] / "shared" / "data"
EMPTY = {"amount": lambda *_a: Decimal(0), "field": lambda *_a: None, "chooses": lambda *_a: False}


def reasons(error):
    return " | ".join(str(one.message) for one in error.errors)


# ---- the closed language

ATTACKS = [
    "__import__('os').system('true')",
    "open('/etc/passwd')",
    "().__class__.__mro__",
    "'{0.__class__}'.format(1)",
    "9**9**9",
    "(lambda: 1)()",
    "'a' * 10**9",
    "[x for x in range(10**9)]",
    "[a for a in [1]][0].__class__",
    "f'{1}'",
    "a.b",
    "(1).real",
    "{}.get('x')",
    "eval('1')",
    "max.__self__",
    "a := 1",
    "str(1).__class__",
    "_x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_model_runs_python(attack):
    with pytest.raises(closed.ClosedError):
        closed.evaluate(attack, {"a": {"b": 1}, "_x": 1}, EMPTY)
    with pytest.raises(closed.ClosedError):
        closed.check_script(f"result = {attack}")


@pytest.mark.parametrize(
    "script",
    [
        "import os",
        "a = 1\nprint(a)",
        "def f(): pass",
        "a += 1",
        "a = b = 1",
        "for x in y: a = 1",
        "a.b = 1",
        "exec('1')",
        "__a = 1",
    ],
)
def test_a_script_is_lines_of_assignments(script):
    with pytest.raises(closed.ClosedError):
        closed.check_script(script)


def test_what_models_may_compute():
    names = {"total": "21000", "kind": "sale", "n": 3}
    assert closed.evaluate("number(total) >= 20000 and kind in ['sale', 'service']", names, EMPTY) is True
    assert closed.evaluate("number('0.1') + number('0.2') == number('0.3')", names, EMPTY) is True
    assert closed.evaluate("'high' if n > 2 else 'low'", names, EMPTY) == "high"
    assert closed.assignments("a = 1\nb = number(total) * 2") == [("a", "1"), ("b", "number(total) * 2")]


# ---- BPMN of others


def test_every_model_of_others_runs_or_is_refused_by_name():
    """25 models: what runs keeps all its elements; what does not says which part, as it is called on the drawing."""
    with (DATA / "bpmn" / "expected_elements.csv").open(encoding="utf-8") as file:
        expected = {row["file"]: row for row in csv.DictReader(file)}
    runs, refused = {}, {}
    for path in sorted((DATA / "bpmn").rglob("*.bpmn")):
        text = path.read_text(encoding="utf-8")
        try:
            checked = models_read.read(text)
        except ValidationFailed as error:
            refused[path.name] = reasons(error)
            assert refused[path.name]
        else:
            runs[path.name] = checked
            assert checked.text == text  # kept as it came, drawing and vendor attributes included
            run = engine.begin(engine.compile_model(checked.tree, checked.process), EMPTY, {})
            assert run.dump()
    print({name: len(one.people) for name, one in runs.items()}, refused)
    assert len(runs) + len(refused) == len(expected)
    assert "A.1.0.bpmn" in runs and len(runs["A.1.0.bpmn"].people) == 3


def test_a_model_of_three_tasks_runs_to_its_end():
    checked = models_read.read((DATA / "bpmn" / "miwg" / "A.1.0.bpmn").read_text(encoding="utf-8"))
    spec = engine.compile_model(checked.tree, checked.process)
    run = engine.begin(spec, EMPTY, {})
    run.advance()
    seen = []
    while not run.ended:
        run = engine.resume(spec, run.dump(), EMPTY)
        (wait,) = run.waits()
        seen.append(checked.people[wait.key])
        run.complete(wait.key, {"decision": "agree"})
        run.advance()
    assert seen == ["Task 1", "Task 2", "Task 3"]


HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'


def model(inside, head=""):
    return f'{head}{HEAD}<process id="p" name="P" isExecutable="true">{inside}</process></definitions>'


def flows(*pairs):
    return "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))


LOOP = '<startEvent id="s"/><exclusiveGateway id="g"/><exclusiveGateway id="h" name="Again?" default="f3"/><endEvent id="e"/>'
HOSTILE = {
    "entity": ('<!DOCTYPE d [<!ENTITY a "b">]>' + model('<startEvent id="s"/>'), "document type"),
    "outside": ('<!DOCTYPE d SYSTEM "file:///etc/passwd">' + model('<startEvent id="s"/>'), "document type"),
    "script": (
        model(
            '<startEvent id="s"/><scriptTask id="t" name="Wipe"><script>import os</script></scriptTask><endEvent id="e"/>'
            + flows(("s", "t"), ("t", "e"))
        ),
        "Wipe",
    ),
    "message": (
        model(
            '<startEvent id="s"/><receiveTask id="t" name="Wait for mail"/><endEvent id="e"/>'
            + flows(("s", "t"), ("t", "e"))
        ),
        "Wait for mail",
    ),
    "call": (
        model(
            '<startEvent id="s"/><callActivity id="t" name="Call it" calledElement="p"/><endEvent id="e"/>'
            + flows(("s", "t"), ("t", "e"))
        ),
        "Call it",
    ),
    "many": (model('<startEvent id="s"/>' + "".join(f'<userTask id="t{n}"/>' for n in range(600))), "500"),
    "timers": (
        model(
            '<startEvent id="s"/>'
            + "".join(
                f'<intermediateCatchEvent id="t{n}"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>'
                "</intermediateCatchEvent>"
                for n in range(30)
            )
        ),
        "20 timers",
    ),
    "large": (model("<startEvent id='s'/>" + "<!-- x -->" * 200_000), "MB"),
    "no start": (model('<userTask id="t"/>'), "start event"),
    "text": ("nothing", "no XML"),
    "other": ("<a/>", "no BPMN"),
    "trap": (
        model(
            '<startEvent id="s"/><exclusiveGateway id="x" name="Which?" default="f1"/><userTask id="a"/><userTask id="b"/>'
            '<parallelGateway id="j" name="Together"/><endEvent id="e"/><sequenceFlow id="f0" sourceRef="s" targetRef="x"/>'
            '<sequenceFlow id="f1" sourceRef="x" targetRef="a"/><sequenceFlow id="f2" sourceRef="x" targetRef="b">'
            '<conditionExpression xsi:type="tFormalExpression">1 == 1</conditionExpression></sequenceFlow>'
            '<sequenceFlow id="f3" sourceRef="a" targetRef="j"/><sequenceFlow id="f4" sourceRef="b" targetRef="j"/>'
            '<sequenceFlow id="f5" sourceRef="j" targetRef="e"/>'
        ),
        "wait for ever",
    ),
    "condition": (
        model(
            '<startEvent id="s"/><exclusiveGateway id="x" name="Which?" default="f1"/><endEvent id="a"/><endEvent id="b"/>'
            '<sequenceFlow id="f0" sourceRef="s" targetRef="x"/><sequenceFlow id="f1" sourceRef="x" targetRef="a"/>'
            '<sequenceFlow id="f2" name="Dear" sourceRef="x" targetRef="b"><conditionExpression xsi:type="tFormalExpression">'
            "open('/etc/passwd')</conditionExpression></sequenceFlow>"
        ),
        "Dear",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_broken_models_are_refused_with_a_reason(name):
    text, word = HOSTILE[name]
    with pytest.raises(ValidationFailed) as refused:
        models_read.read(text)
    assert word in reasons(refused.value), reasons(refused.value)
    assert all(one.field == "model" for one in refused.value.errors)


def test_a_model_that_runs_in_a_circle_stops():
    text = model(
        LOOP + '<sequenceFlow id="f0" sourceRef="s" targetRef="g"/><sequenceFlow id="f1" sourceRef="g" targetRef="h"/>'
        '<sequenceFlow id="f2" sourceRef="h" targetRef="e"><conditionExpression xsi:type="tFormalExpression">1 == 2'
        '</conditionExpression></sequenceFlow><sequenceFlow id="f3" sourceRef="h" targetRef="g"/>'
    )
    checked = models_read.read(text)
    run = engine.begin(engine.compile_model(checked.tree, checked.process), EMPTY, {})
    with pytest.raises(engine.EngineError) as stopped:
        run.advance()
    assert "circle" in str(stopped.value)


# ---- DMN


def value_of(node):
    node = [one for one in node if isinstance(one.tag, str)]
    inner = next((one for one in node if etree.QName(one).localname == "value"), None)
    lists = next((one for one in node if etree.QName(one).localname == "list"), None)
    if lists is not None:
        return [value_of(one) for one in lists]
    parts = [one for one in node if etree.QName(one).localname == "component"]
    if parts:
        return {one.get("name"): value_of(one) for one in parts}
    if inner is None or inner.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true":
        return None
    kind = str(inner.get("{http://www.w3.org/2001/XMLSchema-instance}type") or "").rpartition(":")[2]
    text = inner.text or ""
    if kind in ("decimal", "double", "integer", "int", "float"):
        return Decimal(text)
    return text == "true" if kind == "boolean" else text


def same(found, wanted):
    if isinstance(wanted, Decimal) and isinstance(found, Decimal):
        return abs(found - wanted) <= Decimal("1e-8") * max(1, abs(wanted))
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(same(a, b) for a, b in zip(found, wanted, strict=True))
        )
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(same(found.get(key), one) for key, one in wanted.items())
    return found == wanted


def test_the_cases_of_the_technology_kit_give_their_answers():
    """The pass rate is stated: 126 of 126 results of 116 cases of DMN compliance level 2."""
    passed, failed, cases = 0, [], 0
    for path in sorted((DATA / "dmn" / "compliance-level-2").rglob("*-test-*.xml")):
        tree = etree.parse(str(path)).getroot()
        found = next(path.parent.glob("*.dmn"))
        decided = tables.Model(found.read_text(encoding="utf-8"))
        for one in (node for node in tree if isinstance(node.tag, str) and etree.QName(node).localname == "testCase"):
            cases += 1
            parts = [node for node in one if isinstance(node.tag, str)]
            inputs = {node.get("name"): value_of(node) for node in parts if etree.QName(node).localname == "inputNode"}
            for node in (node for node in parts if etree.QName(node).localname == "resultNode"):
                wanted = value_of(
                    next(
                        inner
                        for inner in node.iterchildren("{*}expected")
                        if etree.QName(inner).localname == "expected"
                    )
                )
                try:
                    answer = decided.decide(node.get("name"), inputs)
                except feel.FeelError as error:
                    answer = f"error: {error}"
                if same(answer, wanted):
                    passed += 1
                else:
                    failed.append((path.name, one.get("id"), node.get("name"), answer, wanted))
    assert failed == []
    assert (cases, passed) == (116, 126)


def test_linked_decisions_of_another_tool():
    dinner = tables.Model((DATA / "dmn" / "camunda-examples" / "dinnerDecisions.dmn").read_text(encoding="utf-8"))
    inputs = {"season": "Winter", "guestCount": 4, "guestsWithChildren": True}
    name = next(one for one in dinner.decisions if "everage" in one)
    answer = dinner.decide(name, inputs)
    assert "Apple Juice" in str(answer)


def test_a_table_in_plain_data_is_checked_cell_by_cell():
    table = {"inputs": ["amount"], "outputs": ["who"], "rules": [[">= 20000", '"finance"'], ["[5..8]", '"head"']]}
    tables.check(table)
    assert tables.decide(table, {"amount": Decimal(21000)}) == [{"who": "finance"}]
    assert tables.decide(table, {"amount": Decimal(6)}) == [{"who": "head"}]
    assert tables.decide(table, {"amount": Decimal(9)}) == []
    for known in tables.HITS:
        tables.check({**table, "hit": known})
    with pytest.raises(feel.FeelError, match="BEST"):
        tables.check({**table, "hit": "BEST"})
    for wrong in ({**table, "rules": [["> = 5", '"x"']]}, {**table, "rules": [["-"]]}, {**table, "rules": []}):
        with pytest.raises(feel.FeelError):
            tables.check(wrong)


@pytest.mark.parametrize("way", ['hitPolicy="BEST"', 'hitPolicy="COLLECT" aggregation="MEAN"'])
def test_a_model_whose_tables_count_in_an_unknown_way_is_refused(way):
    text = (DATA / "dmn" / "camunda-examples" / "dinnerDecisions.dmn").read_text(encoding="utf-8")
    assert tables.Model(text).decisions
    with pytest.raises(feel.FeelError, match=r"BEST|MEAN"):
        tables.Model(text.replace('hitPolicy="COLLECT"', way, 1))
