"""Base class of plugins and the markers they use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, overload

import pluggy

from weft.core.i18n import Text

__all__ = ["API_LEVEL", "ENTRY_POINT_GROUP", "PROJECT", "Plugin", "hookimpl", "hookspec", "is_elevated"]

#: Name under which pluggy knows hooks, and the entry point group of plugins (bundled and foreign alike).
PROJECT = "weft"
ENTRY_POINT_GROUP = "weft.plugins"
#: Level of the interface for plugins; a plugin states the range it works with in ``Plugin.api``.
API_LEVEL = 1

hookspec = pluggy.HookspecMarker(PROJECT)
_mark = pluggy.HookimplMarker(PROJECT)
_F = TypeVar("_F", bound=Callable[..., Any])


@overload
def hookimpl(function: _F) -> _F: ...
@overload
def hookimpl(
    *, elevated: bool = ..., optionalhook: bool = ..., tryfirst: bool = ..., trylast: bool = ...
) -> Callable[[_F], _F]: ...
def hookimpl(
    function: Callable[..., Any] | None = None,
    *,
    elevated: bool = False,
    optionalhook: bool = False,
    tryfirst: bool = False,
    trylast: bool = False,
) -> Any:
    """Mark a method as the implementation of a hook: ``@hookimpl`` or ``@hookimpl(elevated=True)``.

    Args:
        elevated: a ``weft_before_write`` or ``weft_before_undo`` that reads beyond the rights of whoever acts through
            ``context.system()``.
        optionalhook: the hook belongs to another plugin and may not exist.
        tryfirst, trylast: position among the implementations of a run-time hook.
    """

    def mark(target: Callable[..., Any]) -> Callable[..., Any]:
        marked = _mark(optionalhook=optionalhook, tryfirst=tryfirst, trylast=trylast)(target)
        marked.weft_elevated = elevated  # type: ignore[attr-defined]
        return marked

    return mark if function is None else mark(function)


def is_elevated(function: Callable[..., Any]) -> bool:
    """True when a hook implementation declared ``elevated=True``."""
    return bool(getattr(function, "weft_elevated", False))


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
        hookspecs: class with hook specifications the plugin owns, named ``weft_<key>_<noun>``; others implement
            them with ``optionalhook=True``.
    """

    key: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    version: ClassVar[str] = "0"
    api: ClassVar[str] = ">=1,<2"
    requires: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[tuple[str, ...]] = ()
    package: ClassVar[str] = ""
    hookspecs: ClassVar[type | None] = None

    @classmethod
    def package_name(cls) -> str:
        """Import path of the plugin's package (templates, migrations, translations are below it)."""
        return cls.package or cls.__module__.rpartition(".")[0]
