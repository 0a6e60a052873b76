"""How requests read on the timeline of what they are linked to, and what stands out about them in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import current_locale, in_script, translator
from weft.core.websdk import View
from weft.plugins.service import vocabulary as words

_ = translator("service")

__all__ = ["marks", "requests"]

_REQUEST = "service.request"
_CAME = {
    "portal": _("%(record)s asked in the portal"),
    "mail": _("%(record)s asked by mail"),
    "web": _("%(record)s asked on the web"),
    "phone": _("%(record)s asked by phone"),
    "visit": _("%(record)s asked on site"),
}
_WHO_CAME = _("%(who)s asked in the portal: %(record)s")
_OTHERWISE = _("%(record)s asked")


def requests(view: View, rows: Sequence[Any]) -> dict[int, Mapping[str, Any]]:
    """Sentences of requests for a timeline, one call for all."""
    found: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        standing = row.get("status") or row.get("standing")
        labels = words.STATUS if row.get("status") else words.STANDING
        entry: dict[str, Any] = {
            "text": _CAME.get(row.get("channel") or "", _OTHERWISE),
            "slots": {"record": ("record", f"{row.get('number') or ''} {row['subject']}".strip(), row["id"])},
            "icon": "headset", "note": (row.get("description") or "")[:300],
        }  # fmt: skip
        contact = row.get("contact")
        if row.get("channel") == "portal" and contact is not None and not contact.restricted:
            entry["text"] = _WHO_CAME
            entry["slots"]["who"] = ("record", in_script(contact.title, contact.alt, current_locale())[0], contact.id)
        if standing in labels:
            entry["status"] = {"label": str(labels.labels[standing]), "dot": labels.tones[standing]}
        found[row["id"]] = entry
    return found


def marks(view: View, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Overdue requests stand out; one statement for all."""
    if not view.principal.internal or not ids:
        return {}
    part = ",".join(map(str, ids[:200]))
    page = view.records.query(
        _REQUEST, fields=("next_due_at",), filters={"id__in": part, "next_due_at__lt": "now"}, limit=200
    )
    return {
        row.id: {"label": str(_("Overdue")), "tone": "late", "icon": "alert-circle",
                 "title": view.formats.datetime(row["next_due_at"])}
        for row in page.rows
    }  # fmt: skip
