"""Named operations on requests (take, wait, solve, reopen, close, withdraw, rate, change the queue, lead on) and
agreements (renew)."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, ValidationFailed, field, translator
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import conversation, handling, renewal

_ = translator("service")

__all__ = ["ACTIONS"]

_REQUEST = "service.request"


def take(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The request is answered by the one who acts."""
    handling.take(context.records, record)
    return ActionResult(message=_("The request is yours"))


def confirm_sender(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The person behind a request of the public form is who they say."""
    handling.confirm_sender(context.records, record)
    return ActionResult(message=_("The sender is confirmed"))


def solve(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is solved; a last answer may come along."""
    answer = str(data.get("answer") or "").strip()
    if answer:
        conversation.say(context.records, record, answer, audience="shared", then="solve")
    else:
        handling.told_solved(context.records, record)
    return ActionResult(message=_("Solved"))


def reopen(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is not solved after all; the reason stands in the conversation."""
    reason = str(data.get("reason") or "").strip()
    if reason:
        conversation.say(context.records, record, reason, audience="shared")
    elif context.principal.kind == "user":
        raise ValidationFailed.single("reason", "required", _("Say why it is not solved."))
    return ActionResult(message=_("Reopened"))


def withdraw(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is no longer needed."""
    handling.leave_word(context.records, record, str(data.get("reason") or ""))
    return ActionResult(message=_("Withdrawn"))


def close(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is done, and nothing more is expected."""
    return ActionResult(message=_("Closed"))


def rate(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """How satisfied the one who asked is."""
    handling.rate(context.records, record, str(data["rating"]), str(data.get("rating_comment") or ""))
    return ActionResult(message=_("Thank you for your rating"))


def change_queue(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Another team answers."""
    name = handling.change_queue(context.records, record, int(data["queue"]))
    return ActionResult(message=_("Moved to %(queue)s") % {"queue": name})


def renew(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """What was promised goes on."""
    renewal.renew(context.records, record, data.get("until"))
    return ActionResult(message=_("The agreement is renewed"))


def _ends(row: Row) -> bool:
    return row.get("valid_to") is not None


def _untaken(row: Row) -> bool:
    return row.get("owner") is None


def _unconfirmed(row: Row) -> bool:
    return row.get("channel") == "web" and row.get("customer") is None and bool(row.get("reply_to"))


def _standing_still(row: Row) -> bool:
    return row.get("status", row.get("standing")) == "waiting"


_ANSWER = {"answer": field.multiline(_("Last answer"), max_length=10_000, help=_("The customer reads it."))}
_WHY = {"reason": field.multiline(_("Why?"), required=True, max_length=5000)}
_REOPEN = {"reason": field.multiline(_("What is missing?"), max_length=5000)}
_RATE = {
    "rating": field.choice(_("How satisfied are you?"), words.RATING, required=True),
    "rating_comment": field.multiline(_("Anything else?"), max_length=2000),
}
_RENEW = {"until": field.date(_("Until", "a day"), help=_("Empty: a year after the present end."))}
_QUEUE = {
    "queue": field.reference(
        _("Queue"), to="service.queue", relation="service.in_queue", required=True,
        inverse=("service.queue_holds", _("Requests")),
    )
}  # fmt: skip

ACTIONS = [
    Action("take", _REQUEST, _("Take"), take, states=words.LIVE, icon="user-check", order=10,
           offered=_untaken),
    Action("confirm_sender", _REQUEST, _("Confirm the sender"), confirm_sender, icon="user-check", order=8,
           offered=_unconfirmed),
    Action("solve", _REQUEST, _("Solve"), solve, fields=_ANSWER, states=words.LIVE, transition=("*", "solved"),
           icon="check", primary=True, order=5),
    Action("wait", _REQUEST, _("Wait for the customer"), states=words.RUNNING, transition=("*", "waiting"),
           icon="clock", order=20),
    Action("resume", _REQUEST, _("Go on"), states=("new", "waiting"), transition=("*", "open"), icon="player-play",
           order=25, offered=_standing_still),
    Action("reopen", _REQUEST, _("Reopen"), reopen, fields=_REOPEN, states=("solved", "closed", "withdrawn"),
           transition=("*", "open"), icon="arrow-back-up", order=30),
    Action("rate", _REQUEST, _("Rate"), rate, fields=_RATE, states=("solved", "closed"), icon="star", order=35),
    Action("change_queue", _REQUEST, _("Change the queue"), change_queue, fields=_QUEUE, states=words.LIVE,
           icon="switch-horizontal", order=40),
    Action("lead_on", _REQUEST, _("Make a task or deal"), fields={}, dialog="service.lead_on", icon="arrows-exchange",
           order=45),
    Action("close", _REQUEST, _("Close"), close, states=(*words.LIVE, "solved"), transition=("*", "closed"),
           icon="circle-check", order=50),
    Action("withdraw", _REQUEST, _("Withdraw"), withdraw, fields=_WHY, states=words.LIVE,
           transition=("*", "withdrawn"), icon="x", order=60),
    Action("renew", "service.agreement", _("Renew"), renew, fields=_RENEW, icon="refresh", order=10, offered=_ends),
]  # fmt: skip
