"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.crm.widgets import arrivals, asked, channel, homes, managing, selling, tiles

_MODULES = (arrivals, tiles, selling, managing, asked, channel)

WIDGETS: list[Any] = [one for module in _MODULES for one in getattr(module, "WIDGETS", ())]
HOMES: list[Any] = homes.default_homes({one.key for one in WIDGETS})
