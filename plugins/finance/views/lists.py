"""How claims, bills, invoices, payments and postings are listed, and where they stand in the menus."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import ListView, NavEntry, NewEntry, translator
from weft.core.websdk import View
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.grants import EXECUTIVE, HEAD, LEAD, MANAGER, OFFICER, REP
from weft.plugins.finance.services.claims import CHECK

_ = translator("finance")

__all__ = ["NAVIGATION", "VIEWS", "has_books"]

_CLAIM, _POSTING, _BILL = "finance.claim", "finance.posting", "finance.bill"
_INVOICE, _PAYMENT, _BATCH = "finance.invoice", "finance.payment", "finance.batch"
_BUDGET = "finance.budget"
_MINE = "owner=me"
_MY_COLUMNS = ("purpose", "total", "status", "waits", "submitted_on")
_OWED, _TO_CHECK = ",".join(words.OWED), ",".join(words.TO_CHECK)
_INSIDE = ("employee",)
_WHOLE = (OFFICER, EXECUTIVE)


def has_books(view: View) -> bool:
    """True for people for whom something was booked that they may read."""
    return bool(view.records.query(_POSTING, fields=(), limit=1).rows)


VIEWS: list[Any] = [
    ListView("finance.my_claims", _CLAIM, _("All mine"), {"owner": "me"}, _MY_COLUMNS, page=_MINE, order=10),
    ListView("finance.my_open_claims", _CLAIM, _("On their way"),
             {"owner": "me", "status__in": "draft,returned,submitted,approved"}, _MY_COLUMNS, page=_MINE, order=20),
    ListView("finance.claims_to_check", _CLAIM, _("To check"), CHECK,
             ("purpose", "owner", "total", "submitted_on", "over_limit", "unit"), sort="submitted_on", order=10,
             roles=(OFFICER,)),
    ListView("finance.claims_booked", _CLAIM, _("To be paid"), {"status": "booked"},
             ("purpose", "owner", "payable", "booked_on", "batch"), sort="booked_on", order=20, roles=(OFFICER,)),
    ListView("finance.claims_over", _CLAIM, _("Over a limit"), {"over_limit": "true"}, sort="-submitted_on", order=30),
    ListView("finance.claims_all", _CLAIM, _("All claims"), {}, sort="-updated_at", order=40, roles=(OFFICER,)),
    ListView("finance.claims_whole", _CLAIM, _("All claims"), {}, sort="-updated_at", order=5, roles=(EXECUTIVE, HEAD)),
    ListView("finance.bills_to_check", _BILL, _("To check"), {"status__in": _TO_CHECK}, sort="due_on", order=10,
             roles=_INSIDE),
    ListView("finance.bills_to_pay", _BILL, _("To be paid"), {"status": "accepted"},
             ("bill_no", "supplier", "gross", "due_on", "expected_on", "batch"), sort="expected_on", order=20,
             roles=_INSIDE),
    ListView("finance.bills_all", _BILL, _("All bills"), {}, sort="-updated_at", order=5, roles=_INSIDE),
    ListView("finance.invoices_open", _INVOICE, _("Open", "invoices"), {"status__in": _OWED, "kind": "invoice"},
             sort="due_on", order=10, roles=_INSIDE),
    ListView("finance.invoices_overdue", _INVOICE, _("Overdue"),
             {"status__in": _OWED, "kind": "invoice", "due_on__lt": "today"}, sort="due_on", order=20, roles=_INSIDE),
    ListView("finance.invoices_draft", _INVOICE, _("Drafts"), {"status": "draft"}, sort="-updated_at", order=30,
             roles=_INSIDE),
    ListView("finance.credit_notes", _INVOICE, _("Credit notes"), {"kind": "credit_note"}, sort="-issued_on", order=40,
             roles=_INSIDE),
    ListView("finance.invoices_all", _INVOICE, _("All invoices"), {}, sort="-updated_at", order=50, roles=_INSIDE),
    ListView("finance.batches_open", _BATCH, _("To be paid"), {"status": "open"}, sort="pay_on", order=10),
    ListView("finance.batches_all", _BATCH, _("All batches"), {}, sort="-pay_on", order=5),
]  # fmt: skip


def _report(key: str, label: Any, order: int, text: Any, roles: tuple[str, ...]) -> NavEntry:
    return NavEntry(f"finance.report_{key}", "reports", label, endpoint=f"finance.{key}", order=order,
                    subject=_("Money"), help=text, roles=roles)  # fmt: skip


NAVIGATION: list[Any] = [
    NavEntry("finance.mine", "work", _("My claims"), entity=_CLAIM, query={"owner": "me"}, order=60),
    NavEntry("finance.claims", "money", _("Expense claims"), entity=_CLAIM, order=10,
             roles=(OFFICER, EXECUTIVE, HEAD)),
    NavEntry("finance.batches", "money", _("Payment batches"), entity=_BATCH, order=20, roles=_WHOLE),
    NavEntry("finance.invoices", "money", _("Invoices"), entity=_INVOICE, order=30, roles=_WHOLE),
    NavEntry("finance.payments", "money", _("Payments received"), entity=_PAYMENT, order=40, roles=_WHOLE),
    NavEntry("finance.bills", "money", _("Supplier bills"), entity=_BILL, order=50, roles=_WHOLE),
    NavEntry("finance.budgets_page", "money", _("Budgets"), endpoint="finance.budgets", order=60,
             roles=(OFFICER, EXECUTIVE, HEAD, LEAD)),
    NavEntry("finance.margin_page", "money", _("Cost and margin"), endpoint="finance.margin", order=70,
             roles=(OFFICER, EXECUTIVE, MANAGER, LEAD), shown=has_books),
    NavEntry("finance.month_end_page", "money", _("Month end"), endpoint="finance.month_end", order=80,
             roles=(OFFICER,)),
    NavEntry("finance.all_postings", "", _("Postings"), entity=_POSTING, order=80),
    NavEntry("finance.all_budgets", "", _("Budgets"), entity=_BUDGET, order=81),
    NavEntry("finance.all_reminders", "", _("Payment reminders"), entity="finance.reminder", order=83),
    NavEntry("finance.all_payees", "", _("Accounts for repayment"), entity="finance.payee", order=84),
    NavEntry("finance.my_advances", "", _("Advances"), entity="finance.advance", order=82),
    NavEntry("finance.set_limits", "values", _("Expense limits"), entity="finance.limit", order=320, roles=(OFFICER,)),
    NavEntry("finance.set_months", "values", _("Closed months"), entity="finance.month", order=330, roles=(OFFICER,)),
    _report("ageing", _("Payments and overdue"), 10, _("What customers owe, and since when."),
            (OFFICER, EXECUTIVE, MANAGER, REP)),
    _report("expected", _("Expected payments"), 15, _("What comes in month by month, also from steps of contracts."),
            (OFFICER, EXECUTIVE)),
    _report("margin", _("Cost and margin"), 20, _("What each customer, project and salesperson brings and costs."),
            (OFFICER, EXECUTIVE, MANAGER, LEAD, REP)),
    _report("expenses", _("Expenses", "report"), 30, _("Booked expenses by kind and by what bears them."),
            (OFFICER, EXECUTIVE)),
    _report("budgets", _("Budgets"), 40, _("Planned, booked, reserved and available."),
            (OFFICER, EXECUTIVE, HEAD, LEAD)),
    NewEntry(_CLAIM, _("Expense claim"), order=60),
    NewEntry(_BILL, _("Supplier bill"), order=62, roles=(OFFICER,)),
    NewEntry(_INVOICE, _("Invoice"), order=64, roles=(OFFICER,)),
    NavEntry("finance.customer_invoices", "customer_money", _("Invoices"), entity=_INVOICE, portal="customer",
             order=20),
    NavEntry("finance.supplier_bills", "supplier_money", _("Bills", "supplier portal"), entity=_BILL, portal="supplier",
             order=10),
    NewEntry(_BILL, _("Send a bill"), order=10, portal="supplier"),
]  # fmt: skip
