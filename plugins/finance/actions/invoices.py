"""Named operations on invoices and payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import invoices, reminders
from weft.plugins.finance.services.invoices import INVOICE, PAYMENT

_ = translator("finance")

__all__ = ["ACTIONS"]


def _day(context: ActionContext, data: dict[str, Any]) -> date:
    return data.get("day") or context.now.astimezone(context.records.zone).date()


def issue(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give it the next number."""
    serial = invoices.issue(context.records, record, _day(context, data))
    return ActionResult(message=_("Issued as %(number)s") % {"number": serial})


def pay(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Money came in."""
    amount = data.get("amount") or record["open_gross"]
    invoices.pay(context.records, record, amount, _day(context, data), data.get("reference"))
    return ActionResult(message=_("Payment booked"))


def credit(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Credit all or a part of it."""
    made = invoices.credit(context.records, record, str(data["reason"]), data.get("net"), _day(context, data))
    return ActionResult(record=made.id, message=_("Credit note issued"))


def repay(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """What was paid beyond went back to the customer."""
    invoices.repay(context.records, record, _day(context, data), data.get("reference"))
    return ActionResult(message=_("Repayment booked"))


def correct(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """A payment was booked by mistake."""
    invoices.correct(context.records, record, str(data["reason"]), _day(context, data))
    return ActionResult(message=_("Payment corrected"))


def remind(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Ask the customer to pay."""
    made = reminders.remind(context.records, record.id)
    if not made["told"]:
        text = _("Reminder %(n)s noted; nobody of the customer has an account here: send it yourself")
        return ActionResult(message=text % {"n": made["level"]})
    return ActionResult(message=_("Reminder %(n)s sent to %(people)s") % {"n": made["level"], "people": made["told"]})


_DAY = {"day": field.date(_("Day"), help=_("Empty: today."))}
_PAY = {
    "amount": field.money(_("Amount, gross"), help=_("Empty: all that is open.")),
    "reference": field.text(_("Reference"), max_length=200),
    **_DAY,
}
_CREDIT = {
    "reason": field.text(_("Reason"), required=True, max_length=200),
    "net": field.money(
        _("Amount, net"), help=_("Empty: all that is open; of a paid invoice all that is not credited yet.")
    ),
    **_DAY,
}
_REPAY = {"reference": field.text(_("Reference"), max_length=200), **_DAY}
_REASON = {"reason": field.text(_("Reason"), required=True, max_length=200), **_DAY}


def _is_invoice(row: Row) -> bool:
    return row.get("kind") == "invoice"


def _is_owed_back(row: Row) -> bool:
    return row.get("kind") == "credit_note" and row.get("credits") is not None


ACTIONS: list[Any] = [
    Action("issue", INVOICE, _("Issue"), issue, fields=_DAY, states=("draft",), icon="send", primary=True, order=10),
    Action("pay", INVOICE, _("Book a payment"), pay, fields=_PAY, states=words.OWED, icon="cash", primary=True,
           order=20, offered=_is_invoice),
    Action("credit", INVOICE, _("Credit"), credit, fields=_CREDIT, states=(*words.OWED, "paid"),
           icon="receipt-refund", order=30, offered=_is_invoice),
    Action("repay", INVOICE, _("Book a repayment"), repay, fields=_REPAY, states=("issued",), icon="cash", primary=True,
           order=35, offered=_is_owed_back),
    Action("remind", INVOICE, _("Send a reminder"), remind, states=words.OWED, icon="bell", order=40,
           offered=_is_invoice),
    Action("correct", PAYMENT, _("Correct"), correct, fields=_REASON, icon="arrow-back-up", order=10,
           offered=lambda row: row.get("corrects") is None),
]  # fmt: skip
