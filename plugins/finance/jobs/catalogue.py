"""Background work of the finance plugin: hours become cost when they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Job, JobContext, Subscriber, among, translator
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import claims, hours, payees, reminders, step_invoices

_ = translator("finance")

__all__ = ["JOBS", "SUBSCRIBERS"]


def book_hours(context: JobContext, payload: Any) -> None:
    """Every night: whatever was approved and is not booked."""
    with context.records() as records:
        hours.follow(records, None)


def send_reminders(context: JobContext, payload: Any) -> None:
    """Every morning: reminders of overdue invoices, where the company wants them sent by itself."""
    with context.records() as records:
        reminders.remind_due(records)


def _records_of(event: Mapping[str, Any]) -> list[int]:
    several = event.get("records")
    found = [event.get("record"), *(several if isinstance(several, list) else ())]
    return [one for one in found if isinstance(one, int)]


def _hours(context: JobContext, event: Mapping[str, Any]) -> None:
    """Hours were approved or sent back."""
    with context.records() as records:
        hours.follow(records, _records_of(event))


#: Steps of a process are named like what a claim waits for; processes made here call the second one otherwise.
_STEPS = {"project": "lead"}


def _asked(context: JobContext, event: Mapping[str, Any]) -> None:
    """A process asks somebody: claims say whom they wait for, so that the lists of finance are right."""
    with context.records() as records:
        system = records.system("finance: where claims stand in their process")
        tasks = list(among(system, "workflow.task", ("case", "step"), "id", _records_of(event)))
        cases = among(system, "workflow.case", ("about",), "id", [ref_id(row.get("case")) for row in tasks])
        about = {row.id: row["about"].id for row in cases if row.get("about") and row["about"].type == claims.CLAIM}
        found = {about[row["case"].id]: row["step"] for row in tasks if row.get("case") and row["case"].id in about}
        claims.process_asks(records, {claim: _STEPS.get(step, step) for claim, step in found.items()})


def _step(context: JobContext, event: Mapping[str, Any]) -> None:
    """A contract step is done: who prepared its invoice may issue it."""
    with context.records() as records:
        step_invoices.tell_ready(records, _records_of(event))


JOBS: list[Any] = [
    Job("finance.hours", _("Book approved hours"), book_hours, at="01:40"),
    Job("finance.reminders", _("Send payment reminders"), send_reminders, at="07:20"),
]


def _payee(context: JobContext, event: Mapping[str, Any]) -> None:
    """Somebody entered where they are paid back: finance is told, what waited before is replaced."""
    with context.records() as records:
        for row in among(records, payees.PAYEE, ("owner", "status"), "id", _records_of(event)):
            if row["status"] == "waiting" and row.get("owner"):
                payees.asked(records, row.id, row["owner"].id)


SUBSCRIBERS: list[Any] = [
    Subscriber("finance.payee.created", _payee, "finance.payee_asked", _("Tell finance of a new account")),
    Subscriber("workflow.task.created", _asked, "finance.process_asks", _("Note whom claims wait for")),
    Subscriber("documents.step.finish", _step, "finance.step_done", _("Tell that invoices may be issued")),
    Subscriber("projects.time_entry.updated", _hours, "finance.hours_changed", _("Book approved hours")),
]
