"""Background work of the projects plugin."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, NotFound, Subscriber, comments, every, translator
from weft.plugins.projects.hooks.plan import replan
from weft.plugins.projects.services import acceptance
from weft.plugins.projects.services.plan import MILESTONE

_ = translator("projects")

__all__ = ["JOBS", "SUBSCRIBERS"]

_PART = 20


def follow_the_day(context: Any, payload: Any) -> None:
    """What should have ended yesterday and did not moves the plan of running projects."""
    with context.records() as records:
        ids = [row.id for row in every(records, "projects.project", (), {"status": "running"})]
    for start in range(0, len(ids), _PART):
        with context.records() as records:
            replan(records, ids[start : start + _PART], context.now.astimezone(records.zone).date())


def asked(context: Any, event: dict[str, Any]) -> None:
    """Somebody of the customer wrote about a milestone."""
    if event.get("audience") != comments.SHARED or event.get("user") is None:
        return
    with context.records() as records:
        try:
            row = records.get(MILESTONE, event["record"], trash=False)
        except NotFound:
            return
        acceptance.questioned(records, row, int(event["user"]))


JOBS: list[Any] = [Job("projects.follow", _("Compute the plans of running projects"), follow_the_day, at="01:20")]
SUBSCRIBERS: list[Any] = [
    Subscriber(f"{MILESTONE}.commented", asked, key="projects.asked",
               label=_("Tell project leads what customers ask about milestones")),
]  # fmt: skip
