"""Approved hours as postings: the difference between what is booked and what they cost now is booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Records, translator
from weft.plugins.finance.services import months
from weft.plugins.finance.services.postings import Draft, book, of_source, reversal

_ = translator("finance")

__all__ = ["follow"]

_REASON = "finance: cost of hours"
_PART = 200


def follow(records: Records, entries: Sequence[int] | None) -> int:
    """Book what hours cost; harmless when it runs again. Returns the number of postings.

    Args:
        records: the platform's.
        entries: ids of hours that changed; None for all that are approved.
    """
    system = records.system(_REASON)
    answers = records.runtime.plugins.manager.hook.weft_finance_hours(records=system, entries=entries)
    found = [one for part in answers for one in part or ()]
    made = 0
    for start in range(0, len(found), _PART):
        made += _part(system, found[start : start + _PART])
    return made


def _part(system: Records, found: Iterable[Any]) -> int:
    some = list(found)
    booked = of_source(system, [one["source"] for one in some])
    today = system.now.astimezone(system.zone).date()
    opened = months.first_open_day(system)
    drafts: list[Draft] = []
    for one in some:
        cost: Money | None = one.get("cost")
        before = [row for row in booked.get(one["source"], ()) if row["kind"] == "hours"]
        taken = {row["reverses"].id for row in before if row.get("reverses")}
        standing = [row for row in before if row.id not in taken and not row.get("reverses")]
        wanted = cost is not None and cost.amount != Decimal(0)
        same = (
            wanted and len(standing) == 1 and standing[0]["amount"] == cost
            and standing[0]["charged_to"].id == one["charged_to"]
        )  # fmt: skip
        if same:
            continue
        for row in standing:
            drafts.append(replace(reversal(row, today, str(_("The hours changed"))), day=today))
        if wanted and cost is not None:
            day = max(one["day"], opened) if opened is not None else one["day"]
            drafts.append(Draft(one["about"], "hours", day, cost, rated=one["day"], charged_to=one["charged_to"],
                                unit=one.get("unit"), source=one["source"]))  # fmt: skip
    return len(book(system, drafts, checked=False))
