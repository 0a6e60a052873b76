"""Goals: figures that other plugins know are filled in by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row

__all__ = ["fill", "fill_open", "sources"]

GOAL = "hrm.goal"
_PART = 200
_REASON = "hrm: figures of goals"


def sources(records: Records) -> dict[str, Mapping[str, Any]]:
    """Figures that installed plugins offer, by key; see ``HrmHooks.weft_hrm_goal_sources``."""
    hook = records.runtime.plugins.manager.hook.weft_hrm_goal_sources
    return {one["key"]: one for answer in hook() for one in answer or ()}


def fill(records: Records, rows: Sequence[Row]) -> int:
    """Fill goals from their sources; one call per source and period. Returns how many changed.

    Args:
        records: any writing unit; figures are read and written by the platform.
        rows: goals with person, days, source and what was reached.
    """
    known, system = sources(records), records.system(_REASON)
    groups: dict[tuple[str, date, date], list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("source") in known:
            groups[row["source"], row["starts_on"], row["ends_on"]].append(row)
    changed: dict[int, dict[str, Any]] = {}
    for (key, first, last), goals in groups.items():
        users = sorted({row["person"].id for row in goals})
        figures = known[key]["reached"](system, users, first, last + timedelta(days=1))
        for row in goals:
            reached = figures.get(row["person"].id, 0)
            if row.get("reached") != reached:
                changed[row["id"]] = {"reached": reached, "counted_at": records.now}
    if changed:
        system.update_many(GOAL, changed)
    return len(changed)


def fill_open(records: Records) -> int:
    """Fill all open goals that a source fills."""
    done, cursor = 0, None
    while True:
        filters = {"status": "open", "source__isnull": "false"}
        page = records.query(GOAL, filters=filters, sort="id", limit=_PART, cursor=cursor)
        done += fill(records, page.rows)
        cursor = page.next
        if cursor is None:
            return done
