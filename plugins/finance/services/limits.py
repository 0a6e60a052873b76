"""What one expense may cost at most: the rule of a kind that holds on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, every

__all__ = ["LIMIT", "known_limits", "rule_on"]

LIMIT = "finance.limit"


def known_limits(records: Records) -> Mapping[int, list[Row]]:
    """All limits, by kind of expense; there are few."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in every(records, LIMIT, ("name", "expense", "amount", "per", "valid_from"), {}):
        found[row["expense"].id].append(row)
    return found


def rule_on(rows: Iterable[Row], day: date) -> Any:
    """The rule that holds on a day: the last that has begun; None where none has."""
    begun = [row for row in rows if row["valid_from"] <= day]
    return max(begun, key=lambda row: (row["valid_from"], row.id), default=None)
