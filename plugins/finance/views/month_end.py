"""The end of a month on one page: what still waits, the exchange rates, how far the books are closed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import (
    FieldError,
    ValidationFailed,
    company_currency,
    current_locale,
    directory,
    every,
    import_rates,
    in_script,
    newest_rates,
    translator,
)
from weft.core.websdk import View
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import batches, months
from weft.plugins.finance.services.bills import BILL
from weft.plugins.finance.services.claims import CHECK, CLAIM
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.services.months import MONTH

_ = translator("finance")

__all__ = ["load", "show"]

_HERE = "/employee/finance/month-end"
_LARGEST = 5 * 1024 * 1024


def show(view: View) -> Any:
    """What is left to do, the rates, and the closing."""
    return _page(view)


def load(view: View) -> Any:
    """Take the central bank's file; a line that is none of it is named."""
    given = view.files.get("file")
    content = given.stream.read(_LARGEST + 1) if given else b""
    try:
        if not content or len(content) > _LARGEST:
            raise ValidationFailed.single("file", "required", _("Choose a CSV file of at most 5 MB."))
        count, _number = import_rates(view.records, io.StringIO(content.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError:
        view.undo_all()
        return _page(view, [FieldError("file", "invalid", _("This is no text file."))])
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, error.errors)
    view.toast(_("%(n)s rates loaded") % {"n": view.formats.number(count)})
    return view.redirect(_HERE)


def _page(view: View, errors: Sequence[FieldError] = ()) -> Any:
    last = view.today.replace(day=1) - timedelta(days=1)
    title = str(_("Month end"))
    field = {"name": "file", "kind": "file", "label": str(_("Reference rates of the European Central Bank")),
             "accept": ".csv", "max_bytes": _LARGEST, "error": str(errors[0].message) if errors else None,
             "help": str(_("The CSV with one line per day; the days it names are replaced."))}  # fmt: skip
    form = {"action": f"{_HERE}/rates", "fields": [field], "submit": str(_("Load")), "multipart": True, "plain": True,
            "errors": [{"text": str(one.message), "field": one.field} for one in errors]}  # fmt: skip
    return view.render(
        "finance/month_end.html", 422 if errors else 200, page={"title": title},
        head={"title": title, "actions": _actions(view, last)}, closed=_closed_words(view, last),
        panels=[_left(view, last), _closings(view)], rates=_rates(view), form=form,
    )  # fmt: skip


def _actions(view: View, last: date) -> list[dict[str, Any]]:
    opened = months.first_open_day(view.records)
    if (opened is not None and opened > last) or not view.may(MONTH, "create"):
        return []
    label = str(_("Close %(month)s") % {"month": months.month_name(last)})
    return [{"label": label, "url": view.url(MONTH, "new", first_day=last.replace(day=1).isoformat()),
             "opens": "dialog", "icon": "lock", "primary": True}]  # fmt: skip


def _closed_words(view: View, last: date) -> str:
    opened = months.first_open_day(view.records)
    if opened is None:
        return str(_("No month is closed yet."))
    return str(_("The first open day is %(day)s.") % {"day": view.formats.date(opened)})


# ---- what is left


def _left(view: View, last: date) -> dict[str, Any]:
    first = last.replace(day=1)
    rows = [
        _row(view, _("Claims to check"), CLAIM, CHECK, "receipt", view.url(CLAIM, all="1", **CHECK)),
        _row(view, _("Bills to check"), BILL, {"status__in": ",".join(words.TO_CHECK)}, "file-invoice"),
        _row(view, _("Invoice drafts"), INVOICE, {"status": "draft"}, "file-dollar"),
        _row(view, _("Overdue invoices"), INVOICE, {
            "status__in": ",".join(words.OWED), "kind": "invoice", "due_on__lt": view.today.isoformat()}, "clock"),
        _row(view, _("Batches the bank has not carried out"), batches.BATCH, {"status": "open"}, "building-bank"),
        *_others(view, first, last),
    ]  # fmt: skip
    return {"title": str(_("Still open", "month")), "rows": rows, "rows_two": True, "full": True,
            "count": sum(row["n"] for row in rows)}  # fmt: skip


def _row(view: View, label: Any, entity: str, filters: Mapping[str, str], icon: str, url: str = "") -> dict[str, Any]:
    page = view.records.query(entity, fields=(), filters=filters, limit=1, count="exact")
    number = page.count.value if page.count else 0
    return {"title": str(label), "icon": icon, "n": number, "url": url or view.url(entity, all="1", **filters),
            "sub": "" if number else str(_("None")), "end": {"text": str(number)}}  # fmt: skip


def _others(view: View, first: date, last: date) -> list[dict[str, Any]]:
    """What other plugins say is missing, with the people by name."""
    system = view.records.system("finance: what a month still lacks")
    manager = view.runtime.plugins.manager
    answers = manager.hook.weft_finance_month_open(records=system, first=first, last=last)
    found = [one for part in answers for one in part or ()]
    people = directory.persons(system, {who for one in found for who in one.get("people", ())})
    rows = []
    for one in found:
        names = sorted(
            in_script(people[who].name, people[who].name_alt, current_locale())[0]
            for who in one.get("people", ()) if who in people
        )  # fmt: skip
        rows.append({"title": str(one["title"]), "icon": one.get("icon") or "clock", "n": one["count"],
                     "url": one.get("url") or "", "sub": str(_(", ")).join(names) or str(_("None")),
                     "end": {"text": str(one["count"])}})  # fmt: skip
    return rows


# ---- rates and closings


def _rates(view: View) -> dict[str, Any]:
    own = company_currency(view.records)
    rows = [
        {"title": rate.currency, "sub": f"{view.formats.date(rate.on_date)} · {rate.source}", "beside": True,
         "plain": True, "end": {"text": f"{own} {view.formats.number(rate.rate, 4)}"}}
        for rate in newest_rates(view.records) if rate.currency in ("EUR", "USD", "CNY", "GBP", "NOK")
    ]  # fmt: skip
    return {"title": str(_("Newest exchange rates")), "rows": rows, "full": True, "count": len(rows),
            "empty": {"title": str(_("No rates yet."))}}  # fmt: skip


def _closings(view: View) -> dict[str, Any]:
    fields = ("name", "first_day", "reason", "owner", "created_at", "reopened_on", "reopened_why")
    rows = []
    for row in sorted(every(view.records, MONTH, fields, {}), key=lambda one: (one["first_day"], one.id), reverse=True):
        again = row.get("reopened_on")
        text = str(row["reason"])
        if again is not None:
            text = str(_("opened again on %(day)s: %(why)s") % {
                "day": view.formats.date(again), "why": row.get("reopened_why") or ""})  # fmt: skip
        rows.append({"title": months.month_name(row["first_day"]), "url": view.url(MONTH, row.id), "sub": text,
                     "icon": "lock-open" if again is not None else "lock"})  # fmt: skip
    return {"title": str(_("Closed months")), "rows": rows[:12], "rows_two": True, "full": True, "count": len(rows),
            "url": view.url(MONTH), "empty": {"title": str(_("No month is closed yet."))}}  # fmt: skip
