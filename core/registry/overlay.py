"""What a company decided about roles and rules, laid over what the plugins declare.

The unit is one role on one entity: as soon as a company changed it, exactly its own rules hold there, so a plugin's
update can neither widen nor take back what an administrator decided. Everything else stays as declared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weft.core.errors import DeclarationError
from weft.core.i18n import WrittenText
from weft.core.registry.access import Grant, Role
from weft.core.registry.checks import check_role, checked_grant
from weft.core.registry.lookup import Lookup
from weft.core.registry.model import Registry, Stores
from weft.core.registry.rules import MAX_RULES, Rule, grant_of
from weft.core.registry.scopes import refuse_via_circles

__all__ = ["OWN_PREFIX", "Laid", "Overlay", "OwnRole", "lay", "lookup_of"]

#: Keys of roles that a company made; no plugin can have this key.
OWN_PREFIX = "company."

#: (role key, entity key).
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role the company made.

    Attributes:
        key: begins with :data:`OWN_PREFIX`.
        label_en, label_zh: its names; one of them may be empty.
        includes: keys of roles of the same audience whose rules it has too.
    """

    key: str
    audience: str
    label_en: str
    label_zh: str
    includes: tuple[str, ...] = ()
    help: str = ""

    @property
    def role(self) -> Role:
        """As the registry knows roles."""
        label = WrittenText(self.label_en, self.label_zh)
        return Role(self.key, label, self.audience, self.includes, self.help)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything a company decided about rights.

    Attributes:
        roles: own roles by key.
        rules: rules of a role on an entity, where they differ from the declared ones; an empty list takes all away.
    """

    roles: Mapping[str, OwnRole] = field(default_factory=dict)
    rules: Mapping[Pair, Sequence[Rule]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Laid:
    """A registry with an overlay.

    Attributes:
        registry: what holds now.
        problems: (role, entity, sentence) of rules left out because they cannot work any more; what they gave is gone.
    """

    registry: Registry
    problems: tuple[tuple[str, str, str], ...] = ()


def lay(declared: Registry, overlay: Overlay, *, strict: bool = False) -> Laid:
    """Lay an overlay over the declarations.

    Args:
        declared: any registry of the installation; its declared roles and grants count.
        strict: raise on the first rule that cannot work, instead of leaving it out: for what is about to be saved.

    Raises:
        DeclarationError: with ``strict``: naming the role or rule.
    """
    problems: list[tuple[str, str, str]] = []
    roles = {**declared.declared_roles, **{key: own.role for key, own in overlay.roles.items()}}
    lookup = lookup_of(declared, roles)
    for own in overlay.roles.values():
        try:
            check_role(lookup, own.role)
        except DeclarationError as error:
            if strict:
                raise
            roles[own.key] = lookup.stores.roles[own.key] = Role(own.key, own.role.label, own.audience)
            problems.append((own.key, "", str(error)))
    grants = [one for one in declared.declared_grants if (one.role, one.entity) not in overlay.rules]
    for (role, entity), rules in sorted(overlay.rules.items()):
        if role not in roles or entity not in declared.entities:
            continue  # of a plugin that is not installed now
        found, wrong = _checked(declared, lookup, role, entity, rules, strict)
        grants += found
        problems += wrong
    grants = _without_circles(grants, overlay, strict, problems)
    return Laid(declared.with_access(roles, grants), tuple(problems))


def _checked(
    declared: Registry, lookup: Lookup, role: str, entity: str, rules: Sequence[Rule], strict: bool
) -> tuple[list[Grant], list[tuple[str, str, str]]]:
    found: list[Grant] = []
    problems: list[tuple[str, str, str]] = []
    if strict and len(rules) > MAX_RULES:
        name = f"rules of {role} on {entity}"
        raise DeclarationError(entity, name, f"are more than {MAX_RULES}.", "join some of them.")
    for rule in rules:
        try:
            grant = checked_grant(lookup, declared, grant_of(role, entity, rule))
            if grant is not None:
                _refuse_new_trees(declared, grant)
                found.append(grant)
        except DeclarationError as error:
            if strict:
                raise
            problems.append((role, entity, str(error)))
    return found, problems


def _refuse_new_trees(declared: Registry, grant: Grant) -> None:
    """Only relations that a declared grant follows any number of times have the table that this needs."""
    from weft.core.db.mirror import tree_types

    known = tree_types(declared)
    parts = [grant.rows]
    while parts:
        scope = parts.pop()
        parts += getattr(scope, "scopes", ())
        for step in getattr(scope, "steps", ()):
            if step.descend and step.relation not in known:
                problem = f"follows {step.relation} any number of times, which no declared rule does."
                raise DeclarationError(grant.plugin, f"grant {grant.key}", problem, "follow it step by step.")


def _without_circles(
    grants: list[Grant], overlay: Overlay, strict: bool, problems: list[tuple[str, str, str]]
) -> list[Grant]:
    """Take out changed pairs until no ``via`` leads back; declared grants alone never do."""
    while True:
        try:
            refuse_via_circles(grants)
            return grants
        except DeclarationError as error:
            changed = [pair for pair in sorted(overlay.rules) if any((g.role, g.entity) == pair for g in grants)]
            if strict or not changed:
                raise
            role, entity = changed[-1]
            problems.append((role, entity, str(error)))
            grants = [one for one in grants if (one.role, one.entity) != (role, entity)]


def lookup_of(registry: Registry, roles: Mapping[str, Role]) -> Lookup:
    """What the checks of declarations ask, answered by a finished registry."""
    stores = Stores(
        entities=dict(registry.entities),
        relations=dict(registry.relations),
        traits=dict(registry.traits),
        roles=dict(roles),
        actions=dict(registry.actions),
    )
    installed = {entity.plugin for entity in registry.entities.values()} | {"core"}
    owners = {("roles", key): key.partition(".")[0] for key in roles}
    return Lookup(stores, installed, owners)
