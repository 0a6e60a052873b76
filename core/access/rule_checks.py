"""Whether a company's rules can work: checked like those of plugins, said so that administrators can mend them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.access.conditions import prepare, split_name
from weft.core.access.names import names_of
from weft.core.errors import DeclarationError, QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.registry.access import EXTERNAL, Grant
from weft.core.registry.model import Registry
from weft.core.registry.overlay import Laid, Overlay, OwnRole, lay
from weft.core.registry.rules import Rule, grant_of, normal, rules_of
from weft.core.registry.scopes import MAX_CHAINS, MAX_STEPS

__all__ = ["check", "check_role", "declared_rules", "parts_of", "present_rules"]

_ = translator("core")
_NAME = 80


def declared_rules(registry: Registry, role: str, entity: str) -> list[Rule]:
    """Rules of a role on an entity as plugins declare them."""
    return normal(rules_of(registry.declared_grants, role, entity))


def present_rules(registry: Registry, role: str, entity: str) -> list[Rule]:
    """Rules of a role on an entity that hold now."""
    return normal(rules_of(registry.grants, role, entity))


def check(registry: Registry, overlay: Overlay) -> Laid:
    """Lay a set of rights over the declarations as it would be saved.

    Raises:
        ValidationFailed: naming the rule that cannot work and why.
    """
    for (role, entity), rules in overlay.rules.items():
        audience = _audience(registry, overlay, role)
        if audience is None or entity not in registry.entities:
            continue
        for rule in rules:
            _check_rule(registry, overlay, role, entity, audience, rule)
    try:
        return lay(registry, overlay, strict=True)
    except DeclarationError as error:
        message = _("This cannot work: %(where)s %(problem)s") % {"where": error.declaration, "problem": error.problem}
        raise ValidationFailed.single("rules", "invalid", message) from error


def _audience(registry: Registry, overlay: Overlay, role: str) -> str | None:
    own = overlay.roles.get(role)
    if own is not None:
        return own.audience
    known = registry.declared_roles.get(role)
    return known.audience if known is not None else None


def _check_rule(registry: Registry, overlay: Overlay, role: str, entity: str, audience: str, rule: Rule) -> None:
    """What an administrator can get wrong, in words; the rest is the business of the checks of declarations."""
    name = _rule_name(registry, overlay, role, entity)

    def wrong(message: Any, **slots: Any) -> ValidationFailed:
        return ValidationFailed.single("rules", "invalid", message % {"rule": name, **slots})

    try:
        grant = grant_of(role, entity, rule)
    except DeclarationError as error:
        raise wrong(_("“%(rule)s” cannot be read: %(problem)s"), problem=error.problem) from error
    if audience in EXTERNAL and rule.get("fields") is None:
        raise wrong(_("“%(rule)s” would show people outside the company every field. Name the fields."))
    if audience in EXTERNAL and not rule.get("rows"):
        raise wrong(_("“%(rule)s” would show people outside the company every record. Say which."))
    if audience in EXTERNAL and rule.get("rows") == {"kind": "all"} and not _declared_open(registry, entity, audience):
        raise wrong(_("“%(rule)s” would show people outside the company every record. Say which."))
    chains = 0
    for part in parts_of(rule["rows"]):
        if part["kind"] == "path":
            chains += 1
            if len(part["steps"]) > MAX_STEPS:
                raise wrong(_("“%(rule)s” has a way of more than %(most)s links."), most=MAX_STEPS)
        if part["kind"] == "where":
            _check_where(registry, entity, part["filters"], wrong)
    if chains > MAX_CHAINS:
        raise wrong(_("“%(rule)s” has more than %(most)s ways."), most=MAX_CHAINS)
    _check_names(registry, entity, grant, wrong)


def _declared_open(registry: Registry, entity: str, audience: str) -> bool:
    """True when a plugin itself shows every row of an entity to this audience: a catalogue."""
    return any(
        grant.entity == entity
        and getattr(registry.declared_roles.get(grant.role), "audience", grant.role) == audience
        and rules_of([grant], grant.role, entity)[0]["rows"] == {"kind": "all"}
        for grant in registry.declared_grants
    )


def _check_names(registry: Registry, entity: str, grant: Grant, wrong: Any) -> None:
    declared = registry.entities[entity]
    known = {*declared.fields, *names_of(declared)}
    for name in sorted({*(grant.fields or ()), *grant.without} - known):
        raise wrong(_("“%(rule)s” names the field %(field)s, which does not exist."), field=name)


def _check_where(registry: Registry, entity: str, filters: Mapping[str, Any], wrong: Any) -> None:
    names = names_of(registry.entities[entity])
    for text, value in filters.items():
        name, op = split_name(text)
        if name not in names:
            raise wrong(_("“%(rule)s” names the field %(field)s, which does not exist."), field=name)
        try:
            prepare(names[name], op, value, None)
        except QueryError as error:
            raise wrong(_("“%(rule)s” has a condition that cannot be: %(problem)s"), problem=str(error)) from error


def parts_of(scope: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """A scope in its JSON form and all that it is made of."""
    yield scope
    for part in scope.get("of", ()):
        yield from parts_of(part)


def _rule_name(registry: Registry, overlay: Overlay, role: str, entity: str) -> str:
    own = overlay.roles.get(role)
    label = own.role.label if own is not None else registry.declared_roles[role].label
    return f"{label}: {registry.entities[entity].plural}"


def check_role(registry: Registry, own: OwnRole) -> None:
    """Check the names of an own role and what it includes.

    Raises:
        ValidationFailed: at the field concerned.
    """
    if not own.label_en and not own.label_zh:
        raise ValidationFailed.single("label_en", "required", _("Enter a name."))
    if max(len(own.label_en), len(own.label_zh)) > _NAME:
        raise ValidationFailed.single("label_en", "too_long", _("At most %(most)s characters.") % {"most": _NAME})
    names = {own.label_en.casefold(), own.label_zh.casefold()} - {""}
    for role in registry.roles.values():
        if role.key != own.key and role.audience == own.audience and str(role.label).casefold() in names:
            raise ValidationFailed.single("label_en", "unique", _("There is a role of this name already."))
    for key in own.includes:
        other = registry.roles.get(key)
        if other is None or other.audience != own.audience:
            message = _("A role can include only roles of the same portal: inside and outside exclude each other.")
            raise ValidationFailed.single("includes", "audience", message)
        if own.key in _closed(registry, key):
            message = _("“%(role)s” includes this role already; they would include each other.")
            raise ValidationFailed.single("includes", "circle", message % {"role": other.label})


def _closed(registry: Registry, key: str) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        one = waiting.pop()
        if one not in found and one in registry.roles:
            found.add(one)
            waiting += registry.roles[one].includes
    return found
