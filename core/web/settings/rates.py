"""Settings > Company > Exchange rates: the newest rate of each currency, one by hand, or the central bank's file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response

from weft.core.db.money import CURRENCIES, currency_name
from weft.core.errors import ErrorCollector, FieldError, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company
from weft.core.records import rate_admin, rates
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_rates", __name__)
_HERE = f"{BASE}company/rates/"
_LARGEST = 5 * 1024 * 1024


@route(blueprint, _HERE, policy=POLICY, endpoint="show")
def show() -> Response:
    return _page(current())


@route(blueprint, _HERE, policy=POLICY, methods=["POST"], endpoint="save")
def save() -> Response:
    view, errors = current(), ErrorCollector()
    currency = view.form.get("currency", "")
    if currency not in CURRENCIES:
        errors.add("currency", "invalid", _("Choose a currency."))
    try:
        value = Decimal(view.form.get("rate", "").strip().replace(",", "."))
    except InvalidOperation:
        errors.add("rate", "invalid", _("Enter a number such as 7.4326."))
    try:
        day = date.fromisoformat(view.form.get("on_date", ""))
    except ValueError:
        errors.add("on_date", "invalid", _("Choose a day."))
    try:
        errors.raise_if_any()
        rate_admin.save_rates(view.records, [rates.Rate(currency, day, value, str(_("by hand")))])
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, typed=error.errors)
    view.toast(_("Rate saved"))
    return view.redirect(_HERE)


@route(blueprint, _HERE + "file/", policy=POLICY, methods=["POST"], endpoint="upload", upload=True)
def upload() -> Response:
    view = current()
    given = view.files.get("file")
    try:
        content = given.stream.read(_LARGEST + 1) if given else b""
        if not content or len(content) > _LARGEST:
            raise ValidationFailed.single("file", "required", _("Choose a CSV file of at most 5 MB."))
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        count, _number = rate_admin.import_ecb(view.records, text)
    except UnicodeDecodeError:
        view.undo_all()
        return _page(view, loaded=[FieldError("file", "invalid", _("This is no text file."))])
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, loaded=error.errors)
    view.toast(_("%(count)s rates loaded") % {"count": view.formats.number(count)})
    return view.redirect(_HERE)


def _page(view: View, *, typed: Sequence[FieldError] = (), loaded: Sequence[FieldError] = ()) -> Response:
    settings = company.get(view.connection)
    found = rates.newest(view.connection)
    blocks: list[dict[str, Any]] = [
        {"kind": "panel", "panel": _panel(view, found, settings.currency)},
        {"kind": "head", "text": str(_("One rate by hand"))},
        form_block(_HERE, _fields(view, settings), _("Save"), typed),
        {"kind": "head", "text": str(_("Reference rates of the European Central Bank"))},
        form_block(f"{_HERE}file/", [_file_field()], _("Load"), loaded, multipart=True, id="wf-rates-file"),
    ]
    crumbs = [{"label": str(_("Company")), "url": f"{BASE}company/"}]
    status = 422 if typed or loaded else 200
    return settings_page(view, "company", blocks, title=_("Exchange rates"), crumbs=crumbs, status=status)


def _panel(view: View, found: Sequence[rates.Rate], own: str) -> dict[str, Any]:
    rows = [
        {
            "title": f"{rate.currency} · {currency_name(rate.currency)}",
            "sub": f"{view.formats.date(rate.on_date)} · {rate.source}",
            "plain": True,
            "beside": True,
            "end": {"text": f"{own} {rate.rate.normalize():f}"},
        }
        for rate in found
    ]
    empty = {
        "title": str(_("No rates in %(currency)s yet.") % {"currency": own}),
        "text": str(_("Until then sums over several currencies are shown one by one.")),
    }
    title = str(_("Newest rates, %(currency)s for one unit") % {"currency": own})
    return {"title": title, "rows": rows, "full": True, "count": len(rows), "empty": empty}


def _fields(view: View, settings: company.Company) -> list[dict[str, Any]]:
    form, today = view.form, settings.today(view.runtime.clock()).isoformat()
    others = [code for code in CURRENCIES if code != settings.currency]
    names = [{"value": code, "label": f"{code} · {currency_name(code)}"} for code in others]
    label = _("%(currency)s for one unit") % {"currency": settings.currency}
    return [
        field("currency", "choice", _("Currency"), form.get("currency", ""), choices=names, width="third"),
        field("on_date", "date", _("Day"), form.get("on_date", today), max=today, width="third"),
        field("rate", "decimal", label, form.get("rate", ""), width="third"),
    ]


def _file_field() -> dict[str, Any]:
    help_text = str(_("The CSV with one line per day and one column per currency; the days it names are replaced."))
    return field("file", "file", _("File"), accept=".csv", max_bytes=_LARGEST, help=help_text)
