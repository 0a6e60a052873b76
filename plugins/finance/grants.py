"""Roles of the finance plugin and who may do what with its records.

Everybody writes own claims; who has to decide on one reads it; finance reads and books all. Nobody has a right to
change or delete a posting. Who answers for a customer, leads a project or heads a unit reads what was booked for it.
Roles of other plugins are named by key; their grants sleep while that plugin is not installed.
"""

from __future__ import annotations

from weft.core.sdk import (
    EDIT,
    READ,
    WRITE,
    Grant,
    Role,
    all_rows,
    own,
    path,
    shared,
    translator,
    unit_tree,
    via,
    where,
)

_ = translator("finance")

OFFICER = "finance.officer"
REOPENER = "finance.reopener"
PAYER, BILLER = "finance.payer", "finance.biller"
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"
REP, MANAGER, LEAD = "crm.sales_rep", "crm.sales_manager", "projects.lead"

ROLES = [
    Role(
        OFFICER,
        _("Finance officer"),
        includes=("core.rates",),
        help=_("Checks claims and bills, issues invoices, books, pays."),
    ),
    Role(REOPENER, _("Opens closed months"), help=_("May let a closed month be booked in again, with a reason.")),
    Role(PAYER, _("Invoices", "role"), "customer", help=_("Reads the company's issued invoices.")),
    Role(BILLER, _("Bills", "role"), "supplier", help=_("Sends the company's bills and follows their payment.")),
]

CLAIM, LINE, POSTING = "finance.claim", "finance.claim_line", "finance.posting"
BILL, INVOICE = "finance.bill", "finance.invoice"
_TALK = frozenset({"comment", "attach"})
#: States in which those who decide read a claim: not while it is written.
_SENT = ["submitted", "approved", "booked", "paid", "returned", "rejected"]
_ASKED = where(approver="me") | where(head="me", status__in=_SENT) | where(lead="me", status__in=_SENT)
#: Claims one may be the next to decide on; whose turn it is, the action or a process says.
_DECIDED = where(approver="me") | where(head="me", status="submitted") | where(lead="me", status="submitted")
_DECIDE = frozenset(f"{CLAIM}.{word}" for word in ("agree", "send_back", "reject"))
#: What a supplier writes of a bill, and what it reads of it.
BILL_WRITTEN = frozenset({"bill_no", "about", "file", "billed_on", "net", "tax", "gross", "due_on"})
BILL_SHOWN = BILL_WRITTEN | {
    "number",
    "supplier",
    "status",
    "expected_on",
    "paid_on",
    "why",
    "revision",
    "checker",
    "created_at",
}
_THEIRS = path("finance.billed_by")
#: What a customer reads of an invoice, its lines and payments.
INVOICE_SHOWN = frozenset({"name", "name_alt", "serial", "kind", "status", "customer", "credits", "tax_id", "fapiao_no",
                           "note", "net", "tax", "gross", "paid", "open_gross", "open_net", "issued_on", "due_on",
                           "paid_on"})  # fmt: skip
LINE_SHOWN = frozenset({"text", "text_alt", "invoice", "position", "quantity", "price", "tax_rate", "net", "tax",
                        "gross"})  # fmt: skip
REMINDER_SHOWN = frozenset(
    {"name", "invoice", "customer", "level", "sent_on", "open_gross", "days", "text", "text_alt"}
)
PAYMENT_SHOWN = frozenset({"name", "invoice", "customer", "amount", "paid_on"})
_OURS = path("finance.invoice_to") & where(status__in=["issued", "part_paid", "paid", "credited"])
_BELOW_BILL = ("finance.bill_share", "finance.bill_version")
_BELOW_INVOICE = ("finance.invoice_line", "finance.payment", "finance.reminder")

GRANTS = [
    # ---- everybody: own claims and advances, and those one has to decide on
    Grant("employee", CLAIM, READ | _TALK, rows=own | _ASKED | shared),
    Grant("employee", CLAIM, {"create", "update", "delete", f"{CLAIM}.submit", f"{CLAIM}.withdraw"}, rows=own),
    Grant("employee", CLAIM, _DECIDE, rows=_DECIDED),
    Grant("employee", LINE, READ | {"comment"}, rows=via("claim")),
    Grant("employee", LINE, {"create", "update", "delete"}, rows=own),
    Grant("employee", "finance.limit", READ),
    Grant("employee", "finance.advance", READ | {"create", "update", "delete"}, rows=own),
    Grant("employee", BILL, READ | EDIT | _TALK, rows=own),
    *[Grant("employee", entity, READ, rows=via("bill")) for entity in _BELOW_BILL],
    # ---- finance
    Grant(OFFICER, CLAIM, READ | _TALK | _DECIDE | {f"{CLAIM}.book"}, rows=all_rows),
    Grant(OFFICER, LINE, READ | {"comment"}, rows=all_rows),
    Grant(OFFICER, "finance.limit", WRITE),
    Grant(OFFICER, "finance.advance", READ | {f"finance.advance.{word}" for word in ("give", "refuse")}),
    Grant(OFFICER, POSTING, READ | {"comment", f"{POSTING}.reverse"}),
    Grant(OFFICER, "finance.month", READ | {"create"}),
    Grant(REOPENER, "finance.month", READ | {"finance.month.reopen"}),
    Grant(OFFICER, "finance.batch", READ | _TALK | {"create", "finance.batch.pay"}),
    Grant(OFFICER, "finance.budget", WRITE | _TALK | {"assign"}),
    Grant(OFFICER, BILL, WRITE | _TALK | {f"{BILL}.{word}" for word in ("check", "accept", "reject", "resend")}),
    Grant(OFFICER, "finance.bill_share", WRITE),
    Grant(OFFICER, "finance.bill_version", READ),
    Grant(OFFICER, INVOICE, WRITE | _TALK | {
        f"{INVOICE}.{word}" for word in ("issue", "pay", "credit", "repay", "remind")}),
    Grant(OFFICER, "finance.invoice_line", WRITE),
    Grant(OFFICER, "finance.payment", READ | {"comment", "create", "finance.payment.correct"}),
    Grant(OFFICER, "finance.reminder", READ),
    # accounts of people leave the platform in payment files only: no export
    # the person alone: own would cover whom they act for too
    Grant("employee", "finance.payee", {"read", "create"}, rows=where(owner="me")),
    Grant(OFFICER, "finance.payee", {"read", *(f"finance.payee.{word}" for word in ("confirm", "refuse"))}),
    # ---- who looks at the whole, or at a part of it
    *[Grant(EXECUTIVE, entity, READ, rows=all_rows) for entity in (
        CLAIM, LINE, POSTING, "finance.batch", "finance.budget", BILL, *_BELOW_BILL, INVOICE, *_BELOW_INVOICE)],
    Grant(HEAD, CLAIM, READ | {"comment"}, rows=unit_tree),
    Grant(HEAD, "finance.budget", READ | {"comment"}, rows=unit_tree),
    Grant(LEAD, POSTING, READ, rows=where(lead="me")),
    Grant(LEAD, "finance.budget", READ, rows=via("charged_to", "projects.project")),
    Grant(LEAD, INVOICE, READ, rows=via("project", "projects.project")),
    Grant(HEAD, INVOICE, READ, rows=via("project", "projects.project")),
    Grant(MANAGER, POSTING, READ, rows=unit_tree),
    Grant(REP, POSTING, READ, rows=own),
    *[Grant(role, INVOICE, READ, rows=via("customer", "crm.account")) for role in (REP, MANAGER)],
    *[Grant(role, entity, READ, rows=via("invoice"))
      for role in (LEAD, HEAD, REP, MANAGER) for entity in _BELOW_INVOICE],
    # ---- outside
    Grant(BILLER, BILL, READ, rows=_THEIRS, fields=BILL_SHOWN),
    Grant(BILLER, BILL, {"create"}, rows=_THEIRS, fields=BILL_WRITTEN),
    Grant(BILLER, BILL, {"update", f"{BILL}.resend", f"{BILL}.withdraw"},
          rows=_THEIRS & where(status__in=["received", "rejected", "withdrawn"]), fields=BILL_WRITTEN),
    Grant(PAYER, INVOICE, READ, rows=_OURS, fields=INVOICE_SHOWN),
    Grant(PAYER, "finance.invoice_line", {"read"}, rows=via("invoice"), fields=LINE_SHOWN),
    Grant(PAYER, "finance.payment", {"read"}, rows=via("invoice"), fields=PAYMENT_SHOWN),
    Grant(PAYER, "finance.reminder", {"read"}, rows=via("invoice"), fields=REMINDER_SHOWN),
]  # fmt: skip
