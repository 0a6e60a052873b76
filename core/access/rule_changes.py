"""What administrators do with access rules: check, write, append to the audit trail.

Each function returns the change set, for the toast's Undo (:mod:`weft.core.identity.undo`). Nothing is kept unless the
whole set of rights works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.access.drafts import same
from weft.core.access.rule_checks import check, check_role, declared_rules, present_rules
from weft.core.errors import NotFound, StateConflict, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import rulebook
from weft.core.identity.acting import Acting, note, require_admin, require_fresh
from weft.core.registry.overlay import Overlay, lay
from weft.core.registry.rules import Rule, normal

__all__ = ["as_json", "replace_all", "save_rules"]

_ = translator("core")


def save_rules(acting: Acting, role: str, changes: Mapping[str, tuple[Sequence[Rule], Sequence[Rule] | None]]) -> int:
    """Keep what was changed of the rules of one role, all or nothing.

    Args:
        role: key of any role.
        changes: entity -> (rules when the editing began, rules wanted; None goes back to what plugins declare).

    Raises:
        Denied: the caller is no administrator. NotFound: no such role or entity.
        StateConflict: somebody else changed the rules of an entity since.
        ValidationFailed: a rule cannot work; nothing was kept.
    """
    require_admin(acting)
    require_fresh(acting)
    overlay = rulebook.read(acting.connection)
    registry = lay(acting.runtime.registry, overlay).registry  # as stored, however old this process' view is
    if role not in registry.roles:
        raise NotFound(role)
    rules = dict(overlay.rules)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for entity, (seen, wanted) in changes.items():
        if entity not in registry.entities:
            raise NotFound(entity)
        if not same(present_rules(registry, role, entity), seen):
            message = _("The rules for %(entity)s were changed by somebody else since. Discard, and look again.")
            raise StateConflict(str(message % {"entity": registry.entities[entity].plural}))
        before[entity] = _stored(rules.get((role, entity)))
        declared = declared_rules(registry, role, entity)
        if wanted is None or same(declared, wanted):
            rules.pop((role, entity), None)
            after[entity] = None
        else:
            rules[role, entity] = after[entity] = normal(wanted)
    check(registry, Overlay(overlay.roles, rules))
    by = acting.principal.user_id
    for entity, kept in after.items():
        rulebook.put_rules(acting.connection, role, entity, kept, now=acting.now, by=by)
    rulebook.bump(acting.connection)
    return note(acting, "rights.rules", {"role": [role, role], "rules": [before, after]})


def _stored(rules: Sequence[Rule] | None) -> list[Rule] | None:
    return None if rules is None else list(rules)


def replace_all(acting: Acting, wanted: Overlay, *, expected: int) -> int:
    """Put a whole set of rights in the place of the present one, all or nothing.

    Args:
        wanted: own roles and changed rules, all of them.
        expected: version of the rules that the person was shown the difference to.

    Raises:
        StateConflict: the rules were changed since. ValidationFailed: something cannot work, or a role that people
            hold would be gone.
    """
    require_admin(acting)
    require_fresh(acting)
    if rulebook.version(acting.connection) != expected:
        raise StateConflict(str(_("The rights were changed by somebody else since. Look at the differences again.")))
    present = rulebook.read(acting.connection)
    registry = acting.runtime.registry
    laid = check(registry, wanted)
    for own in wanted.roles.values():
        check_role(laid.registry, own)
        before = present.roles.get(own.key)
        if before is not None and before.audience != own.audience:
            raise ValidationFailed.single("file", "audience", _("A role cannot move to another portal."))
    for key in present.roles.keys() - wanted.roles.keys():
        if rulebook.held(acting.connection, key):
            message = _("People hold the role “%(role)s”, which the file does not have.")
            raise ValidationFailed.single("file", "held", message % {"role": present.roles[key].role.label})
        rulebook.remove_role(acting.connection, key)
    by = acting.principal.user_id
    for own in wanted.roles.values():
        rulebook.put_role(acting.connection, own, now=acting.now, by=by)
    for role, entity in present.rules.keys() | wanted.rules.keys():
        kept = wanted.rules.get((role, entity))
        rulebook.put_rules(acting.connection, role, entity, kept, now=acting.now, by=by)
    rulebook.bump(acting.connection)
    return note(acting, "rights.import", {"set": [as_json(present), as_json(wanted)]})


def as_json(overlay: Overlay) -> dict[str, Any]:
    """Own roles and changed rules as JSON, for export and for the audit trail."""
    roles = [
        {"key": one.key, "audience": one.audience, "label_en": one.label_en, "label_zh": one.label_zh,
         "help": one.help, "includes": list(one.includes)}
        for one in sorted(overlay.roles.values(), key=lambda role: role.key)
    ]  # fmt: skip
    rules: dict[str, dict[str, Any]] = {}
    for (role, entity), found in sorted(overlay.rules.items()):
        rules.setdefault(role, {})[entity] = list(found)
    return {"roles": roles, "rules": rules}
