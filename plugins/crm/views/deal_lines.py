"""The lines of a deal as a sheet one types into: product, quantity, price, discount, and their sum."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import FieldError, NotFound, Row, ValidationFailed, current_locale, every, in_script, translator
from weft.core.websdk import FormField, parse_form
from weft.plugins.crm.services import products as prices

_ = translator("crm")

__all__ = ["add", "change", "remove", "sheet_of", "show"]

_LINE, _DEAL = "crm.deal_line", "crm.opportunity"
_NAMES = (
    "description",
    "description_alt",
    "product",
    "quantity",
    "unit_price",
    "discount",
    "amount",
    "position",
    "opportunity",
)
_TYPED = ("quantity", "unit_price", "discount")
_STEP = 10


# ---- the sheet


def sheet_of(
    view: Any, deal: Row, wrong: Mapping[int, Sequence[FieldError]] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The sheet for its macro.

    Args:
        view: who looks.
        deal: the opportunity.
        wrong: errors by line id, 0 for the new line.
        typed: what was typed, shown again beside the errors.
    """
    lines = list(every(view.records, _LINE, _NAMES, {"opportunity": deal.id}, sort="position"))
    may = _may_write(view, deal)
    listed = _list_prices(view, deal, lines)
    errors = wrong or {}
    sheet: dict[str, Any] = {
        "id": "crm-lines",
        "label": str(_("Lines")),
        "columns": [
            {"key": "product", "label": str(_("Product"))},
            {"key": "quantity", "label": str(_("Quantity")), "align": "right"},
            {"key": "unit_price", "label": str(_("Unit price")), "align": "right"},
            {"key": "discount", "label": str(_("Discount (%)")), "align": "right"},
            {"key": "amount", "label": str(_("Amount")), "align": "right"},
        ],
        "rows": [_row(view, deal, line, may, listed.get(line.id), errors.get(line.id, ()), typed) for line in lines],
        "empty": str(_("No lines. The amount is typed until there is one.")),
    }
    if lines and deal.get("amount"):
        sheet["foot"] = [{"label": str(_("Amount")), "amounts": [_money(deal["amount"])]}]
    price_list = deal.get("price_list")
    if price_list and not price_list.restricted:
        name = in_script(price_list.title, price_list.alt, current_locale())[0]
        sheet["note"] = str(_("Prices of the list %(list)s") % {"list": name})
    if may:
        sheet["add"] = _add_form(view, deal, errors.get(0, ()), typed or {})
    return sheet


def _typed(view: Any) -> tuple[str, ...]:
    """Partners say how many; price and discount are the company's."""
    return _TYPED if view.principal.internal else _TYPED[:1]


def _may_write(view: Any, deal: Row) -> bool:
    return bool(view.may(_DEAL, "update", deal.id)) and bool(view.may(_LINE, "create"))


def _list_prices(view: Any, deal: Row, lines: Sequence[Row]) -> dict[int, Any]:
    """Line id -> price of the deal's list for the line's quantity today."""
    number = deal["price_list"].id if deal.get("price_list") else None
    products = [line["product"].id for line in lines if line.get("product")]
    if number is None or not products:
        return {}
    steps = prices.prices_on(view.records, [number], products, view.today)
    return {
        line.id: prices.price_for(steps.get((number, line["product"].id), ()), line["quantity"])
        for line in lines
        if line.get("product")
    }


def _row(
    view: Any, deal: Row, line: Row, may: bool, listed: Any, errors: Sequence[FieldError],
    typed: Mapping[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    messages = {error.field: str(error.message) for error in errors}
    again = typed if errors and typed else {}
    price, discount = line.get("unit_price"), line.get("discount") or Decimal(0)
    words = in_script(line["description"], line.get("description_alt"), current_locale())[0]
    cells: dict[str, Any] = {"product": {"v": words, "url": view.url(_LINE, line.id), **_note(line, words)}}
    values = {
        "quantity": _plain(line["quantity"]),
        "unit_price": f"{price.amount:.2f}" if price else "",
        "discount": _plain(discount),
    }
    typing = _typed(view)
    for name in _TYPED:
        writable = may and name in typing
        cells[name] = _cell(name, again.get(name, values[name]), messages.get(name), writable, line)
    if listed is not None and price is not None and listed != price:
        text = str(_("list %(price)s") % {"price": view.formats.amount(listed)})
        cells["unit_price"] |= {"sub": text, "error": messages.get("unit_price") or ""}
        cells["product"] |= {"sub": " · ".join(part for part in (cells["product"].get("sub"), text) if part)}
    if view.principal.internal and discount > view.records.setting("crm.discount_limit"):
        cells["amount"] = {"kind": "money", "v": _money(line.get("amount")),
                           "mark": {"label": str(_("above the limit")), "tone": "soon"}}  # fmt: skip
    else:
        cells["amount"] = {"kind": "money", "v": _money(line.get("amount"))}
    row: dict[str, Any] = {"id": line.id, "title": words, "cells": cells}
    if may:
        address = f"{_address(view, deal.id)}/{line.id}"
        row["url"] = address
        if view.principal.internal:
            row["hidden"] = {"unit_price_currency": price.currency if price else ""}
        label = str(_("Remove %(line)s") % {"line": words})
        row["remove"] = {"label": label, "icon": "x", "url": f"{address}/remove", "opens": "post"}
    return row


def _note(line: Row, words: str) -> dict[str, str]:
    product = line.get("product")
    if product is None or product.restricted:
        return {}
    name = in_script(product.title, product.alt, current_locale())[0]
    return {"sub": name} if name not in words else {}


def _cell(name: str, value: str, error: str | None, may: bool, line: Row) -> dict[str, Any]:
    if may:
        found: dict[str, Any] = {"input": "decimal", "name": name, "value": value}
        return found | ({"error": error} if error else {})
    if name == "unit_price":
        return {"kind": "money", "v": _money(line.get("unit_price"))}
    return {"kind": "decimal", "v": line.get(name)}


def _plain(value: Decimal) -> str:
    """A number without needless zeros: ``12``, ``2.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(value: Any) -> dict[str, Any] | None:
    return None if value is None else {"amount": value.amount, "currency": value.currency}


def _address(view: Any, deal_id: int) -> str:
    return f"/{view.portal_key}/crm/deal/{deal_id}/lines"


def _add_form(view: Any, deal: Row, errors: Sequence[FieldError], typed: Mapping[str, Any]) -> dict[str, Any]:
    entity = view.entity(_LINE)
    maker = FormField(view, (entity.plugin, entity.slug))
    messages = {error.field: error.message for error in errors}
    product = str(typed.get("product") or "")
    shown = {"product": view.records.titles([int(product)]).get(int(product)) if product.isdigit() else None,
             "quantity": typed.get("quantity") or "1", "discount": typed.get("discount") or ""}  # fmt: skip
    # A price is asked for only where the list has none; otherwise the list gives it.
    inside = view.principal.internal
    names = ["product", "quantity", *(["discount"] if inside else [])]
    if inside and ("unit_price" in messages or typed.get("unit_price") or not deal.get("price_list")):
        names.insert(2, "unit_price")
        shown["unit_price"] = typed.get("unit_price") or (
            {"amount": "", "currency": deal["amount"].currency} if deal.get("amount") else None
        )
    fields = []
    for name in names:
        made = maker.field(entity.fields[name], shown[name], error=messages.pop(name, None))
        made |= {"id": f"f-line-{name}", "required": name != "discount"}
        made.pop("width", None)
        made.pop("help", None)
        fields.append(made)
    return {
        "action": _address(view, deal.id),
        "fields": fields,
        "submit": str(_("Add line")),
        "errors": [{"text": str(message)} for message in messages.values()],
        "hidden": {"_had": ",".join(names)},
    }


# ---- what is posted


def show(view: Any, deal_id: int) -> Any:
    """The sheet alone."""
    deal = view.records.get(_DEAL, deal_id)
    return view.render("crm/lines.html", sheet=sheet_of(view, deal))


def add(view: Any, deal_id: int) -> Any:
    """Add a line: its price comes from the list where none was typed, its words from the product."""
    view.require(_DEAL, "update", deal_id)
    given = _posted(view, ("product", *_typed(view)))
    number = str(given.get("product") or "")
    found = view.records.titles([int(number)]).get(int(number)) if number.isdigit() else None
    if found is None:
        return _again(view, deal_id, 0, [FieldError("product", "required", _("Choose a product."))], given)
    last = view.records.query(_LINE, fields=("position",), filters={"opportunity": deal_id}, sort="-position", limit=1)
    position = (last.rows[0]["position"] if last.rows else 0) + _STEP
    product = view.records.get("crm.product", found.id, fields=("code", "name", "name_alt"))
    name = in_script(product["name"], product.get("name_alt"), current_locale())[0]
    values = {"opportunity": deal_id, "description": f"{product['code']} {name}", "position": position, **given}
    values = {key: value for key, value in values.items() if value not in (None, "")}
    try:
        view.records.create(_LINE, values)
    except ValidationFailed as error:
        return _again(view, deal_id, 0, error.errors, given)
    return _done(view, deal_id, _("Line added"))


def change(view: Any, deal_id: int, line_id: int) -> Any:
    """Save the numbers of a line."""
    line = _line(view, deal_id, line_id)
    given = _posted(view, _typed(view))
    given["quantity"] = given.get("quantity") or "0"
    if "discount" in _typed(view):
        given["discount"] = given.get("discount") or "0"
    try:
        view.records.update(_LINE, line.id, given, version=None)
    except ValidationFailed as error:
        typed = {name: view.form.get(name, "") for name in _TYPED}
        return _again(view, deal_id, line_id, error.errors, typed)
    return _done(view, deal_id, _("Line saved"))


def remove(view: Any, deal_id: int, line_id: int) -> Any:
    """Take a line out; without the last one the amount may be typed again."""
    line = _line(view, deal_id, line_id)
    view.records.delete(_LINE, line.id)
    return _done(view, deal_id, _("Line removed"))


def _line(view: Any, deal_id: int, line_id: int) -> Row:
    """The line, which has to be one of this deal.

    Raises:
        NotFound: it is not.
    """
    line: Row = view.records.get(_LINE, line_id, fields=("opportunity",), trash=False)
    if line["opportunity"].id != deal_id:
        raise NotFound(str(line_id))
    return line


def _posted(view: Any, names: Sequence[str]) -> dict[str, Any]:
    fields = view.entity(_LINE).fields
    return dict(parse_form(view.form, [fields[name] for name in names], view.zone))


def _again(view: Any, deal_id: int, line_id: int, errors: Sequence[FieldError], typed: Mapping[str, Any]) -> Any:
    view.undo_all()
    deal = view.records.get(_DEAL, deal_id)
    sheet = sheet_of(view, deal, {line_id: errors}, typed)
    if view.fragment:
        return view.render("crm/lines.html", 422, sheet=sheet)
    view.toast(" ".join(str(error.message) for error in errors))
    return view.redirect(view.url(_DEAL, deal_id))


def _done(view: Any, deal_id: int, message: Any) -> Any:
    view.toast(message, undo=view.records.change_set_id)
    if not view.fragment:
        return view.redirect(view.url(_DEAL, deal_id))
    answer = view.render("crm/lines.html", sheet=sheet_of(view, view.records.get(_DEAL, deal_id)))
    # Facts and reasons above the sheet follow the sum.
    answer.headers["HX-Trigger"] = json.dumps({"wf:refresh": "#wf-page"})
    return answer
