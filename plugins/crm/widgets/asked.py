"""Tile of a manager's home: who asks for which customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Widget, in_script, translator
from weft.plugins.crm.grants import MANAGER

_ = translator("crm")

_OPEN: Mapping[str, str] = {"status": "open"}


def asked_for(view: Any) -> dict[str, Any]:
    """Requests for customers that wait for a decision, oldest first."""
    fields = ("subject", "owner", "created_at")
    page = view.records.query(
        "crm.customer_request", fields=fields, filters=_OPEN, sort="created_at", limit=5, count="capped"
    )
    rows = [
        {
            "title": row["subject"],
            "url": view.url("crm.customer_request", row["id"]),
            "sub": in_script(row["owner"].name, row["owner"].alt)[0] if row.get("owner") else "",
            "end": {"text": view.formats.reldate(row["created_at"]), "tone": "now"},
        }
        for row in page.rows
    ]
    return {"rows": rows, "count": page.count.value, "period": str(_("waiting"))}


WIDGETS = [
    Widget(
        "crm.asked_for",
        _("Requests for customers"),
        "todo",
        "list",
        asked_for,
        link=lambda view: view.url("crm.customer_request", **_OPEN),
        roles=(MANAGER,),
        order=40,
        empty=_("When a colleague asks for a customer of somebody else, you decide here."),
    ),
]
