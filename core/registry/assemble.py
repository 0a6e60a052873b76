"""Put the declarations of all plugins into the stores: keys, owners, names of fields, relations of references.

No cross-checks between declarations: those are in :mod:`weft.core.registry.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from weft.core.db.entity import ExtensionSpec, extension_table, plugin_metadata
from weft.core.db.fields import Field, Kind, Trait
from weft.core.errors import DeclarationError
from weft.core.registry.access import EXTERNAL, READ, Grant, all_rows, where
from weft.core.registry.background import Command
from weft.core.registry.collect import Declared
from weft.core.registry.declarations import (
    Action,
    Extension,
    NavEntry,
    NavGroup,
    NewEntry,
    RelationType,
    Setting,
)
from weft.core.registry.lookup import Lookup, prefixed
from weft.core.registry.model import EntityType, Stores

__all__ = ["assemble"]

#: Hook -> store, for declarations that have a ``key`` and need no more than a look at its prefix.
_KEYED = {
    "weft_traits": "traits",
    "weft_relations": "relations",
    "weft_value_lists": "value_lists",
    "weft_views": "views",
    "weft_widgets": "widgets",
    "weft_jobs": "jobs",
    "weft_settings": "settings",
    "weft_calendar": "calendars",
    "weft_form_checks": "form_checks",
}
#: Keys without a prefix by nature: fixed groups, portals and base roles of the core.
_BARE = {"weft_portals": "portals"}


def assemble(declared: Sequence[Declared]) -> Lookup:
    """Fill the stores from all plugins, the core first.

    Raises:
        DeclarationError: naming the plugin that is at fault.
    """
    lookup = Lookup(Stores(), frozenset(one.key for one in declared))
    steps = (_entities, _extensions, _keyed, _references, _actions, _access, _pages, _navigation)
    for step in steps:
        for one in declared:
            try:
                step(lookup, one)
            except DeclarationError:
                raise
            except Exception as error:  # a declaration so wrong that reading it fails: still that plugin's fault
                problem = f"cannot be read: {type(error).__name__}: {error}."
                raise DeclarationError(one.key, step.__name__[1:], problem, "compare with the plugin guide.") from error
    lookup.stores.grants.extend(_value_grants(lookup.stores))
    return lookup


def _entities(lookup: Lookup, one: Declared) -> None:
    slugs = {(entity.plugin, entity.slug): entity.key for entity in lookup.stores.entities.values()}
    for cls in one.of("weft_entities"):
        spec = cls.spec
        if spec.plugin != one.key:
            plugin_metadata(spec.plugin).remove(cls.__table__)  # the table must not show up as the other's
        prefixed(one.key, spec.key)
        twin = slugs.setdefault((spec.plugin, spec.slug), spec.key)
        if twin != spec.key:
            problem = f"has the same address as {twin}: {spec.slug}."
            raise DeclarationError(one.key, spec.key, problem, 'give slug="...".')
        lookup.add("entities", spec.key, EntityType(spec, cls, cls.__table__, dict(spec.fields)), one.key)


def _extensions(lookup: Lookup, one: Declared) -> None:
    """Fields on other plugins' entities: renamed with the contributor's key, in a table of the contributor."""
    entities = lookup.stores.entities
    for extension in one.of("weft_extensions"):
        if extension.entity.startswith(f"{one.key}."):
            problem = "a plugin extends entities of others."
            raise DeclarationError(one.key, extension.entity, problem, "declare the field in the entity's class.")
        if not lookup.entity(one.key, f"extension of {extension.entity}", extension.entity):
            continue
        entity = entities[extension.entity]
        if one.key in entity.extensions:
            raise DeclarationError(
                one.key, extension.entity, "is extended twice.", "put all fields into one Extension."
            )
        fields = {f"{one.key}_{name}": _extension_field(one.key, extension, name) for name in extension.fields}
        table = extension_table(one.key, extension.entity, fields)
        spec = ExtensionSpec(one.key, extension.entity, fields, table)
        entities[extension.entity] = replace(
            entity, fields={**entity.fields, **fields}, extensions={**entity.extensions, one.key: spec}
        )


def _extension_field(plugin: str, extension: Extension, name: str) -> Field:
    declared = extension.fields[name]
    where_ = f"{extension.entity}.{plugin}_{name}"
    if declared.state or declared.unique or declared.required:
        problem = "an added field cannot be the state, unique or required: its entity lives without this plugin too."
        raise DeclarationError(plugin, where_, problem, "check the value in weft_before_write instead.")
    return replace(declared, name=f"{plugin}_{name}", extension_of=plugin)


def _keyed(lookup: Lookup, one: Declared) -> None:
    for hook, store in _KEYED.items():
        for item in one.of(hook):
            prefixed(one.key, item.key)
            lookup.add(store, item.key, _finished(item, one.key), one.key)
    for hook, store in _BARE.items():
        for item in one.of(hook):
            lookup.add(store, item.key, item, one.key)
    for command in one.of("weft_commands"):
        lookup.add("commands", f"{one.key}.{command.name}", _checked_command(one.key, command), one.key)


def _finished(item: Any, plugin: str) -> Any:
    """Give inner fields their names, and relation types their plugin."""
    if isinstance(item, RelationType):
        prefixed(plugin, item.inverse)
        return replace(item, plugin=plugin, attributes=_named(item.attributes))
    if isinstance(item, Setting):
        return replace(item, field=item.field.named(item.key.partition(".")[2].replace(".", "_")))
    return item


def _named(fields: Mapping[str, Field]) -> dict[str, Field]:
    return {name: declared.named(name) for name, declared in fields.items()}


def _checked_command(plugin: str, command: Command) -> Command:
    if not callable(command.command) or not hasattr(command.command, "params"):
        raise DeclarationError(
            plugin, command.name, "is no click command.", "decorate the function with @click.command."
        )
    return command


def _references(lookup: Lookup, one: Declared) -> None:
    """Derive the relation type of each reference field: from its entity to its targets, at most one target."""
    for key in (cls.spec.key for cls in one.of("weft_entities")):
        entity = lookup.stores.entities[key]
        for declared in entity.fields.values():
            if declared.kind is Kind.REFERENCE:
                relation = _relation_of(entity.key, declared, declared.extension_of or one.key)
                lookup.add("relations", relation.key, relation, relation.plugin)


def _relation_of(entity: str, declared: Field, plugin: str) -> RelationType:
    assert declared.relation is not None and declared.inverse is not None  # noqa: S101  (checked by the class statement)
    inverse, inverse_label = declared.inverse
    prefixed(plugin, declared.relation)
    prefixed(plugin, inverse)
    return RelationType(
        declared.relation,
        inverse,
        declared.label,
        inverse_label,
        source=(entity,),
        target=tuple(f"trait:{end.key}" if isinstance(end, Trait) else end for end in declared.to),
        cardinality="one_to_one" if declared.unique else "many_to_one",
        on_delete=declared.on_delete,
        field=declared.name,
        plugin=plugin,
    )


def _actions(lookup: Lookup, one: Declared) -> None:
    entities = lookup.stores.entities
    for item in sorted(one.of("weft_actions"), key=lambda action: (action.order, action.key)):
        action: Action = replace(item, fields=_named(item.fields))
        if not action.entity.startswith(f"{one.key}."):
            problem = f"acts on {action.entity}, which belongs to another plugin."
            raise DeclarationError(one.key, action.key, problem, "declare actions for your own entities.")
        if not lookup.entity(one.key, action.key, action.entity):
            continue
        lookup.add("actions", action.key, action, one.key)
        entity = entities[action.entity]
        entities[action.entity] = replace(entity, actions={**entity.actions, action.name: action})


def _access(lookup: Lookup, one: Declared) -> None:
    for role in one.of("weft_roles"):
        if one.key != "core":
            prefixed(one.key, role.key)
        lookup.add("roles", role.key, role, one.key)
    for grant in one.of("weft_grants"):
        fields = None if grant.fields is None else frozenset(grant.fields)
        lookup.stores.grants.append(
            replace(
                grant,
                actions=frozenset([grant.actions] if isinstance(grant.actions, str) else grant.actions),
                fields=fields,
                without=frozenset(grant.without),
                plugin=one.key,
            )
        )


def _value_grants(stores: Stores) -> Iterable[Grant]:
    """External audiences read the values of exactly those lists that name them."""
    for audience in sorted(EXTERNAL):
        lists = sorted(key for key, one in stores.value_lists.items() if audience in one.audiences)
        if lists:
            rows = where(list_key__in=tuple(lists)) & all_rows
            yield Grant(audience, "core.value", READ, rows, frozenset({"code", "label_en", "label_zh"}), plugin="core")


def _pages(lookup: Lookup, one: Declared) -> None:
    for page in one.of("weft_record_pages"):
        lookup.add("record_pages", page.entity, page, one.key)
    for route in one.of("weft_routes"):
        prefixed(one.key, route.endpoint)
        lookup.add("routes", route.endpoint, route, one.key)
    for number, slot in enumerate(one.of("weft_slots")):
        key = slot.key or f"{one.key}.{slot.slot}.{number}"
        prefixed(one.key, key)
        lookup.stores.slots.append(replace(slot, key=key))
    seen = {subscriber.key for subscriber in lookup.stores.subscribers}
    for item in one.of("weft_subscribers"):
        key = item.key or f"{one.key}.{item.handler.__name__}"
        prefixed(one.key, key)
        if key in seen:
            raise DeclarationError(
                one.key, key, "two receivers have this key.", 'give each Subscriber its own key="...".'
            )
        seen.add(key)
        lookup.stores.subscribers.append(replace(item, key=key))
    lookup.stores.homes.extend(lookup.own(home, one.key) for home in one.of("weft_homes"))


def _navigation(lookup: Lookup, one: Declared) -> None:
    """Menu entries as declared; a plugin that places nothing gets a group of its own, so that it is never invisible."""
    items = one.of("weft_navigation")
    for item in items:
        if isinstance(item, NavGroup):
            lookup.add("nav_groups", item.key, item, one.key)
        elif isinstance(item, NavEntry):
            prefixed(one.key, item.key)
            lookup.add("nav_entries", item.key, item, one.key)
        else:
            lookup.stores.new_entries.append(lookup.own(item, one.key))
    entities = [cls.spec for cls in one.of("weft_entities")]
    if one.key == "core" or not entities or any(isinstance(item, NavEntry) for item in items):
        return
    lookup.add("nav_groups", one.key, NavGroup(one.key, one.plugin.title, entities[0].icon, 500), one.key)
    for order, spec in enumerate(entities):
        key = f"{spec.key}.list"
        lookup.add("nav_entries", key, NavEntry(key, one.key, spec.plural, entity=spec.key, order=order), one.key)
    if not any(isinstance(item, NewEntry) for item in items):
        entries = (NewEntry(spec.key, spec.label, order=500) for spec in entities)
        lookup.stores.new_entries.extend(lookup.own(entry, one.key) for entry in entries)
