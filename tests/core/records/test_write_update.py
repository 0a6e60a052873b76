"""Changing, assigning, deleting and restoring single records; conflicts and merging."""

from __future__ import annotations

import pytest

from weft.core.errors import Conflict, Denied, NotFound, ValidationFailed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def case(make_record, weft_cast):
    return make_record("desk.case", name="Pump", hours="1", owner=weft_cast.user_of("desk.clerk"))


def test_an_update_changes_fields_and_version_and_leaves_the_rest(records_as, case):
    with records_as("desk.clerk", write=True) as records:
        row = records.update("desk.case", case["id"], {"hours": "2.5"}, version=1)
    assert (row["version"], str(row["hours"]), row["name"]) == (2, "2.50", "Pump")


def test_an_update_that_changes_nothing_writes_nothing(records_as, case, state_of):
    before = state_of()
    with records_as("desk.clerk", write=True) as records:
        assert records.update("desk.case", case["id"], {"hours": "1.00", "name": "Pump"}, version=1)["version"] == 1
    assert state_of() == before


def test_changes_of_different_fields_merge_and_of_the_same_field_conflict(records_as, case):
    base = {"name": "Pump", "hours": "1.00", "note": None}
    with records_as("desk.clerk", write=True) as records:
        records.update("desk.case", case["id"], {"hours": "3", "note": "theirs"}, version=1)
    with records_as("desk.clerk", write=True) as records:
        mine = {"name": "Pump two", "hours": "1.00", "note": None}
        row = records.update("desk.case", case["id"], mine, version=1, base=base)
    assert (row["name"], str(row["hours"]), row["note"], row["version"]) == ("Pump two", "3.00", "theirs", 3)
    with records_as("desk.clerk", write=True) as records, pytest.raises(Conflict) as failure:
        records.update("desk.case", case["id"], {**base, "note": "mine", "name": "Pump two"}, version=1, base=base)
    [conflict] = failure.value.fields
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("note", None, "mine", "theirs")
    assert failure.value.version == 3


def test_without_the_values_read_any_later_change_is_a_conflict(records_as, case, state_of):
    with records_as("desk.clerk", write=True) as records:
        records.update("desk.case", case["id"], {"hours": "3"}, version=1)
    before = state_of()
    with pytest.raises(Conflict), records_as("desk.clerk", write=True) as records:
        records.update("desk.case", case["id"], {"note": "mine"}, version=1)
    assert state_of() == before


@pytest.mark.parametrize(
    ("who", "error"),
    [("employee", NotFound), ("customer", NotFound), ("desk.reader", Denied)],
)
def test_who_may_not_change_a_record_leaves_no_trace(records_as, case, state_of, weft_cast, who, error):
    weft_cast.user_of(who)
    before = state_of()
    for call in (
        lambda r: r.update("desk.case", case["id"], {"name": "x"}, version=1),
        lambda r: r.assign("desk.case", case["id"], owner=None),
        lambda r: r.delete("desk.case", case["id"], version=1),
        lambda r: r.act("desk.case.start", case["id"]),
        lambda r: r.bulk("desk.case", "update", [case["id"]], {"name": "x"}, expected=1),
    ):
        with records_as(who, write=True) as records, pytest.raises(error):
            call(records)
    assert state_of() == before


def test_another_owners_record_is_missing_for_the_clerk(records_as, weft_cast, make_record, state_of):
    other = make_record("desk.case", name="Theirs", owner=weft_cast.user("employee"))
    weft_cast.user_of("desk.clerk")
    before = state_of()
    with records_as("desk.clerk", write=True) as records, pytest.raises(NotFound):
        records.update("desk.case", other["id"], {"name": "x"}, version=1)
    assert state_of() == before


def test_a_field_that_is_not_granted_looks_unknown(records_as, case):
    for name in ("secret", "nonsense", "status", "checked", "id", "version", "owner_id"):
        with records_as("desk.clerk", write=True) as records, pytest.raises(ValidationFailed) as failure:
            records.update("desk.case", case["id"], {name: "x"}, version=1)
        assert [(e.field, e.code) for e in failure.value.errors] == [(name, "unknown")]


def test_nobody_gives_a_record_out_of_reach(records_as, case, weft_cast, state_of):
    other = weft_cast.user("employee")
    weft_cast.user_of("desk.boss")
    before = state_of()
    with records_as("desk.clerk", write=True) as records, pytest.raises(Denied):
        records.assign("desk.case", case["id"], owner=other)
    assert state_of() == before
    with records_as("desk.boss", write=True) as records:
        assert records.assign("desk.case", case["id"], owner=other)["owner"].id == other
        with pytest.raises(ValidationFailed):
            records.assign("desk.case", case["id"], owner=987654)


def test_deleting_names_what_still_needs_the_record(records_as, make_record, state_of):
    party = make_record("desk.party", name="Mills")
    make_record("desk.case", name="Pump", party=party["id"])
    with records_as("desk.boss"):
        pass
    before = state_of()
    with records_as("desk.boss", write=True) as records, pytest.raises(ValidationFailed, match="Pump"):
        records.delete("desk.party", party["id"])
    assert state_of() == before


def test_a_deletion_takes_parts_along_empties_references_and_comes_back_whole(records_as, make_record):
    upper = make_record("desk.party", name="Upper")
    lower = make_record("desk.party", name="Lower", above=upper["id"])
    case = make_record("desk.case", name="Pump")
    line = make_record("desk.line", text="Part", case=case["id"])
    with records_as("desk.boss", write=True) as records:
        records.delete("desk.party", upper["id"])
        records.delete("desk.case", case["id"])
    with records_as("desk.boss") as records:
        assert records.get("desk.party", lower["id"])["above"] is None
        trashed = {row["id"] for row in records.query("desk.line", trash=True).rows}
        assert trashed == {line["id"]} and records.query("desk.case").rows == []
    with records_as("desk.boss", write=True) as records:
        with pytest.raises(Denied):
            records.update("desk.case", case["id"], {"name": "x"}, version=None)
        records.restore("desk.party", upper["id"])
        records.restore("desk.case", case["id"])
    with records_as("desk.boss") as records:
        assert records.get("desk.party", lower["id"])["above"].id == upper["id"]
        assert [row["id"] for row in records.query("desk.line").rows] == [line["id"]]


def test_a_unique_value_can_be_used_again_after_deletion_and_then_stops_the_restore(records_as, make_record):
    first = make_record("desk.party", name="First", code="A")
    with records_as("desk.boss", write=True) as records:
        records.delete("desk.party", first["id"])
        records.create("desk.party", {"name": "Second", "code": "A"})
        with pytest.raises(ValidationFailed) as failure:
            records.restore("desk.party", first["id"])
    assert [(e.field, e.code) for e in failure.value.errors] == [("code", "unique")]


def test_view_as_writes_nothing(records_as, case, weft_cast, state_of):
    looking = weft_cast.principal("desk.boss").with_changes(read_only=True)
    before = state_of()
    for call in (
        lambda r: r.create("desk.party", {"name": "x"}),
        lambda r: r.update("desk.case", case["id"], {"name": "x"}, version=1),
        lambda r: r.delete("desk.case", case["id"]),
        lambda r: r.link("core.linked", case["id"], case["id"]),
    ):
        with records_as(looking, write=True) as records, pytest.raises(Denied):
            call(records)
    assert state_of() == before
