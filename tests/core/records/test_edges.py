"""Links between records: rules of their type, rights at both ends, what outsiders come to see, the 360 view."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from weft.core.errors import Denied, NotFound, QueryError, ValidationFailed

pytestmark = pytest.mark.both_databases


def code(failure) -> str:
    return failure.value.errors[0].code


@pytest.fixture
def parties(make_record):
    return [make_record("desk.party", name=f"Party {n}")["id"] for n in range(4)]


def test_a_free_link_has_a_label_and_stands_at_both_ends(records_as, parties):
    a, b = parties[:2]
    with records_as("desk.boss", write=True) as records:
        edge = records.link("core.linked", a, b, attributes={"label": "knows"})
    assert edge.attributes == {"label": "knows"}
    with records_as("desk.boss") as records:
        [out] = records.neighbours(a)
        [back] = records.neighbours(b)
    assert (out.relation, back.relation) == ("core.linked", "core.linked_from")
    assert out.items[0].record.title == "Party 1" and out.items[0].attributes == {"label": "knows"}


def test_links_keep_the_rules_of_their_type(records_as, parties, make_record, state_of):
    a, b, c, _d = parties
    case = make_record("desk.case", name="Pump")["id"]
    with records_as("desk.boss", write=True) as records:
        records.link("desk.works_with", b, a)
        records.link("desk.chief", a, b)
        records.link("desk.chief", b, c)
    before = state_of()
    with records_as("desk.boss", write=True) as records:
        for relation, source, target, wanted in (
            ("desk.works_with", a, b, "linked"),        # the same, read from the other end
            ("desk.chief", a, c, "cardinality"),        # one chief only
            ("desk.chief", c, a, "cycle"),
            ("desk.works_with", a, case, "ends"),
            ("desk.about", case, a, "field"),           # written by a reference field
            ("core.linked", a, a, "self"),
        ):  # fmt: skip
            with pytest.raises(ValidationFailed) as failure:
                records.link(relation, source, target)
            assert code(failure) == wanted, relation
        with pytest.raises(ValidationFailed) as failure:
            records.link("desk.employs", a, b, attributes={"role": "far too long a role"})
        assert code(failure) == "too_long"
        with pytest.raises(ValidationFailed) as failure:
            records.link("core.linked", a, b, valid_from=datetime(2026, 2, 1, tzinfo=UTC),
                         valid_to=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
        assert code(failure) == "order"
        with pytest.raises(QueryError):
            records.link("desk.nothing", a, b)
        with pytest.raises(NotFound):
            records.link("core.linked", a, 987_654)
    assert state_of() == before


def test_a_repeatable_link_may_stand_several_times_and_each_is_removed_alone(records_as, parties):
    a, b = parties[:2]
    with records_as("desk.boss", write=True) as records:
        first = records.link("desk.employs", a, b, attributes={"role": "cook"})
        second = records.link("desk.employed_by", b, a, attributes={"role": "smith"})
        assert (first.ordinal, second.ordinal, second.source_id) == (0, 1, a)
        records.unlink("desk.employs", a, b, ordinal=0)
        [group] = records.neighbours(a, relation="desk.employs")
        assert [item.attributes["role"] for item in group.items] == ["smith"]
        with pytest.raises(NotFound):
            records.unlink("desk.employs", a, b, ordinal=0)


def test_both_ends_must_be_readable_and_one_must_be_granted(records_as, parties, make_record, weft_cast, state_of):
    mine = make_record("desk.case", name="Mine", owner=weft_cast.user_of("desk.clerk"))["id"]
    theirs = make_record("desk.case", name="Theirs")["id"]
    weft_cast.user_of("desk.reader")
    before = state_of()
    with records_as("desk.clerk", write=True) as records:
        with pytest.raises(NotFound):
            records.link("core.linked", mine, theirs)
        with pytest.raises(Denied):
            records.link("core.linked", parties[0], parties[1])
    with records_as("desk.reader", write=True) as records, pytest.raises(Denied):
        records.link("core.linked", theirs, parties[0])
    assert state_of() == before
    with records_as("desk.clerk", write=True) as records:
        records.link("core.linked", mine, parties[0])


def test_a_link_that_shows_a_record_to_outsiders_needs_the_right_to_share(records_as, parties, make_record, weft_cast):
    mine = make_record("desk.case", name="Mine", owner=weft_cast.user_of("desk.clerk"))["id"]
    visitor = weft_cast.user("customer", anchors=[parties[0]])
    with records_as("desk.clerk", write=True) as records, pytest.raises(Denied):
        records.link("desk.sees", mine, parties[0])
    with records_as(visitor) as records, pytest.raises(NotFound):
        records.get("desk.case", mine)
    with records_as("desk.boss", write=True) as records:
        records.link("desk.sees", mine, parties[0])
    with records_as(visitor) as records:
        assert records.get("desk.case", mine)["title"] == "Mine"
        [group] = records.neighbours(mine)
        assert group.entity == "desk.party" and group.items[0].attributes == {}
    with records_as("desk.clerk", write=True) as records, pytest.raises(Denied):
        records.unlink("desk.sees", mine, parties[0])


def test_the_360_view_leaves_out_what_may_not_be_read(records_as, parties, make_record, weft_cast, query_count):
    clerk = weft_cast.user_of("desk.clerk")
    for n in range(30):
        make_record("desk.case", name=f"Case {n}", party=parties[0], owner=clerk if n % 3 == 0 else None)
    with records_as("desk.clerk") as records, query_count(at_most=4):
        [group] = records.neighbours(parties[0], limit=5)
    assert (group.relation, group.field, group.entity) == ("desk.has_case", "party", "desk.case")
    assert (group.count.value, group.count.exact, len(group.items)) == (10, True, 5)
    assert [item.record.title for item in group.items] == ["Case 27", "Case 24", "Case 21", "Case 18", "Case 15"]
    with records_as("customer") as records, pytest.raises(NotFound):
        records.neighbours(parties[0])


def test_a_large_group_counts_up_to_a_cap(records_as, parties):
    with records_as("system", write=True) as records:
        records.load("desk.case", [{"name": f"Case {n}", "party": parties[0]} for n in range(1_200)])
    with records_as("desk.boss") as records:
        [group] = records.neighbours(parties[0])
    assert (group.count.value, group.count.exact, len(group.items)) == (1_000, False, 20)


def test_writers_at_once_break_neither_cardinality_nor_circles(weft_cast, parties, records_as, weft_runtime):
    """32 threads link the same few records; whatever wins, one chief each and no circle."""
    boss = weft_cast.principal("desk.boss")
    results: list[str] = []

    def work(number: int) -> None:
        source, target = parties[number % 4], parties[(number // 4 + number * 3 + 1) % 4]
        try:
            with weft_cast.records(boss, write=True) as records:
                records.link("desk.chief", source, target)
            results.append("made")
        except ValidationFailed as failure:
            results.append(failure.errors[0].code)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 32 and set(results) <= {"made", "linked", "cardinality", "cycle", "self"}
    with records_as("desk.boss") as records:
        above = {}
        for party in parties:
            groups = records.neighbours(party, relation="desk.chief")
            assert len(groups) <= 1 and all(len(group.items) == 1 for group in groups)
            if groups:
                above[party] = groups[0].items[0].record.id
    for party in parties:
        seen, here = set(), party
        while here in above:
            assert here not in seen, "a circle"
            seen.add(here)
            here = above[here]
    assert results.count("made") == len(above) >= 1


def test_a_link_ends_by_date_can_be_replaced_and_the_change_is_undone(records_as, parties, weft_runtime):
    a, b, c, _d = parties
    now = weft_runtime.clock()
    with records_as("desk.boss", write=True) as records:
        records.link("desk.chief", a, b)
        records.link("desk.employs", a, b, attributes={"role": "cook"}, valid_from=now)
    with records_as("desk.boss", write=True) as records:
        edge = records.relink("desk.employs", a, b, attributes={"role": "smith"})
        assert edge.attributes == {"role": "smith"} and edge.valid_from == now
        step = records.change_set_id
    with records_as("desk.boss", write=True) as records:
        records.relink("desk.chief", a, b, valid_to=now)
        records.link("desk.chief", a, c)
        with pytest.raises(ValidationFailed) as failure:
            records.relink("desk.chief", a, b, valid_to=None)
        assert code(failure) == "cardinality"
        groups = records.neighbours(a, relation="desk.chief")
        assert {item.record.id: item.current for item in groups[0].items} == {b: False, c: True}
        assert records.history(a)[0].text.startswith("desk.boss 1 linked Party 0")
        assert "changed the link of Party 0 with Party 1" in records.history(a)[1].text
    with records_as("desk.boss", write=True) as records:
        records.undo(step)
        [group] = records.neighbours(a, relation="desk.employs")
        assert [item.attributes for item in group.items] == [{"role": "cook"}]
    with records_as("desk.reader", write=True) as records, pytest.raises(Denied):
        records.relink("desk.employs", a, b, attributes={})
