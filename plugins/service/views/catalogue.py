"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.service.views import card, lists, reports, routes

VIEWS: list[Any] = lists.VIEWS
NAVIGATION: list[Any] = [*lists.NAVIGATION, *reports.NAVIGATION]
RECORD_PAGES: list[Any] = lists.RECORD_PAGES
ROUTES: list[Any] = routes.ROUTES
SLOTS: list[Any] = card.SLOTS
FORM_CHECKS: list[Any] = card.FORM_CHECKS
