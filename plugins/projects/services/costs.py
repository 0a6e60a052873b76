"""What approved hours cost, for whoever keeps the books: plain dicts in the shape of ``weft_finance_hours``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Records, among, every
from weft.plugins.projects.services.hours import HOURS

__all__ = ["hours"]

_FIELDS = ("subject", "project", "day", "cost", "status", "unit")


def hours(records: Records, entries: Sequence[int] | None) -> list[dict[str, Any]]:
    """Hours with their cost; without one where they are not (or no longer) approved.

    Args:
        records: the platform's.
        entries: those that changed; None for all approved ones.
    """
    rows = every(records, HOURS, _FIELDS, {"status": "approved"}) if entries is None else among(
        records, HOURS, _FIELDS, "id", entries
    )  # fmt: skip
    return [
        {"source": row.id, "charged_to": row["project"].id, "day": row["day"], "about": row.get("subject") or "",
         "cost": row.get("cost") if row["status"] == "approved" else None,
         "unit": row["unit"].id if row.get("unit") else None}
        for row in rows
    ]  # fmt: skip
