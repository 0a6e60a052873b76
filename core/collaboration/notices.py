"""What a person should know: mentions, assignments, comments on and changes of followed records.

A notice is written only for somebody who may read the record then, and shown only while they still may; when what it
tells of is undone it says so, and names no record that went away with it. The inbox holds open notices; done ones leave
it, snoozed ones come back. Some also stand once at the head of the next home page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, insert, or_, select, update

from weft.core.access import decide
from weft.core.collaboration import places
from weft.core.collaboration.sentences import sentence
from weft.core.collaboration.tables import follower, notice
from weft.core.db.tables import change_set
from weft.core.i18n import in_script, translator, use_locale
from weft.core.identity import principals, rulebook
from weft.core.identity.people import Person, people
from weft.core.identity.tables import app_user, user_preference
from weft.core.mail.mailer import SEND_JOB
from weft.core.mail.message import Message
from weft.core.outbox.publishing import enqueue
from weft.core.records.confirming import EVENT as CHANGE_ASKED
from weft.core.records.confirming import confirmers
from weft.core.records.facade import Records
from weft.core.records.values import RefValue

if TYPE_CHECKING:
    from weft.core.outbox.delivery import JobContext

__all__ = [
    "Notice", "arrivals", "arrivals_shown", "count_open", "done", "inbox", "mark_read", "note", "on_event",
    "readers", "settle", "snooze", "unread_count",
]  # fmt: skip

_ = translator("core")

#: Kinds that are sent by mail too.
MAILED = frozenset({"mention", "assigned", "change_confirmed", "change_refused", CHANGE_ASKED})
#: Preference by which a person declines such mails; any value declines.
MAIL_PREFERENCE = "notices.no_mail"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as shown.

    Attributes:
        kind: ``mention``, ``comment``, ``assigned``, ``changed`` or a plugin's own.
        text: one sentence in the viewer's language.
        person: who did it, None for the platform.
        record: what it is about, None for notices without a record.
        read: it was seen.
        taken_back: what it tells of was undone since.
    """

    id: int
    kind: str
    text: str
    person: Person | None
    record: RefValue | None
    data: Mapping[str, Any]
    created_at: datetime
    read: bool
    snoozed_until: datetime | None
    taken_back: bool = False


# ---- writing


def note(
    records: Records,
    users: Iterable[int],
    kind: str,
    record_id: int | None,
    data: Mapping[str, Any] | None = None,
    *,
    at_sign_in: bool = False,
    renew: bool = False,
) -> None:
    """Put a notice into inboxes; the caller has made sure that these users may read the record.

    The notice belongs to the unit's change set: once that is undone, it reads "taken back".

    Args:
        records: the unit of work; its person is who did it.
        users: who is told; the person who acts is left out.
        kind: key of the sentence, see :func:`~weft.core.collaboration.sentences.register_kind`.
        record_id: what it is about.
        data: values for the sentence; ``entity`` and ``query`` lead to a list where there is no single record.
        at_sign_in: also shown in a band of the next home page, once, and sent by mail.
        renew: who has such a notice about the record unread gets no second one: theirs is brought up to date, unmailed.
    """
    me = records.state.notes.get("actor", records.principal.user_id)
    rows = [
        {"user_id": user, "kind": kind, "record_id": record_id, "actor_id": me, "data": dict(data or {}),
         "created_at": records.now, "change_set": records.change_set_id, "at_sign_in": at_sign_in}
        for user in dict.fromkeys(users) if user != me
    ]  # fmt: skip
    if rows and renew:
        n, told = notice.c, {row["user_id"] for row in rows}
        same = and_(
            n.user_id.in_(told), n.kind == kind, n.record_id == record_id, n.done_at.is_(None), n.read_at.is_(None)
        )
        there = set(records.connection.scalars(select(n.user_id).where(same)))
        records.connection.execute(update(notice).where(same).values(created_at=records.now, actor_id=me))
        rows = [row for row in rows if row["user_id"] not in there]
    if rows:
        records.connection.execute(insert(notice), rows)
        _mail(records, rows)


def readers(records: Records, record_id: int, users: Iterable[int], *, internal_only: bool = False) -> frozenset[int]:
    """Those of some active users who may read a record now.

    Args:
        records: any unit of work.
        record_id: the record.
        users: user ids.
        internal_only: people of the company only (internal comments).
    """
    wanted = sorted(set(users))
    entity = decide.entity_of(records, record_id)
    if not wanted or entity is None:
        return frozenset()
    rows = records.connection.execute(
        select(app_user.c.id, app_user.c.audience, app_user.c.version).where(
            app_user.c.id.in_(wanted), app_user.c.active
        )
    ).all()
    found: set[int] = set()
    rules = rulebook.version(records.connection)
    for row in rows:
        if internal_only and row.audience != "employee":
            continue
        principal = principals.load(
            records.connection, records.runtime, row.id, row.audience, version=row.version, rules=rules
        )
        if decide.decide(Records(principal, records.state), entity, "read", record_id).readable:
            found.add(row.id)
    return frozenset(found)


def on_event(context: JobContext, event: Mapping[str, Any]) -> None:
    """Receiver of all events: tells new owners and followers, each only while they may read the record."""
    record_id, word = event.get("record"), str(event["event"]).rpartition(".")[2]
    if record_id is None or word in ("created", "deleted", "restored", "linked", "unlinked", "relinked"):
        return
    with context.records() as records:
        actor = event.get("user")
        if word == CHANGE_ASKED:
            _asked(records, event, record_id)
            return
        if word == "assigned":
            _assigned(records, event, record_id)
            return
        statement = select(follower.c.user_id).where(follower.c.record_id == record_id).limit(500)
        following = set(records.connection.scalars(statement)) - {actor}
        if not following:
            return
        if word == "commented":
            following -= set(event.get("mentions") or ())
            hidden = event.get("audience") == "internal"
            told = readers(records, record_id, following, internal_only=hidden)
            _tell(records, told, "comment", record_id, actor, {"comment": event.get("comment")})
            return
        told = readers(records, record_id, following)
        _tell(records, told, "changed", record_id, actor, {"change_set": event.get("change_set")})


def _asked(records: Records, event: Mapping[str, Any], record_id: int) -> None:
    """Tell those who confirm it that somebody wants a value changed."""
    deciding = confirmers(records, record_id, str(event["type"]), str(event["field"])) - {event.get("user")}
    _tell(records, readers(records, record_id, deciding), CHANGE_ASKED, record_id, event.get("user"), {})


def _assigned(records: Records, event: Mapping[str, Any], record_id: int) -> None:
    """Tell the new owner, unless the change itself told them already or only took something back."""
    actor, number = event.get("user"), event.get("change_set")
    owners = {(event.get("changes") or {}).get("owner", [None, None])[1]} - {None, actor}
    if not owners:
        return
    if number is not None:
        told = select(notice.c.user_id).where(notice.c.change_set == number, notice.c.user_id.in_(owners))
        owners -= set(records.connection.scalars(told))
        undoes = select(change_set.c.undoes).where(change_set.c.id == number)
        if records.connection.scalar(undoes) is not None:
            return  # the notice of what is taken back says so; who has it again was not told that it went
    _tell(records, readers(records, record_id, owners), "assigned", record_id, actor, {}, number)


def _tell(
    records: Records, users: Iterable[int], kind: str, record_id: int, actor: int | None, data: Mapping[str, Any],
    number: int | None = None,
) -> None:  # fmt: skip
    """Write notices for an actor who is not the one writing; an open one of the same kind is brought up to date."""
    fresh: list[dict[str, Any]] = []
    for user in users:
        same = and_(
            notice.c.user_id == user, notice.c.kind == kind, notice.c.record_id == record_id,
            notice.c.actor_id == actor, notice.c.done_at.is_(None), notice.c.read_at.is_(None),
        )  # fmt: skip
        values = {"created_at": records.now, "data": dict(data), "change_set": number}
        if not records.connection.execute(update(notice).where(same).values(**values)).rowcount:
            fresh.append({"user_id": user, "kind": kind, "record_id": record_id, "actor_id": actor, **values})
    if fresh:
        records.connection.execute(insert(notice), fresh)
        _mail(records, fresh)


def _mail(records: Records, rows: Sequence[Mapping[str, Any]]) -> None:
    """Send mentions, assignments and what is told at sign-in by mail too, where a mail server is set up and the person
    did not decline.

    The mail says what happened and gives the link; what the record holds is read after signing in.
    """
    wanted = [row for row in rows if row["kind"] in MAILED or row.get("at_sign_in")]
    if not wanted or "mailer" not in records.runtime.services:
        return
    u, p = app_user.c, user_preference.c
    declined = select(p.user_id).where(p.key == MAIL_PREFERENCE, p.user_id == u.id)
    receivers = records.connection.execute(
        select(u.id, u.email, u.locale).where(
            u.id.in_({row["user_id"] for row in wanted}), u.active, ~declined.exists()
        )
    ).all()
    known = {row.id: row for row in receivers}
    actors = people(records.connection, (row["actor_id"] for row in wanted))
    titles = records.system("titles of notices").titles(row["record_id"] for row in wanted if row["record_id"])
    today = records.now.astimezone(records.zone).date()
    for row in wanted:
        receiver, ref = known.get(row["user_id"]), titles.get(row["record_id"])
        if receiver is None or (ref is None and row["record_id"] is not None):
            continue
        with use_locale(receiver.locale):
            subject = sentence(row["kind"], row["data"], actors.get(row["actor_id"]), _name(ref), today)
        link = f"{records.runtime.settings.public_url}/" + (f"r/{ref.id}" if ref else "")
        message = Message(
            receiver.email, subject, f"{subject}\n\n{link}\n", headers={"Auto-Submitted": "auto-generated"}
        )
        enqueue(records.connection, SEND_JOB, message.payload(), now=records.now)


# ---- reading


def _open(records: Records, user: int) -> Any:
    waking = or_(notice.c.snoozed_until.is_(None), notice.c.snoozed_until <= records.now)
    return and_(notice.c.user_id == user, notice.c.done_at.is_(None), waking)


def inbox(records: Records, *, state: str = "open", limit: int = 50, before: int | None = None) -> list[Notice]:
    """Notices of the person who asks, newest first.

    Args:
        records: whose inbox.
        state: ``open``, ``snoozed`` or ``done``.
        limit: at most so many, up to 200.
        before: ``id`` of the last one of the page before.
    """
    user = records.principal.user_id
    if user is None:
        return []
    n = notice.c
    where = {
        "open": _open(records, user),
        "snoozed": and_(n.user_id == user, n.done_at.is_(None), n.snoozed_until > records.now),
        "done": and_(n.user_id == user, n.done_at.is_not(None)),
    }[state]
    statement = _with_undone().where(where).order_by(n.id.desc()).limit(min(max(limit, 1), 200))
    if before is not None:
        statement = statement.where(n.id < before)
    return _shown(records, records.connection.execute(statement).all())


def arrivals(records: Records, *, limit: int = 20) -> list[Notice]:
    """Notices for the head of the next home page: open, not shown there yet, not taken back; newest first."""
    user = records.principal.user_id
    if user is None:
        return []
    where = and_(_open(records, user), notice.c.at_sign_in)
    rows = records.connection.execute(_with_undone().where(where).order_by(notice.c.id.desc()).limit(limit)).all()
    return [one for one in _shown(records, rows) if not one.taken_back] if rows else []


def arrivals_shown(records: Records, ids: Iterable[int]) -> None:
    """Note that these stood on the home page; they stay in the inbox."""
    records.connection.execute(update(notice).where(_mine(records, ids)).values(at_sign_in=False))


def _with_undone() -> Any:
    """Notices with ``undone``: the change set that took back what they tell of, None while it stands."""
    joined = notice.outerjoin(change_set, change_set.c.id == notice.c.change_set)
    return select(notice, change_set.c.undone_by.label("undone")).select_from(joined)


def _shown(records: Records, rows: Sequence[Any]) -> list[Notice]:
    titles = records.titles(row.record_id for row in rows if row.record_id is not None)
    actors = people(records.connection, (row.actor_id for row in rows))
    today = records.now.astimezone(records.zone).date()
    found: list[Notice] = []
    for row in rows:
        taken_back = row.undone is not None
        ref = titles.get(row.record_id) if row.record_id is not None else None
        if ref is not None and ref.restricted:
            ref = None
        if row.record_id is not None and ref is None and not taken_back:
            continue  # it may no longer be read
        person = actors.get(row.actor_id)
        gone = row.record_id is not None and ref is None
        name = str(_("(no longer yours)")) if gone else _name(ref)
        text = sentence(row.kind, row.data, person, name, today)
        if taken_back:
            text = str(_("Taken back: %(notice)s") % {"notice": text})
        found.append(
            Notice(row.id, row.kind, text, person, ref, row.data or {}, row.created_at, row.read_at is not None,
                   row.snoozed_until, taken_back)
        )  # fmt: skip
    return found


def _name(ref: RefValue | None) -> str:
    return in_script(ref.title, ref.alt)[0] if ref is not None else ""


def unread_count(records: Records) -> int:
    """How many open notices the person has not seen, counted up to 100."""
    user = records.principal.user_id
    if user is None:
        return 0
    inner = select(notice.c.id).where(_open(records, user), notice.c.read_at.is_(None)).limit(100).subquery()
    return records.connection.scalar(select(func.count()).select_from(inner)) or 0


def count_open(records: Records) -> int:
    """How many notices are in the inbox, counted up to 1,000."""
    user = records.principal.user_id
    if user is None:
        return 0
    inner = select(notice.c.id).where(_open(records, user)).limit(1000).subquery()
    return records.connection.scalar(select(func.count()).select_from(inner)) or 0


# ---- what the person does with them


def _mine(records: Records, ids: Iterable[int]) -> Any:
    return and_(notice.c.user_id == places.person_of(records), notice.c.id.in_(sorted(set(ids))[:500]))


def mark_read(records: Records, ids: Iterable[int]) -> int:
    """Note that own notices were seen; returns how many were not yet."""
    where = and_(_mine(records, ids), notice.c.read_at.is_(None))
    return records.connection.execute(update(notice).where(where).values(read_at=records.now)).rowcount


def done(records: Records, ids: Iterable[int], *, back: bool = False) -> int:
    """Take own notices out of the inbox, or with ``back`` into it again; returns how many."""
    values: dict[str, Any] = {"done_at": None}
    if not back:
        values = {"done_at": records.now, "read_at": func.coalesce(notice.c.read_at, records.now)}
    return records.connection.execute(update(notice).where(_mine(records, ids)).values(**values)).rowcount


def settle(records: Records, record_id: int) -> int:
    """Take own notices about a record out of the inbox: what they tell of was seen; returns how many."""
    mine = and_(notice.c.user_id == places.person_of(records), notice.c.record_id == record_id)
    values = {"done_at": records.now, "read_at": func.coalesce(notice.c.read_at, records.now), "at_sign_in": False}
    return records.connection.execute(update(notice).where(mine, notice.c.done_at.is_(None)).values(**values)).rowcount


def snooze(records: Records, ids: Iterable[int], until: datetime | None) -> int:
    """Hide own notices until a moment (aware), or None to bring them back now; returns how many."""
    return records.connection.execute(update(notice).where(_mine(records, ids)).values(snoozed_until=until)).rowcount
