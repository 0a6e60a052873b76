"""Build the registry: gather, assemble, check, freeze; a plugin that cannot work is dropped as a whole."""

from __future__ import annotations

from weft.core.errors import DeclarationError
from weft.core.plugin.loader import LoadedPlugins
from weft.core.registry.assemble import assemble
from weft.core.registry.checks import check_access, check_entities
from weft.core.registry.collect import HOOK_DEADLINE, Declared, declared_by, gather
from weft.core.registry.core_plugin import CorePlugin
from weft.core.registry.model import Registry
from weft.core.registry.page_checks import check_pages

__all__ = ["build"]


def build(plugins: LoadedPlugins, *, core: type[CorePlugin] = CorePlugin, deadline: float = HOOK_DEADLINE) -> Registry:
    """Make the frozen registry of all active plugins; those that fail are quarantined in ``plugins``.

    Args:
        plugins: result of :func:`weft.core.plugin.loader.load`; changed when a plugin is dropped.
        core: what the core itself declares.
        deadline: seconds the declaring hooks of one plugin may take.

    Raises:
        DeclarationError: a declaration of the core itself is wrong (a defect of Weft).
    """
    own = declared_by(core, core())
    gathered = gather(plugins, deadline)
    while True:
        try:
            return _attempt([own, *(gathered[key] for key in plugins.active)])
        except DeclarationError as error:
            if error.plugin not in plugins.active:
                raise
            plugins.quarantine(error.plugin, "declarations", str(error))


def _attempt(declared: list[Declared]) -> Registry:
    lookup = assemble(declared)
    check_entities(lookup)
    check_pages(lookup)
    lookup.stores.grants = check_access(lookup, Registry(lookup.stores))
    return Registry(lookup.stores)
