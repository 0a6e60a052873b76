"""Home pages: which tiles a person sees, in which order; what they hid, moved or added is kept per person.

An administrator's default for a role replaces the declared one. Filling a tile is the business of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from weft.core.db.tables import installation
from weft.core.i18n import translator
from weft.core.identity import preferences
from weft.core.portal.navigation import Viewer
from weft.core.registry.declarations import Widget

__all__ = ["BANDS", "PERIODS", "allowed_widgets", "arrangement", "default_for", "store_arrangement", "store_default"]

_ = translator("core")

#: Bands of a home page in their fixed order.
BANDS = {"todo": _("To do"), "new": _("New"), "figures": _("Figures")}
PERIODS = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}


def allowed_widgets(viewer: Viewer) -> dict[str, Widget]:
    """Tiles the viewer may have in this portal, in declared order."""
    found = [
        widget
        for widget in viewer.runtime.registry.widgets.values()
        if widget.portal == viewer.portal_key
        and (not widget.roles or viewer.principal.roles.intersection(widget.roles))
    ]
    return {widget.key: widget for widget in sorted(found, key=lambda one: (one.order, one.key))}


def arrangement(viewer: Viewer, connection: Connection) -> list[Widget]:
    """The viewer's tiles in order: the person's own arrangement, else the default of their roles."""
    allowed = allowed_widgets(viewer)
    user_id = viewer.principal.user_id
    own = preferences.get(connection, user_id, _key(viewer)) if user_id is not None else None
    keys = own["tiles"] if isinstance(own, Mapping) else default_for(viewer, connection)
    shown = [allowed[key] for key in keys if key in allowed]
    if isinstance(own, Mapping):
        # A tile that appeared since the person arranged the page is shown, unless it was hidden by choice.
        known = {*keys, *own.get("hidden", ())}
        shown += [allowed[key] for key in default_for(viewer, connection) if key not in known and key in allowed]
    return shown


def default_for(viewer: Viewer, connection: Connection) -> list[str]:
    """Tile keys that the viewer's roles give: an administrator's choice, else what plugins declared, joined."""
    registry, principal = viewer.runtime.registry, viewer.principal
    homes = [home for home in registry.homes if home.portal == viewer.portal_key and home.role in principal.roles]
    chosen = _stored_defaults(connection, viewer.portal_key, [home.role for home in homes] + list(principal.roles))
    keys: list[str] = []
    for home in sorted(homes, key=lambda one: (one.order, one.role)):
        keys.extend(chosen.pop(home.role, home.widgets))
    for role in sorted(chosen):
        keys.extend(chosen[role])
    return list(dict.fromkeys(keys)) or list(allowed_widgets(viewer))


def store_arrangement(viewer: Viewer, connection: Connection, shown: Iterable[str] | None) -> None:
    """Keep the person's arrangement; None goes back to the default."""
    if viewer.principal.user_id is None:
        return
    value: dict[str, Any] | None = None
    if shown is not None:
        allowed = allowed_widgets(viewer)
        tiles = [key for key in dict.fromkeys(shown) if key in allowed]
        value = {"tiles": tiles, "hidden": [key for key in allowed if key not in tiles]}
    preferences.put(connection, viewer.principal.user_id, _key(viewer), value)


def store_default(connection: Connection, portal: str, role: str, keys: Iterable[str] | None) -> None:
    """Set an administrator's default of a role; None goes back to the declared one."""
    name = _default_key(portal, role)
    connection.execute(delete(installation).where(installation.c.key == name))
    if keys is not None:
        connection.execute(insert(installation).values(key=name, value=list(keys), secret=False))


def _stored_defaults(connection: Connection, portal: str, roles: Iterable[str]) -> dict[str, list[str]]:
    names = {_default_key(portal, role): role for role in roles}
    statement = select(installation.c.key, installation.c.value).where(installation.c.key.in_(list(names)))
    return {names[row.key]: list(row.value) for row in connection.execute(statement)}


def _default_key(portal: str, role: str) -> str:
    return f"home:{portal}:{role}"


def _key(viewer: Viewer) -> str:
    return f"home:{viewer.portal_key}"
