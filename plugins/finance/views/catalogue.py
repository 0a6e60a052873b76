"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Slot, translator
from weft.plugins.finance.views import claim_page, lists, money_tab, pages, routes, step_invoice

_ = translator("finance")

VIEWS: list[Any] = lists.VIEWS
NAVIGATION: list[Any] = lists.NAVIGATION
RECORD_PAGES: list[Any] = pages.RECORD_PAGES
ROUTES: list[Any] = routes.ROUTES
SLOTS: list[Any] = [
    Slot("record.tabs", "finance/tab.html", money_tab.customer_tab, "crm.account", _("Money"), key="finance.money",
         order=30),
    Slot("record.tabs", "finance/tab.html", money_tab.project_tab, "projects.project", _("Money"),
         key="finance.project_money", order=30),
    Slot("record.side", "finance/step_invoice.html", step_invoice.side, "documents.step", _("Invoice"),
         key="finance.step_invoice", order=20),
    Slot("record.facts", "", money_tab.customer_facts, key="finance.facts", order=60),
    Slot("record.facts", "", claim_page.decides, "finance.claim", key="finance.decides", order=10),
]  # fmt: skip
