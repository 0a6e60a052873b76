"""Expected payments: overdue and open invoices by month, and what contracts will bring."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Money, to_company, translator
from weft.core.websdk import Cell, Report, Section, View, report_page
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import months
from weft.plugins.finance.services.expected import Step, coming, month_of
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.views.parts import name_of, names
from weft.plugins.finance.views.reports import aged

_ = translator("finance")

__all__ = ["show_expected"]

_HOW = _(
    "Open invoices count in the month they are due, what is overdue stands apart. Steps of contracts that are not"
    " invoiced yet count when the customer would pay: the day of the step and the days of the company's setting. All"
    " amounts net; sums over several currencies by the rates of the day."
)


def show_expected(view: View) -> Any:
    """What comes in, month by month, and from where."""
    rows = [row for some in aged(view.records, view.today).values() for row in some]
    late = [row["open_net"] for row in rows if row["due_on"] < view.today]
    owed: dict[date, list[Money]] = {}
    for row in rows:
        if row["due_on"] >= view.today:
            owed.setdefault(month_of(row["due_on"]), []).append(row["open_net"])
    steps = coming(view.records, view.today)
    planned: dict[date, list[Money]] = {}
    for one in steps:
        planned.setdefault(month_of(one.pays_on), []).append(one.amount)
    lines = [_line(view, str(_("Overdue")), late, [], _invoices(view, None) if late else "", "late" if late else "")]
    for month in sorted({*owed, *planned}):
        invoices = owed.get(month, [])
        lines.append(_line(view, months.month_name(month), invoices, planned.get(month, []),
                           _invoices(view, month) if invoices else ""))  # fmt: skip
    total = _line(view, str(_("All")), [row["open_net"] for row in rows], [one.amount for one in steps], "")
    total["name"] = str(_("All"))
    sections = [
        Section(_("By month"), [("name", _("Month")), ("invoices", _("Open invoices, net")),
                                ("steps", _("From contracts, net")), ("company", _("In company currency"))],
                lines, total),
        Section(_("From contracts"), [("name", _("Contract step")), ("customer", _("Customer")),
                                      ("invoice_on", _("Expected invoice")), ("pays_on", _("Expected payment")),
                                      ("amount", _("Net"))],
                [_step(one) for one in steps], empty=_("No contract step waits to be invoiced.")),
    ]  # fmt: skip
    return report_page(view, Report("expected", _("Expected payments"), INVOICE, _HOW, sections=sections))


def _invoices(view: View, month: date | None) -> str:
    """The list of open invoices that fall due in a month; of the overdue ones without."""
    filters = {"status__in": ",".join(words.OWED), "kind": "invoice"}
    if month is None:
        filters["due_on__lt"] = "today"
    else:
        after = month_of(month + timedelta(days=31))
        filters |= {"due_on__gte": max(month, view.today).isoformat(), "due_on__lt": after.isoformat()}
    return str(view.url(INVOICE, all="1", sort="due_on", **filters))


def _line(
    view: View, name: str, invoices: list[Money], steps: list[Money], url: str, tone: str = ""
) -> dict[str, Any]:  # fmt: skip
    both = to_company(view.records, [*invoices, *steps], view.today)
    return {"name": Cell(name, "text"), "invoices": Cell(_sums(view, invoices), "text", url, tone),
            "steps": Cell(_sums(view, steps), "text"), "company": Cell(both.company, "money")}  # fmt: skip


def _sums(view: View, amounts: list[Money]) -> str:
    """One text with a sum per currency."""
    found = to_company(view.records, amounts, view.today).amounts
    return " · ".join(str(view.formats.money(one)) for one in found) or "–"


def _step(one: Step) -> dict[str, Any]:
    return {
        "name": Cell(name_of(one.said), "text", f"/r/{one.number}"), "customer": Cell(names(one.customer), "text"),
        "invoice_on": Cell(one.invoice_on, "date"), "pays_on": Cell(one.pays_on, "date"),
        "amount": Cell(one.amount, "money"),
    }  # fmt: skip
