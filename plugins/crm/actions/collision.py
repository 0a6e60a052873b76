"""Named operations of registrations, requests for customers and duplicates. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, ValidationFailed, field, translator
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.services import requests

_ = translator("crm")


def grant(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give the customer to who asked."""
    requests.grant(context.records, record)
    return ActionResult(message=_("Customer given"))


def join(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Let both work on the customer."""
    requests.join(context.records, record)
    return ActionResult(message=_("Both work on it now"))


def refuse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Say no, in words."""
    requests.refuse(context.records, record, data["answer"])
    return ActionResult(message=_("Refused"))


def decide(context: ActionContext, record: Row, data: dict[str, Any]) -> None:
    """Keep the words of a decision about a registration."""
    if data.get("decision"):
        context.system("crm: decision").update(
            "crm.registration", record["id"], {"decision": data["decision"]}, version=None
        )


def extend(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Protect a registered customer for longer, or again after the protection ended."""
    today = context.now.astimezone(context.records.zone).date()
    if data["until"] <= today:
        raise ValidationFailed.single("until", "past", _("Choose a day in the future."))
    system = context.system("crm: protection")
    system.update("crm.registration", record["id"], {"protected_until": data["until"]}, version=None)
    return ActionResult(message=_("Protection extended"))


def merge(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Make one record of the pair; fields of the kept one stay as they are."""
    keep, drop = record["first"], record["second"]
    if data["keep"] == "second":
        keep, drop = drop, keep
    context.records.merge(keep.type, keep.id, drop.id)
    return ActionResult(keep.id, message=_("Merged"))


_REGISTRATION, _REQUEST, _DUPLICATE = "crm.registration", "crm.customer_request", "crm.duplicate"
_WORDS = {"decision": field.text(_("Decision"), max_length=250)}

ACTIONS = [
    Action("grant", _REQUEST, _("Give the customer"), grant, transition=("open", "granted"), icon="user-check",
           primary=True, order=10),
    Action("join", _REQUEST, _("Work on it together"), join, transition=("open", "joint"), icon="users", order=20),
    Action("refuse", _REQUEST, _("Refuse"), refuse, transition=("open", "refused"), order=30,
           fields={"answer": field.text(_("Answer"), max_length=250, required=True)}),
    Action("withdraw", _REQUEST, _("Withdraw"), transition=("open", "withdrawn"), order=40),
    Action("extend", _REGISTRATION, _("Extend protection"), extend, icon="shield-check", order=10,
           states=("registered", "joint"), fields={"until": field.date(_("Protected until"), required=True)}),
    Action("share_it", _REGISTRATION, _("Work on it together"), decide, transition=("registered", "joint"), order=20,
           fields=_WORDS),
    Action("win", _REGISTRATION, _("Deal won"), transition=("*", "won"), states=("registered", "joint"), order=30),
    Action("refuse", _REGISTRATION, _("Refuse"), decide, transition=("registered", "refused"), order=40,
           fields={"decision": field.text(_("Decision"), max_length=250, required=True)}),
    Action("withdraw", _REGISTRATION, _("Withdraw"), transition=("*", "withdrawn"), states=("registered", "joint"),
           order=50),
    Action("expire", _REGISTRATION, _("End protection"), transition=("*", "expired"), states=("registered", "joint"),
           order=60),
    Action("again", _REGISTRATION, _("Register again"), extend, transition=("*", "registered"),
           states=("refused", "expired"), order=70, fields={"until": field.date(_("Protected until"), required=True)}),
    Action("merge", _DUPLICATE, _("Merge…"), merge, transition=("open", "merged"), icon="git-merge", primary=True,
           order=10, dialog="crm.merge_pair",
           fields={"keep": field.choice(_("Stays"), words.PAIR_SIDE, required=True, default="first")}),
    Action("merged", _DUPLICATE, _("Already merged"), transition=("open", "merged"), order=25),
    Action("different", _DUPLICATE, _("Not the same"), transition=("open", "different"), order=20, bulk=True),
    Action("reopen", _DUPLICATE, _("Decide again"), transition=("*", "open"), states=("different", "merged"), order=30),
]  # fmt: skip
