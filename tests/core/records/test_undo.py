"""Undo takes back whole change sets, refuses when somebody changed something since, and can itself be undone."""

from __future__ import annotations

import pytest

from weft.core.errors import Denied, NotFound, UndoRefused
from weft.core.records.every import every

pytestmark = pytest.mark.both_databases


def do(records_as, who, work) -> int:
    """Run one unit of work and return its change set."""
    with records_as(who, write=True) as records:
        work(records)
        return records.change_set_id


@pytest.fixture
def case(make_record, weft_cast):
    return make_record("desk.case", name="Pump", hours="1", owner=weft_cast.user_of("desk.clerk"))["id"]


def test_an_edit_is_undone_and_redone(records_as, case):
    edit = do(records_as, "desk.clerk", lambda r: r.update("desk.case", case, {"hours": "9", "note": "x"}, version=1))
    with records_as("desk.clerk", write=True) as records:
        undone = records.undo(edit)
        row = records.get("desk.case", case)
        assert (str(row["hours"]), row["note"], row["version"]) == ("1.00", None, 3)
    with records_as("desk.clerk", write=True) as records:
        with pytest.raises(UndoRefused):
            records.undo(edit)
        records.undo(undone)
        assert str(records.get("desk.case", case)["hours"]) == "9.00"
    with records_as("desk.clerk", write=True) as records:
        records.undo(edit)  # after the redo it stands again, and can be taken back again


def test_undo_refuses_after_a_later_edit_of_the_same_field_and_says_who(records_as, case, weft_cast, state_of):
    edit = do(records_as, "desk.clerk", lambda r: r.update("desk.case", case, {"hours": "9"}, version=1))
    other = weft_cast.user("desk.boss", name="Lin Shutong")
    do(records_as, other, lambda r: r.update("desk.case", case, {"note": "another field"}, version=2))
    later = do(records_as, other, lambda r: r.update("desk.case", case, {"hours": "11"}, version=3))
    before = state_of()
    with records_as("desk.clerk", write=True) as records, pytest.raises(UndoRefused, match=r"Lin Shutong.*Hours.*Pump"):
        records.undo(edit)
    assert state_of() == before
    do(records_as, other, lambda r: r.undo(later))
    with records_as("desk.clerk", write=True) as records:
        records.undo(edit)
        row = records.get("desk.case", case)
    assert (str(row["hours"]), row["note"]) == ("1.00", "another field")


def test_creation_deletion_assignment_link_and_transition_are_undone(records_as, make_record, weft_cast):
    case = make_record("desk.case", name="Pump")["id"]
    party = make_record("desk.party", name="Mills")["id"]
    line = make_record("desk.line", text="Part", case=case)["id"]
    boss = weft_cast.user_of("desk.boss")
    made: list[int] = []
    steps = [
        do(records_as, "desk.boss", lambda r: made.append(r.create("desk.party", {"name": "New", "code": "N"})["id"])),
        do(records_as, "desk.boss", lambda r: r.assign("desk.case", case, owner=boss)),
        do(records_as, "desk.boss", lambda r: r.link("desk.sees", case, party)),
        do(records_as, "desk.boss", lambda r: r.act("desk.case.start", case)),
        do(records_as, "desk.boss", lambda r: r.delete("desk.case", case)),
    ]
    for step in reversed(steps):
        do(records_as, "desk.boss", lambda r, step=step: r.undo(step))
    with records_as("desk.boss") as records:
        row = records.get("desk.case", case)
        assert (row["owner"], row["status"], records.get("desk.line", line)["case"].id) == (None, "new", case)
        assert [group.relation for group in records.neighbours(case)] == ["desk.has_line"]
        assert [one["id"] for one in records.query("desk.party").rows] == [party]
        assert [one["id"] for one in records.query("desk.party", trash=True).rows] == made


def test_an_unlinked_link_comes_back_with_its_words(records_as, make_record):
    a, b = (make_record("desk.party", name=name)["id"] for name in "ab")
    do(records_as, "desk.boss", lambda r: r.link("desk.employs", a, b, attributes={"role": "cook"}))
    step = do(records_as, "desk.boss", lambda r: r.unlink("desk.employs", a, b))
    do(records_as, "desk.boss", lambda r: r.undo(step))
    with records_as("desk.boss") as records:
        assert records.neighbours(a)[0].items[0].attributes == {"role": "cook"}


def test_a_bulk_edit_of_500_comes_back_in_few_statements(records_as, weft_cast, query_count):
    with records_as("desk.boss", write=True) as records:
        ids = records.load("desk.case", [{"name": f"Case {n}", "note": f"note {n}"} for n in range(500)]).created
    with records_as("desk.boss", write=True) as records:
        step = records.bulk("desk.case", "update", ids, {"note": "same"}, expected=500).change_set_id
    with records_as("desk.boss", write=True) as records, query_count(at_most=24):
        records.undo(step)
    with records_as("desk.boss") as records:
        notes = {row["id"]: row["note"] for row in every(records, "desk.case", ("note",), {})}
        assert notes == {number: f"note {place}" for place, number in enumerate(ids)}
        assert records.history(ids[0])[0].text.startswith("desk.boss 1 rewrote Note of Case 0")


def test_an_import_goes_to_the_trash_as_a_whole_unless_something_grew_on_it(records_as, make_record):
    with records_as("desk.boss", write=True) as records:
        result = records.load("desk.party", [{"name": f"Party {n}"} for n in range(50)])
    step = do(records_as, "desk.boss", lambda r: r.create("desk.case", {"name": "Pump", "party": result.created[7]}))
    with records_as("desk.boss", write=True) as records, pytest.raises(UndoRefused, match="Pump"):
        records.undo(result.change_set_id)
    do(records_as, "desk.boss", lambda r: r.undo(step))
    do(records_as, "desk.boss", lambda r: r.undo(result.change_set_id))
    with records_as("desk.boss") as records:
        assert records.query("desk.party").rows == []


def test_a_stranger_undoes_only_what_they_may_change_as_a_whole(records_as, case, weft_cast, state_of):
    edit = do(records_as, "desk.boss", lambda r: r.update("desk.case", case, {"secret": "x", "note": "y"}, version=1))
    weft_cast.user_of("desk.reader")
    weft_cast.user_of("employee")
    before = state_of()
    for who, error in (("desk.reader", Denied), ("employee", NotFound)):
        with records_as(who, write=True) as records, pytest.raises(error):
            records.undo(edit)
    with records_as("desk.boss", write=True) as records, pytest.raises(NotFound):
        records.undo(987_654)
    assert state_of() == before


def test_an_action_is_taken_back_with_all_its_handler_wrote_unless_declared_final(records_as, case):
    step = do(records_as, "desk.boss", lambda r: r.act("desk.case.multiply", case, {"times": 2}))
    do(records_as, "desk.boss", lambda r: r.undo(step))
    with records_as("desk.boss") as records:
        assert str(records.get("desk.case", case)["hours"]) == "1.00"
    paid = do(records_as, "desk.boss", lambda r: r.act("desk.case.pay", case, {"times": 2}))
    with records_as("desk.boss", write=True) as records, pytest.raises(UndoRefused, match="Pay"):
        records.undo(paid)


def test_the_author_takes_back_what_the_platform_wrote_in_their_unit(records_as, case, weft_cast):
    """A reader's own click may write beyond the reader's rights; Undo and redo of it do too, for nobody else."""

    def given(records):
        other = records.system("test").create("desk.party", {"name": "Made"})["id"]
        records.system("test").update("desk.case", case, {"party": other}, version=None)

    step = do(records_as, "desk.reader", given)
    with records_as("desk.clerk", write=True) as records, pytest.raises((Denied, NotFound)):
        records.undo(step)
    back = do(records_as, "desk.reader", lambda r: r.undo(step))
    with records_as("desk.boss") as records:
        assert records.get("desk.case", case).get("party") is None
        assert records.query("desk.party").rows == []
    assert back
    with records_as("desk.reader", write=True) as records:
        records.undo(back)
        assert records.get("desk.case", case)["party"].title == "Made"


def test_own_writes_beside_lifted_ones_still_need_the_rights(records_as, make_record, weft_cast):
    """What the person wrote themselves in such a unit is theirs to take back only while they see the record."""
    mine = make_record("desk.case", name="Mine", owner=weft_cast.user_of("desk.clerk"))["id"]

    def both(records):
        records.act("desk.case.start", mine)
        records.system("test").create("desk.party", {"name": "Made"})

    step = do(records_as, "desk.clerk", both)
    with records_as("system", write=True) as records:
        records.assign("desk.case", mine, owner=None)
    with records_as("desk.clerk", write=True) as records, pytest.raises(NotFound):
        records.undo(step)
