"""Buttons of tasks and cases; the work is in ``services``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from weft.core.sdk import (
    Action,
    ActionContext,
    ActionResult,
    Denied,
    Row,
    ValidationFailed,
    allowed_for,
    field,
    translator,
)
from weft.plugins.workflow.grants import CASE, PROCESS, TASK
from weft.plugins.workflow.services import cases, chains, deciding, helping, processes, steps
from weft.plugins.workflow.services.told import URGED, tell

_ = translator("workflow")

__all__ = ["ACTIONS"]

_REASON = "workflow: buttons"
#: One may be urged so often.
_URGE_EVERY = timedelta(hours=24)


def agree(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Say yes, with what the step lets whoever decides fill in."""
    values = _object("values", data.get("values") or "")
    deciding.agree(context.records, record["id"], data.get("comment") or "", values, data.get("version"))
    return ActionResult(message=_("Agreed"))


def _object(name: str, text: str) -> dict[str, Any]:
    """An object written as JSON.

    Raises:
        ValidationFailed: it is none.
    """
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValidationFailed.single(name, "json", _("Write an object of field names and values."))
    return found


def reject(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Say no, with the reason."""
    deciding.reject(context.records, record["id"], data["comment"])
    return ActionResult(message=_("Rejected"))


def give_back(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Return it with the reason."""
    deciding.give_back(context.records, record["id"], data["comment"], data.get("to") or "")
    return ActionResult(message=_("Returned"))


def transfer(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody else decides."""
    deciding.transfer(context.records, record["id"], data["person"], data.get("comment") or "")
    return ActionResult(message=_("Handed over"))


def delegate(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody else looks first."""
    deciding.delegate(context.records, record["id"], data["person"], data.get("comment") or "")
    return ActionResult(message=_("Asked for advice; it comes back to you"))


def add_signer(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """One more signature."""
    after = bool(data.get("after"))
    deciding.add_signer(context.records, record["id"], data["person"], data.get("comment") or "", after=after)
    return ActionResult(message=_("Signer added"))


def choose(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The requester says who decides."""
    deciding.choose(context.records, record["id"], data["person"])
    return ActionResult(message=_("Sent"))


def seen(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """It was read."""
    deciding.seen(context.records, record["id"])
    return ActionResult(message=_("Noted as read"))


def withdraw(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The requester takes it back."""
    case = cases.lock(context.records, record["id"])
    if case["status"] not in ("running", "stuck"):
        raise ValidationFailed.single("", "state", _("This case has ended."))
    helping.withdraw(context.records, case, data.get("comment") or "")
    return ActionResult(message=_("Withdrawn"))


def urge(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Remind those it waits for, once a day."""
    system = context.system(_REASON)
    live = [row for row in steps.tasks_of(system, record["id"], live=True) if row["status"] == "open"]
    waiting = [row for row in live if row["kind"] not in ("read", "choose")]
    fresh = [row for row in waiting if not row.get("urged_at") or context.now - row["urged_at"] >= _URGE_EVERY]
    if not waiting:
        raise ValidationFailed.single("", "state", _("This case waits for nobody."))
    if not fresh:
        last = max(row["urged_at"] for row in waiting).astimezone(context.records.zone)
        message = _("You urged them at %(time)s; once a day is enough.") % {"time": last.strftime("%m-%d %H:%M")}
        raise ValidationFailed.single("", "often", message)
    system.update_many("workflow.task", {row["id"]: {"urged_at": context.now} for row in fresh})
    for row in fresh:
        tell(context.records, [row["owner"].id if row.get("owner") else None], URGED, row["id"])
    return ActionResult(message=_("Urged: %(names)s") % {"names": cases.waits_for(fresh)})


def let_be(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """What came back is not asked for again."""
    context.system(_REASON).update(CASE, record["id"], {"settled": True}, version=None)
    return ActionResult(message=_("Out of your To do"))


def circulate(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Let colleagues read it."""
    case = context.system(_REASON).get(CASE, record["id"])
    number = deciding.circulate(context.records, case, [data["person"]])
    return ActionResult(message=_("Sent to read") if number else _("This person has it to read already"))


def begin(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Start a process about a record, for programs; people have a button on the record.

    Raises:
        NotFound, Denied: the record does not exist for the caller, or they lack the right the process asks for.
        ValidationFailed: this process starts another way, or runs about the record already.
    """
    records = context.records
    about = records.find(data["record"])
    live = next((one for one in processes.live_for(records, about["type"]) if one.process == record["id"]), None)
    if live is None or live.chain["start"]["on"] not in ("button", "api"):
        raise ValidationFailed.single("record", "start", _("This process does not start this way about this record."))
    if not allowed_for(records, context.principal.user_id or 0, about["type"], processes.asks(live), about["id"]):
        raise Denied(str(_("You may not change this record.")))
    asked = chains.asked_at_start(records, live.chain)
    inputs = _object("inputs", data.get("inputs") or "")
    missing = [name for name, one in asked.items() if one.required and not inputs.get(name)]
    if missing:
        raise ValidationFailed.single("inputs", "required", _("Missing: %(names)s") % {"names": ", ".join(missing)})
    case = cases.start(records, live, about["id"], requester=context.principal.user_id, inputs=inputs)
    if case is None:
        raise ValidationFailed.single("record", "runs", _("This runs already."))
    return ActionResult(record=case["id"], message=_("Sent"))


def help_on(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody is named for a step that found nobody."""
    helping.help_on(context.records, cases.lock(context.records, record["id"]), data["person"])
    return ActionResult(message=_("The case goes on"))


def _for(*kinds: str) -> Any:
    return lambda row: row.get("kind") in kinds and row.get("status") == "open"


_VOTE, _ASKED = ("decide", "sign", "advise"), ("decide", "sign")
_COMMENT = field.multiline(_("Comment"), max_length=2000)
_WHY = field.multiline(_("Reason"), max_length=2000, required=True)
_PERSON = field.user(_("Person"), required=True)

ACTIONS: list[Any] = [
    Action(
        "start",
        PROCESS,
        _("Start"),
        begin,
        fields={
            "record": field.integer(_("Record"), required=True, minimum=1),
            "inputs": field.multiline(_("What is asked for"), max_length=10_000, help=_("As JSON, by field.")),
        },
        offered=lambda row: False,
    ),
    Action(
        "agree",
        TASK,
        _("Agree"),
        agree,
        within="case",
        fields={
            "comment": _COMMENT,
            "values": field.multiline(
                _("What is filled in"), max_length=100_000, internal=True, help=_("As JSON, by field.")
            ),
            "version": field.integer(
                _("Version of the record"), internal=True, minimum=1, help=_("As it was read; refused when it changed.")
            ),
        },
        icon="check",
        primary=True,
        order=10,
        bulk=True,
        offered=_for(*_VOTE),
        shortcut="A",
        dialog="workflow.agree",
        since=_("%(who)s agreed at %(time)s; ask them to return it."),
    ),
    Action(
        "reject",
        TASK,
        _("Reject"),
        reject,
        within="case",
        fields={"comment": _WHY},
        icon="x",
        order=20,
        bulk=True,
        offered=_for(*_VOTE),
        since=_("%(who)s rejected at %(time)s."),
    ),
    Action(
        "give_back",
        TASK,
        _("Return…"),
        give_back,
        within="case",
        icon="arrow-back-up",
        order=30,
        fields={
            "comment": _WHY,
            "to": field.text(
                _("To the step"), max_length=80, help=_("Key of an earlier step; empty: to whoever asked.")
            ),
        },
        offered=_for(*_ASKED),
        dialog="workflow.give_back",
        since=_("%(who)s returned it at %(time)s."),
    ),
    Action(
        "add_signer",
        TASK,
        _("Add a signer…"),
        add_signer,
        within="case",
        states=("open",),
        icon="user-plus",
        order=40,
        fields={"person": _PERSON, "after": field.boolean(_("After me")), "comment": _COMMENT},
        offered=_for(*_ASKED),
    ),
    Action(
        "delegate",
        TASK,
        _("Ask for advice…"),
        delegate,
        within="case",
        states=("open",),
        icon="message-circle",
        order=50,
        fields={"person": _PERSON, "comment": _COMMENT},
        offered=_for(*_ASKED),
    ),
    Action(
        "transfer",
        TASK,
        _("Hand over…"),
        transfer,
        within="case",
        states=("open",),
        icon="arrow-right",
        order=60,
        fields={"person": _PERSON, "comment": _COMMENT},
        offered=_for(*_ASKED),
    ),
    Action(
        "choose",
        TASK,
        _("Choose who decides"),
        choose,
        within="case",
        states=("open",),
        icon="user-check",
        primary=True,
        order=5,
        fields={"person": _PERSON},
        offered=_for("choose"),
    ),
    Action(
        "seen",
        TASK,
        _("Have read it"),
        seen,
        within="case",
        states=("open",),
        icon="check",
        primary=True,
        order=5,
        bulk=True,
        offered=_for("read"),
    ),
    Action("urge", CASE, _("Urge"), urge, states=("running",), icon="bell", primary=True, order=10),
    Action(
        "settle",
        CASE,
        _("Let it be"),
        let_be,
        states=("returned",),
        icon="check",
        order=15,
        offered=lambda row: not row.get("settled"),
    ),
    Action("circulate", CASE, _("Let somebody read it…"), circulate, icon="eye", order=20, fields={"person": _PERSON}),
    Action(
        "withdraw",
        CASE,
        _("Withdraw"),
        withdraw,
        states=("running", "stuck"),
        icon="arrow-back-up",
        order=30,
        fields={"comment": _COMMENT},
    ),
    Action(
        "help",
        CASE,
        _("Name who decides…"),
        help_on,
        states=("running", "stuck"),
        icon="user-check",
        order=40,
        fields={"person": _PERSON},
    ),
]
