"""Tiles of the portals: invoices of a customer, bills of a supplier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Widget, current_locale, in_script, translator
from weft.core.websdk import View
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.grants import BILLER, PAYER
from weft.plugins.finance.services.bills import BILL
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.views.bill_page import shown_status
from weft.plugins.finance.views.invoice_page import status_of

_ = translator("finance")

__all__ = ["HOMES", "WIDGETS"]

_ROWS = 5
_OWED: Mapping[str, str] = {"status__in": ",".join(words.OWED), "kind": "invoice"}
_REJECTED: Mapping[str, str] = {"status": "rejected"}


def _invoices(view: View, filters: Mapping[str, str]) -> dict[str, Any]:
    page = view.records.query(
        INVOICE, fields=("name", "name_alt", "serial", "status", "open_gross", "open_net", "due_on"), filters=filters,
        sort="due_on", limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        late = row["status"] in words.OWED and row.get("due_on") is not None and row["due_on"] < view.today
        until = view.formats.date(row["due_on"]) if row.get("due_on") else ""
        rows.append({"title": in_script(row["name"], row.get("name_alt"), current_locale())[0], "icon": "file-dollar",
                     "url": view.url(INVOICE, row.id),
                     "sub": str(_("%(gross)s to pay with tax until %(day)s") % {
                "gross": view.formats.money(row["open_gross"], cents=True), "day": until}),
                     "end": {"text": view.formats.money(row["open_net"], cents=True),
                             "tone": "late" if late else None}})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True,
            "period": str(_("net"))}  # fmt: skip


def to_pay(view: View) -> dict[str, Any]:
    """Invoices that are open, the first due first, gross."""
    return _invoices(view, _OWED)


def invoices(view: View) -> dict[str, Any]:
    """All invoices, open ones with what is left to pay."""
    page = view.records.query(
        INVOICE, fields=("name", "name_alt", "serial", "status", "net"), filters={"kind": "invoice"},
        sort="-issued_on", limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = [
        {"title": in_script(row["name"], row.get("name_alt"), current_locale())[0], "url": view.url(INVOICE, row.id),
         "icon": "file-dollar", "sub": " · ".join((row.get("serial") or "", status_of(row)["label"])),
         "end": {"text": view.formats.money(row["net"], cents=True)}}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True,
            "period": str(_("net"))}  # fmt: skip


def rejected(view: View) -> dict[str, Any]:
    """Bills that came back, with the reason."""
    page = view.records.query(
        BILL, fields=("bill_no", "net", "why"), filters=_REJECTED, sort="-due_on", limit=_ROWS, count="exact"
    )
    rows = [
        {"title": row["bill_no"], "url": view.url(BILL, row.id), "icon": "file-invoice", "sub": row.get("why") or "",
         "end": {"text": view.formats.money(row["net"], cents=True), "tone": "late"}}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True,
            "period": str(_("net"))}  # fmt: skip


def bills(view: View) -> dict[str, Any]:
    """Bills and how they stand, with the expected day of payment."""
    page = view.records.query(
        BILL, fields=("bill_no", "net", "status", "expected_on", "paid_on"), filters={}, sort="-due_on",
        limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        parts = [shown_status(row)["label"]]
        if row["status"] == "accepted" and row.get("expected_on"):
            parts.append(str(_("expected %(day)s") % {"day": view.formats.date(row["expected_on"])}))
        if row["status"] == "paid" and row.get("paid_on"):
            parts.append(view.formats.date(row["paid_on"]))
        rows.append({"title": row["bill_no"], "url": view.url(BILL, row.id), "icon": "file-invoice",
                     "sub": " · ".join(parts), "end": {"text": view.formats.money(row["net"], cents=True)}})  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True,
            "period": str(_("net"))}  # fmt: skip


WIDGETS: list[Any] = [
    Widget("finance.customer_to_pay", _("To pay", "customer"), "todo", "list", to_pay,
           lambda view: view.url(INVOICE, **_OWED), (PAYER,), "customer", order=40, empty=_("Nothing is to be paid.")),
    Widget("finance.customer_invoices_tile", _("Invoices"), "new", "list", invoices,
           lambda view: view.url(INVOICE, kind="invoice"), (PAYER,), "customer", order=60,
           empty=_("There is no invoice yet.")),
    Widget("finance.supplier_rejected", _("Bills to correct"), "todo", "list", rejected,
           lambda view: view.url(BILL, **_REJECTED), (BILLER,), "supplier", order=35,
           empty=_("None of your bills came back.")),
    Widget("finance.supplier_bills_tile", _("Bills and payments"), "new", "list", bills, lambda view: view.url(BILL),
           (BILLER,), "supplier", order=30, width=2, empty=_("You have sent no bill yet.")),
]  # fmt: skip
HOMES = [
    (PAYER, ("finance.customer_to_pay", "finance.customer_invoices_tile"), "customer"),
    (BILLER, ("finance.supplier_rejected", "finance.supplier_bills_tile"), "supplier"),
]
