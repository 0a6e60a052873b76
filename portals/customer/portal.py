"""Portal of the customers: their requests, projects, documents and invoices as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_customer")


class CustomerPortal(Plugin):
    """Portal of the customers."""

    key, title, version, api = "portal_customer", _("Customer portal"), "0.1.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("customer", "customer", _("Customer portal"), order=200)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        return [
            NavGroup("customer_home", _("Start"), "home", 10, portal="customer"),
            NavEntry(
                "portal_customer.company",
                "customer_home",
                _("Our company"),
                entity="crm.account",
                portal="customer",
                order=95,
            ),
            NavEntry(
                "portal_customer.notices",
                "customer_home",
                _("Notices"),
                endpoint="notices.notices",
                portal="customer",
                order=90,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_customer.notices",
                _("Waiting for you"),
                "todo",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="customer",
                order=10,
                empty=_("Nothing waits for you. What needs your answer appears here."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("customer", ("portal_customer.notices",), portal="customer")]
