"""Between password and session: a short-lived token that knows who is half signed in. It opens nothing by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from weft.core.errors import NotSignedIn
from weft.core.identity.sessions import token_hash
from weft.core.identity.tables import app_user, sign_in_pending, spent_token

__all__ = ["LIFETIME", "TRIES", "Pending", "failed", "look", "open_pending", "purge", "spend", "use"]

#: How long each step may take.
LIFETIME = {"code": timedelta(minutes=10), "enrol": timedelta(minutes=30)}
#: After so many wrong codes the password is asked for again.
TRIES = 5
_MAX_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who still has to do a step.

    Attributes:
        step: ``code`` or ``enrol``.
        provider: key of the sign-in provider that vouched, empty for a password.
    """

    id: int
    user_id: int
    audience: str
    step: str
    provider: str


def open_pending(conn: Connection, user_id: int, audience: str, step: str, *, now: datetime, provider: str = "") -> str:
    """Begin a step; returns the token for the cookie, which is kept nowhere else. Earlier ones of the user end."""
    p = sign_in_pending.c
    conn.execute(update(sign_in_pending).where(p.user_id == user_id, p.used_at.is_(None)).values(used_at=now))
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": token_hash(token), "user_id": user_id, "audience": audience, "step": step,
        "provider": provider or None, "created_at": now, "expires_at": now + LIFETIME[step],
    }  # fmt: skip
    conn.execute(insert(sign_in_pending).values(values))
    return token


def look(conn: Connection, token: str, audience: str, step: str, *, now: datetime) -> Pending:
    """Who is half signed in with this token.

    Raises:
        NotSignedIn: unknown, used, expired, tried too often, of another audience or step, or the account is closed.
    """
    p = sign_in_pending.c
    statement = select(p.id, p.user_id, p.audience, p.step, p.provider)
    statement = statement.join_from(sign_in_pending, app_user, app_user.c.id == p.user_id)
    good = (
        p.token_hash == token_hash(token[:_MAX_TOKEN]), p.audience == audience, p.step == step, p.used_at.is_(None),
        p.expires_at > now, p.tries < TRIES, app_user.c.active.is_(True),
    )  # fmt: skip
    row: Any = conn.execute(statement.where(*good)).first() if token else None
    if row is None:
        raise NotSignedIn("nobody is half signed in here")
    return Pending(row.id, row.user_id, row.audience, row.step, row.provider or "")


def failed(conn: Connection, pending: Pending) -> None:
    """Count a wrong code."""
    p = sign_in_pending.c
    conn.execute(update(sign_in_pending).where(p.id == pending.id).values(tries=p.tries + 1))


def use(conn: Connection, pending: Pending, *, now: datetime) -> None:
    """The step is done: the token is worth nothing from now on; of simultaneous uses one succeeds.

    Raises:
        NotSignedIn: another request was faster.
    """
    p = sign_in_pending.c
    if not conn.execute(
        update(sign_in_pending).where(p.id == pending.id, p.used_at.is_(None)).values(used_at=now)
    ).rowcount:
        raise NotSignedIn("used already")


def spend(conn: Connection, value: str, *, until: datetime) -> bool:
    """Note that a value which is good once was used; False when it was used before."""
    try:
        with conn.begin_nested():
            conn.execute(insert(spent_token).values(token_hash=token_hash(value), expires_at=until))
    except IntegrityError:
        return False
    return True


def purge(conn: Connection, *, now: datetime) -> int:
    """Remove what ended by itself; returns how many rows."""
    old = conn.execute(delete(sign_in_pending).where(sign_in_pending.c.expires_at < now)).rowcount
    return old + conn.execute(delete(spent_token).where(spent_token.c.expires_at < now)).rowcount
