"""The numbers of the frame: To do and unread notices. Kept for a few seconds per person, dropped by own writes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weft.core.collaboration import notices
from weft.core.web import todo

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["counts", "forget"]

_KEEP = timedelta(seconds=20)
_SERVICE = "web.counts"
_MOST = 5000


class _Kept:
    """Counts by (user, portal) of one process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: dict[tuple[int, str], tuple[datetime, dict[str, int]]] = {}


def counts(view: View) -> dict[str, int]:
    """``{"todo": n, "notices": n}`` of the viewer."""
    user_id = view.principal.user_id
    if user_id is None:
        return {}
    kept: _Kept = view.runtime.services.setdefault(_SERVICE, _Kept())
    key, now = (user_id, view.portal_key), view.runtime.clock()
    found = kept.entries.get(key)
    if found is not None and timedelta(0) <= now - found[0] < _KEEP:
        return found[1]
    numbers = {"todo": todo.count(view), "notices": notices.unread_count(view.records)}
    with kept.lock:
        if len(kept.entries) >= _MOST:
            kept.entries.clear()
        kept.entries[key] = (now, numbers)
    return numbers


def forget(view: View) -> None:
    """Count again at the next look; called after every write of the person."""
    kept: _Kept | None = view.runtime.services.get(_SERVICE)
    if kept is not None and view.principal.user_id is not None:
        with kept.lock:
            kept.entries.pop((view.principal.user_id, view.portal_key), None)
