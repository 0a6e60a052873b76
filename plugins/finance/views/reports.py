"""Cost and margin, ageing, expenses, budgets: every figure opens the rows it is the sum of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Records,
    company_currency,
    current_locale,
    directory,
    every,
    in_script,
    to_company,
    translator,
)
from weft.core.websdk import Cell, Report, Section, View, read_period, report_page
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import budgets, margin
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.services.margin import BY, Result
from weft.plugins.finance.services.postings import POSTING
from weft.plugins.finance.views.parts import name_of, names, person

_ = translator("finance")

__all__ = [
    "BUCKETS",
    "aged",
    "bucket_filters",
    "postings_url",
    "show_ageing",
    "show_budgets",
    "show_expenses",
    "show_margin",
]

_HOW_MARGIN = _(
    "Issued invoices less credit notes, less the cost postings of hours, supplier bills and expenses, each by its"
    " booking day, all net of tax (R7). What is all in one currency is shown in it; otherwise in the company's currency"
    " by the rates of the booking. Claims and bills that are not booked yet are no cost."
)
_HOW_AGEING = _(
    "Issued invoices that are not paid in full: the open net amount is net x open gross / gross, by the days since the"
    " due day (R6); sums over several currencies by the rates of the day."
)
_HOW_EXPENSES = _(
    "Booked expenses by kind, net, by booking day (R15); in company currency by the rates of the booking."
)
_HOW_BUDGETS = _(
    "Booked are cost postings in the time of the budget; reserved are claims and bills that were submitted and not"
    " booked, by the rate of their day; available is the budget less both (R10)."
)
_KINDS = ("month", "quarter", "year", "all")
_NAMES = {"customer": _("By customer"), "project": _("By project"), "salesperson": _("By salesperson")}
_ONE = {"customer": _("Customer"), "project": _("Project"), "salesperson": _("Salesperson")}
#: Upper ends of the classes of days overdue, the last without one.
BUCKETS: tuple[tuple[str, Any], ...] = (
    ("0", _("Not due")), ("30", _("1-30 days")), ("60", _("31-60 days")), ("90", _("61-90 days")),
    ("more", _("Over 90 days")),
)  # fmt: skip


def postings_url(view: View, *kinds: str, **filters: str) -> str:
    """The postings behind a figure."""
    return str(view.url(POSTING, all="1", kind__in=",".join(kinds), sort="-day", **filters))


# ---- cost and margin


def show_margin(view: View) -> Any:
    """Income, cost and margin by customer, project or salesperson."""
    period = read_period(view, default="all")
    by = view.args.get("by", "customer")
    by = by if by in BY else "customer"
    within = period.filters("day")
    found = margin.results(view.records, by, within)
    labels = _labels(view, by, found)
    order = sorted(found, key=lambda key: (key is None, -found[key].margin_company, str(key)))
    rows = [_margin_row(view, by, key, found[key], labels, within) for key in order]
    whole = Result(company_currency(view.records))
    for one in found.values():
        for kind, amount in one.company.items():
            whole.company[kind] = whole.company.get(kind, Decimal(0)) + amount
            line = whole.amounts.setdefault(kind, {})
            line[whole.own] = line.get(whole.own, Decimal(0)) + amount
    section = Section(
        _NAMES[by],
        [("name", _ONE[by]), ("income", _("Invoiced")), ("hours", _("Hours")), ("bill", _("Bills")),
         ("expense", _("Expenses")), ("cost", _("Cost")), ("margin", _("Margin")), ("percent", _("Margin (%)"))],
        rows, total=_cells(view, whole, within, {}) | {"name": str(_("All"))}, note=_("All amounts net"),
        empty=_("Nothing was booked in this time."),
    )  # fmt: skip
    choices = [{"name": "by", "label": str(_("Show")), "value": by,
                "choices": [{"value": key, "label": str(label)} for key, label in _NAMES.items()]}]  # fmt: skip
    figures = [
        {"label": _("Invoiced, net"), "cell": Cell(whole.income, "money", postings_url(view, *words.INCOME, **within))},
        {"label": _("Cost, net"), "cell": Cell(whole.cost, "money", postings_url(view, *words.COSTS, **within))},
        {"label": _("Margin"), "cell": Cell(whole.margin, "money")},
        {"label": _("Margin (%)"), "cell": Cell(whole.percent, "percent")},
    ]
    report = Report("margin", _("Cost and margin"), POSTING, _HOW_MARGIN, period, _KINDS, choices, figures, [section])
    return report_page(view, report)


def _labels(view: View, by: str, found: dict[Any, Result]) -> dict[Any, str]:
    """Names of customers and projects for people who read what was booked for them; of colleagues."""
    keys = [key for key in found if key is not None]
    if by == "salesperson":
        people = directory.persons(view.records, keys)
        return {key: in_script(one.name, one.name_alt, current_locale())[0] for key, one in people.items()}
    titles = view.records.system("finance: names of what was booked for").titles(keys)
    return {key: in_script(one.title, one.alt, current_locale())[0] for key, one in titles.items()}


def _margin_row(
    view: View, by: str, key: Any, result: Result, labels: dict[Any, str], within: dict[str, str]
) -> dict[str, Any]:
    mine = {BY[by]: str(key)} if key is not None else {f"{BY[by]}__isnull": "true"}
    name = labels.get(key) or (str(_("Without")) if key is None else str(key))
    link = f"/r/{key}" if key is not None and by != "salesperson" else ""
    return {"name": Cell(name, "text", link), **_cells(view, result, within, mine)}


def _cells(view: View, result: Result, within: dict[str, str], mine: dict[str, str]) -> dict[str, Any]:
    def cell(money: Money, *kinds: str) -> Cell:
        return Cell(money, "money", postings_url(view, *kinds, **within, **mine) if money.amount else "")

    def part(money: Money, *kinds: str) -> Cell:
        """A part of the cost: in the currency of the row, which the sums name."""
        found = cell(money, *kinds)
        return Cell(money.amount if money.amount else None, "integer", found.url)

    both = (*words.INCOME, *words.COSTS)
    tone = "late" if result.margin.amount < 0 else ""
    return {
        "income": cell(result.income, *words.INCOME), **{kind: part(result.of(kind), kind) for kind in words.COSTS},
        "cost": cell(result.cost, *words.COSTS),
        "margin": Cell(result.margin, "money", postings_url(view, *both, **within, **mine), tone),
        "percent": Cell(result.percent, "percent", "", tone),
    }  # fmt: skip


# ---- ageing


def aged(records: Records, day: date, **more: Any) -> dict[str, list[Any]]:
    """Invoices that are not paid in full, by how long they are overdue: key of the bucket -> rows."""
    found: dict[str, list[Any]] = {key: [] for key, _label in BUCKETS}
    fields = ("name", "name_alt", "serial", "customer", "open_net", "open_gross", "due_on", "issued_on")
    filters = {"status__in": ",".join(words.OWED), "kind": "invoice", **more}
    for row in every(records, INVOICE, fields, filters, sort="due_on"):
        late = (day - row["due_on"]).days
        key = next((key for key, _label in BUCKETS[:-1] if late <= int(key)), "more")
        found[key].append(row)
    return found


def bucket_filters(key: str, day: date) -> dict[str, str]:
    """Filters of the list of invoices for one class of days."""
    first = {"30": 1, "60": 31, "90": 61, "more": 91}.get(key)
    found = {"status__in": ",".join(words.OWED), "kind": "invoice"}
    if key == "0":
        return {**found, "due_on__gte": day.isoformat()}
    if first is not None:
        found["due_on__lte"] = (day - timedelta(days=first)).isoformat()
    if key not in ("more", "0"):
        found["due_on__gte"] = (day - timedelta(days=int(key))).isoformat()
    return found


def show_ageing(view: View) -> Any:
    """What customers owe, by days overdue and by customer."""
    found = aged(view.records, view.today)
    whole = [row for rows in found.values() for row in rows]
    lines = []
    for key, label in BUCKETS:
        rows = found[key]
        url = view.url(INVOICE, all="1", sort="due_on", **bucket_filters(key, view.today)) if rows else ""
        lines.append({"name": Cell(str(label), "text"), "count": Cell(len(rows), "integer", url),
                      **_money_cells(view, [row["open_net"] for row in rows], url,
                                     "late" if key != "0" and rows else "")})  # fmt: skip
    by_customer: dict[int, list[Any]] = {}
    for row in whole:
        by_customer.setdefault(ref_id(row.get("customer")) or 0, []).append(row)
    parts = []
    for customer, rows in sorted(by_customer.items(), key=lambda pair: min(row["due_on"] for row in pair[1])):
        late = max((view.today - row["due_on"]).days for row in rows)
        url = view.url(INVOICE, all="1", customer=str(customer), status__in=",".join(words.OWED), kind="invoice",
                       sort="due_on")  # fmt: skip
        parts.append({"name": Cell(names(rows[0].get("customer")), "text", f"/r/{customer}"),
                      "count": Cell(len(rows), "integer", url),
                      "late": Cell(max(late, 0), "integer", "", "late" if late > 0 else ""),
                      **_money_cells(view, [row["open_net"] for row in rows], url)})  # fmt: skip
    columns = [("count", _("Invoices")), ("amounts", _("Open, net")), ("company", _("In company currency"))]
    total = {"name": str(_("All")), "count": Cell(len(whole), "integer", view.url(
        INVOICE, all="1", status__in=",".join(words.OWED), kind="invoice", sort="due_on")),
        **_money_cells(view, [row["open_net"] for row in whole], "")}  # fmt: skip
    sections = [
        Section(_("By days overdue"), [("name", _("Overdue")), *columns], lines, total),
        Section(_("By customer"), [("name", _("Customer")), columns[0], ("late", _("Days overdue")), *columns[1:]],
                parts, empty=_("Nobody owes anything.")),
    ]  # fmt: skip
    day = to_company(view.records, [row["open_net"] for row in whole], view.today).rate_date
    rates = _("Exchange rates of %(day)s.") % {"day": view.formats.date(day)} if day else ""
    how = f"{_HOW_AGEING} {rates}".strip()
    return report_page(view, Report("ageing", _("Payments and overdue"), INVOICE, how, sections=sections))


def _money_cells(view: View, amounts: list[Money], url: str, tone: str = "") -> dict[str, Any]:
    """One text with a sum per currency, and the sum in company currency."""
    found = to_company(view.records, amounts, view.today)
    text = " · ".join(str(view.formats.money(one)) for one in found.amounts)
    return {"amounts": Cell(text or "–", "text", url, tone), "company": Cell(found.company, "money", url)}


# ---- expenses and budgets


def show_expenses(view: View) -> Any:
    """Booked expenses by kind, and by what bears them."""
    period = read_period(view, default="year")
    within = period.filters("day") | {"kind": "expense"}
    lines = view.records.aggregate(
        POSTING, group=("category",), measures=("count", "sum(amount)", "sum(company)"), filters=within
    )
    bearing = view.records.aggregate(
        POSTING, group=("charged_to",), measures=("count", "sum(amount)", "sum(company)"), filters=within
    )
    columns = [("count", _("Expenses", "lines")), ("amounts", _("Net")), ("company", _("In company currency"))]
    sections = [
        Section(_("By kind"), [("name", _("Kind")), *columns],
                [_expense_row(view, line, "category", within) for line in lines], empty=_("Nothing was booked.")),
        Section(_("By what bears it"), [("name", _("Charged to")), *columns],
                [_expense_row(view, line, "charged_to", within) for line in bearing], empty=_("Nothing was booked.")),
    ]  # fmt: skip
    report = Report("expenses", _("Expenses", "report"), POSTING, _HOW_EXPENSES, period, _KINDS, sections=sections)
    return report_page(view, report)


def _expense_row(view: View, line: dict[str, Any], name: str, within: dict[str, str]) -> dict[str, Any]:
    key = line[name]
    mine = {name: str(ref_id(key))} if key is not None else {f"{name}__isnull": "true"}
    url = view.url(POSTING, all="1", sort="-day", **within, **mine)
    label = names(key) if key is not None else str(_("Own unit"))
    own = line["sum(company)"].amounts[0] if line["sum(company)"].amounts else None
    text = " · ".join(str(view.formats.money(one)) for one in line["sum(amount)"].amounts)
    return {"name": Cell(label, "text"), "count": Cell(line["count"], "integer", url),
            "amounts": Cell(text, "text", url), "company": Cell(own, "money", url)}  # fmt: skip


def show_budgets(view: View) -> Any:
    """Every budget one may read: planned, booked, reserved, available."""
    rows = []
    for row in every(view.records, budgets.BUDGET, budgets.FIELDS, {}, sort="-starts_on"):
        use = budgets.usage(view.records, row)
        url = view.url(POSTING, all="1", sort="-day", **use.filters)
        tone = "late" if use.percent > 90 else ""
        rows.append((use.percent, {
            "name": Cell(name_of(row), "text", view.url(budgets.BUDGET, row.id)),
            "owner": person(row.get("owner")), "planned": Cell(use.planned, "money"),
            "booked": Cell(use.booked, "money", url), "reserved": Cell(use.reserved, "money"),
            "available": Cell(use.available, "money", "", "late" if use.available.amount < 0 else ""),
            "percent": Cell(use.percent, "percent", "", tone),
        }))  # fmt: skip
    rows.sort(key=lambda pair: -pair[0])
    columns = [("name", _("Budget")), ("owner", _("Owner")), ("planned", _("Planned")), ("booked", _("Booked", "sum")),
               ("reserved", _("Reserved")), ("available", _("Available")), ("percent", _("Used (%)"))]  # fmt: skip
    section = Section(_("Budgets"), columns, [row for _percent, row in rows], note=_("All amounts net"),
                      empty=_("There is no budget yet."))  # fmt: skip
    actions = []
    if view.may(budgets.BUDGET, "create"):
        actions.append({"label": str(_("New budget")), "url": view.url(budgets.BUDGET, "new"), "icon": "plus",
                        "primary": True, "opens": "dialog"})  # fmt: skip
    report = Report("budgets", _("Budgets"), budgets.BUDGET, _HOW_BUDGETS, sections=[section], actions=actions)
    return report_page(view, report)
