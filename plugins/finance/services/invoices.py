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
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import months
from weft.plugins.finance.services.money import cents
from weft.plugins.finance.services.postings import Draft, book

_ = translator("finance")

__all__ = ["INVOICE", "LINE", "PAYMENT", "correct", "credit", "issue", "lines_of", "open_parts", "pay", "receive",
           "repay", "sums"]  # fmt: skip

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


def receive(system: Records, invoice: int, amount: Money, day: date, *, corrects: bool = False) -> Row:
    """Count a payment (or money that went back, below nothing) on its invoice. Returns the invoice as it was before.

    What was paid of an invoice beyond what it comes to less its credit notes is open on these: it is owed back.

    Raises:
        ValidationFailed: another currency, more than is open, or an invoice that was not issued.
        Conflict: two payments at the same time; the second is tried again by its sender.
    """
    row = system.get(INVOICE, invoice)
    back = corrects or amount.amount < 0
    known = (*words.OWED, "paid", "credited") if back else (*words.OWED, "paid")
    if row["status"] not in known or row["kind"] != "invoice":
        raise ValidationFailed.single("invoice", "state", _("Nothing is to be paid for this invoice."))
    gross, open_before = row["gross"], row["open_gross"].amount
    if amount.currency != gross.currency:
        message = _("This invoice is in %(currency)s.") % {"currency": gross.currency}
        raise ValidationFailed.single("amount", "currency", message)
    if amount.amount > open_before and not back:
        message = _("Only %(open)s is open.") % {"open": f"{gross.currency} {open_before:.2f}"}
        raise ValidationFailed.single("amount", "too_large", message)
    notes = _notes(system, row.id)
    owed_before = sum((note["open_gross"].amount for note in notes), Decimal(0))
    balance = open_before - owed_before - amount.amount
    left, owed = max(balance, Decimal(0)), max(-balance, Decimal(0))
    system.update(INVOICE, row.id, _counted(row, amount.amount, left, day), version=row.version)
    _owe(system, notes, owed - owed_before, day)
    return row


def _counted(row: Row, amount: Decimal, left: Decimal, day: date) -> dict[str, Any]:
    """What a payment makes of its invoice, of which so much is left to pay."""
    paid = (row["paid"].amount if row.get("paid") is not None else Decimal(0)) + amount
    values: dict[str, Any] = open_parts(row["net"], row["gross"], row["gross"].amount - left)
    values["paid"] = Money(paid, row["gross"].currency)
    if left:
        return values | {"status": "part_paid" if paid else "issued", "paid_on": None}
    if row["status"] in ("paid", "credited"):
        return values
    return values | {"status": "paid", "paid_on": day}


def repay(records: Records, note: Row, day: date, name: str | None) -> None:
    """What a customer paid beyond goes back: a payment below nothing on the invoice that was credited.

    Raises:
        ValidationFailed: nothing of the credit note is owed back.
        Conflict: somebody else paid it back at the same time.
    """
    system = records.system(_REASON)
    row = system.get(INVOICE, note.id)
    owed = row["open_gross"]
    if row["status"] != "issued" or row.get("credits") is None or not owed.amount:
        raise ValidationFailed.single("", "state", _("Nothing of this credit note is to be paid back."))
    # Its own standing first: what is counted on the invoice then finds it settled.
    system.update(INVOICE, row.id, _owed(row, Decimal(0), day), version=row.version)
    invoice = system.get(INVOICE, row["credits"].id)
    paid = invoice["paid"].amount - owed.amount
    system.update(INVOICE, invoice.id, {"paid": Money(paid, owed.currency)}, version=invoice.version)
    values = {"invoice": invoice.id, "customer": ref_id(invoice.get("customer")), "amount": Money(-owed.amount,
              owed.currency), "paid_on": day, "name": (name or row["serial"])[:200],
              "owner": records.principal.user_id}  # fmt: skip
    system.load(PAYMENT, [{key: value for key, value in values.items() if value is not None}])


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
    """Make and issue a credit note for an invoice or a part of it: first of what is open, then of what was paid.

    What was paid beyond is open on the credit note until it is paid back.

    Args:
        records: the unit of work of finance.
        invoice: issued.
        reason: words on the credit note.
        net: the part, net; when None all that is open, of a paid invoice all that is not credited yet.
        day: day of issue.

    Raises:
        ValidationFailed: more than is not credited yet, or everything is.
    """
    system = records.system(_REASON)
    row = system.get(INVOICE, invoice.id)
    if row["kind"] != "invoice" or row["status"] not in (*words.OWED, "paid"):
        raise ValidationFailed.single("", "state", _("Nothing of this invoice can be credited."))
    code, open_net, open_gross = row["net"].currency, row["open_net"].amount, row["open_gross"].amount
    credited = sums(_notes(system, row.id), code)
    rest, rest_gross = (row[name].amount - credited[name].amount for name in ("net", "gross"))
    part = net or Money(open_net or rest, code)
    if part.currency != code or not 0 < part.amount <= rest:
        message = _("Between nothing and %(open)s can be credited.") % {"open": f"{code} {rest:.2f}"}
        raise ValidationFailed.single("net", "range", message)
    gross = _gross_of(part.amount, (open_net, open_gross), (rest, rest_gross))
    note = _credit_note(system, row, reason, part, gross)
    left = max(open_gross - gross, Decimal(0))
    values: dict[str, Any] = {"open_gross": Money(left, code),
                              "open_net": Money(open_net - part.amount if left else Decimal(0), code)}  # fmt: skip
    if not left:
        values["status"] = "credited" if part.amount == rest else "paid"
    system.update(INVOICE, row.id, values, version=row.version)
    issue(records, system.get(INVOICE, note), day)
    return system.update(INVOICE, note, _owed(system.get(INVOICE, note), gross - open_gross + left, day), version=None)


def _gross_of(part: Decimal, opened: tuple[Decimal, Decimal], rest: tuple[Decimal, Decimal]) -> Decimal:
    """Gross of a part, net: of all that is open or not credited yet to the cent, of what is between in proportion."""
    for net, gross in (rest, opened):
        if part == net:
            return gross
    share = cents(rest[1] * part / rest[0])
    return min(share, opened[1]) if part < opened[0] else max(share, opened[1])


def _notes(system: Records, invoice: int) -> list[Row]:
    """Issued credit notes of an invoice, the last one first."""
    fields = ("status", "net", "tax", "gross", "open_gross")
    filters = {"credits": invoice, "kind": "credit_note", "status__in": words.ISSUED}
    return sorted(every(system, INVOICE, fields, filters), key=lambda row: -row.id)


def _owe(system: Records, notes: Iterable[Row], more: Decimal, day: date) -> None:
    """Owe more back on credit notes, or less, in their order."""
    for note in notes:
        before = note["open_gross"].amount
        after = min(max(before + more, Decimal(0)), note["gross"].amount)
        if after != before:
            more -= after - before
            system.update(INVOICE, note.id, _owed(note, after, day), version=None)


def _owed(note: Row, left: Decimal, day: date) -> dict[str, Any]:
    """Where a credit note stands of which so much is owed back; it is never due from the customer."""
    found = open_parts(note["net"], note["gross"], note["gross"].amount - left)
    return {"open_gross": found["open_gross"], "open_net": found["open_net"], "status": "issued" if left else "paid",
            "paid_on": None if left else day, **({"due_on": None} if left else {})}  # fmt: skip


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
