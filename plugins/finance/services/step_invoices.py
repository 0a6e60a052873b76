"""Invoices of contract steps: made in one go from what the contract says, and told of once they may be issued."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, notify, register_notice, translator
from weft.plugins.finance.services.invoices import INVOICE, LINE

_ = translator("finance")

__all__ = ["draft", "known", "tell_ready", "what"]

_REASON = "finance: invoices of contract steps"
READY = "finance.invoice_ready"
register_notice(READY, _("What it waited for is done: %(record)s can be issued"), headline=_("Invoices to issue"))


def what(records: Records, step: int) -> Mapping[str, Any] | None:
    """What an invoice for a step says; None where the step brings no payment or nobody knows of it."""
    answers = records.runtime.plugins.manager.hook.weft_finance_step(records=records, step=step)
    return next((one for one in answers if one), None)


def known(records: Records, step: int) -> Row | None:
    """The invoice of a step, if there is one; what was credited in full is none any more."""
    filters = {"step": step, "kind": "invoice", "status__ne": "credited"}
    rows = records.query(INVOICE, fields=("name", "name_alt"), filters=filters, sort="id", limit=1).rows
    return next(iter(rows), None)


def draft(records: Records, step: int) -> Row:
    """Make the draft of the invoice for a step, with its one line; taxed like the customer's last invoice.

    Args:
        records: the unit of work of finance.
        step: a contract step with a payment.

    Raises:
        ValidationFailed: it has an invoice already, no payment, or nobody who is to pay.
        NotFound: there is no such step for the person.
    """
    if known(records, step) is not None:
        raise ValidationFailed.single("step", "twice", _("There is an invoice for this step already."))
    said = what(records, step)
    if said is None:
        raise ValidationFailed.single("step", "payment", _("This step brings no payment."))
    names = ("name", "name_alt", "customer", "project", "contract")
    values: dict[str, Any] = {name: said[name] for name in names if said.get(name) is not None}
    money = said["amount"]
    row = records.create(INVOICE, {**values, "step": step, "currency": money.currency})
    line = {"invoice": row.id, "text": said["name"], "text_alt": said.get("name_alt"), "quantity": 1,
            "price": money.amount, "tax_rate": _tax_rate(records, said.get("customer"), row.id)}  # fmt: skip
    records.create(LINE, {name: value for name, value in line.items() if value is not None})
    return records.get(INVOICE, row.id)


def _tax_rate(records: Records, customer: int | None, besides: int) -> Decimal:
    """Rate of the customer's last invoice; none where there is none, finance says it on the line."""
    if customer is None:
        return Decimal(0)
    filters = {"customer": customer, "id__ne": besides, "kind": "invoice"}
    last = records.query(INVOICE, fields=(), filters=filters, sort="-created_at", limit=1).rows
    lines = records.query(LINE, fields=("tax_rate",), filters={"invoice": last[0].id}, limit=1).rows if last else ()
    return Decimal(lines[0]["tax_rate"]) if lines else Decimal(0)


def tell_ready(records: Records, steps: Iterable[int]) -> int:
    """Tell who prepared invoices of steps that are done now; returns how many invoices.

    Args:
        records: the platform's.
        steps: ids of steps that changed.
    """
    told = 0
    hook = records.runtime.plugins.manager.hook.weft_finance_issue_check
    for row in records.query(INVOICE, filters={"step__in": sorted(set(steps)), "status": "draft"}, limit=200).rows:
        if row.get("owner") is not None and not any(hook(records=records, invoice=row)):
            notify(records, [row["owner"].id], READY, row.id, at_sign_in=True)
            told += 1
    return told
