"""How the records of money look on their pages and forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weft.core.sdk import RecordPage, Story, path, rev, translator
from weft.plugins.finance.views import batches, bill_page, budget_page, claim_page, invoice_page, told

_ = translator("finance")

__all__ = ["RECORD_PAGES"]

RECORD_PAGES: list[Any] = [
    RecordPage(
        "finance.claim",
        template="finance/claim.html",
        facts=("total", "submitted_on", "waits", "booked_on", "paid_on"),
        context=claim_page.page,
        new=("purpose", "currency", "advance"),
        drawn=("finance.has_line",),
        not_added=("finance.posting.source",),
        marks=claim_page.marks,
        preset=claim_page.preset,
        story=Story(("submit", "agree", "book"), (
            path(rev("finance.line_of_claim"), "finance.charged_to"),
            path(rev("finance.line_of_claim"), "finance.charged_to", "projects.for_customer"),
        )),
    ),
    RecordPage(
        "finance.claim_line",
        facts=("claim", "day", "gross", "charged_to"),
        sections=[
            (_("What you paid"), ("claim", "subject", "kind", "day", "gross", "tax")),
            (_("Charged to"), ("charged_to", "receipt")),
        ],
        new=("claim", "subject", "kind", "day", "gross", "tax", "charged_to", "receipt"),
        preset=lambda view, given: {"day": view.today.isoformat()},
    ),
    RecordPage("finance.advance", facts=("amount", "open", "given_on"), new=("purpose", "amount")),
    RecordPage(
        "finance.bill",
        template="finance/bill.html",
        facts=("net", "tax", "gross", "due_on", "expected_on", "paid_on"),
        sections=[
            (_("Bill"), ("supplier", "bill_no", "about", "billed_on", "due_on")),
            (_("Amounts"), ("net", "tax", "gross", "file")),
        ],
        context=bill_page.page,
        told=told.bills,
        new=("supplier", "bill_no", "about", "billed_on", "due_on", "net", "tax", "gross", "file"),
        drawn=("finance.has_share", "finance.has_version"),
        not_added=("finance.posting.source", "finance.bill_version.bill"),
    ),
    RecordPage("finance.bill_share", new=("bill", "charged_to", "for_unit", "percent")),
    RecordPage(
        "finance.invoice",
        template="finance/invoice.html",
        facts=("customer", "net", "gross", "open_net", "issued_on", "due_on"),
        sections=[
            (_("Invoice"), ("name", "name_alt", "customer", "project", "contract", "step")),
            (_("Payment"), ("currency", "days", "tax_id", "fapiao_no", "note")),
        ],
        context=invoice_page.page,
        new=("name", "name_alt", "customer", "project", "contract", "step", "currency", "days", "tax_id", "note"),
        drawn=("finance.has_invoice_line", "finance.paid_by", "finance.reminded_by"),
        story=Story(("issue", "pay", "credit"), (path("finance.invoice_to"),)),
        not_added=("finance.posting.source", "finance.invoice.credits", "finance.reminder.invoice"),
        marks=invoice_page.marks,
        told=told.invoices,
    ),
    RecordPage("finance.invoice_line", new=("invoice", "text", "text_alt", "quantity", "price", "tax_rate")),
    RecordPage("finance.payment", facts=("invoice", "customer", "amount", "paid_on"),
               new=("invoice", "amount", "paid_on", "name")),
    RecordPage("finance.posting", facts=("kind", "day", "amount", "company", "charged_to", "source"),
               story=Story(("create",), (path("finance.cost_for"),), only={"kind": ("expense", "bill")})),
    RecordPage("finance.batch", template="finance/batch.html", facts=("pay_on", "total", "payments", "paid_on"),
               context=batches.page, maker="finance.collect", drawn=("finance.batch_claims", "finance.batch_bills")),
    RecordPage("finance.budget", facts=("amount", "charged_to", "for_unit", "starts_on", "ends_on"),
               context=budget_page.page, template="finance/budget.html",
               new=("name", "name_alt", "charged_to", "for_unit", "amount", "starts_on", "ends_on"),
               preset=lambda view, given: {"starts_on": view.today.replace(month=1, day=1).isoformat()}),
    RecordPage("finance.month", facts=("first_day", "reason", "reopened_on", "reopened_why", "reopened_by"),
               new=("first_day", "reason"), preset=lambda view, given: {"first_day": (
                   view.today.replace(day=1) - timedelta(days=1)).replace(day=1).isoformat()}),
    RecordPage("finance.reminder", facts=("invoice", "customer", "level", "sent_on", "open_gross", "days", "told"),
               sections=[(_("Letter"), ("text", "text_alt"))], told=told.reminders),
    RecordPage("finance.payee", facts=("owner", "account", "bank", "status", "note", "decided_on", "decided_by"),
               new=("holder", "account", "bank")),
]  # fmt: skip
