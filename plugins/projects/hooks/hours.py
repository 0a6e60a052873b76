"""Hours: whose week they are in, who approves them, and that a day has twenty-four of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Denied, FieldError, ValidationFailed, among, every, translator
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import PROJECT, TASK, ref_id

_ = translator("projects")

__all__ = ["before_write"]

_HOURS = "projects.time_entry"
_REASON = "projects: hours of a day"
_DAY = Decimal(24)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete hours.

    Raises:
        ValidationFailed: more than a day has, or a task of another project.
        Denied: they were submitted or approved already.
    """
    if changes[0].entity != _HOURS or context.operation in ("assign", "restore") or "." in context.operation:
        return
    if context.principal.kind != "system" and any(
        change.before and change.before.get("status") not in words.WRITABLE for change in changes
    ):
        raise Denied(str(_("These hours were submitted already.")), ask=str(_("Ask for them to be sent back.")),
                     rule=_HOURS)  # fmt: skip
    if context.operation == "delete":
        return
    system = context.system(_REASON)
    _complete(changes, system)
    if context.door != "demo":
        _fits(changes, system)


def _complete(changes: Sequence[Any], system: Any) -> None:
    tasks = {
        row.id: row
        for row in among(system, TASK, ("name", "project"), "id", {ref_id(one.after("task")) for one in changes})
    }
    projects = {
        row.id: row
        for row in among(system, PROJECT, ("name", "owner"), "id", {ref_id(one.after("project")) for one in changes})
    }
    for change in changes:
        day = change.after("day")
        if day is not None and change.after("week") != _monday(day):
            change.values["week"] = _monday(day)
        project, task = projects.get(ref_id(change.after("project"))), tasks.get(ref_id(change.after("task")))
        if task is not None and project is not None and task["project"].id != project.id:
            raise ValidationFailed.single("task", "project", _("This task belongs to another project."))
        if project is not None and (not change.before or change.changed("task") or change.changed("project")):
            change.values["subject"] = task["name"] if task is not None else project["name"]
            change.values["lead"] = project["owner"].id if project.get("owner") else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _fits(changes: Sequence[Any], system: Any) -> None:
    """No person has more than twenty-four hours on one day."""
    asked = [one for one in changes if not one.before or one.changed("hours") or one.changed("day")]
    if not asked:
        return
    days = {one.after("day") for one in asked}
    people = {one.after("owner_id") for one in asked if one.after("owner_id")}
    if not people:
        return
    filters = {"owner__in": sorted(people), "day__gte": min(days).isoformat(), "day__lte": max(days).isoformat()}
    batch = {one.record_id for one in changes}
    sums: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for row in every(system, _HOURS, ("owner", "day", "hours"), filters):
        if row.id not in batch:
            sums[row["owner"].id, row["day"]] += row["hours"]
    errors = []
    for change in asked:
        key = (change.after("owner_id"), change.after("day"))
        sums[key] += change.after("hours") or Decimal(0)
        if sums[key] > _DAY:
            message = _("A day has 24 hours: with these it would be %(n)s.") % {"n": _plain(sums[key])}
            errors.append(FieldError("hours", "most", message, change.index))
    if errors:
        raise ValidationFailed(errors)


def _plain(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
