"""Signed-in browsers: opaque random cookies, looked up by hash, ended at once.

One statement answers "who is this": a revoked or expired session, or a deactivated user, is nobody at the next request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, delete, insert, or_, select, update

from weft.core.identity.rulebook import rules_version
from weft.core.identity.tables import app_user, user_session

__all__ = [
    "ABSOLUTE", "IDLE", "IDLE_ADMIN", "NewSession", "Session", "SessionCheck", "confirm", "create", "due_for_touch",
    "find_by_cookie", "list_sessions", "provider_of", "purge", "renew", "revoke", "revoke_all", "token_hash", "touch",
]  # fmt: skip

#: A session ends after this time without a request ...
IDLE = timedelta(minutes=30)
#: (an administrator's after this time at the latest) ...
IDLE_ADMIN = timedelta(minutes=15)
#: ... and in any case after this time.
ABSOLUTE = timedelta(hours=12)
#: ``last_seen_at`` is written at most this often, so that reading stays free of writes.
_TOUCH_EVERY = timedelta(seconds=60)
#: Requests that were already under way when the cookie was renewed are still served.
_GRACE = timedelta(seconds=20)
_MAX_TOKEN = 200


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made: its id and the value for the cookie (kept nowhere else)."""

    id: int
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """What the cookie check finds.

    Attributes:
        version: the user's version, key of the principal cache.
        renew: the user's roles changed since the cookie was given out; the door should call :func:`renew`.
        confirmed_at: when the person last showed who they are: by password, code or provider.
        rules: version of the company's access rules (:mod:`weft.core.identity.rulebook`).
        viewing: the person as whom this session looks now.
    """

    id: int
    user_id: int
    audience: str
    version: int
    last_seen_at: datetime
    expires_at: datetime
    renew: bool
    confirmed_at: datetime
    rules: int = 0
    viewing: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it in the profile."""

    id: int
    audience: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    agent: str


def token_hash(token: str) -> str:
    """The stored form of a random token; unguessable values need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def create(
    conn: Connection,
    user_id: int,
    audience: str,
    *,
    now: datetime,
    address: str = "",
    agent: str = "",
    idle: timedelta = IDLE,
    absolute: timedelta = ABSOLUTE,
    provider: str = "",
) -> NewSession:
    """Open a session with a fresh 256-bit token; nothing of an earlier cookie is taken over.

    Args:
        idle: time without a request after which it ends.
        absolute: time after which it ends in any case.
        provider: key of the sign-in provider that opened it.
    """
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": token_hash(token), "user_id": user_id, "audience": audience, "created_at": now, "issued_at": now,
        "last_seen_at": now, "expires_at": now + absolute, "address": address[:45], "agent": agent[:300],
        "idle_seconds": int(idle.total_seconds()), "confirmed_at": now, "provider": provider or None,
    }  # fmt: skip
    number = conn.execute(insert(user_session).values(values).returning(user_session.c.id)).scalar_one()
    conn.execute(update(app_user).where(app_user.c.id == user_id).values(last_seen_at=now))
    return NewSession(number, token, now + absolute)


def find_by_cookie(conn: Connection, token: str, audience: str, *, now: datetime) -> SessionCheck | None:
    """Check a cookie (as sent) in one statement; None when it is nobody's, of another audience, ended or too old."""
    if not token or len(token) > _MAX_TOKEN:
        return None
    hashed = token_hash(token)
    values = {"hashed": hashed, "audience": audience, "now": now, "grace": now - _GRACE}
    row = conn.execute(_CHECK, values).first()
    if row is None or _idle_too_long(row, now):
        return None
    renew = row.token_hash == hashed and row.roles_at is not None and row.roles_at > row.issued_at
    confirmed = row.confirmed_at or row.created_at
    return SessionCheck(
        row.id, row.user_id, row.audience, row.version, row.last_seen_at, row.expires_at, renew, confirmed,
        row.rules or 0, row.viewing_id,
    )  # fmt: skip


def _check_statement() -> Select[Any]:
    """The statement of every request; built once, because building costs more than asking."""
    s, u = user_session.c, app_user.c
    hashed: BindParameter[str] = bindparam("hashed")
    audience: BindParameter[str] = bindparam("audience")
    columns = (
        s.id, s.user_id, s.audience, s.last_seen_at, s.expires_at, s.issued_at, s.idle_seconds, s.token_hash,
        s.created_at, s.confirmed_at, s.viewing_id, rules_version,
    )  # fmt: skip
    before = and_(s.previous_hash == hashed, s.issued_at > bindparam("grace"))
    return (
        select(*columns, u.version, u.roles_at)
        .join_from(user_session, app_user, u.id == s.user_id)
        .where(or_(s.token_hash == hashed, before), s.audience == audience, u.audience == audience)
        .where(s.revoked_at.is_(None), u.active.is_(True), s.expires_at > bindparam("now"))
    )


_CHECK = _check_statement()


def due_for_touch(check: SessionCheck, now: datetime) -> bool:
    """True when :func:`touch` should be called, about once a minute."""
    return now - check.last_seen_at >= _TOUCH_EVERY


def touch(conn: Connection, check: SessionCheck, *, now: datetime) -> None:
    """Note that the session is in use (it slides) and that its user was seen."""
    conn.execute(update(user_session).where(user_session.c.id == check.id).values(last_seen_at=now))
    conn.execute(update(app_user).where(app_user.c.id == check.user_id).values(last_seen_at=now))


def confirm(conn: Connection, session_id: int, *, now: datetime) -> str | None:
    """Note that the person showed again who they are; returns the session's new token, None when it ended meanwhile."""
    token = secrets.token_urlsafe(32)
    open_ = (user_session.c.id == session_id, user_session.c.revoked_at.is_(None))
    values = {"token_hash": token_hash(token), "issued_at": now, "confirmed_at": now}
    statement = update(user_session).where(*open_).values(previous_hash=user_session.c.token_hash, **values)
    return token if conn.execute(statement).rowcount else None


def provider_of(conn: Connection, session_id: int) -> str:
    """Key of the sign-in provider that opened a session, empty for a password."""
    return conn.execute(select(user_session.c.provider).where(user_session.c.id == session_id)).scalar() or ""


def renew(conn: Connection, session_id: int, *, now: datetime, idle: timedelta | None = None) -> str | None:
    """Give a session a new token (after a change of roles); None when another request was faster.

    Args:
        idle: time without a request after which it ends, as it is with the new roles; None leaves it.
    """
    token = secrets.token_urlsafe(32)
    fresh = select(app_user.c.roles_at).where(app_user.c.id == user_session.c.user_id).scalar_subquery()
    statement = (
        update(user_session)
        .where(user_session.c.id == session_id, user_session.c.revoked_at.is_(None), user_session.c.issued_at < fresh)
        .values(previous_hash=user_session.c.token_hash, token_hash=token_hash(token), issued_at=now)
    )
    if idle is not None:
        statement = statement.values(idle_seconds=int(idle.total_seconds()))
    return token if conn.execute(statement).rowcount else None


def revoke(conn: Connection, session_id: int, *, now: datetime, user_id: int | None = None) -> bool:
    """End one session; with ``user_id`` only when it is that user's. False when there was nothing to end."""
    statement = update(user_session).where(user_session.c.id == session_id, user_session.c.revoked_at.is_(None))
    if user_id is not None:
        statement = statement.where(user_session.c.user_id == user_id)
    return bool(conn.execute(statement.values(revoked_at=now)).rowcount)


def revoke_all(conn: Connection, user_id: int, *, now: datetime, except_id: int | None = None) -> Sequence[int]:
    """End all sessions of a user, or all but one; returns the ids that ended."""
    mine = and_(user_session.c.user_id == user_id, user_session.c.revoked_at.is_(None), user_session.c.expires_at > now)
    ids = [row[0] for row in conn.execute(select(user_session.c.id).where(mine)) if row[0] != except_id]
    if ids:
        conn.execute(update(user_session).where(user_session.c.id.in_(ids)).values(revoked_at=now))
    return ids


def list_sessions(conn: Connection, user_id: int, *, now: datetime) -> list[Session]:
    """Open sessions of a user, the last used first."""
    s = user_session.c
    statement = (
        select(s.id, s.audience, s.created_at, s.last_seen_at, s.expires_at, s.address, s.agent, s.idle_seconds)
        .where(s.user_id == user_id, s.revoked_at.is_(None), s.expires_at > now)
        .order_by(s.last_seen_at.desc(), s.id.desc())
    )
    return [_session(row) for row in conn.execute(statement) if not _idle_too_long(row, now)]


def purge(conn: Connection, *, before: datetime) -> int:
    """Remove sessions that ended before a moment; returns how many."""
    ended = or_(user_session.c.expires_at < before, user_session.c.revoked_at < before)
    return conn.execute(delete(user_session).where(ended)).rowcount


def _idle_too_long(row: Any, now: datetime) -> bool:
    return bool(now - row.last_seen_at > timedelta(seconds=row.idle_seconds))


def _session(row: Any) -> Session:
    return Session(
        row.id, row.audience, row.created_at, row.last_seen_at, row.expires_at, row.address or "", row.agent or ""
    )
