"""Portal of distributors and agents: leads, registrations and orders as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Role, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_distributor")

ADMIN = "portal_distributor.admin"


class DistributorPortal(Plugin):
    """Portal of distributors and agents."""

    key, title, version, api = "portal_distributor", _("Distributor portal"), "0.2.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("distributor", "distributor", _("Distributor portal"), order=200, admin_role=ADMIN)]

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        text = _("Looks after the data and the colleagues of the own company.")
        return [Role(ADMIN, _("Portal administrator"), audience="distributor", help=text)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        """The words of this portal in their order; plugins fill them by the keys of the groups."""
        return [
            NavGroup("distributor_home", _("Start"), "home", 10, portal="distributor"),
            NavGroup("distributor_leads", _("Leads and customers"), "bulb", 20, portal="distributor"),
            NavGroup("distributor_registrations", _("Registrations"), "certificate", 30, portal="distributor"),
            NavGroup("distributor_pipeline", _("Pipeline"), "target-arrow", 40, portal="distributor"),
            NavGroup("distributor_contacts", _("Contact log"), "message", 50, portal="distributor"),
            NavGroup("distributor_products", _("Products and prices"), "tags", 60, portal="distributor"),
            NavGroup("distributor_orders", _("Orders"), "shopping-cart", 70, portal="distributor"),
            NavGroup(
                "distributor_material", _("Marketing material"), "speakerphone", 80, portal="distributor", joined=True
            ),
            NavGroup("distributor_money", _("Commission"), "percentage", 90, portal="distributor"),
            NavGroup("distributor_messages", _("Messages"), "message", 100, portal="distributor"),
            NavGroup("distributor_company", _("Our company"), "building", 900, portal="distributor"),
            NavEntry(
                "portal_distributor.company",
                "distributor_company",
                _("Our company"),
                endpoint="our_company.data",
                portal="distributor",
                order=10,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_distributor.notices",
                _("Notices"),
                "new",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="distributor",
                order=900,
                empty=_("Nothing new. What we tell you appears here and in your mail."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("distributor", ("portal_distributor.notices",), portal="distributor", order=900)]
