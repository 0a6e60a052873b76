"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Slot, translator
from weft.plugins.projects.views import card, lists, plan_page, routes, start_form

_ = translator("projects")

VIEWS: list[Any] = lists.VIEWS
NAVIGATION: list[Any] = lists.NAVIGATION
RECORD_PAGES: list[Any] = lists.RECORD_PAGES
CALENDARS: list[Any] = lists.CALENDARS
ROUTES: list[Any] = routes.ROUTES
SLOTS: list[Any] = [
    Slot("record.tabs", "projects/plan.html", plan_page.plan_tab, "projects.project", _("Plan"), key="projects.plan",
         order=10),
    Slot("record.side", "projects/from_deal.html", start_form.from_deal, "crm.opportunity", _("Project"),
         key="projects.from_deal", order=20),
    Slot("record.facts", "", card.facts, key="projects.facts", order=40),
]  # fmt: skip
