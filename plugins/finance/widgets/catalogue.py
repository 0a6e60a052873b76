"""All tiles of the finance plugin and the homes they stand on."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home
from weft.plugins.finance.grants import EXECUTIVE, HEAD, LEAD, MANAGER, OFFICER
from weft.plugins.finance.widgets import figures, inside, outside

WIDGETS: list[Any] = [*inside.WIDGETS, *figures.WIDGETS, *outside.WIDGETS]
HOMES: list[Any] = [
    Home("employee", ("finance.returned",), order=60),
    Home(
        OFFICER,
        ("finance.to_check", "finance.bills_tile", "finance.overdue_tile", "finance.to_pay_tile", "finance.budget_tile",
         "finance.margin_tile"),
        order=10,
    ),
    Home(LEAD, ("finance.to_agree", "finance.lead_budget"), order=25),
    Home(MANAGER, ("finance.to_agree", "finance.margin_tile"), order=60),
    Home(HEAD, ("finance.to_agree", "finance.unit_budget"), order=55),
    Home(EXECUTIVE, ("finance.cash_tile", "finance.whole_margin"), order=40),
    *[Home(role, keys, portal=portal, order=40) for role, keys, portal in outside.HOMES],
]  # fmt: skip
