"""How a document reads in a list: icon, title, what it is, a look into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weft.core.sdk import Row, in_script, translator
from weft.core.websdk import View, preview_url
from weft.plugins.documents import vocabulary as words

_ = translator("documents")

__all__ = ["FIELDS", "OUTSIDE_FIELDS", "document_row", "document_rows", "named"]

DOCUMENT = "documents.document"
#: What a row needs of a document.
FIELDS = ("name", "name_alt", "form", "status", "file", "revision", "released_at", "folder", "expires_on", "updated_at")
OUTSIDE_FIELDS = tuple(name for name in FIELDS if name != "folder")
_ICONS = {"file": "file-text", "page": "notebook", "article": "book"}


def named(row: Any) -> str:
    """Name in the viewer's script."""
    return in_script(str(row["name"]), str(row.get("name_alt") or ""))[0]


def document_row(view: View, row: Row, *, when: bool = True) -> dict[str, Any]:
    """One line of a panel or tile."""
    parts = [str(_("Version %(n)s") % {"n": row["revision"]})] if row.get("revision") else []
    folder = row.get("folder")
    if folder is not None and not folder.restricted:
        parts.append(in_script(folder.title or "", folder.alt)[0])
    moment = row.get("released_at") or row.get("updated_at")
    found: dict[str, Any] = {
        "title": named(row), "url": view.url(DOCUMENT, row["id"]),
        "icon": _ICONS.get(row.get("form") or "", "file-text"), "sub": " · ".join(parts),
    }  # fmt: skip
    if when and moment is not None:
        found["end"] = {"text": view.formats.stamp(moment), "tone": "muted"}
    if view.principal.internal and row.get("status") not in (None, "released"):
        found["chip"] = str(words.STATUS.labels[row["status"]])
    if row.get("file") is not None:
        found["look"] = {
            "label": str(_("Look into it")), "url": preview_url(view.portal_key, int(row["file"])), "icon": "eye",
            "opens": "dialog",
        }  # fmt: skip
    return found


def document_rows(view: View, rows: Iterable[Row], **more: Any) -> list[dict[str, Any]]:
    """Lines of several documents."""
    return [document_row(view, row, **more) for row in rows]
