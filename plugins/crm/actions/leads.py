"""Named operations on leads: take, convert, close, reopen. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm.services import conversion
from weft.plugins.crm.services import leads as services

_ = translator("crm")

__all__ = ["ACTIONS", "CONVERT", "CONVERT_DIALOG"]

_LEAD = "crm.lead"
#: The page that shows which account and contact a lead becomes, and asks.
CONVERT_DIALOG = "crm.convert_lead"
CONVERT = {
    "account": field.reference(
        _("Account"), to="crm.account", relation="crm.lead_account", inverse=("crm.account_of_lead", _("Leads")),
        help=_("Empty: the firm is found or made."),
    ),
    "contact": field.reference(
        _("Contact"), to="crm.contact", relation="crm.lead_contact", inverse=("crm.contact_of_lead", _("Leads")),
        help=_("Empty: the person is found by mail or name, or made."),
    ),
    "apart": field.boolean(_("Make a new account although one looks the same")),
    "deal": field.boolean(_("Make an opportunity"), default=True),
    "deal_name": field.text(_("Name of the opportunity"), max_length=200),
    "amount": field.money(_("Amount")),
    "expected_close": field.date(_("Expected close")),
}  # fmt: skip


def take(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """An unassigned lead of one's unit becomes one's own."""
    services.take(context.records, record)
    return ActionResult(message=_("The lead is yours"))


def convert(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The lead becomes a customer with its contact, and a deal if wished."""
    became = conversion.convert(context.records, record, data)
    return ActionResult(record=became.opportunity or became.account, message=_("Lead converted"))


def close(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Nothing comes of it; the reason is kept."""
    # Partners may close a lead without being allowed to change it otherwise.
    context.system("crm: reason of a closed lead").update(
        _LEAD, record["id"], {"close_reason": data["close_reason"]}, version=None
    )
    return ActionResult(message=_("Lead closed"))


ACTIONS = [
    Action("take", _LEAD, _("Take"), take, states=("new",), icon="user-check", order=5),
    Action(
        "convert",
        _LEAD,
        _("Convert"),
        convert,
        fields=CONVERT,
        dialog=CONVERT_DIALOG,
        states=("new", "working"),
        transition=("*", "converted"),
        icon="arrows-exchange",
        primary=True,
        order=20,
    ),
    Action("work", _LEAD, _("Start work"), transition=("new", "working"), order=30, bulk=True),
    Action(
        "close",
        _LEAD,
        _("Close lead"),
        close,
        fields={
            "close_reason": field.value(
                _("Why closed"), list="crm.lead_reason", relation="crm.lead_closed_for",
                inverse=("crm.closed_lead", _("Leads")), required=True,
            )
        },
        states=("new", "working"),
        transition=("*", "closed"),
        order=40,
        bulk=True,
    ),
    Action("reopen", _LEAD, _("Reopen"), states=("working", "closed"), transition=("*", "new"), order=50, bulk=True),
]  # fmt: skip
