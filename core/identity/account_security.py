"""What people do with the ways into their own account: second step, recovery codes, accounts at sign-in providers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import audit, identities, limits, passwords, second_factor, sessions, users
from weft.core.identity.acting import Acting, note, require_fresh, require_self
from weft.core.identity.principal import Principal
from weft.core.identity.second_step import code_account
from weft.core.identity.tables import credential
from weft.core.registry.runtime import Runtime

__all__ = ["Switched", "link", "may_begin", "new_codes", "switch_off", "switch_on", "unlink"]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Switched:
    """The second step is on.

    Attributes:
        codes: recovery codes, shown once.
        token: new cookie value of the session; its others have ended.
    """

    codes: tuple[str, ...] = field(repr=False)
    token: str = field(repr=False)


def may_begin(acting: Acting) -> None:
    """Refuse what :func:`switch_on` would refuse, before the secret is shown.

    Raises:
        ConfirmationNeeded: the session is too old for it.
        Denied: it is not the person's own browser.
    """
    _own(acting)
    require_fresh(acting)


def switch_on(acting: Acting, sealed: str, code: str) -> Switched:
    """Switch one's own second step on with the first code of the app; ends one's other sessions.

    Raises:
        ValidationFailed: the code does not fit, or the second step is on already.
        ConfirmationNeeded: the session is too old for it.
    """
    user_id = _own(acting)
    require_fresh(acting)
    conn, settings, now = acting.connection, acting.runtime.settings, acting.now
    if second_factor.is_on(conn, user_id):
        raise ValidationFailed.single("", "state", _("Two-step sign-in is on already."))
    secret = second_factor.opened(settings, user_id, sealed, now=now)
    step = second_factor.accept(secret, code, now=now)
    codes = second_factor.switch_on(conn, settings, user_id, secret, step, now=now)
    session_id = acting.principal.session_id or 0
    sessions.revoke_all(conn, user_id, now=now, except_id=session_id)
    token = sessions.confirm(conn, session_id, now=now) or ""
    note(acting, "user.second_on", {"user": [user_id, user_id]})
    return Switched(tuple(codes), token)


def new_codes(acting: Acting) -> list[str]:
    """Ten new recovery codes; the earlier ones end.

    Raises:
        ValidationFailed: the second step is off.
        ConfirmationNeeded: the session is too old for it.
    """
    user_id = _own(acting)
    require_fresh(acting)
    if not second_factor.is_on(acting.connection, user_id):
        raise ValidationFailed.single("", "state", _("Two-step sign-in is off."))
    codes = second_factor.new_codes(acting.connection, acting.runtime.settings, user_id)
    note(acting, "user.second_codes", {"user": [user_id, user_id]})
    return codes


def switch_off(runtime: Runtime, principal: Principal, password: str, code: str, *, address: str) -> str:
    """Switch one's own second step off with password and code. Opens its own short transactions.

    Returns:
        The session's new cookie value; one's other sessions have ended.

    Raises:
        ValidationFailed: password or code is wrong, or a rule says that the second step must be there.
        RateLimited: too many tries.
    """
    user_id, now = principal.user_id or 0, runtime.clock()
    if principal.kind != "user" or principal.read_only:
        raise Denied(str(_("Everybody changes only their own account here.")))
    with runtime.db.write() as conn:
        if second_factor.required(conn, runtime.registry, user_id):
            raise ValidationFailed.single("", "required", _("Your company asks for two-step sign-in in your role."))
        attempt = limits.admit(conn, code_account(user_id), address, now=now, kind="code")
        stored = conn.execute(select(credential.c.password_hash).where(credential.c.user_id == user_id)).scalar()
    known = passwords.verify(stored, password)
    with runtime.db.write() as conn:
        # Without a password (the account comes from a provider) the code alone must do.
        by = second_factor.check(conn, runtime.settings, user_id, code, now=now) if known or stored is None else ""
        if by:
            limits.succeeded(conn, attempt)
            second_factor.switch_off(conn, user_id)
            sessions.revoke_all(conn, user_id, now=now, except_id=principal.session_id)
            token = sessions.confirm(conn, principal.session_id or 0, now=now)
            audit.write(conn, now, user_id, "page", "user.second_off", {"user": [user_id, user_id]})
            return token or ""
    # One sentence for both: which of them was wrong helps only somebody who guesses.
    raise ValidationFailed.single("code", "wrong", _("The password or the code does not fit."))


def link(acting: Acting, provider: str, issuer: str, subject: str, label: str) -> int:
    """Link an account at a provider, which its owner has just shown to have, to one's own account (R25).

    Raises:
        ValidationFailed: it belongs to somebody already.
        ConfirmationNeeded: the session is too old for it.
    """
    user_id = _own(acting)
    require_fresh(acting)
    user = users.find(acting.connection, user_id)
    identities.link(
        acting.connection, user_id, user.audience, provider, issuer, subject, label, now=acting.now, by=user_id
    )
    changes = {"user": [user_id, user_id], "provider": [None, provider], "label": [None, label]}
    return note(acting, "user.link", changes)


def unlink(acting: Acting, identity_id: int) -> int:
    """Take one's own link to a provider's account away.

    Raises:
        NotFound: there is no such link of one's own.
        ValidationFailed: it is the only way in.
        ConfirmationNeeded: the session is too old for it.
    """
    user_id = _own(acting)
    require_fresh(acting)
    found = identities.of_user(acting.connection, user_id)
    one = next((entry for entry in found if entry.id == identity_id), None)
    if one is None:
        raise NotFound("link")
    if len(found) == 1 and not passwords.has_password(acting.connection, user_id):
        raise ValidationFailed.single("", "last", _("Set a password first: this is your only way to sign in."))
    identities.unlink(acting.connection, identity_id)
    changes = {"user": [user_id, user_id], "provider": [one.provider, None], "label": [one.label, None]}
    return note(acting, "user.unlink", changes)


def _own(acting: Acting) -> int:
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    if acting.principal.kind != "user":
        raise Denied(str(_("Everybody changes only their own account here.")))
    return user_id
