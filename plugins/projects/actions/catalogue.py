"""Named operations on projects, milestones, tasks and hours."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services import acceptance, hours, support
from weft.plugins.projects.services.leading import require_planner

_ = translator("projects")

__all__ = ["ACTIONS"]

_PROJECT, _MILESTONE, _TASK, _HOURS = (
    "projects.project", "projects.milestone", "projects.task", "projects.time_entry"
)  # fmt: skip
_REASON = "projects: an action on a task"


# ---- milestones


def report(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is reached and the customer has to accept it."""
    require_planner(context.records, [record["project"].id], context.action)
    acceptance.asked(context.records, record)
    return ActionResult(message=_("The customer is asked to accept it"))


def reach(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is reached; nobody has to accept it."""
    require_planner(context.records, [record["project"].id], context.action)
    today = context.now.astimezone(context.records.zone).date()
    context.system(_REASON).update(_MILESTONE, record["id"], {"reached_on": today}, version=None)
    return ActionResult(message=_("Reached"))


def accept(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The customer accepts it."""
    acceptance.answered(context.records, record, accepted=True, remark=str(data.get("remark") or ""))
    return ActionResult(message=_("Accepted. Thank you"))


def refuse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The customer refuses it, with the reason."""
    acceptance.answered(context.records, record, accepted=False, remark=str(data["reason"]))
    return ActionResult(message=_("Refused; the project lead is told"))


def agree(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The customer agrees to the date that was published."""
    acceptance.agreed(context.records, record)
    return ActionResult(message=_("Thank you; the project lead is told"))


def remind(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Remind the customer of a milestone that waits."""
    require_planner(context.records, [record["project"].id], context.action)
    number = acceptance.remind(context.records, record)
    return ActionResult(message=_("%(n)s people reminded") % {"n": number})


def reassign(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Somebody else does the task."""
    context.records.assign(_TASK, record["id"], owner=int(data["person"]))
    return ActionResult(message=_("Given to somebody else"))


def add_colleague(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """One more colleague works on the task, which takes less time then."""
    support.add(context.records, record, int(data["person"]), int(data["days"]))
    return ActionResult(message=_("One more colleague is on the task"))


def publish(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Show the customer a date, with a sentence."""
    require_planner(context.records, [record["project"].id], context.action)
    acceptance.publish_date(context.records, record, data.get("day"), str(data.get("note") or ""))
    return ActionResult(message=_("The customer sees the date"))


def plan_again(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It is not reached after all."""
    require_planner(context.records, [record["project"].id], context.action)
    values = {"reached_on": None, "answered_at": None, "answered_by": None, "remark": None}
    context.system(_REASON).update(_MILESTONE, record["id"], values, version=None)
    return ActionResult(message=_("Planned again"))


# ---- tasks


def _require_own(context: ActionContext, record: Row) -> None:
    """Inside, a task moves by who has it or plans the project; outside the rule about its rows has decided."""
    owner = record.get("owner")
    if context.principal.internal and (owner is None or owner.id != context.principal.user_id):
        require_planner(context.records, [record["project"].id], context.action)


def _task_to(status: str, message: Any) -> Any:
    def handle(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
        _require_own(context, record)
        values: dict[str, Any] = {"status": status}
        if data.get("remark"):
            values["remark"] = data["remark"]
        context.system(_REASON).update(_TASK, record["id"], values, version=None)
        return ActionResult(message=message)

    return handle


# ---- hours


def submit(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Hand hours to who leads the project."""
    hours.submit(context.records, [record])
    return ActionResult(message=_("Submitted"))


def approve(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Approve submitted hours."""
    hours.approve(context.records, [record])
    return ActionResult(message=_("Approved"))


def send_back(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give hours back with the reason."""
    hours.send_back(context.records, [record], str(data["why"]))
    return ActionResult(message=_("Sent back"))


def _needs_acceptance(row: Row) -> bool:
    return bool(row.get("acceptance"))


def _needs_none(row: Row) -> bool:
    return not row.get("acceptance")


def _date_moved(row: Row) -> bool:
    return acceptance.date_waits(row)


def _in_status(*wanted: str) -> Any:
    return lambda row: row.get("status") in wanted


_REMARK = {"remark": field.multiline(_("Remark"), max_length=2000)}
_REASON_FIELD = {"reason": field.multiline(_("Why?"), required=True, max_length=2000)}
_PUBLISH = {
    "day": field.date(_("Date"), help=_("Empty: the forecast of the plan.")),
    "note": field.multiline(_("Sentence for the customer"), max_length=1000),
}
_ASSIGNEE = {
    "person": field.user(_("Who should do it"), required=True),
    "reason": field.text(_("Why?"), required=True, max_length=500),
}
_COLLEAGUE = {
    "person": field.user(_("Who should help"), required=True),
    "days": field.integer(_("Working days of the task then"), required=True, minimum=1, maximum=2000),
    "reason": field.text(_("Why?"), required=True, max_length=500),
}
_WHY = {"why": field.text(_("Why?"), required=True, max_length=500)}

ACTIONS = [
    Action("start", _PROJECT, _("Start", "a project"), states=("planned",), transition=("planned", "running"),
           icon="player-play", order=10),
    Action("finish", _PROJECT, _("Finish", "a project"), states=("running",), transition=("running", "finished"),
           icon="circle-check", order=40),
    Action("go_on", _PROJECT, _("Go on"), states=("finished", "cancelled"), transition=("*", "running"),
           icon="refresh", order=50),
    Action("cancel", _PROJECT, _("Cancel the project"), states=("planned", "running"),
           transition=("*", "cancelled"), icon="ban", order=60),
    Action("report", _MILESTONE, _("Ask the customer to accept"), report, states=("planned", "refused"),
           transition=("*", "waiting"), icon="send", primary=True, order=10, offered=_needs_acceptance),
    Action("reach", _MILESTONE, _("Reached"), reach, states=("planned",), transition=("planned", "reached"),
           icon="check", primary=True, order=12, offered=_needs_none),
    Action("accept", _MILESTONE, _("Accept", "a milestone"), accept, fields=_REMARK, states=("waiting",),
           transition=("waiting", "accepted"), icon="check", primary=True, order=14),
    Action("refuse", _MILESTONE, _("Refuse"), refuse, fields=_REASON_FIELD, states=("waiting",),
           transition=("waiting", "refused"), icon="x", order=16),
    Action("agree", _MILESTONE, _("Agree to the date"), agree, states=("planned",), icon="calendar-check", primary=True,
           order=18, offered=_date_moved),
    Action("remind", _MILESTONE, _("Remind"), remind, states=("waiting",), icon="bell-plus", order=20, quiet=True),
    Action("publish", _MILESTONE, _("Publish the date"), publish, fields=_PUBLISH, needs="share", icon="eye", order=30),
    Action("plan_again", _MILESTONE, _("Not reached yet"), plan_again,
           states=("waiting", "reached", "accepted", "refused"), transition=("*", "planned"), icon="arrow-back-up",
           order=40),
    Action("start", _TASK, _("Start", "a task"), _task_to("doing", _("Started")), icon="player-play", order=10,
           offered=_in_status("open")),
    Action("finish", _TASK, _("Finish", "a task"), _task_to("done", _("Done")), fields=_REMARK, icon="check",
           primary=True, order=5, offered=_in_status(*words.LIVE)),
    Action("reopen", _TASK, _("Reopen"), _task_to("open", _("Open again")), icon="arrow-back-up", order=30,
           offered=_in_status("done", "dropped")),
    # Heads and colleagues propose it, the lead decides (chains.py); who plans may assign anyway.
    Action("reassign", _TASK, _("Give to somebody else"), reassign, fields=_ASSIGNEE, states=words.LIVE, needs="assign",
           offered=lambda row: False),
    # Leads ask for it, the head of their unit decides (chains.py).
    Action("add_colleague", _TASK, _("Add a colleague"), add_colleague, fields=_COLLEAGUE, states=words.LIVE,
           offered=lambda row: False),
    Action("submit", _HOURS, _("Submit"), submit, states=words.WRITABLE, icon="send", order=10),
    Action("approve", _HOURS, _("Approve"), approve, states=("submitted",), icon="check", primary=True, order=20,
           bulk=True),
    Action("send_back", _HOURS, _("Send back"), send_back, fields=_WHY, states=("submitted", "approved"),
           icon="arrow-back-up", order=30),
]  # fmt: skip
