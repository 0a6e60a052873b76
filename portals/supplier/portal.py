"""Portal of the suppliers: orders, tasks, bills and certificates as plugins bring them."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.sdk import Home, NavEntry, NavGroup, Plugin, PortalSpec, Widget, hookimpl, translator
from weft.core.websdk import core_tiles

_ = translator("portal_supplier")


class SupplierPortal(Plugin):
    """Portal of the suppliers."""

    key, title, version, api = "portal_supplier", _("Supplier portal"), "0.1.0", ">=1,<2"

    @hookimpl
    def weft_portals(self) -> Sequence[PortalSpec]:
        return [PortalSpec("supplier", "supplier", _("Supplier portal"), order=200)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup]:
        return [
            NavGroup("supplier_home", _("Start"), "home", 10, portal="supplier"),
            NavEntry(
                "portal_supplier.company",
                "supplier_home",
                _("Our company"),
                entity="crm.account",
                portal="supplier",
                order=95,
            ),
            NavEntry(
                "portal_supplier.notices",
                "supplier_home",
                _("Notices"),
                endpoint="notices.notices",
                portal="supplier",
                order=90,
            ),
        ]

    @hookimpl
    def weft_widgets(self) -> Sequence[Widget]:
        return [
            Widget(
                "portal_supplier.notices",
                _("Waiting for you"),
                "todo",
                "list",
                core_tiles.notices,
                link=lambda view: view.page("notices"),
                portal="supplier",
                order=10,
                empty=_("Nothing waits for you. What needs your answer appears here."),
            )
        ]

    @hookimpl
    def weft_homes(self) -> Sequence[Home]:
        return [Home("supplier", ("portal_supplier.notices",), portal="supplier")]
