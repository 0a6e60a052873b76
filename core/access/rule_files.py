"""The whole set of a company's rights as a file: out, in, and what would change before it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weft.core.access.drafts import same
from weft.core.access.rule_changes import as_json
from weft.core.access.rule_checks import check, check_role, declared_rules
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.registry.access import AUDIENCES
from weft.core.registry.model import Registry
from weft.core.registry.overlay import OWN_PREFIX, Overlay, OwnRole
from weft.core.registry.rules import MAX_RULES, Rule, normal

__all__ = ["FORMAT", "Difference", "differences", "read_file", "write_file"]

_ = translator("core")

FORMAT = "weft-rights-1"
_MOST_BYTES = 1_000_000
_MOST_ROLES = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that an import would change.

    Attributes:
        kind: ``role_new``, ``role_changed``, ``role_gone`` or ``rules``.
        role: key of the role.
        entity: key of the kind of records, for ``rules``.
        before, after: rules that hold now and would hold, for ``rules``.
    """

    kind: str
    role: str
    entity: str = ""
    before: tuple[Rule, ...] = ()
    after: tuple[Rule, ...] = ()


def write_file(overlay: Overlay) -> str:
    """Own roles and changed rules as text; what is as plugins declare it is not in the file."""
    return json.dumps({"format": FORMAT, **as_json(overlay)}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read_file(registry: Registry, text: str) -> Overlay:
    """Read and check a file as a whole.

    Raises:
        ValidationFailed: it is no such file, or names the role or rule in it that cannot work.
    """
    if len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        raise _wrong(_("The file is too large."))
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(_("This is no file of rights.")) from error
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise _wrong(_("This is no file of rights."))
    roles, rules = given.get("roles"), given.get("rules")
    if not isinstance(roles, list) or not isinstance(rules, dict) or len(roles) > _MOST_ROLES:
        raise _wrong(_("This is no file of rights."))
    own = {role.key: role for role in (_role(one) for one in roles)}
    if len(own) != len(roles):
        raise _wrong(_("A role is in the file twice."))
    found: dict[tuple[str, str], list[Rule]] = {}
    for role, kinds in rules.items():
        if role not in own and role not in registry.declared_roles:
            raise _wrong(_("The file names the role “%(name)s”, which does not exist here.") % {"name": str(role)[:60]})
        if not isinstance(kinds, dict):
            raise _wrong(_("This is no file of rights."))
        for entity, given_rules in kinds.items():
            if entity not in registry.entities:
                message = _("The file names the kind of records “%(name)s”, which does not exist here.")
                raise _wrong(message % {"name": str(entity)[:60]})
            if not isinstance(given_rules, list) or len(given_rules) > MAX_RULES:
                raise _wrong(_("This is no file of rights."))
            found[role, entity] = given_rules
    overlay = Overlay(own, found)
    laid = check(registry, overlay)
    for one in own.values():
        check_role(laid.registry, one)
    return Overlay(own, {pair: normal(kept) for pair, kept in found.items()})


def _role(given: Any) -> OwnRole:
    if not isinstance(given, Mapping):
        raise _wrong(_("This is no file of rights."))
    key, audience, includes = given.get("key"), given.get("audience"), given.get("includes", [])
    texts = [given.get(name, "") for name in ("label_en", "label_zh", "help")]
    fits = isinstance(key, str) and key.startswith(OWN_PREFIX) and len(key) <= 100 and audience in AUDIENCES
    words = isinstance(includes, list) and all(isinstance(one, str) for one in includes)
    if not fits or not words or not all(isinstance(text, str) for text in texts):
        raise _wrong(_("A role of the file cannot be read: %(name)s") % {"name": str(key)[:60]})
    return OwnRole(str(key), str(audience), texts[0], texts[1], tuple(includes), texts[2])


def differences(registry: Registry, present: Overlay, wanted: Overlay) -> list[Difference]:
    """What putting one set in the place of the other would change, by role and kind of records."""
    found: list[Difference] = []
    for key in sorted(present.roles.keys() | wanted.roles.keys()):
        old, new = present.roles.get(key), wanted.roles.get(key)
        if old != new:
            kind = "role_new" if old is None else "role_gone" if new is None else "role_changed"
            found.append(Difference(kind, key))
    for role, entity in sorted(present.rules.keys() | wanted.rules.keys()):
        before, after = (_rules(registry, one, role, entity) for one in (present, wanted))
        if not same(before, after):
            found.append(Difference("rules", role, entity, tuple(before), tuple(after)))
    return found


def _rules(registry: Registry, overlay: Overlay, role: str, entity: str) -> list[Rule]:
    kept = overlay.rules.get((role, entity))
    return declared_rules(registry, role, entity) if kept is None else normal(kept)


def _wrong(message: Any) -> ValidationFailed:
    return ValidationFailed.single("file", "invalid", message)
