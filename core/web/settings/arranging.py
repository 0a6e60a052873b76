"""Settings > Portals and menus > Menu, Home pages: order, hidden lines, other words; tiles that a role begins with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response
from werkzeug.datastructures import MultiDict

from weft.core.collaboration import homes as layouts
from weft.core.i18n import LOCALES, translator, use_locale
from weft.core.identity.principals import close_roles
from weft.core.portal import faces, homes, navigation
from weft.core.registry.access import Role
from weft.core.registry.declarations import Widget
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import POLICY
from weft.core.web.settings.portals import HERE, portal_page, portal_spec

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_arranging", __name__)


# ---- menu


@route(blueprint, HERE + "<key>/menu/", policy=POLICY, endpoint="menu")
def show_menu(key: str) -> Response:
    view = current()
    portal_spec(view, key)
    kept = faces.face_of(view.runtime, key).menu
    rows = _menu_rows(view, key)
    for row in rows:
        wish = kept.get(row["key"], {})
        row["shown"] = not wish.get("hidden")
        row["place"] = wish.get("place") or row["place"]
        for text in row["texts"]:
            text["value"] = (wish.get("label") or {}).get(text["locale"], "")
    block = {
        "kind": "arrange", "action": f"{HERE}{key}/menu/", "label": str(_("Menu")), "rows": _by_place(rows),
        "submit": str(_("Save")), "reset": str(_("As at first")),
    }  # fmt: skip
    note = _("Tick what to show; the numbers set the order. An empty line keeps its own words.")
    return portal_page(view, key, "menu", [{"kind": "note", "text": str(note)}, block])


def _menu_rows(view: View, key: str) -> list[dict[str, Any]]:
    """A line per group (inside the company) and entry, in declared order, with its own words in every language."""
    rows: list[dict[str, Any]] = []
    grouped = portal_spec(view, key).audience == "employee"
    number = 0
    for place, group in enumerate(navigation.declared_menu(view.runtime, key), 1):
        if grouped:
            rows.append(_line(f"group:{group.key}", group.label, place, group="", head=True))
            number = 0
        for entry in group.entries:
            number += 1
            rows.append(_line(entry.key, entry.label, number, group=f"group:{group.key}" if grouped else ""))
    return rows


def _line(key: str, label: Any, place: int, *, group: str, head: bool = False) -> dict[str, Any]:
    texts = []
    for code, language in LOCALES.items():
        with use_locale(code):
            own = str(label)
        texts.append({"name": f"label-{code}-{key}", "locale": code, "label": language, "placeholder": own})
    return {"key": key, "label": str(label), "place": place, "texts": texts, "group": head, "below": group}


def _by_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups in their order, the entries of each below it."""
    heads = sorted((row for row in rows if row["group"]), key=lambda row: row["place"])
    order = {row["key"]: number for number, row in enumerate(heads)}
    return sorted(rows, key=lambda row: (order.get(row["below"] or row["key"], 0), not row["group"], row["place"]))


@route(blueprint, HERE + "<key>/menu/", policy=POLICY, methods=["POST"], endpoint="save_menu")
def save_menu(key: str) -> Response:
    view = current()
    form, menu = view.form, {}
    if form.get("reset") != "1":
        shown = set(form.getlist("show"))
        for row in _menu_rows(view, key):
            wish: dict[str, Any] = {"place": _place(form, row["key"], row["place"])}
            if row["key"] not in shown:
                wish["hidden"] = True
            label = {text["locale"]: " ".join(form.get(text["name"], "").split())[:24] for text in row["texts"]}
            if any(label.values()):
                wish["label"] = {code: words for code, words in label.items() if words}
            if wish != {"place": row["place"]}:
                menu[row["key"]] = wish
    faces.save_menu(view.records, key, menu)
    view.toast(_("The menu is arranged") if menu else _("The menu is as it was at first"))
    return view.redirect(f"{HERE}{key}/menu/")


def _place(form: MultiDict[str, str], key: str, usual: int) -> int:
    typed = form.get(f"place-{key}", "")
    return min(int(typed), 999) if typed.isdigit() and int(typed) else usual


# ---- home pages


@route(blueprint, HERE + "<key>/homes/", policy=POLICY, endpoint="homes")
def show_homes(key: str) -> Response:
    view = current()
    roles = _roles(view, key)
    role = next((one for one in roles if one.key == view.args.get("role")), roles[0])
    chosen = layouts.default_of(view.records, key, role.key)
    shown = chosen if chosen is not None else _declared(view, key, role.key)
    offered = _widgets(view, key, role)
    order = [*(one for one in shown if one in offered), *(one for one in offered if one not in shown)]
    rows = [
        {
            "key": one, "label": str(offered[one].label), "note": str(homes.BANDS[offered[one].band]),
            "shown": one in shown, "place": number,
        }
        for number, one in enumerate(order, 1)
    ]  # fmt: skip
    address = f"{HERE}{key}/homes/?role={role.key}"
    picks = [
        {"label": str(one.label), "url": f"{HERE}{key}/homes/?role={one.key}", "current": one.key == role.key}
        for one in roles
    ]
    note = _("People begin with the tiles of all their roles and may arrange their own home afterwards.")
    blocks: list[dict[str, Any]] = [
        {"kind": "note", "text": str(note)},
        {"kind": "tabs", "tabs": {"label": str(_("Roles")), "tabs": picks}},
    ]
    if rows:
        reset = str(_("As at first")) if chosen is not None else ""
        blocks.append(
            {"kind": "arrange", "action": address, "label": str(role.label), "rows": rows, "submit": str(_("Save")),
             "reset": reset}
        )  # fmt: skip
    else:
        blocks.append({"kind": "empty", "empty": {"title": str(_("No tile is made for this role."))}})
    return portal_page(view, key, "homes", blocks)


@route(blueprint, HERE + "<key>/homes/", policy=POLICY, methods=["POST"], endpoint="save_homes")
def save_homes(key: str) -> Response:
    view = current()
    role = next((one for one in _roles(view, key) if one.key == view.args.get("role")), None)
    back = f"{HERE}{key}/homes/"
    if role is None:
        return view.redirect(back)
    tiles: list[str] | None = None
    if view.form.get("reset") != "1":
        offered = _widgets(view, key, role)
        usual = {one: number for number, one in enumerate(offered, 1)}
        ticked = [one for one in offered if one in view.form.getlist("show")]
        tiles = sorted(ticked, key=lambda one: _place(view.form, one, usual[one]))
    layouts.save_default(view.records, key, role.key, None if tiles is None else {"tiles": tiles})
    view.toast(_("The home page of %(role)s is arranged") % {"role": str(role.label)})
    return view.redirect(f"{back}?role={role.key}")


def _roles(view: View, key: str) -> list[Role]:
    """Roles of the portal's audience, its base role first."""
    audience = portal_spec(view, key).audience
    found = [role for role in view.runtime.registry.roles.values() if role.audience == audience]
    return sorted(found, key=lambda one: (one.key != audience, str(one.label)))


def _widgets(view: View, key: str, role: Role) -> dict[str, Widget]:
    """Tiles that somebody with this role may have."""
    held = close_roles(view.runtime.registry, [role.key], role.audience)
    return {
        one.key: one
        for one in sorted(_of_portal(view, key), key=lambda one: (one.order, one.key))
        if not one.roles or held.intersection(one.roles)
    }


def _of_portal(view: View, key: str) -> Iterable[Widget]:
    return (one for one in view.runtime.registry.widgets.values() if one.portal == key)


def _declared(view: View, key: str, role: str) -> list[str]:
    return [
        tile
        for home in view.runtime.registry.homes
        if home.portal == key and home.role == role
        for tile in home.widgets
    ]
