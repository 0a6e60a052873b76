"""Hooks this plugin offers. Others implement them with ``@hookimpl(optionalhook=True)`` and import nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, hookspec

__all__ = ["CrmHooks"]


class CrmHooks:
    """What other plugins may tell the CRM."""

    @hookspec
    def weft_crm_along(
        self, records: Records, accounts: Sequence[int], owner: int
    ) -> Mapping[str, Sequence[Any]] | None:
        """What changes hands with accounts beside their people, open deals and planned steps.

        Args:
            records: the platform's.
            accounts: at most 200 accounts that get another owner.
            owner: who had them.

        Returns:
            Entity -> ids of records of the former owner that the new one goes on with; what is over stays.
        """
