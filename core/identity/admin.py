"""What administrators do with users: each function checks the right, writes, and appends to the audit trail.

Every function takes what acts (a records unit of work, or :func:`weft.core.identity.acting.writing`) and returns the
change set, for the toast's Undo (:mod:`weft.core.identity.undo`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company, links, passwords, rights, sessions, units, users
from weft.core.identity.acting import Acting, note, require_admin, require_fresh
from weft.core.identity.recovery import INVITE_JOB
from weft.core.mail.mailer import is_set_up
from weft.core.outbox.publishing import enqueue
from weft.core.registry.core_plugin import ADMIN

__all__ = [
    "Invitation", "add_membership", "add_user", "check_last_admin", "create_user", "deactivate", "end_deputy",
    "end_membership", "end_sessions", "invite", "invite_again", "make_link", "reactivate", "reset_link", "set_anchors",
    "set_roles", "update_user",
]  # fmt: skip

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link to hand over.

    Attributes:
        url: absolute address, to be copied; shown once.
        mailed: a mail with a link of its own is on its way.
    """

    user_id: int
    change_set_id: int
    url: str = field(repr=False)
    expires_at: datetime
    mailed: bool


def add_user(
    acting: Acting,
    *,
    email: str,
    name: str,
    audience: str = "employee",
    name_alt: str = "",
    roles: Iterable[str] = (),
    unit: int | None = None,
    position: str = "",
    position_alt: str = "",
    head: bool = False,
    anchors: Iterable[int] = (),
    locale: str = "",
    zone: str = "",
    password: str | None = None,
) -> tuple[int, int]:
    """Create a user who can sign in at once with ``password``, or not before a link is made; (user id, change set).

    Raises:
        ValidationFailed: a value, a role or the password is refused.
    """
    require_admin(acting)
    require_fresh(acting)
    user_id = _create(
        acting, email, name, audience, name_alt, roles, unit, position, position_alt, head, anchors, locale, zone
    )
    if password is not None:
        context = (email, name, name_alt)
        passwords.set_password(acting.connection, user_id, password, now=acting.now, context=context)
    return user_id, note(acting, "user.create", {"user": [None, user_id], "roles": [[], sorted(roles)]})


def invite(
    acting: Acting,
    *,
    email: str,
    name: str,
    audience: str = "employee",
    name_alt: str = "",
    roles: Iterable[str] = (),
    unit: int | None = None,
    position: str = "",
    position_alt: str = "",
    head: bool = False,
    anchors: Iterable[int] = (),
    locale: str = "",
    zone: str = "",
) -> Invitation:
    """Create a user and a link with which to set the password; mailed as well when mail is set up.

    Args:
        roles: keys besides the audience's base role.
        unit: the unit the person belongs to.
        anchors: records that stand for the person (own person record, own organisations).
        locale, zone: of the company when empty.

    Raises:
        ValidationFailed: a value or role is refused.
        Denied: the caller is no administrator.
    """
    require_admin(acting)
    require_fresh(acting)
    given = list(roles)
    user_id = _create(
        acting, email, name, audience, name_alt, given, unit, position, position_alt, head, anchors, locale, zone
    )
    number = note(acting, "user.invite", {"user": [None, user_id], "roles": [[], sorted(given)], "unit": [None, unit]})
    return make_link(acting, user_id, "invite", number)


def invite_again(acting: Acting, user_id: int) -> Invitation:
    """A new link for somebody invited who has not set a password; earlier links end.

    Raises:
        ValidationFailed: the person accepted already, or the account is closed.
    """
    require_admin(acting)
    require_fresh(acting)
    if users.find(acting.connection, user_id).status != "invited":
        raise ValidationFailed.single("", "state", _("This person has accepted already, or the account is closed."))
    links.withdraw(acting.connection, user_id, now=acting.now)
    return make_link(acting, user_id, "invite", note(acting, "user.invite", {"user": [user_id, user_id]}))


def end_deputy(acting: Acting, user_id: int, entry_id: int) -> int:
    """End somebody's deputyship now.

    Raises:
        NotFound: this person has no such deputyship.
    """
    require_admin(acting)
    rights.end_deputy(acting.connection, entry_id, at=acting.now, user_id=user_id)
    return note(acting, "user.deputy", {"user": [user_id, user_id], "id": [entry_id, None]})


def reset_link(acting: Acting, user_id: int) -> Invitation:
    """A link with which an active person sets a new password, to be handed over when there is no mail server."""
    require_admin(acting)
    require_fresh(acting)
    if not users.find(acting.connection, user_id).active:
        raise ValidationFailed.single("", "state", _("This account is closed. Open it first."))
    return make_link(acting, user_id, "reset", note(acting, "user.reset_link", {"user": [user_id, user_id]}))


def update_user(acting: Acting, user_id: int, **changes: Any) -> int:
    """Change name, name_alt, email, phone, locale, zone or theme of anybody."""
    require_admin(acting)
    if "email" in changes:  # whoever has the mailbox gets the reset link
        require_fresh(acting)
    before = users.find(acting.connection, user_id)
    users.update_user(acting.connection, user_id, **changes)
    after = users.find(acting.connection, user_id)
    changed = {key: [getattr(before, key), getattr(after, key)] for key in changes}
    real = {key: pair for key, pair in changed.items() if pair[0] != pair[1]}
    return note(acting, "user.update", {"user": [user_id, user_id], **real})


def deactivate(acting: Acting, user_id: int) -> int:
    """Close an account: signed out at the next click everywhere, links useless, records and history stay.

    Raises:
        ValidationFailed: oneself, the last administrator, or closed already.
    """
    require_admin(acting)
    conn = acting.connection
    if user_id == acting.principal.user_id:
        raise ValidationFailed.single("", "self", _("You cannot deactivate yourself; another administrator can."))
    if not users.find(conn, user_id).active:
        raise ValidationFailed.single("", "state", _("This account is closed already."))
    check_last_admin(acting, user_id, ())
    users.deactivate(conn, user_id, now=acting.now)
    sessions.revoke_all(conn, user_id, now=acting.now)
    links.withdraw(conn, user_id, now=acting.now)
    return note(acting, "user.deactivate", {"user": [user_id, user_id], "active": [True, False]})


def reactivate(acting: Acting, user_id: int) -> int:
    """Open a closed account again with the rights it had; the person signs in anew."""
    require_admin(acting)
    require_fresh(acting)
    if users.find(acting.connection, user_id).active:
        raise ValidationFailed.single("", "state", _("This account is open already."))
    users.reactivate(acting.connection, user_id)
    return note(acting, "user.reactivate", {"user": [user_id, user_id], "active": [False, True]})


def set_roles(acting: Acting, user_id: int, roles: Iterable[str]) -> int:
    """Give exactly these roles besides the base role; effective at the person's next request.

    Raises:
        ValidationFailed: an unknown role, one of another portal, or nobody would be administrator.
    """
    require_admin(acting)
    require_fresh(acting)
    wanted = set(roles)
    before = rights.roles_of(acting.connection, [user_id])[user_id]
    check_last_admin(acting, user_id, wanted)
    by = acting.principal.user_id
    rights.set_roles(acting.connection, acting.runtime.registry, user_id, wanted, now=acting.now, by=by)
    after = rights.roles_of(acting.connection, [user_id])[user_id]
    return note(acting, "user.roles", {"user": [user_id, user_id], "roles": [before, after]})


def set_anchors(acting: Acting, user_id: int, record_ids: Iterable[int]) -> int:
    """Let exactly these records stand for a person; decides what path rules show to it."""
    require_admin(acting)
    require_fresh(acting)
    before = rights.anchors_of(acting.connection, [user_id])[user_id]
    rights.set_anchors(acting.connection, user_id, record_ids, now=acting.now, by=acting.principal.user_id)
    after = rights.anchors_of(acting.connection, [user_id])[user_id]
    return note(acting, "user.anchors", {"user": [user_id, user_id], "anchors": [before, after]})


def add_membership(
    acting: Acting,
    user_id: int,
    unit_id: int,
    *,
    position: str = "",
    position_alt: str = "",
    head: bool = False,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> int:
    """Let a person belong to a unit."""
    require_admin(acting)
    member = units.add_member(
        acting.connection, user_id, unit_id, now=acting.now, position=position, position_alt=position_alt, head=head,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    names = units.names(acting.connection, [unit_id])[unit_id]
    changes = {"user": [user_id, user_id], "unit": [None, unit_id], "unit_name": [None, list(names)]}
    return note(acting, "user.membership", {**changes, "membership": [None, member], "position": [None, position]})


def end_membership(acting: Acting, membership_id: int, user_id: int, *, at: datetime | None = None) -> int:
    """Let a membership of a person end, now or at a moment."""
    require_admin(acting)
    known = units.memberships_of(acting.connection, [user_id], now=acting.now)[user_id]
    found = next((member for member in known if member.id == membership_id), None)
    if found is None:
        raise ValidationFailed.single("", "state", _("This membership has ended already."))
    units.end_membership(acting.connection, membership_id, at=at or acting.now)
    changes = {"user": [user_id, user_id], "unit": [found.unit_id, None], "membership": [membership_id, None]}
    return note(acting, "user.membership", {**changes, "unit_name": [[found.unit_name, found.unit_name_alt], None]})


def end_sessions(acting: Acting, user_id: int, session_id: int | None = None) -> int:
    """Sign a person out everywhere, or end one session."""
    require_admin(acting)
    if session_id is None:
        ended = list(sessions.revoke_all(acting.connection, user_id, now=acting.now))
    else:
        done = sessions.revoke(acting.connection, session_id, now=acting.now, user_id=user_id)
        ended = [session_id] if done else []
    return note(acting, "user.sessions", {"user": [user_id, user_id], "sessions": [len(ended), 0]})


def create_user(
    acting: Acting, *, email: str, name: str, audience: str, name_alt: str = "", roles: Iterable[str] = (),
    anchors: Iterable[int] = (), locale: str = "", zone: str = "",
) -> int:  # fmt: skip
    """Make an invited user without telling anybody; who may do so was decided before, the audit trail comes after."""
    return _create(acting, email, name, audience, name_alt, roles, None, "", "", False, anchors, locale, zone)


def _create(
    acting: Acting, email: str, name: str, audience: str, name_alt: str, roles: Iterable[str], unit: int | None,
    position: str, position_alt: str, head: bool, anchors: Iterable[int], locale: str, zone: str,
) -> int:  # fmt: skip
    conn, now, by = acting.connection, acting.now, acting.principal.user_id
    settings = company.get(conn)
    user_id = users.create(
        conn, email=email, name=name, name_alt=name_alt, audience=audience, now=now, invited=True,
        locale=locale or settings.locale, zone=zone or settings.zone,
    )  # fmt: skip
    rights.set_roles(conn, acting.runtime.registry, user_id, roles, now=now, by=by)
    if unit is not None:
        units.add_member(conn, user_id, unit, now=now, position=position, position_alt=position_alt, head=head)
    rights.set_anchors(conn, user_id, anchors, now=now, by=by)
    return user_id


def make_link(acting: Acting, user_id: int, purpose: str, number: int) -> Invitation:
    """A fresh link for somebody, mailed where that can be done; who may make one was decided before.

    Args:
        purpose: ``invite`` or ``reset``.
        number: the change set that tells of it.
    """
    by = acting.principal.user_id
    token, expires = links.issue(acting.connection, purpose, user_id, now=acting.now, by=by)
    mailed = purpose == "invite" and is_set_up(acting.runtime.settings)
    if mailed:
        enqueue(acting.connection, INVITE_JOB, {"user": user_id, "by": by}, now=acting.now)
    url = acting.runtime.settings.public_url + links.path(token)
    return Invitation(user_id, number, url, expires, mailed)


def check_last_admin(acting: Acting, user_id: int, roles: Iterable[str]) -> None:
    """Refuse to leave an installation without administrator.

    Raises:
        ValidationFailed: the user is the only one, and ``roles`` lacks the role.
    """
    if ADMIN not in roles and rights.holders(acting.connection, ADMIN) == [user_id]:
        message = _("This is the last administrator. Make somebody else administrator first.")
        raise ValidationFailed.single("", "last_admin", message)
