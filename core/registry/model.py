"""The registry: everything all plugins declared, checked against each other, frozen.

Built by :mod:`weft.core.registry.build`; read by the whole platform. No database access here except the small
persistent ids of types, which :func:`Registry.bind_ids` receives once after migrations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table

from weft.core.db.entity import Entity, EntitySpec, ExtensionSpec
from weft.core.db.fields import Field, Kind, Trait
from weft.core.i18n import Text
from weft.core.registry.access import Grant, Role
from weft.core.registry.background import Command, Job, Subscriber
from weft.core.registry.calendars import CalendarSource
from weft.core.registry.declarations import (
    Action,
    Home,
    HttpRoute,
    ListView,
    NavEntry,
    NavGroup,
    NewEntry,
    PortalSpec,
    RecordPage,
    RelationType,
    Setting,
    Slot,
    TraitSpec,
    ValueList,
    Widget,
)
from weft.core.registry.formchecks import FormCheck
from weft.core.registry.stories import told_on

__all__ = ["EntityType", "Header", "Registry", "Stores"]

#: Header attributes as fields, so that lists and filters treat them like declared ones.
Header: Mapping[str, Kind] = MappingProxyType(
    {
        "id": Kind.INTEGER,
        "title": Kind.TEXT,
        "number": Kind.TEXT,
        "owner": Kind.USER,
        "unit": Kind.UNIT,
        "state": Kind.TEXT,
        "created_at": Kind.DATETIME,
        "updated_at": Kind.DATETIME,
        "version": Kind.INTEGER,
        "deleted_at": Kind.DATETIME,
    }
)


@dataclass(frozen=True, slots=True)
class EntityType:
    """One entity as installed: its declaration plus what other plugins added.

    Attributes:
        spec: the class statement's declaration.
        cls: the mapped class.
        table: its table.
        fields: own fields, then extension fields, by name.
        extensions: contributor's key -> its extension with table.
        actions: by name.
        type_id: persistent small id, 0 until bound.
    """

    spec: EntitySpec
    cls: type[Entity]
    table: Table
    fields: Mapping[str, Field]
    extensions: Mapping[str, ExtensionSpec] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """``plugin.entity``."""
        return self.spec.key

    @property
    def plugin(self) -> str:
        """Key of the declaring plugin."""
        return self.spec.plugin

    @property
    def slug(self) -> str:
        """Last part of its addresses."""
        return self.spec.slug

    @property
    def label(self) -> Text:
        """Singular words on screen."""
        return self.spec.label

    @property
    def plural(self) -> Text:
        """Plural words on screen."""
        return self.spec.plural

    @property
    def state_field(self) -> Field | None:
        """The choice field that is the record's state, if any."""
        return next((f for f in self.fields.values() if f.state), None)

    def has(self, feature: str) -> bool:
        """True when the entity switched the feature on (comments, attachments, search ...)."""
        return feature in self.spec.features

    def column(self, name: str) -> Any:
        """The column of a stored field, of its own or an extension table; KeyError for others."""
        declared = self.fields[name]
        if declared.extension_of is None:
            return self.table.c[name]
        return self.extensions[declared.extension_of].table.c[name]


@dataclass(slots=True)
class Stores:
    """The closed set of stores, filled by the builder before :class:`Registry` freezes them."""

    entities: dict[str, EntityType] = field(default_factory=dict)
    relations: dict[str, RelationType] = field(default_factory=dict)
    traits: dict[str, TraitSpec] = field(default_factory=dict)
    value_lists: dict[str, ValueList] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    views: dict[str, ListView] = field(default_factory=dict)
    record_pages: dict[str, RecordPage] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    widgets: dict[str, Widget] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    nav_groups: dict[str, NavGroup] = field(default_factory=dict)
    nav_entries: dict[str, NavEntry] = field(default_factory=dict)
    new_entries: list[NewEntry] = field(default_factory=list)
    routes: dict[str, HttpRoute] = field(default_factory=dict)
    portals: dict[str, PortalSpec] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    subscribers: list[Subscriber] = field(default_factory=list)
    commands: dict[str, Command] = field(default_factory=dict)
    calendars: dict[str, CalendarSource] = field(default_factory=dict)
    form_checks: dict[str, FormCheck] = field(default_factory=dict)
    dormant: list[str] = field(default_factory=list)


class Registry:
    """Read-only view of the stores with the look-ups the platform needs.

    Attributes mirror :class:`Stores`; each mapping is a read-only proxy.
    """

    def __init__(self, stores: Stores) -> None:
        proxy = MappingProxyType
        self.entities: Mapping[str, EntityType] = proxy(dict(stores.entities))
        self.relations: Mapping[str, RelationType] = proxy(dict(stores.relations))
        self.traits: Mapping[str, TraitSpec] = proxy(dict(stores.traits))
        self.value_lists: Mapping[str, ValueList] = proxy(dict(stores.value_lists))
        self.roles: Mapping[str, Role] = proxy(dict(stores.roles))
        self.grants: tuple[Grant, ...] = tuple(stores.grants)
        #: As the plugins declare them, whatever an administrator laid over them (see :meth:`with_access`).
        self.declared_roles: Mapping[str, Role] = self.roles
        self.declared_grants: tuple[Grant, ...] = self.grants
        self.actions: Mapping[str, Action] = proxy(dict(stores.actions))
        self.views: Mapping[str, ListView] = proxy(dict(stores.views))
        self.record_pages: Mapping[str, RecordPage] = proxy(dict(stores.record_pages))
        self.slots: tuple[Slot, ...] = tuple(stores.slots)
        self.widgets: Mapping[str, Widget] = proxy(dict(stores.widgets))
        self.homes: tuple[Home, ...] = tuple(stores.homes)
        self.nav_groups: Mapping[str, NavGroup] = proxy(dict(stores.nav_groups))
        self.nav_entries: Mapping[str, NavEntry] = proxy(dict(stores.nav_entries))
        self.new_entries: tuple[NewEntry, ...] = tuple(stores.new_entries)
        self.routes: Mapping[str, HttpRoute] = proxy(dict(stores.routes))
        self.portals: Mapping[str, PortalSpec] = proxy(dict(stores.portals))
        self.settings: Mapping[str, Setting] = proxy(dict(stores.settings))
        self.jobs: Mapping[str, Job] = proxy(dict(stores.jobs))
        self.subscribers: tuple[Subscriber, ...] = tuple(stores.subscribers)
        self.commands: Mapping[str, Command] = proxy(dict(stores.commands))
        self.calendars: Mapping[str, CalendarSource] = proxy(dict(stores.calendars))
        self.form_checks: Mapping[str, FormCheck] = proxy(dict(stores.form_checks))
        #: Declarations that wait for a plugin that is not installed, one sentence each.
        self.dormant: tuple[str, ...] = tuple(stores.dormant)
        #: Entity -> entities whose steps are told on the timelines of its records.
        self.stories: Mapping[str, tuple[str, ...]] = proxy(told_on(self))
        #: (entity, field) -> role whose people confirm a new value of the field.
        self.confirmed_by: Mapping[tuple[str, str], str] = proxy(
            {
                (entity.key, name): declared.confirm_by
                for entity in self.entities.values()
                for name, declared in entity.fields.items()
                if declared.confirm and declared.confirm_by in self.declared_roles
            }
        )
        self._by_slug = {(e.plugin, e.slug): e for e in self.entities.values()}
        self._by_inverse = {r.inverse: r for r in self.relations.values()}
        self._grants_by_entity = _by_entity(self.entities, self.grants)
        self._entity_ids: dict[str, int] = {}
        self._relation_ids: dict[str, int] = {}
        self._entity_by_id: dict[int, str] = {}
        self._absent: frozenset[int] = frozenset()
        self._relation_by_id: dict[int, str] = {}
        self._frozen = True

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and getattr(self, "_frozen", False):
            raise TypeError("the registry is frozen: declarations are collected once, at start")
        super().__setattr__(name, value)

    # ---- entities
    def entity(self, key: str | type[Entity]) -> EntityType:
        """The entity of a key or class; KeyError when it is not installed."""
        return self.entities[key if isinstance(key, str) else key.spec.key]

    def by_slug(self, plugin: str, slug: str) -> EntityType | None:
        """The entity behind an address ``/<plugin>/<slug>``."""
        return self._by_slug.get((plugin, slug))

    def with_trait(self, key: str) -> Iterator[EntityType]:
        """Installed entities that claim a trait."""
        return (e for e in self.entities.values() if key in e.spec.traits)

    def targets(self, declared: Field) -> tuple[EntityType, ...]:
        """Installed entities a reference field may point at; ``"*"`` means every entity."""
        found: dict[str, EntityType] = {}
        if "*" in declared.to:
            return tuple(self.entities.values())
        for target in declared.to:
            if isinstance(target, Trait):
                found.update((e.key, e) for e in self.with_trait(target.key))
            elif target in self.entities:
                found[target] = self.entities[target]
        return tuple(found.values())

    def matches(self, ends: Sequence[str], entity: str) -> bool:
        """True when an entity is allowed at an end of a relation type (keys, ``trait:...`` or ``*``)."""
        claimed = self.entities[entity].spec.traits if entity in self.entities else frozenset()
        return any(end == "*" or end == entity or (end.startswith("trait:") and end[6:] in claimed) for end in ends)

    # ---- relations
    def relation(self, key: str) -> tuple[RelationType, bool]:
        """Look a direction up by either name: the type, and True when the name is its inverse."""
        if key in self.relations:
            return self.relations[key], False
        return self._by_inverse[key], True

    def relations_of(self, entity: str) -> Iterable[tuple[RelationType, bool]]:
        """All directions an entity can stand at the beginning of: (type, reverse)."""
        for relation in self.relations.values():
            if self.matches(relation.source, entity):
                yield relation, False
            if not relation.symmetric and self.matches(relation.target, entity):
                yield relation, True

    # ---- access
    def grants_on(self, entity: str) -> tuple[Grant, ...]:
        """All grants on an entity, in declaration order."""
        return self._grants_by_entity.get(entity, ())

    def with_access(self, roles: Mapping[str, Role], grants: Iterable[Grant]) -> Registry:
        """A copy with other roles and grants: what the company decided, laid over what the plugins declare.

        Args:
            roles: all roles in force.
            grants: all grants in force, checked, with canonical scopes.
        """
        found = copy(self)
        object.__setattr__(found, "roles", MappingProxyType(dict(roles)))
        object.__setattr__(found, "grants", tuple(grants))
        found._grants_by_entity = _by_entity(self.entities, found.grants)
        return found

    # ---- persistent ids
    def bind_ids(self, entities: Mapping[str, int], relations: Mapping[str, int]) -> None:
        """Receive the persistent ids once, after migrations (types of removed plugins included)."""
        self._entity_ids, self._relation_ids = dict(entities), dict(relations)
        self._entity_by_id = {number: key for key, number in entities.items()}
        self._absent = frozenset(number for key, number in entities.items() if key not in self.entities)
        self._relation_by_id = {number: key for key, number in relations.items()}

    @property
    def absent_types(self) -> frozenset[int]:
        """Small ids of entity types whose plugin is not installed; usually none."""
        return self._absent

    def entity_id(self, key: str) -> int:
        """Small id of an entity type, as in ``record.type_id``."""
        return self._entity_ids[key]

    def relation_id(self, key: str) -> int:
        """Small id of a relation type, as in ``relation.type_id``."""
        return self._relation_ids[key]

    def entity_key(self, number: int) -> str:
        """Key of an entity type, also of one whose plugin is gone."""
        return self._entity_by_id[number]

    def relation_key(self, number: int) -> str:
        """Key of a relation type, also of one whose plugin is gone."""
        return self._relation_by_id[number]


def _by_entity(entities: Iterable[str], grants: Sequence[Grant]) -> dict[str, tuple[Grant, ...]]:
    return {key: tuple(grant for grant in grants if grant.entity == key) for key in entities}
