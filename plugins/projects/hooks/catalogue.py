"""All checks of the projects plugin before a write, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.projects.hooks import hours, plan, projects, rights
from weft.plugins.projects.services import acceptance
from weft.plugins.projects.services.plan import MILESTONE

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Run all checks on one batch of changes."""
    if changes and changes[0].entity.startswith("projects."):
        rights.before_write(changes, context)
        projects.before_write(changes, context)
        hours.before_write(changes, context)
        plan.before_write(changes, context)
        if changes[0].entity == MILESTONE and context.operation in ("create", "update"):
            acceptance.first_dates(changes)
