"""Everything the modules of this package declare, for the plugin class, and the tiles each home begins with."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home
from weft.plugins.projects.grants import EXECUTIVE, HEAD, LEAD
from weft.plugins.projects.widgets import inside, outside

WIDGETS: list[Any] = [*inside.WIDGETS, *outside.WIDGETS]
HOMES: list[Any] = [
    Home(LEAD, ("projects.late_tasks_tile", "projects.hours_tile", "projects.mine", "projects.customer_tile",
                "projects.budget_tile", "projects.team_tile"), order=20),
    Home(HEAD, ("projects.unit_late", "projects.unit_load"), order=50),
    Home(EXECUTIVE, ("projects.health_tile",), order=50),
    *[Home(role, keys, portal=portal, order=30) for role, keys, portal in outside.HOMES],
]  # fmt: skip
