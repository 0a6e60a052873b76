"""Surroundings and shortest ways pass only over records one may read."""

from __future__ import annotations

import pytest

from weft.core.errors import NotFound
from weft.core.relations.graph import shortest_path, traverse

pytestmark = pytest.mark.both_databases


@pytest.fixture
def chain(make_record, link, weft_cast):
    """party 0 - case (the clerk's) - party 1 - case (nobody's) - party 2 - case (the clerk's) - party 3"""
    clerk = weft_cast.user_of("desk.clerk")
    parties = [make_record("desk.party", name=f"Party {n}")["id"] for n in range(4)]
    cases = [make_record("desk.case", name=f"Case {n}", owner=clerk if n != 1 else None)["id"] for n in range(3)]
    for number, case in enumerate(cases):
        link("core.linked", parties[number], case)
        link("desk.sees", case, parties[number + 1])
    return parties, cases


def test_the_way_is_found_from_both_ends_with_the_words_of_each_direction(records_as, chain, query_count):
    parties, cases = chain
    with records_as("desk.boss") as records:
        with query_count(at_most=40):
            hops = shortest_path(records, parties[0], parties[3])
        back = shortest_path(records, parties[3], parties[0])
    assert [hop.record.id for hop in hops] == [
        parties[0], cases[0], parties[1], cases[1], parties[2], cases[2], parties[3],
    ]  # fmt: skip
    assert [hop.relation for hop in hops[1:3]] == ["core.linked", "desk.sees"]
    assert [hop.relation for hop in back[1:3]] == ["desk.seen_by", "core.linked_from"]
    assert hops[1].record.title == "Case 0"


def test_no_way_leads_through_what_may_not_be_read(records_as, chain):
    parties, cases = chain
    with records_as("desk.clerk") as records:
        assert shortest_path(records, parties[0], parties[3]) == []
        assert [hop.record.id for hop in shortest_path(records, parties[0], parties[1])] == [
            parties[0], cases[0], parties[1],
        ]  # fmt: skip
        around = traverse(records, parties[0], depth=4)
    assert {node.id for node in around.nodes} == {parties[0], cases[0], parties[1]}
    with records_as("desk.clerk") as records, pytest.raises(NotFound):
        traverse(records, cases[1])
    with records_as("desk.clerk") as records, pytest.raises(NotFound):
        shortest_path(records, parties[0], cases[1])


def test_a_shorter_way_wins_and_the_limit_ends_the_search(records_as, chain, link):
    parties, _cases = chain
    with records_as("desk.boss") as records:
        assert shortest_path(records, parties[0], parties[3], limit=5) == []
    link("desk.works_with", parties[0], parties[3])
    with records_as("desk.boss") as records:
        assert [hop.record.id for hop in shortest_path(records, parties[0], parties[3])] == [parties[0], parties[3]]
        [alone] = shortest_path(records, parties[0], parties[0])
    assert alone.record.id == parties[0]


def test_surroundings_grow_by_depth_and_stop_at_the_limit(records_as, chain):
    parties, cases = chain
    with records_as("desk.boss") as records:
        near = traverse(records, cases[1], depth=1)
        wide = traverse(records, cases[1], depth=2)
        cut = traverse(records, cases[1], depth=4, limit=3)
    assert {node.id: near.depth[node.id] for node in near.nodes} == {cases[1]: 0, parties[1]: 1, parties[2]: 1}
    assert {(edge.source_id, edge.target_id) for edge in near.edges} == {
        (parties[1], cases[1]), (cases[1], parties[2]),
    }  # fmt: skip
    assert {node.id for node in wide.nodes} == {*near.depth, cases[0], cases[2]} and wide.complete
    assert len(cut.nodes) == 3 and not cut.complete


def test_a_field_one_may_not_read_leads_nowhere(records_as, make_record, weft_cast):
    """The customer may read the case and the party, but not the field that joins them."""
    party = make_record("desk.party", name="Mills")["id"]
    case = make_record("desk.case", name="Pump", party=party)["id"]
    visitor = weft_cast.user("customer", anchors=[party])
    with records_as("desk.boss", write=True) as records:
        other = records.create("desk.case", {"name": "Shown"})["id"]
        records.link("desk.sees", case, party)
        records.unlink("desk.sees", case, party)
        records.link("desk.sees", other, party)
    with records_as(visitor) as records:
        assert {node.id for node in traverse(records, party).nodes} == {party, other}


def test_an_ended_link_is_no_way(records_as, make_record, weft_runtime):
    from datetime import timedelta

    a, b = (make_record("desk.party", name=name)["id"] for name in "ab")
    now = weft_runtime.clock()
    with records_as("desk.boss", write=True) as records:
        records.link("core.linked", a, b, valid_from=now - timedelta(days=9), valid_to=now - timedelta(days=1))
        assert shortest_path(records, a, b) == []
