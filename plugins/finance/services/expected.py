"""What customers are expected to pay and when: open invoices by their due days, then what contract steps will bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Money, Records, every
from weft.plugins.finance.services.invoices import INVOICE

__all__ = ["Step", "coming", "month_of"]

_PART = 200
_INVOICED = ("issued", "part_paid", "paid")


@dataclass(frozen=True, slots=True)
class Step:
    """A contract step that is still to be done and invoiced.

    Attributes:
        number: id of the step.
        said: its ``name`` and ``name_alt``.
        customer: reference to who pays, None where the person may not read it.
        amount: net.
        invoice_on: when it can be invoiced.
        pays_on: when the money is expected.
    """

    number: int
    said: Mapping[str, Any]
    customer: Any
    amount: Money
    invoice_on: date
    pays_on: date


def coming(records: Records, today: date) -> list[Step]:
    """Steps of contracts without an issued invoice, the earliest payment first; what is late is invoiced today.

    An invoice that was credited in full is none.

    Args:
        records: of who plans the money.
        today: the day of the viewer.
    """
    answers = records.runtime.plugins.manager.hook.weft_finance_expected(records=records)
    steps = {int(one["step"]): one for answer in answers for one in answer or ()}
    numbers = sorted(steps)
    for start in range(0, len(numbers), _PART):
        filters = {"step__in": numbers[start : start + _PART], "status__in": _INVOICED}
        for row in every(records, INVOICE, ("step",), filters):
            steps.pop(row["step"].id, None)
    wait = timedelta(days=records.setting("finance.payment_days"))
    found = [
        Step(number, one, one.get("customer"), one["amount"], one["day"], max(one["day"], today) + wait)
        for number, one in steps.items()
    ]
    return sorted(found, key=lambda one: (one.pays_on, one.number))


def month_of(day: date) -> date:
    """First day of the month of a day."""
    return day.replace(day=1)
