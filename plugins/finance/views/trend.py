"""Whether customers buy less: what was invoiced in the last twelve months against the twelve before, net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from weft.core.sdk import translator
from weft.core.websdk import View
from weft.plugins.finance.services.invoices import INVOICE

_ = translator("finance")

__all__ = ["change_of", "signs"]

_YEAR = timedelta(days=365)
#: A fall of so many per cent is told.
_TOLD = -10


def signs(view: View, customers: Sequence[int]) -> dict[int, str]:
    """Customers for whom clearly less was invoiced than in the year before, with the sentence that says so."""
    text = _("invoices down %(percent)s against the year before")
    return {
        key: str(text % {"percent": view.formats.percent(-change)})
        for key, change in change_of(view, customers).items()
        if change <= _TOLD
    }


def change_of(view: View, customers: Sequence[int]) -> dict[int, int]:
    """Change in per cent by customer; who had nothing invoiced in the year before is absent."""
    if not customers or not view.may(INVOICE, "read"):
        return {}
    middle = view.today - _YEAR
    now = _invoiced(view, customers, middle, view.today)
    before = _invoiced(view, customers, middle - _YEAR, middle)
    return {
        key: round(100 * (now.get(key, Decimal(0)) - amount) / amount) for key, amount in before.items() if amount > 0
    }


def _invoiced(view: View, customers: Sequence[int], after: date, until: date) -> Mapping[int, Decimal]:
    """Invoices less credit notes, in company currency at today's rates, so that only the business changes."""
    lines = view.records.aggregate(
        INVOICE, group=("customer", "kind"), measures=("sum(net)",),
        filters={"customer__in": sorted(customers), "issued_on__gt": after.isoformat(),
                 "issued_on__lte": until.isoformat()},
    )  # fmt: skip
    found: dict[int, Decimal] = {}
    for line in lines:
        key = int(getattr(line["customer"], "id", line["customer"]))
        amount = abs(line["sum(net)"].exact or Decimal(0)) if line["sum(net)"] is not None else Decimal(0)
        found[key] = found.get(key, Decimal(0)) + (-amount if line["kind"] == "credit_note" else amount)
    return found
