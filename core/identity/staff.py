"""What personnel work does to accounts: taking somebody on, moving them to another unit, closing the account.

For plugins whose own action decided that the person may do it; everything is noted in the audit trail with who did it.
Whoever does personnel work is no administrator: nobody gets an administrator's role this way, and an administrator's
account is closed by an administrator only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import admin, rights, sessions, units, users
from weft.core.identity.acting import require_fresh
from weft.core.identity.admin import Invitation
from weft.core.identity.principal import SYSTEM
from weft.core.registry.access import Role
from weft.core.registry.core_plugin import ADMIN

__all__ = ["close", "givable_roles", "place", "take_on"]

_ = translator("core")


def givable_roles(records: Any) -> list[Role]:
    """Roles that may be given to somebody taken on: those of plugins and portals, none of the platform itself.

    The platform's own (administrators, looking as others, explaining rights) are an administrator's to give.

    Args:
        records: any unit of work.
    """
    known = records.runtime.registry.roles
    return [
        role
        for role in known.values()
        if role.audience == "employee"
        and role.key != "employee"
        and not any(key.startswith("core.") for key in _closure(known, role.key))
    ]


def take_on(
    records: Any, reason: str, *, email: str, name: str, name_alt: str = "", unit: int | None = None,
    position: str = "", position_alt: str = "", head: bool = False, roles: Iterable[str] = (), locale: str = "",
    zone: str = "",
) -> Invitation:  # fmt: skip
    """Make a user of the company with unit and roles, and the link with which the person sets a password.

    Args:
        records: a writing unit of whoever takes the person on; the right to do so was decided by the caller.
        reason: why, kept in the change set (``hrm: hire``).
        email, name, name_alt: of the person; the address is for signing in.
        unit, position, position_alt, head: where the person belongs from now on.
        roles: keys out of :func:`givable_roles`.
        locale, zone: of the company when empty.

    Raises:
        ValidationFailed: the address is taken or none, or a role may not be given this way.
        ConfirmationNeeded: the session was not confirmed lately; the door asks for the password.
    """
    require_fresh(records)
    given = sorted(set(roles))
    allowed = {role.key for role in givable_roles(records)}
    if not set(given) <= allowed:
        message = _("Only an administrator can give this role.")
        raise ValidationFailed.single("roles", "forbidden", message)
    return admin.invite(
        _platform(records, reason), email=email, name=name, name_alt=name_alt, roles=given, unit=unit,
        position=position, position_alt=position_alt, head=head, locale=locale, zone=zone,
    )  # fmt: skip


def place(
    records: Any, reason: str, user_id: int, unit: int | None, *, position: str = "", position_alt: str = "",
    head: bool = False,
) -> bool:  # fmt: skip
    """Let somebody belong to a unit from now on and to no other; False when it is so already.

    Args:
        records: a writing unit; the right was decided by the caller.
        reason: why, kept in the change set.
        user_id: the person.
        unit: their unit, None for none.
        position, position_alt, head: what they are there.
    """
    acting = _platform(records, reason)
    present = units.memberships_of(records.connection, [user_id], now=records.now)[user_id]
    wanted = (unit, position, position_alt, head)
    if [(one.unit_id, one.position, one.position_alt, one.head) for one in present] == ([wanted] if unit else []):
        return False
    for one in present:
        admin.end_membership(acting, one.id, user_id)
    if unit is not None:
        admin.add_membership(acting, user_id, unit, position=position, position_alt=position_alt, head=head)
    return True


def close(records: Any, reason: str, user_id: int, *, at: datetime | None = None) -> bool:
    """Close the account of somebody who left: signed out everywhere, memberships ended, nobody's deputy any more.

    False when it is closed already.

    Args:
        records: a writing unit; the right was decided by the caller.
        reason: why, kept in the change set.
        user_id: the person.
        at: when the memberships end, now when not given.

    Raises:
        ValidationFailed: the person is an administrator.
    """
    connection = records.connection
    if not users.find(connection, user_id).active:
        return False
    if ADMIN in rights.roles_of(connection, [user_id])[user_id]:
        message = _("This person is an administrator: another administrator has to close the account first.")
        raise ValidationFailed.single("user", "administrator", message)
    acting = _platform(records, reason)
    for one in units.memberships_of(connection, [user_id], now=records.now)[user_id]:
        admin.end_membership(acting, one.id, user_id, at=at)
    for deputy in rights.deputies(connection, user_id, now=records.now):
        admin.end_deputy(acting, deputy.user_id, deputy.id)
    admin.deactivate(acting, user_id)
    sessions.revoke_all(connection, user_id, now=records.now)
    return True


def _platform(records: Any, reason: str) -> Any:
    """The same unit of work with the platform's rights, on behalf of who acts."""
    system = records.system(reason)
    return type(system)(replace(SYSTEM, user_id=records.principal.user_id), system.state)


def _closure(known: Any, key: str) -> set[str]:
    found, waiting = set(), [key]
    while waiting:
        one = waiting.pop()
        if one not in found and one in known:
            found.add(one)
            waiting.extend(known[one].includes)
        found.add(one)
    return found
