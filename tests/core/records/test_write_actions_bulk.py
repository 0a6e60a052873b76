"""Actions with transitions, bulk operations and loads."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound, QueryError, StateConflict, ValidationFailed

pytestmark = pytest.mark.both_databases


def test_a_transition_moves_the_state_once(records_as, make_record, captured_events):
    case = make_record("desk.case", name="Pump")
    with records_as("desk.boss", write=True) as records:
        assert records.act("desk.case.start", case["id"]).record == case["id"]
        assert records.get("desk.case", case["id"])["status"] == "running"
        with pytest.raises(StateConflict, match="Running"):
            records.act("desk.case.start", case["id"])
        with pytest.raises(QueryError):
            records.act("desk.case.nothing", case["id"])
    assert captured_events.keys()[-1] == "desk.case.start"


def test_a_handler_gets_checked_input_and_its_failure_takes_everything_back(records_as, make_record, state_of):
    case = make_record("desk.case", name="Pump", hours="2")
    with records_as("desk.boss", write=True) as records:
        with pytest.raises(ValidationFailed) as failure:
            records.act("desk.case.multiply", case["id"], {"times": "many", "colour": "red"})
        assert {(e.field, e.code) for e in failure.value.errors} == {("times", "invalid"), ("colour", "unknown")}
        assert records.act("desk.case.multiply", case["id"], {"times": 3}).message == "doubled"
        assert str(records.get("desk.case", case["id"])["hours"]) == "6.00"
    before = state_of()
    with records_as("desk.boss", write=True) as records, pytest.raises(RuntimeError):
        records.act("desk.case.fail", case["id"])
    assert state_of() == before


def test_bulk_edits_all_or_none_in_few_statements(records_as, make_record, weft_cast, state_of, query_count):
    clerk = weft_cast.user_of("desk.clerk")
    with records_as("system", write=True) as records:
        mine = records.load("desk.case", [{"name": f"Case {n}", "owner": clerk} for n in range(500)]).created
        theirs = records.create("desk.case", {"name": "Not the clerk's"})["id"]
    with records_as("desk.clerk", write=True) as records, query_count(at_most=14):
        result = records.bulk("desk.case", "update", mine, {"note": "seen"}, expected=500)
    assert result.count == 500
    before = state_of()
    with records_as("desk.clerk", write=True) as records:
        with pytest.raises(NotFound):
            records.bulk("desk.case", "update", [*mine[:3], theirs], {"note": "x"}, expected=4)
        with pytest.raises(ValidationFailed):
            records.bulk("desk.case", "update", mine[:3], {"note": "x"}, expected=4)
        with pytest.raises(ValidationFailed):
            records.bulk("desk.case", "delete", [], expected=0)
        with pytest.raises(ValidationFailed):
            records.bulk("desk.case", "update", mine[:2], {"hours": "-1"}, expected=2)
        with pytest.raises(QueryError):
            records.bulk("desk.case", "desk.case.finish", mine[:2], expected=2)
    assert state_of() == before


def test_bulk_actions_run_on_each_and_stop_as_a_whole(records_as, make_record, state_of):
    fresh = [make_record("desk.case", name=f"Case {n}")["id"] for n in range(3)]
    with records_as("desk.boss", write=True) as records:
        records.act("desk.case.start", fresh[2])
    before = state_of()
    with records_as("desk.boss", write=True) as records, pytest.raises(StateConflict):
        records.bulk("desk.case", "desk.case.start", fresh, expected=3)
    assert state_of() == before
    with records_as("desk.boss", write=True) as records:
        records.bulk("desk.case", "desk.case.start", fresh[:2], expected=2)


def test_a_load_creates_updates_and_leaves_alone_by_key(records_as, make_record):
    make_record("desk.party", name="Old name", code="A")
    make_record("desk.party", name="Same", code="B")
    with records_as("desk.boss", write=True) as records:
        result = records.load(
            "desk.party",
            [{"name": "New name", "code": "A"}, {"name": "Same", "code": "B"}, {"name": "Third", "code": "C"}],
            key="code",
        )
    assert (len(result.created), len(result.updated), len(result.unchanged)) == (1, 1, 1)
    with records_as("desk.boss") as records:
        assert {row["code"]: row["name"] for row in records.query("desk.party").rows} == {
            "A": "New name", "B": "Same", "C": "Third",
        }  # fmt: skip


def test_a_load_with_errors_names_every_row_and_writes_nothing(records_as, state_of, weft_cast):
    weft_cast.user_of("desk.boss")
    before = state_of()
    rows = [{"name": f"Party {n}", "code": f"P{n}"} for n in range(2500)]
    rows[3]["mail"] = "nobody"
    rows[1700] = {"code": "P1700"}
    rows[2400]["code"] = "P2401"
    with records_as("desk.boss", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.load("desk.party", rows)
    assert {(e.index, e.field, e.code) for e in failure.value.errors} == {
        (3, "mail", "invalid"), (1700, "name", "required"), (2401, "code", "unique"),
    }  # fmt: skip
    assert state_of() == before


def test_loading_needs_its_own_right(records_as, weft_cast, state_of):
    weft_cast.user_of("desk.reader")
    before = state_of()
    with records_as("desk.reader", write=True) as records, pytest.raises(Denied):
        records.load("desk.party", [{"name": "x"}])
    assert state_of() == before


def test_a_load_may_begin_in_any_state_but_nobody_else_may(records_as):
    with records_as("desk.boss", write=True) as records:
        [made] = records.load("desk.case", [{"name": "Old", "status": "done"}]).created
        assert records.get("desk.case", made)["state"] == "done"
