"""Looking as another person: a mark on the viewer's own session, in the audit trail from beginning to end.

The viewed person's sessions and cookies are not touched. What is seen is read-only: see
:attr:`weft.core.identity.principal.Principal.read_only`. Nobody sees more than they may by it: see :func:`refusal`;
entities declared ``private`` are not shown at all.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from weft.core.errors import Denied, NotFound
from weft.core.i18n import translator
from weft.core.identity import principals
from weft.core.identity.acting import Acting, note, require_fresh
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user, user_session
from weft.core.registry.core_plugin import ADMIN, VIEW_AS
from weft.core.registry.runtime import Runtime

__all__ = ["end", "refusal", "start", "viewed_principal", "viewing_of"]

_ = translator("core")


def start(acting: Acting, user_id: int) -> int:
    """Let the session of the one who acts look as somebody from the next request on; returns the change set.

    Raises:
        Denied: the right is missing, it is no session of a browser, or :func:`refusal` says why.
        NotFound: there is no such active person.
    """
    principal = acting.principal
    if not principal.has_role(VIEW_AS) or principal.session_id is None or principal.read_only:
        reason = str(_("Looking as others needs the role “View as”."))
        raise Denied(reason, ask=str(_("An administrator can give you the role.")), rule=VIEW_AS)
    require_fresh(acting)
    if user_id == principal.user_id:
        raise Denied(str(_("You see what you see already.")))
    row = acting.connection.execute(
        select(app_user.c.audience, app_user.c.active).where(app_user.c.id == user_id)
    ).first()
    if row is None or not row.active:
        raise NotFound("user")
    target = principals.load(acting.connection, acting.runtime, user_id, row.audience)
    refused = refusal(principal, target)
    if refused:
        raise Denied(refused, ask=str(_("Ask an administrator.")), rule=VIEW_AS)
    before = viewing_of(acting.connection, principal.session_id)
    if before is not None:
        note(acting, "view_as.end", {"user": [before, before]})
    mark = update(user_session).where(user_session.c.id == principal.session_id).values(viewing_id=user_id)
    acting.connection.execute(mark)
    return note(acting, "view_as.start", {"user": [user_id, user_id]})


def refusal(viewer: Principal, target: Principal) -> str:
    """Why somebody may not look as a person; empty when they may.

    Nobody looks as those who administer or look as others themselves. Who is no administrator looks only as people
    whose roles they hold all, for a role more may read what the viewer may not; people of the portals see only what
    the company shows them.
    """
    if target.has_role(ADMIN) or target.has_role(VIEW_AS):
        return str(_("Nobody looks as administrators, or as people who may look as others."))
    if target.internal and not viewer.has_role(ADMIN) and not target.roles <= viewer.roles:
        return str(_("This person has roles that you do not have."))
    return ""


def end(acting: Acting) -> int | None:
    """Stop looking as somebody; returns their id, None when nobody was looked at."""
    session_id = acting.principal.session_id
    viewed = None if session_id is None else viewing_of(acting.connection, session_id)
    if viewed is None:
        return None
    acting.connection.execute(update(user_session).where(user_session.c.id == session_id).values(viewing_id=None))
    note(acting, "view_as.end", {"user": [viewed, viewed]})
    return viewed


def viewing_of(conn: Connection, session_id: int) -> int | None:
    """As whom a session looks now."""
    found: int | None = conn.execute(
        select(user_session.c.viewing_id).where(user_session.c.id == session_id)
    ).scalar_one_or_none()
    return found


def viewed_principal(
    conn: Connection, runtime: Runtime, viewer: Principal, user_id: int, rules: int
) -> Principal | None:
    """The person as whom somebody looks, for reading only; None when the right or the person is gone, or grew."""
    if not viewer.has_role(VIEW_AS):
        return None
    row = conn.execute(
        select(app_user.c.audience, app_user.c.active, app_user.c.version).where(app_user.c.id == user_id)
    ).first()
    if row is None or not row.active:
        return None
    target = principals.load(conn, runtime, user_id, row.audience, version=row.version, rules=rules)
    return None if refusal(viewer, target) else target.with_changes(read_only=True, looked_at=True)
