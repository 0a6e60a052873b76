"""Hooks this plugin offers. Others implement them with ``@hookimpl(optionalhook=True)`` and import nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, hookspec

__all__ = ["HrmHooks"]


class HrmHooks:
    """What other plugins may tell the people plugin."""

    @hookspec
    def weft_hrm_leaving(self, records: Records, users: Sequence[int]) -> Sequence[Mapping[str, Any]] | None:
        """What people who leave still have to hand over; a step of the leaving list for the head of each.

        Args:
            records: a unit with the rights of whoever looks, or the platform's.
            users: those who leave or left.

        Returns:
            For each person and kind of thing ``{"key": "crm.customers", "user": 12, "subject": text, "left": 31,
            "page": "/employee/crm/hand-over?from=12", "state": text or ""}``. ``subject`` and ``state`` are marked
            messages, read in the viewer's language; ``left`` counts what the person still has: with 0 the step is done.
        """

    @hookspec
    def weft_hrm_goal_sources(self) -> Sequence[Mapping[str, Any]] | None:
        """Figures that fill goals by themselves.

        Returns:
            ``{"key": "crm.won", "label": text, "reached": function}`` each, where
            ``function(records, users, first, end)`` gives ``{user: Decimal}`` for the days ``first <= day < end``.
        """
