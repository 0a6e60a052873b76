"""The employee portal: its audience, the roles that come with rank, and the people of the demo company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, PortalSpec, Role, hookimpl, translator
from weft.portals.employee import demo

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
    def weft_demo(self, context: Any) -> None:
        demo.make(context)
