"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.crm.actions import allocation, channel, collision, contact_log, deals, leads, pools, records

_MODULES = (contact_log, records, deals, leads, pools, allocation, collision, channel)

ACTIONS: list[Any] = [one for module in _MODULES for one in getattr(module, "ACTIONS", ())]
