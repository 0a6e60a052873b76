"""Whatever changes tasks, dependencies, milestones or dates of a project: its plan is computed anew in the same change.

So dates, slack, lateness and progress are one and the same at every door, and Undo takes all of it back together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import date
from typing import Any

from weft.core.sdk import Records, ValidationFailed, translator
from weft.plugins.projects.services.critical_path import CircleError
from weft.plugins.projects.services.plan import DEPENDENCY, MILESTONE, PHASE, PROJECT, TASK, Plan, ref_id
from weft.plugins.projects.services.workdays import Workdays

_ = translator("projects")

__all__ = ["before_write", "replan"]

_REASON = "projects: dates follow the plan"
#: True while the plan itself writes: what it writes is not computed again.
_planning: ContextVar[bool] = ContextVar("projects_planning", default=False)
#: What of each entity the plan depends on.
_DECIDING = {
    TASK: {"project", "phase", "milestone", "parent", "status", "starts_on", "days", "due_on", "not_before"},
    DEPENDENCY: {"before", "after", "kind", "lag", "project"},
    MILESTONE: {"project", "status", "planned_on"},
    PHASE: {"project"},
    PROJECT: {"status", "starts_on", "ends_on", "country"},
}
_ORDER = (TASK, MILESTONE, PHASE, PROJECT)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete tasks, then compute the plans they belong to.

    Raises:
        ValidationFailed: tasks would wait for each other.
    """
    entity = changes[0].entity
    if _planning.get() or entity not in _DECIDING or context.operation == "assign" or context.door == "demo":
        return  # the demo's plans are computed once, when everything of them is there
    today = context.now.astimezone(context.records.zone).date()
    if entity == TASK and context.operation not in ("delete", "restore"):
        for change in changes:
            _complete(change, today)
    wanted = [change for change in changes if _matters(change)]
    if not wanted:
        return
    system: Records = context.system(_REASON)
    touched = {project for change in wanted for project in _projects(change)}
    plan = Plan(system, touched, today)
    _apply(plan, wanted, context.operation)
    try:
        plan.compute()
    except CircleError as error:
        message = _("Tasks would wait for each other: remove a dependency first.")
        raise ValidationFailed.single("after" if entity == DEPENDENCY else "parent", "circle", message) from error
    if context.operation not in ("delete", "restore"):
        _take(plan, wanted)
    _write(plan, system, entity, [change.record_id for change in wanted])


def replan(system: Records, projects: Iterable[int], today: date) -> int:
    """Compute plans anew because a day has passed; returns how many rows changed."""
    plan = Plan(system, projects, today)
    plan.compute()
    return _write(plan, system, "", ())


def _matters(change: Any) -> bool:
    if not change.before or change.operation in ("delete", "restore"):
        return True
    return any(change.changed(name) for name in _DECIDING[change.entity])


def _projects(change: Any) -> set[int | None]:
    if change.entity == PROJECT:
        return {change.record_id}
    return {ref_id(change.after("project")), ref_id(change.before.get("project"))}


def _complete(change: Any, today: date) -> None:
    """What somebody typed becomes what the plan works with: start and due day become "not before" and a length."""
    if change.changed("starts_on") and "not_before" not in change.given:
        change.values["not_before"] = change.after("starts_on")
    due, start = change.after("due_on"), change.after("starts_on")
    if change.changed("due_on") and due and "days" not in change.given:
        if not change.before and start is None:
            start = change.values["not_before"] = change.values["starts_on"] = due
        if start is not None:
            change.values["days"] = max(1, Workdays(min(start, due)).count(start, due))
    status = change.after("status")
    if status == "done":
        change.values["progress"] = 100
        if change.after("done_on") is None:
            change.values["done_on"] = today
            if change.before:
                _ended(change, today)
    elif change.before.get("status") == "done":
        change.values["done_on"] = None
        if "progress" not in change.given:
            change.values["progress"] = 0
    elif status == "open" and change.changed("progress") and 0 < (change.after("progress") or 0) < 100:
        change.values["status"] = "doing"


def _ended(change: Any, today: date) -> None:
    """It ended today: earlier or later than planned, what waits for it follows."""
    start = change.after("starts_on")
    if start is None or not change.after("days") or "starts_on" in change.given or "days" in change.given:
        return
    if today < start:
        change.values |= {"starts_on": today, "not_before": today, "days": 1}
    else:
        change.values["days"] = max(1, Workdays(start).count(start, today))


def _apply(plan: Plan, changes: Sequence[Any], operation: str) -> None:
    for change in changes:
        if operation == "delete":
            plan.drop(change.entity, change.record_id)
        else:
            plan.put(change.entity, change.record_id, {**change.before, **change.values})


def _take(plan: Plan, changes: Sequence[Any]) -> None:
    """The rows of this batch get what the plan says before they are written."""
    for change in changes:
        for name, value in plan.values_of(change.entity, change.record_id).items():
            if change.after(name) != value:
                change.values[name] = value


def _write(plan: Plan, system: Records, entity: str, batch: Sequence[int]) -> int:
    """Write what else changes, one call per entity."""
    token = _planning.set(True)
    written = 0
    try:
        for one in _ORDER:
            values = plan.differences(one, without=batch if one == entity else ())
            if values:
                written += system.update_many(one, values)
    finally:
        _planning.reset(token)
    return written
