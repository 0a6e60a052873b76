"""Base class of plugins and the markers they use."""

from __future__ import annotations

from typing import ClassVar

import pluggy

from weft.core.i18n import Text

__all__ = ["ENTRY_POINT_GROUP", "PROJECT", "Plugin", "hookimpl", "hookspec"]

#: Name under which pluggy knows hooks, and the entry point group of plugins (bundled and foreign alike).
PROJECT = "weft"
ENTRY_POINT_GROUP = "weft.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Plugin:
    """What a package offers; implement the hooks of :mod:`weft.core.plugin.hookspecs` as methods.

    Attributes:
        key: short name, also prefix of every key, table and address of the plugin; equals the entry point name.
        title: words on screen.
        version: version of the plugin's package.
        api: range of core API levels it works with, e.g. ``">=1,<2"``.
        requires: keys of plugins that must be loaded before.
        optional: keys of plugins that are loaded before when they are there.
        package: import path of the package; found from the class when empty.
    """

    key: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    version: ClassVar[str] = "0"
    api: ClassVar[str] = ">=1,<2"
    requires: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[tuple[str, ...]] = ()
    package: ClassVar[str] = ""

    @classmethod
    def package_name(cls) -> str:
        """Import path of the plugin's package (templates, migrations, translations are below it)."""
        return cls.package or cls.__module__.rpartition(".")[0]
