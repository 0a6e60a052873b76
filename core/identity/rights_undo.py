"""Taking back changes of roles and access rules, while they are as they were left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.errors import DeclarationError, UndoRefused
from weft.core.i18n import translator
from weft.core.identity import rulebook
from weft.core.identity.acting import Acting
from weft.core.registry.overlay import OwnRole, lay

__all__ = ["undo_import", "undo_role_create", "undo_role_delete", "undo_role_update", "undo_rules"]

_ = translator("core")
_Changes = Mapping[str, Any]


def undo_rules(acting: Acting, changes: _Changes) -> str:
    """Give the rules of a role back that it had before."""
    role, (before, after) = changes["role"][1], changes["rules"]
    stored = rulebook.read(acting.connection).rules
    for entity, left in after.items():
        now = stored.get((role, entity))
        _unchanged(None if now is None else list(now), left)
    _put(acting, role, before)
    return _done(acting, "rights.rules")


def undo_role_create(acting: Acting, changes: _Changes) -> str:
    """Take a role away again, unless somebody holds it by now."""
    key = changes["role"][1]
    _unchanged(rulebook.read(acting.connection).roles.get(key), _role(changes, 1))
    if rulebook.held(acting.connection, key):
        raise UndoRefused(str(_("People hold this role by now.")))
    rulebook.remove_role(acting.connection, key)
    return _done(acting, "rights.role_delete")


def undo_role_update(acting: Acting, changes: _Changes) -> str:
    """Give a role its former names and includes back."""
    key = changes["role"][1]
    _unchanged(rulebook.read(acting.connection).roles.get(key), _role(changes, 1))
    rulebook.put_role(acting.connection, _role(changes, 0), now=acting.now, by=acting.principal.user_id)
    return _done(acting, "rights.role_update")


def undo_role_delete(acting: Acting, changes: _Changes) -> str:
    """Make a role again with the rules it had."""
    key = changes["role"][1]
    _unchanged(rulebook.read(acting.connection).roles.get(key), None)
    rulebook.put_role(acting.connection, _role(changes, 0), now=acting.now, by=acting.principal.user_id)
    _put(acting, key, changes["rules"][0])
    return _done(acting, "rights.role_create")


def undo_import(acting: Acting, changes: _Changes) -> str:
    """Put the former set of rights back in the place of an imported one."""
    before, after = changes["set"]
    present = rulebook.read(acting.connection)
    _unchanged({key: sorted(found) for key, found in _pairs(present.rules).items()}, _named(after["rules"]))
    _unchanged(sorted(present.roles), sorted(one["key"] for one in after["roles"]))
    wanted = {one["key"]: one for one in before["roles"]}
    for key in present.roles.keys() - wanted.keys():
        if rulebook.held(acting.connection, key):
            raise UndoRefused(str(_("People hold this role by now.")))
        rulebook.remove_role(acting.connection, key)
    by = acting.principal.user_id
    for one in wanted.values():
        own = OwnRole(
            one["key"], one["audience"], one["label_en"], one["label_zh"], tuple(one["includes"]), one["help"]
        )
        rulebook.put_role(acting.connection, own, now=acting.now, by=by)
    for role, entity in present.rules:
        rulebook.put_rules(acting.connection, role, entity, None, now=acting.now, by=by)
    for role, found in before["rules"].items():
        _put(acting, role, found)
    return _done(acting, "rights.import")


def _pairs(rules: Mapping[tuple[str, str], Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, entity in rules:
        found.setdefault(role, []).append(entity)
    return found


def _named(rules: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    return {role: sorted(found) for role, found in rules.items()}


def _role(changes: _Changes, side: int) -> OwnRole:
    def value(name: str) -> Any:
        return changes[name][side]

    return OwnRole(
        changes["role"][1], value("audience"), value("label_en"), value("label_zh"), tuple(value("includes")),
        value("help"),
    )  # fmt: skip


def _put(acting: Acting, role: str, rules: Mapping[str, Any]) -> None:
    by = acting.principal.user_id
    for entity, found in rules.items():
        rulebook.put_rules(acting.connection, role, entity, found, now=acting.now, by=by)


def _done(acting: Acting, action: str) -> str:
    """Raise the version, unless what comes back cannot work beside what was changed since."""
    try:
        lay(acting.runtime.registry, rulebook.read(acting.connection), strict=True)
    except DeclarationError as error:
        raise UndoRefused(str(_("The former rules no longer fit the present ones."))) from error
    rulebook.bump(acting.connection)
    return action


def _unchanged(now: Any, left: Any) -> None:
    if now != left:
        raise UndoRefused(str(_("This was changed again since. Look at the audit trail for what and by whom.")))
