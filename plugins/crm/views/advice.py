"""What somebody who decides about a deal reads beside it: its lines, what a discount leaves of them, who competes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from weft.core.sdk import Money, QueryError, Row, current_locale, every, in_script, translator
from weft.core.websdk import View
from weft.plugins.crm.services.products import amount_of
from weft.plugins.crm.views.deal_rivals import rivals

_ = translator("crm")

__all__ = ["advice"]

_DEAL, _LINE = "crm.opportunity", "crm.deal_line"
#: Lines that are shown one by one; all of them count.
_SHOWN = 50


def advice(view: View, record: Row, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """For the plugin of approvals; None for records of other kinds."""
    if record["type"] != _DEAL:
        return None
    lines = _read(view, record)
    panels = [_lines(view, record, lines, _discount(asked))] if lines else []
    others = rivals(view, record)
    if others:
        rows = [
            {"title": in_script(ref.title, ref.alt, current_locale())[0], "icon": "swords", "url": f"/r/{ref.id}"}
            for ref in others
        ]
        panels.append({"title": str(_("Competitors")), "rows": rows, "full": True})
    return {"panels": panels}


def _discount(asked: Mapping[str, Any]) -> Decimal | None:
    try:
        return Decimal(str(asked["discount"])) if asked.get("discount") else None
    except InvalidOperation:
        return None


def _read(view: View, record: Row) -> list[Row]:
    """All lines of the deal with what the viewer may read of them; none where they may not be asked for."""
    if not view.may(_LINE, "read"):
        return []
    try:
        return list(every(view.records, _LINE, None, {"opportunity": record.id}, sort="position"))
    except QueryError:  # which deal a line belongs to is nothing for this viewer
        return []


def _lines(view: View, record: Row, lines: Sequence[Row], discount: Decimal | None) -> dict[str, Any]:
    """Each line with quantity and price; what the deal comes to, and would come to."""
    rows = [_line(view, row) for row in lines[:_SHOWN]]
    rest = lines[_SHOWN:]
    if rest:
        text = _("%(n)s more lines") % {"n": view.formats.number(len(rest))}
        rows.append({"title": str(text), "icon": "list", **_end(view, _sum([row.get("amount") for row in rest]))})
    left = _less(lines, discount)
    if discount is not None and left is not None:
        title = _("Less %(percent)s") % {"percent": view.formats.percent(discount)}
        before = record.get("amount")
        sub = str(_("%(amount)s before") % {"amount": view.formats.money(before)}) if before is not None else ""
        rows.append({"title": str(title), "icon": "percentage", "sub": sub, **_end(view, left)})
    return {"title": str(_("Lines")), "rows": rows, "rows_two": True, "full": True}


def _line(view: View, row: Row) -> dict[str, Any]:
    title = in_script(row.get("description") or str(_("Line")), row.get("description_alt"), current_locale())[0]
    quantity, price = row.get("quantity"), row.get("unit_price")
    shown = {
        "quantity": view.formats.number(quantity) if quantity is not None else "",
        "price": view.formats.money(price) if price is not None else "",
    }
    sub = str(_("%(quantity)s at %(price)s") % shown) if all(shown.values()) else shown["quantity"] or shown["price"]
    return {"title": title, "icon": "list", "sub": sub, **_end(view, row.get("amount"))}


def _end(view: View, amount: Money | None) -> dict[str, Any]:
    return {"end": {"text": view.formats.money(amount)}} if amount is not None else {}


def _less(lines: Sequence[Row], discount: Decimal | None) -> Money | None:
    """What the lines come to with a discount; None unless quantity and price of every one may be read."""
    if discount is None:
        return None
    priced = [(row.get("quantity"), row.get("unit_price")) for row in lines]
    return _sum([
        amount_of(quantity, price, discount) if quantity is not None and price is not None else None
        for quantity, price in priced
    ])  # fmt: skip


def _sum(amounts: Sequence[Money | None]) -> Money | None:
    """The sum of amounts; None where one is missing or they are not of one currency."""
    known = [amount for amount in amounts if amount is not None]
    codes = {amount.currency for amount in known}
    if len(known) != len(amounts) or len(codes) != 1:
        return None
    return Money(sum((amount.amount for amount in known), Decimal(0)), codes.pop())
