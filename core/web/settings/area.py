"""The Settings area: its pages in order, and the frame each of them uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Response

from weft.core.errors import FieldError
from weft.core.i18n import translator

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["BASE", "PAGES", "POLICY", "field", "form_block", "settings_nav", "settings_page"]

_ = translator("core")

BASE = "/employee/settings/"
POLICY = "role:core.admin"

#: Word of the address -> words on screen, in the order of the side list.
PAGES = {
    "company": _("Company"),
    "users": _("Users"),
    "units": _("Units and positions"),
    "roles": _("Roles and rights"),
    "portals": _("Portals and menus"),
    "values": _("Lists and values"),
    "plugins": _("Plugins"),
    "imports": _("Import and export"),
    "mail": _("Mail and connections"),
    "jobs": _("Jobs and health"),
    "audit": _("Audit trail"),
}


#: Pages of plugins stand after this one.
_PLUGINS_AFTER = "values"


def settings_nav(word: str, view: View | None = None) -> list[dict[str, Any]]:
    """The side list of the area with one page marked; with a view also the pages that plugins add."""
    nav: list[dict[str, Any]] = []
    for key, label in PAGES.items():
        nav.append({"label": str(label), "url": f"{BASE}{key}/", "current": key == word})
        if key == _PLUGINS_AFTER and view is not None:
            nav += _of_plugins(view, word)
    nav.append({"label": str(_("Trash")), "url": "/employee/trash/", "current": False})
    return nav


def _of_plugins(view: View, word: str) -> list[dict[str, Any]]:
    """Entries of the group ``settings`` whose page fills the word ``settings``."""
    registry = view.runtime.registry
    found = []
    for entry in sorted(registry.nav_entries.values(), key=lambda one: (one.order, one.key)):
        route = registry.routes.get(entry.endpoint)
        if entry.group == "settings" and route is not None and route.page == "settings":
            key = route.rule.strip("/").partition("/")[0]
            found.append({"label": str(entry.label), "url": f"{BASE}{key}/", "current": key == word})
    return found


def settings_page(
    view: View,
    word: str,
    blocks: Sequence[dict[str, Any]],
    *,
    title: object = "",
    actions: Sequence[dict[str, Any]] = (),
    crumbs: Sequence[dict[str, str]] = (),
    count: object = None,
    status: int = 200,
) -> Response:
    """One page of the area.

    Args:
        word: key of :data:`PAGES`, or the word of a plugin's page; the side list marks it.
        blocks: parts of the page, see ``settings/page.html``.
        title: of a page below that one, else its own.
        actions: buttons of the head.
        crumbs: the way up from a page below.
    """
    nav = settings_nav(word, view)
    head: dict[str, Any] = {"title": str(title or PAGES[word]), "actions": list(actions)}
    if crumbs:
        head["crumbs"] = {"links": list(crumbs)}
    if count is not None:
        head["count"] = count
    page: dict[str, Any] = {"title": head["title"]}
    if crumbs:
        page["back"] = crumbs[-1]
    return view.render("settings/page.html", status, page=page, head=head, nav=nav, blocks=list(blocks))


def field(name: str, kind: str, label: object, value: Any = "", **more: Any) -> dict[str, Any]:
    """A form field."""
    return {"name": name, "kind": kind, "label": str(label), "value": value, **more}


def form_block(
    action: str,
    fields: Sequence[dict[str, Any]],
    submit: object,
    errors: Sequence[FieldError] = (),
    **more: Any,
) -> dict[str, Any]:
    """A form with its errors beside the fields and in the summary; posted as a plain page."""
    messages = {error.field: str(error.message) for error in errors}
    names = {one["name"] for one in fields}
    shown = [one | ({"error": messages[one["name"]]} if one["name"] in messages else {}) for one in fields]
    summary = [
        {"text": str(error.message), **({"field": error.field} if error.field in names else {})} for error in errors
    ]
    form = {"action": action, "fields": shown, "submit": str(submit), "errors": summary, "plain": True, **more}
    return {"kind": "form", "form": form}
