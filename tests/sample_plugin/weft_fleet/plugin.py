"""The fleet as Weft sees it."""

from weft.core.sdk import ALL, READ, Grant, Plugin, Role, hookimpl, path
from weft_fleet.models import Vehicle
from weft_fleet.vocabulary import _


class FleetPlugin(Plugin):
    """Vehicles, who drives them and which garage maintains them."""

    key, title, version, api = "fleet", _("Fleet"), "1.0.0", ">=1,<2"

    @hookimpl
    def weft_entities(self):
        return [Vehicle]

    @hookimpl
    def weft_roles(self):
        return [Role("fleet.manager", _("Fleet manager"), audience="employee")]

    @hookimpl
    def weft_grants(self):
        return [
            Grant("employee", "fleet.vehicle", READ),
            Grant("fleet.manager", "fleet.vehicle", ALL),
            Grant("supplier", "fleet.vehicle", READ, rows=path("fleet.maintained_by"), fields={"plate", "status"}),
        ]
