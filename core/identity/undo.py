"""Taking back what was done to users, units and settings, while it is still as it was left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from weft.core.errors import NotFound, UndoRefused, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import admin, audit, company, links, rights, rights_undo, sessions, units, users
from weft.core.identity.acting import Acting, note, require_admin, require_fresh
from weft.core.identity.tables import org_unit

__all__ = ["UNDOABLE", "is_audit", "undo_audit"]

_ = translator("core")
_Changes = Mapping[str, Any]


def is_audit(conn: Connection, change_set_id: int) -> bool:
    """True when a change set was made by this package and is taken back by :func:`undo_audit`."""
    return audit.find_change_set(conn, change_set_id) is not None


def undo_audit(acting: Acting, change_set_id: int) -> int:
    """Take back one entry of the audit trail; returns the change set that did it.

    Raises:
        NotFound: there is no such entry.
        UndoRefused: it was taken back already, cannot be, or something changed since.
        Denied: the caller is no administrator.
    """
    require_admin(acting)
    entry = audit.find_change_set(acting.connection, change_set_id)
    if entry is None:
        raise NotFound("change")
    reverse = UNDOABLE.get(entry.action)
    if reverse is None:
        raise UndoRefused(str(_("This cannot be undone.")))
    if entry.action in audit.RIGHTS:
        require_fresh(acting)
    if entry.undone:
        raise UndoRefused(str(_("This was undone already.")))
    try:
        action = reverse(acting, entry.changes)
    except (ValidationFailed, NotFound) as error:
        raise UndoRefused(str(_("This cannot be undone any more: %(reason)s") % {"reason": str(error)})) from error
    turned = {key: list(reversed(pair)) for key, pair in entry.changes.items()}
    if "user" in turned:
        turned["user"] = [entry.subject_id, entry.subject_id]
    return note(acting, action, turned, undoes=change_set_id)


def _deactivated(acting: Acting, changes: _Changes) -> str:
    user_id = _subject(changes)
    _unchanged(users.find(acting.connection, user_id).active, False)
    users.reactivate(acting.connection, user_id)
    return "user.reactivate"


def _opened(acting: Acting, changes: _Changes) -> str:
    """A reactivation or an invitation: close the account again."""
    user_id = _subject(changes)
    _unchanged(users.find(acting.connection, user_id).active, True)
    admin.check_last_admin(acting, user_id, ())
    users.deactivate(acting.connection, user_id, now=acting.now)
    sessions.revoke_all(acting.connection, user_id, now=acting.now)
    links.withdraw(acting.connection, user_id, now=acting.now)
    return "user.deactivate"


def _roles(acting: Acting, changes: _Changes) -> str:
    user_id, (before, after) = _subject(changes), changes["roles"]
    _unchanged(rights.roles_of(acting.connection, [user_id])[user_id], after)
    admin.check_last_admin(acting, user_id, before)
    by = acting.principal.user_id
    rights.set_roles(acting.connection, acting.runtime.registry, user_id, before, now=acting.now, by=by)
    return "user.roles"


def _anchors(acting: Acting, changes: _Changes) -> str:
    user_id, (before, after) = _subject(changes), changes["anchors"]
    _unchanged(rights.anchors_of(acting.connection, [user_id])[user_id], after)
    rights.set_anchors(acting.connection, user_id, before, now=acting.now, by=acting.principal.user_id)
    return "user.anchors"


def _user(acting: Acting, changes: _Changes) -> str:
    user_id = _subject(changes)
    now = users.find(acting.connection, user_id)
    values = {key: pair for key, pair in changes.items() if key != "user"}
    for key, (_before, after) in values.items():
        _unchanged(getattr(now, key), after)
    users.update_user(acting.connection, user_id, **{key: pair[0] for key, pair in values.items()})
    return "user.update"


def _unit(acting: Acting, changes: _Changes) -> str:
    unit_id = changes["unit"][1]
    values = {key: pair for key, pair in changes.items() if key not in ("unit", "unit_name")}
    row = _unit_row(acting.connection, unit_id)
    for key, (_before, after) in values.items():
        _unchanged(row[key] or "" if key == "name_alt" else row[key], after)
    units.update_unit(acting.connection, unit_id, **{key: pair[0] for key, pair in values.items()})
    return "unit.update"


def _moved(acting: Acting, changes: _Changes) -> str:
    unit_id, (before, after) = changes["unit"][1], changes["parent"]
    _unchanged(_unit_row(acting.connection, unit_id)["parent_id"], after)
    units.move_unit(acting.connection, unit_id, before)
    return "unit.move"


def _added(acting: Acting, changes: _Changes) -> str:
    units.delete_unit(acting.connection, changes["unit"][1])
    return "unit.delete"


def _company(acting: Acting, changes: _Changes) -> str:
    now = company.get(acting.connection)
    for key, (_before, after) in changes.items():
        _unchanged(getattr(now, key), after)
    company.save(acting.connection, **{key: pair[0] for key, pair in changes.items()})
    acting.runtime.db.after_commit(lambda: company.forget(acting.runtime))
    return "company.update"


#: Action -> what takes it back and returns the action that this is.
UNDOABLE: dict[str, Callable[[Acting, _Changes], str]] = {
    "user.deactivate": _deactivated,
    "user.reactivate": _opened,
    "user.invite": _opened,
    "user.roles": _roles,
    "user.anchors": _anchors,
    "user.update": _user,
    "unit.create": _added,
    "unit.update": _unit,
    "unit.move": _moved,
    "company.update": _company,
    "rights.rules": rights_undo.undo_rules,
    "rights.role_create": rights_undo.undo_role_create,
    "rights.role_update": rights_undo.undo_role_update,
    "rights.role_delete": rights_undo.undo_role_delete,
    "rights.import": rights_undo.undo_import,
}


def _subject(changes: _Changes) -> int:
    return int(changes["user"][1])


def _unchanged(now: Any, left: Any) -> None:
    if now != left:
        raise UndoRefused(str(_("This was changed again since. Look at the audit trail for what and by whom.")))


def _unit_row(conn: Connection, unit_id: int) -> dict[str, Any]:
    row = conn.execute(select(org_unit).where(org_unit.c.id == unit_id)).first()
    if row is None:
        raise NotFound("unit")
    return dict(row._mapping)
