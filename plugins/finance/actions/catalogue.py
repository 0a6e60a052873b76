"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.finance.actions import bills, claims, invoices, ledger

_MODULES = (claims, bills, invoices, ledger)

ACTIONS: list[Any] = [one for module in _MODULES for one in module.ACTIONS]
