"""The org chart as a picture: of today or of any day before, as far as placements are known."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import current_locale, directory, in_script, translator
from weft.core.websdk import View
from weft.plugins.hrm.services import org

_ = translator("hrm")

__all__ = ["show_chart"]

#: Measures of the picture in its own units.
_WIDE, _ACROSS, _HEAD, _LINE, _GAP = 236, 36, 30, 34, 14
#: People drawn in one box; the others are in the list below.
_MOST = 14


def show_chart(view: View) -> Any:
    """Picture and list of a day."""
    day = _day(view)
    unit = view.args.get("unit", "")
    top = int(unit) if unit.isdigit() else None
    found = org.chart(view.records, day, top)
    boxes, lines, height = _drawn(found.roots)
    depth = max((box["depth"] for box in boxes), default=0)
    title = str(_("Org chart"))
    return view.render(
        "hrm/org_chart.html",
        page={"title": title},
        head={"title": title, "count": len(found.seats) if top is None else sum(one.total for one in found.roots)},
        day=day.isoformat(),
        shown_day=view.formats.date(day),
        unit=top,
        units=[
            {"value": number, "label": "\u2003" * level + in_script(name, other, current_locale())[0]}
            for number, name, other, level in directory.all_units(view.records)
        ],
        boxes=boxes,
        lines=lines,
        size={"width": (depth + 1) * (_WIDE + _ACROSS), "height": max(height, 40)},
        wide=_WIDE,
        listed=[_listed(box, found, 0) for box in found.roots],
        files=_files(view, found),
        empty={"title": str(_("Nobody was placed on this day.")), "text": str(_("Choose a later day."))},
    )


def _day(view: View) -> date:
    try:
        return date.fromisoformat(view.args.get("on", ""))
    except ValueError:
        return view.today


def _drawn(roots: list[org.UnitBox]) -> tuple[list[dict[str, Any]], list[str], int]:
    """Boxes with their places, lines between them, height of the whole."""
    boxes: list[dict[str, Any]] = []
    lines: list[str] = []

    def place(box: org.UnitBox, depth: int, top: int) -> tuple[int, int]:
        own = _HEAD + _LINE * min(len(box.seats), _MOST) + (18 if len(box.seats) > _MOST else 0) + 6
        here: dict[str, Any] = {
            "x": depth * (_WIDE + _ACROSS), "y": top, "height": own, "name": box.name, "total": box.total,
            "depth": depth, "more": max(0, len(box.seats) - _MOST),
            "seats": [
                {"y": top + _HEAD + _LINE * row, "name": seat.name, "position": seat.position, "heads": seat.heads,
                 "user": seat.user}
                for row, seat in enumerate(box.seats[:_MOST])
            ],
        }  # fmt: skip
        boxes.append(here)
        below, end = top, top + own
        for child in (one for one in box.below if one.total):
            child_top, below = place(child, depth + 1, below)
            middle = here["x"] + _WIDE + _ACROSS // 2
            lines.append(f"M{here['x'] + _WIDE} {top + 15}H{middle}V{child_top + 15}H{here['x'] + _WIDE + _ACROSS}")
        return top, max(end + _GAP, below)

    height = 0
    for root in roots:
        _top, height = place(root, 0, height)
    return boxes, lines, height


def _listed(box: org.UnitBox, found: org.Chart, depth: int) -> dict[str, Any]:
    def line(seat: org.Seat) -> dict[str, Any]:
        above = org.head_of(found, seat.user)
        return {
            "user": seat.user, "name": seat.name, "position": seat.position, "heads": seat.heads,
            "above": above.name if above is not None else "",
        }  # fmt: skip

    return {
        "name": box.name, "total": box.total, "seats": [line(seat) for seat in box.seats],
        "below": [_listed(one, found, depth + 1) for one in box.below if one.total],
    }  # fmt: skip


def _files(view: View, found: org.Chart) -> dict[int, str]:
    """Addresses of the files the viewer may read, by user."""
    files: dict[int, str] = {}
    users = sorted(found.seats)
    for start in range(0, len(users), 200):
        filters = {"user__in": users[start : start + 200], "gone__in": "true,false"}
        page = view.records.query("hrm.employee", fields=("user",), filters=filters, limit=200)
        files |= {row["user"].id: view.url("hrm.employee", row["id"]) for row in page.rows}
    return files
