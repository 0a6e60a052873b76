"""The data behind every frame: menu, New, favourites, counts, person menu, addresses the islands use.

Built once per request and only when a template looks at it, so that fragments cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from werkzeug.routing import BuildError

from weft.core.collaboration import favourites
from weft.core.i18n import LOCALES, in_script, translator
from weft.core.identity import preferences
from weft.core.portal import navigation
from weft.core.portal.contact import contact_of
from weft.core.portal.navigation import MenuGroup
from weft.core.web import counts, toasts
from weft.core.web.contacts import contact_data
from weft.core.web.dress import HTML_LANG, dress
from weft.core.web.lists.pins import pinned_links
from weft.core.web.policies import policy_allows
from weft.core.web.portal_menu import with_content
from weft.core.web.routing import mark_of
from weft.core.web.values import Values, face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["LazyFrame", "build_frame", "endpoint_url", "sidebar_state"]

_ = translator("core")

#: Groups shown open until a person shuts them.
_OPEN = frozenset({"work", "customers"})
_WORK_LIMIT = 4
SIDEBAR = "sidebar"


class LazyFrame:
    """The frame as templates see it; nothing is computed before the first look."""

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build
        self._data: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._data is None:
            self._data = self._build()
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(name) from None


def endpoint_url(view: View, endpoint: str) -> str | None:
    """Address of a page in the viewer's portal, None when it does not exist or its policy keeps the viewer out."""
    if endpoint in view.runtime.registry.routes:
        # The declared page of a plugin is mounted in a blueprint of its own; see weft.core.web.mounts.
        endpoint = f"{endpoint.replace('.', '_')}.view"
    mark = mark_of(current_app, endpoint)
    if mark is None or not policy_allows(view.runtime, view.principal, mark.policy):
        return None
    # Pages of plugins stand at a fixed portal: given as a value it would become a part of the query.
    takes = any("portal" in rule.arguments for rule in current_app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = {"portal": view.portal_key} if takes else {}
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def build_frame(view: View) -> dict[str, Any]:
    """All the frame needs, for somebody signed in or not."""
    theme = view.theme
    frame: dict[str, Any] = {
        "lang": HTML_LANG[view.locale],
        "theme": "system" if theme == "auto" else theme,
        "here": request.full_path.rstrip("?") if not view.writing else view.page(),
        "portal": view.portal_key,
        "layout": "wf/app.html" if view.portal_key == "employee" else "wf/portal.html",
        "today": view.today,
        "toast": toasts.pending(),
    } | dress(view, view.portal_key)
    if view.viewer is not None and view.principal.read_only:
        frame["viewing"] = {
            "viewer": in_script(view.viewer.name, view.viewer.name_alt)[0],
            "person": in_script(view.principal.name, view.principal.name_alt)[0],
            "leave": {"label": str(_("Leave the view")), "url": "/auth/view-as/leave", "opens": "post", "stays": True},
        }
    if not view.signed_in:
        frame["urls"] = {"home": "/", "locale": "/auth/locale", "theme": "/auth/theme", "search": "/", "todo": "/"}
        frame["urls"]["notices"] = "/"
        frame["user"] = {"name": "", "face": {"initials": "", "slot": 1}}
        frame["layout"] = "refusals/bare.html"
        return frame
    return frame | _personal(view)


def _personal(view: View) -> dict[str, Any]:
    principal = view.principal
    name, other = in_script(principal.name, principal.name_alt)
    shut = sidebar_state(view)
    groups = navigation.menu(view, lambda endpoint: endpoint_url(view, endpoint))
    here = _here(groups, view)
    found: dict[str, Any] = {
        "user": {"name": name, "note": other, "face": face(principal.user_id or 0, name)},
        "urls": {
            "home": view.page(),
            "todo": view.page("todo"),
            "notices": view.page("notices"),
            "search": view.page("search"),
            "palette": view.page("palette"),
            "locale": view.page("me", "locale"),
            "theme": view.page("me", "theme"),
            "sidebar": view.page("me", "sidebar"),
            "live": view.page("me", "live"),
        },
        "home_current": view.path == view.page(),
        "new": [
            {"label": str(entry.label), "url": url, "icon": view.entity(entry.entity).spec.icon}
            for entry, url in navigation.new_entries(view)
        ],
        "counts": counts.counts(view),
        "person_menu": _person_menu(view),
        "sidebar_shut": bool(shut.get("")),
    }
    found |= _favourites(view)
    if view.portal_key == "employee":
        found["nav"] = [_group(view, group, here, shut, found["counts"]) for group in groups]
    else:
        found["nav"], found["joined"] = _flat(view, groups, here, found["counts"])
        found |= _portal_parts(view)
    return found


def sidebar_state(view: View) -> dict[str, Any]:
    """Group key -> open or not, and under the empty key whether the whole sidebar is shut."""
    if view.principal.user_id is None:
        return {}
    found = preferences.get(view.connection, view.principal.user_id, SIDEBAR, {})
    return dict(found) if isinstance(found, dict) else {}


def _here(groups: list[MenuGroup], view: View) -> str | None:
    addresses: dict[str, str] = {}
    for group in groups:
        for entry in group.entries:
            addresses |= {f"{group.key}/{entry.key}#{tab.key}": tab.url for tab in entry.tabs}
            if not entry.tabs:
                addresses[f"{group.key}/{entry.key}"] = entry.url
    return navigation.best_match(addresses, view.belongs_to or view.path, view.args.to_dict(), view.shown_row)


def _group(
    view: View, group: MenuGroup, here: str | None, shut: dict[str, Any], numbers: dict[str, int]
) -> dict[str, Any]:
    entries = [_entry(view, f"{group.key}/{entry.key}", entry, here, numbers) for entry in group.entries]
    current = any(entry["current"] for entry in entries)
    if group.key == "settings":
        # Settings are an area of their own behind the gear; its pages have their own list.
        inside = view.path.startswith(view.page("settings"))
        return {
            "key": group.key,
            "label": str(group.label),
            "icon": group.icon,
            "url": entries[0]["url"],
            "current": inside,
        }
    found = {
        "key": group.key,
        "label": str(group.label),
        "icon": group.icon,
        "open": bool(shut.get(group.key, group.key in _OPEN)) or current,
        "current": current,
        "entries": entries,
    }
    if group.key == "work" and len(entries) > _WORK_LIMIT + 1:
        found["limit"] = _WORK_LIMIT
    return found


def _entry(
    view: View, key: str, entry: navigation.MenuEntry, here: str | None, numbers: dict[str, int]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "label": str(entry.label),
        "url": entry.url,
        "current": key == (here or "").partition("#")[0],
    }
    counted = next((name for name in navigation.COUNTED if entry.key.endswith(name)), None)
    if counted and (entry.count is not None or counted in numbers):
        found["count_key"] = counted
        found["count"] = numbers.get(counted) if entry.count is None else entry.count(view)
    return found


def _flat(
    view: View, groups: list[MenuGroup], here: str | None, numbers: dict[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines of an external portal, and the tabs of the joined line that is open."""
    lines = [{"label": str(_("Home")), "url": view.page(), "current": view.path == view.page()}]
    opened: list[dict[str, Any]] = []
    for group in groups:
        for entry in group.entries:
            filled = with_content(view, entry.tabs or (entry,))
            if not filled:
                continue
            key = f"{group.key}/{entry.key}"
            line = _entry(view, key, replace(entry, url=filled[0].url), here, numbers)
            lines.append(line)
            if line["current"] and len(filled) > 1:
                opened = [{"label": str(tab.label), "url": tab.url, "current": here == f"{key}#{tab.key}"}
                          for tab in filled]  # fmt: skip
    return lines, opened


def _favourites(view: View) -> dict[str, Any]:
    """Pinned views, favourite and recent records of the person, with titles in one query per entity."""
    kept, seen = favourites.favourites(view.records), favourites.recent(view.records)
    values = Values(view.runtime.registry, view.portal_key)
    found: dict[str, Any] = {}
    for name, refs in (("favourites", kept), ("recent", seen)):
        shown = [values.reference(ref) for ref in refs]
        found[name] = [_link(view, one["title"], one["url"]) for one in shown if "url" in one]
    found["favourites"] = [*pinned_links(view), *found["favourites"]]
    return found


def _link(view: View, title: str, url: str) -> dict[str, Any]:
    return {"label": title, "url": url, "current": view.path == url}


def _person_menu(view: View) -> list[dict[str, Any]]:
    menu: list[dict[str, Any]] = [{"label": str(_("Profile")), "url": view.page("profile"), "icon": "user"}]
    menu.append({"label": str(_("Sessions")), "url": view.page("profile", "sessions"), "icon": "devices"})
    if view.principal.internal:
        menu.append({"label": str(_("Deputy")), "url": view.page("profile", "deputies"), "icon": "user-check"})
    menu.append({"label": str(_("Trash")), "url": view.page("trash"), "icon": "trash"})
    if view.portal_key == "employee" and view.principal.has_role("core.admin"):
        menu.append({"label": str(_("Settings")), "url": view.page("settings"), "icon": "settings"})
    others = [p for p in view.runtime.registry.portals.values() if p.key != view.portal_key]
    signed = [p for p in others if view.has_cookie(p.audience)]
    if signed:
        menu.append({"line": True})
        menu += [
            {"label": str(portal.label), "url": f"/{portal.key}/", "icon": "switch-horizontal"} for portal in signed
        ]
    menu.append({"line": True})
    menu.append(
        {
            "label": str(_("Sign out")),
            "url": f"/auth/{view.principal.audience}/sign-out",
            "opens": "post",
            "icon": "logout",
        }
    )
    return menu


def _portal_parts(view: View) -> dict[str, Any]:
    contact = contact_data(view, contact_of(view.connection, view.principal))
    return {} if contact is None else {"contact": contact}


def locale_names() -> list[dict[str, str]]:
    """Languages to choose from, each in its own words."""
    return [{"value": code, "label": name} for code, name in LOCALES.items()]
