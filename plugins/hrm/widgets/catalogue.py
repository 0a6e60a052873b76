"""Everything the modules of this package declare, for the plugin class, and the tiles each home begins with."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home
from weft.plugins.hrm.grants import EXECUTIVE, HEAD, OFFICER
from weft.plugins.hrm.widgets import everybody, leading

WIDGETS: list[Any] = [*everybody.WIDGETS, *leading.WIDGETS]
HOMES: list[Any] = [
    Home("employee", ("hrm.mine_to_decide", "hrm.my_steps", "hrm.my_leave_tile"), order=70),
    Home(
        OFFICER, ("hrm.to_decide", "hrm.away", "hrm.lists", "hrm.ending", "hrm.headcount", "hrm.open_goals"), order=20
    ),
    Home(HEAD, ("hrm.unit_today",), order=50),
    Home(EXECUTIVE, ("hrm.headcount",), order=70),
]
