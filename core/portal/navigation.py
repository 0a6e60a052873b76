"""What one person finds in a portal's menu: groups, entries, New; nothing they could not open.

Entries come from the registry. An entity that no entry leads to gets one in a group of its plugin's title, so that a
new plugin is never invisible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from weft.core.access.policy import AccessPolicy
from weft.core.i18n import Text
from weft.core.identity.principal import Principal
from weft.core.portal.addresses import entity_url, with_query
from weft.core.registry.declarations import NavEntry, NewEntry
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime

__all__ = ["MenuEntry", "MenuGroup", "Viewer", "menu", "new_entries", "readable"]

#: Counts stand only beside these (product rule): everywhere else a number in the menu would be noise.
COUNTED = ("todo", "messages", "requests")
_MOST_NEW = 6


class Viewer(Protocol):
    """What the portal needs of a request; :class:`weft.core.web.request.View` is one."""

    @property
    def principal(self) -> Principal: ...
    @property
    def runtime(self) -> Runtime: ...
    @property
    def portal_key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu."""

    key: str
    label: Text
    url: str
    count: Callable[..., int] | None = None


@dataclass(slots=True)
class MenuGroup:
    """A group of the menu with its entries in order."""

    key: str
    label: Text
    icon: str
    order: int
    entries: list[MenuEntry] = field(default_factory=list)


def readable(viewer: Viewer, entity: EntityType, operation: str = "read") -> bool:
    """True when some grant lets the viewer do an operation on some rows of an entity."""
    return AccessPolicy.of(viewer.runtime).allows(viewer.principal, entity.key, operation)


def menu(viewer: Viewer, endpoint_url: Callable[[str], str | None]) -> list[MenuGroup]:
    """The groups of the viewer's portal, in order, without empty ones.

    Args:
        viewer: who looks, and in which portal.
        endpoint_url: address of a page by its endpoint, None when its policy does not let the viewer in.
    """
    registry, portal = viewer.runtime.registry, viewer.portal_key
    groups: dict[str, MenuGroup] = {}
    placed: set[str] = set()
    entries = sorted(registry.nav_entries.values(), key=lambda entry: (entry.order, entry.key))
    for entry in entries:
        if entry.portal != portal:
            continue
        if entry.entity:
            placed.add(entry.entity)
        address = _address(viewer, entry, endpoint_url)
        if address is None:
            continue
        group = groups.get(entry.group) or _group(viewer, entry.group)
        groups[entry.group] = group
        group.entries.append(MenuEntry(entry.key, entry.label, address, entry.count))
    _place_rest(viewer, placed, groups)
    return sorted(groups.values(), key=lambda group: (group.order, group.key))


def _address(viewer: Viewer, entry: NavEntry, endpoint_url: Callable[[str], str | None]) -> str | None:
    if entry.roles and not viewer.principal.roles.intersection(entry.roles):
        return None
    if entry.entity:
        entity = viewer.runtime.registry.entities.get(entry.entity)
        if entity is None or not readable(viewer, entity):
            return None
        return with_query(entity_url(viewer.portal_key, entity), entry.query)
    address = endpoint_url(entry.endpoint)
    return None if address is None else with_query(address, entry.query)


def _group(viewer: Viewer, key: str) -> MenuGroup:
    registry = viewer.runtime.registry
    found = registry.nav_groups.get(key)
    if found is not None:
        return MenuGroup(key, found.label, found.icon, found.order)
    plugin = viewer.runtime.plugins.active.get(key)
    return MenuGroup(key, plugin.title if plugin else key, "square", 800)


def _place_rest(viewer: Viewer, placed: set[str], groups: dict[str, MenuGroup]) -> None:
    present = {key.partition(".")[0] for key in placed}
    for entity in viewer.runtime.registry.entities.values():
        # A plugin that placed some of its entities left the others out on purpose (stages, settings of its own).
        if entity.plugin in present or entity.key in placed or entity.plugin == "core" or not readable(viewer, entity):
            continue
        key = f"plugin:{entity.plugin}"
        if key not in groups:
            plugin = viewer.runtime.plugins.active.get(entity.plugin)
            groups[key] = MenuGroup(key, plugin.title if plugin else entity.plugin, entity.spec.icon, 800)
        groups[key].entries.append(MenuEntry(entity.key, entity.plural, entity_url(viewer.portal_key, entity)))


def new_entries(viewer: Viewer) -> list[tuple[NewEntry, str]]:
    """The things this person makes most, with the address of each form; at most six."""
    registry, portal = viewer.runtime.registry, viewer.portal_key
    found: list[tuple[NewEntry, str]] = []
    for entry in sorted(registry.new_entries, key=lambda one: (one.order, one.entity)):
        entity = registry.entities.get(entry.entity)
        if entry.portal != portal or entity is None or not readable(viewer, entity, "create"):
            continue
        if entry.roles and not viewer.principal.roles.intersection(entry.roles):
            continue
        found.append((entry, with_query(entity_url(portal, entity, "new"), entry.query)))
    return found[:_MOST_NEW]


def best_match(
    addresses: Mapping[str, str], path: str, query: Mapping[str, Any], row: Mapping[str, Any] | None = None
) -> str | None:
    """Key of the address one is at: same path or a page below it, and as many equal query parameters as possible.

    Args:
        addresses: key -> address with its filters.
        path, query: of the present page.
        row: the record whose page it is; its values decide between lists of the same entity (customers, suppliers).
    """
    best, score = None, -1
    for key, address in addresses.items():
        parts = urlsplit(address)
        wanted = parse_qsl(parts.query)
        same = path == parts.path
        if not same and not (path.startswith(parts.path) and parts.path.count("/") > 2):
            continue
        if same and any(query.get(name) != value for name, value in wanted):
            continue
        if not same and any(not _holds(row or {}, name, value) for name, value in wanted):
            continue
        points = len(parts.path) * 10 + len(wanted)
        if points > score:
            best, score = key, points
    return best


def _holds(row: Mapping[str, Any], name: str, value: str) -> bool:
    """True when a record's plain value meets one filter of a menu entry (``role=customer``, ``role__in=a,b``)."""
    present = row.get(name.removesuffix("__in"))
    values = present if isinstance(present, (list, tuple)) else [present]
    return any(isinstance(one, str) and one in value.split(",") for one in values)
