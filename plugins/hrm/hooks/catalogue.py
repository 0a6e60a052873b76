"""All checks of the plugin before a write, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.hrm.hooks import leave, own, people, work

__all__ = ["before_write"]

#: Each takes (changes, context), looks at what concerns it and returns at once when nothing does.
_CHECKS = (people.before_write, own.before_write, leave.before_write, work.before_write)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Run all checks on one batch of changes."""
    if not changes:
        return
    for check in _CHECKS:
        check(changes, context)
