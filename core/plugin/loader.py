"""Find, check, order and register plugins; what cannot work is quarantined with its reason and the rest starts.

Holds no declarations: what plugins declare is gathered by :mod:`weft.core.registry.collect`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

import pluggy

from weft.core.i18n import register_domain
from weft.core.plugin.base import API_LEVEL, ENTRY_POINT_GROUP, PROJECT, Plugin
from weft.core.plugin.hookspecs import WeftHooks

__all__ = ["BUNDLED_DISTRIBUTION", "RESERVED_KEYS", "LoadedPlugins", "Quarantine", "chosen", "load"]

#: Plugins of this distribution are on by default; all others only when ``WEFT_PLUGINS`` names them.
BUNDLED_DISTRIBUTION = "weft"

#: First parts of addresses that pages of the core own; a plugin of such a key would shadow them.
RESERVED_KEYS = frozenset(
    {
        *("todo", "notices", "calendar", "messages", "search", "profile", "reports", "settings", "auth", "files"),
        *("api", "r", "static", "core", "healthz", "readyz", "metrics", "employee", "customer", "supplier"),
        *("distributor", "home", "trash", "records", "record", "relations", "graph", "path", "changes", "me"),
        *("explain", "openapi", "import", "export", "history", "views", "link", "links", "tags", "comments"),
        *("company", "confirm", "directory", "new", "help", "about", "weft", "menu", "palette", "pick", "undo"),
    }
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Why a plugin is not running.

    Attributes:
        key: the plugin's key (or entry point name).
        stage: ``find``, ``import``, ``manifest``, ``requires``, ``hooks``, ``mapper``, ``declarations``, ``migration``.
        reason: one sentence for the operator.
    """

    key: str
    stage: str
    reason: str


@dataclass(slots=True)
class LoadedPlugins:
    """The result of loading.

    Attributes:
        manager: pluggy's hook caller with every active plugin registered under its key.
        active: key -> class in load order (the core itself is not among them).
        quarantined: key -> why it is not running.
        sources: key -> ``distribution version`` it came from, ``""`` for classes named by a test.
    """

    manager: pluggy.PluginManager
    active: dict[str, type[Plugin]] = field(default_factory=dict)
    quarantined: dict[str, Quarantine] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def quarantine(self, key: str, stage: str, reason: str) -> None:
        """Take a plugin, and all that require it, out of operation."""
        self.quarantined[key] = Quarantine(key, stage, reason)
        self.active.pop(key, None)
        if self.manager.has_plugin(key):
            self.manager.unregister(name=key)
        for other in [k for k, cls in self.active.items() if key in cls.requires]:
            if other in self.active:
                self.quarantine(other, "requires", f"It needs the plugin {key}, which is not running.")


def chosen(names: Sequence[str], available: Mapping[str, str]) -> list[str]:
    """Keys to load: ``+name`` adds to and ``-name`` removes from the bundled ones, plain names replace the list.

    Args:
        names: parts of ``WEFT_PLUGINS``.
        available: key -> name of the distribution that offers it.
    """
    plain = [name for name in names if name[0] not in "+-"]
    picked = plain or sorted(key for key, source in available.items() if source == BUNDLED_DISTRIBUTION)
    picked += [name[1:] for name in names if name.startswith("+")]
    removed = {name[1:] for name in names if name.startswith("-")}
    return [key for key in dict.fromkeys(picked) if key not in removed]


def load(names: Sequence[str] = (), classes: Sequence[type[Plugin]] | None = None) -> LoadedPlugins:
    """Load plugins from entry points, or exactly the given classes (tests).

    Args:
        names: parts of ``WEFT_PLUGINS``; ignored when ``classes`` is given.
        classes: plugin classes; no entry point is read then.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(WeftHooks)
    loaded = LoadedPlugins(manager)
    found = _imported(loaded, names) if classes is None else {cls.key: cls for cls in classes}
    accepted = {}
    for key, cls in found.items():
        problem = _manifest_problem(key, cls)
        if problem:
            loaded.quarantine(key, "manifest", problem)
        else:
            accepted[key] = cls
    ordered = _ordered(loaded, accepted)
    for cls in ordered:
        _own_hooks(loaded, cls)
    for cls in ordered:
        if cls.key not in loaded.quarantined:
            _register(loaded, cls)
    return loaded


def _imported(loaded: LoadedPlugins, names: Sequence[str]) -> dict[str, type[Plugin]]:
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        points.setdefault(point.name, point)
    offered = {key: _distribution(point)[0] for key, point in points.items()}
    found: dict[str, type[Plugin]] = {}
    for key in chosen(names, offered):
        if key not in points:
            loaded.quarantine(key, "find", f"WEFT_PLUGINS names {key}, but no installed package offers it.")
            continue
        point = points[key]
        loaded.sources[key] = " ".join(_distribution(point))
        try:
            found[key] = point.load()
        except (Exception, SystemExit) as error:  # a stranger's module may raise anything
            loaded.quarantine(key, "import", f"{point.value} cannot be imported: {type(error).__name__}: {error}")
    return found


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist is not None else ("", "")


def _manifest_problem(key: str, cls: object) -> str:
    """What is wrong with the class attributes, or an empty text."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not (isinstance(cls, type) and issubclass(cls, Plugin)):
        return "The entry point does not lead to a subclass of weft.core.sdk.Plugin."
    if cls.key != key:
        return f"The entry point is named {key}, but the class has key = {cls.key!r}; they must be equal."
    if not _KEY.fullmatch(key):
        return "A key has small letters, digits and underscores, begins with a letter and is at most 30 long."
    if key in RESERVED_KEYS:
        return f"{key!r} is the address of a page of the platform; choose another key."
    if not str(cls.title):
        return "title is empty; give the words that people see."
    try:
        accepted = SpecifierSet(cls.api)
    except InvalidSpecifier:
        return f"api = {cls.api!r} is no version range; write for example '>=1,<2'."
    if str(API_LEVEL) not in accepted:
        return f"It works with API level {cls.api}, this platform has level {API_LEVEL}; install a matching version."
    return ""


def _ordered(loaded: LoadedPlugins, found: dict[str, type[Plugin]]) -> list[type[Plugin]]:
    """Topological order by requires and optional, ties by key; plugins that cannot be placed are quarantined."""
    waiting = dict(sorted(found.items()))
    _drop_unmet(loaded, waiting)
    placed: dict[str, type[Plugin]] = {}
    while waiting:
        ready = next((k for k, cls in waiting.items() if not _before(cls, waiting, soft=True)), None)
        if ready is None:  # a circle; soft wishes yield first
            ready = next((k for k, cls in waiting.items() if not _before(cls, waiting, soft=False)), None)
        if ready is None:
            for key in _circle(waiting):
                circle = " > ".join([*_circle(waiting), _circle(waiting)[0]])
                loaded.quarantine(key, "requires", f"Plugins require each other in a circle: {circle}.")
            for key in [k for k in waiting if k in loaded.quarantined]:
                del waiting[key]
            _drop_unmet(loaded, waiting)
            continue
        placed[ready] = waiting.pop(ready)
    loaded.active.update(placed)
    return list(placed.values())


def _before(cls: type[Plugin], waiting: Mapping[str, type[Plugin]], *, soft: bool) -> list[str]:
    wanted = (*cls.requires, *cls.optional) if soft else cls.requires
    return [key for key in wanted if key in waiting and key != cls.key]


def _drop_unmet(loaded: LoadedPlugins, waiting: dict[str, type[Plugin]]) -> None:
    """Quarantine what requires a plugin that is not there, until nothing changes."""
    changed = True
    while changed:
        changed = False
        for key, cls in list(waiting.items()):
            missing = [other for other in cls.requires if other not in waiting or other in loaded.quarantined]
            if missing:
                state = "not running" if missing[0] in loaded.quarantined else "not installed or not switched on"
                loaded.quarantine(key, "requires", f"It needs the plugin {missing[0]}, which is {state}.")
                del waiting[key]
                changed = True


def _circle(waiting: Mapping[str, type[Plugin]]) -> list[str]:
    """Keys of one circle of requires; every plugin in ``waiting`` has at least one requirement in it."""
    trail = [next(iter(waiting))]
    while True:
        following = _before(waiting[trail[-1]], waiting, soft=False)[0]
        if following in trail:
            return trail[trail.index(following) :]
        trail.append(following)


def _own_hooks(loaded: LoadedPlugins, cls: type[Plugin]) -> None:
    """Add hook specifications a plugin owns, before anybody implements them."""
    if cls.hookspecs is None:
        return
    names = [name for name in vars(cls.hookspecs) if name.startswith("weft_")]
    foreign = [name for name in names if not name.startswith(f"weft_{cls.key}_")]
    if foreign:
        loaded.quarantine(cls.key, "hooks", f"{foreign[0]} must be named weft_{cls.key}_<noun>.")
        return
    try:
        loaded.manager.add_hookspecs(cls.hookspecs)
    except ValueError as error:
        loaded.quarantine(cls.key, "hooks", str(error))


def _register(loaded: LoadedPlugins, cls: type[Plugin]) -> None:
    """Register in pluggy; unknown hooks and wrong arguments quarantine the plugin."""
    manager = loaded.manager
    try:
        plugin = cls()
        manager.register(plugin, cls.key)
    except Exception as error:  # wrong arguments of a hook, or a constructor that fails
        loaded.quarantine(cls.key, "hooks", str(error))
        return
    unknown = _unknown_hooks(manager, plugin)
    if unknown:
        loaded.quarantine(cls.key, "hooks", f"It implements {', '.join(unknown)}, which the platform does not know.")
        return
    register_domain(cls.key, cls.package_name())


def _unknown_hooks(manager: pluggy.PluginManager, plugin: Plugin) -> list[str]:
    """Hooks without a specification that are not marked optional (pluggy's check_pending, for one plugin)."""
    callers: Iterable[pluggy.HookCaller] = manager.get_hookcallers(plugin) or ()
    return sorted(
        caller.name
        for caller in callers
        if not caller.has_spec()
        and any(impl.plugin is plugin and not impl.optionalhook for impl in caller.get_hookimpls())
    )
