"""What somebody who decides about a contract reads beside it: its papers, and what is new against the one before."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import Field, Money, Row, translator
from weft.core.websdk import View
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.services import library
from weft.plugins.documents.views.rows import DOCUMENT, FIELDS, document_row, named

_ = translator("documents")

__all__ = ["advice"]

CONTRACT = "documents.contract"
#: What is compared with the contract that is renewed or amended.
_COMPARED = ("amount", "starts_on", "ends_on", "renewal", "notice_days", "note")


def advice(view: View, record: Row) -> dict[str, Any] | None:
    """For the plugin of approvals; None for records of other kinds."""
    if record["type"] != CONTRACT:
        return None
    panels = [panel for panel in (_papers(view, record), _against(view, record)) if panel is not None]
    return {"panels": panels}


def _papers(view: View, record: Row) -> dict[str, Any] | None:
    """The documents of the contract: to be looked into here, with what changed since the version before."""
    filters = {"linked": f"{words.ABOUT}:{record['id']}"}
    page = view.records.query(DOCUMENT, fields=FIELDS, filters=filters, sort="-updated_at", limit=10)
    if not page.rows:
        return None
    kept = library.last_two(view.records, [row["id"] for row in page.rows])
    rows = []
    for row in page.rows:
        line = document_row(view, row)
        if row["id"] in kept:
            before, last = kept[row["id"]]
            url = f"/employee/documents/compare/{row['id']}?a={before}&b={last}"
            line["action"] = {"label": str(_("What changed")), "url": url, "button": True, "opens": "dialog"}
        rows.append(line)
    return {"title": str(_("Papers of the contract")), "rows": rows, "rows_two": True, "full": True}


def _against(view: View, record: Row) -> dict[str, Any] | None:
    """Terms that differ from the contract before."""
    ref = record.get("renews") or record.get("amends")
    if ref is None or ref.restricted or not view.may(CONTRACT, "read", ref.id):
        return None
    before = view.records.get(CONTRACT, ref.id)
    fields = view.entity(CONTRACT).fields
    rows = []
    for name in _COMPARED:
        old, new = before.get(name), record.get(name)
        if old == new:
            continue
        was, now = (_text(view, fields[name], value) for value in (old, new))
        rows.append({"title": str(fields[name].label), "icon": "arrows-exchange",
                     "sub": str(_("%(old)s before") % {"old": was}), "end": {"text": now}})  # fmt: skip
    return {
        "title": str(_("New against %(contract)s") % {"contract": named(before)}), "rows": rows, "rows_two": True,
        "full": True, "url": view.url(CONTRACT, ref.id), "empty": {"title": str(_("The terms are the same."))},
    }  # fmt: skip


def _text(view: View, declared: Field, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Money):
        return str(view.formats.money(value))
    if isinstance(value, date):
        return str(view.formats.date(value))
    return str(declared.choices.labels.get(value, value) if declared.choices else value)
