"""People of one organisation in an external portal, looked after by its portal administrator.

A portal administrator holds the ``admin_role`` of the portal, sees nobody but people of the own organisations, and
gives no role but those held (ADR 0006). The first person is invited by the company, from a person's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from weft.core.access import decide
from weft.core.db.tables import entity_type, record
from weft.core.errors import Denied, NotFound, RateLimited, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import admin, audit, company, limits, links, rights, sessions, users
from weft.core.identity.acting import Acting, note
from weft.core.identity.admin import Invitation, make_link
from weft.core.identity.tables import anchor
from weft.core.records.facade import Records
from weft.core.registry.access import Role
from weft.core.registry.declarations import PortalSpec
from weft.core.registry.runtime import Runtime

__all__ = [
    "Colleague", "colleague", "colleagues", "end", "external_roles", "invite", "invite_again", "invite_first",
    "is_admin", "organisations_of", "own_roles", "reopen", "set_roles", "spec_of",
]  # fmt: skip

_ = translator("core")

_ORGANISATION = "core.organization"
#: Invitations of one person an hour, so that nobody tries out whose address is known.
_INVITATIONS = 20


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the own organisations; ``roles`` are those held directly, ``mine`` is the viewer."""

    user: users.User
    roles: tuple[str, ...]
    mine: bool


def spec_of(runtime: Runtime, audience: str) -> PortalSpec | None:
    """The portal of an audience."""
    return next((one for one in runtime.registry.portals.values() if one.audience == audience), None)


def external_roles(runtime: Runtime, audience: str) -> list[Role]:
    """Roles people of an external audience may hold besides its base role, the administrator's last."""
    spec = spec_of(runtime, audience)
    found = [one for one in runtime.registry.roles.values() if one.audience == audience and one.key != audience]
    last = spec.admin_role if spec else ""
    return sorted(found, key=lambda one: (one.key == last, str(one.label)))


def is_admin(acting: Acting) -> bool:
    """True when the person looks after the colleagues of the own organisation."""
    spec = spec_of(acting.runtime, acting.principal.audience)
    return bool(spec and spec.admin_role) and acting.principal.has_role(spec.admin_role if spec else "")


def own_roles(acting: Acting) -> list[Role]:
    """Roles a portal administrator may give: those held."""
    held = acting.principal.roles
    return [one for one in external_roles(acting.runtime, acting.principal.audience) if one.key in held]


def organisations_of(acting: Acting) -> list[int]:
    """Records that stand for the person and are organisations, ascending."""
    return _organisations(acting, acting.principal.anchors)


def colleagues(acting: Acting) -> list[Colleague]:
    """Everybody of the own organisations, closed accounts too, by name; in five statements.

    People who stand for somebody else's organisation as well are left out: ending their access would end it there too.
    """
    _require(acting, writing=False)
    own = organisations_of(acting)
    ids = set(acting.connection.scalars(select(anchor.c.user_id).where(anchor.c.record_id.in_(own)))) if own else set()
    audience = acting.principal.audience
    stands_for = rights.anchors_of(acting.connection, sorted(ids))
    firms = set(_organisations(acting, sorted({number for some in stands_for.values() for number in some})))
    # Whoever also stands for an organisation that is not one's own is looked after by us.
    whole = [one for one in ids if firms.intersection(stands_for[one]).issubset(own)]
    found = [one for one in users.find_many(acting.connection, whole) if one.audience == audience]
    roles = rights.roles_of(acting.connection, [one.id for one in found])
    me = acting.principal.user_id
    return [Colleague(one, tuple(roles[one.id]), one.id == me) for one in found]


def colleague(acting: Acting, user_id: int) -> Colleague:
    """One of them; raises ``NotFound`` for everybody else."""
    found = next((one for one in colleagues(acting) if one.user.id == user_id), None)
    if found is None:
        raise NotFound("user")
    return found


def invite(acting: Acting, *, email: str, name: str, name_alt: str = "", roles: Iterable[str] = ()) -> Invitation:
    """Invite a colleague of the same organisations, with some of the roles one holds.

    Raises:
        Denied: not a portal administrator, or of no organisation.
        ValidationFailed: a value is unusable, the address is taken, a role is not one's own.
        RateLimited: too many invitations within the hour.
    """
    _require(acting)
    own, given = organisations_of(acting), _own(acting, roles)
    if not own:
        raise Denied(str(_("Your account stands for no organisation, so it has no colleagues.")))
    key = f"{acting.principal.user_id}"
    if limits.may_send(acting.connection, "colleague", key, key, now=acting.now, most=_INVITATIONS) != "fine":
        raise RateLimited(str(_("Too many invitations. Try again in an hour.")), retry_after=3600)
    me = acting.principal
    user_id = admin.create_user(
        acting, email=email, name=name, audience=me.audience, name_alt=name_alt, roles=given, anchors=own,
        locale=me.locale, zone=me.zone,
    )  # fmt: skip
    number = note(acting, "user.invite", {"user": [None, user_id], "roles": [[], sorted(given)]})
    return make_link(acting, user_id, "invite", number)


def invite_again(acting: Acting, user_id: int) -> Invitation:
    """A new link for a colleague who has not set a password; earlier links end."""
    _require(acting)
    if colleague(acting, user_id).user.status != "invited":
        raise ValidationFailed.single("", "state", _("This person has accepted already, or the account is closed."))
    links.withdraw(acting.connection, user_id, now=acting.now)
    return make_link(acting, user_id, "invite", note(acting, "user.invite", {"user": [user_id, user_id]}))


def set_roles(acting: Acting, user_id: int, roles: Iterable[str]) -> int:
    """Change what a colleague may do. Roles that the administrator does not hold stay as they are.

    Raises:
        ValidationFailed: it would leave the own organisation without an administrator by oneself.
    """
    _require(acting)
    found, given = colleague(acting, user_id), _own(acting, roles)
    mine = {one.key for one in own_roles(acting)}
    wanted = {*given, *(key for key in found.roles if key not in mine)}
    spec = spec_of(acting.runtime, acting.principal.audience)
    if found.mine and spec is not None and spec.admin_role in found.roles and spec.admin_role not in wanted:
        message = _("You cannot take this role from yourself; another administrator or your contact can.")
        raise ValidationFailed.single("roles", "self", message)
    by, registry = acting.principal.user_id, acting.runtime.registry
    rights.set_roles(acting.connection, registry, user_id, wanted, now=acting.now, by=by)
    after = rights.roles_of(acting.connection, [user_id])[user_id]
    return note(acting, "user.roles", {"user": [user_id, user_id], "roles": [sorted(found.roles), after]})


def end(acting: Acting, user_id: int) -> int:
    """Close a colleague's account at once: sessions die at the next request, links are useless, history stays."""
    _require(acting)
    found = colleague(acting, user_id)
    if found.mine:
        raise ValidationFailed.single("", "self", _("You cannot end your own access; your contact can."))
    if not found.user.active:
        raise ValidationFailed.single("", "state", _("This account is closed already."))
    users.deactivate(acting.connection, user_id, now=acting.now)
    sessions.revoke_all(acting.connection, user_id, now=acting.now)
    links.withdraw(acting.connection, user_id, now=acting.now)
    return note(acting, "user.deactivate", {"user": [user_id, user_id], "active": [True, False]})


def reopen(acting: Acting, user_id: int) -> int:
    """Open a closed account again with the roles it had, as far as the administrator holds them.

    Raises:
        Denied: the company closed it, so only the company opens it.
    """
    _require(acting)
    found = colleague(acting, user_id)
    if found.user.active:
        raise ValidationFailed.single("", "state", _("This account is open already."))
    closer = audit.last_by(acting.connection, "user.deactivate", user_id)
    by_firm = closer is not None and users.find(acting.connection, closer).audience == acting.principal.audience
    if not by_firm:
        reason = str(_("This account was closed by our company, so only we can open it again."))
        raise Denied(reason, ask=str(_("Ask your contact.")), rule="portal.admin")
    mine = {one.key for one in own_roles(acting)}
    users.reactivate(acting.connection, user_id)
    kept = [key for key in found.roles if key in mine]
    rights.set_roles(
        acting.connection, acting.runtime.registry, user_id, kept, now=acting.now, by=acting.principal.user_id
    )
    return note(acting, "user.reactivate", {"user": [user_id, user_id], "active": [False, True]})


# ---- the first person of an organisation


def invite_first(
    records: Records, *, audience: str, person: int, organisation: int, email: str, name: str, name_alt: str,
    roles: Iterable[str], locale: str = "",
) -> Invitation:  # fmt: skip
    """Invite somebody into the portal of an outside audience, from their own record, by somebody of the company.

    Their record and the organisation stand for them from then on.

    Raises:
        NotFound: a record cannot be read.
        Denied: sharing the organisation's record is not granted (administrators may always).
        ValidationFailed: a value is unusable, or the address is taken in this portal.
    """
    may_invite(records, organisation)
    if audience == "employee" or spec_of(records.runtime, audience) is None:
        raise ValidationFailed.single("audience", "invalid", _("Choose one of the portals."))
    known = {one.key for one in external_roles(records.runtime, audience)}
    given = sorted(known.intersection(roles))
    user_id = admin.create_user(
        records, email=email, name=name, audience=audience, name_alt=name_alt, roles=given,
        anchors=sorted({person, organisation}), locale=locale, zone=company.get(records.connection).zone,
    )  # fmt: skip
    number = note(records, "user.invite", {"user": [None, user_id], "roles": [[], given]})
    return make_link(records, user_id, "invite", number)


def may_invite(records: Records, organisation: int) -> None:
    """Let pass who may show the organisation's record to others.

    Raises:
        NotFound, Denied: as everywhere.
    """
    principal = records.principal
    if not principal.internal or principal.read_only:
        raise Denied(str(_("Only people of the company invite into a portal.")), rule="share")
    entity = decide.entity_of(records, organisation)
    if entity is None:
        raise NotFound(str(organisation))
    decide.require(records, entity, "share", organisation)


# ---- inside


def _require(acting: Acting, *, writing: bool = True) -> None:
    principal = acting.principal
    writes = principal.kind == "user" and not principal.read_only
    if principal.internal or not is_admin(acting) or (writing and not writes):
        reason = str(_("Only the portal administrator of your company does this."))
        raise Denied(reason, ask=str(_("Ask them, or your contact.")), rule="portal.admin")


def _own(acting: Acting, roles: Iterable[str]) -> list[str]:
    mine = {one.key for one in own_roles(acting)}
    wanted = sorted(set(roles))
    if not mine.issuperset(wanted):
        raise ValidationFailed.single("roles", "invalid", _("You can give only roles you have yourself."))
    return wanted


def _organisations(acting: Acting, ids: Sequence[int]) -> list[int]:
    registry = acting.runtime.registry
    keys = [one.key for one in registry.entities.values() if _ORGANISATION in one.spec.traits]
    if not ids or not keys:
        return []
    r, t = record.c, entity_type.c
    statement: Any = select(r.id).join(entity_type, t.id == r.type_id)
    statement = statement.where(r.id.in_(list(ids)), r.deleted_at.is_(None), t.key.in_(keys)).order_by(r.id)
    return list(acting.connection.scalars(statement))
