"""All checks of the CRM before a write, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.crm.hooks import (
    channel,
    collision,
    deals,
    frozen,
    leads,
    life,
    lines,
    planning,
    pools,
    products,
    stages,
)

__all__ = ["before_write"]

#: Each takes (changes, context), looks at what concerns it and returns at once when nothing does.
_CHECKS = (
    channel.before_write,
    stages.before_write,
    life.before_write,
    frozen.before_write,
    pools.before_write,
    leads.before_write,
    planning.before_write,
    deals.before_write,
    lines.before_write,
    products.before_write,
    collision.before_write,
)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Run all checks on one batch of changes."""
    if not changes:
        return
    for check in _CHECKS:
        check(changes, context)
