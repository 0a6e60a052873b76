"""Whose hours are missing: what a month lacks before its hours can be cost, and who of a team wrote none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from weft.core.sdk import Filter, Records, all_of, among, directory, every, translator
from weft.plugins.projects.services.hours import HOURS
from weft.plugins.projects.services.plan import PROJECT

_ = translator("projects")

__all__ = ["of_month", "silent", "team_of"]

#: Most groups of one answer of the database, and most values of one condition.
_GROUPS, _VALUES = 1000, 500


def of_month(records: Records, first: date, last: date) -> list[dict[str, Any]]:
    """Who wrote nothing, who did not submit, whose hours wait for approval, between two days.

    Args:
        records: the platform's.
        first, last: days of the month.
    """
    days = {"day__gte": first.isoformat(), "day__lte": last.isoformat()}
    running = [row.id for row in every(records, PROJECT, (), {"status": "running"})]
    without = silent(records, team_of(records, running), days)
    drafts = _writers(records, {**days, "status__in": ["draft", "returned"]})
    waiting = _writers(records, {**days, "status": "submitted"})
    url = "/employee/projects/hours/?all=1&sort=-day&" + "&".join(f"{name}={value}" for name, value in days.items())
    return [
        {"title": _("No hours written"), "count": len(without), "people": sorted(without), "icon": "clock-hour-4"},
        {"title": _("Hours not submitted"), "count": len(drafts), "people": sorted(drafts), "icon": "clock",
         "url": f"{url}&status__in=draft,returned"},
        {"title": _("Hours to approve"), "count": len(waiting), "people": sorted(waiting), "icon": "clock-hour-4",
         "url": f"{url}&status=submitted"},
    ]  # fmt: skip


def team_of(records: Records, projects: Iterable[int]) -> set[int]:
    """Everybody who belongs to one of some projects, without those who left."""
    rows = among(records, "projects.member", ("person",), "project", projects)
    people = directory.persons(records, {row["person"].id for row in rows if row.get("person")})
    return {one.id for one in people.values() if one.active}


def silent(records: Records, people: Iterable[int], filters: Mapping[str, Any]) -> set[int]:
    """Who of some people wrote no hours that match."""
    wanted = sorted(set(people))
    found = set(wanted)
    for some in _parts(wanted):
        found -= _writers(records, {**filters, "owner__in": some})
    return found


def _writers(records: Records, filters: Mapping[str, Any]) -> set[int]:
    """Everybody who wrote hours that match. One answer holds so many: the next one leaves out who is known already."""
    found: set[int] = set()
    while True:
        others: list[Filter] = [all_of(owner__not_in=some) for some in _parts(sorted(found))]
        lines = records.aggregate(HOURS, group=("owner",), filters=all_of(*others, **filters), limit=_GROUPS)
        owners = {int(getattr(line["owner"], "id", line["owner"])) for line in lines if line["owner"] is not None}
        if len(lines) < _GROUPS or not owners - found:
            return found | owners
        found |= owners


def _parts(numbers: list[int]) -> Iterable[list[int]]:
    return (numbers[start : start + _VALUES] for start in range(0, len(numbers), _VALUES))
