"""Tiles of what was given and what waits for somebody: newly assigned, unassigned leads, customers of who left."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Widget, current_locale, in_script, translator
from weft.plugins.crm.grants import MANAGER, REP
from weft.plugins.crm.services.arrivals import arrivals
from weft.plugins.crm.views.arrivals import arrival_row
from weft.plugins.crm.views.handover import gone_link, gone_owners

_ = translator("crm")

_UNASSIGNED = {"status__in": "new,working", "owner": "none", "partner__isnull": "true"}


def newly_assigned(view: Any) -> dict[str, Any]:
    """Customers and leads given to me that nobody spoke to yet: who gave them, since when."""
    rows, total = arrivals(view.records, 5)
    return {"rows": [arrival_row(view, row) for row in rows], "count": total, "period": str(_("not yet contacted"))}


def unassigned(view: Any) -> dict[str, Any]:
    """Leads nobody has, each with the allocation dialog one click away."""
    fields = ("name", "company", "source", "territory", "created_at", "declined_by", "decline_reason")
    page = view.records.query(
        "crm.lead", fields=fields, filters=_UNASSIGNED, sort="-created_at", limit=5, count="capped"
    )
    rows = [
        {
            "title": row["name"],
            "url": view.url("crm.lead", row["id"]),
            "sub": _come_by(row),
            "end": {"text": view.formats.reldate(row["created_at"])},
            "action": {
                "label": str(_("Allocate")), "icon": "user-share", "opens": "dialog",
                "url": view.page("crm", "allocate", "leads").rstrip("/") + f"?ids={row['id']}&from=home",
            },
        }
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value, "period": str(_("now"))}


def _come_by(row: Any) -> str:
    parts = [row.get("source"), row.get("territory")]
    refused = row.get("declined_by")
    if refused is not None and not refused.restricted:
        firm = in_script(refused.title, refused.alt, current_locale())[0]
        return str(_("declined by %(firm)s: %(reason)s") % {"firm": firm, "reason": row.get("decline_reason") or ""})
    return " · ".join(in_script(one.title, one.alt, current_locale())[0] for one in parts if one is not None)


WIDGETS = [
    Widget(
        "crm.newly_assigned", _("Newly assigned"), "new", "list", newly_assigned,
        lambda view: view.page("crm", "new-to-me").rstrip("/"), (REP, MANAGER), width=2, order=5,
        empty=_("Nothing new was given to you."),
    ),
    Widget(
        "crm.unassigned", _("Unassigned"), "todo", "list", unassigned,
        lambda view: view.url("crm.lead", **_UNASSIGNED), (MANAGER,), width=2, order=6,
        empty=_("Every lead has somebody. New ones come in by the web form."),
    ),
    Widget(
        "crm.left_behind", _("Left behind"), "todo", "list", gone_owners, gone_link, (MANAGER,), width=1, order=27,
        empty=_("No customer belongs to somebody who left."),
    ),
]  # fmt: skip
