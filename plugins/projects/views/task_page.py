"""The page of a task: its checklist, what it waits for; in the supplier's portal what a subcontractor needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Row, every, translator
from weft.core.websdk import View, after_write
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import TASK
from weft.plugins.projects.views.parts import name_of, task_status

_ = translator("projects")

__all__ = ["marks", "page", "tick"]

_CHECK = "projects.check"


def page(view: View, record: Row) -> dict[str, Any]:
    """What the template shows."""
    if not view.principal.internal:
        return _given(view, record)
    rows = list(every(view.records, _CHECK, ("text", "done"), {"task": str(record["id"])}, sort="position"))
    may = view.may(_CHECK, "update")
    checks = [
        {"id": row.id, "text": row["text"], "done": row["done"],
         "url": f"/{view.portal_key}/projects/check/{row.id}" if may else ""}
        for row in rows
    ]  # fmt: skip
    done = sum(row["done"] for row in rows)
    add = None
    if view.may(_CHECK, "create") and view.may(TASK, "update", record["id"]):
        add = {"label": str(_("New item")), "url": view.url(_CHECK, "new", task=record["id"]), "icon": "plus",
               "opens": "dialog"}  # fmt: skip
    marked = []
    if record.get("critical"):
        marked.append({"label": str(_("On the critical path")), "tone": "late", "icon": "route"})
    return {
        "checklist": {"title": str(_("Checklist")), "count": f"{done}/{len(rows)}" if rows else None, "checks": checks,
                      "add": add},
        "head": {"marks": marked} if marked else {},
    }  # fmt: skip


def _given(view: View, record: Row) -> dict[str, Any]:
    actions = []
    for name, first, wanted in (("finish", True, words.LIVE), ("start", False, ("open",))):
        action = view.entity(TASK).actions[name]
        if record.get("status") in wanted and view.may(TASK, action.key, record["id"]):
            actions.append({"label": str(action.label), "icon": action.icon, "primary": first,
                            "opens": "dialog" if action.fields else "post",
                            "url": view.url(TASK, record["id"], "act", name)})  # fmt: skip
    facts = [
        {"label": str(_("Start")), "kind": "date", "v": record.get("starts_on")},
        {"label": str(_("Due")), "kind": "date", "v": record.get("due_on")},
        {"label": str(_("Effort (hours)")), "kind": "decimal", "v": record.get("effort")},
        {"label": str(_("Number")), "v": record.get("number")},
    ]
    return {"given": {
        "title": name_of(record), "status": task_status(record), "actions": actions, "facts": facts,
        "remark": record.get("remark"),
        "back": {"url": view.url(TASK), "label": str(_("Tasks for us"))},
    }}  # fmt: skip


def marks(view: View, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Overdue tasks stand out; one statement for all."""
    if not ids:
        return {}
    found = view.records.query(
        TASK, fields=("due_on",),
        filters={"id__in": list(ids[:200]), "status__in": ",".join(words.LIVE), "due_on__lt": "today"}, limit=200,
    )  # fmt: skip
    return {
        row.id: {"label": str(_("Overdue")), "tone": "late", "icon": "alert-circle",
                 "title": view.formats.date(row["due_on"])}
        for row in found.rows
    }  # fmt: skip


def tick(view: View, record_id: int) -> Any:
    """Tick an item of a checklist, or take the tick back."""
    row = view.records.get(_CHECK, record_id, trash=False)
    view.records.update(_CHECK, record_id, {"done": not row["done"]}, version=None)
    message = _("Ticked: %(item)s") if not row["done"] else _("Not done after all: %(item)s")
    return after_write(view, message % {"item": row["text"]}, view.url(TASK, row["task"].id))
