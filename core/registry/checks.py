"""Cross-checks between the declarations of all plugins; each error names the plugin, the declaration and the remedy.

What belongs to a plugin that is not installed is dormant: it is noted in ``stores.dormant`` and left out.
"""

from __future__ import annotations

from dataclasses import replace

from weft.core.db.fields import Field, Kind, Trait
from weft.core.errors import DeclarationError
from weft.core.registry.access import ALL, AUDIENCES, EXTERNAL, Grant, Role, all_rows
from weft.core.registry.declarations import Action, RelationType
from weft.core.registry.lookup import Lookup, message_of
from weft.core.registry.model import EntityType, Header, Registry, Stores
from weft.core.registry.scopes import checked_scope, refuse_via_circles

__all__ = ["OPERATIONS", "check_access", "check_entities", "check_role", "checked_grant"]

#: Operations a grant may name, besides full action keys.
OPERATIONS = ALL
_CARDINALITIES = ("many_to_many", "many_to_one", "one_to_many", "one_to_one")
_ON_DELETE = ("restrict", "detach", "archive")


# ---- entities, fields, relations, actions


def check_entities(lookup: Lookup) -> None:
    """Check fields, traits, relation types and actions.

    Raises:
        DeclarationError: naming the first thing that cannot work.
    """
    stores = lookup.stores
    for entity in stores.entities.values():
        for key in sorted(entity.spec.traits):
            lookup.exists(entity.plugin, entity.key, "trait", key, stores.traits)
        for declared in entity.fields.values():
            _check_field(lookup, entity, declared)
    for relation in stores.relations.values():
        _check_relation(lookup, relation)
    for action in stores.actions.values():
        _check_action(stores.entities[action.entity], action)


def _check_field(lookup: Lookup, entity: EntityType, declared: Field) -> None:
    plugin, name = declared.extension_of or entity.plugin, f"{entity.key}.{declared.name}"
    if declared.kind in (Kind.CHOICE, Kind.MULTI_CHOICE):
        _check_choices(plugin, name, declared)
    if declared.kind is not Kind.REFERENCE:
        return
    if declared.values is not None:
        lookup.exists(plugin, name, "value list", declared.values, lookup.stores.value_lists)
    for target in declared.to:
        if isinstance(target, Trait):
            lookup.exists(plugin, name, "trait", target.key, lookup.stores.traits)
        elif target != "*":
            lookup.entity(plugin, name, target)
    if declared.required and declared.on_delete == "detach":
        remedy = 'make it optional, or on_delete="restrict".'
        raise DeclarationError(plugin, name, "is required, so it cannot be emptied when the other record goes.", remedy)


def _check_choices(plugin: str, name: str, declared: Field) -> None:
    known = declared.choices
    if known is None or not known.labels:
        raise DeclarationError(plugin, name, "has no values.", "give it choices(...).")
    named = {value for start, ends in declared.transitions.items() for value in (start, *ends)}
    named |= {declared.default} if declared.kind is Kind.CHOICE and isinstance(declared.default, str) else set()
    named |= set(declared.initial)
    unknown = sorted(named - set(known.labels))
    if unknown:
        problem = f"names the value {unknown[0]!r}, which its choices do not have."
        raise DeclarationError(plugin, name, problem, f"choose from {', '.join(known.labels)}.")
    if declared.transitions and not declared.state:
        raise DeclarationError(plugin, name, "has transitions but is not the state.", "add state=True.")


def _check_relation(lookup: Lookup, relation: RelationType) -> None:
    plugin, key = relation.plugin, relation.key
    if relation.cardinality not in _CARDINALITIES:
        problem = f"cardinality {relation.cardinality!r} is unknown."
        raise DeclarationError(plugin, key, problem, f"choose from {', '.join(_CARDINALITIES)}.")
    if relation.on_delete not in _ON_DELETE:
        problem = f"on_delete {relation.on_delete!r} is unknown."
        raise DeclarationError(plugin, key, problem, f"choose from {', '.join(_ON_DELETE)}.")
    for end in (*relation.source, *relation.target):
        if end.startswith("trait:"):
            lookup.exists(plugin, key, "trait", end[6:], lookup.stores.traits)
        elif end != "*":
            lookup.entity(plugin, key, end)
    _check_pair(lookup.stores, relation)
    if relation.acyclic and relation.symmetric:
        raise DeclarationError(plugin, key, "is both symmetric and acyclic.", "drop one of the two.")


def _check_pair(stores: Stores, relation: RelationType) -> None:
    """Both directions have a name and a label of their own."""
    plugin, key = relation.plugin, relation.key
    here, back = message_of(relation.label), message_of(relation.inverse_label)
    if not here or not back:
        raise DeclarationError(plugin, key, "lacks the label of one direction.", "give label and inverse_label.")
    if relation.symmetric:
        return
    if relation.inverse == key:
        raise DeclarationError(
            plugin, key, "both directions have one name.", "name the inverse, or set symmetric=True."
        )
    if here == back:
        problem = f"both directions read {here!r}; nobody can tell them apart."
        raise DeclarationError(plugin, key, problem, "word the inverse label from the other record's side.")
    twins = [other for other in stores.relations.values() if other.key != key]
    if any(relation.inverse in (other.key, other.inverse) for other in twins):
        problem = f"its inverse {relation.inverse} is the name of another relation."
        raise DeclarationError(plugin, key, problem, "rename the inverse.")


def _check_action(entity: EntityType, action: Action) -> None:
    if action.handler is None and action.transition is None and not action.dialog:
        raise DeclarationError(entity.plugin, action.key, "does nothing.", "give a handler, a transition or a dialog.")
    if not action.states and action.transition is None:
        return
    state = entity.state_field
    if state is None or state.choices is None:
        problem = "names states, but its entity has no state."
        raise DeclarationError(entity.plugin, action.key, problem, "mark one choice field with state=True.")
    named = {*action.states, *(action.transition or ())} - {"*"}
    unknown = sorted(named - set(state.choices.labels))
    if unknown:
        problem = f"names the state {unknown[0]!r}, which {state.name} does not have."
        raise DeclarationError(entity.plugin, action.key, problem, f"choose from {', '.join(state.choices.labels)}.")


# ---- roles and grants


def check_access(lookup: Lookup, registry: Registry) -> list[Grant]:
    """Check roles and grants; return the grants that are in force, with canonical scopes.

    Args:
        registry: the entities and relations of the same stores, for look-ups.

    Raises:
        DeclarationError: naming the role or grant that cannot work.
    """
    for role in lookup.stores.roles.values():
        check_role(lookup, role)
    checked = [checked_grant(lookup, registry, grant) for grant in lookup.stores.grants]
    grants = [grant for grant in checked if grant is not None]
    refuse_via_circles(grants)
    return grants


def check_role(lookup: Lookup, role: Role) -> None:
    """Check a role's audience and what it includes.

    Raises:
        DeclarationError: an unknown audience, a circle, or roles of inside and outside mixed.
    """
    plugin, roles = lookup.owner("roles", role.key), lookup.stores.roles
    if role.audience not in AUDIENCES:
        problem = f"audience {role.audience!r} is unknown."
        raise DeclarationError(plugin, role.key, problem, f"choose from {', '.join(AUDIENCES)}.")
    seen: list[str] = []
    waiting = [role.key]
    while waiting:
        key = waiting.pop()
        for included in roles[key].includes:
            if included == role.key or included in seen:
                if included == role.key:
                    raise DeclarationError(plugin, role.key, "includes itself.", "take the circle out of includes.")
                continue
            if not lookup.role(plugin, role.key, included):
                continue
            if roles[included].audience != role.audience:
                problem = f"is for {role.audience}, but includes {included}, which is for {roles[included].audience}."
                raise DeclarationError(plugin, role.key, problem, "inside and outside roles exclude each other.")
            seen.append(included)
            waiting.append(included)


def checked_grant(lookup: Lookup, registry: Registry, grant: Grant) -> Grant | None:
    """The grant with a canonical scope, or None when it waits for a plugin that is not installed.

    Raises:
        DeclarationError: naming what cannot work.
    """
    name = f"grant {grant.key}"

    def wrong(problem: str, remedy: str) -> DeclarationError:
        return DeclarationError(grant.plugin, name, problem, remedy)

    if grant.entity.partition(".")[0] != grant.plugin:
        raise wrong(f"is on {grant.entity}, which belongs to another plugin.", "grant only on your own entities.")
    if not lookup.role(grant.plugin, name, grant.role) or not lookup.entity(grant.plugin, name, grant.entity):
        return None
    entity = registry.entity(grant.entity)
    _check_operations(entity, grant)
    for field in sorted({*(grant.fields or ()), *grant.without}):
        if field not in entity.fields and field not in Header:
            raise wrong(f"names the field {field!r}, which {entity.key} does not have.", "correct the name.")
    outside = lookup.stores.roles[grant.role].audience in EXTERNAL
    if outside and grant.rows is None:
        raise wrong("gives an outside audience every row.", "say which: rows=path(...), own or all_rows.")
    if outside and grant.fields is None:
        raise wrong("gives an outside audience every field.", "name them: fields={...}.")
    if grant.rows is None:
        return replace(grant, rows=all_rows)
    rows = checked_scope(lookup, registry, grant, grant.rows)
    return None if rows is None else replace(grant, rows=rows)


def _check_operations(entity: EntityType, grant: Grant) -> None:
    actions = {action.key for action in entity.actions.values()}
    unknown = sorted(frozenset(grant.actions) - OPERATIONS - actions)
    if unknown:
        problem = f"allows {unknown[0]!r}, which is no operation and no action of {entity.key}."
        remedy = f"choose from {', '.join(sorted(OPERATIONS | actions))}."
        raise DeclarationError(grant.plugin, f"grant {grant.key}", problem, remedy)
