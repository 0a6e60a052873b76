"""Roles that a company makes for itself: check, write, append to the audit trail; each returns the change set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from weft.core.access.rule_checks import check, check_role, present_rules
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import rulebook
from weft.core.identity.acting import Acting, note, require_admin, require_fresh
from weft.core.registry.access import AUDIENCES
from weft.core.registry.overlay import OWN_PREFIX, Overlay, OwnRole, lay

__all__ = ["create_role", "delete_role", "update_role"]

_ = translator("core")

#: Most roles a company can make.
MOST_ROLES = 200


def create_role(
    acting: Acting,
    *,
    audience: str,
    label_en: str,
    label_zh: str,
    help: str = "",
    includes: Iterable[str] = (),
    copy_of: str = "",
) -> tuple[str, int]:
    """Make a role, empty or as a copy of another one; returns its key and the change set.

    Args:
        audience: whose portal; it stays.
        label_en, label_zh: names; one may be empty.
        includes: roles of the same audience whose rules it has too.
        copy_of: key of a role of the same audience whose present rules and includes are taken over.

    Raises:
        ValidationFailed: a name is missing or taken, or an included role is of another audience.
    """
    require_admin(acting)
    require_fresh(acting)
    overlay = rulebook.read(acting.connection)
    registry = lay(acting.runtime.registry, overlay).registry
    if audience not in AUDIENCES:
        raise ValidationFailed.single("audience", "invalid", _("Choose a portal."))
    if len(overlay.roles) >= MOST_ROLES:
        raise ValidationFailed.single("label_en", "too_many", _("There are too many roles."))
    included, rules = list(includes), dict(overlay.rules)
    key = _new_key(overlay, label_en)
    if copy_of:
        model = registry.roles.get(copy_of)
        if model is None or model.audience != audience:
            raise ValidationFailed.single("copy_of", "invalid", _("Choose a role of the same portal."))
        included = [*included, *model.includes]
        for entity in registry.entities:
            copied = present_rules(registry, copy_of, entity)
            if copied:
                rules[key, entity] = copied
    own = OwnRole(key, audience, label_en.strip(), label_zh.strip(), tuple(dict.fromkeys(included)), help.strip()[:255])
    check_role(registry, own)
    check(registry, Overlay({**overlay.roles, key: own}, rules))
    by = acting.principal.user_id
    rulebook.put_role(acting.connection, own, now=acting.now, by=by)
    made = {entity: found for (role, entity), found in rules.items() if role == key}
    for entity, found in made.items():
        rulebook.put_rules(acting.connection, key, entity, found, now=acting.now, by=by)
    rulebook.bump(acting.connection)
    return key, note(acting, "rights.role_create", _told(own, None) | {"rules": [{}, made]})


def _new_key(overlay: Overlay, label: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40] or "role"
    key, number = f"{OWN_PREFIX}{word}", 1
    while key in overlay.roles:
        number += 1
        key = f"{OWN_PREFIX}{word}_{number}"
    return key


def _told(new: OwnRole | None, old: OwnRole | None) -> dict[str, Any]:
    """A role in the audit trail: ``{name: [old, new]}``."""

    def value(role: OwnRole | None, name: str) -> Any:
        found = None if role is None else getattr(role, name)
        return list(found) if isinstance(found, tuple) else found

    key = (new or old).key  # type: ignore[union-attr]
    names = ("audience", "label_en", "label_zh", "help", "includes")
    return {"role": [key, key]} | {name: [value(old, name), value(new, name)] for name in names}


def update_role(
    acting: Acting, key: str, *, label_en: str, label_zh: str, help: str = "", includes: Iterable[str] = ()
) -> int:
    """Rename an own role, or change what it includes.

    Raises:
        NotFound: no such own role. ValidationFailed: as :func:`create_role`.
    """
    require_admin(acting)
    require_fresh(acting)
    overlay = rulebook.read(acting.connection)
    old = overlay.roles.get(key)
    if old is None:
        raise NotFound(key)
    registry = lay(acting.runtime.registry, overlay).registry
    new = OwnRole(
        key, old.audience, label_en.strip(), label_zh.strip(), tuple(dict.fromkeys(includes)), help.strip()[:255]
    )
    check_role(registry, new)
    check(registry, Overlay({**overlay.roles, key: new}, overlay.rules))
    rulebook.put_role(acting.connection, new, now=acting.now, by=acting.principal.user_id)
    rulebook.bump(acting.connection)
    return note(acting, "rights.role_update", _told(new, old))


def delete_role(acting: Acting, key: str) -> int:
    """Take an own role away that nobody holds and no other role includes.

    Raises:
        NotFound: no such own role. ValidationFailed: somebody holds it, or a role includes it.
    """
    require_admin(acting)
    require_fresh(acting)
    overlay = rulebook.read(acting.connection)
    own = overlay.roles.get(key)
    if own is None:
        raise NotFound(key)
    count = rulebook.held(acting.connection, key)
    if count:
        message = _("%(n)s people hold this role. Take it from them first.") % {"n": count}
        raise ValidationFailed.single("role", "held", message)
    if any(key in other.includes for other in overlay.roles.values()):
        raise ValidationFailed.single("role", "included", _("Another role includes this one. Change that first."))
    rules = {entity: list(found) for (role, entity), found in overlay.rules.items() if role == key}
    rulebook.remove_role(acting.connection, key)
    rulebook.bump(acting.connection)
    return note(acting, "rights.role_delete", _told(None, own) | {"rules": [rules, {}]})
