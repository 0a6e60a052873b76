"""The employee portal: its audience, the roles that come with rank, and the people of the demo company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Home, NavEntry, Plugin, PortalSpec, Role, Widget, hookimpl, translator
from weft.portals.employee import demo, widgets

_ = translator("portal_employee")


class EmployeePortal(Plugin):
    """Portal of the people of the company."""

    key, title, version, api = "portal_employee", _("Employee portal"), "0.1.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("employee", "employee", _("Employee portal"))]

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        return [
            Role("portal_employee.executive", _("Executive"), help=_("Reads all business of the company.")),
            Role("portal_employee.department_head", _("Department head"), help=_("Reads the business of own units.")),
        ]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("portal_employee.todo", "work", _("To do"), endpoint="home.todo", order=10),
            NavEntry("portal_employee.calendar", "work", _("Calendar"), endpoint="calendar.show", order=15),
            NavEntry("portal_employee.directory", "people", _("Directory"), endpoint="directory.show", order=10),
            NavEntry("portal_employee.notices", "work", _("Notices"), endpoint="notices.notices", order=20),
            NavEntry(
                "portal_employee.settings",
                "settings",
                _("Settings"),
                endpoint="settings_company.show",
                roles=("core.admin",),
                order=10,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return widgets.WIDGETS

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return widgets.HOMES

    @hookimpl
    def weft_demo(self, context: Any) -> None:
        demo.make(context)
