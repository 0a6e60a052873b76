"""Addresses of the finance plugin's own pages."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute
from weft.plugins.finance.views import batches, expected_page, invoice_page, month_end, reports, step_invoice

__all__ = ["ROUTES"]

_POSTING, _INVOICE = "grant:read:finance.posting", "grant:read:finance.invoice"
_BOTH = ("GET", "POST")

ROUTES: list[Any] = [
    HttpRoute("/margin", "finance.margin", reports.show_margin, _POSTING),
    HttpRoute("/ageing", "finance.ageing", reports.show_ageing, _INVOICE),
    HttpRoute("/expected", "finance.expected", expected_page.show_expected, _INVOICE),
    HttpRoute("/expenses-report", "finance.expenses", reports.show_expenses, _POSTING),
    HttpRoute("/budget-use", "finance.budgets", reports.show_budgets, "grant:read:finance.budget"),
    HttpRoute("/month-end", "finance.month_end", month_end.show, "grant:create:finance.month"),
    HttpRoute("/month-end/rates", "finance.load_rates", month_end.load, "grant:create:finance.month", ("POST",),
              upload=True),
    HttpRoute("/collect", "finance.collect", batches.make_new, "grant:create:finance.batch", _BOTH),
    HttpRoute("/bank-file/<int:record_id>/<form>", "finance.bank_file", batches.bank_file, "grant:read:finance.batch"),
    HttpRoute("/step-invoice/<int:record_id>", "finance.step_invoice", step_invoice.make,
              "grant:create:finance.invoice", ("POST",)),
    *[HttpRoute("/invoice-pdf/<int:record_id>/<locale>", f"finance.pdf_{portal}", invoice_page.send_pdf, _INVOICE,
                portal=portal) for portal in ("employee", "customer")],
]  # fmt: skip
