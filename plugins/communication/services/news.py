"""News: what is shown when; the flag that grants follow is kept whenever status or dates change, and once a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from weft.core.sdk import Records, ValidationFailed, translator

_ = translator("communication")

__all__ = ["before_write", "refresh"]

NEWS = "communication.news"
_PART = 200
_WATCHED = ("status", "shown_from", "shown_until")


def _shown(status: Any, first: date | None, last: date | None, today: date) -> bool:
    return status == "published" and (first is None or first <= today) and (last is None or last >= today)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Keep whether an item is shown, and since when.

    Raises:
        ValidationFailed: the end is before the beginning.
    """
    today = context.now.astimezone(context.records.zone).date()
    for change in changes:
        if change.entity != NEWS or (change.before and not any(change.changed(name) for name in _WATCHED)):
            continue
        first, last = change.after("shown_from"), change.after("shown_until")
        if first and last and last < first:
            raise ValidationFailed.single("shown_until", "range", _("The end is before the beginning."))
        shown = _shown(change.after("status"), first, last, today)
        change.values["visible"] = shown
        if shown and change.after("published_at") is None:
            change.values["published_at"] = context.now


def refresh(records: Records) -> int:
    """Show what begins today and take away what ended; for the job. Returns how many changed."""
    today = records.now.astimezone(records.zone).date()
    fields, cursor, number = ("status", "shown_from", "shown_until", "visible", "published_at"), None, 0
    while True:
        page = records.query(
            NEWS, fields=fields, filters={"status": "published"}, sort="created_at", limit=_PART, cursor=cursor
        )
        values: dict[int, dict[str, Any]] = {}
        for row in page.rows:
            shown = _shown(row["status"], row.get("shown_from"), row.get("shown_until"), today)
            if shown != bool(row["visible"]):
                values[row["id"]] = {"visible": shown}
                if shown and row.get("published_at") is None:
                    values[row["id"]]["published_at"] = records.now.isoformat()
        number += records.update_many(NEWS, values) if values else 0
        cursor = page.next
        if cursor is None:
            return number
