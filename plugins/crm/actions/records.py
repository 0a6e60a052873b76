"""Named operations of the CRM: moves of a customer. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator

_ = translator("crm")


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


_ACCOUNT, _ACTIVITY = "crm.account", "crm.activity"

ACTIONS = [
    Action("to_basic", _ACCOUNT, _("Make basic"), transition=("*", "basic"), order=50),
    Action("to_potential", _ACCOUNT, _("Make potential"), transition=("*", "potential"), order=51),
    Action("to_won", _ACCOUNT, _("Make won customer"), transition=("*", "won"), order=52),
    Action("to_invalid", _ACCOUNT, _("Make invalid"), transition=("*", "invalid"), order=53),
    Action("freeze", _ACCOUNT, _("Freeze"), freeze, states=("invalid",), icon="snowflake", order=60),
    Action("unfreeze", _ACCOUNT, _("Unfreeze"), thaw, states=("invalid",), order=61),
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
