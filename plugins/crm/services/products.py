"""Prices: which list a deal follows, and what a product costs on it on a day and from a quantity on. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import get_currency_precision, get_territory_currencies

from weft.core.sdk import Money, Records, Row, every

__all__ = ["PriceStep", "amount_of", "choose_list", "lists_in_use", "price_for", "prices_on", "rounded", "valid_on"]

#: Decimals that amounts are stored with.
_MOST_PLACES = 2
_CHANNEL = frozenset({"distributor", "agent"})


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price from a quantity on."""

    from_quantity: Decimal
    price: Money


def valid_on(row: Mapping[str, Any], day: date) -> bool:
    """True when a row with ``valid_from`` and ``valid_to`` covers a day; an open end covers everything."""
    start, end = row.get("valid_from"), row.get("valid_to")
    return (start is None or start <= day) and (end is None or day <= end)


def amount_of(quantity: Decimal, price: Money, discount: Decimal | None) -> Money:
    """What a line comes to, rounded as its currency is paid: quantity times price less the discount in per cent."""
    share = (Decimal(100) - (discount or Decimal(0))) / Decimal(100)
    return rounded(quantity * price.amount * share, price.currency)


def rounded(amount: Decimal, currency: str) -> Money:
    """An amount with as many decimals as its currency has (none for yen), two at most."""
    places = min(get_currency_precision(currency), _MOST_PLACES)
    return Money(amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), currency)


def prices_on(
    records: Records, lists: Iterable[int], products: Iterable[int], day: date
) -> dict[tuple[int, int], list[PriceStep]]:
    """Prices by (list, product) that are valid on a day, the largest quantity first; one query.

    Args:
        records: whose rights count.
        lists, products: ids; nothing is asked when either is empty.
        day: day on which the price counts.
    """
    wanted_lists, wanted = sorted(set(lists)), sorted(set(products))
    found: dict[tuple[int, int], list[PriceStep]] = defaultdict(list)
    if not wanted_lists or not wanted:
        return found
    filters = {"price_list__in": wanted_lists, "product__in": wanted}
    names = ("price_list", "product", "price", "from_quantity", "valid_from", "valid_to")
    for row in every(records, "crm.price", names, filters):
        if valid_on(row, day) and row.get("price") is not None:
            step = PriceStep(row["from_quantity"], row["price"])
            found[(row["price_list"].id, row["product"].id)].append(step)
    for steps in found.values():
        steps.sort(key=lambda step: step.from_quantity, reverse=True)
    return found


def price_for(steps: Sequence[PriceStep], quantity: Decimal) -> Money | None:
    """The price that counts for a quantity; below the smallest step that of the smallest one."""
    for step in steps:
        if quantity >= step.from_quantity:
            return step.price
    return steps[-1].price if steps else None


def lists_in_use(records: Records, day: date) -> list[Row]:
    """Price lists that may be given to a deal on a day, in their order."""
    names = ("name", "name_alt", "currency", "territory", "channel", "valid_from", "valid_to", "position")
    rows = records.query("crm.price_list", fields=names, filters={"active": "true"}, sort="position", limit=200).rows
    return [row for row in rows if valid_on(row, day)]


def choose_list(lists: Sequence[Row], account: Mapping[str, Any], currency: str = "") -> int | None:
    """The price list that a deal with an account begins with; None when no list suits.

    Distributors and agents get the list of the channel. Among the others the territory of the account decides, then
    the currency the deal is already in, then that of the account's country.

    Args:
        lists: lists in use, in their order.
        account: ``role``, ``territory`` and ``address`` of the account.
        currency: currency of an amount that was already given.
    """
    channel = bool(_CHANNEL & set(account.get("role") or ()))
    fitting = [row for row in lists if bool(row.get("channel")) == channel] or list(lists)
    if currency:
        fitting = [row for row in fitting if row["currency"] == currency]
    territory = account.get("territory")
    wanted = getattr(territory, "id", territory)
    for row in fitting:
        if wanted is not None and row.get("territory") and row["territory"].id == wanted:
            return row.id
    if currency or channel:
        return fitting[0].id if fitting else None
    open_lists = [row for row in fitting if not row.get("territory")]
    local = _currencies(account)
    return next((row.id for row in open_lists if row["currency"] in local), None)


def _currencies(account: Mapping[str, Any]) -> Sequence[str]:
    country = str((account.get("address") or {}).get("country") or "")
    return get_territory_currencies(country) if country else ()
