"""Portal of the customers: their requests, projects, documents and invoices as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Role, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_customer")

ADMIN = "portal_customer.admin"


class CustomerPortal(Plugin):
    """Portal of the customers."""

    key, title, version, api = "portal_customer", _("Customer portal"), "0.2.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("customer", "customer", _("Customer portal"), order=200, admin_role=ADMIN)]

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        text = _("Looks after the data and the colleagues of the own company.")
        return [Role(ADMIN, _("Portal administrator"), audience="customer", help=text)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        """The words of this portal in their order; plugins fill them by the keys of the groups."""
        return [
            NavGroup("customer_home", _("Start"), "home", 10, portal="customer"),
            NavGroup("customer_requests", _("Requests"), "headset", 20, portal="customer"),
            NavGroup("customer_projects", _("Projects"), "timeline-event", 30, portal="customer"),
            NavGroup("customer_documents", _("Documents"), "file-text", 40, portal="customer"),
            NavGroup("customer_news", _("Products and news"), "news", 50, portal="customer"),
            NavGroup("customer_orders", _("Quotes and orders"), "shopping-cart", 60, portal="customer"),
            NavGroup("customer_money", _("Contracts and invoices"), "receipt", 70, portal="customer", joined=True),
            NavGroup("customer_messages", _("Messages"), "message", 80, portal="customer"),
            NavGroup("customer_surveys", _("Surveys"), "clipboard-list", 90, portal="customer"),
            NavGroup("customer_company", _("Our company"), "building", 900, portal="customer"),
            NavEntry(
                "portal_customer.company",
                "customer_company",
                _("Our company"),
                endpoint="our_company.data",
                portal="customer",
                order=10,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_customer.notices",
                _("Notices"),
                "new",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="customer",
                order=900,
                empty=_("Nothing new. What we tell you appears here and in your mail."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("customer", ("portal_customer.notices",), portal="customer", order=900)]
