"""Money on the card of a customer and on a project: what was invoiced and paid, what it cost, the margin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Money, current_locale, every, in_script, to_company, translator
from weft.core.websdk import View
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services import budgets, margin
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.services.margin import Result
from weft.plugins.finance.services.postings import POSTING
from weft.plugins.finance.views.invoice_page import status_of
from weft.plugins.finance.views.parts import amount
from weft.plugins.finance.views.reports import postings_url

_ = translator("finance")

__all__ = ["customer_facts", "customer_tab", "project_tab", "sum_text"]

_FIELDS = ("name", "name_alt", "serial", "status", "kind", "net", "open_net", "due_on", "issued_on", "paid")


def customer_tab(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The tab on an account: invoices, cost, margin; None for people who read nothing of it."""
    return _tab(view, record, "customer")


def project_tab(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The tab on a project."""
    return _tab(view, record, "project")


def _tab(view: View, record: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    books, bills = view.may(POSTING, "read"), view.may(INVOICE, "read")
    if not books and not bills:
        return None
    number = int(record["id"])
    panels = []
    if books:
        panels.append(_margin(view, margin.of_one(view.records, name, number), {name: str(number)}))
    if bills:
        panels.append(_invoices(view, {name: str(number)}))
    panels += _limits(view, number)
    return {"panels": panels}


def _margin(view: View, result: Result, mine: dict[str, str]) -> dict[str, Any]:
    """Income, cost in its three parts, margin: each leads to its postings."""
    lines: list[tuple[Any, Money, tuple[str, ...]]] = [
        (_("Invoiced, net"), result.income, words.INCOME), (_("Hours"), result.of("hours"), ("hours",)),
        (_("Supplier bills"), result.of("bill"), ("bill",)), (_("Expenses"), result.of("expense"), ("expense",)),
        (_("Cost, net"), result.cost, words.COSTS), (_("Margin, net"), result.margin, (*words.INCOME, *words.COSTS)),
    ]  # fmt: skip
    rows = [
        {"title": str(label), "url": postings_url(view, *kinds, **mine),
         "end": {"text": amount(view, money), "tone": "late" if money.amount < 0 else None}}
        for label, money, kinds in lines
    ]  # fmt: skip
    figure = view.formats.percent(result.percent) if result.percent is not None else ""
    return {"title": str(_("Cost and margin")), "rows": rows, "full": True, "figure": figure,
            "url": postings_url(view, *words.INCOME, *words.COSTS, **mine)}  # fmt: skip


def _invoices(view: View, mine: dict[str, str]) -> dict[str, Any]:
    page = view.records.query(INVOICE, fields=_FIELDS, filters=mine, sort="-updated_at", limit=20, count="capped")
    rows = []
    for row in page.rows:
        due = view.formats.date(row["due_on"]) if row.get("due_on") else ""
        late = row["status"] in words.OWED and row.get("due_on") is not None and row["due_on"] < view.today
        sub = [row.get("serial") or "", str(_("due %(day)s") % {"day": due}) if due else ""]
        rows.append({"title": in_script(row["name"], row.get("name_alt"), current_locale())[0], "icon": "file-dollar",
                     "url": view.url(INVOICE, row.id), "sub": " · ".join(part for part in sub if part),
                     "chip": status_of(row)["label"],
                     "end": {"text": amount(view, row["net"]), "tone": "late" if late else None}})  # fmt: skip
    return {"title": str(_("Invoices, net")), "rows": rows, "rows_two": True, "full": True,
            "count": page.count.value if page.count else len(rows), "url": view.url(INVOICE, all="1", **mine),
            "empty": {"title": str(_("Nothing was invoiced yet"))}}  # fmt: skip


def _limits(view: View, record: int) -> list[dict[str, Any]]:
    from weft.plugins.finance.views.budget_page import use_rows

    if not view.may(budgets.BUDGET, "read"):
        return []
    found = []
    for row in view.records.query(budgets.BUDGET, fields=budgets.FIELDS, filters={"charged_to": str(record)},
                                  sort="-starts_on", limit=5).rows:  # fmt: skip
        use = budgets.usage(view.records, row)
        found.append({"title": str(_("Cost limit: %(name)s") % {"name": row["name"]}), "full": True,
                      "url": view.url(budgets.BUDGET, row.id), "rows": use_rows(view, use),
                      "figure": view.formats.percent(use.percent)})  # fmt: skip
    return found


# ---- the strip below the head of a card


def customer_facts(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is open and overdue, and the margin for those who may read it."""
    entity = view.runtime.registry.entities.get(str(record.get("type") or ""))
    if entity is None or "core.organization" not in entity.spec.traits or not view.principal.internal:
        return None
    number = int(record["id"])
    facts: list[dict[str, Any]] = []
    if view.may(INVOICE, "read"):
        facts += _open_facts(view, number)
    if view.may(POSTING, "read"):
        result = margin.of_one(view.records, "customer", number)
        if result.amounts:
            percent = view.formats.percent(result.percent) if result.percent is not None else ""
            facts.append({"label": str(_("Margin, net")), "kind": "text", "v": amount(view, result.margin),
                          "after": percent, "align": "right"})  # fmt: skip
    return {"facts": facts} if facts else None


def _open_facts(view: View, customer: int) -> list[dict[str, Any]]:
    filters = {"customer": str(customer), "status__in": ",".join(words.OWED), "kind": "invoice"}
    rows = list(every(view.records, INVOICE, ("open_net", "due_on"), filters))
    if not rows:
        return []
    found = [{"label": str(_("Open, net")), "kind": "text", "align": "right",
              "v": sum_text(view, [row["open_net"] for row in rows])}]  # fmt: skip
    late = [row for row in rows if row["due_on"] < view.today]
    if late:
        days = max((view.today - row["due_on"]).days for row in late)
        found.append({"label": str(_("Overdue, net")), "kind": "text", "align": "right",
                      "v": sum_text(view, [row["open_net"] for row in late]),
                      "after": str(_("%(n)s days") % {"n": days}), "after_tone": "late"})  # fmt: skip
    return found


def sum_text(view: View, amounts: list[Money]) -> str:
    """One amount per currency, side by side."""
    found = to_company(view.records, amounts, view.today)
    return " · ".join(str(amount(view, one)) for one in found.amounts)
