"""How requests, agreements and what is set up are listed, and where they stand in the menus."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import ListView, NavEntry, NewEntry, RecordPage, translator
from weft.core.websdk import View
from weft.plugins.service import vocabulary as words
from weft.plugins.service.grants import AGENT, EXECUTIVE, HEAD, LEAD, MANAGER, REP
from weft.plugins.service.views import desk, told

_ = translator("service")

_REQUEST = "service.request"
_LIVE = ",".join(words.LIVE)
_COLUMNS = ("subject", "customer", "standing", "status", "next_due_at", "owner", "priority", "kind", "asked_at")
_ANSWERING = (AGENT, LEAD)


def open_count(view: View) -> int:
    """Open requests the viewer may read, for the menu; counted up to a thousand."""
    page = view.records.query(_REQUEST, fields=(), filters={"status__in": _LIVE}, limit=1, count="capped")
    return page.count.value if page.count else 0


def outside_count(view: View) -> int:
    """Requests that wait for the visitor."""
    page = view.records.query(_REQUEST, fields=(), filters={"standing": "waiting"}, limit=1, count="capped")
    return page.count.value if page.count else 0


VIEWS: list[Any] = [
    ListView("service.open", _REQUEST, _("Open"), {"status__in": _LIVE}, _COLUMNS, sort="next_due_at", order=10),
    ListView("service.mine", _REQUEST, _("Mine"), {"status__in": _LIVE, "owner": "me"}, _COLUMNS, sort="next_due_at",
             order=20),
    ListView("service.unassigned", _REQUEST, _("Unassigned"), {"status__in": _LIVE, "owner__isnull": "true"}, _COLUMNS,
             sort="next_due_at", order=30),
    ListView("service.overdue", _REQUEST, _("Overdue"), {"status__in": _LIVE, "next_due_at__lt": "now"}, _COLUMNS,
             sort="next_due_at", order=40),
    ListView("service.rated", _REQUEST, _("Rated"), {"score__isnull": "false"},
             ("subject", "customer", "kind", "rating", "rating_comment", "rated_at", "owner"), sort="-rated_at",
             order=50),
    ListView("service.all", _REQUEST, _("All requests"), {}, _COLUMNS, sort="-asked_at", order=60),
    ListView("service.running", "service.agreement", _("In force"),
             {"valid_from__lte": "today", "or": "valid_to__gte=today|valid_to__isnull=true"}, sort="valid_to",
             order=10),
    ListView("service.ending", "service.agreement", _("Ending within 60 days"),
             {"valid_to__gte": "today", "valid_to__lte": "today+60"}, sort="valid_to", order=20),
    ListView("service.agreements", "service.agreement", _("All"), {}, sort="-valid_from", order=30),
]  # fmt: skip

NAVIGATION: list[Any] = [
    NavEntry("service.requests", "service", _("Requests"), entity=_REQUEST, order=10, count=open_count),
    NavEntry("service.agreements", "service", _("Service agreements"), entity="service.agreement", order=20),
    NavEntry("service.satisfaction", "service", _("Satisfaction"), endpoint="service.show_satisfaction", order=40,
             roles=(AGENT, LEAD, REP, MANAGER, HEAD, EXECUTIVE)),
    *[NavEntry(f"service.set_{word}", "values", label, entity=f"service.{word}", order=200 + 10 * place)
      for place, (word, label) in enumerate(
          {"queue": _("Queues"), "hours": _("Service hours", "list"), "answer_text": _("Ready answers")}.items())],
    NewEntry(_REQUEST, _("Request"), order=45),
    NavEntry("service.customer_requests", "customer_requests", _("Requests"), entity=_REQUEST, portal="customer",
             order=10, count=outside_count),
    NewEntry(_REQUEST, _("New request"), order=10, portal="customer"),
    # Partners ask seldom: their home has the tile, the menu keeps to their business.
    NavEntry("service.distributor_requests", "", _("Requests"), entity=_REQUEST, portal="distributor"),
    NewEntry(_REQUEST, _("New request"), order=90, portal="distributor"),
]  # fmt: skip

RECORD_PAGES: list[Any] = [
    RecordPage(
        _REQUEST,
        template="service/request.html",
        facts=("customer", "next_due_at", "owner", "priority", "queue"),
        sections=[
            (_("Request"), ("subject", "description", "customer", "contact", "kind", "priority", "channel")),
            (_("Who answers"), ("queue", "agreement", "reply_to", "asked_at", "about")),
        ],
        context=desk.request_page,
        new=("subject", "description", "customer", "contact", "kind", "priority", "channel", "queue", "about"),
        told=told.requests,
        marks=told.marks,
    ),
    RecordPage(
        "service.agreement",
        facts=("customer", "valid_from", "valid_to", "answer_normal", "solve_normal", "owner"),
        sections=[
            (_("Agreement"), ("name", "customer", "valid_from", "valid_to", "hours")),
            (_("First answer"), ("answer_urgent", "answer_high", "answer_normal", "answer_low")),
            (_("Solution"), ("solve_urgent", "solve_high", "solve_normal", "solve_low")),
            (_("Included"), ("entitlements", "requests_a_year")),
        ],
    ),
]  # fmt: skip
