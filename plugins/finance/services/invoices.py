"""Invoices: issued under numbers without gaps, paid in parts, credited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Records,
    Row,
    ValidationFailed,
    directory,
    every,
    gapless_number,
    notify,
    readers,
    register_notice,
    translator,
)
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import months
from weft.plugins.finance.services.money import cents
from weft.plugins.finance.services.postings import Draft, book

_ = translator("finance")

__all__ = ["INVOICE", "LINE", "PAYMENT", "correct", "credit", "issue", "lines_of", "open_parts", "pay", "receive",
           "sums"]  # fmt: skip

INVOICE, LINE, PAYMENT = "finance.invoice", "finance.invoice_line", "finance.payment"
_REASON = "finance: invoices"
ISSUED = "finance.invoice_issued"
register_notice(ISSUED, _("A new invoice for you: %(record)s"), headline=_("Invoices"))
_PREFIX = {"invoice": "INV", "credit_note": "CN"}


def lines_of(records: Records, invoice: int) -> list[Row]:
    """Lines of an invoice in their order."""
    fields = ("text", "text_alt", "position", "quantity", "price", "tax_rate", "net", "tax", "gross")
    return sorted(every(records, LINE, fields, {"invoice": invoice}), key=lambda row: (row["position"], row.id))


def sums(lines: Iterable[Mapping[str, Any]], currency: str) -> dict[str, Money]:
    """Net, tax and gross of lines."""
    some = list(lines)
    return {
        name: Money(sum((one[name].amount for one in some if one.get(name) is not None), Decimal(0)), currency)
        for name in ("net", "tax", "gross")
    }  # fmt: skip


def open_parts(net: Money, gross: Money, paid: Decimal) -> dict[str, Money]:
    """What is left to pay: gross, and the net part of it in proportion."""
    left = gross.amount - paid
    part = cents(net.amount * left / gross.amount) if gross.amount else Decimal(0)
    return {"paid": Money(paid, gross.currency), "open_gross": Money(left, gross.currency),
            "open_net": Money(part, gross.currency)}  # fmt: skip


# ---- issuing


def issue(records: Records, invoice: Row, day: date) -> str:
    """Give a draft its number and send it out; it is income from that day on. Returns the number.

    Raises:
        ValidationFailed: no lines, nothing to pay, a contract step that is not done, or a closed month.
        Conflict: somebody else issued it at the same time.
    """
    system = records.system(_REASON)
    row = system.get(INVOICE, invoice.id)
    if row["status"] != "draft":
        raise ValidationFailed.single("", "state", _("This invoice was issued already."))
    lines = lines_of(system, row.id)
    if not lines or row.get("gross") is None or not row["gross"].amount:
        raise ValidationFailed.single("", "empty", _("Add what is to be paid first."))
    months.check_open(records, day)
    for answer in records.runtime.plugins.manager.hook.weft_finance_issue_check(records=system, invoice=row):
        if answer:
            raise ValidationFailed.single("", "step", answer)
    days = int(records.setting("finance.payment_days") if row.get("days") is None else row["days"])
    kind, sign = row["kind"], -1 if row["kind"] == "credit_note" else 1
    net = Money(sign * abs(row["net"].amount), row["net"].currency)
    values: dict[str, Any] = {"status": "issued", "issued_on": day, "due_on": day + timedelta(days=days)}
    values |= open_parts(row["net"], row["gross"], Decimal(0))
    system.update(INVOICE, row.id, values, version=row.version)
    book(records, [Draft(row["name"], kind, day, net, customer=ref_id(row.get("customer")),
                         project=ref_id(row.get("project")), charged_to=ref_id(row.get("project")), source=row.id)],
         checked=False)  # fmt: skip
    users = directory.standing_for(records, [row["customer"].id]) if row.get("customer") else {}
    told = readers(records, row.id, {one for some in users.values() for one in some})
    notify(records, sorted(told), ISSUED, row.id, at_sign_in=True)
    # The number last: its counter stays locked until the unit ends.
    number = gapless_number(records, f"{INVOICE}.{kind}.{day.year}")
    serial = f"{_PREFIX[kind]}-{day.year}-{number:05d}"
    system.update(INVOICE, row.id, {"serial": serial}, version=None)
    return serial


# ---- payments


def pay(records: Records, invoice: Row, amount: Any, day: date, name: str | None) -> Row:
    """Money came in for an invoice; the hook of the payment moves the invoice on."""
    known = {"invoice": invoice.id, "amount": amount, "paid_on": day, "name": name}
    return records.create(PAYMENT, {key: value for key, value in known.items() if value is not None})


def receive(system: Records, invoice: int, amount: Money, day: date) -> Row:
    """Count a payment (or a correction, below nothing) on its invoice. Returns the invoice as it was before.

    Raises:
        ValidationFailed: another currency, more than is open, or an invoice that was not issued.
        Conflict: two payments at the same time; the second is tried again by its sender.
    """
    row = system.get(INVOICE, invoice)
    if row["status"] not in ("issued", "part_paid", "paid") or row["kind"] != "invoice":
        raise ValidationFailed.single("invoice", "state", _("Nothing is to be paid for this invoice."))
    gross, net = row["gross"], row["net"]
    if amount.currency != gross.currency:
        message = _("This invoice is in %(currency)s.") % {"currency": gross.currency}
        raise ValidationFailed.single("amount", "currency", message)
    before = row["paid"].amount if row.get("paid") is not None else Decimal(0)
    open_before = row["open_gross"].amount
    if amount.amount > open_before:
        message = _("Only %(open)s is open.") % {"open": f"{gross.currency} {open_before:.2f}"}
        raise ValidationFailed.single("amount", "too_large", message)
    paid = before + amount.amount
    left = open_before - amount.amount
    values: dict[str, Any] = open_parts(net, gross, gross.amount - left)
    values["paid"] = Money(paid, gross.currency)
    status = "paid" if left == 0 else "part_paid" if paid else "issued"
    values |= {"status": status, "paid_on": day if left == 0 else None}
    system.update(INVOICE, row.id, values, version=row.version)
    return row


def correct(records: Records, payment: Row, reason: str, day: date) -> Row:
    """Take a payment back by a second one below nothing.

    Raises:
        ValidationFailed: it was corrected already, or is itself a correction.
    """
    system = records.system(_REASON)
    row = system.get(PAYMENT, payment.id)
    if row.get("corrects") or system.query(PAYMENT, fields=(), filters={"corrects": payment.id}, limit=1).rows:
        raise ValidationFailed.single("", "twice", _("This payment was corrected already."))
    amount = Money(-row["amount"].amount, row["amount"].currency)
    values = {"invoice": row["invoice"].id, "amount": amount, "paid_on": day, "name": reason[:200],
              "corrects": row.id, "owner": records.principal.user_id}  # fmt: skip
    system.load(PAYMENT, [values])
    return row


# ---- credit notes


def credit(records: Records, invoice: Row, reason: str, net: Money | None, day: date) -> Row:
    """Make and issue a credit note for all that is open of an invoice, or for a part of it.

    Args:
        records: the unit of work of finance.
        invoice: issued.
        reason: words on the credit note.
        net: the part, net; all that is open when None.
        day: day of issue.

    Raises:
        ValidationFailed: more than is open, or nothing is.
    """
    system = records.system(_REASON)
    row = system.get(INVOICE, invoice.id)
    if row["kind"] != "invoice" or row["status"] not in ("issued", "part_paid"):
        raise ValidationFailed.single("", "state", _("Nothing of this invoice is open."))
    whole = row["open_net"]
    part = net or whole
    if part.currency != whole.currency or not 0 < part.amount <= whole.amount:
        message = _("Between nothing and %(open)s can be credited.") % {"open": f"{whole.currency} {whole.amount:.2f}"}
        raise ValidationFailed.single("net", "range", message)
    all_of_it = part.amount == whole.amount
    gross = row["open_gross"].amount if all_of_it else cents(row["open_gross"].amount * part.amount / whole.amount)
    note = _credit_note(system, row, reason, part, gross)
    left = {"open_gross": Money(row["open_gross"].amount - gross, whole.currency),
            "open_net": Money(whole.amount - part.amount, whole.currency)}  # fmt: skip
    paid = row["paid"].amount if row.get("paid") is not None else Decimal(0)
    status = {"status": "paid" if paid else "credited"} if left["open_gross"].amount == 0 else {}
    system.update(INVOICE, row.id, {**left, **status}, version=row.version)
    issue(records, system.get(INVOICE, note), day)
    nothing = Money(Decimal(0), whole.currency)
    settled = {"status": "paid", "open_gross": nothing, "open_net": nothing, "paid_on": day}
    return system.update(INVOICE, note, settled, version=None)


def _credit_note(system: Records, row: Row, reason: str, part: Money, gross: Decimal) -> int:
    """The draft of a credit note with one line."""
    values = {"name": reason[:200], "kind": "credit_note", "customer": ref_id(row.get("customer")),
              "project": ref_id(row.get("project")), "currency": part.currency, "tax_id": row.get("tax_id"),
              "credits": row.id, "owner": ref_id(row.get("owner"))}  # fmt: skip
    note = system.load(INVOICE, [{key: value for key, value in values.items() if value is not None}]).created[0]
    rate = cents((gross - part.amount) * 100 / part.amount) if part.amount else Decimal(0)
    system.create(LINE, {"text": row["name"], "text_alt": row.get("name_alt"), "invoice": note, "quantity": 1,
                         "price": part.amount, "tax_rate": rate})  # fmt: skip
    exact = {"net": part, "gross": Money(gross, part.currency), "tax": Money(gross - part.amount, part.currency)}
    system.update(INVOICE, note, exact, version=None)
    return int(note)
