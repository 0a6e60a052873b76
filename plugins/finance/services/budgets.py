"""Budgets and cost limits: what is booked, what is reserved, what is left (R10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Records, Row, company_currency, directory, every
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.bills import BILL, SHARE
from weft.plugins.finance.services.claims import CLAIM, LINE
from weft.plugins.finance.services.graph import cost_paths
from weft.plugins.finance.services.money import cents, into, rate_of
from weft.plugins.finance.services.postings import POSTING

__all__ = ["BUDGET", "FIELDS", "Reserve", "Use", "charged_ids", "of_records", "usage"]

BUDGET = "finance.budget"
FIELDS = ("name", "name_alt", "charged_to", "for_unit", "amount", "starts_on", "ends_on", "owner")
_RESERVED = ",".join(words.RESERVED)
_TO_CHECK = ",".join(words.TO_CHECK)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Something submitted that is no cost yet.

    Attributes:
        record: claim or bill; entity: its key; title: its name.
        amount: net, in the budget's currency.
    """

    record: int
    entity: str
    title: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Use:
    """How far a budget is used, in its currency.

    Attributes:
        planned, booked, reserved, available: amounts, net.
        reserves: what the reserved part is made of.
        filters: filters of the postings that are booked.
    """

    planned: Money
    booked: Money
    reserved: Money
    available: Money
    reserves: tuple[Reserve, ...]
    filters: dict[str, str]

    @property
    def percent(self) -> int:
        """Booked and reserved of what is planned."""
        used = self.booked.amount + self.reserved.amount
        return round(100 * used / self.planned.amount) if self.planned.amount else 0


def charged_ids(system: Records, record: int) -> list[int]:
    """What counts for a record: itself, and what is done for it where it is a customer."""
    found = [record]
    for entity, path in cost_paths(system).items():
        name = path.get("customer", "id")
        if name != "id":
            found += [row.id for row in every(system, entity, (), {name: record})]
    return found


def of_records(system: Records, records_ids: Iterable[int | None], day: date) -> list[Row]:
    """Cost limits that hold for some records on a day: their own and those of their customers."""
    wanted = sorted({one for one in records_ids if one})
    if not wanted:
        return []
    filters = {"charged_to__in": wanted, "starts_on__lte": day.isoformat()}
    return [
        row for row in every(system, BUDGET, FIELDS, filters) if row.get("ends_on") is None or row["ends_on"] >= day
    ]


def usage(records: Records, budget: Row) -> Use:
    """How far a budget is used: whoever may read it is told, whatever else they may read."""
    system = records.system("finance: use of a budget")
    planned: Money = budget["amount"]
    charged = ref_id(budget.get("charged_to"))
    ids = charged_ids(system, charged) if charged is not None else []
    unit = ref_id(budget.get("for_unit"))
    units = directory.units_below(system, unit) if unit is not None else []
    days = {"day__gte": budget["starts_on"].isoformat()}
    if budget.get("ends_on") is not None:
        days["day__lte"] = budget["ends_on"].isoformat()
    whose = {"cost_unit__in": ",".join(map(str, units))} if charged is None else {_name(system, charged): str(charged)}
    filters = {**whose, **days, "kind__in": ",".join(words.COSTS)}
    booked = _booked(system, planned.currency, filters)
    reserves = (
        *_claims(system, planned.currency, ids, units, budget),
        *_bills(system, planned.currency, ids, units, budget),
    )
    reserved = sum((one.amount for one in reserves), Decimal(0))
    code = planned.currency
    return Use(planned, Money(booked, code), Money(reserved, code),
               Money(planned.amount - booked - reserved, code), reserves, filters)  # fmt: skip


def _within(budget: Row, day: date) -> bool:
    return bool(budget["starts_on"] <= day and (budget.get("ends_on") is None or day <= budget["ends_on"]))


def _name(system: Records, charged: int) -> str:
    """Which field of postings tells of a record: a customer's are those of its projects too."""
    title = system.titles([charged]).get(charged)
    path = cost_paths(system).get(title.type, {}) if title is not None else {}
    return "customer" if path.get("customer") == "id" else "charged_to"


def _booked(system: Records, currency: str, filters: dict[str, str]) -> Decimal:
    """Cost postings: those in the budget's currency as they are, others by way of the company's."""
    lines = system.aggregate(POSTING, measures=("sum(amount)",), filters=filters)
    found = lines[0]["sum(amount)"] if lines else None
    amounts = found.amounts if found is not None else ()
    total = sum((money.amount for money in amounts if money.currency == currency), Decimal(0))
    if any(money.currency != currency for money in amounts):
        total += _others(system, currency, filters)
    return total


def _others(system: Records, currency: str, filters: dict[str, str]) -> Decimal:
    """Postings in other currencies at the rates they were booked with, in the budget's currency at theirs."""
    total = Decimal(0)
    own = company_currency(system)
    for row in every(system, POSTING, ("amount", "company", "day"), filters):
        if row["amount"].currency == currency:
            continue
        rate = Decimal(1) if currency == own else rate_of(system, currency, row["day"]).value
        total += cents(row["company"].amount / rate)
    return total


def _claims(system: Records, currency: str, ids: list[int], units: list[int], budget: Row) -> list[Reserve]:
    """Lines of claims that were submitted and not booked, at the rates of their days."""
    whose: dict[str, Any] = {"charged_to__in": ids} if ids else {}  # a unit bears all that its people claim
    claims = {
        row.id: row for row in every(system, CLAIM, ("purpose", "unit", "status"), {"status__in": _RESERVED})
        if ids or ref_id(row.get("unit")) in units
    }  # fmt: skip
    if not claims:
        return []
    found: dict[int, Decimal] = {}
    for row in every(system, LINE, ("claim", "net", "day"), {**whose, "claim__in": sorted(claims)}):
        if _within(budget, row["day"]):
            part = into(system, row["net"], currency, row["day"]).amount
            found[row["claim"].id] = found.get(row["claim"].id, Decimal(0)) + part
    return [Reserve(key, CLAIM, claims[key]["purpose"], amount) for key, amount in sorted(found.items())]


def _bills(system: Records, currency: str, ids: list[int], units: list[int], budget: Row) -> list[Reserve]:
    """Shares of bills that were received and not decided, of the budget's days."""
    bills = {
        row.id: row for row in every(system, BILL, ("bill_no", "billed_on", "created_at"), {"status__in": _TO_CHECK})
    }
    whose: dict[str, Any] = {"charged_to__in": ids} if ids else {"for_unit__in": units}
    if not bills or not (ids or units):
        return []
    found = []
    for row in every(system, SHARE, ("bill", "amount"), {**whose, "bill__in": sorted(bills)}):
        bill = bills[row["bill"].id]
        day = bill.get("billed_on") or bill["created_at"].astimezone(system.zone).date()
        if _within(budget, day):
            found.append(Reserve(bill.id, BILL, bill["bill_no"], into(system, row["amount"], currency, day).amount))
    return found
