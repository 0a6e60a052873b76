"""Products and price lists: what is sold, for how much, and a sheet in which prices are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    FieldError,
    HttpRoute,
    ListView,
    NavEntry,
    NotFound,
    RecordPage,
    Row,
    ValidationFailed,
    current_locale,
    every,
    in_script,
    translator,
)
from weft.core.websdk import FormField, parse_form
from weft.plugins.crm.services import products as services

_ = translator("crm")

_PRODUCT, _LIST, _PRICE = "crm.product", "crm.price_list", "crm.price"
_TYPED = ("price", "from_quantity", "valid_from", "valid_to")
_NAMES = ("price_list", "product", *_TYPED)
_MOST_DEALS = 8


# ---- a product


def product_page(view: Any, record: Row) -> dict[str, Any]:
    """Prices of a product on all lists, and the deals it is in."""
    prices = list(every(view.records, _PRICE, _NAMES, {"product": record.id}, sort="subject"))
    inside = view.principal.internal
    lists = {row.id: row for row in every(view.records, _LIST, ("name",), {}, sort="position" if inside else "title")}
    order = {number: place for place, number in enumerate(lists)}
    prices.sort(key=lambda row: (order.get(row["price_list"].id, 0), row["from_quantity"], str(row.get("valid_from"))))
    rows = []
    for row in prices:
        title = in_script(row["price_list"].title, row["price_list"].alt, current_locale())[0]
        rows.append(
            {"title": title, "url": view.url(_LIST, row["price_list"].id), "sub": _when(view, row), "kind": "money",
             "v": _money(row["price"]), "muted": not services.valid_on(row, view.today)}
        )  # fmt: skip
    panel: dict[str, Any] = {"title": str(_("Prices")), "count": len(rows), "rows": rows, "full": True,
                             "rows_two": any(row["sub"] for row in rows),
                             "empty": {"title": str(_("On no price list yet."))}}  # fmt: skip
    return {"prices": panel, "deals": _deals(view, record) if inside else None}


def _when(view: Any, row: Row) -> str:
    parts = []
    if row["from_quantity"] > 1:
        parts.append(str(_("from %(n)s") % {"n": view.formats.number(row["from_quantity"])}))
    if row.get("valid_from"):
        parts.append(str(_("from %(day)s on") % {"day": view.formats.date(row["valid_from"])}))
    if row.get("valid_to"):
        parts.append(str(_("until %(day)s") % {"day": view.formats.date(row["valid_to"])}))
    return " · ".join(parts)


def _deals(view: Any, record: Row) -> dict[str, Any] | None:
    """Lines of deals that sell it, the latest first; only deals the viewer may read."""
    if not view.may("crm.deal_line", "read"):
        return None
    names = ("opportunity", "quantity", "amount")
    page = view.records.query("crm.deal_line", fields=names, filters={"product": record.id}, sort="-created_at",
                              limit=_MOST_DEALS, count="capped")  # fmt: skip
    rows = [
        {"title": row["opportunity"].title or "#", "url": view.url("crm.opportunity", row["opportunity"].id),
         "sub": str(_("%(n)s pieces") % {"n": view.formats.number(row["quantity"])}), "kind": "money",
         "v": _money(row.get("amount"))}
        for row in page.rows
        if row.get("opportunity") and not row["opportunity"].restricted
    ]  # fmt: skip
    return {"title": str(_("Deals with it")), "url": view.url("crm.deal_line", product=record.id), "rows": rows,
            "count": page.count.value if page.count else len(rows), "full": True, "rows_two": bool(rows),
            "empty": {"title": str(_("In no deal of yours."))}}  # fmt: skip


def _money(value: Any) -> dict[str, Any] | None:
    return None if value is None else {"amount": value.amount, "currency": value.currency, "cents": True}


# ---- a price list


def list_page(view: Any, record: Row) -> dict[str, Any]:
    """The prices of a list as a sheet."""
    return {"sheet": sheet_of(view, record)}


def sheet_of(
    view: Any, price_list: Row, wrong: Mapping[int, Sequence[FieldError]] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The prices of a list, typed in place by those who keep them.

    Args:
        view: who looks.
        price_list: the list.
        wrong: errors by price id, 0 for the new one.
        typed: what was typed, shown again beside the errors.
    """
    errors, typed = wrong or {}, typed or {}
    may = view.may(_PRICE, "update")
    names = (*_NAMES, "subject")
    rows = list(every(view.records, _PRICE, names, {"price_list": price_list.id}, sort="subject"))
    codes = _codes(view, [row["product"].id for row in rows])
    rows.sort(
        key=lambda row: (codes.get(row["product"].id, ""), row["from_quantity"], str(row.get("valid_from") or ""))
    )
    sheet: dict[str, Any] = {
        "id": "crm-prices",
        "label": str(_("Prices")),
        "columns": [
            {"key": "product", "label": str(_("Product"))},
            {"key": "price", "label": f"{_('Price')} {price_list['currency']}", "align": "right"},
            {"key": "from_quantity", "label": str(_("From quantity")), "align": "right"},
            {"key": "valid_from", "label": str(_("Valid from"))},
            {"key": "valid_to", "label": str(_("Valid to"))},
        ],
        "rows": [_price_row(view, price_list, row, codes, may, errors.get(row.id, ()), typed) for row in rows],
        "empty": str(_("No prices yet.")),
    }
    if view.may(_PRICE, "create"):
        sheet["add"] = _add_form(view, price_list, errors.get(0, ()), typed)
    return sheet


def _codes(view: Any, ids: Sequence[int]) -> dict[int, str]:
    filters = {"id__in": sorted(set(ids))}
    return {row.id: row["code"] for row in every(view.records, _PRODUCT, ("code",), filters)} if ids else {}


def _price_row(
    view: Any, price_list: Row, row: Row, codes: Mapping[int, str], may: bool, errors: Sequence[FieldError],
    typed: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    product = row["product"]
    name = in_script(product.title, product.alt, current_locale())[0]
    title = f"{codes.get(product.id, '')} {name}".strip()
    shown = {"price": f"{row['price'].amount:.2f}", "from_quantity": _plain(row["from_quantity"]),
             "valid_from": _iso(row.get("valid_from")), "valid_to": _iso(row.get("valid_to"))}  # fmt: skip
    shown |= {name: typed[name] for name in _TYPED if errors and name in typed}
    messages = {error.field: str(error.message) for error in errors}
    cells: dict[str, Any] = {"product": {"v": title, "url": view.url(_PRODUCT, product.id)}}
    for key in _TYPED:
        kind = "date" if key.startswith("valid") else "decimal"
        if may:
            error = {"error": messages[key]} if key in messages else {}
            cells[key] = {"input": kind, "name": key, "value": shown[key], **error}
        elif key == "price":
            cells[key] = {"kind": "money", "v": _money(row["price"])}
        else:
            cells[key] = {"kind": kind, "v": row.get(key)}
    found: dict[str, Any] = {
        "id": row.id,
        "title": title,
        "cells": cells,
        "muted": not services.valid_on(row, view.today),
    }
    if may:
        address = f"{_address(view, price_list.id)}/{row.id}"
        found |= {"url": address, "hidden": {"price_currency": price_list["currency"]}}
        label = str(_("Remove %(line)s") % {"line": title})
        found["remove"] = {"label": label, "icon": "x", "url": f"{address}/remove", "opens": "post"}
    return found


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _address(view: Any, list_id: int) -> str:
    return f"/{view.portal_key}/crm/price-list/{list_id}/prices"


def _add_form(view: Any, price_list: Row, errors: Sequence[FieldError], typed: Mapping[str, Any]) -> dict[str, Any]:
    entity = view.entity(_PRICE)
    maker = FormField(view, (entity.plugin, entity.slug))
    messages = {error.field: error.message for error in errors}
    number = str(typed.get("product") or "")
    shown: dict[str, Any] = {
        "product": view.records.titles([int(number)]).get(int(number)) if number.isdigit() else None,
        "price": {"amount": (typed.get("price") or {}).get("amount", "") if errors else "",
                  "currency": price_list["currency"]},
        "from_quantity": typed.get("from_quantity") or "1" if errors else "1",
        "valid_from": typed.get("valid_from") if errors else None,
        "valid_to": typed.get("valid_to") if errors else None,
    }  # fmt: skip
    fields = []
    for name in ("product", *_TYPED):
        made = maker.field(entity.fields[name], shown[name], error=messages.pop(name, None))
        made |= {"id": f"f-price-{name}", "required": not name.startswith("valid")}
        if name == "price":
            made["currencies"] = None
        for key in ("width", "help"):
            made.pop(key, None)
        fields.append(made)
    return {
        "action": _address(view, price_list.id),
        "fields": fields,
        "submit": str(_("Add price")),
        "errors": [{"text": str(message)} for message in messages.values()],
        "hidden": {"_had": "product"},
    }


# ---- what is posted


def add(view: Any, list_id: int) -> Any:
    """Add a price to a list."""
    price_list = view.records.get(_LIST, list_id, trash=False)
    given = _posted(view, ("product", *_TYPED))
    values = {name: value for name, value in given.items() if value not in (None, "")}
    try:
        view.records.create(_PRICE, {**values, "price_list": list_id})
    except ValidationFailed as error:
        return _again(view, price_list.id, 0, error.errors, given)
    return _done(view, list_id, _("Price added"))


def change(view: Any, list_id: int, price_id: int) -> Any:
    """Save a price with its step and time."""
    row = _of_list(view, list_id, price_id)
    given = _posted(view, _TYPED)
    given["from_quantity"] = given.get("from_quantity") or "1"
    try:
        view.records.update(_PRICE, row.id, given, version=None)
    except ValidationFailed as error:
        typed = {name: view.form.get(name, "") for name in _TYPED}
        return _again(view, list_id, price_id, error.errors, typed)
    return _done(view, list_id, _("Price saved"))


def remove(view: Any, list_id: int, price_id: int) -> Any:
    """Move a price to the trash."""
    row = _of_list(view, list_id, price_id)
    view.records.delete(_PRICE, row.id)
    return _done(view, list_id, _("Price removed"))


def _of_list(view: Any, list_id: int, price_id: int) -> Row:
    row: Row = view.records.get(_PRICE, price_id, fields=("price_list",), trash=False)
    if row["price_list"].id != list_id:
        raise NotFound(str(price_id))
    return row


def _posted(view: Any, names: Sequence[str]) -> dict[str, Any]:
    fields = view.entity(_PRICE).fields
    return dict(parse_form(view.form, [fields[name] for name in names], view.zone))


def _again(view: Any, list_id: int, price_id: int, errors: Sequence[FieldError], typed: Mapping[str, Any]) -> Any:
    view.undo_all()
    if not view.fragment:
        view.toast(" ".join(str(error.message) for error in errors))
        return view.redirect(view.url(_LIST, list_id))
    price_list = view.records.get(_LIST, list_id)
    return view.render("crm/lines.html", 422, sheet=sheet_of(view, price_list, {price_id: errors}, typed))


def _done(view: Any, list_id: int, message: Any) -> Any:
    view.toast(message, undo=view.records.change_set_id)
    if not view.fragment:
        return view.redirect(view.url(_LIST, list_id))
    return view.render("crm/lines.html", sheet=sheet_of(view, view.records.get(_LIST, list_id)))


VIEWS: list[Any] = [
    ListView("crm.products_in_use", _PRODUCT, _("In use"), {"active": "true"}, order=10),
    ListView("crm.products_all", _PRODUCT, _("All products"), {}, order=20),
    ListView("crm.lists_in_use", _LIST, _("In use"), {"active": "true"}, order=10),
    ListView("crm.lists_all", _LIST, _("All price lists"), {}, order=20),
]
NAVIGATION: list[Any] = [
    NavEntry("crm.nav_products", "trade", _("Products"), entity=_PRODUCT, order=10),
    NavEntry("crm.nav_price_lists", "trade", _("Price lists"), entity=_LIST, order=20),
]
RECORD_PAGES: list[Any] = [
    RecordPage(
        _PRODUCT,
        template="crm/product.html",
        context=product_page,
        drawn=("crm.costs", "crm.product_in"),
        facts=("code", "family", "kind", "unit_of_sale", "active"),
        sections=[
            (_("Product"), ("code", "name", "name_alt", "kind", "family", "unit_of_sale", "active")),
            (_("Words"), ("summary", "promotion", "picture")),
            (_("Sold"), ("sold_from", "sold_until")),
        ],
    ),
    RecordPage(
        _LIST,
        template="crm/price_list.html",
        context=list_page,
        drawn=("crm.has_price",),
        facts=("currency", "territory", "channel", "valid_from", "valid_to"),
        sections=[
            (_("Price list"), ("name", "name_alt", "currency", "territory", "channel")),
            (_("Time"), ("valid_from", "valid_to", "active", "position")),
        ],
    ),
]
SLOTS: list[Any] = []
ROUTES: list[Any] = [
    HttpRoute("/price-list/<int:list_id>/prices", "crm.price_add", add, f"grant:create:{_PRICE}", methods=("POST",)),
    HttpRoute("/price-list/<int:list_id>/prices/<int:price_id>", "crm.price_change", change, f"grant:update:{_PRICE}",
              methods=("POST",)),
    HttpRoute("/price-list/<int:list_id>/prices/<int:price_id>/remove", "crm.price_remove", remove,
              f"grant:delete:{_PRICE}", methods=("POST",)),
]  # fmt: skip
