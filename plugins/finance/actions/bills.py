"""Named operations on supplier bills."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import bills
from weft.plugins.finance.services.bills import BILL

_ = translator("finance")

__all__ = ["ACTIONS"]


def _today(context: ActionContext) -> date:
    return context.now.astimezone(context.records.zone).date()


def check(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Finance looks at it; the supplier can no longer withdraw it."""
    bills.check(context.records, record)
    return ActionResult(message=_("Being checked"))


def accept(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Agree to a bill."""
    bills.accept(context.records, record, data.get("expected_on"), data.get("day") or _today(context))
    return ActionResult(message=_("Bill accepted and booked"))


def reject(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give a bill back with the reason."""
    bills.reject(context.records, record, str(data["why"]), _today(context))
    return ActionResult(message=_("Bill rejected; the supplier is told"))


def resend(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Send a corrected bill again."""
    bills.resend(context.records, record)
    return ActionResult(message=_("Sent again"))


def withdraw(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It was sent by mistake."""
    return ActionResult(message=_("Bill withdrawn"))


_ACCEPT = {
    "expected_on": field.date(_("Expected payment"), help=_("Empty: the day it is due.")),
    "day": field.date(_("Booking day"), help=_("Empty: today.")),
}
_WHY = {"why": field.multiline(_("What is wrong with it?"), required=True, max_length=1000)}

ACTIONS: list[Any] = [
    Action("accept", BILL, _("Agree"), accept, fields=_ACCEPT, states=words.TO_CHECK, icon="check", primary=True,
           order=10),
    Action("reject", BILL, _("Reject"), reject, fields=_WHY, states=words.TO_CHECK, icon="x", order=20),
    Action("check", BILL, _("Start checking"), check, states=("received",), transition=("received", "checking"),
           icon="eye", order=30),
    Action("resend", BILL, _("Send again"), resend, states=("rejected",), transition=("rejected", "received"),
           icon="send", primary=True, order=10),
    Action("withdraw", BILL, _("Withdraw"), withdraw, states=("received", "rejected"), transition=("*", "withdrawn"),
           icon="arrow-back-up", order=40, confirm=_("The bill is no longer asked for.")),
]  # fmt: skip
