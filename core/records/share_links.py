"""Links with which anybody who has them reads some fields of one record: random, hashed, expiring, revocable (R6).

A link is a principal of its own: it reads exactly one record and at most the fields chosen when it was made, and never
more than whoever made it may read on the day it is used.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from weft.core.access.decide import decide, entity_of, require
from weft.core.access.tables import record_link
from weft.core.errors import NotFound, NotSignedIn, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import principals
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user
from weft.core.records import journal

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.registry.runtime import Runtime

__all__ = ["LONGEST", "LinkCheck", "ShareLink", "create", "find", "links", "offered_fields", "revoke", "used"]

_ = translator("core")

#: Longest life of a link.
LONGEST = timedelta(days=90)
#: Most open links of one record.
MOST = 20
_BYTES = 16  # 128 random bits
_MAX_TOKEN = 64


@dataclass(frozen=True, slots=True)
class ShareLink:
    """An open link, as the page of the record lists it; the link itself is kept nowhere."""

    id: int
    note: str
    fields: tuple[str, ...]
    created_by: int
    created_at: datetime
    expires_at: datetime
    uses: int
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What an opened link leads to.

    Attributes:
        id: of the link.
        record_id, entity: the record.
        fields: names its page may show.
        principal: whoever made it, for reading only.
    """

    id: int
    record_id: int
    entity: str
    fields: frozenset[str]
    principal: Principal = field(repr=False)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def offered_fields(records: Records, entity: str, record_id: int) -> tuple[str, ...]:
    """Fields that a link may show: readable for its maker in this record, and fit for anybody.

    Sensitive fields are not, nor are those whose changes the company confirms (bank account, tax number): who has a
    link is unknown.
    """
    visible = decide(records, entity, "read", record_id).visible
    return tuple(name for name in _fit(records.runtime, entity) if name in visible)


def _fit(runtime: Runtime, entity: str) -> list[str]:
    fields = runtime.registry.entity(entity).fields
    return [name for name, one in fields.items() if not (one.sensitive or one.confirm or one.internal)]


def create(
    records: Records, record_id: int, *, fields: Iterable[str], expires_at: datetime, note: str = ""
) -> tuple[int, str]:
    """Make a link; returns its id and its secret, which is shown once.

    Args:
        records: of a unit opened for writing, of a person with the operation ``share`` on the record.
        record_id: the record.
        fields: names the link shows, each readable for its maker.
        expires_at: aware moment within :data:`LONGEST`.
        note: whom it is for.

    Raises:
        NotFound, Denied: the record does not exist for the principal, or sharing is not granted.
        ValidationFailed: no field, one that may not be shown, or an end that cannot be.
    """
    writer = records.writer()
    entity = entity_of(writer, record_id)
    if entity is None or writer.principal.kind != "user" or not writer.principal.internal:
        raise NotFound(str(record_id))
    require(writer, entity, "share", record_id)
    wanted = list(dict.fromkeys(fields))
    if not wanted or set(wanted) - set(offered_fields(writer, entity, record_id)):
        raise ValidationFailed.single("fields", "invalid", _("Choose fields that may be shown."))
    if expires_at.tzinfo is None or not writer.now < expires_at <= writer.now + LONGEST:
        raise ValidationFailed.single("expires_at", "invalid", _("Choose an end within 90 days."))
    if len(links(writer, record_id)) >= MOST:
        raise ValidationFailed.single("fields", "too_many", _("This record has too many links. End some first."))
    token, number = secrets.token_urlsafe(_BYTES), writer.runtime.db.ids.next()
    writer.connection.execute(
        insert(record_link).values(
            id=number, record_id=record_id, token_hash=_hash(token), note=note.strip()[:120], fields=wanted,
            created_at=writer.now, created_by=writer.principal.user_id, expires_at=expires_at,
        )
    )  # fmt: skip
    told = {"fields": wanted, "note": note.strip()[:120], "expires_at": expires_at.isoformat()}
    _note(writer, entity, record_id, "share_link", None, told)
    return number, token


def links(records: Records, record_id: int) -> list[ShareLink]:
    """Open links of a record, for people of the company who may read it.

    Raises:
        NotFound: the record does not exist for the principal, or the principal is from outside.
    """
    entity = entity_of(records, record_id)
    if entity is None or not records.principal.internal:
        raise NotFound(str(record_id))
    require(records, entity, "read", record_id)
    x = record_link.c
    statement = select(x.id, x.note, x.fields, x.created_by, x.created_at, x.expires_at, x.uses, x.last_used_at)
    statement = statement.where(x.record_id == record_id, x.revoked_at.is_(None), x.expires_at > records.now)
    return [ShareLink(**{**row._mapping, "fields": tuple(row.fields)}) for row in records.connection.execute(statement)]


def revoke(records: Records, record_id: int, link_id: int) -> None:
    """End a link at once.

    Raises:
        NotFound: the record or the open link does not exist for the principal. Denied: sharing is not granted.
    """
    writer = records.writer()
    entity = entity_of(writer, record_id)
    if entity is None:
        raise NotFound(str(record_id))
    require(writer, entity, "share", record_id)
    x = record_link.c
    mine = (x.id == link_id, x.record_id == record_id, x.revoked_at.is_(None))
    row = writer.connection.execute(select(x.note, x.fields, x.expires_at).where(*mine)).first()
    if row is None:
        raise NotFound(str(link_id))
    writer.connection.execute(update(record_link).where(*mine).values(revoked_at=writer.now))
    told = {"fields": list(row.fields), "note": row.note, "expires_at": row.expires_at.isoformat()}
    _note(writer, entity, record_id, "unshare_link", told, None)


def _note(records: Records, entity: str, record_id: int, action: str, old: Any, new: Any) -> None:
    entry = journal.Entry(record_id, entity, action, None, {"link": [old, new]})
    journal.write(records, [entry], kind=action, events=False)


def find(runtime: Runtime, conn: Connection, token: str, *, now: datetime) -> LinkCheck | None:
    """What a link leads to; None when it is unknown, ended, or its maker may not share the record any more."""
    if not token or len(token) > _MAX_TOKEN:
        return None
    x, u = record_link.c, app_user.c
    statement = select(x.id, x.record_id, x.fields, u.id.label("user_id"), u.audience)
    statement = statement.join_from(record_link, app_user, u.id == x.created_by)
    open_ = (x.token_hash == _hash(token), x.revoked_at.is_(None), x.expires_at > now, u.active.is_(True))
    row = conn.execute(statement.where(*open_)).first()
    if row is None:
        return None
    try:
        maker = principals.load(conn, runtime, row.user_id, row.audience)
    except NotSignedIn:
        return None
    ctx = _Seen(maker, runtime, conn, now)
    entity = entity_of(ctx, row.record_id)
    if entity is None:
        return None
    decision = decide(ctx, entity, "share", row.record_id)
    if not decision.allowed or decision.deleted:
        return None
    names = frozenset(row.fields) & decision.visible & frozenset(_fit(runtime, entity))  # old links show no more
    return LinkCheck(row.id, row.record_id, entity, names, maker.with_changes(read_only=True))


@dataclass(frozen=True, slots=True)
class _Seen:
    principal: Principal
    runtime: Runtime
    connection: Connection
    now: datetime


def used(conn: Connection, link_id: int, *, now: datetime) -> None:
    """Count an opening."""
    x = record_link.c
    conn.execute(update(record_link).where(x.id == link_id).values(uses=x.uses + 1, last_used_at=now))
