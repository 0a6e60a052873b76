"""Addresses of the projects plugin's own pages."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute
from weft.plugins.projects.views import outside, plan_page, start_form, task_page, timesheets, week_grid, workload_page

__all__ = ["ROUTES"]

_READ, _HOURS = "grant:read:projects.project", "grant:create:projects.time_entry"
_APPROVE = "grant:read:projects.time_entry"
_BOTH = ("GET", "POST")

ROUTES: list[Any] = [
    HttpRoute("/projects/new", "projects.begin", start_form.make_new, "grant:create:projects.project", _BOTH),
    HttpRoute("/plan/<int:record_id>/data", "projects.plan_data", plan_page.send_data, _READ),
    HttpRoute("/plan/<int:record_id>/move", "projects.plan_move", plan_page.move, _READ, ("POST",)),
    HttpRoute("/shown/<int:record_id>", "projects.shown", outside.show_as_customer, _READ),
    HttpRoute("/check/<int:record_id>", "projects.tick", task_page.tick, "grant:update:projects.check", ("POST",)),
    HttpRoute("/timesheet", "projects.timesheet", week_grid.show_timesheet, _HOURS, _BOTH),
    HttpRoute("/timesheets", "projects.timesheets", timesheets.show_timesheets, _APPROVE),
    HttpRoute("/timesheets", "projects.decide", timesheets.decide, _APPROVE, ("POST",)),
    HttpRoute("/workload", "projects.workload", workload_page.show_workload, "grant:read:projects.task"),
]
