"""The stream of a record: what happened to it, newest first, as sentences with people and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app

from weft.core.i18n import translator
from weft.core.records.history import HistoryEntry
from weft.core.web.record.head import RecordHead

__all__ = ["ICONS", "history_entries", "sentence"]

_ = translator("core")

ICONS = {
    "create": "plus",
    "update": "pencil",
    "assign": "user-share",
    "delete": "trash",
    "restore": "arrow-back-up",
    "link": "link",
    "unlink": "unlink",
    "relink": "link",
    "comment": "message",
    "attach": "paperclip",
}
PAGE = 20


def sentence(head: RecordHead, parts: Sequence[Any]) -> Any:
    """A sentence of the history as safe markup: people stand out, records are links."""
    shown = []
    for part in parts:
        one: dict[str, Any] = {"kind": part.kind, "text": part.text}
        if part.kind == "record" and part.id is not None and part.id != head.row.id:
            one["url"] = f"/r/{part.id}"
        elif part.kind == "file" and part.id is not None:
            one["url"] = f"/files/{part.id}"
        shown.append(one)
    return current_app.jinja_env.get_template("pages/parts.html").module.sentence(shown)  # type: ignore[attr-defined]


def history_entries(head: RecordHead, entries: Sequence[HistoryEntry], *, undo: bool) -> list[dict[str, Any]]:
    """Entries for the timeline macro.

    Args:
        head: the record and who looks.
        entries: of :meth:`Records.history`.
        undo: offer to take an entry back (History tab).
    """
    formats = head.view.formats
    found = []
    for entry in entries:
        action = head.view.runtime.registry.actions.get(entry.action)
        one: dict[str, Any] = {
            "icon": (action.icon if action and action.icon else None) or ICONS.get(entry.action, "point"),
            "at": entry.at,
            "at_text": formats.stamp(entry.at),
            "at_title": formats.datetime(entry.at),
            "html": sentence(head, entry.parts),
        }
        if entry.undone:
            one["mark"] = {"label": str(_("undone"))}
        elif undo and not head.deleted:
            url = head.view.page("undo", entry.change_set_id)
            one["actions"] = [{"label": str(_("Undo")), "url": url, "opens": "post", "ghost": True}]
        found.append(one)
    return found
