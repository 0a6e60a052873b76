"""Figures of the service: due times kept, satisfaction, load. Reads only, a few statements each; the viewer's rights.

R8: of requests whose due time lies in the period and that were not withdrawn, how many were solved by it; an open one
past its due time is missed, one whose clock stands or runs is not judged yet. R12: mean of ratings given in the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records
from weft.plugins.service import vocabulary as words

__all__ = ["Kept", "Ratings", "between", "kept_filters", "keeping", "load", "missed_filters", "ratings"]

_REQUEST = "service.request"
_MOST = 1000


@dataclass(slots=True)
class Kept:
    """Due times of a group: kept in time, solved late, open and past due."""

    kept: int = 0
    late: int = 0
    over: int = 0

    @property
    def judged(self) -> int:
        """All whose due time is decided."""
        return self.kept + self.late + self.over

    @property
    def share(self) -> Decimal | None:
        """Per cent kept, None when nothing is decided."""
        return None if not self.judged else Decimal(100 * self.kept) / self.judged

    def join(self, other: Kept) -> None:
        """Add another group."""
        self.kept += other.kept
        self.late += other.late
        self.over += other.over


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings of a group: mean of 1 to 5 and how many."""

    mean: Decimal
    answers: int


def between(name: str, first: date | None, end: date | None) -> dict[str, str]:
    """Filters of a list for a moment within days; those that have one for all time."""
    if first is None or end is None:
        return {f"{name}__isnull": "false"}
    return {f"{name}__gte": first.isoformat(), f"{name}__lt": end.isoformat()}


def kept_filters(first: date | None, end: date | None) -> dict[str, str]:
    """The list of what was solved in time."""
    return {**between("due_at", first, end), "status__ne": "withdrawn", "in_time": "true"}


def missed_filters(first: date | None, end: date | None) -> list[dict[str, str]]:
    """The lists of what was missed: solved late; open and past due."""
    period = between("due_at", first, end)
    return [
        {**period, "status__ne": "withdrawn", "in_time": "false"},
        {**period, "status__in": ",".join(words.RUNNING), "due_at__lte": "now"},
    ]


def keeping(
    records: Records, first: date | None, end: date | None, group: str = "", more: Mapping[str, str] | None = None
) -> dict[Any, Kept]:
    """R8 by group; without one a single entry None.

    Args:
        records: whose rights count.
        first, end: first day of the period and of the next, None for all time.
        group: ``queue``, ``priority``, ``owner``, ``customer`` or empty.
        more: further filters.
    """
    late, over = missed_filters(first, end)
    found: dict[Any, Kept] = {}
    for name, filters in (("kept", kept_filters(first, end)), ("late", late), ("over", over)):
        lines = records.aggregate(
            _REQUEST, group=(group,) if group else (), filters={**filters, **(more or {})}, limit=_MOST
        )
        for line in lines:
            one = found.setdefault(_key(line, group), Kept())
            setattr(one, name, getattr(one, name) + line["count"])
    return found or {None: Kept()}


def ratings(
    records: Records, first: date | None, end: date | None, group: str = "", more: Mapping[str, str] | None = None
) -> dict[Any, Ratings]:
    """R12 by group; groups without an answer are absent."""
    filters = {**between("rated_at", first, end), "score__isnull": "false", **(more or {})}
    lines = records.aggregate(
        _REQUEST, group=(group,) if group else (), measures=("count", "avg(score)"), filters=filters, limit=_MOST
    )
    return {
        _key(line, group): Ratings(Decimal(str(line["avg(score)"])), line["count"]) for line in lines if line["count"]
    }


def load(records: Records, group: str = "owner") -> dict[Any, dict[str, int]]:
    """Open requests by group: ``live``, of them ``waiting`` and ``over`` (past their due time)."""
    found: dict[Any, dict[str, int]] = {}
    parts: Sequence[tuple[str, dict[str, str]]] = (
        ("live", {"status__in": ",".join(words.LIVE)}),
        ("waiting", {"status": "waiting"}),
        ("over", {"status__in": ",".join(words.RUNNING), "next_due_at__lt": "now"}),
    )
    for name, filters in parts:
        for line in records.aggregate(_REQUEST, group=(group,), filters=filters, limit=_MOST):
            row = found.setdefault(_key(line, group), {"live": 0, "waiting": 0, "over": 0})
            row[name] += line["count"]
    return found


def _key(line: Mapping[str, Any], group: str) -> Any:
    return getattr(line[group], "id", line[group]) if group else None
