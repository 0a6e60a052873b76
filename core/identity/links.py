"""Single-use links: invitation, password reset, first set-up. The address carries 256 random bits, the table a hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from weft.core.errors import NotFound
from weft.core.identity.sessions import token_hash
from weft.core.identity.tables import app_user, one_time_link

__all__ = ["LIFETIME", "Link", "consume", "issue", "look", "path", "purge", "withdraw"]

#: How long each kind is good for.
LIFETIME = {"reset": timedelta(minutes=30), "invite": timedelta(days=7), "setup": timedelta(days=1)}
_MAX_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is still good."""

    id: int
    purpose: str
    user_id: int | None
    expires_at: datetime


def issue(
    conn: Connection, purpose: str, user_id: int | None, *, now: datetime, by: int | None = None
) -> tuple[str, datetime]:
    """Make a link; returns (token, its end). The token is kept nowhere else.

    Args:
        purpose: ``reset``, ``invite`` or ``setup`` (which has no user).
    """
    token, expires = secrets.token_urlsafe(32), now + LIFETIME[purpose]
    values = {
        "token_hash": token_hash(token), "purpose": purpose, "user_id": user_id, "created_at": now, "created_by": by,
        "expires_at": expires,
    }  # fmt: skip
    conn.execute(insert(one_time_link).values(values))
    return token, expires


def look(conn: Connection, token: str, *, now: datetime) -> Link:
    """Show a link without using it (the form before the password is typed).

    Raises:
        NotFound: unknown, used, expired, or its user is closed: all alike.
    """
    c = one_time_link.c
    statement = select(c.id, c.purpose, c.user_id, c.expires_at, app_user.c.active)
    statement = statement.join_from(one_time_link, app_user, app_user.c.id == c.user_id, isouter=True)
    good = (c.token_hash == token_hash(token[:_MAX_TOKEN]), c.used_at.is_(None), c.expires_at > now)
    row = conn.execute(statement.where(*good)).first()
    if row is None or (row.user_id is not None and not row.active):
        raise NotFound("link")
    return Link(row.id, row.purpose, row.user_id, row.expires_at)


def consume(conn: Connection, token: str, *, now: datetime) -> Link:
    """Use a link up: of any number of simultaneous uses exactly one succeeds, and its siblings end with it.

    Raises:
        NotFound: unknown, used or expired.
    """
    link = look(conn, token, now=now)
    c = one_time_link.c
    first = update(one_time_link).where(c.id == link.id, c.used_at.is_(None)).values(used_at=now)
    if not conn.execute(first).rowcount:
        raise NotFound("link")
    if link.user_id is not None:
        withdraw(conn, link.user_id, now=now)
    return link


def withdraw(conn: Connection, user_id: int, *, now: datetime) -> None:
    """Make all open links of a user useless (a password was set, the account was closed)."""
    c = one_time_link.c
    conn.execute(update(one_time_link).where(c.user_id == user_id, c.used_at.is_(None)).values(used_at=now))


def path(token: str) -> str:
    """Where the link leads; put the public URL in front, never a host from a request."""
    return f"/auth/link/{token}"


def purge(conn: Connection, *, before: datetime) -> int:
    """Remove links that ended before a moment; returns how many."""
    return conn.execute(delete(one_time_link).where(one_time_link.c.expires_at < before)).rowcount
