"""Home, To do, arranging tiles; the root address; short links to records."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, session

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.portal import faces, homes
from weft.core.records.merge import merged_into
from weft.core.web import todo
from weft.core.web.arrivals import arrived
from weft.core.web.pages.portal_home import portal_home
from weft.core.web.periods import home_period
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.tiles import spread, tile_of

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("home", __name__)
_PERIOD = "period"


@route(blueprint, "/", policy="public", endpoint="root")
def root() -> Response:
    view = current()
    portal = faces.portal_of_host(view.runtime, request.host)
    if portal is not None:
        return view.redirect(f"/{portal}/")
    if not view.signed_in:
        return view.redirect("/auth/")
    return view.redirect(view.page())


@route(blueprint, "/r/<int:record_id>", policy="signed_in", endpoint="record")
def short_link(record_id: int) -> Response:
    """Lead to the record in the viewer's portal; where several are signed in, the first that may read it wins."""
    view = current()
    for audience in view.audiences():
        if view.principal.audience != audience and not view.try_audience(audience):
            continue
        try:
            row = view.records.find(merged_into(view.connection, record_id) or record_id)
        except NotFound:
            continue
        return view.redirect(view.url(row.type, row.id))
    raise NotFound(str(record_id))


@route(blueprint, "/<portal>/", policy="signed_in", endpoint="home")
def home(portal: str) -> Response:
    view = current()
    if view.portal_key != "employee":
        return portal_home(view)
    view.period = period_of(view)
    widgets = homes.arrangement(view, view.records)
    bands = []
    for key, title in homes.BANDS.items():
        tiles = [tile_of(view, widget) for widget in widgets if widget.band == key]
        if tiles:
            bands.append({"title": str(title), "tiles": spread(tiles)})
    figures = any(widget.band == "figures" for widget in widgets)
    periods = [
        {"label": str(label), "url": view.page(period=key), "current": key == view.period}
        for key, label in homes.PERIODS.items()
    ]
    head: dict[str, Any] = {
        "title": view.formats.long_date(view.today),
        "period": periods if figures else None,
        "actions": [
            {
                "label": str(_("Arrange")),
                "url": view.page("me", "home"),
                "icon": "layout-grid-add",
                "ghost": True,
                "opens": "dialog",
            }
        ],
    }
    page = {"title": str(_("Home")), "tab": "home"}
    return view.render(
        "pages/home.html", page=page, bands=bands, head=head, welcome=_welcome(view, bands), arrived=arrived(view),
        printed=str(_("Figures of %(period)s") % {"period": home_period(view).label}) if figures else "",
    )  # fmt: skip


def period_of(view: View) -> str:
    """Month, quarter or year: of the address, else as last chosen in this browser."""
    chosen = view.args.get(_PERIOD, "")
    if chosen in homes.PERIODS:
        session[_PERIOD] = chosen
    found = session.get(_PERIOD, "month")
    return found if found in homes.PERIODS else "month"


def _welcome(view: View, bands: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What a person sees whose roles give no tile yet."""
    if bands:
        return None
    return {
        "title": str(_("Nothing waits for you")),
        "text": str(_("Tiles appear here with the roles an administrator gives you.")),
    }


@route(blueprint, "/<portal>/me/home/", policy="signed_in", endpoint="arrange")
def show_arrange(portal: str) -> Response:
    view = current()
    shown = homes.arrangement(view, view.records)
    keys = {widget.key for widget in shown}
    rest = [widget for widget in homes.allowed_widgets(view).values() if widget.key not in keys]
    rows = [
        {"key": one.key, "label": str(one.label), "band": str(homes.BANDS[one.band]), "shown": one.key in keys}
        for one in [*shown, *rest]
    ]
    return view.render("pages/arrange.html", rows=rows, action=view.page("me", "home"))


@route(blueprint, "/<portal>/me/home/", policy="signed_in", methods=["POST"], endpoint="store_arrange")
def store_arrange(portal: str) -> Response:
    view = current()
    if view.form.get("reset") == "1":
        homes.store_arrangement(view, view.records, None)
        view.toast(_("The home page is as it was at first"))
        return view.redirect(view.page())
    allowed = list(homes.allowed_widgets(view))
    places = {key: view.form.get(f"place-{key}", "") for key in allowed}
    order = sorted(allowed, key=lambda key: int(places[key]) if places[key].isdigit() else 999)
    homes.store_arrangement(view, view.records, [key for key in order if key in view.form.getlist("show")])
    view.toast(_("The home page is arranged"))
    return view.redirect(view.page())


@route(blueprint, "/<portal>/todo/", policy="signed_in", endpoint="todo")
def show_todo(portal: str) -> Response:
    view = current()
    panels: list[dict[str, Any]] = []
    for widget, data in todo.summary(view):
        rows = data.get("rows") or []
        panels.append(
            {
                "title": str(widget.label),
                "url": widget.link(view) if widget.link and not data.get("whose") else None,
                "count": data.get("count"),
                "rows": rows,
                "rows_two": any(row.get("sub") for row in rows),
                "full": True,
                "empty": {"title": str(widget.empty) or str(_("Nothing waits here."))},
                "more": _more(widget.link(view) if widget.link and not data.get("whose") else "", data, rows),
            }
        )
    total = sum(int(panel["count"] or 0) for panel in panels)
    page = {"title": str(_("To do")), "count": total, "tab": "todo"}
    return view.render("pages/todo.html", page=page, head={"title": page["title"], "count": total}, panels=panels)


def _more(url: str, data: dict[str, Any], rows: list[Any]) -> dict[str, str] | None:
    rest = int(data.get("count") or 0) - len(rows)
    return {"label": str(_("and %(n)s more") % {"n": rest}), "url": url} if url and rest > 0 else None
