"""Tiles every employee has, and the administrator's home."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home, Widget, translator
from weft.core.websdk import core_tiles

__all__ = ["HOMES", "WIDGETS"]

_ = translator("portal_employee")

ADMIN = "core.admin"
_SETTINGS = "/employee/settings/"


def _settings(word: str) -> Any:
    return lambda view: f"{_SETTINGS}{word}/"


WIDGETS = [
    Widget(
        "portal_employee.todo",
        _("To do"),
        "todo",
        "counts",
        core_tiles.todo,
        link=lambda view: view.page("todo"),
        order=10,
        empty=_("Follow-ups, tasks and approvals appear here when they are due."),
    ),
    Widget(
        "portal_employee.notices",
        _("Notices"),
        "new",
        "list",
        core_tiles.notices,
        link=lambda view: view.page("notices"),
        order=10,
        empty=_("Mentions, assignments and changes you follow appear here."),
    ),
    Widget(
        "portal_employee.attention",
        _("Needs attention"),
        "todo",
        "list",
        core_tiles.attention,
        link=_settings("jobs"),
        roles=(ADMIN,),
        order=20,
        empty=_("Jobs, plugins and mail are in order."),
    ),
    Widget(
        "portal_employee.users",
        _("Users"),
        "figures",
        "counts",
        core_tiles.users,
        link=_settings("users"),
        roles=(ADMIN,),
        order=10,
    ),
    Widget(
        "portal_employee.rights",
        _("Recent changes to rights"),
        "new",
        "list",
        core_tiles.rights_changes,
        link=_settings("audit"),
        roles=(ADMIN,),
        width=2,
        order=20,
        empty=_("Nobody's rights changed lately."),
    ),
    Widget(
        "portal_employee.transfers",
        _("Imports and exports"),
        "figures",
        "list",
        core_tiles.transfers,
        link=_settings("imports"),
        roles=(ADMIN,),
        order=20,
        empty=_("Nothing was imported or exported in the last seven days."),
    ),
    Widget(
        "portal_employee.version",
        _("Version"),
        "figures",
        "number",
        core_tiles.version,
        link=_settings("plugins"),
        roles=(ADMIN,),
        order=30,
    ),
]

HOMES = [
    Home("employee", ("portal_employee.todo", "portal_employee.notices"), order=10),
    Home(
        ADMIN,
        (
            "portal_employee.attention",
            "portal_employee.rights",
            "portal_employee.users",
            "portal_employee.transfers",
            "portal_employee.version",
        ),
        order=90,
    ),
]
