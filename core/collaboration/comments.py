"""Comments on records: internal by default, shared when said so; people from outside see and write shared ones only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from weft.core.collaboration import followers, notices, places
from weft.core.collaboration.tables import comment
from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.people import Person, people
from weft.core.outbox.publishing import publish
from weft.core.records.kinds import Refused, converter
from weft.core.search import pending

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["EDIT_TIME", "INTERNAL", "SHARED", "Comment", "add", "comments", "edit", "relay", "remove"]

_ = translator("core")

INTERNAL, SHARED = "internal", "shared"
#: How long an author may change a comment; afterwards a new one corrects it.
EDIT_TIME = timedelta(minutes=15)
MAX_MENTIONS = 20
_MENTION = re.compile(r"@\[[^\]\n]{1,80}\]\(user:(\d{1,15})\)")
_text = converter(Field(Kind.MARKDOWN, "", max_length=20_000))


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the viewer may see it.

    Attributes:
        author: who wrote it; None for somebody without an account, whose name stands in ``by``.
        by: name of the author as the viewer reads it.
        audience: ``internal`` or ``shared``.
        text: Markdown; shown through the sanitiser only. Empty when it was removed.
        editable: the viewer wrote it less than 15 minutes ago.
    """

    id: int
    record_id: int
    author: Person | None
    audience: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    removed: bool
    editable: bool
    by: str = ""


def add(
    records: Records, record_id: int, text: str, *, audience: str | None = None, mentions: Iterable[int] = ()
) -> Comment:
    """Say something about a record.

    Args:
        records: the unit of work; the right ``comment`` is needed.
        record_id: the record.
        text: Markdown; ``@[Name](user:12)`` mentions a user.
        audience: ``internal`` or ``shared``; None is internal for people of the company, shared for others.
        mentions: further users to mention.

    Raises:
        NotFound, Denied: the record may not be read or commented on; outsiders may not write internal comments.
        ValidationFailed: the text is empty or too long, or somebody mentioned may not read the comment.
    """
    entity = places.require(records, record_id, "comment", "comments")
    author = places.person_of(records)
    chosen = _audience(records, audience)
    body = _checked(text)
    named = _mentioned(records, record_id, body, mentions, chosen)
    number = records.connection.execute(
        insert(comment).values(
            record_id=record_id, author_id=author, audience=chosen, text=body, mentions=named or None,
            created_at=records.now,
        ).returning(comment.c.id)
    ).scalar_one()  # fmt: skip
    followers.follow(records, record_id)
    notices.note(records, named, "mention", record_id, {"comment": number})
    payload = {
        "record": record_id, "type": entity.key, "user": author, "comment": number, "audience": chosen,
        "mentions": named,
    }  # fmt: skip
    publish(records.connection, [(f"{entity.key}.commented", payload)], now=records.now)
    return shown(records, [_row(records, number)])[0]


def relay(
    records: Records, record_id: int, text: str, *, author: int | None = None, name: str = "", audience: str = SHARED
) -> Comment:
    """Keep what somebody outside said by another way (a mail, a form) as a comment; for the platform only.

    Args:
        records: ``records.system(...)``: nobody else may speak for others.
        record_id: the record.
        text: what was said, as plain text or Markdown.
        author: the user it came from, None when they have no account.
        name: how somebody without an account calls themselves; without both it is the platform that speaks.
        audience: ``shared``, or ``internal`` for what the platform itself has to say to colleagues.

    Raises:
        Denied: not the platform.
        ValidationFailed: the text is empty or too long.
    """
    if records.principal.kind != "system":
        raise Denied(str(_("Only the platform may write for somebody else.")), rule="comment")
    entity = places.require(records, record_id, "comment", "comments")
    body = _checked(text)
    number = records.connection.execute(
        insert(comment).values(
            record_id=record_id, author_id=author, author_name=name[:200] or None, audience=audience, text=body,
            created_at=records.now,
        ).returning(comment.c.id)
    ).scalar_one()  # fmt: skip
    payload = {"record": record_id, "type": entity.key, "user": author, "comment": number, "audience": audience,
               "mentions": []}  # fmt: skip
    publish(records.connection, [(f"{entity.key}.commented", payload)], now=records.now)
    return shown(records, [_row(records, number)])[0]


def comments(records: Records, record_id: int, *, limit: int = 50, before: int | None = None) -> list[Comment]:
    """Comments of a record, newest first; outsiders get the shared ones.

    Args:
        records: whose rights count.
        record_id: the record.
        limit: at most so many, up to 200.
        before: ``id`` of the last one of the page before.

    Raises:
        NotFound: there is no such record for this principal.
    """
    places.require(records, record_id, "read")
    statement = visible(records).where(comment.c.record_id == record_id)
    if before is not None:
        statement = statement.where(comment.c.id < before)
    statement = statement.order_by(comment.c.id.desc()).limit(min(max(limit, 1), 200))
    return shown(records, records.connection.execute(statement).all())


def visible(records: Records) -> Any:
    """SELECT of the comments that the principal may see on records it may read."""
    statement = select(comment)
    return statement if records.principal.internal else statement.where(comment.c.audience == SHARED)


def edit(records: Records, comment_id: int, text: str) -> Comment:
    """Change one's own comment within :data:`EDIT_TIME`.

    Raises:
        NotFound: there is no such comment for this principal.
        Denied: it is somebody else's, or too old.
        ValidationFailed: the text is empty or too long.
    """
    row = _own(records, comment_id)
    body = _checked(text)
    named = _mentioned(records, row.record_id, body, (), row.audience)
    fresh = [user for user in named if user not in (row.mentions or ())]
    records.connection.execute(
        update(comment).where(comment.c.id == comment_id)
        .values(text=body, mentions=named or None, edited_at=records.now)
    )  # fmt: skip
    notices.note(records, fresh, "mention", row.record_id, {"comment": comment_id})
    pending.mark(records.connection, [row.record_id], now=records.now)
    return shown(records, [_row(records, comment_id)])[0]


def remove(records: Records, comment_id: int) -> None:
    """Take one's own comment back within :data:`EDIT_TIME`; its place stays, its text goes. Errors as in ``edit``."""
    row = _own(records, comment_id)
    records.connection.execute(
        update(comment).where(comment.c.id == comment_id).values(text="", mentions=None, removed_at=records.now)
    )
    pending.mark(records.connection, [row.record_id], now=records.now)


def _audience(records: Records, audience: str | None) -> str:
    internal = records.principal.internal
    chosen = audience or (INTERNAL if internal else SHARED)
    if chosen not in (INTERNAL, SHARED):
        raise ValidationFailed.single("audience", "choice", _("Choose one of the offered values."))
    if chosen == INTERNAL and not internal:
        raise Denied(str(_("Internal comments are for people of the company.")), rule="comment")
    return chosen


def _checked(text: str) -> str:
    try:
        body = _text(text)
    except Refused as refused:
        raise ValidationFailed.single("text", refused.code, refused.message) from refused
    if not body:
        raise ValidationFailed.single("text", "required", _("Write something first."))
    return str(body)


def _mentioned(records: Records, record_id: int, text: str, given: Iterable[int], audience: str) -> list[int]:
    """Users named in a comment; each must be able to read what they are called to.

    The writer is told only that the person cannot read this comment, which they can see from the person's list anyway.
    """
    named = list(dict.fromkeys([*given, *(int(number) for number in _MENTION.findall(text))]))
    if len(named) > MAX_MENTIONS:
        raise ValidationFailed.single("mentions", "too_many", _("Mention at most 20 people."))
    named = [user for user in named if user != records.principal.user_id]
    readers = notices.readers(records, record_id, named, internal_only=audience == INTERNAL)
    if set(named) - readers:
        raise ValidationFailed.single("mentions", "reader", _("Somebody you mention may not read this comment."))
    return named


def _row(records: Records, comment_id: int) -> Any:
    row = records.connection.execute(visible(records).where(comment.c.id == comment_id)).first()
    if row is None or row.removed_at is not None:
        raise NotFound("comment")
    return row


def _own(records: Records, comment_id: int) -> Any:
    row = _row(records, comment_id)
    places.require(records, row.record_id, "comment", "comments")
    if row.author_id is None or row.author_id != places.person_of(records):
        raise Denied(str(_("Only the author can change a comment.")), rule="comment")
    if records.now - row.created_at > EDIT_TIME:
        raise Denied(str(_("A comment can be changed for 15 minutes. Write a new one to correct it.")), rule="comment")
    return row


def shown(records: Records, rows: Sequence[Any]) -> list[Comment]:
    authors = people(records.connection, (row.author_id for row in rows))
    me, now = records.principal.user_id, records.now
    return [
        Comment(
            row.id, row.record_id, authors.get(row.author_id), row.audience, row.text, row.created_at, row.edited_at,
            row.removed_at is not None,
            row.author_id == me and me is not None and row.removed_at is None and now - row.created_at <= EDIT_TIME,
            _author(authors.get(row.author_id), row.author_name),
        )
        for row in rows
    ]  # fmt: skip


def _author(person: Person | None, name: str | None) -> str:
    return person.shown()[0] if person is not None else name or "Weft"
