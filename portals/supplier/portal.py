"""Portal of the suppliers: orders, tasks, bills and certificates as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Role, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_supplier")

ADMIN = "portal_supplier.admin"


class SupplierPortal(Plugin):
    """Portal of the suppliers."""

    key, title, version, api = "portal_supplier", _("Supplier portal"), "0.2.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("supplier", "supplier", _("Supplier portal"), order=200, admin_role=ADMIN)]

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        text = _("Looks after the data and the colleagues of the own company.")
        return [Role(ADMIN, _("Portal administrator"), audience="supplier", help=text)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        """The words of this portal in their order; plugins fill them by the keys of the groups."""
        return [
            NavGroup("supplier_home", _("Start"), "home", 10, portal="supplier"),
            NavGroup("supplier_orders", _("Purchase orders"), "truck-delivery", 20, portal="supplier"),
            NavGroup("supplier_tasks", _("Tasks for us"), "square-check", 30, portal="supplier"),
            NavGroup("supplier_money", _("Bills"), "receipt-2", 40, portal="supplier"),
            NavGroup("supplier_certificates", _("Certificates"), "certificate", 50, portal="supplier"),
            NavGroup("supplier_documents", _("Documents"), "file-text", 60, portal="supplier"),
            NavGroup("supplier_messages", _("Messages"), "message", 70, portal="supplier"),
            NavGroup("supplier_company", _("Our company"), "building", 900, portal="supplier"),
            NavEntry(
                "portal_supplier.company",
                "supplier_company",
                _("Our company"),
                endpoint="our_company.data",
                portal="supplier",
                order=10,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_supplier.notices",
                _("Notices"),
                "new",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="supplier",
                order=900,
                empty=_("Nothing new. What we tell you appears here and in your mail."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("supplier", ("portal_supplier.notices",), portal="supplier", order=900)]
