"""Tiles of home pages: a declared widget and its data become what the tile macro takes.

A widget that fails shows so in its own tile; the page around it stands.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from flask import render_template
from markupsafe import Markup

from weft.core.errors import WeftError
from weft.core.i18n import translator
from weft.core.registry.declarations import Widget
from weft.core.web.logs import request_id

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["spread", "tile_of", "widget_data"]

_ = translator("core")
_log = structlog.get_logger("weft.web")
#: Declared widths 1 to 3 in columns of twelve, before rows are filled.
_SIZES = {1: 4, 2: 5, 3: 12}
#: What the data of a tile may say; a title of its own follows the period.
_TAKEN = ("title", "count", "period", "rows", "number", "two", "size", "url")
#: How tiles of a row that does not fill twelve columns grow: by their wishes, to sizes the grid knows.
_FILLED: dict[tuple[int, ...], tuple[int, ...]] = {
    (4,): (6,),
    (5,): (7,),
    (4, 4): (6, 6),
    (4, 5): (5, 7),
    (5, 4): (7, 5),
    (5, 5): (6, 6),
    (4, 4, 5): (4, 4, 4),
    (4, 5, 4): (4, 4, 4),
    (5, 4, 4): (4, 4, 4),
}
#: What tiles of one row may wish for together; three share it evenly when it is more than there is.
_MOST = 13


def widget_data(view: View, widget: Widget) -> dict[str, Any] | None:
    """What the widget has to show; None when it could not find out."""
    try:
        data = widget.data(view)
    except WeftError as error:
        _log.warning("widget", id=request_id(), key=widget.key, error=type(error).__name__)
        return None
    except Exception as error:
        # A plugin's mistake stays in its own tile; the trace is for the operator.
        trace = "".join(traceback.format_exception(error))
        _log.error("widget_failed", id=request_id(), key=widget.key, trace=trace)
        return None
    return dict(data) if isinstance(data, Mapping) else {}


def tile_of(view: View, widget: Widget) -> dict[str, Any]:
    """The tile for its macro."""
    data = widget_data(view, widget)
    tile: dict[str, Any] = {
        "key": widget.key,
        "title": str(widget.label),
        "url": widget.link(view) if widget.link else view.page(),
        "kind": widget.kind,
        "size": _SIZES.get(widget.width, 4),
    }
    if data is None:
        return tile | {"rows": [], "empty": {"title": str(_("This tile could not be filled just now."))}}
    data = {name: value for name, value in data.items() if value is not None}
    if widget.kind == "template":
        html = render_template(widget.template, view=view, **data)
        tile |= {"kind": "body", "body": Markup(html)}  # noqa: S704  (an autoescaped template made it)
    return tile | _shown(widget, data)


def spread(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fill each row of twelve columns: tiles of an incomplete row grow, so that no gap stands at its end."""
    rows: list[list[dict[str, Any]]] = []
    for tile in tiles:
        if not rows or sum(one["size"] for one in rows[-1]) + tile["size"] > _MOST:
            rows.append([])
        rows[-1].append(tile)
    if len(rows) > 1 and len(rows[-1]) == 1 and rows[-1][0]["size"] < 12 and len(rows[-2]) == 3:
        rows[-1].insert(0, rows[-2].pop())  # two and two, rather than three and a gap
    for row in rows:
        filled = _FILLED.get(tuple(one["size"] for one in row), ())
        for tile, size in zip(row, filled, strict=False):
            tile["size"] = size
    return tiles


def _shown(widget: Widget, data: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: data[name] for name in _TAKEN if name in data}
    if widget.kind in ("list", "schedule") and "two" not in found:
        found["two"] = any(row.get("sub") for row in found.get("rows", ()))
    empty = data.get("empty") or ({"title": str(widget.empty)} if str(widget.empty) else None)
    if empty:
        found["empty"] = empty if isinstance(empty, Mapping) else {"title": str(empty)}
    return found
