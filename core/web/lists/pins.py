"""Views of lists that a person pinned under Home, and the one they made the first of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import g

from weft.core.collaboration import views as saved
from weft.core.identity import preferences
from weft.core.web.lists.state import DEFAULTS, ListState, preference_key
from weft.core.web.policies import may

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["pinned", "pinned_links", "set_first", "set_pinned"]

_KEY = "views:pinned"
_MOST = 20


def pinned(view: View) -> list[dict[str, str]]:
    """Pinned views in order, each ``{entity, view, page}``; read once per request."""
    if view.principal.user_id is None:
        return []
    if "weft_pinned" not in g:
        found = preferences.get(view.connection, view.principal.user_id, _KEY, [])
        g.weft_pinned = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    kept: list[dict[str, str]] = g.weft_pinned
    return kept


def set_pinned(view: View, state: ListState, on: bool | None) -> bool:
    """Pin the view of a state or take it off, or with None the other of both; True when it is pinned now."""
    if view.principal.user_id is None:
        return False
    mine = {"entity": state.entity.key, "view": state.view.key, "page": state.view.page}
    rest = [one for one in pinned(view) if (one.get("entity"), one.get("view")) != (mine["entity"], mine["view"])]
    on = len(rest) == len(pinned(view)) if on is None else on
    g.weft_pinned = [*rest, mine][-_MOST:] if on else rest
    preferences.put(view.connection, view.principal.user_id, _KEY, g.weft_pinned or None)
    return on


def set_first(view: View, state: ListState, on: bool) -> None:
    """Make the view of a state the one its page opens with, or no longer."""
    if view.principal.user_id is None:
        return
    key = preference_key(state.entity.key, DEFAULTS)
    kept = state.kept.get(key)
    first = dict(kept) if isinstance(kept, Mapping) else {}
    first.pop(state.view.page, None)
    if on:
        first[state.view.page] = state.view.key
    preferences.put(view.connection, view.principal.user_id, key, first or None)


def pinned_links(view: View) -> list[dict[str, Any]]:
    """The pinned views as entries of the menu; what is gone or may no longer be read is left out."""
    kept, registry = pinned(view), view.runtime.registry
    own = [int(one["view"][4:]) for one in kept if one.get("view", "").startswith("own:") and one["view"][4:].isdigit()]
    names = saved.names(view.records, own) if own else {}
    found = []
    for one in kept:
        entity, key = registry.entities.get(one.get("entity", "")), one.get("view", "")
        if entity is None or not may(view.runtime, view.principal, "read", entity.key):
            continue
        if key.startswith("own:"):
            label: Any = names.get(int(key[4:]) if key[4:].isdigit() else 0)
        elif key:
            label = registry.views[key].label if key in registry.views else None
        else:
            label = entity.plural
        if label is None:
            continue
        url = view.url(entity.key, **({"view": key} if key else {"all": "1"}))
        here = view.path == view.url(entity.key) and view.args.get("view", "") == key and bool(key)
        found.append({"label": str(label), "url": url, "current": here})
    return found
