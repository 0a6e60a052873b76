"""The ready reports of the CRM: their pages and where they stand in the menu."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute, NavEntry, translator
from weft.plugins.crm.grants import EXECUTIVE, FINANCE, IN_BUSINESS, MANAGER
from weft.plugins.crm.views import forecast, report_customers, report_sales

_ = translator("crm")

VIEWS: list[Any] = []
RECORD_PAGES: list[Any] = []
SLOTS: list[Any] = []

_SALES, _CUSTOMERS = _("Sales"), _("Customers")
_DEALS = "grant:read:crm.opportunity"
_ACCOUNTS = "grant:read:crm.account"

ROUTES: list[Any] = [
    HttpRoute("/forecast", "crm.forecast", forecast.show_forecast, _DEALS),
    HttpRoute("/funnel", "crm.funnel", report_sales.show_funnel, _DEALS),
    HttpRoute("/results", "crm.results", report_sales.show_results, _DEALS),
    HttpRoute("/losses", "crm.losses", report_sales.show_losses, _DEALS),
    HttpRoute("/structure", "crm.structure", report_customers.show_structure, _ACCOUNTS),
    HttpRoute("/moves", "crm.moves", report_customers.show_moves, _ACCOUNTS),
    HttpRoute("/coverage", "crm.coverage", report_customers.show_coverage, _ACCOUNTS),
    HttpRoute("/coverage/contacts", "crm.coverage_contacts", report_customers.show_bare, _ACCOUNTS),
    HttpRoute("/load", "crm.load", report_customers.show_load, _ACCOUNTS),
]


def _entry(key: str, label: Any, order: int, subject: Any, text: Any, roles: tuple[str, ...] = ()) -> NavEntry:
    return NavEntry(
        f"crm.report_{key}", "reports", label, endpoint=f"crm.{key}", order=order, subject=subject, help=text,
        roles=roles or IN_BUSINESS,
    )  # fmt: skip


#: Those who read leads, targets and activities as well.
_SELLING = tuple(role for role in IN_BUSINESS if role != FINANCE)

NAVIGATION: list[Any] = [
    NavEntry("crm.nav_forecast", "customers", _("Forecast"), endpoint="crm.forecast", order=70, roles=IN_BUSINESS),
    _entry("forecast", _("Forecast"), 10, _SALES, _("What is open for which month, and how reliable that was.")),
    _entry("funnel", _("Funnel"), 20, _SALES, _("Open deals by stage and person, win rate, conversion and cycle."),
           _SELLING),
    _entry("results", _("Results and targets"), 30, _SALES, _("Won against targets, contacts, customers developed."),
           _SELLING),
    _entry("losses", _("Loss reasons"), 40, _SALES, _("Why deals were lost, and to whom.")),
    _entry("structure", _("Customer structure"), 50, _CUSTOMERS,
           _("Customers by stage of life, class, industry and territory, and their moves.")),
    _entry("moves", _("Customer changes"), 55, _CUSTOMERS, _("Each move between invalid, basic, potential and won.")),
    _entry("coverage", _("Coverage"), 60, _CUSTOMERS, _("What nobody looks after."), (MANAGER, EXECUTIVE)),
    _entry("load", _("Load per owner"), 70, _CUSTOMERS, _("Customers, open deals and open leads of each person."),
           _SELLING),
]  # fmt: skip
