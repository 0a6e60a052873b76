"""What decision tables answer in cases: which of the company's rules ask which step."""

from __future__ import annotations

import pytest

from weft.core.sdk import ValidationFailed
from weft.plugins.workflow.services import cells, chains

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT = "documents.contract"
HEAD = {"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1}}
LAST = {"key": "last", "title": "Director", "who": {"kind": "role", "role": "portal_employee.executive"}}


@pytest.fixture
def asked(world, contract, ask, decide, case, rule, weft_runtime):
    """``asked("ends_on", ">= 2030-01-01", ends_on="2031-01-01")``: whether the director is asked too."""

    def run(field, cell, *, result="director", has="director", table=None, **values):
        test = cells.test(weft_runtime.registry.entities[CONTRACT].fields[field], cell)
        rules = [[test, cells.result(result)]]
        table = table or {"hit": "FIRST", "inputs": [field], "outputs": ["who"], "rules": rules}
        rule(HEAD, {**LAST, "when": {"table": "who", "has": has}}, tables={"who": table})
        number = contract(**values)
        ask(number)
        decide(world.lu, case(number)["id"])
        return case(number)["status"] == "running"

    return run


@pytest.mark.parametrize(
    ("cell", "day", "meets"),
    [
        (">= 2030-01-31", "2030-01-31", True),
        (">= 2030-01-31", "2030-01-30", False),
        ("< 2030-01-31", "2030-01-30", True),
        ("2030-01-31", "2030-01-31", True),
        ("2030-01-01..2030-12-31", "2030-12-31", True),
        ("2030-01-01..2030-12-31", "2031-01-01", False),
        ("< 2029-01-01, > 2031-01-01", "2032-05-01", True),
        ("not(2030-01-31)", "2030-02-01", True),
        (">= 2030-01-31", None, False),
    ],
)
def test_a_day_of_the_record_is_compared_with_days_in_cells(asked, cell, day, meets):
    assert asked("ends_on", cell, ends_on=day) is meets


@pytest.mark.parametrize(
    ("result", "has"),
    [
        ("yes", "yes"),
        ("No", "no"),
        ("是", "yes"),
        ("1,000", "1,000"),
        ("1000", "1,000"),
        ("1000.00", "1000"),
        ("02", "02"),
        ("是，问", "是，问"),
        ('"yes"', "yes"),
        ("director", " director "),
    ],
)
def test_a_condition_asks_for_a_result_as_the_table_writes_it(asked, result, has):
    assert asked("kind", "sale", kind="sale", result=result, has=has)


def test_another_result_than_the_one_asked_for_asks_nobody(asked):
    table = {"hit": "FIRST", "inputs": ["kind"], "outputs": ["who"], "rules": [['"sale"', "false"], ["-", "true"]]}
    assert not asked("kind", "sale", kind="sale", has="yes", table=table)


@pytest.mark.parametrize(("stored", "has"), [('"director"', "board"), ("true", "no"), ("1000", "100")])
def test_a_condition_on_a_result_that_no_rule_gives_is_refused_at_its_field(rule, stored, has):
    table = {"hit": "FIRST", "inputs": ["kind"], "outputs": ["who"], "rules": [['"sale"', stored], ["-", '"head"']]}
    with pytest.raises(ValidationFailed) as refused:
        rule(HEAD, {**LAST, "when": {"table": "who", "has": has}}, tables={"who": table})
    (error,) = refused.value.errors
    assert error.field == "steps.1.value" and has in str(error.message) and "head" in str(error.message)


def test_a_result_that_is_computed_may_be_asked_for(records_as):
    """What ``amount / 2`` comes to is not known when the process is saved."""
    table = {"hit": "FIRST", "inputs": ["amount"], "outputs": ["half"], "rules": [["-", "amount / 2"]]}
    raw = {"key": "documents.contract", "title": "Contract approval", "entity": CONTRACT, "start": {"on": "button"},
           "steps": [{**LAST, "when": {"table": "half", "has": "25000"}}], "tables": {"half": table}}  # fmt: skip
    with records_as("system") as records:
        assert chains.clean(records, raw)["steps"][0]["when"]["has"] == "25000"
