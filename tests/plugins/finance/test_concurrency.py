"""Thirty-two people at once: numbers without gaps and sums to the cent, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from weft.core.errors import Conflict

pytestmark = [
    pytest.mark.weft_plugins(
        "crm", "projects", "documents", "finance", "portal_employee", "portal_customer", "portal_supplier"
    ),
    pytest.mark.both_databases,
]

INVOICE = "finance.invoice"
WRITERS = 32


class Given(Exception):
    """A writer gives up after everything was written."""


def test_numbers_have_no_gaps_and_sums_are_exact(world, records_as, row_of):
    with records_as(world.tang, write=True) as records:
        rows = [{"name": f"Part {n}", "customer": world.haverdijk, "currency": "EUR"} for n in range(WRITERS + 1)]
        drafts = [records.create(INVOICE, row).id for row in rows]
        for number in drafts:
            price = "100.10" if number != drafts[-1] else f"{WRITERS * Decimal('33.33')}"
            records.create("finance.invoice_line", {"invoice": number, "text": "Part", "price": price, "tax_rate": "0"})
        records.act(f"{INVOICE}.issue", drafts[-1], {})

    def write(number):
        place = drafts.index(number)
        if place % 4 == 0:  # gives up first: the number it had taken must not be missing afterwards
            with pytest.raises(Given), records_as(world.tang, write=True) as records:
                records.act(f"{INVOICE}.issue", number, {})
                raise Given
        with records_as(world.tang, write=True) as records:
            records.act(f"{INVOICE}.issue", number, {})
        for _try in range(200):
            try:
                with records_as(world.tang, write=True) as records:
                    records.act(f"{INVOICE}.pay", drafts[-1], {"amount": {"amount": "33.33", "currency": "EUR"}})
                return
            except Conflict:
                continue
        raise AssertionError("a payment found no place")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, drafts[:-1]))
    serials = sorted(row_of(INVOICE, number)["serial"] for number in drafts)
    assert serials == [f"INV-2026-{number:05d}" for number in range(1, WRITERS + 2)]
    shared = row_of(INVOICE, drafts[-1])
    assert shared["status"] == "paid" and shared["paid"].amount == shared["gross"].amount
    with records_as("system") as records:
        (line,) = records.aggregate("finance.payment", measures=("count", "sum(amount)"))
        assert line["count"] == WRITERS and line["sum(amount)"].amounts[0].amount == WRITERS * Decimal("33.33")
        (line,) = records.aggregate("finance.posting", measures=("sum(amount)",))
        assert line["sum(amount)"].amounts[0].amount == WRITERS * (Decimal("100.10") + Decimal("33.33"))
