"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from weft.plugins.crm.views import (
    allocation,
    arrivals,
    calendar,
    card,
    channel,
    collision,
    contact_log,
    deals,
    effort,
    handover,
    leads,
    lists,
    planning,
    pools,
    products,
    reports,
    told,
    web_forms,
)

_MODULES = (
    lists,
    card,
    told,
    contact_log,
    deals,
    leads,
    pools,
    allocation,
    collision,
    channel,
    products,
    planning,
    reports,
    web_forms,
    handover,
    arrivals,
    effort,
)

#: Views that name no roles are for people of the company: partners have some of their own.
VIEWS: list[Any] = [
    one if one.roles else replace(one, roles=("employee",))
    for module in _MODULES
    for one in getattr(module, "VIEWS", ())
]
NAVIGATION: list[Any] = [one for module in _MODULES for one in getattr(module, "NAVIGATION", ())]
RECORD_PAGES: list[Any] = [one for module in _MODULES for one in getattr(module, "RECORD_PAGES", ())]
SLOTS: list[Any] = [one for module in _MODULES for one in getattr(module, "SLOTS", ())]
CALENDARS: list[Any] = calendar.CALENDARS
ROUTES: list[Any] = [one for module in _MODULES for one in getattr(module, "ROUTES", ())]
FORM_CHECKS: list[Any] = [one for module in _MODULES for one in getattr(module, "FORM_CHECKS", ())]
