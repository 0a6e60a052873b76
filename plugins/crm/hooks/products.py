"""Price lists without contradictions: a price is in the currency of its list, and no other counts at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, every, translator
from weft.plugins.crm.queries.rows import parts

_ = translator("crm")

__all__ = ["before_write"]

_PRICE, _LIST = "crm.price", "crm.price_list"
_CODE_LENGTH = 3
#: Lists that one batch may write prices of; a company has a handful.
_MOST_LISTS = 200


@dataclass(frozen=True, slots=True)
class _Span:
    """When and from which quantity on a price counts."""

    record: int
    quantity: Decimal
    start: date | None
    end: date | None

    def meets(self, other: _Span) -> bool:
        """True when both count for the same quantity step on the same day."""
        if self.record == other.record or self.quantity != other.quantity:
            return False
        before = self.end is not None and other.start is not None and self.end < other.start
        after = other.end is not None and self.start is not None and other.end < self.start
        return not before and not after


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Name prices and refuse those that contradict others; refuse lists without a usable currency.

    Raises:
        ValidationFailed: a price in another currency than its list, or two that count at once.
    """
    if context.operation in ("delete", "assign"):
        return
    if changes[0].entity == _LIST:
        _lists(changes, context)
    elif changes[0].entity == _PRICE:
        _prices(changes, context)


def _lists(changes: Sequence[Any], context: Any) -> None:
    errors: list[FieldError] = []
    for change in changes:
        if not change.changed("currency"):
            continue
        code = str(change.after("currency") or "").upper()
        change.values["currency"] = code
        if len(code) != _CODE_LENGTH or not code.isalpha():
            message = _("Write a currency code such as CNY or EUR.")
            errors.append(FieldError("currency", "invalid", message, change.index))
    renamed = [change for change in changes if change.changed("currency") and change.before]
    if renamed and not errors:
        errors += _with_prices(renamed, context)
    if errors:
        raise ValidationFailed(errors)


def _with_prices(changes: Sequence[Any], context: Any) -> list[FieldError]:
    ids = [change.record_id for change in changes]
    filters = {"price_list__in": ids}
    lines = context.system("crm: prices of a list").aggregate(_PRICE, group=("price_list",), filters=filters)
    used = {line["price_list"].id for line in lines if line["price_list"]}
    message = _("The list has prices; make a new list for another currency.")
    return [FieldError("currency", "in_use", message, c.index) for c in changes if c.record_id in used]


def _prices(changes: Sequence[Any], context: Any) -> None:
    system = context.system("crm: prices of a list")
    lists = _rows(system, _LIST, ("name", "name_alt", "currency"), {change.after("price_list") for change in changes})
    products = _rows(system, "crm.product", ("code",), {change.after("product") for change in changes})
    errors: list[FieldError] = []
    for change in changes:
        on, product, price = (
            lists.get(change.after("price_list")),
            products.get(change.after("product")),
            change.after("price"),
        )
        if on is None or product is None or price is None:
            continue  # missing values are refused by the form of the record
        change.values["subject"] = f"{product['code']} · {on['name']}"
        other = on.get("name_alt")
        change.values["subject_alt"] = f"{product['code']} · {other}" if other else None
        if price.currency != on["currency"]:
            message = _("Prices of this list are in %(currency)s.") % {"currency": on["currency"]}
            errors.append(FieldError("price", "currency", message, change.index))
        start, end = change.after("valid_from"), change.after("valid_to")
        if start is not None and end is not None and end < start:
            errors.append(FieldError("valid_to", "order", _("The end lies before the beginning."), change.index))
    errors += _contradictions(system, changes)
    if errors:
        raise ValidationFailed(errors)


def _contradictions(system: Any, changes: Sequence[Any]) -> list[FieldError]:
    spans: dict[tuple[int, int], list[_Span]] = defaultdict(list)
    batch = {change.record_id for change in changes}
    lists = sorted({change.after("price_list") for change in changes if change.after("price_list")})
    names = ("price_list", "product", "from_quantity", "valid_from", "valid_to")
    products = sorted({change.after("product") for change in changes if change.after("product")})
    for part in parts(products):
        for row in every(system, _PRICE, names, {"product__in": list(part), "price_list__in": lists[:_MOST_LISTS]}):
            if row.id not in batch:
                pair = row["price_list"].id, row["product"].id
                spans[pair].append(_Span(row.id, row["from_quantity"], row.get("valid_from"), row.get("valid_to")))
    errors = []
    for change in changes:
        mine = _Span(
            change.record_id, change.after("from_quantity") or Decimal(0), change.after("valid_from"),
            change.after("valid_to"),
        )  # fmt: skip
        known = spans[(change.after("price_list"), change.after("product"))]
        if any(mine.meets(other) for other in known):
            message = _("This list already has a price of the product for this quantity and time: end that one first.")
            errors.append(FieldError("price", "conflict", message, change.index))
        known.append(mine)
    return errors


def _rows(system: Any, entity: str, names: Sequence[str], ids: Iterable[Any]) -> Mapping[int, Any]:
    wanted = sorted(number for number in ids if number)
    return {row.id: row for part in parts(wanted) for row in every(system, entity, names, {"id__in": list(part)})}
