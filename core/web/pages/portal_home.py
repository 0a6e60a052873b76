"""Home of the external portals: what waits for the visitor, their records, who at the company is responsible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from weft.core.i18n import in_script, translator
from weft.core.portal import homes
from weft.core.portal.contact import contact_of
from weft.core.portal.navigation import new_entries
from weft.core.web.policies import may
from weft.core.web.tiles import tile_of
from weft.core.web.values import Values, face, title_names

if TYPE_CHECKING:
    from weft.core.registry.model import EntityType
    from weft.core.web.request import View

__all__ = ["portal_home"]

_ = translator("core")

_ROWS = 5


def portal_home(view: View) -> Response:
    """Cards in the order of the bands; kinds of records that no tile shows get a card of their own."""
    widgets = homes.arrangement(view, view.records)
    order = list(homes.BANDS)
    placed = sorted(widgets, key=lambda one: order.index(one.band))
    cards: list[dict[str, Any] | None] = [_card(tile_of(view, widget)) for widget in placed]
    shown = {widget.key.rpartition(".")[0] for widget in widgets}
    for entity in view.runtime.registry.entities.values():
        if entity.plugin in shown or entity.plugin == "core":
            continue
        if may(view.runtime, view.principal, "read", entity.key):
            cards.append(_records(view, entity))
    contact = contact_of(view.connection, view.principal)
    greeting = in_script(view.principal.name, view.principal.name_alt)[0]
    head: dict[str, Any] = {"title": str(_("Welcome, %(name)s") % {"name": greeting}), "sub": _organisations(view)}
    made = new_entries(view)
    if made:
        head["action"] = {"label": str(made[0][0].label), "url": made[0][1], "icon": "plus"}
    return view.render(
        "pages/portal_home.html",
        page={"title": str(_("Home")), "tab": "home", "has_contact": contact is not None},
        head=head,
        cards=[card for card in cards if card],
        contact=_contact(contact),
    )


def _contact(contact: Any) -> dict[str, Any] | None:
    if contact is None:
        return None
    return {
        "name": contact.name,
        "note": contact.position,
        "email": contact.email,
        "face": face(contact.user_id, contact.name),
    }


def _organisations(view: View) -> str:
    """Names of the organisations that stand for the visitor."""
    refs = view.records.titles(view.principal.anchors)
    names = [in_script(ref.title, ref.alt)[0] for ref in refs.values() if not ref.restricted and ref.title]
    return " · ".join(names)


def _card(tile: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"title": row["title"], "url": row.get("url"), "sub": row.get("sub"), "end": (row.get("end") or {}).get("text")}
        for row in tile.get("rows") or ()
        if "title" in row
    ]
    return {
        "title": tile["title"],
        "count": tile.get("count"),
        "rows": rows,
        "more": {"label": str(_("All")), "url": tile["url"]},
        "empty": tile.get("empty") or {"title": str(_("Nothing here yet."))},
    }


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
        "title": str(entity.plural),
        "count": page.count.value if page.count else None,
        "rows": rows,
        "more": {"label": str(_("All")), "url": view.url(entity.key)},
    }
