"""How invoices and bills read on the timeline of customers, suppliers and projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Row, translator
from weft.core.websdk import View
from weft.plugins.finance.views.bill_page import shown_status
from weft.plugins.finance.views.invoice_page import status_of
from weft.plugins.finance.views.parts import amount, name_of

_ = translator("finance")

__all__ = ["bills", "invoices", "reminders"]

_DRAFT = _("An invoice is prepared: %(what)s, %(net)s net")
_SENT = _("Invoice %(number)s: %(what)s, %(net)s net, due %(day)s")
_CREDIT = _("Credit note %(number)s: %(what)s, %(net)s net")
_REMINDER = _("Payment reminder %(level)s for %(what)s: %(open)s open, %(days)s days overdue")
_BILL = _("Bill %(what)s, %(net)s net, due %(day)s")


def invoices(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Sentences for invoices and credit notes, with how they stand now."""
    found = {}
    for row in rows:
        text = _CREDIT if row.get("kind") == "credit_note" else _SENT if row.get("serial") else _DRAFT
        slots = {
            "what": ("record", name_of(row), row["id"]), "net": ("text", amount(view, row.get("net")), None),
            "number": ("text", str(row.get("serial") or ""), None),
            "day": ("text", view.formats.date(row.get("due_on")), None),
        }  # fmt: skip
        found[row["id"]] = {"text": text, "slots": slots, "icon": "file-dollar", "status": status_of(row)}
    return found


def bills(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Sentences for bills of a supplier."""
    found = {}
    for row in rows:
        slots = {
            "what": ("record", row.title, row["id"]), "net": ("text", amount(view, row.get("net")), None),
            "day": ("text", view.formats.date(row.get("due_on")), None),
        }  # fmt: skip
        found[row["id"]] = {"text": _BILL, "slots": slots, "icon": "file-invoice", "status": shown_status(row)}
    return found


def reminders(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Sentences for payment reminders."""
    found = {}
    for row in rows:
        slots = {
            "what": ("record", row.title, row["id"]), "level": ("text", str(row.get("level") or 1), None),
            "open": ("text", amount(view, row.get("open_gross")), None),
            "days": ("text", str(row.get("days") or 0), None),
        }  # fmt: skip
        found[row["id"]] = {"text": _REMINDER, "slots": slots, "icon": "bell"}
    return found
