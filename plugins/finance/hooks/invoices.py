"""Invoices, their lines and payments: sums are computed, what was issued is not changed any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import Denied, Money, Records, ValidationFailed, among, company_currency, translator
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.graph import partner
from weft.plugins.finance.services.invoices import INVOICE, LINE, PAYMENT, lines_of, receive, sums
from weft.plugins.finance.services.money import cents, check_currency

_ = translator("finance")

__all__ = ["before_write"]

_REASON = "finance: sums of invoices"
#: What may still be written on an issued invoice.
_LATER = frozenset({"fapiao_no"})


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete a batch.

    Raises:
        Denied: it was issued, or it is a payment that would be changed.
        ValidationFailed: a currency or amount that cannot be.
    """
    if context.operation == "assign" or "." in context.operation:
        return
    entity = changes[0].entity
    if entity == INVOICE:
        _invoices(changes, context)
    elif entity == LINE:
        _lines(changes, context)
    elif entity == PAYMENT:
        _payments(changes, context)


def _issued() -> Denied:
    text = _("An issued invoice is not changed any more.")
    return Denied(str(text), rule=INVOICE, ask=str(_("Credit it, and make a new one.")))


def _invoices(changes: Sequence[Any], context: Any) -> None:
    by_person = context.principal.kind != "system"
    for change in changes:
        if by_person and change.before and change.before.get("status") != "draft":
            if context.operation != "update" or any(change.changed(name) for name in change.given - _LATER):
                raise _issued()
            continue
        if context.operation in ("delete", "restore"):
            continue
        if by_person and change.after("customer") is None:
            raise ValidationFailed.single("customer", "required", _("Say who is to pay it."))
        if not change.before or change.changed("currency"):
            known = check_currency(change.after("currency"), "currency")
            change.values["currency"] = known or company_currency(context.records)
        if not change.before:
            _begin(change, context.system(_REASON))
        elif by_person and change.changed("currency"):
            _in_currency(change, context.system(_REASON))


def _begin(change: Any, system: Records) -> None:
    """Tax id and days of the customer; sums of nothing."""
    if change.after("tax_id") is None or change.after("days") is None:
        known = partner(system, ref_id(change.after("customer")) or 0)
        if change.after("tax_id") is None and known.get("tax_id"):
            change.values["tax_id"] = str(known["tax_id"])[:40]
        if change.after("days") is None and known.get("days") is not None:
            change.values["days"] = known["days"]
    if change.after("net") is None:
        nothing = Money(Decimal(0), change.values["currency"])
        change.values |= dict.fromkeys(("net", "tax", "gross", "paid", "open_gross", "open_net"), nothing)


def _in_currency(change: Any, system: Records) -> None:
    """The prices are meant in the new currency."""
    code = change.after("currency")
    lines = lines_of(system, change.record_id)
    values = {line.id: {name: Money(line[name].amount, code) for name in ("net", "tax", "gross")} for line in lines}
    if values:
        system.update_many(LINE, values)
    change.values |= sums(values.values(), code) | {"paid": Money(Decimal(0), code)}
    change.values |= {"open_gross": change.values["gross"], "open_net": change.values["net"]}


# ---- lines


def _lines(changes: Sequence[Any], context: Any) -> None:
    system: Records = context.system(_REASON)
    by_person = context.principal.kind != "system"
    ids = {ref_id(change.after("invoice")) for change in changes}
    invoices = {row.id: row for row in among(system, INVOICE, ("status", "currency"), "id", ids)}
    if by_person and any(row["status"] != "draft" for row in invoices.values()):
        raise _issued()
    gone = context.operation == "delete"
    for change in changes:
        row = invoices.get(ref_id(change.after("invoice")) or 0)
        if row is None or gone:
            continue
        if not by_person and change.before and not {"quantity", "price", "tax_rate"} & set(change.values):
            continue
        _line(change, row["currency"])
    if context.door == "demo" or (not by_person and context.operation == "update"):
        return
    for key, row in invoices.items():
        _sum(changes, key, row["currency"], system, gone=gone)


def _line(change: Any, currency: str) -> None:
    quantity, price = change.after("quantity") or Decimal(0), change.after("price") or Decimal(0)
    net = cents(quantity * price)
    tax = cents(net * (change.after("tax_rate") or Decimal(0)) / 100)
    change.values |= {"net": Money(net, currency), "tax": Money(tax, currency), "gross": Money(net + tax, currency)}


def _sum(changes: Sequence[Any], invoice: int, currency: str, system: Records, *, gone: bool) -> None:
    lines: dict[int, Mapping[str, Any]] = {row.id: row for row in lines_of(system, invoice)}
    for change in changes:
        if ref_id(change.after("invoice")) != invoice:
            continue
        if gone:
            lines.pop(change.record_id, None)
        else:
            lines[change.record_id] = {name: change.after(name) for name in ("net", "tax", "gross")}
    found = sums(lines.values(), currency)
    values = {**found, "open_gross": found["gross"], "open_net": found["net"], "paid": Money(Decimal(0), currency)}
    system.update(INVOICE, invoice, values, version=None)


# ---- payments


def _payments(changes: Sequence[Any], context: Any) -> None:
    if context.operation != "create":
        text = _("A payment is not changed or deleted.")
        raise Denied(str(text), rule=PAYMENT, ask=str(_("Correct it: that makes a second payment.")))
    if context.door == "demo":
        return
    system: Records = context.system(_REASON)
    for change in changes:
        amount, invoice = change.after("amount"), ref_id(change.after("invoice"))
        if amount is None or invoice is None:
            continue
        corrects = change.after("corrects") is not None
        if context.principal.kind == "system" and not corrects:
            continue  # what the platform writes is counted by whoever had it written
        if amount.amount <= 0 and not corrects:
            raise ValidationFailed.single("amount", "too_small", _("Write an amount above nothing."))
        before = receive(system, invoice, amount, change.after("paid_on"), corrects=corrects)
        change.values["customer"] = ref_id(before.get("customer"))
        if not change.after("name"):
            change.values["name"] = f"{before.get('serial') or before['name']}"[:200]
