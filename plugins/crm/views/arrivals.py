"""The list behind the tile Newly assigned: customers and leads given to me that wait for the first contact."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute, current_locale, in_script, translator
from weft.core.websdk import View
from weft.plugins.crm.services.arrivals import arrivals

_ = translator("crm")

__all__ = ["ROUTES", "arrival_row"]

_MOST = 200


def show_arrivals(view: View) -> Any:
    """All of them, latest first."""
    rows, total = arrivals(view.records, _MOST)
    title = str(_("Newly assigned"))
    panel: dict[str, Any] = {
        "title": str(_("Not yet contacted")), "count": total, "rows": [arrival_row(view, row) for row in rows],
        "rows_two": True, "full": True, "empty": {"title": str(_("Nothing new was given to you."))},
    }  # fmt: skip
    return view.render("crm/arrivals.html", page={"title": title, "count": total}, panel=panel)


def arrival_row(view: View, row: Any) -> dict[str, Any]:
    """One line: what it is, who gave it and since when; a contact is logged from it."""
    shown: dict[str, Any] = {
        "title": in_script(row["name"], row.get("name_alt"), current_locale())[0],
        "url": view.url(row["type"], row["id"]),
        "sub": _given(row),
        "end": {"text": view.formats.reldate(row["assigned_at"]) if row.get("assigned_at") else ""},
    }
    if row["type"] == "crm.lead":
        shown["chip"] = str(_("Lead"))
    action = view.entity(row["type"]).actions.get("log_contact")
    if action is not None:
        shown["action"] = {
            "label": str(action.label), "icon": action.icon, "opens": "dialog",
            "url": view.url(row["type"], row["id"], "act", "log_contact"),
        }  # fmt: skip
    return shown


def _given(row: Any) -> str:
    by, former = row.get("assigned_by"), row.get("former_owner")
    name = in_script(by.name, by.alt, current_locale())[0] if by else str(_("the allocation rules"))
    if former is not None:
        before = in_script(former.name, former.alt, current_locale())[0]
        return str(_("by %(name)s, handed over from %(former)s") % {"name": name, "former": before})
    return str(_("by %(name)s") % {"name": name})


ROUTES = [HttpRoute("/new-to-me", "crm.arrivals", show_arrivals, "grant:read:crm.lead")]
