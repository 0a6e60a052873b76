"""Background work of the people plugin, and what it hears of."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, NotFound, Subscriber, timedelta, translator
from weft.plugins.hrm.services import checklists, goals, leave, leaving, people, yearly

_ = translator("hrm")

__all__ = ["JOBS", "SUBSCRIBERS"]


def daily(context: Any, payload: Any) -> None:
    """Who begins, who has left, what the year asks for."""
    with context.records() as records:
        while leaving.close_left(records, people.today(records)):
            pass
    with context.records() as records:
        yearly.run(records, people.today(records))


def figures(context: Any, payload: Any) -> None:
    """Fill goals, and tick steps with which other plugins are done."""
    with context.records() as records:
        goals.fill_open(records)
        checklists.settle(records)


def recount(context: Any, payload: dict[str, Any]) -> None:
    """Official days of a year were loaded or changed."""
    with context.records() as records:
        leave.recount(records, str(payload["country"]), int(payload["year"]))


def steps_changed(context: Any, event: dict[str, Any]) -> None:
    """A step came, went or changed at whatever door: its list counts anew."""
    with context.records() as records:
        try:
            row = records.get(checklists.STEP, event["record"])
        except NotFound:
            return
        checklists.recount(records, [row["list"].id])


JOBS: list[Any] = [
    Job("hrm.daily", _("Employees who begin or leave, entitlements of the year"), daily, at="00:20"),
    Job("hrm.figures", _("Fill goals and hand-over steps"), figures, every=timedelta(minutes=15)),
    Job("hrm.recount", _("Count leave anew"), recount),
]
SUBSCRIBERS: list[Any] = [
    Subscriber(f"{checklists.STEP}.{word}", steps_changed, key=f"hrm.steps_{word}", label=_("Count steps of lists"))
    for word in ("created", "deleted", "restored")
]
