"""Comments: internal and shared, who may write and see them, mentions, and how long they can be changed."""

from __future__ import annotations

import pytest

from weft.core.collaboration import comments, followers, notices
from weft.core.errors import Denied, NotFound, ValidationFailed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def shown(make_record, link, weft_cast):
    """A case that one visitor may see, and the visitor."""
    party = make_record("desk.party", name="Mills")["id"]
    case = make_record("desk.case", name="Pump", owner=weft_cast.user_of("desk.clerk"))["id"]
    link("desk.sees", case, party)
    return case, weft_cast.user("customer", name="Lieke", anchors=[party])


def test_a_comment_is_internal_unless_it_is_shared(records_as, shown):
    case, visitor = shown
    with records_as("desk.clerk", write=True) as records:
        inside = comments.add(records, case, "between us")
        outside = comments.add(records, case, "for you", audience="shared")
    assert (inside.audience, outside.audience) == ("internal", "shared")
    with records_as(visitor) as records:
        assert [one.text for one in comments.comments(records, case)] == ["for you"]
    with records_as("desk.boss") as records:
        assert [one.text for one in comments.comments(records, case)] == ["for you", "between us"]


def test_outsiders_write_shared_comments_only(records_as, shown):
    case, visitor = shown
    with records_as(visitor, write=True) as records:
        assert comments.add(records, case, "hello").audience == "shared"
        with pytest.raises(Denied):
            comments.add(records, case, "psst", audience="internal")
        with pytest.raises(ValidationFailed):
            comments.add(records, case, "  \x00 ")


def test_commenting_needs_the_record_and_the_right(records_as, shown, weft_cast, state_of):
    case, _visitor = shown
    for who, error in (("desk.reader", Denied), ("employee", NotFound), ("supplier", NotFound)):
        with records_as(who, write=True) as records, pytest.raises(error):
            comments.add(records, case, "x")
    looking = weft_cast.principal("desk.boss").with_changes(read_only=True)
    with records_as(looking, write=True) as records, pytest.raises(Denied):
        comments.add(records, case, "x")
    with records_as("desk.boss") as records:
        assert comments.comments(records, case) == []


def test_only_the_author_changes_a_comment_and_only_for_15_minutes(records_as, shown, moved_clock):
    case, _visitor = shown
    with records_as("desk.clerk", write=True) as records:
        made = comments.add(records, case, "frist")
        assert made.editable
        assert comments.edit(records, made.id, "first").text == "first"
    with records_as("desk.boss", write=True) as records, pytest.raises(Denied):
        comments.edit(records, made.id, "x")
    with records_as("customer", write=True) as records, pytest.raises(NotFound):
        comments.edit(records, made.id, "x")
    moved_clock.move(minutes=16)
    with records_as("desk.clerk", write=True) as records:
        with pytest.raises(Denied):
            comments.edit(records, made.id, "x")
        with pytest.raises(Denied):
            comments.remove(records, made.id)
        assert comments.comments(records, case)[0].text == "first"


def test_a_mention_reaches_the_inbox_of_who_may_read_it(records_as, shown, weft_cast):
    case, visitor = shown
    boss, stranger = weft_cast.user_of("desk.boss"), weft_cast.user("employee")
    with records_as("desk.clerk", write=True) as records:
        comments.add(records, case, f"@[Boss](user:{boss}) please look")
        with pytest.raises(ValidationFailed):
            comments.add(records, case, "look", mentions=[stranger])
        with pytest.raises(ValidationFailed):
            comments.add(records, case, "internal", mentions=[visitor])
        comments.add(records, case, "shared", audience="shared", mentions=[visitor])
    with records_as("desk.boss", write=True) as records:
        [notice] = notices.inbox(records)
        assert (notice.kind, notice.record.id) == ("mention", case) and "mentioned you at Pump" in notice.text
        assert notices.unread_count(records) == 1
        notices.mark_read(records, [notice.id])
        assert notices.unread_count(records) == 0 and len(notices.inbox(records)) == 1
        notices.done(records, [notice.id])
        assert notices.inbox(records) == [] and len(notices.inbox(records, state="done")) == 1
    with records_as(visitor) as records:
        assert [one.text for one in notices.inbox(records)] == ["desk.clerk 1 mentioned you at Pump"]
    with records_as(stranger, write=True) as records:
        assert notices.inbox(records) == [] and notices.done(records, [notice.id], back=True) == 0


def test_a_notice_disappears_when_its_record_may_no_longer_be_read(records_as, shown):
    case, visitor = shown
    with records_as("desk.clerk", write=True) as records:
        comments.add(records, case, "hello", audience="shared", mentions=[visitor])
    with records_as("desk.boss", write=True) as records:
        [group] = records.neighbours(case, relation="desk.sees")
        records.unlink("desk.sees", case, group.items[0].record.id)
    with records_as(visitor) as records:
        assert notices.inbox(records) == []


def test_snoozed_notices_come_back(records_as, shown, weft_cast, moved_clock):
    from datetime import timedelta

    case, _visitor = shown
    boss = weft_cast.user_of("desk.boss")
    with records_as("desk.clerk", write=True) as records:
        comments.add(records, case, "x", mentions=[boss])
    with records_as("desk.boss", write=True) as records:
        [notice] = notices.inbox(records)
        notices.snooze(records, [notice.id], records.now + timedelta(days=1))
        assert notices.inbox(records) == [] and len(notices.inbox(records, state="snoozed")) == 1
    moved_clock.move(days=1)
    with records_as("desk.boss") as records:
        assert [one.id for one in notices.inbox(records)] == [notice.id]


def test_followers_and_new_owners_hear_of_events_while_they_may_read(records_as, shown, weft_cast, weft_runtime):
    from weft.core.outbox.delivery import JobContext

    case, visitor = shown
    with records_as("desk.boss", write=True) as records:
        followers.follow(records, case)
        followers.follow(records, case)
        assert [person.id for person in followers.followers(records, case)] == [records.principal.user_id]
    with records_as(visitor, write=True) as records:
        followers.follow(records, case)
    clerk = weft_cast.user_of("desk.clerk")
    context = JobContext(weft_runtime, "test", 1)
    commented = {"record": case, "type": "desk.case", "user": clerk, "comment": 1, "audience": "internal"}
    for event in (
        {**commented, "event": "desk.case.commented"},
        {"record": case, "type": "desk.case", "user": clerk, "changes": {}, "event": "desk.case.updated"},
        {"record": case, "user": None, "changes": {"owner": [None, clerk]}, "event": "desk.case.assigned"},
    ):
        notices.on_event(context, event)
    with records_as("desk.boss") as records:
        assert [one.kind for one in notices.inbox(records)] == ["changed", "comment"]
    with records_as(visitor) as records:
        assert [one.kind for one in notices.inbox(records)] == ["changed"]  # the comment was internal
    with records_as("desk.clerk") as records:
        assert [one.text for one in notices.inbox(records)] == ["Weft gave you Pump"]


def test_a_mention_goes_out_by_mail_unless_declined(records_as, shown, weft_cast, weft_runtime):
    from sqlalchemy import select

    from weft.core.db.tables import outbox
    from weft.core.identity import preferences

    case, _visitor = shown
    weft_runtime.services["mailer"] = object()
    told = weft_cast.user("desk.boss", email="told@test.example", locale="zh")
    quiet = weft_cast.user("desk.boss", email="quiet@test.example")
    with weft_runtime.db.write() as connection:
        preferences.put(connection, quiet, notices.MAIL_PREFERENCE, True)
    with records_as("desk.clerk", write=True) as records:
        comments.add(records, case, "x", mentions=[told, quiet])
    with weft_runtime.db.read() as connection:
        mails = connection.scalars(select(outbox.c.payload).where(outbox.c.topic == "core.mail.send")).all()
    assert [(mail["to"], mail["subject"]) for mail in mails] == [("told@test.example", "desk.clerk 1在Pump中提到了您")]
    assert f"/r/{case}" in mails[0]["text"]
