"""Tiles with figures: overdue invoices, the next payments, budgets, margins; for finance, heads, leads, the executive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Row,
    Widget,
    company_currency,
    current_locale,
    directory,
    every,
    in_script,
    to_company,
    translator,
)
from weft.core.websdk import View, home_period
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.grants import EXECUTIVE, HEAD, LEAD, MANAGER, OFFICER
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import batches, budgets, margin
from weft.plugins.finance.services.bills import BILL
from weft.plugins.finance.services.invoices import INVOICE, PAYMENT
from weft.plugins.finance.services.payees import PAYEE, tail
from weft.plugins.finance.services.postings import POSTING
from weft.plugins.finance.views.parts import name_of, names
from weft.plugins.finance.views.reports import BUCKETS, aged, bucket_filters, postings_url

_ = translator("finance")

__all__ = ["WIDGETS"]

_ROWS = 5
#: Budgets that are shown with three rows each.
_WHOLE = 2
_PAYEES: Mapping[str, str] = {"status": "waiting"}
_TO_CHECK: Mapping[str, str] = {"status__in": ",".join(words.TO_CHECK)}


def _list(view: View, entity: str, filters: Mapping[str, str], sort: str) -> str:
    return str(view.url(entity, all="1", sort=sort, **filters))


def _sum(view: View, amounts: Sequence[Money]) -> str:
    """One sum per currency, side by side."""
    found = to_company(view.records, amounts, view.today)
    return " · ".join(str(view.formats.money(one)) for one in found.amounts) or "–"


# ---- finance


def bills_to_check(view: View) -> dict[str, Any]:
    """Bills nobody has decided, the first due first."""
    page = view.records.query(
        BILL, fields=("bill_no", "supplier", "net", "due_on"), filters=_TO_CHECK, sort="due_on", limit=_ROWS,
        count="exact",
    )  # fmt: skip
    rows = [
        {"title": names(row.get("supplier")) or row["bill_no"], "url": view.url(BILL, row.id), "icon": "file-invoice",
         "sub": str(_("%(number)s, due %(day)s") % {"number": row["bill_no"], "day": view.formats.date(row["due_on"])}),
         "end": {"text": view.formats.money(row["net"])}}
        for row in page.rows
    ]  # fmt: skip
    count = page.count.value if page.count else len(rows)
    return {"rows": rows, "count": count, "two": True, "period": str(_("net"))}


def payees_to_confirm(view: View) -> dict[str, Any]:
    """Accounts for repayment that people entered and nobody confirmed."""
    page = view.records.query(
        PAYEE, fields=("holder", "account", "created_at"), filters=_PAYEES, sort="created_at", limit=_ROWS,
        count="exact",
    )  # fmt: skip
    rows = [
        {"title": row["holder"], "url": view.url(PAYEE, row.id), "icon": "building-bank", "sub": tail(row["account"]),
         "end": {"text": view.formats.date(row["created_at"])}}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def overdue(view: View) -> dict[str, Any]:
    """What customers owe, by days overdue, net."""
    found = aged(view.records, view.today)
    rows = []
    for key, label in BUCKETS[1:]:
        some = found[key]
        rows.append({"title": str(label), "url": _list(view, INVOICE, bucket_filters(key, view.today), "due_on"),
                     "icon": "clock", "sub": _sum(view, [row["open_net"] for row in some]) if some else "",
                     "count": len(some)})  # fmt: skip
    number = sum(len(found[key]) for key, _label in BUCKETS[1:])
    return {"rows": rows, "count": number, "two": True, "period": str(_("today, net"))}


def to_pay(view: View) -> dict[str, Any]:
    """What is agreed and in no batch yet, per currency; and batches the bank has not carried out."""
    rows = []
    system = view.records.system("finance: what is to be paid")
    own = company_currency(view.records)
    for code in sorted(batches.currencies(system), key=lambda code: code != own):
        some = batches.due(system, code)
        if some:
            total = sum((row.get("payable") or row["gross"]).amount for row in some)
            rows.append({"title": str(_("To go into a batch")), "url": f"/employee/finance/collect?currency={code}",
                         "icon": "building-bank", "sub": str(_("%(n)s payments") % {"n": len(some)}),
                         "end": {"text": view.formats.money(Money(total, code))}})  # fmt: skip
    fields = ("serial", "total", "pay_on", "payments")
    for row in view.records.query(
        batches.BATCH, fields=fields, filters={"status": "open"}, sort="pay_on", limit=3
    ).rows:
        rows.append({"title": str(_("Batch %(number)s") % {"number": row.get("serial") or ""}),
                     "url": view.url(batches.BATCH, row.id), "icon": "building-bank",
                     "sub": str(_("to be paid on %(day)s") % {"day": view.formats.date(row["pay_on"])}),
                     "end": {"text": view.formats.money(row["total"]) if row.get("total") else ""}})  # fmt: skip
    return {"rows": rows[:_ROWS], "count": len(rows), "two": True}


def _budgets(view: View, filters: Mapping[str, str]) -> list[Row]:
    """Budgets and limits whose days hold today."""
    filters = {**filters, "starts_on__lte": view.today.isoformat()}
    rows = every(view.records, budgets.BUDGET, budgets.FIELDS, filters)
    return [row for row in rows if row.get("ends_on") is None or row["ends_on"] >= view.today]


def _used(view: View, rows: Sequence[Row]) -> list[tuple[budgets.Use, Row]]:
    """How far budgets are used, the fullest first."""
    return sorted(((budgets.usage(view.records, row), row) for row in rows), key=lambda pair: -pair[0].percent)


def budget_use(view: View) -> dict[str, Any]:
    """Budgets that run now, the fullest first."""
    found = _used(view, _budgets(view, {}))
    rows = [
        {"title": name_of(row), "url": view.url(budgets.BUDGET, row.id), "icon": "chart-pie",
         "sub": str(_("%(left)s of %(planned)s available, net") % {
             "left": view.formats.money(use.available), "planned": view.formats.money(use.planned)}),
         "end": {"text": view.formats.percent(use.percent), "tone": "late" if use.percent > 90 else None}}
        for use, row in found[:_ROWS]
    ]  # fmt: skip
    return {"rows": rows, "count": len(found), "two": True}


def margins(view: View) -> dict[str, Any]:
    """Customers with the highest and the lowest margin of the period."""
    within = home_period(view).filters("day")
    found = {key: one for key, one in margin.results(view.records, "customer", within).items() if key is not None}
    order = sorted(found, key=lambda key: -found[key].margin_company)
    chosen = order[:_ROWS] + order[_ROWS:][-_ROWS:]
    titles = view.records.system("finance: names of what was booked for").titles(chosen)
    rows = []
    for key in chosen:
        one, title = found[key], titles.get(key)
        name = in_script(title.title, title.alt, current_locale())[0] if title is not None else str(key)
        rows.append({"title": name, "url": postings_url(view, *words.INCOME, *words.COSTS, customer=str(key), **within),
                     "icon": "chart-bar", "sub": view.formats.percent(one.percent) if one.percent is not None else "",
                     "end": {"text": view.formats.money(one.margin),
                             "tone": "late" if one.margin.amount < 0 else None}})  # fmt: skip
    return {"rows": rows, "count": len(found), "two": True, "period": home_period(view).label}


# ---- heads, leads, the executive


def unit_budget(view: View) -> dict[str, Any]:
    """Budgets of the viewer's units that run now, the fullest first: booked, reserved, available."""
    units = {unit for one in view.principal.units for unit in directory.units_below(view.records, one)}
    own = [row for row in _budgets(view, {"for_unit__isnull": "false"}) if ref_id(row.get("for_unit")) in units]
    several = len(own) > 1
    rows = []
    for use, row in _used(view, own)[:_WHOLE]:
        for label, money in ((_("Booked, net"), use.booked), (_("Reserved, net"), use.reserved),
                             (_("Available, net"), use.available)):  # fmt: skip
            late = money is use.available and money.amount < 0
            rows.append({"title": str(label), "url": view.url(budgets.BUDGET, row.id), "icon": "chart-pie",
                         "sub": name_of(row) if several else "",
                         "end": {"text": view.formats.money(money), "tone": "late" if late else None}})  # fmt: skip
    return {"rows": rows, "two": several}


def lead_budget(view: View) -> dict[str, Any]:
    """Cost of own projects against their limits of today, the fullest first: booked, and what is on its way."""
    limits = _budgets(view, {"charged_to__isnull": "false"})
    found = _used(view, [row for row in limits if row.get("charged_to") and not row["charged_to"].restricted])
    rows = [
        {"title": name_of(row), "url": view.url(budgets.BUDGET, row.id), "icon": "chart-pie",
         "sub": str(_("booked %(booked)s, reserved %(reserved)s, net") % {
             "booked": view.formats.money(use.booked), "reserved": view.formats.money(use.reserved)}),
         "end": {"text": view.formats.percent(use.percent), "tone": "late" if use.percent > 90 else None}}
        for use, row in found[:_ROWS]
    ]  # fmt: skip
    return {"rows": rows, "count": len(found), "two": True}


def cash(view: View) -> dict[str, Any]:
    """What came in in the period, what is open and what is overdue."""
    period = home_period(view)
    within = period.filters("paid_on")
    lines = view.records.aggregate(PAYMENT, measures=("count", "sum(amount)"), filters=within)
    came = lines[0]["sum(amount)"] if lines else None
    found = aged(view.records, view.today)
    whole = [row for rows in found.values() for row in rows]
    late = [row for key, _label in BUCKETS[1:] for row in found[key]]
    filters = {"status__in": ",".join(words.OWED), "kind": "invoice"}
    overdue_filters = {**filters, "due_on__lt": view.today.isoformat()}
    rows: list[dict[str, Any]] = [
        {"title": str(_("Received, gross")), "icon": "cash", "url": _list(view, PAYMENT, within, "-paid_on"),
         "end": {"text": _sum(view, came.amounts if came is not None else ())}},
        {"title": str(_("Open, net")), "icon": "file-dollar", "url": _list(view, INVOICE, filters, "due_on"),
         "end": {"text": _sum(view, [row["open_net"] for row in whole])}},
        {"title": str(_("Overdue, net")), "icon": "clock", "url": _list(view, INVOICE, overdue_filters, "due_on"),
         "end": {"text": _sum(view, [row["open_net"] for row in late]), "tone": "late" if late else None}},
    ]  # fmt: skip
    for row in _largest(view, late, 2):
        days = (view.today - row["due_on"]).days
        rows.append({"title": names(row.get("customer")) or row["name"], "url": view.url(INVOICE, row.id),
                     "icon": "clock-exclamation", "sub": str(_("%(n)s days overdue") % {"n": days}),
                     "end": {"text": view.formats.money(row["open_net"]), "tone": "late"}})  # fmt: skip
    return {"rows": rows, "count": len(late), "two": False, "period": period.label}


def _largest(view: View, rows: Sequence[Any], most: int) -> list[Any]:
    """The invoices with the most money open, by the rates of today; what has no rate comes last."""
    codes = {row["open_net"].currency for row in rows}
    rates = {
        code: to_company(view.records, [Money(Decimal(1), code)], view.today).exact or Decimal(0) for code in codes
    }
    return sorted(rows, key=lambda row: -row["open_net"].amount * rates[row["open_net"].currency])[:most]


def whole_margin(view: View) -> dict[str, Any]:
    """Income, cost and margin of the period, in company currency."""
    within = home_period(view).filters("day")
    own = company_currency(view.records)
    total = {kind: Decimal(0) for kind in (*words.INCOME, *words.COSTS)}
    for line in view.records.aggregate(POSTING, group=("kind",), measures=("sum(company)",), filters=within):
        amounts = line["sum(company)"].amounts
        total[line["kind"]] = amounts[0].amount if amounts else total[line["kind"]]
    income = sum((total[kind] for kind in words.INCOME), Decimal(0))
    cost = sum((total[kind] for kind in words.COSTS), Decimal(0))
    rows = [
        {"title": str(label), "icon": "chart-bar", "url": postings_url(view, *kinds, **within),
         "end": {"text": view.formats.money(Money(amount, own)), "tone": "late" if amount < 0 else None}}
        for label, amount, kinds in (
            (_("Invoiced, net"), income, words.INCOME), (_("Cost, net"), cost, words.COSTS),
            (_("Margin, net"), income - cost, (*words.INCOME, *words.COSTS)),
        )
    ]  # fmt: skip
    return {"rows": rows, "two": False, "period": home_period(view).label}


WIDGETS: list[Any] = [
    Widget("finance.bills_tile", _("Bills to check"), "todo", "list", bills_to_check,
           lambda view: _list(view, BILL, _TO_CHECK, "due_on"), (OFFICER,), order=21,
           empty=_("No bill waits for finance.")),
    Widget("finance.payees_tile", _("Accounts to confirm"), "todo", "list", payees_to_confirm,
           lambda view: _list(view, PAYEE, _PAYEES, "created_at"), (OFFICER,), order=23,
           empty=_("No account for repayment waits.")),
    Widget("finance.overdue_tile", _("Overdue invoices"), "new", "list", overdue,
           lambda view: _list(view, INVOICE, {"status__in": ",".join(words.OWED), "kind": "invoice",
                                              "due_on__lt": "today"}, "due_on"), (OFFICER,), order=20, width=2,
           empty=_("Nobody owes anything.")),
    Widget("finance.to_pay_tile", _("To pay"), "new", "list", to_pay, lambda view: view.url(batches.BATCH), (OFFICER,),
           order=21, empty=_("Nothing is to be paid.")),
    Widget("finance.budget_tile", _("Budget use"), "figures", "list", budget_use,
           lambda view: "/employee/finance/budget-use", (OFFICER,), order=20, width=2,
           empty=_("There is no budget yet.")),
    Widget("finance.margin_tile", _("Margin by customer"), "figures", "list", margins,
           lambda view: "/employee/finance/margin", (OFFICER, MANAGER), order=21, width=2,
           empty=_("Nothing was booked in this time.")),
    Widget("finance.unit_budget", _("Unit budget"), "figures", "list", unit_budget,
           lambda view: "/employee/finance/budget-use", (HEAD,), order=45, empty=_("Your unit has no budget.")),
    Widget("finance.lead_budget", _("Cost of my projects"), "figures", "list", lead_budget,
           lambda view: "/employee/finance/budget-use", (LEAD,), order=29,
           empty=_("None of your projects has a cost limit.")),
    Widget("finance.cash_tile", _("Payments and overdue"), "figures", "list", cash,
           lambda view: "/employee/finance/ageing", (EXECUTIVE,), order=35, width=2,
           empty=_("Nothing was invoiced yet.")),
    Widget("finance.whole_margin", _("Cost and margin"), "figures", "list", whole_margin,
           lambda view: "/employee/finance/margin", (EXECUTIVE,), order=60,
           empty=_("Nothing was booked in this time.")),
]  # fmt: skip
