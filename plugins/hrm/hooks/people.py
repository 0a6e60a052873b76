"""What holds for employees at every door: their unit decides who reads the file; placements keep who was where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from weft.core.sdk import Records, ValidationFailed, directory, staff, translator
from weft.plugins.hrm.services import people

_ = translator("hrm")

__all__ = ["before_write"]

_PLACED = ("in_unit", "position", "heads", "reports_to")
_REASON = "hrm: placements follow the file"
_PLACEMENT = "hrm.placement"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete employees, and write down where they are placed from today on.

    Raises:
        ValidationFailed: somebody would report to themselves, or leave before they joined.
    """
    if changes[0].entity != people.EMPLOYEE or context.operation in ("delete", "restore"):
        return
    system: Records = context.system(_REASON)
    for change in changes:
        _check(change)
        if change.changed("in_unit") or not change.before:
            change.values["unit_id"] = change.after("in_unit")
        if not change.before or change.changed("status"):
            change.values["gone"] = change.after("status") == "left"
    moved = [
        change for change in changes if not change.before or any(change.changed(name) for name in (*_PLACED, "status"))
    ]
    if moved:
        _place(moved, context, system)


def _check(change: Any) -> None:
    if change.after("reports_to") is not None and change.after("reports_to") == change.after("user"):
        raise ValidationFailed.single("reports_to", "self", _("Nobody reports to themselves."))
    joined, last = change.after("joined_on"), change.after("last_day")
    if joined is not None and last is not None and last < joined:
        raise ValidationFailed.single("last_day", "order", _("The last day is before the first one."))


def _place(changes: Sequence[Any], context: Any, system: Records) -> None:
    users = [change.after("user") for change in changes if change.after("user") is not None]
    present: dict[int, Any] = {}
    for start in range(0, len(users), 200):
        filters = {"person__in": users[start : start + 200], "until__isnull": "true"}
        for row in system.query(_PLACEMENT, filters=filters, sort="since", limit=200).rows:
            present[row["person"].id] = row
    day = people.today(system)
    fresh, ended = [], {}
    for change in changes:
        user = change.after("user")
        open_one = present.get(user)
        if change.after("status") == "left":
            if open_one is not None:
                last = change.after("last_day") or day
                ended[open_one["id"]] = {"until": max(last, open_one["since"])}
            continue
        if open_one is not None and _same(open_one, change):
            continue
        begins = day if change.before else change.after("joined_on") or day
        if open_one is not None and open_one["since"] >= begins:
            ended[open_one["id"]] = _values(change)
            continue
        if open_one is not None:
            ended[open_one["id"]] = {"until": begins - timedelta(days=1)}
        fresh.append({"person": user, "since": begins, **_values(change)})
    if ended:
        system.update_many(_PLACEMENT, ended)
    if fresh:
        system.load(_PLACEMENT, fresh)
    if context.door != "demo":
        _memberships(changes, context, system)


def _values(change: Any) -> dict[str, Any]:
    return {name: change.after(name) for name in _PLACED}


def _same(row: Any, change: Any) -> bool:
    def plain(value: Any) -> Any:
        return getattr(value, "id", value)

    return all((plain(row.get(name)) or None) == (change.after(name) or None) for name in _PLACED)


def _memberships(changes: Sequence[Any], context: Any, system: Records) -> None:
    """The unit of the file is the unit of the account: directory and rights follow."""
    wanted = {change.after("position") for change in changes if change.after("position")}
    filters = {"id__in": sorted(wanted)}
    titles = {row["id"]: row for row in system.query("hrm.position", filters=filters, limit=200).rows} if wanted else {}
    known = directory.persons(system, [change.after("user") for change in changes])
    for change in changes:
        user = change.after("user")
        if change.after("status") == "left" or user not in known or not known[user].active:
            continue
        position = titles.get(change.after("position"))
        other = str(position.get("name_alt") or "") if position else ""
        staff.place(
            context.records, _REASON, user, change.after("in_unit"), position=position["name"] if position else "",
            position_alt=other, head=bool(change.after("heads")),
        )  # fmt: skip
