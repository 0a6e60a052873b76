"""What one person finds in a portal's menu: groups, entries, New; nothing they could not open.

Entries come from the registry. An entity that no entry leads to gets one in a group of its plugin's title, so that a
new plugin is never invisible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from weft.core.access.policy import AccessPolicy
from weft.core.i18n import LazyText, Text, current_locale
from weft.core.identity.principal import Principal
from weft.core.portal.addresses import entity_url, page_url, with_query
from weft.core.portal.faces import face_of
from weft.core.registry.declarations import NavEntry, NewEntry
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime

__all__ = [
    "OWN_TRAITS", "SET_UP", "MenuEntry", "MenuGroup", "Viewer", "arranged", "declared_menu", "menu", "new_entries",
    "readable", "set_up_entries",
]  # fmt: skip

#: Entries of this group stand on Settings > Lists and values instead of the sidebar: stages, pools, rules.
SET_UP = "values"
#: Entries without a group have no line: a tile or a page leads to their list, which then is not put anywhere else.
NO_LINE = ""

#: Counts stand only beside these (product rule): everywhere else a number in the menu would be noise.
COUNTED = ("todo", "messages", "requests")
_MOST_NEW = 6
#: The group whose entries stand on a page of their own; the menu leads there by subject.
REPORTS = "reports"
#: What stands for a visitor, their organisation and person, has a page of its own in external portals.
OWN_TRAITS = frozenset({"core.organization", "core.person"})
#: The area behind the gear: administrators can neither hide nor move it, or nobody would find the way back.
SETTINGS = "settings"


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
    """One line of the menu; ``tabs`` are the lists that stand behind one line of a joined group."""

    key: str
    label: Text
    url: str
    count: Callable[..., int] | None = None
    entity: str = ""
    tabs: tuple[MenuEntry, ...] = ()


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
    subjects: set[str] = set()
    entries = sorted(registry.nav_entries.values(), key=lambda entry: (entry.order, entry.key))
    for entry in entries:
        if entry.portal != portal:
            continue
        if entry.entity:
            placed.add(entry.entity)
        address = None if entry.group in (SET_UP, NO_LINE) else _address(viewer, entry, endpoint_url)
        if address is None:
            continue
        label = entry.label
        if entry.group == REPORTS and str(entry.subject):
            key = _subject(entry)
            if key in subjects:
                continue
            subjects.add(key)
            label, address = entry.subject, page_url(portal, REPORTS, subject=key)
        group = groups.get(entry.group) or _group(viewer.runtime, entry.group)
        groups[entry.group] = group
        group.entries.append(MenuEntry(entry.key, label, address, entry.count, entry.entity))
    _place_rest(viewer, placed, groups)
    _join(viewer.runtime, groups)
    return arranged(sorted(groups.values(), key=lambda group: (group.order, group.key)), viewer)


def arranged(groups: list[MenuGroup], viewer: Viewer) -> list[MenuGroup]:
    """The menu as administrators arranged it: order, hidden lines, other words. What is new since stands at its place.

    Menus of external portals are one flat line, so there an entry may move across groups.
    """
    kept = face_of(viewer.runtime, viewer.portal_key).menu
    if not kept:
        return groups
    if viewer.portal_key != "employee" and groups:
        first = replace(groups[0], entries=[entry for group in groups for entry in group.entries])
        return [replace(first, entries=_in_order(first.entries, kept))]
    shown = []
    for number, group in enumerate(groups, 1):
        wish = kept.get(f"group:{group.key}", {})
        entries = _in_order(group.entries, kept)
        if entries and (group.key == SETTINGS or not wish.get("hidden")):
            place = wish.get("place") or number
            shown.append((place, number, replace(group, label=_words(wish, group.label), entries=entries)))
    return [group for _place, _number, group in sorted(shown, key=lambda one: one[:2])]


def _in_order(entries: list[MenuEntry], kept: Mapping[str, Mapping[str, Any]]) -> list[MenuEntry]:
    found = []
    for number, entry in enumerate(entries, 1):
        wish = kept.get(entry.key, {})
        if not wish.get("hidden"):
            found.append((wish.get("place") or number, number, replace(entry, label=_words(wish, entry.label))))
    return [entry for _place, _number, entry in sorted(found, key=lambda one: one[:2])]


def _words(wish: Mapping[str, Any], label: Text) -> Text:
    return (wish.get("label") or {}).get(current_locale()) or label


def declared_menu(runtime: Runtime, portal: str) -> list[MenuGroup]:
    """Everything the menu of a portal may hold, whoever may open it, in declared order; without Settings."""
    registry = runtime.registry
    groups: dict[str, MenuGroup] = {}
    subjects: set[str] = set()
    for entry in sorted(registry.nav_entries.values(), key=lambda one: (one.order, one.key)):
        if entry.portal != portal or entry.group in (SET_UP, SETTINGS, NO_LINE):
            continue
        label = entry.label
        if entry.group == REPORTS and str(entry.subject):
            if _subject(entry) in subjects:
                continue
            subjects.add(_subject(entry))
            label = entry.subject
        group = groups.setdefault(entry.group, _group(runtime, entry.group))
        group.entries.append(MenuEntry(entry.key, label, ""))
    _join(runtime, groups)
    return sorted(groups.values(), key=lambda group: (group.order, group.key))


def _join(runtime: Runtime, groups: Mapping[str, MenuGroup]) -> None:
    """Make one line of all entries of a joined group, in the group's words."""
    for key, group in groups.items():
        known = runtime.registry.nav_groups.get(key)
        if known is not None and known.joined and group.entries:
            tabs = tuple(group.entries)
            group.entries = [MenuEntry(key, group.label, tabs[0].url, tabs=tabs)]


def set_up_entries(viewer: Viewer, endpoint_url: Callable[[str], str | None]) -> list[MenuEntry]:
    """What the company sets up once, entity by entity: entries of the group :data:`SET_UP`, in order."""
    found = []
    for entry in sorted(viewer.runtime.registry.nav_entries.values(), key=lambda one: (one.order, one.key)):
        if entry.group == SET_UP and entry.portal == viewer.portal_key:
            address = _address(viewer, entry, endpoint_url)
            if address is not None:
                found.append(MenuEntry(entry.key, entry.label, address))
    return found


def reports(viewer: Viewer, endpoint_url: Callable[[str], str | None]) -> list[tuple[str, NavEntry, str]]:
    """The reports the viewer may open: key of the subject, entry, address; in order."""
    found = []
    for entry in sorted(viewer.runtime.registry.nav_entries.values(), key=lambda one: (one.order, one.key)):
        if entry.group != REPORTS or entry.portal != viewer.portal_key:
            continue
        address = _address(viewer, entry, endpoint_url)
        if address is not None:
            found.append((_subject(entry), entry, address))
    return found


def _subject(entry: NavEntry) -> str:
    """A word for an address, from the English words of the subject."""
    words = entry.subject.message if isinstance(entry.subject, LazyText) else entry.subject
    return "-".join(words.lower().split()) or "other"


def _address(viewer: Viewer, entry: NavEntry, endpoint_url: Callable[[str], str | None]) -> str | None:
    if entry.roles and not viewer.principal.roles.intersection(entry.roles):
        return None
    if entry.entity:
        entity = viewer.runtime.registry.entities.get(entry.entity)
        if entity is None or not readable(viewer, entity):
            return None
        if entry.shown is not None and not entry.shown(viewer):
            return None
        return with_query(entity_url(viewer.portal_key, entity), entry.query)
    address = endpoint_url(entry.endpoint)
    if address is None or (entry.shown is not None and not entry.shown(viewer)):
        return None
    return with_query(address, entry.query)


def _group(runtime: Runtime, key: str) -> MenuGroup:
    registry = runtime.registry
    found = registry.nav_groups.get(key)
    if found is not None:
        return MenuGroup(key, found.label, found.icon, found.order)
    plugin = runtime.plugins.active.get(key)
    return MenuGroup(key, plugin.title if plugin else key, "square", 800)


def _place_rest(viewer: Viewer, placed: set[str], groups: dict[str, MenuGroup]) -> None:
    present = {key.partition(".")[0] for key in placed}
    for entity in viewer.runtime.registry.entities.values():
        # A plugin that placed some of its entities left the others out on purpose (stages, settings of its own).
        if entity.plugin in present or entity.key in placed or entity.plugin == "core" or not readable(viewer, entity):
            continue
        if viewer.portal_key != "employee" and entity.spec.traits & OWN_TRAITS:
            continue  # the page Our company shows them
        key = f"plugin:{entity.plugin}"
        if key not in groups:
            plugin = viewer.runtime.plugins.active.get(entity.plugin)
            groups[key] = MenuGroup(key, plugin.title if plugin else entity.plugin, entity.spec.icon, 800)
        address = entity_url(viewer.portal_key, entity)
        groups[key].entries.append(MenuEntry(entity.key, entity.plural, address, entity=entity.key))


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
