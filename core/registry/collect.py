"""Call the declaring hooks of every plugin once, one plugin at a time, and keep who declared what.

A plugin whose hook raises, returns the wrong things or does not come back in time is quarantined.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import inspect

from weft.core.db.entity import Entity, orm_registry
from weft.core.errors import DeclarationError
from weft.core.plugin.base import Plugin
from weft.core.plugin.loader import LoadedPlugins
from weft.core.registry import access, background, calendars, declarations, formchecks

__all__ = ["DECLARING_HOOKS", "HOOK_DEADLINE", "Declared", "declared_by", "gather"]

#: Seconds all declaring hooks of one plugin may take together; a start must not wait for a network or a lock.
HOOK_DEADLINE = 5.0

#: Hook -> what the items it returns must be. Hooks that are called at run time are not in here.
DECLARING_HOOKS: Mapping[str, tuple[type, ...]] = {
    "weft_entities": (Entity,),
    "weft_extensions": (declarations.Extension,),
    "weft_traits": (declarations.TraitSpec,),
    "weft_relations": (declarations.RelationType,),
    "weft_value_lists": (declarations.ValueList,),
    "weft_roles": (access.Role,),
    "weft_grants": (access.Grant,),
    "weft_actions": (declarations.Action,),
    "weft_views": (declarations.ListView,),
    "weft_record_pages": (declarations.RecordPage,),
    "weft_slots": (declarations.Slot,),
    "weft_widgets": (declarations.Widget,),
    "weft_homes": (declarations.Home,),
    "weft_navigation": (declarations.NavEntry, declarations.NavGroup, declarations.NewEntry),
    "weft_routes": (declarations.HttpRoute,),
    "weft_portals": (declarations.PortalSpec,),
    "weft_settings": (declarations.Setting,),
    "weft_jobs": (background.Job,),
    "weft_subscribers": (background.Subscriber,),
    "weft_calendar": (calendars.CalendarSource,),
    "weft_form_checks": (formchecks.FormCheck,),
    "weft_commands": (background.Command,),
}


@dataclass(slots=True)
class Declared:
    """What one plugin declared: hook -> items.

    Attributes:
        plugin: the declaring class.
        items: hook name -> tuple of declarations, absent hooks left out.
    """

    plugin: type[Plugin]
    items: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Key of the plugin."""
        return self.plugin.key

    def of(self, hook: str) -> tuple[Any, ...]:
        """Items of one hook."""
        return self.items.get(hook, ())


def gather(plugins: LoadedPlugins, deadline: float = HOOK_DEADLINE) -> dict[str, Declared]:
    """Collect the declarations of all active plugins, in load order; failing plugins are quarantined."""
    gathered: dict[str, Declared] = {}
    for key, cls in list(plugins.active.items()):
        if key not in plugins.active:  # went with a plugin it requires
            continue
        try:
            gathered[key] = _in_time(partial(declared_by, cls, plugins.manager.get_plugin(key)), deadline)
        except DeclarationError as error:
            plugins.quarantine(key, "declarations", str(error))
        except TimeoutError:
            plugins.quarantine(key, "hooks", f"Its hooks did not return within {deadline:g} seconds.")
        except Exception as error:
            plugins.quarantine(key, "hooks", f"A hook failed: {type(error).__name__}: {error}")
        else:
            _configure_mappers(plugins, gathered[key])
    return {key: declared for key, declared in gathered.items() if key in plugins.active}


def declared_by(cls: type[Plugin], plugin: Any) -> Declared:
    """Call the declaring hooks of one plugin.

    Raises:
        DeclarationError: a hook returned something that is no list of its declarations.
    """
    declared = Declared(cls)
    for hook, kinds in DECLARING_HOOKS.items():
        method = getattr(plugin, hook, None)
        if method is None:
            continue
        result = method()
        if result is None:
            continue
        wanted = " or ".join(kind.__name__ for kind in kinds)
        if not isinstance(result, (list, tuple)):
            problem = f"returned {type(result).__name__}."
            raise DeclarationError(cls.key, hook, problem, f"return a list of {wanted}.")
        for item in result:
            fits = issubclass(item, kinds) if isinstance(item, type) else isinstance(item, kinds)
            if not fits or (hook == "weft_entities") != isinstance(item, type):
                raise DeclarationError(cls.key, hook, f"returned {item!r}.", f"return a list of {wanted}.")
        declared.items[hook] = tuple(result)
    return declared


def _in_time(call: Callable[[], Declared], deadline: float) -> Declared:
    """Run ``call`` in a thread of its own, so that a hook that hangs does not hang the start."""
    outcome: list[Declared] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # handed to the caller below
            failure.append(error)

    worker = threading.Thread(target=run, name="weft-hooks", daemon=True)
    worker.start()
    worker.join(deadline)
    if worker.is_alive():
        raise TimeoutError
    if failure:
        if isinstance(failure[0], Exception):
            raise failure[0]
        raise RuntimeError(f"{type(failure[0]).__name__}: {failure[0]}")
    return outcome[0]


def _configure_mappers(plugins: LoadedPlugins, declared: Declared) -> None:
    """Configure the plugin's own ORM registry now: a bad mapper must fail here, not in somebody's request."""
    registry = orm_registry(declared.key)
    try:
        registry.configure()
        for cls in declared.of("weft_entities"):
            inspect(cls)  # an earlier start in this process may have taken the mapping away
    except Exception as error:
        plugins.quarantine(declared.key, "mapper", _broken.setdefault(declared.key, f"It cannot be mapped: {error}"))
        registry.dispose()


#: Why the mappers of a plugin failed at the first start of this process; afterwards they are gone.
_broken: dict[str, str] = {}
