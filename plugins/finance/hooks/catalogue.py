"""All checks of the finance plugin before a write, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.finance.hooks import bills, claims, invoices, ledger

__all__ = ["before_write"]

_MODULES = (claims, bills, invoices, ledger)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Run all checks on one batch of changes."""
    if changes and changes[0].entity.startswith("finance."):
        for module in _MODULES:
            module.before_write(changes, context)
