"""One line about what was just done, with Undo: carried by this answer's header or by the next page."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, g, session

__all__ = ["deliver", "pending", "put", "trigger"]

_KEY = "toast"
_LONGEST = 300


def put(text: str, undo_url: str | None = None) -> None:
    """Note a toast for this answer; a second one replaces the first."""
    g.weft_toast = {"text": text[:_LONGEST], **({"undo_url": undo_url} if undo_url else {})}


def trigger(response: Response, **events: Any) -> Response:
    """Add events to the ``HX-Trigger`` header (``wf_refresh=True`` becomes ``wf:refresh``)."""
    found = json.loads(response.headers.get("HX-Trigger", "{}"))
    found.update({name.replace("_", ":", 1): value for name, value in events.items()})
    # Closing a dialog takes the asking form out of the page: what comes after it would reach nobody.
    if "wf:close" in found:
        found["wf:close"] = found.pop("wf:close")
    # Header values are Latin-1: other characters travel escaped.
    response.headers["HX-Trigger"] = json.dumps(found, ensure_ascii=True)
    return response


def pending() -> dict[str, Any] | None:
    """The toast that the page being rendered should show; it is shown once."""
    found = g.pop("weft_toast", None) or session.pop(_KEY, None)
    return dict(found) if found else None


def deliver(response: Response, fragment: bool) -> Response:
    """Put the noted toast where the browser finds it: a redirect keeps it for the next page."""
    toast = g.pop("weft_toast", None)
    if toast is None:
        return response
    moved = response.status_code in (301, 302, 303, 307, 308) or "HX-Redirect" in response.headers
    if moved or "HX-Refresh" in response.headers or not fragment:
        session[_KEY] = toast
        return response
    return trigger(response, wf_toast=toast)
