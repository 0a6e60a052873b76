"""Payment batches: made of all that is due, and sent to the bank as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from weft.core.sdk import FieldError, NotFound, Row, ValidationFailed, company_currency, translator
from weft.core.websdk import View, after_write
from weft.plugins.finance.services import batches
from weft.plugins.finance.services.batches import BATCH
from weft.plugins.finance.views.parts import amount

_ = translator("finance")

__all__ = ["bank_file", "make_new", "page"]

_TYPES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml"}


def make_new(view: View) -> Any:
    """Ask for currency and day on GET; put all that is due into a batch on POST."""
    if not view.writing:
        return _form(view)
    currency = view.form.get("currency", "").strip().upper() or company_currency(view.records)
    try:
        pay_on = _day(view.form.get("pay_on", ""), "pay_on")
        if pay_on is None:
            raise ValidationFailed.single("pay_on", "required", _("Say on which day it is to be paid."))
        made = batches.collect(view.records, currency, pay_on, _day(view.form.get("until", ""), "until"))
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, error.errors)
    return after_write(view, _("Batch %(number)s made") % {"number": made["serial"]}, view.url(BATCH, made.id))


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationFailed.single(name, "format", _("This is no day.")) from error


def _form(view: View, errors: Sequence[FieldError] = ()) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    own = company_currency(view.records)
    given = view.form if view.writing else view.args
    system = view.records.system("finance: what is to be paid")
    choices = []
    for code in dict.fromkeys([own, *batches.currencies(system)]):
        number = len(batches.due(system, code))
        if number or code == own:
            choices.append({"value": code, "label": str(_("%(code)s (%(n)s to pay)") % {"code": code, "n": number})})
    fields: list[dict[str, Any]] = [
        {"name": "currency", "kind": "choice", "label": str(_("Currency")), "choices": choices, "as_select": True,
         "value": given.get("currency") or own, "error": messages.get("currency")},
        {"name": "pay_on", "kind": "date", "label": str(_("To be paid on")), "width": "half",
         "value": given.get("pay_on") or view.today.isoformat(), "error": messages.get("pay_on")},
        {"name": "until", "kind": "date", "label": str(_("Bills due until")), "width": "half", "required": False,
         "value": given.get("until", ""), "error": messages.get("until"), "help": str(_("Empty: all accepted bills."))},
    ]  # fmt: skip
    form = {"action": "/employee/finance/collect", "fields": fields, "submit": str(_("Make the batch")),
            "cancel_url": view.url(BATCH),
            "errors": [{"text": str(error.message), "field": error.field} for error in errors]}  # fmt: skip
    title, status = str(_("New payment batch")), 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("pages/form_dialog.html", status, dialog={"title": title}, form=form)
    back = {"url": view.url(BATCH), "label": str(_("Payment batches"))}
    return view.render("pages/form.html", status, page={"title": title, "back": back}, form=form)


def page(view: View, record: Row) -> dict[str, Any]:
    """The payments of a batch, and the files for the bank."""
    system = view.records.system("finance: payments of a batch")
    rows = [
        {"title": one.payee or one.words, "url": view.url(one.entity, one.record),
         "sub": " · ".join(part for part in (one.words, one.account) if part),
         "icon": "receipt" if one.entity == batches.CLAIM else "file-invoice", "end": {
             "text": amount(view, one.amount)}}
        for one in batches.entries(system, record.id)
    ]  # fmt: skip
    base = f"/employee/finance/bank-file/{record.id}"
    files = [
        {"label": str(_("Bank file (pain.001)")), "url": f"{base}/xml", "icon": "download", "opens": "download"},
        {"label": str(_("Bank file (CSV)")), "url": f"{base}/csv", "icon": "download", "opens": "download"},
    ]
    return {"payments": {"title": str(_("Payments", "number")), "rows": rows, "rows_two": True, "full": True,
                         "count": len(rows)}, "files": files}  # fmt: skip


def bank_file(view: View, record_id: int, form: str) -> Any:
    """The file for the bank; the page says why where it cannot be made."""
    if form not in _TYPES:
        raise NotFound(form)
    record = view.records.get(BATCH, record_id)
    system = view.records.system("finance: payments of a batch")
    some = batches.entries(system, record_id)
    try:
        if not some:
            raise ValidationFailed.single("", "empty", _("There is no payment in this batch."))
        content = (
            batches.bank_csv(some, record["pay_on"]) if form == "csv" else batches.bank_xml(view.records, record, some)
        )
    except ValidationFailed as error:
        view.toast("; ".join(str(one.message) for one in error.errors))
        return view.redirect(view.url(BATCH, record_id))
    headers = {"Content-Type": _TYPES[form], "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
               "Content-Disposition": f'attachment; filename="{record["serial"]}.{form}"'}  # fmt: skip
    return content, 200, headers
