"""Tiles: what waits for me, what came back, what I have to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Home, Widget, translator
from weft.core.websdk import View
from weft.plugins.workflow.grants import CASE, EXECUTIVE, HEAD, TASK
from weft.plugins.workflow.views import story
from weft.plugins.workflow.views.naming import process_name

_ = translator("workflow")

__all__ = ["HOMES", "WIDGETS"]

_ROWS = 5
_MINE: Mapping[str, str] = {"status": "open", "owner": "me", "kind__in": "decide,sign,advise,choose"}
_READ: Mapping[str, str] = {"status": "open", "owner": "me", "kind": "read"}
_BACK: Mapping[str, str] = {"status": "returned", "owner": "me", "settled": "false"}
_FIELDS = ("name", "name_alt", "process", "requester", "amount", "opened_at", "due_at", "kind")


def approvals(view: View, filters: Mapping[str, str] = _MINE) -> dict[str, Any]:
    """What waits for my decision, the longest wait first."""
    page = view.records.query(
        TASK, fields=_FIELDS, filters=dict(filters), sort="opened_at", limit=_ROWS, count="capped"
    )
    rows = []
    for row in page.rows:
        parts = [process_name(row), story.person(row["requester"]) if row.get("requester") else ""]
        if row.get("amount") is not None:
            parts.append(view.formats.money(row["amount"]))
        late = row.get("due_at") is not None and row["due_at"] < view.records.now
        rows.append(
            {
                "title": story.name_of(row),
                "url": view.url(TASK, row["id"]),
                "icon": "checkbox",
                "sub": " · ".join(part for part in parts if part),
                "end": {
                    "text": view.formats.stamp(row["opened_at"]) if row.get("opened_at") else "",
                    "tone": "late" if late else "muted",
                },
            }
        )
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def to_read(view: View) -> dict[str, Any]:
    """What colleagues want me to read."""
    return approvals(view, _READ)


def came_back(view: View) -> dict[str, Any]:
    """What I asked for and got back, with the reason, until I ask again or let it be."""
    page = view.records.query(
        CASE,
        fields=("name", "name_alt", "process", "why", "status", "ended_at", "about", "about_kind"),
        filters=dict(_BACK),
        sort="-ended_at",
        limit=_ROWS,
        count="capped",
    )
    rows = []
    for row in page.rows:
        rows.append(
            {
                "title": story.name_of(row),
                "url": view.url(CASE, row["id"]),
                "icon": "arrow-back-up",
                "sub": str(row.get("why") or "")[:140],
                "end": {"text": view.formats.stamp(row["ended_at"]), "tone": "muted"},
            }
        )
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def _list(filters: Mapping[str, str], sort: str) -> Any:
    return lambda view: view.url(TASK, all="1", sort=sort, **filters)


WIDGETS: list[Any] = [
    Widget(
        "workflow.approvals",
        _("Approvals"),
        "todo",
        "list",
        approvals,
        _list(_MINE, "opened_at"),
        order=12,
        width=2,
        empty=_("Nothing waits for your decision. What colleagues send for approval appears here."),
    ),
    Widget(
        "workflow.to_read",
        _("To read", "tile"),
        "todo",
        "list",
        to_read,
        _list(_READ, "opened_at"),
        order=60,
        empty=_("Nobody wants you to read a case."),
    ),
    Widget(
        "workflow.came_back",
        _("Came back to me"),
        "todo",
        "list",
        came_back,
        lambda view: view.url(CASE, all="1", sort="-ended_at", **_BACK),
        order=14,
        empty=_("Nothing you asked for came back to you."),
    ),
]
HOMES: list[Any] = [
    Home("employee", ("workflow.approvals", "workflow.came_back", "workflow.to_read"), order=15),
    Home(HEAD, ("workflow.approvals",), order=5),
    Home(EXECUTIVE, ("workflow.approvals",), order=5),
]
