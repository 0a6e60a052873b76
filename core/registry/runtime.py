"""The running installation: settings, database, registry and clock in one object handed to every layer above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from weft.core.config import Settings
from weft.core.registry.model import Registry

if TYPE_CHECKING:
    from weft.core.db.engine import Database
    from weft.core.plugin.loader import LoadedPlugins

__all__ = ["Runtime", "utc_now"]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Runtime:
    """What a process needs to serve: made once by :func:`weft.core.ops.boot.boot`.

    Attributes:
        settings: what the operator decided.
        db: engine and id blocks.
        registry: frozen declarations of all loaded plugins.
        plugins: loaded and quarantined plugins, and the hook caller.
        clock: gives the present moment; tests replace it.
        services: handlers that higher layers register at start (``search``, ``mailer``, ``files`` ...).
    """

    settings: Settings
    db: Database
    registry: Registry
    plugins: LoadedPlugins
    clock: Callable[[], datetime] = utc_now
    services: dict[str, Any] = field(default_factory=dict)
