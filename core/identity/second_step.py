"""The second step of signing in, and showing again who one is. Opens its own short transactions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from weft.core.errors import ConfirmationNeeded, NotSignedIn, RateLimited, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import audit, company, limits, passwords, pending, second_factor, sessions, users
from weft.core.identity.principal import Principal
from weft.core.identity.sign_in import Browser, SignedIn, open_session
from weft.core.identity.tables import credential
from weft.core.registry.runtime import Runtime

__all__ = ["Entered", "code_account", "confirm", "enrol", "offer_for", "type_code", "waiting"]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in after all steps.

    Attributes:
        by: ``app`` or ``recovery``.
        codes_left: recovery codes that are still good.
        codes: the recovery codes just made, to be shown once.
    """

    signed_in: SignedIn
    by: str
    codes_left: int
    codes: tuple[str, ...] = field(default=(), repr=False)


def code_account(user_id: int) -> str:
    """What attempts with codes are counted under."""
    return limits.account_key("code", str(user_id))


def waiting(runtime: Runtime, audience: str, token: str, step: str) -> users.User:
    """The person who is half signed in.

    Raises:
        NotSignedIn: nobody is; begin with the password again.
    """
    with runtime.db.read() as conn:
        found = pending.look(conn, token, audience, step, now=runtime.clock())
        return users.find(conn, found.user_id)


def type_code(runtime: Runtime, audience: str, token: str, code: str, browser: Browser) -> Entered:
    """Take the code of somebody half signed in, and open the session.

    Raises:
        NotSignedIn: nobody is half signed in (any more).
        RateLimited: too many codes.
        ValidationFailed: the code is wrong or was used before.
    """
    now = runtime.clock()
    with runtime.db.write() as conn:
        found = pending.look(conn, token, audience, "code", now=now)
        attempt = limits.admit(conn, code_account(found.user_id), browser.address, now=now, kind="code")
    with runtime.db.write() as conn:
        by = second_factor.check(conn, runtime.settings, found.user_id, code, now=now)
        if by:
            pending.use(conn, found, now=now)
            limits.succeeded(conn, attempt)
            signed_in = open_session(conn, runtime, found.user_id, browser, now=now, provider=found.provider, by=by)
            return Entered(signed_in, by, second_factor.codes_left(conn, found.user_id))
        pending.failed(conn, found)
    raise ValidationFailed.single("code", "wrong", _("This code does not fit, or was used before."))


def offer_for(runtime: Runtime, user: users.User, *, secret: str = "") -> second_factor.Offer:
    """A secret for somebody's app, named after the company and the address."""
    with runtime.db.read() as conn:
        issuer = company.get(conn).shown(user.locale)[0]
    return second_factor.offer(runtime.settings, user.id, user.email, issuer, now=runtime.clock(), secret=secret)


def enrol(runtime: Runtime, audience: str, token: str, sealed: str, code: str, browser: Browser) -> Entered:
    """Set up the second step that must be there before somebody may sign in, and open the session.

    Raises:
        NotSignedIn: nobody is half signed in (any more).
        RateLimited: too many codes.
        ValidationFailed: the code does not fit.
    """
    now = runtime.clock()
    with runtime.db.write() as conn:
        found = pending.look(conn, token, audience, "enrol", now=now)
        attempt = limits.admit(conn, code_account(found.user_id), browser.address, now=now, kind="code")
    secret = second_factor.opened(runtime.settings, found.user_id, sealed, now=now)
    step = second_factor.accept(secret, code, now=now)
    with runtime.db.write() as conn:
        if second_factor.is_on(conn, found.user_id):
            raise NotSignedIn("set up meanwhile")
        pending.use(conn, found, now=now)
        limits.succeeded(conn, attempt)
        codes = second_factor.switch_on(conn, runtime.settings, found.user_id, secret, step, now=now)
        sessions.revoke_all(conn, found.user_id, now=now)
        audit.write(conn, now, found.user_id, "page", "user.second_on", {"user": [None, found.user_id]})
        signed_in = open_session(conn, runtime, found.user_id, browser, now=now, provider=found.provider, by="app")
        return Entered(signed_in, "app", len(codes), tuple(codes))


def confirm(runtime: Runtime, principal: Principal, typed: str, *, address: str) -> str:
    """Show again who one is, by password or by a code of one's app; returns the session's new cookie value.

    Raises:
        ConfirmationNeeded: what was typed does not fit, or there were too many tries.
    """
    user_id, session_id = principal.user_id or 0, principal.session_id or 0
    now = runtime.clock()
    with runtime.db.read() as conn:
        user = users.find(conn, user_id)
        stored = conn.execute(select(credential.c.password_hash).where(credential.c.user_id == user_id)).scalar()
        by_code = bool(re.fullmatch(r"\d{3} ?\d{3}", typed.strip(), re.ASCII)) and second_factor.is_on(conn, user_id)
    account = code_account(user_id) if by_code else limits.account_key(user.audience, user.email)
    try:
        with runtime.db.write() as conn:
            kind = "code" if by_code else "sign_in"
            attempt = limits.admit(conn, account, address, now=now, kind=kind)
    except RateLimited as error:
        raise ConfirmationNeeded(str(error), error.retry_after) from error
    right = not by_code and passwords.verify(stored, typed)
    with runtime.db.write() as conn:
        if by_code:
            right = bool(second_factor.check(conn, runtime.settings, user_id, typed, now=now))
        token = _confirmed(conn, session_id, attempt, runtime) if right else None
    if token is None:
        raise ConfirmationNeeded(str(_("This is not your password, and no code of your app.")))
    return token


def _confirmed(conn: Connection, session_id: int, attempt: int, runtime: Runtime) -> str | None:
    limits.succeeded(conn, attempt)
    return sessions.confirm(conn, session_id, now=runtime.clock())
