"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute
from weft.plugins.hrm.views import hire, leave, lists, org_chart, pages

VIEWS: list[Any] = lists.VIEWS
NAVIGATION: list[Any] = lists.NAVIGATION
RECORD_PAGES: list[Any] = lists.RECORD_PAGES
CALENDAR: list[Any] = lists.CALENDAR
_INSIDE = "portal:employee"
ROUTES: list[Any] = [
    HttpRoute("/org-chart", "hrm.org_chart", org_chart.show_chart, _INSIDE),
    HttpRoute("/my-leave", "hrm.my_leave", leave.mine, _INSIDE),
    HttpRoute("/leave/ask", "hrm.ask_leave", leave.ask, "grant:create:hrm.leave", ("GET", "POST")),
    HttpRoute("/leave/count", "hrm.count_leave", leave.count, "grant:create:hrm.leave"),
    HttpRoute("/hire", "hrm.hire", hire.hire, "grant:create:hrm.employee", ("GET", "POST")),
    HttpRoute("/clock", "hrm.clock", pages.clock, "grant:create:hrm.attendance", ("POST",)),
    HttpRoute("/my-file", "hrm.my_file", pages.my_file, _INSIDE),
]
