"""Booking: amounts become postings, which nobody changes afterwards; a mistake is reversed by a second posting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Records,
    Row,
    ValidationFailed,
    company_currency,
    directory,
    every,
    translator,
)
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import months
from weft.plugins.finance.services.graph import Place, places
from weft.plugins.finance.services.money import Rate, cents, rate_of

_ = translator("finance")

__all__ = ["POSTING", "Draft", "book", "of_source", "reversal", "reverse", "unit_of"]

POSTING = "finance.posting"
_REASON = "finance: postings"
_SHOWN = ("about", "kind", "day", "amount", "company", "rate", "rate_on", "charged_to", "customer", "project",
          "salesperson", "lead", "cost_unit", "source", "category", "owner", "unit", "reverses")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be booked.

    Attributes:
        about: words on the posting.
        kind: ``hours``, ``bill``, ``expense``, ``invoice`` or ``credit_note``.
        day: booking day.
        amount: net, in its own currency; negative for credit notes and reversals.
        rated: day whose rate counts, the booking day when None.
        charged_to: record that bears it, or None for the unit alone.
        customer, project: known already, without asking what bears it.
        unit: unit that bears it.
        source: record it comes from.
        category: kind of expense.
        company: amount in company currency where it is fixed already (reversals).
        reverses, reason: of a reversal.
    """

    about: str
    kind: str
    day: date
    amount: Money
    rated: date | None = None
    charged_to: int | None = None
    customer: int | None = None
    project: int | None = None
    unit: int | None = None
    source: int | None = None
    category: int | None = None
    company: Money | None = None
    rate: Rate | None = None
    reverses: int | None = None
    reason: str | None = None


def book(records: Records, drafts: Sequence[Draft], *, checked: bool = True) -> list[int]:
    """Write postings; returns their ids. What they concern is found through the graph now and kept.

    Args:
        records: the unit of work.
        drafts: what to book; amounts of nothing are left out.
        checked: refuse closed months; False where the caller chose an open day already.

    Raises:
        ValidationFailed: the month of a day is closed, or a rate is missing.
    """
    wanted = [one for one in drafts if one.amount.amount]
    if not wanted:
        return []
    if checked:
        for day in sorted({one.day for one in wanted}):
            months.check_open(records, day)
    system = records.system(_REASON)
    known = places(system, {one for draft in wanted for one in (draft.charged_to, draft.customer, draft.project)})
    rates: dict[tuple[str, date], Rate] = {}
    rows = [_values(system, draft, known, rates) for draft in wanted]
    made = list(system.load(POSTING, rows).created)
    system.act(f"{POSTING}.book", made[0], {})  # an act that cannot be taken back: Undo of all of it is refused
    return made


def _values(
    system: Records, draft: Draft, known: dict[int, Place], rates: dict[tuple[str, date], Rate]
) -> dict[str, Any]:
    rated = draft.rated or draft.day
    rate = draft.rate or rates.get((draft.amount.currency, rated))
    if rate is None:
        rate = rates[draft.amount.currency, rated] = rate_of(system, draft.amount.currency, rated)
    place = known.get(draft.charged_to or draft.project or draft.customer or 0, Place())
    sold = known.get(draft.customer or 0, place)
    company = draft.company or Money(cents(draft.amount.amount * rate.value), company_currency(system))
    values = {
        "about": draft.about[:420], "kind": draft.kind, "day": draft.day, "amount": draft.amount, "company": company,
        "rate": rate.value if rate.day else None, "rate_on": rate.day, "charged_to": draft.charged_to,
        "customer": draft.customer or place.customer, "project": draft.project or place.project,
        "salesperson": sold.salesperson or place.salesperson, "lead": place.lead, "cost_unit": draft.unit,
        "source": draft.source, "category": draft.category, "reverses": draft.reverses, "reason": draft.reason,
        "owner": sold.salesperson or place.salesperson, "unit": sold.sales_unit or place.sales_unit,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def of_source(system: Records, sources: Iterable[int]) -> dict[int, list[Row]]:
    """Postings of some records they were booked from."""
    found: dict[int, list[Row]] = {}
    wanted = sorted(set(sources))
    for start in range(0, len(wanted), 200):
        for row in every(system, POSTING, _SHOWN, {"source__in": wanted[start : start + 200]}):
            found.setdefault(row["source"].id, []).append(row)
    return found


def reversal(row: Row, day: date, reason: str) -> Draft:
    """What takes a posting back: the same with the opposite sign, at the same rate."""
    company = row["company"]
    return Draft(
        row["about"], row["kind"], day, Money(-row["amount"].amount, row["amount"].currency),
        charged_to=ref_id(row.get("charged_to")), customer=ref_id(row.get("customer")),
        project=ref_id(row.get("project")), unit=ref_id(row.get("cost_unit")), source=ref_id(row.get("source")),
        category=ref_id(row.get("category")), company=Money(-company.amount, company.currency),
        rate=Rate(row.get("rate") or Decimal(1), row.get("rate_on")), reverses=row.id, reason=reason,
    )  # fmt: skip


def reverse(records: Records, posting: int, day: date, reason: str, charged_to: int | None = None) -> list[int]:
    """Take a posting back, and book it on something else where that was the mistake.

    Args:
        records: the unit of work of who corrects.
        posting: what was wrong.
        day: booking day of the correction.
        reason: why.
        charged_to: what should have borne it; None to take it back alone.

    Returns:
        Ids of the reversal and, where there is one, the new posting.

    Raises:
        ValidationFailed: it was reversed already, is itself a reversal, or the month is closed.
    """
    system = records.system(_REASON)
    row = system.get(POSTING, posting, fields=_SHOWN)
    if row.get("reverses") is not None:
        raise ValidationFailed.single("", "reversal", _("This posting is itself a reversal."))
    if system.query(POSTING, fields=(), filters={"reverses": posting}, limit=1).rows:
        raise ValidationFailed.single("", "twice", _("This posting was reversed already."))
    drafts = [reversal(row, day, reason)]
    if charged_to is not None:
        if row["kind"] not in ("bill", "expense"):
            raise ValidationFailed.single("charged_to", "kind", _("Only bills and expenses can be charged anew."))
        drafts.append(Draft(
            row["about"], row["kind"], day, row["amount"], charged_to=charged_to, unit=ref_id(row.get("cost_unit")),
            source=ref_id(row.get("source")), category=ref_id(row.get("category")), company=row["company"],
            rate=Rate(row.get("rate") or Decimal(1), row.get("rate_on")), reason=reason,
        ))  # fmt: skip
    return book(records, drafts)


def unit_of(records: Records, user: int | None) -> int | None:
    """The unit somebody works in."""
    return directory.units_of(records, [user]).get(user) if user is not None else None
