"""What people find, on both databases: parts of Chinese names, codes, phones, pinyin, comments; and never more than
they may read.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from weft.core.collaboration import comments
from weft.core.ops.doctor import doctor
from weft.core.outbox import queue
from weft.core.search import indexing, pending
from weft.core.search.service import search
from weft.core.search.tables import search_pending

pytestmark = pytest.mark.both_databases

NAME = "北方智造水务股份有限公司"


def test_any_part_of_a_chinese_name_finds_the_company(make_record, feed, found):
    make_record("house.company", name=NAME)
    make_record("house.company", name="南山食品")
    feed()
    parts = {NAME[start:end] for start in range(len(NAME)) for end in range(start + 1, len(NAME) + 1)}
    for part in parts:
        assert found("house.boss", part)["house.company"].count(NAME) == 1, part
    assert found("house.boss", "智造食品") == {}


@pytest.mark.parametrize(
    "words",
    [
        "LD-3",
        "ld-3",
        "LD3",
        "ＬＤ－３",
        "漏损",
        "漏损 LD",
        "haver",
        "Haverdijk pump",
        "muller",
        "Müller",
        "leak",
    ],
)
def test_words_codes_and_beginnings(words, make_record, feed, found):
    case = make_record("house.case", name="LD-3 漏损监测 for Haverdijk pump", note="Herr Müller 报告")
    make_record("house.case", name="LD-4 Schaltung", kind="noise")
    feed()
    assert found("house.boss", words) == {"house.case": [case.title]}


def test_a_number_finds_its_record(make_record, feed, found):
    cases = [make_record("house.case", name=f"Case {place}") for place in range(3)]
    feed()
    for case in cases:
        assert found("house.boss", case["number"]) == {"house.case": [case.title]}
    assert len(found("house.boss", cases[0]["number"][:4])["house.case"]) == 3


def test_numbers_of_telephones_are_found_by_their_ending(make_record, feed, found):
    make_record("house.company", name="Ringer", phone="+8613812345678")
    feed()
    for words in ("138 1234 5678", "13812345678", "+86 138-1234-5678", "5678", "12345678"):
        assert found("house.boss", words) == {"house.company": ["Ringer"]}, words


def test_pinyin_finds_people_and_companies_and_nothing_else(make_record, feed, found):
    make_record("house.person", name="林疏桐")
    make_record("house.person", name="单雄信")
    make_record("house.company", name="东海水务")
    make_record("house.case", name="林疏桐")
    feed()
    for words in ("lst", "linshutong", "LinShu", "shutong"):
        assert found("house.boss", words) == {"house.person": ["林疏桐"]}, words
    assert found("house.boss", "shanxiongxin") == {"house.person": ["单雄信"]}
    assert found("house.boss", "dhsw") == {"house.company": ["东海水务"]}


def test_matches_in_the_title_come_first_and_others_say_where(make_record, feed, records_as):
    make_record("house.case", name="Pump", note="The valve of Tilburg leaks since Monday")
    make_record("house.case", name="Tilburg")
    feed()
    with records_as("house.boss") as records:
        (group,) = search(records, "tilburg")
    assert [row.title for row in group.rows] == ["Tilburg", "Pump"]
    assert (group.count, group.more) == (2, False)
    (snippet,) = group.snippets.values()
    assert snippet.name == "note" and "valve of Tilburg leaks" in snippet.text


def test_what_changes_is_found_anew(make_record, feed, found, records_as):
    case = make_record("house.case", name="Old words")
    feed()
    with records_as("house.boss", write=True) as records:
        records.update("house.case", case.id, {"name": "New words"}, version=None)
    feed()
    assert found("house.boss", "old") == {}
    assert found("house.boss", "new") == {"house.case": ["New words"]}
    with records_as("house.boss", write=True) as records:
        records.delete("house.case", case.id)
    assert found("house.boss", "new") == {}  # at once, though the index does not know yet
    feed()
    with records_as("house.boss", write=True) as records:
        records.restore("house.case", case.id)
    feed()
    assert found("house.boss", "new") == {"house.case": ["New words"]}


def test_sensitive_and_other_fields_are_not_in_the_index(make_record, feed, found):
    make_record("house.company", name="Acme", secret="swordfish", plain="halibut")
    feed()
    assert found("house.boss", "swordfish") == {} and found("house.boss", "halibut") == {}


# ---- rights


def test_only_readable_records_are_found_counted_and_quoted(make_record, feed, found, records_as, weft_cast):
    clerk = weft_cast.user_of("house.clerk")
    mine = make_record("house.case", name="Mine zebra", owner=clerk)
    other = make_record("house.case", name="Hidden zebra", note="zebra zebra")
    feed()
    with records_as("house.clerk") as records:
        (group,) = search(records, "zebra")
        assert ([row.title for row in group.rows], group.count, group.snippets) == (["Mine zebra"], 1, {})
        assert [row.id for row in records.query("house.case", search="zebra", count="exact").rows] == [mine.id]
        assert search(records, "hidden") == []
    with records_as("system", write=True) as records:  # the owner changes; nothing is indexed in between
        records.assign("house.case", mine.id, owner=None)
        records.assign("house.case", other.id, owner=clerk)
    assert found("house.clerk", "zebra") == {"house.case": ["Hidden zebra"]}


def test_words_of_an_unreadable_field_find_nothing(make_record, feed, found, records_as):
    make_record("house.case", name="Front", inner="backstage rumour")
    feed()
    assert found("house.boss", "backstage") == {"house.case": ["Front"]}
    assert found("house.narrow", "backstage") == {}
    assert found("house.narrow", "front backstage") == {}
    assert found("house.narrow", "front") == {"house.case": ["Front"]}
    with records_as("house.narrow") as records:
        assert records.query("house.case", search="backstage").rows == []


def test_outsiders_find_by_shared_comments_and_granted_fields_only(make_record, feed, records_as, weft_cast, link):
    company = make_record("house.company", name="Visitor")
    case = make_record("house.case", name="Order", inner="margin")
    hidden = make_record("house.case", name="Order of others")
    link("house.sees", case, company)
    visitor = weft_cast.user("customer", anchors=[company.id])
    with records_as("house.boss", write=True) as records:
        comments.add(records, case.id, "internal gossip")
        comments.add(records, case.id, "shared promise", audience="shared")
        comments.add(records, hidden.id, "shared promise", audience="shared")
    feed()
    with records_as(visitor) as records:
        assert [[row.id for row in one.rows] for one in search(records, "order")] == [[case.id]]
        for words in ("gossip", "margin", "C-0", "leak"):
            assert search(records, words) == [], words
        (group,) = search(records, "promise")
        assert ([row.id for row in group.rows], group.count) == ([case.id], 1)
        assert group.snippets[case.id].text == "shared promise"
    with records_as("house.boss") as records:
        assert search(records, "gossip")[0].count == 1


def test_a_comment_that_was_changed_or_removed_is_not_found_any_more(make_record, feed, found, records_as):
    case = make_record("house.case", name="Talk")
    with records_as("house.boss", write=True) as records:
        said = comments.add(records, case.id, "first thought")
    feed()
    assert found("house.boss", "thought") == {"house.case": ["Talk"]}
    with records_as("house.boss", write=True) as records:
        comments.edit(records, said.id, "second idea")
    feed()
    assert (found("house.boss", "thought"), found("house.boss", "idea")) == ({}, {"house.case": ["Talk"]})
    with records_as("house.boss", write=True) as records:
        comments.remove(records, said.id)
    feed()
    assert found("house.boss", "idea") == {}


def test_few_visible_among_very_many_matches_are_found(make_record, weft_runtime, records_as, weft_cast, monkeypatch):
    from weft.core.search import service

    monkeypatch.setattr(service, "MOST", 10)
    monkeypatch.setattr(service, "_PAGE", 5)
    clerk = weft_cast.user_of("house.clerk")
    with records_as("system", write=True) as records:
        records.load("house.case", [{"name": f"Zebra {number}"} for number in range(30)])
    mine = make_record("house.case", name="Zebra with a very long title that stands last", owner=clerk)
    with records_as("system", write=True) as records:
        records.load("house.case", [{"name": f"Zebra {number}"} for number in range(30, 60)])
    indexing.rebuild(weft_runtime)
    with records_as("house.clerk") as records:
        (group,) = search(records, "zebra")
        assert ([row.id for row in group.rows], group.count, group.more) == ([mine.id], 1, False)
        assert [row.id for row in records.query("house.case", search="zebra").rows] == [mine.id]
    with records_as("house.boss") as records:
        (group,) = search(records, "zebra")
        assert group.more and group.count == 10


def test_where_a_frequent_word_stands_is_counted_by_kind_in_one_look(
    make_record, weft_runtime, records_as, monkeypatch
):
    from weft.core.search import postgres_backend, service
    from weft.core.search.tokens import wanted

    with records_as("system", write=True) as records:
        records.load("house.case", [{"name": f"Zebra {number}"} for number in range(30)])
    make_record("house.company", name="Zebra Works")
    make_record("house.company", name="Lion Works")
    indexing.rebuild(weft_runtime)
    backend, kinds = service.backend_of(weft_runtime), ["house.case", "house.company"]
    if weft_runtime.db.dialect == "sqlite":  # Whoosh has no such look: every kind is asked
        assert backend.kinds(wanted("zebra"), kinds) is None
        return
    assert backend.kinds(wanted("zebra"), kinds) == {"house.case": 30, "house.company": 1}
    assert backend.kinds(wanted("lion"), kinds) == {"house.company": 1}
    monkeypatch.setattr(postgres_backend, "_COUNTED", 20)
    assert backend.kinds(wanted("zebra"), kinds) is None
    with records_as("house.boss") as records:
        assert {one.entity.key: one.count for one in search(records, "zebra")} == {"house.case": 30, "house.company": 1}


def test_the_number_of_statements_does_not_grow_with_the_hits(make_record, feed, records_as, query_count):
    def statements(who):
        with records_as(who) as records, query_count() as counted:
            search(records, "paper")
        return counted.number

    make_record("house.case", name="Paper 0", note="paper")
    feed()
    statements("house.boss")  # the first one of a process looks whose index it is
    few = {who: statements(who) for who in ("house.boss", "house.narrow")}
    with records_as("system", write=True) as records:
        records.load("house.case", [{"name": f"Paper {number}", "note": "x"} for number in range(1, 60)])
    feed()
    assert {who: statements(who) for who in few} == few
    assert max(few.values()) <= 8


# ---- lists


def test_pages_of_a_searched_list_go_on_while_the_index_changes(make_record, feed, records_as):
    for number in range(5):
        make_record("house.case", name=f"Paper {number}")
    feed()
    with records_as("house.boss") as records:
        first = records.query("house.case", search="paper", sort="title", limit=3)
    make_record("house.case", name="Paper 9")
    feed()
    with records_as("house.boss") as records:
        second = records.query("house.case", search="paper", sort="title", limit=3, cursor=first.next)
    assert [row.title for row in [*first.rows, *second.rows]] == [f"Paper {number}" for number in (0, 1, 2, 3, 4, 9)]


def test_without_an_index_lists_look_in_titles(make_record, records_as, found):
    make_record("house.case", name="Found in the title")
    with records_as("house.boss") as records:
        assert [row.title for row in records.query("house.case", search="in the").rows] == ["Found in the title"]
        assert search(records, "title") is None


# ---- the indexer


def test_a_record_that_changes_while_it_is_indexed_stays_on_the_list(make_record, feed, weft_runtime, monkeypatch):
    from weft.core.search.service import backend_of

    case = make_record("house.case", name="Racing")
    feed()
    with weft_runtime.db.write() as connection:
        pending.mark(connection, [case.id], now=weft_runtime.clock())
    with weft_runtime.db.read() as connection:
        marks = pending.waiting(connection, 10)
    with weft_runtime.db.write() as connection:
        pending.mark(connection, [case.id], now=weft_runtime.clock())
        pending.settle(connection, marks)
        assert connection.execute(select(search_pending.c.record_id)).scalars().all() == [case.id]
    assert indexing.feed(weft_runtime) == 1
    assert backend_of(weft_runtime).count() == 1


def test_while_one_indexes_the_other_goes_away(make_record, feed, weft_runtime):
    from weft.core.search.service import backend_of

    make_record("house.case", name="One")
    feed()
    make_record("house.case", name="Two")
    with backend_of(weft_runtime).exclusive() as mine:
        assert mine
        assert feed() == 0
    assert feed() == 1


def test_indexing_again_changes_nothing_and_a_rebuild_equals_it(make_record, feed, weft_runtime, found):
    from weft.core.search.service import backend_of
    from weft.core.search.tokens import wanted

    cases = [make_record("house.case", name=f"Word{number} 漏损 {number}") for number in range(7)]
    feed()
    backend = backend_of(weft_runtime)

    def contents():
        return [backend.search(wanted(words)) for words in ("漏损", "word3", "word", "C-", "leak")]

    before = contents()
    assert len(before[0]) == 7
    with weft_runtime.db.write() as connection:
        pending.mark(connection, [case.id for case in cases], now=weft_runtime.clock())
    assert indexing.feed(weft_runtime) == 7
    assert contents() == before
    assert indexing.rebuild(weft_runtime) == 7
    assert contents() == before
    assert backend.count() == 7 and indexing.differences(weft_runtime) is None


def test_the_check_of_every_night_sees_a_record_that_is_missing(make_record, feed, weft_runtime, found):
    from weft.core.search.service import backend_of

    case = make_record("house.case", name="Lost")
    feed()
    backend = backend_of(weft_runtime)
    with backend.exclusive():
        backend.delete([case.id])
    assert indexing.differences(weft_runtime) == (0, 1)
    assert [one.kind for one in doctor(weft_runtime)] == ["search_index"]
    indexing.compare_job(type("Context", (), {"runtime": weft_runtime}), {})
    assert found("house.boss", "lost") == {"house.case": ["Lost"]}
    assert doctor(weft_runtime) == []


def test_the_job_runs_a_second_after_a_change(weft_runtime, moved_clock, make_record, found):
    from weft.core.outbox.worker import Worker

    worker = Worker(weft_runtime)
    make_record("house.case", name="First")
    worker.run_due()
    assert found("house.boss", "first") is None
    moved_clock.move(seconds=2)
    worker.run_due()
    assert found("house.boss", "first") == {"house.case": ["First"]}
    for number in range(3):  # finished runs do not fill the list of jobs
        make_record("house.case", name=f"Next {number}")
        worker.run_due()
        moved_clock.move(seconds=2)
        worker.run_due()
    with weft_runtime.db.read() as connection:
        assert [row.topic for row in queue.list_jobs(connection)].count(pending.FEED_JOB) == 1
