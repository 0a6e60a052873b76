"""The menu of an external portal holds only what has something to show, or something to make."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weft.core.errors import QueryError
from weft.core.portal.navigation import MenuEntry, readable

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["with_content"]

_SERVICE = "portal.filled"
#: What had rows is not asked again for so long; what had none is asked at every page, so that it appears at once.
_KEPT = timedelta(minutes=10)


def with_content(view: View, entries: Iterable[MenuEntry]) -> list[MenuEntry]:
    """Leave out lists without a row for this visitor, unless the visitor can add one."""
    known: _Filled = view.runtime.services.setdefault(_SERVICE, _Filled())
    return [entry for entry in entries if not entry.entity or _has_rows(view, entry.entity, known)]


def _has_rows(view: View, key: str, known: _Filled) -> bool:
    entity = view.entity(key)
    if readable(view, entity, "create"):
        return True
    who, now = (view.principal.user_id or 0, view.principal.anchors, key), view.runtime.clock()
    if known.has(who, now):
        return True
    try:
        found = bool(view.records.query(key, fields=["title"], limit=1).rows)
    except QueryError:
        return True  # its title is not for the visitor: the list will show what is
    if found:
        known.add(who, now)
    return found


class _Filled:
    """Lists of visitors that had rows a moment ago, per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: dict[tuple[int, tuple[int, ...], str], datetime] = {}

    def has(self, who: tuple[int, tuple[int, ...], str], now: datetime) -> bool:
        with self.lock:
            at = self.seen.get(who)
            return at is not None and timedelta(0) <= now - at < _KEPT

    def add(self, who: tuple[int, tuple[int, ...], str], now: datetime) -> None:
        with self.lock:
            if len(self.seen) > 20_000:
                self.seen.clear()
            self.seen[who] = now
