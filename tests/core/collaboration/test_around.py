"""Tags, favourites, recent records, saved views, home layouts and the timeline."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from weft.core.collaboration import comments, favourites, homes, tags, views
from weft.core.collaboration.timeline import timeline
from weft.core.errors import Denied, NotFound, QueryError, TooLarge, ValidationFailed
from weft.core.files import files

pytestmark = pytest.mark.both_databases


@pytest.fixture
def case(make_record, weft_cast):
    return make_record("desk.case", name="Pump", owner=weft_cast.user_of("desk.clerk"))["id"]


def test_tags_are_shared_words_whatever_their_case(records_as, case, make_record):
    other = make_record("desk.case", name="Valve")["id"]
    with records_as("desk.boss", write=True) as records:
        urgent = tags.add(records, case, " Urgent ", tone="red")
        assert tags.add_many(records, [case, other], "URGENT").id == urgent.id
        assert {i: [one.label for one in some] for i, some in tags.tags_of(records, [case, other]).items()} == {
            case: ["Urgent"], other: ["Urgent"],
        }  # fmt: skip
        assert tags.tagged(records, "urgent") == [other, case]
        for label, tone in (("", "red"), ("x" * 61, "red"), ("x", "pink")):
            with pytest.raises(ValidationFailed):
                tags.add(records, case, label, tone=tone)
    with records_as("desk.clerk", write=True) as records, pytest.raises(NotFound):
        tags.add_many(records, [case, other], "mine")
    with records_as("desk.reader", write=True) as records, pytest.raises(Denied):
        tags.remove(records, case, urgent.id)
    with records_as("desk.boss", write=True) as records:
        tags.remove(records, case, urgent.id)
        tags.remove(records, other, urgent.id)
        assert tags.tags(records) == []


def test_favourites_keep_their_order_and_recent_the_last_ten(records_as, make_record, moved_clock):
    parties = [make_record("desk.party", name=f"Party {n:02}")["id"] for n in range(14)]
    with records_as("desk.reader", write=True) as records:
        for party in parties[:3]:
            favourites.add(records, party)
        favourites.reorder(records, [parties[2], parties[0], parties[1]])
        favourites.remove(records, parties[0])
        assert [ref.id for ref in favourites.favourites(records)] == [parties[2], parties[1]]
        assert favourites.is_favourite(records, parties[1]) and not favourites.is_favourite(records, parties[0])
    for party in [*parties, parties[0]]:
        moved_clock.move(seconds=1)
        with records_as("desk.reader", write=True) as records:
            favourites.opened(records, party)
    with records_as("desk.reader") as records:
        assert [ref.id for ref in favourites.recent(records)] == [parties[0], *reversed(parties[5:])]
    with records_as("employee", write=True) as records:
        assert favourites.recent(records) == []
        with pytest.raises(NotFound):
            favourites.add(records, parties[0])


def test_saved_views_are_ones_own_until_they_are_shared(records_as, weft_cast):
    state = {"filters": [["status", "new"]], "sort": "-due", "layout": "board"}
    with records_as("desk.clerk", write=True) as records:
        mine = views.save(records, "desk.case", " New ones ", state)
        shared = views.save(records, "desk.case", "For all", state, shared=True)
        assert (mine.name, mine.state, mine.own) == ("New ones", state, True)
        with pytest.raises(TooLarge):
            views.save(records, "desk.case", "x", {"filters": ["y" * 20_000]})
    with records_as("desk.boss", write=True) as records:
        assert [(one.name, one.own) for one in views.saved_views(records, "desk.case")] == [("For all", False)]
        with pytest.raises(Denied):
            views.remove(records, shared.id)
        with pytest.raises(Denied):
            views.save(records, "desk.case", "x", {}, view_id=shared.id)
        with pytest.raises(NotFound):
            views.remove(records, mine.id)
    with records_as("customer", write=True) as records:
        assert views.saved_views(records, "desk.case") == []
    with records_as("employee", write=True) as records:
        assert views.saved_views(records, "desk.case") == []
        with pytest.raises(NotFound):
            views.save(records, "desk.case", "x", {})


def test_a_home_is_ones_own_over_the_default_of_a_role(records_as):
    with records_as("core.admin", write=True) as records:
        homes.save_default(records, "employee", "desk.boss", {"tiles": ["a"]})
        with pytest.raises(ValidationFailed):
            homes.save_default(records, "employee", "desk.nobody", {})
    with records_as("desk.boss", write=True) as records:
        assert homes.layout(records, "employee") == (None, {"desk.boss": {"tiles": ["a"]}})
        homes.save(records, "employee", {"tiles": ["b"]})
        assert homes.layout(records, "employee")[0] == {"tiles": ["b"]}
        homes.save(records, "employee", None)
        assert homes.layout(records, "employee")[0] is None
        with pytest.raises(Denied):
            homes.save_default(records, "employee", "desk.boss", {})


def test_the_timeline_merges_everything_and_pages_without_gaps(records_as, case, moved_clock):
    for number in range(4):
        moved_clock.move(minutes=1)
        with records_as("desk.boss", write=True) as records:
            comments.add(records, case, f"comment {number}")
            records.update("desk.case", case, {"hours": number + 1}, version=None)
            files.attach(records, case, io.BytesIO(b"text %d" % number), f"{number}.txt")
            records.create("desk.note", {"text": f"note {number}", "at": records.now.isoformat(), "about": case})
    with records_as("desk.boss") as records:
        whole = timeline(records, case, limit=100)
        assert len(whole.entries) == 17 and whole.next is None
        pages, cursor = [], None
        while True:
            page = timeline(records, case, limit=3, before=cursor)
            pages += page.entries
            cursor = page.next
            if cursor is None:
                break
        assert [(one.kind, one.id) for one in pages] == [(one.kind, one.id) for one in whole.entries]
        assert whole.entries[0].at - whole.entries[-1].at >= timedelta(minutes=3)
        only = timeline(records, case, kinds=["activities"])
        assert [one.item["text"] for one in only.entries] == ["note 3", "note 2", "note 1", "note 0"]
        for wrong in ({"kinds": ["secrets"]}, {"before": "yesterday"}):
            with pytest.raises(QueryError):
                timeline(records, case, **wrong)
    with records_as("desk.clerk") as records:
        assert {one.kind for one in timeline(records, case).entries} == {"changes", "comments", "files"}
    with records_as("customer") as records, pytest.raises(NotFound):
        timeline(records, case)


def test_steps_of_the_records_around_are_told_to_who_may_read_them(records_as, make_record, moved_clock):
    """A line is told on its case and on the case's party; a note about a line is told where the line is."""
    party = make_record("desk.party", name="Haverdijk")["id"]
    case = make_record("desk.case", name="Pump", party=party)["id"]
    for text in ("told", "kept back", "told too"):
        moved_clock.move(minutes=1)
        with records_as("desk.boss", write=True) as records:
            line = records.create("desk.line", {"text": text, "case": case})
    with records_as("desk.boss", write=True) as records:
        note = records.create("desk.note", {"text": "about it", "about": line["id"]})

    def told(who, record, **wishes):
        with records_as(who) as records:
            found = timeline(records, record, kinds=["steps"], **wishes)
            return [one.item.text for one in found.entries], found.next

    texts = told("desk.boss", party)[0]
    assert len(texts) == 3, texts
    assert told("desk.boss", case)[0] == texts and len(told("desk.boss", line["id"])[0]) == 1
    first, cursor = told("desk.boss", party, limit=2)
    assert first + told("desk.boss", party, limit=2, before=cursor)[0] == texts
    assert told("desk.reader", party)[0] == []
    with records_as("desk.boss", write=True) as records:
        records.delete("desk.note", note["id"])
        records.delete("desk.line", line["id"])
    assert len(told("desk.boss", party)[0]) == 1
