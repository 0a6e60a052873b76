"""How a field of many records changed: in order, within one's rights, without what was taken back."""

from __future__ import annotations

import pytest

from weft.core.errors import QueryError
from weft.core.records.field_trail import field_moves

pytestmark = pytest.mark.both_databases


def test_changes_of_a_field_come_in_order_with_who_did_them(records_as):
    with records_as("desk.boss", write=True) as records:
        one = records.create("desk.case", {"name": "One"})["id"]
        two = records.create("desk.case", {"name": "Two"})["id"]
    with records_as("desk.boss", write=True) as records:
        records.act("desk.case.start", one)
        records.update("desk.case", two, {"note": "only a note"}, version=None)
    with records_as("desk.boss", write=True) as records:
        records.act("desk.case.finish", one)
    with records_as("desk.boss") as records:
        found = field_moves(records, "desk.case", "status")
        named = field_moves(records, "desk.case", "status", filters={"name": "Two"})
        later = field_moves(records, "desk.case", "status", since=found[-1].at)
    assert [(move.record, move.old, move.new) for move in found if move.record == one] == [
        (one, None, "new"), (one, "new", "running"), (one, "running", "done"),
    ]  # fmt: skip
    assert [(move.record, move.old, move.new) for move in named] == [(two, None, "new")]
    assert all(move.user is not None for move in found)
    assert (later[-1].record, later[-1].new) == (one, "done")


def test_what_was_taken_back_is_no_change(records_as):
    with records_as("desk.boss", write=True) as records:
        one = records.create("desk.case", {"name": "One"})["id"]
    with records_as("desk.boss", write=True) as records:
        records.act("desk.case.start", one)
        number = records.change_set_id
    with records_as("desk.boss", write=True) as records:
        records.undo(number)
    with records_as("desk.boss") as records:
        assert [move.new for move in field_moves(records, "desk.case", "status")] == ["new"]


def test_only_readable_records_and_fields_are_told(records_as):
    with records_as("desk.boss", write=True) as records:
        records.create("desk.case", {"name": "Theirs", "secret": "x"})
    with records_as("desk.clerk", write=True) as records:
        own = records.create("desk.case", {"name": "Mine"})["id"]
    with records_as("desk.clerk") as records:
        assert {move.record for move in field_moves(records, "desk.case", "status")} == {own}
        with pytest.raises(QueryError):
            field_moves(records, "desk.case", "secret")
