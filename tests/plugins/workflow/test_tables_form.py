"""Decision tables in the form of a chain: read as people write them, refused by rule and column, used by new cases."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from weft.core.sdk import Money, ValidationFailed
from weft.plugins.workflow.services import cells, chains, processes

pytestmark = pytest.mark.weft_plugins("crm", "documents", "hrm", "workflow", "portal_employee")

CONTRACT, PROCESS, VERSION = "documents.contract", "workflow.process", "workflow.version"


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("amount", "≥ 1,000,000", ">= 1000000"),
        ("amount", "1000..2000, > 5000", "[1000..2000], > 5000"),
        ("amount", "", "-"),
        ("amount", "1,500", "1500"),
        ("amount", "1,234.567", "1234.567"),
        ("amount", "1.5, 1,500", "1.5, 1500"),
        ("amount", "1234.567, 0.125", "1234.567, 0.125"),
        ("amount", "not(1,000..2,000)", "not([1000..2000])"),
        ("kind", "framework, sale", '"framework", "sale"'),
        ("kind", "not(sale)", 'not("sale")'),
        ("kind", "框架合同", '"framework"'),
        ("ends_on", ">= 2026-01-31", '>= date("2026-01-31")'),
    ],
)
def test_what_a_cell_means(weft_runtime, field, written, meant):
    declared = weft_runtime.registry.entities[CONTRACT].fields[field]
    assert cells.test(declared, written) == meant
    assert cells.test(declared, cells.shown_test(declared, meant)) == meant, "saved again, it means the same"


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("amount", "much"),
        ("amount", ">= 20.000.000"),
        ("kind", "gift"),
        ("ends_on", "soon"),
        ("amount", "1e3"),
        ("amount", "Infinity"),
    ],
)
def test_what_means_nothing_is_refused(weft_runtime, field, written):
    with pytest.raises(cells.CellError):
        cells.test(weft_runtime.registry.entities[CONTRACT].fields[field], written)


@pytest.mark.parametrize("written", ["1,5", "1.000", ">= 1,50", "1.000..2.000", "1000,2000", "12,3456", "1.234,5"])
def test_a_number_that_may_be_two_is_refused_with_what_to_write(weft_runtime, written):
    with pytest.raises(cells.CellError, match="two ways"):
        cells.test(weft_runtime.registry.entities[CONTRACT].fields["amount"], written)


@pytest.mark.parametrize(
    ("written", "stored"),
    [("1,500", "1500"), ("02", '"02"'), ('"1.000"', '"1.000"'), ("1.5.2", '"1.5.2"'), ("yes", "true"),
     ('"yes"', '"yes"'), ("1, 5", '"1, 5"'), ("-0.50", "-0.50")],
)  # fmt: skip
def test_what_a_result_means(written, stored):
    assert cells.result(written) == stored
    assert cells.result(cells.shown_result(stored)) == stored, "saved again, it means the same"


@pytest.mark.parametrize("written", ["1,5", "1.000"])
def test_a_result_that_may_be_two_numbers_is_refused(written):
    with pytest.raises(cells.CellError, match="two ways"):
        cells.result(written)


@pytest.mark.parametrize(
    ("written", "kept"), [("20,000", "20000"), ("20000.50", "20000.50"), ("1,5", ""), ("1.000", "")]
)
def test_the_value_of_a_condition_is_read_in_one_way_or_refused_at_its_field(rule, records_as, written, kept):
    raw = {
        "key": CONTRACT, "title": "Contract approval", "entity": CONTRACT, "start": {"on": "button"},
        "steps": [{"key": "head", "title": "Head", "who": {"kind": "unit_head", "levels": 1},
                   "when": {"field": "amount", "op": "ge", "value": written, "currency": "CNY"}}],
    }  # fmt: skip
    with records_as("system") as records:
        if kept:
            assert chains.clean(records, raw)["steps"][0]["when"]["value"] == kept
            return
        with pytest.raises(ValidationFailed) as refused:
            chains.clean(records, raw)
    assert [error.field for error in refused.value.errors] == ["steps.0.value"]
    assert "two ways" in str(refused.value.errors[0].message) and "Amount" in str(refused.value.errors[0].message)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).replace("&gt;", ">")


def form_of(page: str) -> dict[str, str]:
    """What the form would send as it stands."""
    from lxml import html

    found: dict[str, str] = {}
    form = html.fromstring(page).xpath("//form[.//input[@name='steps']]")[0]
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        if one.get("type") in ("checkbox", "radio") and one.get("checked") is None:
            continue
        value = one.value if one.tag != "textarea" else one.text
        found[one.get("name")] = value or ""
    return found


@pytest.mark.both_databases
def test_the_limit_is_raised_in_the_table_and_new_cases_follow_it(world, client_as, contract, ask, case, decide):
    """Above the limit finance is added: the limit moves, the running case ends as it began."""
    old = contract("1200000.00")
    ask(old)
    admin = client_as(world.admin)
    address = f"/employee/settings/processes/{CONTRACT}/"
    given = form_of(admin.get(address).text)
    assert (
        given["t0-name"] == "countersign" and given["t0-r0-c0"] == ">= 1000000" and given["t0-r0-c2"] == "countersign"
    )
    wrong = admin.post(f"{address}save/", data=given | {"t0-r0-c0": "a lot"})
    assert wrong.status_code == 422
    assert "Rule 1, Amount: Write a number, such as >= 20000 or 1000..2000." in text_of(wrong)
    answer = admin.post(f"{address}save/", data=given | {"t0-r0-c0": ">= 1,500,000", "note": "The limit moves"})
    assert answer.status_code in (204, 303), text_of(answer)
    shown = form_of(admin.get(address).text)
    assert shown["t0-r0-c0"] == ">= 1500000"
    new, large = contract("1200000.00"), contract("1500000.00")
    for number in (new, large):
        ask(number)
        decide(world.lu, case(number)["id"])
    assert (case(new)["status"], case(large)["status"]) == ("approved", "running")
    decide(world.lu, case(old)["id"])
    assert case(old)["status"] == "running", "the old case ends under the old rule"


def test_a_table_is_added_row_by_row_without_a_script(world, client_as, contract, ask, case, decide, records_as):
    admin = client_as(world.admin)
    address = f"/employee/settings/processes/{CONTRACT}/"
    given = form_of(admin.get(address).text)
    given = form_of(admin.post(f"{address}save/", data=given | {"op": "table"}).text)
    assert given["tables"] == "2"
    given = form_of(admin.post(f"{address}save/", data=given | {"op": "table-column:1"}).text)
    given = form_of(admin.post(f"{address}save/", data=given | {"op": "table-rule:1"}).text)
    assert (given["t1-columns"], given["t1-rules"]) == ("2", "2")
    given |= {
        "t1-name": "who signs", "t1-in0": "amount", "t1-in1": "kind", "t1-currency": "CNY", "t1-r0-c0": ">= 300000",
        "t1-r0-c1": "sale", "t1-r0-c2": "yes, ask", "t1-r1-c0": "", "t1-r1-c1": "", "t1-r1-c2": "nobody",
        "s1-when": "table:who signs", "s1-value": "yes, ask",
    }  # fmt: skip
    answer = admin.post(f"{address}save/", data=given)
    assert answer.status_code in (204, 303), text_of(answer)
    small, large = contract("299999.99"), contract("300000.00")
    for number in (small, large):
        ask(number)
        decide(world.lu, case(number)["id"])
    assert (case(small)["status"], case(large)["status"]) == ("approved", "running")
    with records_as(world.shen) as records:
        assert records.get(CONTRACT, large)["amount"] == Money(Decimal("300000.00"), "CNY")


OF_A_PLUGIN = {
    "hit": "COLLECT",
    "inputs": ["signers", "amount"],
    "outputs": ["who"],
    "rules": [['"a", "b"', ">= 1000", '"board"'], [">= 5", "-", '"nobody"'], ["-", "-", '"02"']],
    "made_for": "auditors",
}
WHOLE = {
    "start": {"on": "button", "by": "read"},
    "steps": [
        {"key": "head", "title": {"en": "Head", "zh": "负责人"}, "who": {"kind": "unit_head", "levels": 2},
         "mode": "any", "silence": {"days": 3, "then": "escalate"}, "fields": {"note": "required"}},
        {"key": "board", "title": {"en": "Board", "zh": "董事"}, "mode": "share", "share": 50,
         "who": {"kind": "role", "role": "hrm.officer", "role2": "portal_employee.executive"},
         "when": {"table": "signing", "has": "board"}},
        {"key": "last", "title": {"en": "Last", "zh": "最后"}, "mode": "any",
         "who": {"kind": "path", "path": ["documents.contract_with"]},
         "when": {"expression": "amount('amount', 'CNY') > 5"}},
    ],
}  # fmt: skip


@pytest.fixture
def saved_as_it_stands(world, rule, client_as, records_as):
    """``saved_as_it_stands(table)``: the chain before and after an administrator saved its form untouched."""

    def run(table):
        _process, first = rule(*WHOLE["steps"], start=WHOLE["start"], tables={"signing": table})
        address = f"/employee/settings/processes/{CONTRACT}/"
        admin = client_as(world.admin)
        answer = admin.post(f"{address}save/", data=form_of(admin.get(address).text))
        assert answer.status_code in (204, 303), text_of(answer)[-3000:]
        with records_as("system") as records:
            last = records.query(VERSION, sort="-revision", limit=1).rows[0]["id"]
            assert last != first
            return processes.chain_of(records, first), processes.chain_of(records, last)

    return run


def test_saving_a_chain_keeps_what_the_form_does_not_show(saved_as_it_stands):
    """Who may ask, a column that is no field to choose, what a plugin wrote beside its table."""
    before, after = saved_as_it_stands(OF_A_PLUGIN)
    assert before["start"] == WHOLE["start"]
    assert after == before


def test_saving_a_chain_keeps_a_table_larger_than_the_form_adds(saved_as_it_stands):
    """Nine conditions, five results, 120 rules: the form adds no more than eight, four and 100."""
    inputs = ["amount", *(f"figure{n}" for n in range(8))]
    rule = [">= 5", *["-"] * 8, '"board"', '"b"', '"c"', '"d"', '"e"']
    table = {"hit": "FIRST", "inputs": inputs, "outputs": ["who", "b", "c", "d", "e"], "rules": [rule] * 120}
    before, after = saved_as_it_stands(table)
    assert after == before


def test_an_unknown_way_to_count_rules_is_refused_at_its_field(world, client_as):
    admin = client_as(world.admin)
    address = f"/employee/settings/processes/{CONTRACT}/"
    given = form_of(admin.get(address).text)
    answer = admin.post(f"{address}save/", data=given | {"t0-hit": "BEST"})
    assert answer.status_code == 422 and 'id="f-t0-hit-error"' in answer.text and "BEST" in text_of(answer)
