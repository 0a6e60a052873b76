"""What people outside see: a project with its milestones, a milestone to accept; and the same page for who leads it.

Nothing here reads a field or row that the grants to customers do not name, so both pages show the same.
"""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Row, directory, every, in_script, readers, translator
from weft.core.websdk import View
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.grants import MILESTONE_SHOWN, PROJECT_SHOWN, TASK_SHOWN
from weft.plugins.projects.services.acceptance import date_waits
from weft.plugins.projects.services.plan import MILESTONE, PROJECT, TASK, ref_id
from weft.plugins.projects.views.parts import milestone_status, name_of, task_status

_ = translator("projects")

__all__ = ["milestone_page", "milestone_step", "moved_text", "show_as_customer", "shown"]

_STATES = {"accepted": "done", "reached": "done", "waiting": "waiting", "refused": "waiting"}


def shown(view: View, project: int, *, linked: bool = True) -> dict[str, Any]:
    """A project as its customer sees it: bar, dates, shared milestones and tasks, who is responsible.

    Args:
        view: of the customer, or of who looks how it looks to them.
        project: id of a project the viewer may read.
        linked: milestones and buttons lead on.
    """
    row = view.records.get(PROJECT, project, fields=tuple(PROJECT_SHOWN))
    mine = {"project": str(project), "shared": "true"} if view.principal.internal else {"project": str(project)}
    milestones = list(every(view.records, MILESTONE, tuple(MILESTONE_SHOWN), mine, sort="id"))
    milestones.sort(key=lambda one: (one.get("shown_on") is None, one.get("shown_on") or view.today, one.id))
    tasks = list(every(view.records, TASK, tuple(TASK_SHOWN), mine, sort="due_on"))
    status = row.get("status") or "planned"
    return {
        "title": name_of(row), "number": row.get("number"),
        "status": {"label": str(words.PROJECT_STATUS.labels[status]), "dot": words.PROJECT_STATUS.tones[status]},
        "lead": _lead(view, project),
        "bar": {"title": str(_("Progress")), "percent": row.get("progress") or 0,
                "milestones": [milestone_step(view, one) for one in milestones]},
        "milestones": [_milestone(view, one, linked) for one in milestones],
        "tasks": [
            {"title": name_of(one), "icon": "square-check", "status": task_status(one),
             "sub": str(_("until %(day)s") % {"day": view.formats.date(one["due_on"])}) if one.get("due_on") else ""}
            for one in tasks
        ],
        "figures": [
            {"label": str(_("Start")), "kind": "date", "v": row.get("starts_on")},
            {"label": str(_("Planned end")), "kind": "date", "v": row.get("ends_on")},
        ],
    }  # fmt: skip


def milestone_step(view: View, row: Row) -> dict[str, Any]:
    """A milestone beside the bar: name, date, how it stands."""
    status = row.get("status") or "planned"
    day = row.get("shown_on")
    note = milestone_status(row)["label"] if status != "planned" else ""
    date = view.formats.date(day) if day else ""
    return {"label": name_of(row), "note": " · ".join(part for part in (date, note) if part),
            "state": _STATES.get(status, "planned")}  # fmt: skip


def _milestone(view: View, row: Row, linked: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"title": name_of(row), "icon": "flag-3", "status": milestone_status(row)}
    parts = [view.formats.date(row["shown_on"]) if row.get("shown_on") else "", row.get("shown_note") or ""]
    if row.get("status") == "accepted" and row.get("answered_by"):
        parts.append(str(_("accepted by %(who)s") % {"who": row["answered_by"]}))
    if row.get("status") == "waiting":
        parts.append(str(_("Next: your acceptance")))
    elif row.get("status") == "planned" and date_waits(row):
        parts.append(moved_text(view, row))
    elif row.get("status") == "planned" and row.get("agreed_by"):
        parts.append(str(_("date agreed to by %(who)s") % {"who": row["agreed_by"]}))
    found["sub"] = " · ".join(part for part in parts if part)
    if linked:
        found["url"] = view.url(MILESTONE, row.id)
        label = _label_of_answer(view, row)
        if label:
            found["action"] = {"label": label, "url": view.url(MILESTONE, row.id), "primary": True}
    return found


def moved_text(view: View, row: Row) -> str:
    """``Moved from 3 May``: what stood there before the date was published."""
    return str(_("moved from %(day)s") % {"day": view.formats.date(row["moved_from"])})


def _label_of_answer(view: View, row: Row) -> str:
    """Words of what the visitor can answer to a milestone; empty when nothing is asked."""
    if row.get("status") == "waiting" and view.may(MILESTONE, "projects.milestone.accept", row.id):
        return str(_("Accept or refuse"))
    if row.get("status") == "planned" and date_waits(row) and view.may(MILESTONE, "projects.milestone.agree", row.id):
        return str(_("Answer to the new date"))
    return ""


def _lead(view: View, project: int) -> str:
    """Who is responsible, by name: outsiders may know whom they talk to."""
    row = view.records.system("projects: who is responsible").get(PROJECT, project, fields=("owner",))
    owner = row.get("owner")
    return in_script(owner.name, owner.alt)[0] if owner else ""


def milestone_page(view: View, record: Row) -> dict[str, Any]:
    """The page of a milestone: in the customer's portal what it is about and the two answers."""
    if view.principal.internal:
        return {"head": {"status": milestone_status(record)}} if record.get("status") == "refused" else {}
    project = record.get("project")
    actions = []
    waits = {"waiting": ("accept", "refuse"), "planned": ("agree",) if date_waits(record) else ()}
    for name in waits.get(record.get("status") or "planned", ()):
        action = view.entity(MILESTONE).actions[name]
        if view.may(MILESTONE, action.key, record["id"]):
            actions.append(
                {
                    "label": str(action.label), "opens": "dialog" if action.asked else "post", "icon": action.icon,
                    "primary": name != "refuse", "url": view.url(MILESTONE, record["id"], "act", name),
                }
            )  # fmt: skip
    back = view.url(PROJECT, project.id) if project is not None and not project.restricted else view.url(PROJECT)
    answered = None
    if record.get("answered_at") is not None:
        answered = {"who": record.get("answered_by") or "", "when": view.formats.datetime(record["answered_at"]),
                    "text": record.get("remark") or ""}  # fmt: skip
    return {"asked": {
        "title": name_of(record), "status": milestone_status(record), "actions": actions, "answered": answered,
        "day": view.formats.long_date(record["shown_on"]) if record.get("shown_on") else "",
        "moved": moved_text(view, record) if record.get("moved_from") else "",
        "agreed": _agreed(view, record), "note": record.get("shown_note"),
        "lead": _lead(view, ref_id(project) or 0) if project is not None else "",
        "back": {"url": back, "label": in_script(project.title, project.alt)[0] if project is not None else ""},
    }}  # fmt: skip


def _agreed(view: View, row: Row) -> str:
    """Who agreed to the date and when; what else can be done while nobody has."""
    if row.get("agreed_at") is not None:
        slots = {"who": row.get("agreed_by") or "", "when": view.formats.datetime(row["agreed_at"])}
        return str(_("%(who)s agreed to the date, %(when)s") % slots)
    if row.get("status") == "planned" and date_waits(row):
        return str(_("Please agree to the new date, or write below what you want to know."))
    return ""


def show_as_customer(view: View, record_id: int) -> Any:
    """For who leads a project: the page as its customer sees it, and who that is."""
    view.require(PROJECT, "share", record_id)
    row = view.records.get(PROJECT, record_id, trash=False)
    back = {"url": view.url(PROJECT, record_id), "label": name_of(row)}
    return view.render(
        "projects/as_customer.html",
        page={"title": str(_("As the customer sees it")), "back": back},
        shown=shown(view, record_id, linked=False),
        seen_by=_seen_by(view, row),
        follows=bool(row.get("shared")),
    )


def _seen_by(view: View, row: Row) -> str:
    """``Seen by 5 contacts of Haverdijk, of whom 1 has a portal account``: contacts linked to the customer."""
    customer = row.get("customer")
    if customer is None:
        return ""
    system = view.records.system("projects: who sees a project")
    title = system.titles([customer.id])[customer.id]
    contacts = 0
    for group in system.neighbours(customer.id, limit=1):
        far = view.runtime.registry.entities.get(group.entity)
        if far is not None and "core.person" in far.spec.traits:
            contacts = max(contacts, group.count.value)
    standing = directory.standing_for(view.records, [customer.id]).get(customer.id, [])
    able = readers(view.records, row["id"], standing)
    slots = {"contacts": contacts, "who": in_script(title.title, title.alt)[0], "n": len(able)}
    if not row.get("shared"):
        return str(_("Not shared yet: “Customer follows it” is off. %(who)s has %(contacts)s contacts.") % slots)
    return str(_("Seen by %(who)s: %(contacts)s contacts, of whom %(n)s have a portal account.") % slots)
