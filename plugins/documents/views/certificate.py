"""Certificates on their page, on the card of a supplier and in the supplier's portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Row, translator
from weft.core.websdk import View, preview_url
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.services.certificates import CERTIFICATE, VERSION
from weft.plugins.documents.views.rows import named

_ = translator("documents")

__all__ = ["ENDING", "end_of", "of_account", "page", "status_word"]

#: Filters of what ends within 60 days.
ENDING: Mapping[str, str] = {"ends_on__lte": "today+60"}
_SOON = 60


def end_of(view: View, row: Mapping[str, Any]) -> dict[str, Any]:
    """The last day, red when it is over, amber when it is near."""
    left = (row["ends_on"] - view.today).days
    return {
        "text": view.formats.date(row["ends_on"]),
        "tone": "late" if left < 0 else "soon" if left <= _SOON else None,
    }


def status_word(row: Mapping[str, Any]) -> str:
    """The state in words."""
    return str(words.CERTIFICATE_STATUS.labels[row.get("status") or "to_confirm"])


def page(view: View, record: Row) -> dict[str, Any]:
    """The paper to look at, the renewal that waits, and what was before."""
    title = _("Why the renewal was refused") if record.get("status") == "valid" else _("Why it was refused")
    found: dict[str, Any] = {"papers": [], "why": record.get("why") or "", "why_title": str(title), "next": "",
                             "versions": None}  # fmt: skip
    for name, label in (("new_file", _("Renewal")), ("file", _("Present certificate"))):
        file = record.get(name)
        if file is not None:
            address = preview_url(view.portal_key, int(getattr(file, "id", file)))
            found["papers"].append({"title": str(label), "look": f"{address}?part=1", "url": address})
    if record.get("status") == "to_confirm" and not view.principal.internal:
        found["next"] = str(_("Next: we look at it"))
    elif record.get("new_ends_on") is not None:
        found["next"] = str(_("The renewal is valid until %(day)s.") % {
            "day": view.formats.date(record["new_ends_on"])})  # fmt: skip
    fields = ("name", "ends_on", "file")
    rows = []
    for row in view.records.query(
        VERSION, fields=fields, filters={"certificate": record.id}, sort="-id", limit=50
    ).rows:
        file = row.get("file")
        line = {"title": row["name"], "icon": "versions", "end": {"text": view.formats.date(row["ends_on"])}}
        if file is not None:
            line["url"] = preview_url(view.portal_key, int(getattr(file, "id", file)))
        rows.append(line)
    found["versions"] = {"title": str(_("Earlier certificates")), "rows": rows, "full": True, "count": len(rows)}
    return {"certificate": found}


def of_account(view: View, record: Row) -> dict[str, Any] | None:
    """What a supplier has proved, beside its card; None where there is nothing."""
    if not view.principal.internal or not view.may(CERTIFICATE, "read"):
        return None
    fields = ("name", "name_alt", "ends_on", "status")
    rows = view.records.query(
        CERTIFICATE, fields=fields, filters={"holder": record["id"]}, sort="ends_on", limit=20
    ).rows
    if not rows:
        return None
    return {"rows": [
        {"title": named(row), "url": view.url(CERTIFICATE, row.id), "status": status_word(row),
         "end": end_of(view, row)}
        for row in rows
    ]}  # fmt: skip
