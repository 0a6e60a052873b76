"""Who may change the plan of a project: whoever may change the project; people on a task say how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.plugins.projects.services.leading import require_planner
from weft.plugins.projects.services.plan import DEPENDENCY, MILESTONE, PHASE, PROJECT, TASK, ref_id

__all__ = ["before_write"]

_GUARDED = (PHASE, MILESTONE, TASK, DEPENDENCY, "projects.member", "projects.helper", "projects.check")
#: What somebody who only works on a project may change of these.
_OWN = {TASK: {"status", "progress", "remark"}, "projects.check": {"done"}}


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Refuse changes of the plan by people who may read the project but not change it.

    Raises:
        Denied: the project is led by somebody else.
    """
    first = changes[0]
    if first.entity == PROJECT and context.operation == "assign":
        require_planner(context.records, [change.record_id for change in changes], first.entity)
    if first.entity not in _GUARDED or context.principal.kind == "system" or "." in context.operation:
        return
    own = _OWN.get(first.entity, set())
    guarded = [
        change for change in changes
        if not (context.operation == "update" and change.given and change.given <= own)
    ]  # fmt: skip
    if not guarded:
        return
    require_planner(context.records, {number for one in guarded for number in _projects(one, context)}, first.entity)


def _projects(change: Any, context: Any) -> set[int]:
    found = {ref_id(change.after("project")), ref_id(change.before.get("project"))} - {None}
    if not found:
        task = ref_id(change.after("task") or change.after("before"))
        if task:
            found.add(ref_id(context.system("projects: whose task").get(TASK, task, fields=("project",))["project"]))
    return {one for one in found if one}
