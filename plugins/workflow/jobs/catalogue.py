"""Background work: cases of new records, actions of models, timers, reminders and silence, starts by the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Job, JobContext, NotFound, timedelta, translator, writing_as
from weft.plugins.workflow.grants import CASE
from weft.plugins.workflow.hooks.catalogue import START
from weft.plugins.workflow.services import cases, helping, processes, silence

_ = translator("workflow")

__all__ = ["JOBS"]


def begin(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Start the case of a new record, unless it went another way meanwhile."""
    with context.records() as records:
        entity, about = str(payload["entity"]), int(payload["record"])
        live = next((one for one in processes.live_for(records, entity) if one.key == payload["process"]), None)
        rows = records.query(entity, filters={"id": about}, limit=1).rows if live is not None else []
        if live is None or not rows or not cases.possible(records, live, records.get(entity, about).get("state")):
            return
        cases.start(records, live, about, requester=_requester(records, entity, about, payload.get("requester")))


def _requester(records: Any, entity: str, about: int, given: Any) -> int | None:
    """A record about a person (leave, a claim) is asked for by that person, whoever typed it."""
    row = records.get(entity, about)
    for name in ("person", "claimant", "requester"):
        if row.get(name) is not None and hasattr(row[name], "id"):
            return int(row[name].id)
    return int(given) if given else None


def carry_on(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Do the actions a model waits for, one per unit of work, as whoever started the case."""
    case = int(payload["case"])
    for _again in range(50):
        with context.records() as records:
            try:
                row = records.get(CASE, case)
            except NotFound:
                return
        owner = row["owner"].id if row.get("owner") else None
        with writing_as(context, owner) as records:
            if not helping.continue_case(records, case):
                return


def look_after(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Timers, reminders, and steps that nobody answered in time."""
    silence.look_after(context)


def by_calendar(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Start cases of records whose day has come."""
    silence.by_calendar(context)


JOBS: list[Any] = [
    Job(START, _("Begin cases of new records"), begin),
    Job(cases.CONTINUE, _("Go on with a case"), carry_on),
    Job("workflow.look_after", _("Timers and reminders of cases"), look_after, every=timedelta(minutes=1)),
    Job("workflow.by_calendar", _("Cases by the calendar"), by_calendar, at="06:30"),
]
