"""Comments, files, followers, tags and favourites on record pages: what is shown, and the routes that write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.i18n import translator
from weft.core.records.history import HistoryEntry
from weft.core.web.record.head import RecordHead
from weft.core.web.record.timeline import PAGE, history_entries
from weft.core.web.request import View

__all__ = ["composer_of", "feed", "files_panel", "marks_of", "note_visit"]

_ = translator("core")


def note_visit(view: View, record_id: int) -> None:
    """Remember that the person opened a record."""


def marks_of(head: RecordHead) -> list[dict[str, Any]]:
    """Entries of the More menu that mark the record for oneself."""
    return []


def feed(head: RecordHead, history: Sequence[HistoryEntry]) -> dict[str, Any]:
    """History and comments in one stream."""
    timeline: dict[str, Any] = {"entries": history_entries(head, history, undo=False)}
    if len(history) == PAGE:
        timeline["more_url"] = head.url("history", before=str(history[-1].id))
    return timeline


def composer_of(head: RecordHead) -> dict[str, Any] | None:
    """The box to write a comment, where one may."""
    return None


def files_panel(head: RecordHead) -> dict[str, Any]:
    """Files attached to the record."""
    return {"title": str(_("Files")), "rows": []}
