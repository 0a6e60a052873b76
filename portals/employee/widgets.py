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
        "portal_employee.today",
        _("Today"),
        "todo",
        "schedule",
        core_tiles.schedule,
        link=lambda view: view.page("calendar", view="day", tasks="0", date=view.today.isoformat()),
        order=80,
        empty=_("Appointments and planned activities of the day appear here."),
    ),
    Widget(
        "portal_employee.tasks",
        _("Tasks"),
        "todo",
        "list",
        core_tiles.tasks,
        link=lambda view: view.page("calendar", view="tasks"),
        order=70,
        empty=_("Tasks appear here on their day, and stay until they are ticked off."),
    ),
    Widget(
        "portal_employee.confirmations",
        _("Changes to confirm"),
        "todo",
        "list",
        core_tiles.confirmations,
        link=lambda view: view.page("todo"),
        order=80,
        empty=_("A bank account or tax number that a customer or supplier wants changed waits here for you."),
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
        "todo",
        "counts",
        core_tiles.users,
        link=_settings("users"),
        roles=(ADMIN,),
        order=30,
    ),
    Widget(
        "portal_employee.adoption",
        _("Adoption"),
        "new",
        "list",
        core_tiles.adoption,
        link=_settings("units"),
        roles=(ADMIN,),
        order=30,
        empty=_("Nobody has used Weft this week yet."),
    ),
    Widget(
        "portal_employee.rights",
        _("Recent changes to rights"),
        "new",
        "list",
        core_tiles.rights_changes,
        link=lambda view: f"{_SETTINGS}audit/?what=rights",
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
        empty=_("Nothing was imported or exported in this time."),
    ),
    Widget(
        "portal_employee.version",
        _("Version"),
        "new",
        "number",
        core_tiles.version,
        link=_settings("plugins"),
        roles=(ADMIN,),
        order=30,
    ),
]

HOMES = [
    Home("employee", ("portal_employee.todo", "portal_employee.today", "portal_employee.notices"), order=10),
    Home(
        ADMIN,
        (
            "portal_employee.attention",
            "portal_employee.rights",
            "portal_employee.users",
            "portal_employee.adoption",
            "portal_employee.transfers",
            "portal_employee.version",
        ),
        order=90,
    ),
]
