"""What administrators do with the ways into other people's accounts; checked, confirmed and noted."""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.config_oidc import OidcProvider
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import identities, second_factor, sessions, users
from weft.core.identity.acting import Acting, note, require_admin, require_fresh
from weft.core.registry.access import AUDIENCES

__all__ = ["link", "reset_second_step", "set_rules", "unlink"]

_ = translator("core")


def reset_second_step(acting: Acting, user_id: int) -> int:
    """Take the second step of somebody who lost telephone and codes; signs the person out everywhere.

    The password stays; where a rule asks for a second step, the person sets it up anew at the next sign-in.

    Raises:
        ValidationFailed: it is off.
    """
    require_admin(acting)
    require_fresh(acting)
    users.find(acting.connection, user_id)
    if not second_factor.switch_off(acting.connection, user_id):
        raise ValidationFailed.single("", "state", _("Two-step sign-in is off."))
    sessions.revoke_all(acting.connection, user_id, now=acting.now)
    return note(acting, "user.second_reset", {"user": [user_id, user_id]})


def set_rules(acting: Acting, audiences: Iterable[str], roles: Iterable[str]) -> int:
    """Say who must sign in in two steps.

    Raises:
        ValidationFailed: an audience or role does not exist.
    """
    require_admin(acting)
    require_fresh(acting)
    wanted = (sorted(set(audiences)), sorted(set(roles)))
    if set(wanted[0]) - set(AUDIENCES):
        raise ValidationFailed.single("audiences", "invalid", _("Choose portals of the list."))
    if set(wanted[1]) - set(acting.runtime.registry.roles):
        raise ValidationFailed.single("roles", "invalid", _("Choose roles of the list."))
    before = second_factor.policy(acting.connection)
    second_factor.set_policy(acting.connection, *wanted)
    changes = {"audiences": [sorted(before.audiences), wanted[0]], "roles": [sorted(before.roles), wanted[1]]}
    return note(acting, "sign_in.rules", changes)


def link(acting: Acting, user_id: int, provider: OidcProvider, subject: str) -> int:
    """Link an account at a provider to a person beforehand, by the id the provider gives it (R25: never by address).

    Raises:
        ValidationFailed: no id, it belongs to somebody, or the provider is for another portal.
    """
    require_admin(acting)
    require_fresh(acting)
    user = users.find(acting.connection, user_id)
    if user.audience != provider.audience:
        raise ValidationFailed.single("provider", "audience", _("This provider is for another portal."))
    identities.link(
        acting.connection, user_id, user.audience, provider.key, provider.issuer, subject, subject.strip(),
        now=acting.now, by=acting.principal.user_id,
    )  # fmt: skip
    changes = {"user": [user_id, user_id], "provider": [None, provider.key], "label": [None, subject.strip()]}
    return note(acting, "user.link", changes)


def unlink(acting: Acting, user_id: int, identity_id: int) -> int:
    """Take a link from a person.

    Raises:
        NotFound: the person has no such link.
    """
    require_admin(acting)
    require_fresh(acting)
    one = next((entry for entry in identities.of_user(acting.connection, user_id) if entry.id == identity_id), None)
    if one is None:
        raise NotFound("link")
    identities.unlink(acting.connection, identity_id)
    changes = {"user": [user_id, user_id], "provider": [one.provider, None], "label": [one.label, None]}
    return note(acting, "user.unlink", changes)
