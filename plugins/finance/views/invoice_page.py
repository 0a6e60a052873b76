"""The page of an invoice: lines, sums, payments, and the PDF in both languages; inside and in the customer's portal."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import NotFound, Row, current_locale, every, in_script, translator
from weft.core.websdk import View
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import papers
from weft.plugins.finance.services.invoices import INVOICE, LINE, PAYMENT, lines_of
from weft.plugins.finance.services.reminders import REMINDER
from weft.plugins.finance.views.parts import amount, course, state

_ = translator("finance")

__all__ = ["marks", "page", "send_pdf"]

_WHY = {
    "fonts": _("No font with Chinese characters is installed on the server, so the PDF would have gaps."),
}


def page(view: View, record: Row) -> dict[str, Any]:
    """Lines and sums first, then what was paid."""
    lines = []
    for row in lines_of(view.records, record.id):
        line = {"text": in_script(row["text"], row.get("text_alt"), current_locale())[0], "quantity": row["quantity"],
                "price": row["price"], "tax_rate": row["tax_rate"], "net": row["net"],
                "gross": row["gross"]}  # fmt: skip
        if view.principal.internal and record.get("status") == "draft":
            line["url"] = view.url(LINE, row.id)
        lines.append(line)
    paid = [
        {"title": row.get("name") or "", "icon": "cash", "sub": view.formats.date(row["paid_on"]),
         "end": {"text": amount(view, row["amount"])},
         **({"url": view.url(PAYMENT, row.id)} if view.principal.internal else {})}
        for row in every(view.records, PAYMENT, ("name", "amount", "paid_on"), {"invoice": str(record.id)})
    ]  # fmt: skip
    found: dict[str, Any] = {"invoice": {
        "lines": lines, "currency": record["net"].currency if record.get("net") else "",
        "sums": [(str(_("Net")), record.get("net")), (str(_("Tax")), record.get("tax")),
                 (str(_("Gross")), record.get("gross")),
                 *([(_open_label(record), record.get("open_gross"))] if record.get("status") != "draft" else [])],
        "paid": {"title": str(_("Payments")), "rows": paid, "rows_two": True, "full": True, "count": len(paid)},
        "pdf": [
            {"label": str(_("PDF in English")), "url": _pdf(view, record.id, "en"), "icon": "download",
             "opens": "download"},
            {"label": str(_("PDF in Chinese")), "url": _pdf(view, record.id, "zh"), "icon": "download",
             "opens": "download"},
        ],
        "who": _who_next(view, record), "add": None, "reminders": _reminders(view, record),
    }}  # fmt: skip
    days = {"issued": record.get("issued_on"), "paid": record.get("paid_on")}
    order = ("draft", "issued", "part_paid", "paid")
    found["head"] = course(words.INVOICE_STATUS, record.get("status"), order, days)
    if view.may(LINE, "create") and record.get("status") == "draft":
        found["invoice"]["add"] = {"label": str(_("Add a line")), "icon": "plus", "opens": "dialog",
                                   "url": view.url(LINE, "new", invoice=record.id)}  # fmt: skip
    return found


def _open_label(record: Row) -> str:
    return str(_("To be paid back, gross") if record.get("kind") == "credit_note" else _("Open, gross"))


def _reminders(view: View, record: Row) -> dict[str, Any]:
    """Reminders that went out, the last first, in the viewer's language."""
    rows = []
    fields = ("level", "sent_on", "text", "text_alt", "open_gross")
    for row in every(view.records, REMINDER, fields, {"invoice": str(record.id)}, sort="-sent_on"):
        chinese = current_locale().startswith("zh")
        rows.append({"title": str(_("Reminder %(n)s") % {"n": row["level"]}), "icon": "bell",
                     "sub": (row.get("text_alt") if chinese else "") or row["text"],
                     "end": {"text": view.formats.date(row["sent_on"])},
                     **({"url": view.url(REMINDER, row.id)} if view.principal.internal else {})})  # fmt: skip
    return {"title": str(_("Payment reminders")), "rows": rows, "rows_two": True, "full": True, "count": len(rows)}


def _pdf(view: View, record: int, locale: str) -> str:
    return f"/{view.portal_key}/finance/invoice-pdf/{record}/{locale}"


def _who_next(view: View, record: Row) -> str:
    """Whose turn it is and until when, for the customer."""
    if view.principal.internal or record.get("status") not in words.OWED or record.get("due_on") is None:
        return ""
    return str(_("Next: you pay until %(day)s") % {"day": view.formats.date(record["due_on"])})


def send_pdf(view: View, record_id: int, locale: str) -> Any:
    """The invoice as a file, with the rights of its page."""
    if locale not in ("en", "zh"):
        raise NotFound(locale)
    record = view.records.get(INVOICE, record_id)
    made = papers.invoice_pdf(view.records, record, locale)
    if made.reason:
        view.toast(_WHY.get(made.reason, _("The PDF cannot be made.")))
        return view.redirect(view.url(INVOICE, record_id))
    name = record.get("serial") or f"draft-{record_id}"
    headers = {"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff",
               "Cache-Control": "private, no-store", "Content-Security-Policy": "sandbox; default-src 'none'",
               "Content-Disposition": f'attachment; filename="{name}-{locale}.pdf"'}  # fmt: skip
    return made.content, 200, headers


def marks(view: View, ids: list[int]) -> dict[int, dict[str, str]]:
    """What stands out in a list: how long an invoice is overdue."""
    found = {}
    filters = {"id__in": ids, "status__in": ",".join(words.OWED), "due_on__lt": view.today.isoformat()}
    for row in every(view.records, INVOICE, ("due_on",), filters):
        days = (view.today - row["due_on"]).days
        found[row.id] = {"label": str(_("%(n)s days overdue") % {"n": days}), "tone": "late", "icon": "clock"}
    return found


def status_of(row: Row) -> dict[str, Any]:
    """State of an invoice: dot and word."""
    return state(words.INVOICE_STATUS, row.get("status"))
