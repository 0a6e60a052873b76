"""Lines of a deal: what each comes to, one currency per deal, and the deal's amount as their sum, in one change set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from weft.core.sdk import Denied, FieldError, Money, Row, ValidationFailed, every, translator
from weft.plugins.crm.queries.rows import parts
from weft.plugins.crm.services import products as prices

_ = translator("crm")

__all__ = ["before_write", "summing"]

_LINE, _DEAL = "crm.deal_line", "crm.opportunity"
_REASON = "crm: amount is the sum of lines"

#: True while the amounts of deals are written from their lines; the lock on typed amounts lets that pass.
summing: ContextVar[bool] = ContextVar("crm_summing", default=False)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Compute lines and keep the amount of their deals.

    Raises:
        Denied: the person may not change one of the deals.
        ValidationFailed: a line has no price, or another currency than the others of its deal.
    """
    if changes[0].entity != _LINE or context.operation == "assign":
        return
    system = context.system(_REASON)
    kept = [] if context.operation == "delete" else list(changes)
    touched = {change.after("opportunity") for change in changes} | {c.before.get("opportunity") for c in changes}
    deals = _deals(system, sorted(number for number in touched if number))
    _require_deals(context, sorted(deals))
    errors: list[FieldError] = []
    _price(system, kept, deals, context)
    _name(system, kept)
    for change in kept:
        _complete(change, errors)
    if errors:
        raise ValidationFailed(errors)
    _sum(system, changes, kept, deals, errors)


def _deals(system: Any, ids: Sequence[int]) -> dict[int, Row]:
    names = ("price_list", "amount", "has_lines", "product", "deleted_at")
    return {
        row.id: row
        for part in parts(ids)
        for row in every(system, _DEAL, names[:-1], {"id__in": list(part)})
    }  # fmt: skip


def _require_deals(context: Any, deals: Sequence[int]) -> None:
    """Lines are read with their deal but written only by who may change it: they make its amount."""
    if context.principal.kind == "system":
        return
    for part in parts(deals):
        filters = {"id__in": list(part)}
        page = context.records.query(_DEAL, fields=(), filters=filters, limit=len(part), operation="update")
        if len(page.rows) < len(part):
            message = _("You may not change the lines of this deal.")
            raise Denied(str(message), ask=str(_("Ask the owner of the deal.")), rule=_LINE)


def _price(system: Any, kept: Sequence[Any], deals: Mapping[int, Row], context: Any) -> None:
    """Fill prices that were left out from the list of the deal, for today and the quantity of the line."""
    wanted = []
    for change in kept:
        deal = deals.get(change.after("opportunity"))
        if change.after("unit_price") is None and change.after("product") and deal and deal.get("price_list"):
            wanted.append((change, deal["price_list"].id))
    today = context.now.astimezone(context.records.zone).date()
    lists, products = {number for _c, number in wanted}, {c.after("product") for c, _n in wanted}
    found = prices.prices_on(system, lists, products, today)
    for change, number in wanted:
        quantity = change.after("quantity") or Decimal(1)
        price = prices.price_for(found.get((number, change.after("product")), ()), quantity)
        if price is not None:
            change.values["unit_price"] = price


def _name(system: Any, kept: Sequence[Any]) -> None:
    """A line called after its product is so in both scripts; one with words of its own has these alone."""
    named = [c for c in kept if not c.before or c.changed("description") or c.changed("product")]
    ids = sorted({change.after("product") for change in named if change.after("product")})
    products = {
        row.id: row
        for part in parts(ids)
        for row in every(system, "crm.product", ("code", "name", "name_alt"), {"id__in": list(part)})
    }
    for change in named:
        product, words, other = products.get(change.after("product")), change.after("description"), None
        if product is not None and product.get("name_alt"):
            names = [f"{product['code']} {product[key]}" for key in ("name", "name_alt")]
            other = names[1 - names.index(words)] if words in names else None
        if change.after("description_alt") != other:
            change.values["description_alt"] = other


def _complete(change: Any, errors: list[FieldError]) -> None:
    price = change.after("unit_price")
    if price is None:
        message = _("There is no price of this on the deal's list: write one.")
        errors.append(FieldError("unit_price", "required", message, change.index))
        return
    amount = prices.amount_of(change.after("quantity") or Decimal(0), price, change.after("discount"))
    if change.after("amount") != amount:
        change.values["amount"] = amount


def _sum(
    system: Any, changes: Sequence[Any], kept: Sequence[Any], deals: Mapping[int, Row], errors: list[FieldError]
) -> None:
    totals = _stored(system, [change.record_id for change in changes], sorted(deals))
    counts = {number: count for number, (count, _sum) in totals.items()}
    sums: dict[int, dict[str, Decimal]] = {number: dict(some) for number, (_count, some) in totals.items()}
    for change in kept:
        number, amount = change.after("opportunity"), change.after("amount")
        if number not in deals:
            continue  # the deal is in the trash: its amount waits until it is back
        some = sums.setdefault(number, {})
        some[amount.currency] = some.get(amount.currency, Decimal(0)) + amount.amount
        counts[number] = counts.get(number, 0) + 1
        other = next((code for code in some if code != amount.currency), None)
        if other is not None:
            message = _("The other lines of this deal are in %(currency)s.") % {"currency": other}
            errors.append(FieldError("unit_price", "currency", message, change.index))
    if errors:
        raise ValidationFailed(errors)
    values = {number: _values(deal, counts.get(number, 0), sums.get(number, {})) for number, deal in deals.items()}
    _name_products(kept, deals, values, system)
    _write(system, {number: given for number, given in values.items() if given})


def _values(deal: Row, count: int, sums: Mapping[str, Decimal]) -> dict[str, Any]:
    """What of a deal changes; one whose last line went keeps its amount, which may be typed again."""
    found: dict[str, Any] = {}
    if bool(deal.get("has_lines")) != bool(count):
        found["has_lines"] = bool(count)
    if count:
        (currency, total), *_rest = sums.items()
        money = Money(total, currency)
        if deal.get("amount") != money:
            found["amount"] = money
    return found


def _name_products(
    kept: Sequence[Any], deals: Mapping[int, Row], values: dict[int, dict[str, Any]], system: Any
) -> None:
    """A deal without a product in words gets the code of its largest new line, so that reports can group by it."""
    largest: dict[int, Any] = {}
    for change in kept:
        number = change.after("opportunity")
        if number in deals and not deals[number].get("product") and change.after("product"):
            best = largest.get(number)
            if best is None or change.after("amount").amount > best.after("amount").amount:
                largest[number] = change
    ids = sorted({change.after("product") for change in largest.values()})
    codes = {
        row.id: row["code"]
        for part in parts(ids)
        for row in every(system, "crm.product", ("code",), {"id__in": list(part)})
    }  # fmt: skip
    for number, change in largest.items():
        values[number]["product"] = codes.get(change.after("product"))


def _stored(system: Any, batch: Sequence[int], deals: Sequence[int]) -> dict[int, tuple[int, dict[str, Decimal]]]:
    """Number and sums per currency of the stored lines of deals, those of the batch left out."""
    skipped = set(batch)
    counts: dict[int, int] = defaultdict(int)
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for part in parts(deals):
        for row in every(system, _LINE, ("opportunity", "amount"), {"opportunity__in": list(part)}):
            amount = row.get("amount")
            if row.id in skipped or amount is None:
                continue
            number = row["opportunity"].id
            counts[number] += 1
            sums[number][amount.currency] = sums[number].get(amount.currency, Decimal(0)) + amount.amount
    return {number: (counts[number], sums[number]) for number in counts}


def _write(system: Any, values: Mapping[int, Mapping[str, Any]]) -> None:
    if not values:
        return
    token = summing.set(True)
    try:
        system.update_many(_DEAL, values)
    finally:
        summing.reset(token)
