"""Named operations on records of people; the work is in ``services``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, ValidationFailed, field, translator
from weft.plugins.hrm.services import attendance, changes, checklists, goals, leave, leaving, people

_ = translator("hrm")

__all__ = ["ACTIONS"]

_EMPLOYEE, _LEAVE, _STEP, _CONTRACT, _DAY, _GOAL = (
    people.EMPLOYEE, leave.LEAVE, checklists.STEP, "hrm.contract", attendance.DAY, goals.GOAL,
)  # fmt: skip

# ---- employees


def begin(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The first day has come."""
    return ActionResult(message=_("Employed from today"))


def leave_company(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The leaving list begins."""
    leaving.start(context.records, record, data)
    return ActionResult(message=_("The leaving list has begun"))


def stay(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody stays after all."""
    context.records.update(_EMPLOYEE, record["id"], {"last_day": None}, version=None)
    return ActionResult(message=_("Stays with the company"))


def close(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The account is closed."""
    leaving.close(context.records, record)
    return ActionResult(message=_("Has left; the account is closed"))


def ask_change(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody wants something changed in their own file."""
    changes.ask(context.records, record, data)
    return ActionResult(message=_("Sent to the people officers"))


def enter_change(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """What was asked for stands in the file."""
    changes.enter(context.records, record, data.get("answer") or "")
    return ActionResult(message=_("Entered in the file"))


def refuse_change(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The file stays; the person is told why."""
    changes.answer(context.records, record, data["answer"])
    return ActionResult(message=_("Change refused"))


# ---- leave


def approve(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The person may be away."""
    leave.decide(context.records, record, data.get("answer") or "")
    return ActionResult(message=_("Leave approved"))


def refuse(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The person is told why not."""
    leave.decide(context.records, record, data["answer"])
    return ActionResult(message=_("Leave refused"))


def withdraw(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Nobody has to decide any more."""
    return ActionResult(message=_("Request withdrawn"))


def cancel(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Leave that has not begun is given back.

    Raises:
        ValidationFailed: it has begun.
    """
    if record["from_on"] <= people.today(context.records) and record["person"].id == context.principal.user_id:
        raise ValidationFailed.single("", "begun", _("This leave has begun. A people officer can shorten it."))
    return ActionResult(message=_("Leave cancelled"))


# ---- lists


def tick(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """A step is done."""
    checklists.tick(context.records, record)
    return ActionResult(message=_("Step done"))


def untick(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """A step is open again."""
    checklists.untick(context.records, record)
    return ActionResult(message=_("Step open again"))


# ---- contracts


def confirm(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The probation is passed.

    Raises:
        ValidationFailed: there is none.
    """
    if not record.get("probation_until") or record.get("confirmed_on"):
        raise ValidationFailed.single("", "none", _("No probation is running under this contract."))
    system = context.system("hrm: probation passed")
    system.update(_CONTRACT, record["id"], {"confirmed_on": people.today(context.records)}, version=None)
    return ActionResult(message=_("Probation passed"))


def renew(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The contract goes on, until another day or for good.

    Raises:
        ValidationFailed: the new end is not later.
    """
    ends = data.get("ends_on")
    if ends is not None and record.get("ends_on") and ends <= record["ends_on"]:
        raise ValidationFailed.single("ends_on", "order", _("The new end has to be later than the old one."))
    values = {"ends_on": ends, "kind": "fixed" if ends is not None else "open_ended"}
    context.records.update(_CONTRACT, record["id"], values, version=None)
    return ActionResult(message=_("Contract renewed"))


def end(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The person leaves with the end of the contract: the leaving list begins.

    Raises:
        ValidationFailed: there is no file of the person, or they leave already.
    """
    file = people.files(context.records, [record["person"].id]).get(record["person"].id)
    if file is None or file["status"] != "active":
        raise ValidationFailed.single("", "state", _("This person leaves already or has left."))
    context.records.update(_CONTRACT, record["id"], {"ends_on": data["last_day"]}, version=None)
    context.records.act(f"{_EMPLOYEE}.leave", file["id"], {"last_day": data["last_day"].isoformat()})
    return ActionResult(message=_("The leaving list has begun"))


def finish(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """A contract is over."""
    context.system("hrm: contract over").update(_CONTRACT, record["id"], {"note": record.get("note")}, version=None)
    return ActionResult(message=_("Contract ended"))


# ---- attendance


def ask(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Somebody says that the times are wrong."""
    attendance.ask(context.records, record, data)
    return ActionResult(message=_("Correction asked for"))


def agree(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The times asked for hold."""
    attendance.agree(context.records, record)
    return ActionResult(message=_("Attendance corrected"))


def keep(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """The recorded times hold."""
    attendance.refuse(context.records, record)
    return ActionResult(message=_("Attendance left as it was"))


# ---- goals


def count(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Fill the goal now."""
    goals.fill(context.records, [record])
    return ActionResult(message=_("Counted anew"))


def judged(context: ActionContext, record: Row, data: Mapping[str, Any]) -> ActionResult:
    """Whether the goal was met."""
    return ActionResult(message=_("Goal judged"))


_ANSWER = {"answer": field.text(_("Answer"), max_length=400)}
_WHY = {"answer": field.text(_("Why not?"), max_length=400, required=True)}
_LAST_DAY = {"last_day": field.date(_("Last day"), required=True)}

ACTIONS: list[Any] = [
    Action("begin", _EMPLOYEE, _("Begins work"), begin, states=("joining",), transition=("joining", "active"),
           icon="user-check", order=10),
    Action("leave", _EMPLOYEE, _("Leaves…"), leave_company, fields=_LAST_DAY, states=("active",),
           transition=("active", "leaving"), icon="user-minus", order=30),
    Action("stay", _EMPLOYEE, _("Stays after all"), stay, states=("leaving",), transition=("leaving", "active"),
           icon="arrow-back-up", order=30),
    Action("close", _EMPLOYEE, _("Has left"), close, states=("active", "leaving"), transition=("*", "left"),
           icon="user-minus", order=40, final=True,
           confirm=_("The account is closed at once: nobody can sign in with it any more.")),
    Action("ask_change", _EMPLOYEE, _("Ask for a change…"), ask_change, icon="pencil", order=20, fields={
        "phone": field.phone(_("Telephone")), "address": field.address(_("Home address")),
        "emergency": field.text(_("Whom to call in an emergency"), max_length=200)},
        states=("joining", "active", "leaving")),
    Action("agree", changes.CHANGE, _("Enter it"), enter_change, fields=_ANSWER, states=("asked",),
           transition=("asked", "agreed"), icon="check", primary=True, order=10, bulk=True),
    Action("refuse", changes.CHANGE, _("Refuse"), refuse_change, fields=_WHY, states=("asked",),
           transition=("asked", "refused"), icon="x", order=20),
    Action("withdraw", changes.CHANGE, _("Withdraw"), withdraw, states=("asked",), transition=("asked", "withdrawn"),
           icon="arrow-back-up", order=30),
    Action("approve", _LEAVE, _("Approve"), approve, fields=_ANSWER, states=("requested",),
           transition=("requested", "approved"), icon="check", primary=True, order=10, bulk=True),
    Action("refuse", _LEAVE, _("Refuse"), refuse, fields=_WHY, states=("requested",),
           transition=("requested", "refused"), icon="x", order=20),
    Action("withdraw", _LEAVE, _("Withdraw"), withdraw, states=("requested",), transition=("requested", "withdrawn"),
           icon="arrow-back-up", order=30),
    Action("cancel", _LEAVE, _("Cancel leave"), cancel, states=("approved",), transition=("approved", "cancelled"),
           icon="ban", order=40),
    Action("tick", _STEP, _("Done", "button"), tick, states=("todo",), transition=("todo", "done"), icon="check",
           primary=True, order=10, bulk=True),
    Action("untick", _STEP, _("Not done"), untick, states=("done",), transition=("done", "todo"),
           icon="arrow-back-up", order=20),
    Action("confirm", _CONTRACT, _("Probation passed"), confirm, states=("running",), icon="check", order=10,
           offered=lambda row: bool(row.get("probation_until")) and not row.get("confirmed_on")),
    Action("renew", _CONTRACT, _("Renew…"), renew, states=("running",), icon="refresh", order=20,
           fields={"ends_on": field.date(_("New end"), help=_("Empty: from now on without an end."))},
           offered=lambda row: bool(row.get("ends_on"))),
    Action("end", _CONTRACT, _("End…"), end, states=("running",), icon="user-minus", order=30, fields=_LAST_DAY),
    Action("finish", _CONTRACT, _("Is over"), finish, states=("running",), transition=("running", "ended"),
           icon="archive", order=40),
    Action("ask", _DAY, _("Ask for correction"), ask, states=("recorded", "corrected"), transition=("*", "asked"),
           icon="pencil", primary=True, order=10, fields={
               "came_at": field.datetime(_("Came")), "left_at": field.datetime(_("Went")),
               "reason": field.text(_("Why it is wrong"), max_length=300, required=True)}),
    Action("agree", _DAY, _("Agree"), agree, states=("asked",), transition=("asked", "corrected"), icon="check",
           primary=True, order=20, bulk=True),
    Action("refuse", _DAY, _("Leave as recorded"), keep, states=("asked",), transition=("asked", "recorded"), icon="x",
           order=30),
    Action("count", _GOAL, _("Count anew"), count, icon="refresh", order=10,
           offered=lambda row: bool(row.get("source"))),
    Action("met", _GOAL, _("Goal met"), judged, states=("open",), transition=("open", "met"), icon="check", order=20),
    Action("missed", _GOAL, _("Goal missed"), judged, states=("open",), transition=("open", "missed"), icon="x",
           order=30),
    Action("reopen", _GOAL, _("Open again"), judged, states=("met", "missed"), transition=("*", "open"),
           icon="arrow-back-up", order=40),
]  # fmt: skip
