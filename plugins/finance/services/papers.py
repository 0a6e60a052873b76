"""An invoice on paper, in either language: plain words that the platform's typesetter draws."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from weft.core.sdk import Records, Row, babel_locale, company_name, files, in_script, translator, use_locale
from weft.plugins.finance.services.invoices import lines_of

_ = translator("finance")

__all__ = ["invoice_pdf"]


def invoice_pdf(records: Records, invoice: Row, locale: str) -> Any:
    """The invoice as a PDF; ``reason`` of the answer says why there is none.

    Args:
        records: whose rights count for its lines.
        invoice: as the viewer reads it.
        locale: ``en`` or ``zh``.
    """
    system = records.system("finance: what stands on an invoice")
    with use_locale(locale):
        words = _words(system, invoice, locale)
        title = (
            f"{_('Credit note') if invoice['kind'] == 'credit_note' else _('Invoice')} {invoice.get('serial') or ''}"
        )
        return files.make_pdf(words, title.strip())


def _clean(text: Any) -> str:
    """What people wrote stays within its cell."""
    return str(text or "").replace("|", "/").replace("\n", " ").strip()


def _money(amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, format="¤¤ #,##0.00", locale=str(babel_locale()))


def _words(system: Records, row: Row, locale: str) -> str:
    head = _("Credit note") if row["kind"] == "credit_note" else _("Invoice")
    net, tax, gross = row["net"], row["tax"], row["gross"]
    payer = row.get("customer")
    customer = in_script(payer.title, payer.alt, locale)[0] if payer is not None else ""
    facts = [
        (_("Number"), row.get("serial") or str(_("Draft"))),
        (_("From", "sender"), company_name(system)),
        (_("Our tax id"), system.setting("finance.tax_id")),
        (_("Our bank account"), system.setting("finance.bank_account")),
        (_("To", "receiver"), customer),
        (_("Customer's tax id"), row.get("tax_id")),
        (_("Fapiao number"), row.get("fapiao_no")),
        (_("Issued on"), _date(row.get("issued_on"))),
        (_("Due"), _date(row.get("due_on")) if row["kind"] == "invoice" else None),
    ]
    parts = [f"# {head} {row.get('serial') or ''}", in_script(row["name"], row.get("name_alt"), locale)[0], ""]
    parts += [f"| {label} | {_clean(value)} |" for label, value in facts if value]
    parts += ["", f"## {_('Invoice lines')}", f"| {_('Text')} | {_('Quantity')} | {_('Price each, net')} | "
              f"{_('Tax (%)')} | {_('Net')} | {_('Gross')} |"]  # fmt: skip
    for line in lines_of(system, row.id):
        text = in_script(line["text"], line.get("text_alt"), locale)[0]
        numbers = (_number(line["quantity"]), _number(line["price"]), _number(line["tax_rate"]),
                   _number(line["net"].amount), _number(line["gross"].amount))  # fmt: skip
        parts.append("| " + " | ".join((_clean(text), *numbers)) + " |")
    parts += ["", f"## {_('Total')}"]
    for label, money in ((_("Net"), net), (_("Tax"), tax), (_("Gross"), gross)):
        parts.append(f"| {label} | {_money(money.amount, money.currency)} |")
    paid = row.get("paid")
    if row["kind"] == "invoice" and paid is not None and paid.amount:
        parts.append(f"| {_('Paid, gross')} | {_money(paid.amount, paid.currency)} |")
        parts.append(f"| {_('Open, gross')} | {_money(row['open_gross'].amount, row['open_gross'].currency)} |")
    if row.get("note"):
        parts += ["", _clean(row["note"])]
    return "\n".join(str(part) for part in parts)


def _date(day: Any) -> str | None:
    return format_date(day, format="long", locale=str(babel_locale())) if day is not None else None


def _number(value: Decimal) -> str:
    return format_decimal(value, format="#,##0.00", locale=str(babel_locale()))
