"""Bearer tokens of the REST interface: shown once, kept as a hash, scoped, at most a year old."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.rulebook import rules_version
from weft.core.identity.sessions import token_hash
from weft.core.identity.tables import api_token, app_user

__all__ = [
    "LONGEST", "PREFIX", "SCOPES", "ApiToken", "Issued", "TokenCheck", "find_by_token", "issue", "list_tokens",
    "note_use", "revoke", "used",
]  # fmt: skip

_ = translator("core")

#: So that scanners of repositories recognise a leaked token.
PREFIX = "weft_"
LONGEST = timedelta(days=365)
#: What a token may be limited to; none named means all that its user may do.
SCOPES = {"read": _("Read"), "write": _("Read and write")}
_MAX_TOKEN = 200
_USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it: everything but the secret."""

    id: int
    user_id: int
    name: str
    hint: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A token just made; ``secret`` is shown once and kept nowhere."""

    id: int
    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """What the bearer check finds; ``version`` is the user's, key of the principal cache, ``rules`` that of the
    company's access rules."""

    id: int
    user_id: int
    audience: str
    version: int
    scopes: frozenset[str] | None
    last_used_at: datetime | None
    rules: int = 0


def issue(
    conn: Connection,
    user_id: int,
    name: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    scopes: Iterable[str] | None = None,
) -> Issued:
    """Make a token.

    Args:
        expires_at: at most a year from now; default 90 days.
        scopes: keys of :data:`SCOPES`, None for all that the user may do.

    Raises:
        ValidationFailed: no name, an unknown scope, or an end outside of now and one year.
    """
    ends = expires_at or now + timedelta(days=90)
    wanted = None if scopes is None else sorted(set(scopes))
    if not name.strip():
        raise ValidationFailed.single("name", "required", _("Enter a name that tells what the token is for."))
    if not now < ends <= now + LONGEST:
        raise ValidationFailed.single("expires_at", "invalid", _("Choose an end within one year from today."))
    if wanted is not None and (not wanted or set(wanted) - set(SCOPES)):
        raise ValidationFailed.single("scopes", "invalid", _("Choose what the token may do."))
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {
        "token_hash": token_hash(secret), "hint": secret[: len(PREFIX) + 4], "user_id": user_id,
        "name": name.strip()[:120], "scopes": wanted, "created_at": now, "expires_at": ends,
    }  # fmt: skip
    token_id = conn.execute(insert(api_token).values(values).returning(api_token.c.id)).scalar_one()
    return Issued(token_id, secret, ends)


def find_by_token(conn: Connection, secret: str, *, now: datetime) -> TokenCheck | None:
    """Check a bearer token in one statement; None when it is unknown, ended or its user closed."""
    if not secret.startswith(PREFIX) or len(secret) > _MAX_TOKEN:
        return None
    row = conn.execute(_CHECK, {"hashed": token_hash(secret), "now": now}).first()
    if row is None:
        return None
    scopes = None if row.scopes is None else frozenset(row.scopes)
    return TokenCheck(row.id, row.user_id, row.audience, row.version, scopes, row.last_used_at, row.rules or 0)


def _check_statement() -> Select[Any]:
    """The statement of every request; built once, because building costs more than asking."""
    t, u = api_token.c, app_user.c
    return (
        select(t.id, t.user_id, u.audience, u.version, t.scopes, t.last_used_at, rules_version)
        .join_from(api_token, app_user, u.id == t.user_id)
        .where(t.token_hash == bindparam("hashed"), t.expires_at > bindparam("now"))
        .where(t.revoked_at.is_(None), u.active.is_(True))
    )


_CHECK = _check_statement()


def used(check: TokenCheck, now: datetime) -> bool:
    """True when :func:`note_use` should be called, about every five minutes."""
    return check.last_used_at is None or now - check.last_used_at >= _USED_EVERY


def note_use(conn: Connection, token_id: int, *, now: datetime) -> None:
    """Note that a token is in use."""
    conn.execute(update(api_token).where(api_token.c.id == token_id).values(last_used_at=now))


def list_tokens(conn: Connection, user_id: int | None = None, *, now: datetime | None = None) -> list[ApiToken]:
    """Tokens of a user (or of all), newest first; with ``now`` only those still good."""
    t = api_token.c
    statement = select(
        t.id, t.user_id, t.name, t.hint, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
    )
    if user_id is not None:
        statement = statement.where(t.user_id == user_id)
    if now is not None:
        statement = statement.where(t.revoked_at.is_(None), t.expires_at > now)
    return [_token(row) for row in conn.execute(statement.order_by(t.created_at.desc(), t.id.desc()))]


def revoke(conn: Connection, token_id: int, *, now: datetime, user_id: int | None = None) -> ApiToken:
    """End a token at once; with ``user_id`` only when it is that user's.

    Raises:
        NotFound: there is no such open token.
    """
    t = api_token.c
    mine = [t.id == token_id, t.revoked_at.is_(None)] + ([t.user_id == user_id] if user_id is not None else [])
    if not conn.execute(update(api_token).where(*mine).values(revoked_at=now)).rowcount:
        raise NotFound("token")
    return next(token for token in list_tokens(conn) if token.id == token_id)


def _token(row: Any) -> ApiToken:
    values = dict(row._mapping)
    values["scopes"] = None if values["scopes"] is None else tuple(values["scopes"])
    return ApiToken(**values)
