"""To do: what waits for a person, collected from the tiles of the band ``todo`` that plugins declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.portal.homes import allowed_widgets
from weft.core.registry.declarations import Widget
from weft.core.web.tiles import widget_data

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["count", "sources", "summary"]

#: The tile that sums the others up; it is no source itself.
SUMMARY = "core.todo"


def sources(view: View) -> list[Widget]:
    """Tiles whose rows are things to do."""
    return [
        widget
        for widget in allowed_widgets(view).values()
        if widget.band == "todo" and widget.kind == "list" and not widget.key.endswith(".todo")
    ]


def summary(view: View) -> list[tuple[Widget, dict[str, Any]]]:
    """Each source with its data, in order."""
    found = [(widget, widget_data(view, widget)) for widget in sources(view)]
    return [(widget, data) for widget, data in found if data is not None]


def count(view: View) -> int:
    """How many things wait in all."""
    return sum(int(data.get("count") or 0) for _widget, data in summary(view))
