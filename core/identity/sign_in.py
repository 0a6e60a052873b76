"""Signing in and out, and passwords by link. Opens its own short transactions: hashing never holds one open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from weft.core.errors import NotSignedIn
from weft.core.identity import audit, company, limits, links, passwords, sessions, users
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user, credential
from weft.core.registry.runtime import Runtime

__all__ = ["SignedIn", "set_password_by_link", "sign_in", "sign_out"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened; ``session.token`` goes into the cookie."""

    user_id: int
    audience: str
    locale: str
    theme: str
    session: sessions.NewSession


def sign_in(
    runtime: Runtime,
    *,
    audience: str,
    email: str,
    password: str,
    address: str,
    agent: str = "",
    previous: str = "",
) -> SignedIn:
    """Check address and password and open a session.

    Unknown, closed and never activated accounts cost the same work and give the same answer as a wrong password.

    Args:
        audience: the portal's audience; accounts of others do not exist here.
        address: network address of the caller.
        agent: its user agent.
        previous: cookie value sent along; that session ends, nothing of it is taken over.

    Raises:
        RateLimited: too many attempts.
        NotSignedIn: the pair does not fit.
    """
    account = limits.account_key(audience, email)
    with runtime.db.write() as conn:
        attempt = limits.admit(conn, account, address, now=runtime.clock())
    with runtime.db.read() as conn:
        u = app_user.c
        statement = select(u.id, u.active, u.locale, u.theme, credential.c.password_hash)
        statement = statement.join_from(app_user, credential, credential.c.user_id == u.id, isouter=True)
        row = conn.execute(statement.where(u.audience == audience, u.email == email.strip().lower())).first()
    stored = row.password_hash if row is not None and row.active else None
    if not passwords.verify(stored, password) or row is None:
        raise NotSignedIn("wrong address or password")
    renewed = passwords.hash_password(password) if passwords.needs_rehash(row.password_hash) else None
    now = runtime.clock()
    with runtime.db.write() as conn:
        if not conn.execute(select(u.active).where(u.id == row.id)).scalar():
            raise NotSignedIn("wrong address or password")
        limits.succeeded(conn, attempt)
        if renewed is not None:
            passwords.store(conn, row.id, renewed, now=now)
        _end_previous(conn, previous, audience, now)
        session = _open(conn, row.id, audience, now, address, agent)
        audit.write(conn, now, row.id, "page", "user.sign_in", {"user": [None, row.id], "address": [None, address]})
    return SignedIn(row.id, audience, row.locale, row.theme, session)


def sign_out(runtime: Runtime, principal: Principal) -> None:
    """End the principal's session: its cookie is worth nothing from now on, also when it was copied."""
    if principal.session_id is None:
        return
    now = runtime.clock()
    with runtime.db.write() as conn:
        if sessions.revoke(conn, principal.session_id, now=now, user_id=principal.user_id):
            audit.write(conn, now, principal.user_id, "page", "user.sign_out", {"user": [principal.user_id, None]})


def set_password_by_link(
    runtime: Runtime, token: str, password: str, *, address: str, agent: str = "", previous: str = ""
) -> SignedIn:
    """Use a reset or invitation link: set the password, end all other sessions, sign in.

    Of simultaneous uses exactly one succeeds; a password that is refused does not use the link up.

    Raises:
        NotFound: the link is unknown, used or expired.
        ValidationFailed: the password is refused by the policy.
    """
    now = runtime.clock()
    with runtime.db.read() as conn:
        link = links.look(conn, token, now=now)
        user = users.find(conn, link.user_id or 0)
        context = (user.email, user.name, user.name_alt, *company.get(conn).shown(), "weft")
    passwords.check_policy(password, context)
    stored = passwords.hash_password(password)
    with runtime.db.write() as conn:
        links.consume(conn, token, now=now)
        passwords.store(conn, user.id, stored, now=now)
        sessions.revoke_all(conn, user.id, now=now)
        _end_previous(conn, previous, user.audience, now)
        session = _open(conn, user.id, user.audience, now, address, agent)
        action = "user.accept" if link.purpose == "invite" else "user.reset"
        audit.write(conn, now, user.id, "page", action, {"user": [None, user.id]})
    return SignedIn(user.id, user.audience, user.locale, user.theme, session)


def _open(
    conn: Connection, user_id: int, audience: str, now: datetime, address: str, agent: str
) -> sessions.NewSession:
    idle = timedelta(minutes=company.get(conn).idle_minutes)
    return sessions.create(conn, user_id, audience, now=now, address=address, agent=agent, idle=idle)


def _end_previous(conn: Connection, token: str, audience: str, now: datetime) -> None:
    check = sessions.find_by_cookie(conn, token, audience, now=now) if token else None
    if check is not None:
        sessions.revoke(conn, check.id, now=now)
