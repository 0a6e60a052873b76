"""Home pages: which tiles a person sees, in which order; what they hid, moved or added is kept per person.

An administrator's default for a role replaces the declared one. Filling a tile is the business of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.collaboration import homes as layouts
from weft.core.i18n import translator
from weft.core.portal.navigation import Viewer
from weft.core.records.facade import Records
from weft.core.registry.declarations import Widget

__all__ = ["BANDS", "PERIODS", "allowed_widgets", "arrangement", "default_for", "store_arrangement", "store_default"]

_ = translator("core")

#: Bands of a home page in their fixed order.
BANDS = {
    "todo": _("To do", "home band"),
    "new": _("New", "home band"),
    "figures": _("Figures", "home band"),
}
PERIODS = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}


def allowed_widgets(viewer: Viewer) -> dict[str, Widget]:
    """Tiles the viewer may have in this portal, in declared order."""
    found = [
        widget
        for widget in viewer.runtime.registry.widgets.values()
        if widget.portal == viewer.portal_key
        and (not widget.roles or viewer.principal.roles.intersection(widget.roles))
        and (widget.shown is None or widget.shown(viewer))
    ]
    return {widget.key: widget for widget in sorted(found, key=lambda one: (one.order, one.key))}


def arrangement(viewer: Viewer, records: Records) -> list[Widget]:
    """The viewer's tiles in order: the person's own arrangement, else the default of their roles."""
    allowed = allowed_widgets(viewer)
    own, defaults = layouts.layout(records, viewer.portal_key)
    usual = default_for(viewer, defaults)
    keys = list(own.get("tiles", ())) if own is not None else usual
    shown = [allowed[key] for key in keys if key in allowed]
    if own is not None:
        # A tile that appeared since the person arranged the page is shown, unless it was hidden by choice.
        known = {*keys, *own.get("hidden", ())}
        shown += [allowed[key] for key in usual if key not in known and key in allowed]
    return shown


def default_for(viewer: Viewer, chosen: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Tile keys that the viewer's roles give: an administrator's choice, else what plugins declared, joined."""
    registry, principal = viewer.runtime.registry, viewer.principal
    homes = [home for home in registry.homes if home.portal == viewer.portal_key and home.role in principal.roles]
    keys: list[str] = []
    for home in sorted(homes, key=lambda one: (one.order, one.role)):
        keys.extend(chosen[home.role].get("tiles", ()) if home.role in chosen else home.widgets)
    declared = {home.role for home in homes}
    for role in sorted(set(chosen) - declared):
        keys.extend(chosen[role].get("tiles", ()))
    return list(dict.fromkeys(keys)) or list(allowed_widgets(viewer))


def store_arrangement(viewer: Viewer, records: Records, shown: Iterable[str] | None) -> None:
    """Keep the person's arrangement; None goes back to the default."""
    value: dict[str, Any] | None = None
    if shown is not None:
        allowed = allowed_widgets(viewer)
        tiles = [key for key in dict.fromkeys(shown) if key in allowed]
        value = {"tiles": tiles, "hidden": [key for key in allowed if key not in tiles]}
    layouts.save(records, viewer.portal_key, value)


def store_default(viewer: Viewer, records: Records, role: str, shown: Iterable[str] | None) -> None:
    """Keep an administrator's default of a role; None goes back to the declared one."""
    layouts.save_default(records, viewer.portal_key, role, None if shown is None else {"tiles": list(shown)})
