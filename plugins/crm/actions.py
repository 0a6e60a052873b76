"""Named operations of the CRM: moves of a customer, ends of a deal, log a contact. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm import services
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


def log_contact(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Write down a contact and plan the next step."""
    services.log_contact(context.records, record["id"], data)
    return ActionResult(message=_("Contact logged"))


def win(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal was won: note the day."""
    services.close_deal(context.records, record["id"], "won", data)
    return ActionResult(message=_("Deal won"))


def lose(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal was lost: note the day, the reason and the competitor."""
    services.close_deal(context.records, record["id"], "lost", data)
    return ActionResult(message=_("Deal lost"))


def reopen(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal goes on after all."""
    services.reopen_deal(context.records, record["id"])
    return ActionResult(message=_("Deal reopened"))


def finish(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The activity took place."""
    if data.get("result"):
        context.records.update("crm.activity", record["id"], {"result": data["result"]}, version=None)
    return ActionResult(message=_("Done"))


def freeze(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Take an invalid customer out of lists and search without losing it."""
    context.records.system("crm: freeze").update("crm.account", record["id"], {"frozen": True}, version=None)
    return ActionResult(message=_("Frozen"))


def thaw(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Bring a frozen customer back into lists and search."""
    context.records.system("crm: unfreeze").update("crm.account", record["id"], {"frozen": False}, version=None)
    return ActionResult(message=_("Back in lists"))


_ACCOUNT, _DEAL, _ACTIVITY = "crm.account", "crm.opportunity", "crm.activity"

ACTIONS = [
    Action(
        "log_contact",
        _ACCOUNT,
        _("Log contact"),
        log_contact,
        fields={
            "kind": field.choice(_("Kind"), words.ACTIVITY_KIND, required=True, default="call"),
            "note": field.multiline(_("What was said"), required=True),
            "result": field.text(_("Result"), max_length=200),
            "next_step": field.text(_("Next step"), max_length=200),
            "next_on": field.date(_("Next step on")),
        },
        icon="message-plus",
        primary=True,
        order=10,
    ),
    Action("to_basic", _ACCOUNT, _("Make basic"), transition=("*", "basic"), order=50),
    Action("to_potential", _ACCOUNT, _("Make potential"), transition=("*", "potential"), order=51),
    Action("to_won", _ACCOUNT, _("Make won customer"), transition=("*", "won"), order=52),
    Action("to_invalid", _ACCOUNT, _("Make invalid"), transition=("*", "invalid"), order=53),
    Action("freeze", _ACCOUNT, _("Freeze"), freeze, states=("invalid",), icon="snowflake", order=60),
    Action("unfreeze", _ACCOUNT, _("Unfreeze"), thaw, states=("invalid",), order=61),
    Action(
        "win",
        _DEAL,
        _("Deal won"),
        win,
        fields={"closed_on": field.date(_("Closed on"))},
        transition=("open", "won"),
        icon="trophy",
        primary=True,
        order=10,
    ),
    Action(
        "lose",
        _DEAL,
        _("Deal lost"),
        lose,
        fields={
            "loss_reason": field.value(
                _("Loss reason"),
                list="crm.loss_reason",
                relation="crm.lost_because",
                inverse=("crm.loss_of", _("Opportunities")),
                required=True,
            ),
            "competitor": field.reference(
                _("Competitor"),
                to="crm.account",
                relation="crm.lost_to",
                inverse=("crm.won_against_us", _("Deals lost against")),
            ),
            "closed_on": field.date(_("Closed on")),
        },
        transition=("open", "lost"),
        order=20,
    ),
    Action("reopen", _DEAL, _("Reopen"), reopen, states=("won", "lost"), transition=("*", "open"), order=30),
    Action(
        "finish",
        _ACTIVITY,
        _("Done"),
        finish,
        fields={"result": field.text(_("Result"), max_length=200)},
        transition=("planned", "done"),
        icon="check",
        primary=True,
        order=10,
        bulk=True,
    ),
    Action("cancel", _ACTIVITY, _("Cancel"), transition=("planned", "cancelled"), order=20, bulk=True),
    Action(
        "plan_again", _ACTIVITY, _("Plan again"), transition=("*", "planned"), states=("done", "cancelled"), order=30
    ),
]
