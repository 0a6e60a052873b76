"""Named operations on postings and payment batches."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, trait, translator
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import batches, months, payees, postings
from weft.plugins.finance.services.months import MONTH
from weft.plugins.finance.services.payees import PAYEE
from weft.plugins.finance.services.postings import POSTING

_ = translator("finance")

__all__ = ["ACTIONS"]


def reverse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Take a posting back with a reason; and book it where it belongs."""
    today = context.now.astimezone(context.records.zone).date()
    made = postings.reverse(
        context.records, record.id, data.get("day") or today, str(data["reason"]), ref_id(data.get("charged_to"))
    )
    message = _("Reversed and charged anew") if len(made) > 1 else _("Reversed")
    return ActionResult(message=message)


def pay(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The bank carried a batch out."""
    today = context.now.astimezone(context.records.zone).date()
    number = batches.paid(context.records, record, data.get("day") or today)
    return ActionResult(message=_("%(n)s payments marked as paid") % {"n": number})


def note(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """What the platform does by itself and nobody takes back; the history keeps that it was done."""
    return ActionResult()


def reopen(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Let a closed month be booked in again."""
    months.reopen(context.records, record, str(data["why"]))
    return ActionResult(message=_("The month is open again"))


def confirm(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The account is right; repayments go there from now on."""
    payees.decide(context.records, record, "confirmed", str(data["note"]))
    return ActionResult(message=_("Account confirmed"))


def refuse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The account is not used."""
    payees.decide(context.records, record, "refused", str(data["note"]))
    return ActionResult(message=_("Account refused"))


_WHY = {"why": field.text(_("Reason"), required=True, max_length=500)}
_SURE = {"note": field.text(_("How did you make sure?"), required=True, max_length=500, help=_("Such as a call back."))}
_NOT = {"note": field.text(_("Reason"), required=True, max_length=500)}
_REVERSE = {
    "reason": field.text(_("Reason"), required=True, max_length=500),
    "charged_to": field.reference(
        _("Charge it to"), to=trait(words.COSTABLE), relation="finance.cost_of",
        inverse=("finance.has_cost", _("Postings")), help=_("Empty: only take it back."),
    ),
    "day": field.date(_("Booking day"), help=_("Empty: today.")),
}  # fmt: skip
_PAID = {"day": field.date(_("Paid on"), help=_("Empty: today."))}

ACTIONS: list[Any] = [
    Action("reverse", POSTING, _("Reverse"), reverse, fields=_REVERSE, icon="arrow-back-up", order=10,
           offered=lambda row: row.get("reverses") is None),
    Action("book", POSTING, _("Booking"), note, final=True, quiet=True, offered=lambda row: False),
    Action("number", batches.BATCH, _("Numbering"), note, final=True, quiet=True, offered=lambda row: False),
    Action("pay", batches.BATCH, _("Mark as paid"), pay, fields=_PAID, states=("open",), icon="check", primary=True,
           order=10),
    Action("reopen", MONTH, _("Open again"), reopen, fields=_WHY, icon="lock-open", order=10,
           offered=lambda row: row.get("reopened_on") is None),
    Action("confirm", PAYEE, _("Confirm"), confirm, fields=_SURE, states=("waiting",),
           transition=("waiting", "confirmed"), icon="check", primary=True, order=10),
    Action("refuse", PAYEE, _("Refuse"), refuse, fields=_NOT, states=("waiting",), transition=("waiting", "refused"),
           icon="x", order=20),
]  # fmt: skip
