"""Keys between plugins: found, waiting for an absent plugin (dormant), or wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from weft.core.errors import DeclarationError
from weft.core.i18n import LazyText, Text
from weft.core.registry.access import AUDIENCES
from weft.core.registry.model import Stores

__all__ = ["Lookup", "message_of", "prefixed"]


def message_of(text: Text) -> str:
    """The English source text of a label, without loading a catalogue."""
    return text.message if isinstance(text, LazyText) else str(text)


def prefixed(plugin: str, key: str) -> None:
    """Refuse a key that does not begin with its plugin's key.

    Raises:
        DeclarationError: naming the key the author should use.
    """
    if not key.startswith(f"{plugin}.") or key == f"{plugin}.":
        problem = "the key does not begin with the plugin's key."
        raise DeclarationError(
            plugin, key or "(no key)", problem, f"name it {plugin}.{key.rpartition('.')[2] or '...'}."
        )


@dataclass(slots=True)
class Lookup:
    """Answers whether a key named by a plugin exists.

    Attributes:
        stores: what all plugins declared.
        installed: keys of the plugins that take part, the core included.
        owners: (store, key) -> key of the declaring plugin.
    """

    stores: Stores
    installed: Collection[str]
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    _keyless: dict[int, tuple[Any, str]] = field(default_factory=dict)

    def add(self, store: str, key: str, item: Any, plugin: str) -> None:
        """Put a declaration into a store by its key.

        Raises:
            DeclarationError: another declaration has the key; both plugins are named.
        """
        target = getattr(self.stores, store)
        if key in target:
            other = self.owners[store, key]
            problem = f"is declared twice, by {other} and by {plugin}." if other != plugin else "is declared twice."
            raise DeclarationError(plugin, key, problem, "rename one of the two.")
        target[key] = item
        self.owners[store, key] = plugin

    def owner(self, store: str, key: str) -> str:
        """The plugin that declared a key of a store."""
        return self.owners[store, key]

    def own(self, item: Any, plugin: str) -> Any:
        """Note who declared an item that has no key; returns the item."""
        self._keyless[id(item)] = (item, plugin)
        return item

    def owner_of(self, item: Any) -> str:
        """The plugin that declared an item noted with :meth:`own`."""
        return self._keyless[id(item)][1]

    def exists(self, plugin: str, declaration: str, what: str, key: str, known: Collection[str]) -> bool:
        """True when ``key`` is there, False when it waits for a plugin that is not installed.

        Raises:
            DeclarationError: the plugin the key belongs to is installed but declares no such thing.
        """
        if key in known:
            return True
        owner = key.partition(".")[0]
        if "." not in key or owner in self.installed:
            near = _nearest(key, known)
            remedy = f"did you mean {near}?" if near else "correct the key, or declare it."
            raise DeclarationError(plugin, declaration, f"names the {what} {key!r}, which does not exist.", remedy)
        self.stores.dormant.append(f"{plugin}: {declaration} waits for {owner} ({what} {key}).")
        return False

    def role(self, plugin: str, declaration: str, key: str) -> bool:
        """:meth:`exists` for roles; audiences are roles too."""
        return key in AUDIENCES or self.exists(plugin, declaration, "role", key, self.stores.roles)

    def roles(self, plugin: str, declaration: str, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of the roles that exist; the others are dormant."""
        return tuple(key for key in keys if self.role(plugin, declaration, key))

    def entity(self, plugin: str, declaration: str, key: str) -> bool:
        """:meth:`exists` for entities."""
        return self.exists(plugin, declaration, "entity", key, self.stores.entities)

    def relation(self, plugin: str, declaration: str, key: str) -> bool:
        """:meth:`exists` for relation types, by either of their names."""
        inverses = {relation.inverse for relation in self.stores.relations.values()}
        return self.exists(plugin, declaration, "relation", key, {*self.stores.relations, *inverses})


def _nearest(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(key, list(known), 1, 0.7)), "")
