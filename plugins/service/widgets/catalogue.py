"""Everything the modules of this package declare, for the plugin class, and the tiles each home begins with."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home
from weft.plugins.service.grants import AGENT, EXECUTIVE, HEAD, LEAD, REP
from weft.plugins.service.widgets import inside, outside

WIDGETS: list[Any] = [*inside.WIDGETS, *outside.WIDGETS]
HOMES: list[Any] = [
    Home(AGENT, ("service.mine", "service.unassigned", "service.due", "service.satisfaction_tile"), order=25),
    Home(LEAD, ("service.unassigned", "service.due", "service.satisfaction_tile", "service.kept"), order=26),
    Home(REP, ("service.my_customers",), order=60),
    Home(HEAD, ("service.by_queue", "service.kept"), order=60),
    Home(EXECUTIVE, ("service.whole",), order=60),
    *[Home(role, keys, portal=portal, order=20) for role, keys, portal in outside.HOMES_OUTSIDE],
]
