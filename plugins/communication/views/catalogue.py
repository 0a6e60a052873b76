"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.plugins.communication.views import announcements, news, threads, writing

_MODULES = (threads, writing, announcements, news)

VIEWS: list[Any] = [one for module in _MODULES for one in getattr(module, "VIEWS", ())]
NAVIGATION: list[Any] = [one for module in _MODULES for one in getattr(module, "NAVIGATION", ())]
RECORD_PAGES: list[Any] = [one for module in _MODULES for one in getattr(module, "RECORD_PAGES", ())]
SLOTS: list[Any] = [one for module in _MODULES for one in getattr(module, "SLOTS", ())]
ROUTES: list[Any] = [one for module in _MODULES for one in getattr(module, "ROUTES", ())]
