"""The page of a project: phases as a path, figures, milestones, what is next, the team; and the customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Row, every, in_script, translator
from weft.core.websdk import View, face
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import MILESTONE, PHASE, PROJECT, TASK
from weft.plugins.projects.views import outside
from weft.plugins.projects.views.parts import late_text, milestone_status, name_of, person, task_status, titles_of

_ = translator("projects")

__all__ = ["marks", "page"]

_NEXT = 8
_LIVE = ",".join(words.LIVE)


def page(view: View, record: Row) -> dict[str, Any]:
    """What the template shows, in the portal it is opened in."""
    if not view.principal.internal:
        return {"shown": outside.shown(view, record["id"])}
    phases = list(every(view.records, PHASE, None, {"project": str(record["id"])}, sort="position"))
    found: dict[str, Any] = {
        "facts": _facts(view, record),
        "milestones": _milestones(view, record),
        "next": _next(view, record),
        "team": _team(view, record),
        "as_customer": _as_customer(view, record),
    }
    head: dict[str, Any] = {"status": _status(record)}
    if phases:
        head["path"] = {"label": str(_("Phases")), "steps": [_step(phase) for phase in phases]}
    if record.get("late_days"):
        head["sub"] = record.get("late_reason") or ""
    return found | {"head": head}


def marks(view: View, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Late projects stand out; one statement for all."""
    if not view.principal.internal or not ids:
        return {}
    found = view.records.query(
        PROJECT, fields=("late_days",), filters={"id__in": list(ids[:200]), "late_days__gt": "0"}, limit=200
    )
    return {
        row.id: {"label": late_text(row["late_days"]), "tone": "late", "icon": "clock-exclamation"}
        for row in found.rows
    }


def _status(record: Row) -> dict[str, str]:
    status = record.get("status") or "planned"
    return {"label": str(words.PROJECT_STATUS.labels[status]), "dot": words.PROJECT_STATUS.tones[status]}


def _step(phase: Row) -> dict[str, Any]:
    progress = phase.get("progress") or 0
    state = "done" if progress == 100 else "at" if progress else "todo"
    return {"label": name_of(phase), "date": phase.get("ends_on"), "state": state, "title": f"{progress} %"}


def _facts(view: View, record: Row) -> list[dict[str, Any]]:
    customer, contact = record.get("customer"), record.get("contact")
    known = titles_of(view, (customer, contact))
    found: list[dict[str, Any]] = []
    if customer is not None:
        url = None if customer.restricted else view.url(customer.type, customer.id)
        found.append({"label": str(_("Customer")), "kind": "reference",
                      "v": {"title": known.get(customer.id, ""), "url": url}})  # fmt: skip
    if contact is not None and contact.restricted:
        found.append({"label": str(_("Contact")), "v": known.get(contact.id)})
    slots = {"done": record.get("tasks_done") or 0, "all": record.get("tasks_total") or 0}
    found.append({"label": str(_("Progress")), "kind": "percent", "v": record.get("progress") or 0,
                  "after": str(_("%(done)s of %(all)s tasks") % slots)})  # fmt: skip
    late = record.get("late_days")
    found += [
        {"label": str(_("Planned end")), "kind": "date", "v": record.get("ends_on")},
        {"label": str(_("Forecast end")), "kind": "date", "v": record.get("forecast_on"),
         "after": late_text(late), "after_tone": "late" if late else None},
        {"label": str(_("Health")), "kind": "status", "v": {
            "label": str(words.HEALTH.labels[record.get("health") or "good"]),
            "dot": words.HEALTH.tones[record.get("health") or "good"]}},
    ]  # fmt: skip
    lead = record.get("owner")
    if lead is not None:
        name = in_script(lead.name, lead.alt)[0]
        found.append({"label": str(_("Lead")), "kind": "person", "v": {"title": name, "face": face(lead.id, name)}})
    if record.get("hours_cost") is not None:
        cost = record["hours_cost"]
        found.append({"label": str(_("Cost of hours, net")), "kind": "money",
                      "v": {"amount": cost.amount, "currency": cost.currency}})  # fmt: skip
    return found


def _milestones(view: View, record: Row) -> dict[str, Any]:
    rows = list(every(view.records, MILESTONE, None, {"project": str(record["id"])}, sort="due_on"))
    shown = []
    for row in rows:
        sub = str(_("Shown to the customer: %(day)s") % {"day": view.formats.date(row["shown_on"])}) if (
            row.get("shared") and row.get("shown_on")) else str(_("Inside only"))  # fmt: skip
        shown.append({
            "title": name_of(row), "url": view.url(MILESTONE, row.id), "icon": "flag-3", "kind": "date",
            "v": row.get("due_on"), "sub": f"{milestone_status(row)['label']} · {sub}",
        })  # fmt: skip
    add = None
    if view.may(PROJECT, "update", record["id"]):
        add = {"label": str(_("New milestone")), "icon": "plus", "opens": "dialog",
               "url": view.url(MILESTONE, "new", project=record["id"])}  # fmt: skip
    return {
        "title": str(_("Milestones")), "count": len(rows), "rows": shown, "rows_two": True, "add": add,
        "url": view.url(MILESTONE, project=str(record["id"]), all="1"),
        "empty": {"title": str(_("No milestones yet"))},
    }  # fmt: skip


def _next(view: View, record: Row) -> dict[str, Any]:
    """Open tasks, the next due first; the list behind it."""
    found = view.records.query(
        TASK, fields=("name", "name_alt", "due_on", "status", "owner", "critical", "slack_days"),
        filters={"project": str(record["id"]), "status__in": _LIVE}, sort="due_on", limit=_NEXT, count="exact",
    )  # fmt: skip
    rows = []
    for row in found.rows:
        owner = row.get("owner")
        late = row.get("due_on") is not None and row["due_on"] < view.today
        note = str(_("critical")) if row.get("critical") else ""
        parts = [in_script(owner.name, owner.alt)[0] if owner else "", task_status(row)["label"], note]
        rows.append({
            "title": name_of(row), "url": view.url(TASK, row.id), "icon": "square-check",
            "sub": " · ".join(part for part in parts if part),
            "end": {"text": view.formats.date(row.get("due_on")), "tone": "late" if late else None},
        })  # fmt: skip
    add = None
    if view.may(PROJECT, "update", record["id"]):
        add = {"label": str(_("New task")), "url": view.url(TASK, "new", project=record["id"]), "icon": "plus",
               "opens": "dialog"}  # fmt: skip
    total = found.count.value if found.count else len(rows)
    query = {"project": str(record["id"]), "all": "1"}
    return {
        "title": str(_("Next tasks")), "count": total, "rows": rows, "rows_two": True, "add": add,
        "url": view.url(TASK, status__in=_LIVE, sort="due_on", **query),
        "more": {"label": str(_("All tasks, board and calendar")), "url": view.url(TASK, **query)},
        "empty": {"title": str(_("Nothing is open"))},
    }  # fmt: skip


def _team(view: View, record: Row) -> dict[str, Any]:
    """Who is on the project; everybody who reads the project may know it."""
    rows = view.records.system("projects: team of a project").query(
        "projects.member", fields=("person", "kind"), filters={"project": str(record["id"])}, limit=60
    ).rows  # fmt: skip
    shown = []
    lead = record.get("owner")
    people = [(lead.id, str(_("Lead")))] if lead is not None else []
    people += [(row["person"].id, str(words.MEMBER_KIND.labels[row["kind"]])) for row in rows if row.get("person")]
    for number, note in people:
        found = person(view, number)
        if found is not None:
            shown.append({"title": found["title"], "face": found["face"], "sub": note})
    add = None
    if view.may(PROJECT, "update", record["id"]):
        add = {"label": str(_("Add to the team")), "icon": "plus", "opens": "dialog",
               "url": view.url("projects.member", "new", project=record["id"])}  # fmt: skip
    return {"title": str(_("Team")), "count": len(shown), "rows": shown, "rows_two": True, "add": add}


def _as_customer(view: View, record: Row) -> Mapping[str, Any] | None:
    """The link to what the customer sees."""
    if record.get("customer") is None or not view.may(PROJECT, "share", record["id"]):
        return None
    label = str(_("Show as the customer sees it"))
    return {"label": label, "icon": "eye", "url": f"/{view.portal_key}/projects/shown/{record['id']}"}
