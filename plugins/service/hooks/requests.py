"""What holds for requests at every door: who asked, which queue answers, by when, and how the clock stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from weft.core.sdk import Records, ValidationFailed, translator
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import parties
from weft.plugins.service.services.desk import Desk

_ = translator("service")

__all__ = ["REQUEST", "before_write"]

REQUEST = "service.request"
_REASON = "service: queue, agreement and due times of a request"
_DECIDING = ("status", "priority", "queue", "agreement", "customer", "asked_at", "first_response_at")


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete new requests and keep due times of changed ones true.

    Raises:
        ValidationFailed: an outsider asks for an organisation that does not stand for them.
    """
    wanted = [
        change
        for change in changes
        if change.entity == REQUEST and change.operation not in ("delete", "restore") and _matters(change)
    ]
    if not wanted:
        return
    system: Records = context.system(_REASON)
    fresh = [change for change in wanted if not change.before]
    if fresh:
        _asked_by(fresh, context, system)
    desk = Desk(system, (change.after("customer") for change in wanted), str(system.zone))
    for change in wanted:
        if not change.before:
            _arrived(change, context, desk)
        _clock(change, context.now, desk)


def _matters(change: Any) -> bool:
    return not change.before or any(change.changed(name) for name in _DECIDING)


# ---- a new request


def _asked_by(changes: Sequence[Any], context: Any, system: Records) -> None:
    """Outsiders ask for themselves and their organisation; a known person brings the organisation along."""
    me = context.principal
    mine = parties.standing_for(system, me) if not me.internal else parties.Party()
    for change in changes:
        if not me.internal:
            if mine.organisation is None:
                message = _("No organisation stands for you here. Please ask your contact at our company.")
                raise ValidationFailed.single("customer", "required", message)
            change.values |= {
                "customer": mine.organisation, "contact": mine.person, "channel": "portal", "queue": None,
                "owner_id": None, "agreement": None, "reply_to": None,
            }  # fmt: skip
        change.values["asked_at"] = (me.internal and change.after("asked_at")) or context.now
    missing = [change for change in changes if change.after("contact") and not change.after("customer")]
    if missing:
        employers = parties.employers(system, [change.after("contact") for change in missing])
        for change in missing:
            change.values["customer"] = employers.get(change.after("contact"))
    reached = [change for change in changes if change.after("contact") and not change.after("reply_to")]
    mails = parties.mails(system, [change.after("contact") for change in reached if me.internal])
    for change in reached:
        if me.internal and mails.get(change.after("contact")):
            change.values["reply_to"] = mails[change.after("contact")]


def _arrived(change: Any, context: Any, desk: Desk) -> None:
    """Queue, team and owner, unless somebody chose them."""
    queue = desk.queue(change.after("queue")) or desk.queue_for(change.after("customer"))
    change.values["queue"] = queue["id"] if queue is not None else None
    if queue is not None and queue.get("team"):
        change.values["unit_id"] = queue["team"].id
    owner, me = change.after("owner_id"), context.principal.user_id
    if owner is None or (owner == me and context.door != "import"):
        change.values["owner_id"] = desk.answers(queue)
    if not change.after("agreement"):
        found = desk.agreement_for(change.after("customer"), desk.day_of(change.after("asked_at"), queue))
        change.values["agreement"] = found["id"] if found is not None else None


# ---- the clock


def _clock(change: Any, now: datetime, desk: Desk) -> None:
    """Due times, and what a new status means for them: the clock stands while the customer has to act."""
    queue = desk.queue(change.after("queue"))
    agreement = desk.agreement(change.after("agreement"))
    hours = desk.working_hours(queue, agreement)
    status, asked = change.after("status"), change.after("asked_at") or now
    if change.before and change.changed("status"):
        _moved(change, now, hours)
    answer, solve = desk.times(agreement, change.after("priority") or "normal")
    if "answer_due_at" not in change.given:
        change.values["answer_due_at"] = hours.add(asked, answer)
    if "due_at" not in change.given:
        change.values["due_at"] = hours.add(asked, solve + (change.after("stopped_minutes") or 0))
    change.values["next_due_at"] = _next(change, status)
    if change.changed("next_due_at"):
        change.values |= {"warned_at": None, "escalated_at": None}


def _next(change: Any, status: str) -> datetime | None:
    """By when the company has to act next; nothing while it is not its turn."""
    if status not in words.RUNNING:
        return None
    answered = change.after("first_response_at") is not None
    due: datetime | None = (
        change.after("due_at") if answered else min(change.after("answer_due_at"), change.after("due_at"))
    )
    return due


def _moved(change: Any, now: datetime, hours: Any) -> None:
    """The status changes: begin or end a pause, note the ends."""
    before, after = change.before["status"], change.after("status")
    since = change.before.get("paused_since")
    if after in words.RUNNING and since is not None:
        stopped = (change.before.get("stopped_minutes") or 0) + hours.between(since, now)
        change.values |= {"paused_since": None, "stopped_minutes": stopped}
    elif after not in words.RUNNING and since is None:
        change.values["paused_since"] = now
    if after in ("solved", "closed") and change.before.get("resolved_at") is None:
        change.values["resolved_at"] = now
    if after in ("closed", "withdrawn"):
        change.values["closed_at"] = now
    if before in ("solved", "closed", "withdrawn") and after in words.LIVE:
        again = (change.before.get("reopened") or 0) + 1
        change.values |= {"reopened": again, "resolved_at": None, "closed_at": None}
