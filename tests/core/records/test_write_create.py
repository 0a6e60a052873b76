"""Creating records: what is taken, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from weft.core.db.money import Money
from weft.core.errors import Denied, ValidationFailed

pytestmark = pytest.mark.both_databases


def codes(failure) -> dict[str, str]:
    return {error.field: error.code for error in failure.value.errors}


def test_a_record_is_created_with_number_owner_history_and_event(records_as, weft_cast, captured_events):
    boss = weft_cast.user_of("desk.boss")
    with records_as("desk.boss", write=True) as records:
        party = records.create("desk.party", {"name": "Rhine Mills", "mail": "Info@Rhine.example"})
        row = records.create(
            "desk.case",
            {"name": " Pump ", "party": party["id"], "amount": {"amount": "12.5", "currency": "cny"}, "hours": "1.25"},
        )
    assert (row["name"], row["status"], row["version"]) == ("Pump", "new", 1)
    assert row["amount"] == Money(Decimal("12.50"), "CNY") and row["hours"] == Decimal("1.25")
    assert row["number"].startswith("C-") and row["owner"].id == boss and row["checked"] is False
    assert row["party"].title == "Rhine Mills" and party["mail"] == "info@rhine.example"
    assert captured_events.keys() == ["desk.party.created", "desk.case.created"]


def test_all_errors_of_all_fields_come_at_once(records_as, make_record):
    make_record("desk.party", name="First", code="A1")
    with records_as("desk.boss", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.create("desk.party", {"code": "A1", "mail": "nobody", "above": 12345, "colour": "red"})
    assert codes(failure) == {
        "name": "required", "code": "unique", "mail": "invalid", "above": "missing", "colour": "unknown",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["id", "owner", "unit", "owner_id", "version", "state", "deleted_at", "checked", "number"]
)
def test_names_of_the_platform_are_not_written(records_as, name):
    with records_as("desk.boss", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.create("desk.case", {"name": "x", name: 1})
    assert codes(failure) == {name: "unknown"}


def test_a_new_record_begins_in_its_first_state(records_as):
    with records_as("desk.boss", write=True) as records:
        assert records.create("desk.case", {"name": "x", "status": "new"})["state"] == "new"
        with pytest.raises(ValidationFailed) as failure:
            records.create("desk.case", {"name": "x", "status": "done"})
    assert codes(failure) == {"status": "state"}


def test_creating_needs_the_right_to(records_as, state_of):
    for who in ("desk.reader", "customer", "employee"):
        with records_as(who):
            pass  # the user is made before the digest
        before = state_of()
        with pytest.raises(Denied), records_as(who, write=True) as records:
            records.create("desk.case", {"name": "x"})
        assert state_of() == before


def test_a_field_that_is_not_granted_cannot_be_filled(records_as, weft_cast, state_of):
    weft_cast.user_of("desk.clerk")
    before = state_of()
    with pytest.raises(ValidationFailed) as failure, records_as("desk.clerk", write=True) as records:
        records.create("desk.case", {"name": "x", "secret": "y"})
    assert codes(failure) == {"secret": "unknown"}
    assert state_of() == before


def test_a_record_cannot_be_created_out_of_reach_and_a_caught_refusal_leaves_nothing(records_as, weft_cast, state_of):
    other = weft_cast.user("employee")
    weft_cast.user_of("desk.clerk")
    before = state_of()
    with records_as("desk.clerk", write=True) as records:
        with pytest.raises(Denied):
            records.create("desk.case", {"name": "for somebody else"}, owner=other)
        assert records.change_set_id is None
    assert state_of() == before


def test_what_cannot_be_read_does_not_exist_for_references(records_as, make_record):
    party = make_record("desk.party", name="Hidden")
    case = make_record("desk.case", name="Not the clerk's")
    with records_as("desk.clerk", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.create("desk.line", {"text": "x", "case": case["id"]})
    hidden = codes(failure), str(failure.value)
    with records_as("desk.clerk", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.create("desk.line", {"text": "x", "case": 999_999})
    assert (codes(failure), str(failure.value)) == hidden
    with records_as("desk.clerk", write=True) as records, pytest.raises(ValidationFailed) as failure:
        records.create("desk.line", {"text": "x", "case": party["id"]})
    assert codes(failure) == {"case": "missing"}


def test_hooks_may_change_and_veto_and_are_checked_like_callers(records_as, state_of, weft_cast):
    with records_as("desk.boss", write=True) as records:
        assert records.create("desk.case", {"name": "x", "note": "shout"})["note"] == "SHOUT"
    before = state_of()
    with pytest.raises(ValidationFailed) as failure, records_as("desk.boss", write=True) as records:
        records.create("desk.case", {"name": "x", "note": "veto"})
    assert codes(failure) == {"note": "veto"}
    with pytest.raises(ValidationFailed) as failure, records_as("desk.boss", write=True) as records:
        records.create("desk.case", {"name": "x", "note": "bad hook"})
    assert codes(failure) == {"hours": "invalid"}
    assert state_of() == before


def test_one_record_takes_few_statements(records_as, make_record, query_count):
    party = make_record("desk.party", name="P")
    with records_as("desk.boss", write=True) as records, query_count(at_most=14):
        records.create("desk.case", {"name": "x", "party": party["id"]})


def test_elevated_writes_carry_the_person_and_the_reason(records_as, weft_cast, weft_runtime):
    from sqlalchemy import select

    from weft.core.db.tables import change_set, journal

    boss = weft_cast.user_of("desk.boss")
    with records_as("desk.boss", write=True) as records:
        records.create("desk.party", {"name": "by hand"})
        records.system("count the parties").create("desk.case", {"name": "by the platform", "checked": True})
        number = records.change_set_id
    with weft_runtime.db.read() as connection:
        found = connection.execute(select(change_set).where(change_set.c.id == number)).one()
        users = set(connection.scalars(select(journal.c.user_id).where(journal.c.change_set_id == number)))
    assert found.user_id == boss and users == {boss}
    assert found.summary["elevated"] == ["count the parties"] and found.summary["entity"] == "desk.party"
