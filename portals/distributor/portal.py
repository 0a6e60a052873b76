"""Portal of distributors and agents: leads, registrations and orders as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_distributor")


class DistributorPortal(Plugin):
    """Portal of distributors and agents."""

    key, title, version, api = "portal_distributor", _("Distributor portal"), "0.1.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("distributor", "distributor", _("Distributor portal"), order=200)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        return [
            NavGroup("distributor_home", _("Start"), "home", 10, portal="distributor"),
            NavEntry(
                "portal_distributor.company",
                "distributor_home",
                _("Our company"),
                entity="crm.account",
                portal="distributor",
                order=95,
            ),
            NavEntry(
                "portal_distributor.notices",
                "distributor_home",
                _("Notices"),
                endpoint="notices.notices",
                portal="distributor",
                order=90,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_distributor.notices",
                _("Waiting for you"),
                "todo",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="distributor",
                order=10,
                empty=_("Nothing waits for you. What needs your answer appears here."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("distributor", ("portal_distributor.notices",), portal="distributor")]
