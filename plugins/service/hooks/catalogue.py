"""All checks of the service plugin before a write, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.service.hooks import requests, set_up

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Run all checks on one batch of changes."""
    if changes:
        set_up.before_write(changes, context)
        requests.before_write(changes, context)
