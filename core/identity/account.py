"""What people do with their own account: profile, password, sessions, tokens, deputies; noted in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from weft.core.errors import Denied, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import audit, company, limits, passwords, rights, sessions, tokens, users
from weft.core.identity.acting import Acting, note, require_admin, require_fresh, require_self
from weft.core.identity.principal import Principal
from weft.core.identity.tables import credential
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime

__all__ = [
    "add_deputy", "change_password", "create_token", "end_deputy", "end_other_sessions", "end_session",
    "revoke_token", "update_profile",
]  # fmt: skip

_ = translator("core")
_OWN = {"name", "name_alt", "phone", "locale", "zone", "theme"}


def update_profile(acting: Acting, **changes: Any) -> int:
    """Change one's own name, number, language, zone or theme; the address is an administrator's to change (R7).

    Raises:
        Denied: another field.
    """
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    if set(changes) - _OWN:
        raise Denied(str(_("An administrator changes the address.")))
    before = users.find(acting.connection, user_id)
    users.update_user(acting.connection, user_id, **changes)
    after = users.find(acting.connection, user_id)
    real = {key: [getattr(before, key), getattr(after, key)] for key in changes}
    real = {key: pair for key, pair in real.items() if pair[0] != pair[1]}
    return note(acting, "user.update", {"user": [user_id, user_id], **real})


def change_password(runtime: Runtime, principal: Principal, old: str, new: str, *, address: str) -> int:
    """Change one's own password; ends all other sessions. Opens its own short transactions.

    Raises:
        ValidationFailed: the old password is wrong or the new one is refused.
        RateLimited: too many wrong old passwords.
    """
    user_id = principal.user_id or 0
    if principal.kind != "user" or principal.read_only:
        raise Denied(str(_("Everybody changes only their own account here.")))
    with runtime.db.read() as conn:
        user = users.find(conn, user_id)
        stored = conn.execute(select(credential.c.password_hash).where(credential.c.user_id == user_id)).scalar()
        context = (user.email, user.name, user.name_alt, *company.get(conn).shown(), "weft")
    account = limits.account_key(user.audience, user.email)
    with runtime.db.write() as conn:
        attempt = limits.admit(conn, account, address, now=runtime.clock())
    if not passwords.verify(stored, old):
        raise ValidationFailed.single("old", "wrong", _("This is not your present password."))
    passwords.check_policy(new, context)
    hashed, now = passwords.hash_password(new), runtime.clock()
    with runtime.db.write() as conn:
        limits.succeeded(conn, attempt)
        passwords.store(conn, user_id, hashed, now=now)
        sessions.revoke_all(conn, user_id, now=now, except_id=principal.session_id)
        return audit.write(conn, now, user_id, "page", "user.password", {"user": [user_id, user_id]})


def end_session(acting: Acting, session_id: int) -> int:
    """End one of one's own sessions."""
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    ended = sessions.revoke(acting.connection, session_id, now=acting.now, user_id=user_id)
    return note(acting, "user.sessions", {"user": [user_id, user_id], "sessions": [int(ended), 0]})


def end_other_sessions(acting: Acting) -> int:
    """End all of one's own sessions but the present one."""
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    ended = sessions.revoke_all(acting.connection, user_id, now=acting.now, except_id=acting.principal.session_id)
    return note(acting, "user.sessions", {"user": [user_id, user_id], "sessions": [len(ended), 0]})


def create_token(
    acting: Acting, name: str, *, expires_at: datetime | None = None, scopes: Iterable[str] | None = None
) -> tokens.Issued:
    """Make an API token for oneself; a token cannot make tokens."""
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    if acting.principal.kind != "user":
        raise Denied(str(_("Sign in to make API tokens.")))
    require_fresh(acting)
    issued = tokens.issue(acting.connection, user_id, name, now=acting.now, expires_at=expires_at, scopes=scopes)
    note(acting, "token.create", {"user": [None, user_id], "token": [None, issued.id], "name": [None, name.strip()]})
    return issued


def revoke_token(acting: Acting, token_id: int) -> int:
    """End one of one's own tokens; administrators end anybody's."""
    own: int | None = acting.principal.user_id or 0
    if acting.principal.has_role(ADMIN):
        require_admin(acting)
        own = None
    else:
        require_self(acting, own or 0)
    token = tokens.revoke(acting.connection, token_id, now=acting.now, user_id=own)
    values = {"user": [token.user_id, token.user_id], "token": [token.id, None], "name": [token.name, token.name]}
    return note(acting, "token.revoke", values)


def add_deputy(acting: Acting, deputy_id: int, *, valid_from: datetime, valid_to: datetime) -> int:
    """Let somebody act for oneself for a period."""
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    require_fresh(acting)
    period = {"valid_from": valid_from, "valid_to": valid_to}
    entry = rights.add_deputy(acting.connection, user_id, deputy_id, now=acting.now, **period)
    dates = {key: [None, moment.isoformat()] for key, moment in period.items()}
    return note(
        acting, "user.deputy", {"user": [user_id, user_id], "deputy": [None, deputy_id], "id": [None, entry], **dates}
    )


def end_deputy(acting: Acting, entry_id: int) -> int:
    """End one of one's own deputyships now."""
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    rights.end_deputy(acting.connection, entry_id, at=acting.now, user_id=user_id)
    return note(acting, "user.deputy", {"user": [user_id, user_id], "id": [entry_id, None]})
