"""Who may plan a project: whoever may change it, not everybody who reads it."""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.sdk import Denied, Records, translator
from weft.plugins.projects.services.plan import PROJECT

_ = translator("projects")

__all__ = ["require_planner"]

_PART = 200


def require_planner(records: Records, projects: Iterable[int], rule: str) -> None:
    """Refuse people who may not change all of these projects; the platform itself may.

    Args:
        records: the unit of work of who acts.
        projects: ids.
        rule: what was asked for, named in the refusal.

    Raises:
        Denied: a project is led by somebody else.
    """
    if records.principal.kind == "system":
        return
    wanted = sorted(set(projects))
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        found = records.query(PROJECT, fields=(), filters={"id__in": part}, limit=len(part), operation="update")
        if len(found.rows) < len(part):
            message = _("You may not change the plan of this project.")
            raise Denied(str(message), ask=str(_("Ask who leads the project.")), rule=rule)
