"""Signing in and out, and passwords by link. Opens its own short transactions: hashing never holds one open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from weft.core.errors import NextStep, NotSignedIn
from weft.core.identity import (
    audit,
    company,
    limits,
    links,
    passwords,
    pending,
    principals,
    rights,
    second_factor,
    sessions,
    users,
    viewing,
)
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user, credential
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = [
    "Browser",
    "SignedIn",
    "idle_of",
    "open_session",
    "set_password_by_link",
    "sign_in",
    "sign_out",
    "step_or_session",
]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened; ``session.token`` goes into the cookie."""

    user_id: int
    audience: str
    locale: str
    theme: str
    session: sessions.NewSession


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from.

    Attributes:
        address: network address.
        agent: user agent.
        previous: cookie value sent along; that session ends, nothing of it is taken over.
    """

    address: str
    agent: str = ""
    previous: str = ""


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
        NextStep: the pair fits, and a second step is missing.
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
        done = step_or_session(conn, runtime, row.id, Browser(address, agent, previous), now=now)
    return _entered(done)


def step_or_session(
    conn: Connection, runtime: Runtime, user_id: int, browser: Browser, *, now: datetime, provider: str = "",
    trusted: bool = False,
) -> SignedIn | NextStep:  # fmt: skip
    """Go on after a right password or a provider's good answer: open a session, or begin the second step.

    The step is returned, not raised, so that the transaction keeps it; raise it when the transaction has ended.

    Args:
        provider: key of the sign-in provider, if it was one.
        trusted: that provider asks for a second step itself.
    """
    audience = users.find(conn, user_id).audience
    if not trusted:
        on = second_factor.is_on(conn, user_id)
        if on or second_factor.required(conn, runtime.registry, user_id):
            step = "code" if on else "enrol"
            token = pending.open_pending(conn, user_id, audience, step, now=now, provider=provider)
            return NextStep(step, audience, token)
    return open_session(conn, runtime, user_id, browser, now=now, provider=provider)


def open_session(
    conn: Connection, runtime: Runtime, user_id: int, browser: Browser, *, now: datetime, provider: str = "",
    by: str = "",
) -> SignedIn:  # fmt: skip
    """Open a session with a new cookie and note it in the audit trail; all steps must be done.

    Args:
        by: the second step that was done, ``app`` or ``recovery``.
    """
    user = users.find(conn, user_id)
    _end_previous(conn, browser.previous, user.audience, now)
    idle = idle_of(conn, runtime.registry, user_id, user.audience)
    session = sessions.create(
        conn,
        user_id,
        user.audience,
        now=now,
        address=browser.address,
        agent=browser.agent,
        idle=idle,
        provider=provider,
    )
    more = {name: [None, value] for name, value in (("second_step", by), ("provider", provider)) if value}
    changes = {"user": [None, user_id], "address": [None, browser.address], **more}
    audit.write(conn, now, user_id, "page", "user.sign_in", changes)
    return SignedIn(user_id, user.audience, user.locale, user.theme, session)


def idle_of(conn: Connection, registry: Registry, user_id: int, audience: str) -> timedelta:
    """Time without a request after which a user's session ends: the company's setting, shorter for administrators."""
    idle = timedelta(minutes=company.get(conn).idle_minutes)
    held = principals.close_roles(registry, rights.roles_of(conn, [user_id])[user_id], audience)
    return min(idle, sessions.IDLE_ADMIN) if ADMIN in held else idle


def _entered(done: SignedIn | NextStep) -> SignedIn:
    if isinstance(done, NextStep):
        raise done
    return done


def sign_out(runtime: Runtime, principal: Principal) -> None:
    """End the principal's session: its cookie is worth nothing from now on, also when it was copied."""
    if principal.session_id is None:
        return
    now = runtime.clock()
    with runtime.db.write() as conn:
        viewed = viewing.viewing_of(conn, principal.session_id)
        if sessions.revoke(conn, principal.session_id, now=now, user_id=principal.user_id):
            if viewed is not None:
                audit.write(conn, now, principal.user_id, "page", "view_as.end", {"user": [viewed, viewed]})
            audit.write(conn, now, principal.user_id, "page", "user.sign_out", {"user": [principal.user_id, None]})


def set_password_by_link(
    runtime: Runtime, token: str, password: str, *, address: str, agent: str = "", previous: str = ""
) -> SignedIn:
    """Use a reset or invitation link: set the password, end all other sessions, sign in.

    Of simultaneous uses exactly one succeeds; a password that is refused does not use the link up. The link replaces
    the password only: who has a second step still does it.

    Raises:
        NotFound: the link is unknown, used or expired.
        NextStep: the password is set, and a second step is missing.
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
        action = "user.accept" if link.purpose == "invite" else "user.reset"
        audit.write(conn, now, user.id, "page", action, {"user": [None, user.id]})
        done = step_or_session(conn, runtime, user.id, Browser(address, agent, previous), now=now)
    return _entered(done)


def _end_previous(conn: Connection, token: str, audience: str, now: datetime) -> None:
    check = sessions.find_by_cookie(conn, token, audience, now=now) if token else None
    if check is not None:
        sessions.revoke(conn, check.id, now=now)
