"""Tiles of everybody: what is left of the leave, steps to do, attendance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from weft.core.sdk import Widget, current_locale, in_script, translator
from weft.core.websdk import View
from weft.plugins.hrm.services import attendance, balance, checklists, leave, people
from weft.plugins.hrm.views.leave import span, type_name

_ = translator("hrm")

__all__ = ["WIDGETS"]

_ROWS = 5
_STEPS: Mapping[str, str] = {"status": "todo", "owner": "me", "due_on__lte": "today+7"}
_TO_DECIDE: Mapping[str, str] = {"status": "requested", "owner": "me"}


def my_steps(view: View) -> dict[str, Any]:
    """Steps of joining and leaving lists that are mine and due within a week."""
    fields = ("subject", "subject_alt", "list", "due_on", "page", "person")
    page = view.records.query(
        checklists.STEP, fields=fields, filters=_STEPS, sort="due_on", limit=_ROWS, count="capped"
    )
    rows = []
    for row in page.rows:
        person = row.get("person")
        late = row["due_on"] < view.today
        rows.append({
            "title": in_script(row["subject"], row.get("subject_alt"), current_locale())[0],
            "url": row.get("page") or view.url(checklists.STEP, row["id"]), "icon": "list-check",
            "sub": in_script(person.name, person.alt, current_locale())[0] if person else "",
            "end": {"text": view.formats.reldate(row["due_on"]), "tone": "late" if late else "now"},
            "action": {"label": str(_("Done", "button")), "icon": "check", "opens": "post",
                       "url": view.url(checklists.STEP, row["id"], "act", "tick")},
        })  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "period": str(_("within 7 days")),
            "two": True}  # fmt: skip


def steps_link(view: View) -> str:
    """The list behind the tile."""
    return str(view.url(checklists.STEP, all="1", sort="due_on", **_STEPS))


def to_decide(view: View, filters: Mapping[str, str] = _TO_DECIDE) -> dict[str, Any]:
    """Requests for leave that wait for a decision, the nearest first."""
    fields = ("name", "name_alt", "leave_type", "from_on", "to_on", "days")
    page = view.records.query(leave.LEAVE, fields=fields, filters=filters, sort="from_on", limit=_ROWS, count="capped")
    rows = [
        {
            "title": in_script(row["name"] or "", row.get("name_alt"), current_locale())[0],
            "url": view.url(leave.LEAVE, row["id"]), "icon": "beach",
            "sub": f"{span(view, row)}" + (f" · {type_name(row['leave_type'])}" if row.get("leave_type") else ""),
            "end": {"text": str(_("%(n)s d") % {"n": view.formats.number(row["days"].normalize())})}
            if row.get("days") is not None else {},
        }
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def decided_here(view: View) -> bool:
    """True when leave is decided on the request itself: no process of the company asks for it in the inbox."""
    process = view.runtime.registry.entities.get("workflow.process")
    if process is None:
        return True
    found = view.records.system("hrm: is leave decided by a process").query(
        process.key, fields=("active",), filters={"subject": leave.LEAVE}, limit=10
    )  # fmt: skip
    return bool(found.rows) and not any(row["active"] for row in found.rows)


def decide_link(view: View) -> str:
    """The list behind the tile."""
    return str(view.url(leave.LEAVE, all="1", sort="from_on", **_TO_DECIDE))


def my_leave(view: View) -> dict[str, Any]:
    """What is left this year, and the button that asks for leave."""
    me = view.principal.user_id or 0
    file = people.files(view.records, [me]).get(me)
    country = balance.country_of(view.records, file)[0]
    kinds = [row for row in leave.open_types(view.records, country) if row["accrual"] != "none"]
    today: date = view.today
    found = balance.balances(view.records, me, today.year, today, kinds)
    rows: list[dict[str, Any]] = [
        {
            "title": type_name(row), "icon": "beach", "url": view.page("hrm", "my-leave").rstrip("/"), "plain": True,
            "end": {"text": str(_("%(n)s days left") % {"n": view.formats.number(found[row["id"]].left.normalize())})},
        }
        for row in kinds if found[row["id"]].known
    ]  # fmt: skip
    ask = {
        "title": str(_("Request leave")), "icon": "plus", "url": view.page("hrm", "leave", "ask").rstrip("/"),
        "action": {"label": str(_("Request leave")), "icon": "beach", "opens": "dialog",
                   "url": view.page("hrm", "leave", "ask").rstrip("/")},
    }  # fmt: skip
    if view.may(leave.LEAVE, "create"):
        rows.append(ask)
    return {"rows": rows[-_ROWS:], "period": str(today.year)}


def presence(view: View) -> dict[str, Any]:
    """Whether one has come today, and the button for coming and going."""
    row = attendance.of_today(view.records) if view.principal.user_id else None
    came, left = (row.get("came_at"), row.get("left_at")) if row is not None else (None, None)
    text = str(_("Not here yet today"))
    if came:
        text = str(_("Here since %(time)s") % {"time": view.formats.time(came)})
    if left:
        text = str(_("Went at %(time)s") % {"time": view.formats.time(left)})
    shown: dict[str, Any] = {"title": text, "icon": "fingerprint",
                             "url": view.url(attendance.DAY, all="1", person="me", sort="-day")}  # fmt: skip
    if view.may(attendance.DAY, "create"):
        label = _("Go", "end work") if came else _("Come", "begin work")
        shown["action"] = {"label": str(label), "icon": "clock", "opens": "post",
                           "url": view.page("hrm", "clock").rstrip("/")}  # fmt: skip
    return {"rows": [shown], "period": view.formats.date(view.today)}


WIDGETS: list[Any] = [
    Widget("hrm.my_steps", _("Joining and leaving steps"), "todo", "list", my_steps, steps_link, order=45,
           empty=_("Steps for colleagues who join or leave appear here a week before they are due.")),
    Widget("hrm.mine_to_decide", _("Leave waiting for me"), "todo", "list", to_decide, decide_link, order=40,
           empty=_("Nobody waits for your answer about leave."), shown=decided_here),
    Widget("hrm.my_leave_tile", _("My leave"), "figures", "list", my_leave,
           lambda view: view.page("hrm", "my-leave").rstrip("/"), order=70,
           empty=_("A people officer enters what you are entitled to.")),
    Widget("hrm.presence", _("Attendance today"), "figures", "list", presence,
           lambda view: view.url(attendance.DAY, all="1", person="me", sort="-day"), order=75),
]  # fmt: skip
