"""Addresses of the service plugin's own pages."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute
from weft.plugins.service.views import ask_form, asking, leading, reports, talk

__all__ = ["ROUTES"]

_COMMENT, _CREATE = "grant:comment:service.request", "grant:create:service.request"
_OUTSIDE = ("customer", "distributor")

ROUTES: list[Any] = [
    HttpRoute("/request/<int:record_id>/answer", "service.answer", talk.answer, _COMMENT, ("POST",)),
    HttpRoute("/request/<int:record_id>/lead-on", "service.lead_on", leading.lead_on, "record", ("GET", "POST")),
    HttpRoute("/satisfaction", "service.show_satisfaction", reports.show_satisfaction, "grant:read:service.request"),
    HttpRoute("/due-times", "service.show_due_times", reports.show_due_times, "grant:read:service.request"),
    HttpRoute("/load", "service.show_load", reports.show_load, "grant:read:service.request"),
    HttpRoute("/ask", "service.ask", ask_form.show_ask, "public", ("GET", "POST"), portal=""),
    *[route for portal in _OUTSIDE for route in (
        HttpRoute("/request/<int:record_id>/answer", f"service.answer_{portal}", talk.answer, _COMMENT, ("POST",),
                  portal=portal),
        HttpRoute("/requests/new", f"service.new_{portal}", asking.make_new, _CREATE, ("GET", "POST"), portal=portal),
        HttpRoute("/suggest", f"service.suggest_{portal}", asking.suggest, _CREATE, ("POST",), portal=portal),
    )],
]  # fmt: skip
