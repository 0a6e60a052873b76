"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.crm.jobs import collision, facts, leads, planning, pools

_MODULES = (facts, pools, leads, planning, collision)

JOBS: list[Any] = [one for module in _MODULES for one in getattr(module, "JOBS", ())]
SUBSCRIBERS: list[Any] = [one for module in _MODULES for one in getattr(module, "SUBSCRIBERS", ())]
