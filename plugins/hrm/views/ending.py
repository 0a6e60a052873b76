"""Probations and contracts that end soon, each with what can be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weft.core.sdk import Row, current_locale, in_script, translator
from weft.core.websdk import View

_ = translator("hrm")

__all__ = ["ending_link", "ending_rows", "filters"]

CONTRACT = "hrm.contract"
_FIELDS = ("name", "name_alt", "kind", "ends_on", "probation_until", "confirmed_on", "ends_next", "status")


def filters(view: View) -> dict[str, str]:
    """Contracts with an end within the days of the setting, those past their end among them."""
    last = view.today + timedelta(days=view.records.setting("hrm.ending_days"))
    return {"status": "running", "ends_next__lte": last.isoformat()}


def ending_link(view: View) -> str:
    """The list behind the tile."""
    return str(view.url(CONTRACT, all="1", sort="ends_next", **filters(view)))


def ending_rows(view: View, limit: int = 5) -> dict[str, Any]:
    """The next ends with their first action."""
    page = view.records.query(
        CONTRACT, fields=_FIELDS, filters=filters(view), sort="ends_next", limit=limit, count="capped"
    )
    rows = [_row(view, row) for row in page.rows]
    days = view.records.setting("hrm.ending_days")
    period = str(_("within %(n)s days") % {"n": days})
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "period": period, "two": True}


def _row(view: View, row: Row) -> dict[str, Any]:
    trial = row.get("probation_until") is not None and row.get("confirmed_on") is None
    trial = trial and row["ends_next"] == row["probation_until"]
    late = row["ends_next"] < view.today
    found: dict[str, Any] = {
        "title": in_script(row["name"] or "", row.get("name_alt"), current_locale())[0],
        "url": view.url(CONTRACT, row["id"]),
        "icon": "file-certificate",
        "sub": str(_("Probation ends")) if trial else str(_("Contract ends")),
        "end": {"text": view.formats.reldate(row["ends_next"]), "tone": "late" if late else "soon"},
    }
    name = "confirm" if trial else "renew"
    if view.may(CONTRACT, f"{CONTRACT}.{name}"):
        label = _("Probation passed") if trial else _("Renew…")
        found["action"] = {
            "label": str(label), "icon": "check" if trial else "refresh", "opens": "dialog",
            "url": view.url(CONTRACT, row["id"], "act", name),
        }  # fmt: skip
    return found
