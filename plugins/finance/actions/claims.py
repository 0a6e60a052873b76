"""Named operations on expense claims and advances."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import advances, claims, turns
from weft.plugins.finance.services.claims import CLAIM

_ = translator("finance")

__all__ = ["ACTIONS"]

_ADVANCE = advances.ADVANCE


def submit(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Hand a claim in."""
    claims.submit(context.records, record)
    return ActionResult(message=_("Claim submitted"))


def withdraw(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Go on writing."""
    claims.take_back(context.records, record)
    return ActionResult(message=_("Claim is a draft again"))


def agree(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Agree to a claim; for finance the next one to check opens.

    Where the claim waits for the viewer in a process, this is the answer to it; the process comes back here at its end.
    """
    if turns.answer(context.records, record.id, "agree", {}):
        state = str(context.system("finance: how a claim went on").get(CLAIM, record.id, fields=("status",))["status"])
    else:
        state = claims.agree(context.records, record)
    message = _("Claim agreed and booked") if state == "booked" else _("Claim agreed")
    return ActionResult(record=_following(context, record.id), message=message)


def _following(context: ActionContext, done: int) -> int | None:
    """For finance: the next claim to look at, the oldest first."""
    records = context.records
    if records.door != "page" or not records.principal.has_role(claims.OFFICER):
        return None
    return turns.next_to_check(records, done)


def book(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Book a claim that all have agreed to."""
    row = context.system("finance: book a claim").get(CLAIM, record.id)
    claims.refuse_own(context.records, row)
    today = context.now.astimezone(context.records.zone).date()
    claims.book_claim(context.records, row, data.get("day") or today)
    return ActionResult(message=_("Claim booked"))


def send_back(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give a claim back with the reason, at the line it is about."""
    why, line = str(data["why"]), ref_id(data.get("line"))
    if turns.answer(context.records, record.id, "give_back", {"comment": why}):
        claims.note_line(context.records, record.id, line, why)
    else:
        claims.send_back(context.records, record, why, line)
    return ActionResult(record=_following(context, record.id), message=_("Claim sent back"))


def reject(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Refuse a claim for good."""
    why = str(data["why"])
    if not turns.answer(context.records, record.id, "reject", {"comment": why}):
        claims.reject(context.records, record, why)
    return ActionResult(record=_following(context, record.id), message=_("Claim rejected"))


def give(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The money was handed out."""
    advances.give(context.records, record)
    return ActionResult(message=_("Advance given"))


def refuse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """No money in advance."""
    return ActionResult(message=_("Advance refused"))


_WHY = {"why": field.multiline(_("Why?"), required=True, max_length=1000)}
_BACK = {
    "why": field.multiline(_("What is missing or wrong?"), required=True, max_length=1000),
    "line": field.integer(_("At which expense (its number, empty for the whole)"), minimum=1),
}
_DAY = {"day": field.date(_("Booking day"), help=_("Empty: today."))}

ACTIONS: list[Any] = [
    Action("submit", CLAIM, _("Submit"), submit, states=words.WRITABLE, transition=("*", "submitted"), icon="send",
           primary=True, order=10),
    Action("withdraw", CLAIM, _("Take back", "a claim"), withdraw, states=("submitted",),
           transition=("submitted", "draft"), icon="arrow-back-up", order=60),
    Action("agree", CLAIM, _("Agree"), agree, states=words.RESERVED, icon="check", primary=True, order=20, bulk=True,
           since=_("%(who)s agreed at %(time)s; ask them to return it.")),
    Action("send_back", CLAIM, _("Send back"), send_back, fields=_BACK, states=words.RESERVED, icon="arrow-back-up",
           order=30),
    Action("reject", CLAIM, _("Reject"), reject, fields=_WHY, states=words.RESERVED, icon="x", order=40),
    Action("book", CLAIM, _("Book"), book, fields=_DAY, states=("approved",), icon="book", order=50),
    Action("give", _ADVANCE, _("Hand out"), give, states=("asked",), transition=("asked", "given"), icon="cash",
           primary=True, order=10),
    Action("refuse", _ADVANCE, _("Refuse"), refuse, states=("asked",), transition=("asked", "refused"), icon="x",
           order=20),
]  # fmt: skip
