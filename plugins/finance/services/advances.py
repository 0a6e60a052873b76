"""Money given before it is spent, and claims set against it."""

from __future__ import annotations

from decimal import Decimal

from weft.core.sdk import Money, Records, Row, translator
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.money import into

_ = translator("finance")

__all__ = ["ADVANCE", "give", "open_of", "settle"]

ADVANCE = "finance.advance"
_REASON = "finance: advances"


def give(records: Records, advance: Row) -> None:
    """The money was handed out."""
    system = records.system(_REASON)
    today = records.now.astimezone(records.zone).date()
    system.update(ADVANCE, advance.id, {"given_on": today, "open": advance["amount"]}, version=None)


def open_of(system: Records, advance: int | None, currency: str) -> Decimal:
    """What of an advance is left to set a claim against, in the claim's currency."""
    if advance is None:
        return Decimal(0)
    row = system.get(ADVANCE, advance, fields=("open", "status"))
    if row["status"] != "given" or row.get("open") is None:
        return Decimal(0)
    return into(system, row["open"], currency, system.now.astimezone(system.zone).date()).amount


def settle(records: Records, claim: Row) -> None:
    """A booked claim uses up its advance; only the rest is paid out."""
    advance, total, payable = ref_id(claim.get("advance")), claim.get("total"), claim.get("payable")
    if advance is None or total is None or payable is None:
        return
    system = records.system(_REASON)
    row = system.get(ADVANCE, advance, fields=("open", "status"))
    if row["status"] != "given" or row.get("open") is None:
        return
    today = records.now.astimezone(records.zone).date()
    used = into(records, Money(total.amount - payable.amount, total.currency), row["open"].currency, today)
    left = max(row["open"].amount - used.amount, Decimal(0))
    values = {"open": Money(left, row["open"].currency), "status": "settled" if left == 0 else "given"}
    system.update(ADVANCE, advance, values, version=None)
