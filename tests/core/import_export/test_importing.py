"""Imports into records: matching, references, keys, faults, links, undo, rights. On both databases."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from weft.core.errors import Denied, ValidationFailed
from weft.core.import_export.faults import FaultFile
from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.planning import ImportPlan, plan
from weft.core.records.facade import Records

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

Open = Callable[..., AbstractContextManager[Records]]


@pytest.fixture
def load(records_as: Open) -> Callable[..., Outcome]:
    """``load("crm.account", "name,role\\n...", key="name")`` imports a text as the sales manager."""

    def run(entity: str, text: str, mapping: Any = None, key: str | None = None, *, who: Any = "crm.sales_manager",
            dry: bool = False, errors: bool = False, **options: Any) -> Any:  # fmt: skip
        with records_as(who, write=not dry, door="import") as records:
            made = plan(
                records, entity, Source(io.BytesIO(text.encode()), "x.csv"), mapping, key, ImportOptions(**options)
            )
            faults = FaultFile(made.columns)
            outcome = (made.dry_run if dry else made.run)(records, errors=faults)
            content = faults.stream().read().decode("utf-8-sig")
            faults.close()
        return (outcome, list(csv.reader(io.StringIO(content)))) if errors else outcome

    return run


@pytest.fixture
def shown(records_as: Open) -> Callable[..., list[Any]]:
    """Rows of an entity in order of their title."""

    def rows(entity: str = "crm.account") -> list[Any]:
        with records_as("crm.sales_manager") as records:
            return list(records.query(entity, sort="title", limit=200).rows)

    return rows


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.skipped, outcome.faulty


# ---- matching


def described(records_as: Open, text: str, mapping: Any = None, **options: Any) -> ImportPlan:
    with records_as("crm.sales_manager") as records:
        source = Source(io.BytesIO(text.encode()), "x.csv")
        return plan(records, "crm.account", source, mapping, None, ImportOptions(**options))


def test_columns_are_found_by_name_and_by_label_in_both_languages(records_as: Open) -> None:
    made = described(records_as, "NAME,Tax ID,电话,Customer since,网站,payment_days,Shoe size\nA,1,2,3,4,5,6\n")
    assert made.mapping == {
        "NAME": "name", "Tax ID": "tax_id", "电话": "phone", "Customer since": "customer_since", "网站": "website",
        "payment_days": "payment_days",
    }  # fmt: skip
    assert [column.name for column in made.unmatched] == ["Shoe size"]
    assert any("Shoe size" in str(note) for note in made.notes)


def test_a_mapping_decides_what_is_not_known_and_what_is_left_out(records_as: Open) -> None:
    made = described(
        records_as, "Firma,Ort,email\nA,B,c@d.ee\n", {"Firma": "name", "Ort": "address.city", "email": None}
    )
    assert made.mapping == {"Firma": "name", "Ort": "address.city"}
    for wrong in ({"Firma": "nothing"}, {"Nothing": "name"}, {"Firma": "frozen"}):
        with pytest.raises(ValidationFailed):
            described(records_as, "Firma,Ort\nA,B\n", wrong)


# ---- rows


def test_rows_become_records_with_all_kinds_of_values(load: Any, shown: Any, weft_cast: Any) -> None:
    owner = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    text = (
        "Name,Roles,Class,Payment (days),Customer since,City,Country,Phone,Owner\n"
        "Haverdijk,Customer; Supplier,A,30,3/12/2019,Rotterdam,Netherlands,010 123 4567,Lin Shutong\n"
        "棠屿供水,客户,B,45,25/12/2020,苏州,中国,0512 6288 0000,\n"
    )
    assert counts(load("crm.account", text)) == (2, 0, 0, 0)
    dutch, chinese = shown()
    assert (dutch["role"], dutch["value_class"], dutch["payment_days"]) == (["customer", "supplier"], "A", 30)
    assert (dutch["customer_since"].isoformat(), dutch["owner"].id) == ("2019-12-03", owner)
    assert (dutch["phone"], chinese["phone"]) == ("+31101234567", "+8651262880000")  # each in its own country
    assert (dutch["address"]["country"], chinese["address"]["country"], chinese["address"]["city"]) == (
        "NL",
        "CN",
        "苏州",
    )


def test_a_dry_run_counts_the_same_and_writes_nothing(load: Any, shown: Any) -> None:
    load("crm.account", "name,payment_days\nKnown,30\nSame,10\n")
    text = "name,payment_days\nKnown,60\nSame,10\nNew,5\nFaulty,many\n"
    dry = load("crm.account", text, key="name", dry=True)
    assert counts(dry) == (1, 1, 1, 1)
    assert [row["title"] for row in shown()] == ["Known", "Same"]
    assert counts(load("crm.account", text, key="name")) == counts(dry)
    assert {row["title"]: row["payment_days"] for row in shown()} == {"Known": 60, "New": 5, "Same": 10}


def test_faulty_rows_are_named_and_do_not_stop_the_others(load: Any, shown: Any) -> None:
    text = "name,email,payment_days\nGood,a@b.nl,1\nBad,no address,x\n,c@d.nl,2\nLong,e@f.nl,3,more\nFine,,400\n"
    outcome, rows = load("crm.account", text, errors=True)
    assert counts(outcome) == (1, 0, 0, 4)
    assert rows[0] == ["name", "email", "payment_days", "Line", "Column", "Reason"]
    named = {row[3]: row[4] for row in rows[1:]}
    assert named["3"] == "payment_days; email"  # all that is wrong with a row is said at once
    assert (named["4"], named["5"], named["6"]) == ("name", "", "payment_days")
    assert all(row[5] for row in rows[1:])
    assert [row["title"] for row in shown()] == ["Good"]


def test_all_or_nothing_on_request(load: Any, shown: Any) -> None:
    outcome = load("crm.account", "name,payment_days\nGood,1\nBad,x\n", partial=False)
    assert counts(outcome) == (0, 0, 0, 1)
    assert shown() == []


def test_an_update_leaves_what_the_file_does_not_say(load: Any, shown: Any) -> None:
    load("crm.account", "name,payment_days,tax_id,role\nA,30,T1,customer\n")
    assert counts(load("crm.account", "name,payment_days,role\nA,,supplier\n", key="name", add_to=("role",))) == (
        0,
        1,
        0,
        0,
    )
    (row,) = shown()
    assert (row["payment_days"], row["tax_id"], row["role"]) == (30, "T1", ["customer", "supplier"])
    load("crm.account", "name,payment_days\nA,\n", key="name", clear=True)
    assert shown()[0]["payment_days"] is None


def test_the_same_key_twice_in_a_file_is_one_record(load: Any, shown: Any) -> None:
    text = "name,payment_days\nA,1\nB,1\nA,1\nA,2\n"
    assert counts(load("crm.account", text, key="name")) == (2, 1, 1, 0)
    assert {row["title"]: row["payment_days"] for row in shown()} == {"A": 2, "B": 1}


def test_a_key_that_means_several_records_is_refused(load: Any) -> None:
    load("crm.account", "name,tax_id\nTwin,1\nTwin,2\n")
    outcome = load("crm.account", "name,tax_id\nTwin,3\n", key="name")
    assert counts(outcome) == (0, 0, 0, 1)
    assert "2 records" in outcome.faults[0].reason


def test_modes(load: Any, shown: Any) -> None:
    load("crm.account", "name,payment_days\nA,1\n")
    assert counts(load("crm.account", "name,payment_days\nA,2\nB,2\n", key="name", mode="create")) == (1, 0, 1, 0)
    assert counts(load("crm.account", "name,payment_days\nB,3\nC,3\n", key="name", mode="update")) == (0, 1, 0, 1)
    assert {row["title"]: row["payment_days"] for row in shown()} == {"A": 1, "B": 3}


# ---- references and links


def test_references_by_title_number_and_id(load: Any, shown: Any, make_record: Any) -> None:
    stage = make_record("crm.stage", code="new", label_en="New", label_zh="新建")
    load("crm.account", "name,name_alt\nHaverdijk,哈弗代克\nTwin,\nTwin,\n")
    first = shown()[0]
    text = (
        f"name,account,stage,amount\na,Haverdijk,New,1 CNY\nb,哈弗代克,new,2 EUR\nc,{first.id},新建,3\n"
        "d,Twin,New,4\ne,Nobody,New,5\n"
    )
    outcome = load("crm.opportunity", text, currency="EUR")
    assert counts(outcome) == (3, 0, 0, 2)
    reasons = {fault.line: fault.reason for fault in outcome.faults}
    assert "2 records" in reasons[5]
    assert "not found" in reasons[6]
    deals = shown("crm.opportunity")
    assert {deal["account"].id for deal in deals} == {first.id}
    assert {deal["stage"].id for deal in deals} == {stage.id}
    assert [str(deal["amount"]) for deal in deals] == ["CNY 1.00", "EUR 2.00", "EUR 3.00"]


def test_rows_may_name_rows_that_come_later(load: Any, shown: Any) -> None:
    text = "name,parent\nNetworks,Group\nGroup,\nWastewater,Group\nLost,Nobody\n"
    outcome = load("crm.account", text, key="name")
    assert counts(outcome) == (3, 0, 0, 1)
    assert {row["title"]: row["parent"].title if row["parent"] else None for row in shown()} == {
        "Group": None, "Networks": "Group", "Wastewater": "Group",
    }  # fmt: skip


def test_links_with_attributes_are_made_once(load: Any, shown: Any, records_as: Open) -> None:
    load("crm.account", "name\nFirst\nSecond\n")
    mapping = {"firm": "relation:crm.works_for", "post": "relation:crm.works_for.role"}
    text = (
        "name,firm,post\nLin,First,Director\nLin,Second,Adviser\nLin,First,Owner\nLin,First,Director\nMe,Third,Clerk\n"
    )
    outcome = load("crm.contact", text, mapping, key="name")
    assert (outcome.created, outcome.linked, outcome.faulty) == (1, 3, 1)
    assert load("crm.contact", text, mapping, key="name").linked == 0
    (person,) = shown("crm.contact")
    with records_as("crm.sales_manager") as records:
        (group,) = records.neighbours(person.id, relation="crm.works_for")
        assert sorted((item.record.title, item.attributes["role"]) for item in group.items) == [
            ("First", "Director"), ("First", "Owner"), ("Second", "Adviser"),
        ]  # fmt: skip


# ---- what people see and change


def test_replacements_and_allowed_values_are_counted(load: Any) -> None:
    text = "name,value_class\nA,one\nB,B\nC,three\n"
    outcome = load("crm.account", text, replace={"value_class": {"one": "A"}}, allowed={"value_class": ["A", "B"]})
    assert (counts(outcome), outcome.replaced) == ((2, 0, 0, 1), 1)


def test_unreadable_cells_can_be_left_empty(load: Any, shown: Any) -> None:
    outcome = load("crm.account", "name,phone,email\nA,call me,nothing\n", leave_empty=("phone", "email"))
    assert (counts(outcome), outcome.emptied) == ((1, 0, 0, 0), 2)
    assert (shown()[0]["phone"], shown()[0]["email"]) == (None, None)


def test_undo_takes_the_whole_import_back(load: Any, shown: Any, records_as: Open) -> None:
    load("crm.account", "name,payment_days\nOld,1\n")
    mapping = {"firm": "relation:crm.works_for"}
    outcome = load(
        "crm.account", "name,payment_days\nOld,2\nNew,2\n" + "".join(f"N{n},3\n" for n in range(700)), key="name"
    )
    assert counts(outcome) == (701, 1, 0, 0)
    people = load("crm.contact", "name,firm\nLin,Old\n", mapping)
    with records_as("crm.sales_manager", write=True) as records:
        records.undo(people.change_set_id or 0)
    with records_as("crm.sales_manager", write=True) as records:
        records.undo(outcome.change_set_id or 0)
    assert [(row["title"], row["payment_days"]) for row in shown()] == [("Old", 1)]
    assert shown("crm.contact") == []


# ---- rights


def test_importing_needs_the_right(load: Any, weft_cast: Any) -> None:
    with pytest.raises(Denied):
        load("crm.account", "name\nA\n", who="employee")


def test_names_of_hidden_records_are_not_found(load: Any, weft_cast: Any, make_record: Any) -> None:
    rep, other = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    make_record("crm.account", name="Secret", owner=other)
    outcome = load("crm.contact", "name,account\nA,Secret\nB,Nothing\n", who=rep)
    assert counts(outcome) == (0, 0, 0, 2)
    first, second = (fault.reason for fault in outcome.faults)
    assert first.replace("Secret", "#") == second.replace("Nothing", "#")


def test_nobody_imports_into_what_belongs_to_others(load: Any, weft_cast: Any, make_record: Any, shown: Any) -> None:
    rep, other = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    hidden = make_record("crm.account", name="Secret", owner=other, payment_days=1)
    outcome = load("crm.account", f"id,payment_days\n{hidden.id},2\n", key="id", who=rep)
    assert counts(outcome) == (0, 0, 0, 1)
    assert shown()[0]["payment_days"] == 1


def test_no_statement_per_row(load: Any, query_count: Any) -> None:
    load("crm.account", "name\nFirm\n")
    mapping = {"firm": "relation:crm.works_for", "post": "relation:crm.works_for.role"}
    text = "name,account,firm,post\n" + "".join(f"P{n},Firm,Firm,Clerk\n" for n in range(400))
    with query_count(at_most=60):
        load("crm.contact", text, mapping, key="name")


@pytest.mark.slow
def test_a_large_file_with_faults_goes_in_and_comes_out_again(load: Any, records_as: Open) -> None:
    lines = [f"Company {n},T{n:06},{'many' if n % 100 == 0 else 30}" for n in range(5_000)]
    outcome, faults = load("crm.account", "\n".join(["name,tax_id,payment_days", *lines]), key="tax_id", errors=True)
    assert counts(outcome) == (4_950, 0, 0, 50)
    assert len(faults) == 51
    with records_as("crm.sales_manager", write=True) as records:
        records.undo(outcome.change_set_id)
        assert records.aggregate("crm.account")[0]["count"] == 0
