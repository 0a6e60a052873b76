"""Home of the external portals: what waits for the visitor first, then their records; who at the company answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Response

from weft.core.i18n import in_script, translator
from weft.core.portal import homes
from weft.core.portal.contact import contact_of
from weft.core.portal.navigation import OWN_TRAITS, new_entries
from weft.core.registry.declarations import Widget
from weft.core.web.arrivals import arrived
from weft.core.web.contacts import contact_data
from weft.core.web.policies import may
from weft.core.web.tiles import tile_of, widget_data
from weft.core.web.values import Values, title_names

if TYPE_CHECKING:
    from weft.core.registry.model import EntityType
    from weft.core.web.request import View

__all__ = ["portal_home"]

_ = translator("core")

_ROWS = 5
_WAITING = 10
_SIDE = frozenset({"number", "counts"})


def portal_home(view: View) -> Response:
    """Waiting for you, the cards of the other bands, at the side figures and the contact."""
    widgets = homes.arrangement(view, view.records)
    order = list(homes.BANDS)
    placed = sorted(widgets, key=lambda one: order.index(one.band))
    main: list[dict[str, Any]] = [_waiting(view, [one for one in placed if _waits(one)])]
    side: list[dict[str, Any]] = []
    for widget in placed:
        if not _waits(widget):
            beside = widget.band == "figures" or widget.kind in _SIDE
            (side if beside else main).append(_card(tile_of(view, widget)))
    main += _unshown(view, widgets)
    contact = contact_data(view, contact_of(view.connection, view.principal))
    head: dict[str, Any] = {
        "title": _greeting(view),
        "sub": _organisations(view),
        "more": [
            {"label": str(_("Arrange")), "url": view.page("me", "home"), "icon": "layout-grid-add", "opens": "dialog",
             "ghost": True}
        ],
    }  # fmt: skip
    made = new_entries(view)
    if made:
        head["action"] = {"label": str(made[0][0].label), "url": made[0][1], "icon": "plus"}
    return view.render(
        "pages/portal_home.html",
        page={"title": str(_("Home")), "tab": "home", "has_contact": contact is not None},
        head=head,
        cards=main,
        side=side,
        contact=contact,
        arrived=arrived(view),
    )


def _greeting(view: View) -> str:
    """Good morning, afternoon or evening by the visitor's clock, with the name people call them by."""
    now: datetime = view.runtime.clock().astimezone(ZoneInfo(view.zone))
    name = in_script(view.principal.name, view.principal.name_alt)[0]
    if name.isascii() or not any("\u4e00" <= letter <= "\u9fff" for letter in name):
        name = name.split(" ")[0]
    words = _("Good morning, %(name)s") if 4 <= now.hour < 12 else _("Good afternoon, %(name)s")
    if now.hour >= 18 or now.hour < 4:
        words = _("Good evening, %(name)s")
    return str(words % {"name": name})


def _organisations(view: View) -> str:
    """Names of the organisations that stand for the visitor."""
    registry = view.runtime.registry
    refs = view.records.titles(view.principal.anchors)
    found = [ref for ref in refs.values() if not ref.restricted and ref.title]
    firms = [ref for ref in found if "core.organization" in registry.entities[ref.type].spec.traits]
    return " · ".join(in_script(ref.title, ref.alt)[0] for ref in firms or found)


# ---- what waits


def _waits(widget: Widget) -> bool:
    return widget.band == "todo" and widget.kind == "list"


def _waiting(view: View, widgets: Sequence[Widget]) -> dict[str, Any]:
    """All things that wait in one card: what, who asked and until when, with the button that does it."""
    rows: list[dict[str, Any]] = []
    total = 0
    for widget in widgets:
        data = widget_data(view, widget)
        if data is None:
            continue
        found = [_row(row) for row in data.get("rows") or () if "title" in row]
        total += int(data.get("count") or len(found))
        rows += found
    card: dict[str, Any] = {
        "key": "waiting",
        "title": str(_("Waiting for you")),
        "rows": rows[:_WAITING],
        "empty": {"title": str(_("Nothing waits for you. What needs your answer appears here."))},
    }
    if rows:
        card["count"] = total
    if total > len(card["rows"]):
        card["more"] = {"label": str(_("All")), "url": view.page("todo")}
    return card


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("title", "url", "sub", "icon", "face", "status", "action") if row.get(name)}
    end = row.get("end") or {}
    return kept | ({"end": end} if end.get("text") else {})


# ---- cards


def _card(tile: dict[str, Any]) -> dict[str, Any]:
    """A tile as a card; what is no list keeps the drawing of its kind."""
    card: dict[str, Any] = {
        "key": tile["key"],
        "title": tile["title"],
        "count": tile.get("count"),
        "note": tile.get("period"),
        "more": {"label": str(_("All")), "url": tile["url"]},
    }
    if tile["kind"] == "list":
        card["rows"] = [_row(row) for row in tile.get("rows") or () if "title" in row]
        if not card["rows"]:
            card.pop("more")
            card["count"] = None
        return card | {"empty": tile.get("empty") or {"title": str(_("Nothing here yet."))}}
    return card | {"tile": tile}


def _unshown(view: View, widgets: Sequence[Widget]) -> list[dict[str, Any]]:
    """The latest records of plugins that bring no tile, so that nothing shared is invisible."""
    shown = {widget.key.partition(".")[0] for widget in widgets}
    cards = [
        _records(view, entity)
        for entity in view.runtime.registry.entities.values()
        if entity.plugin not in shown
        and entity.plugin != "core"
        and not entity.spec.traits & OWN_TRAITS
        and may(view.runtime, view.principal, "read", entity.key)
    ]
    return [card for card in cards if card is not None]


def _records(view: View, entity: EntityType) -> dict[str, Any] | None:
    """The latest records of one kind."""
    page = view.records.query(entity.key, fields=title_names(entity), limit=_ROWS, count="capped")
    if not page.rows:
        return None
    values = Values(view.runtime.registry, view.portal_key)
    rows = []
    for row in page.rows:
        title, other = values.title(row, entity)
        one: dict[str, Any] = {"title": title, "url": view.url(entity.key, row.id), "sub": other}
        seen = values.record_face(entity.key, row.id, title)
        rows.append(one | ({"face": seen} if seen else {"icon": entity.spec.icon}))
    return {
        "key": entity.key,
        "title": str(entity.plural),
        "count": page.count.value if page.count else None,
        "rows": rows,
        "more": {"label": str(_("All")), "url": view.url(entity.key)},
    }
