"""Shapes and filters that tiles of several homes share. A tile shows exactly what the list behind it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Row, company_currency, current_locale, directory, in_script, translator
from weft.core.websdk import Period, Values, home_period, with_query
from weft.plugins.crm.queries.reports import Amounts, share
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import Scope, Stage

_ = translator("crm")

__all__ = [
    "DEALS", "amount_text", "deal_rows", "deals_url", "expected", "face_of", "named", "opened", "page_url", "people_names", "period_words", "rate_words",
    "stage_bars", "stage_name", "week",
]  # fmt: skip

DEALS = "crm.opportunity"


def named(row: Mapping[str, Any]) -> str:
    """Name of a row in the viewer's script."""
    return in_script(row["name"], row.get("name_alt"), current_locale())[0]


def stage_name(stage: Stage) -> str:
    """Label of a stage in the viewer's language."""
    return in_script(stage.label, stage.label_alt, current_locale())[0]


def people_names(view: Any, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names by id; nobody reads “Nobody”."""
    wanted = list(ids)
    found = directory.persons(view.records, wanted)
    return {
        one: in_script(found[one].name, found[one].name_alt, current_locale())[0] if one in found else str(_("Nobody"))
        for one in wanted
    }  # fmt: skip


def face_of(view: Any, name: str, number: int) -> dict[str, Any] | None:
    """The face of an account beside its name."""
    return Values(view.runtime.registry, view.portal_key).record_face("crm.account", number, name)


def opened(**more: str) -> dict[str, str]:
    """Filters of open deals, whenever they are expected to close."""
    return {"outcome": "open", **more}


def deals_url(view: Any, filters: Mapping[str, str], **more: str) -> str:
    """The list behind a figure."""
    return str(view.url(DEALS, **{**filters, **more}))


def page_url(view: Any, name: str, **query: Any) -> str:
    """Address of a page of the CRM."""
    return with_query(f"/{view.portal_key}/crm/{name}", query)


def amount_text(view: Any, amount: Decimal) -> str:
    """An amount of company currency in whole units: ``CNY 312,000``."""
    return str(view.formats.money(Money(Decimal(round(amount)), company_currency(view.records)), cents=False))


def rate_words(view: Any, sums: Iterable[Amounts]) -> str:
    """``CNY, rate of 24 Nov``; only the currency where nothing was converted."""
    currency = company_currency(view.records)
    days = [one.rate_date for one in sums if one.rate_date]
    if not days:
        return currency
    return str(_("%(currency)s, rate of %(day)s") % {"currency": currency, "day": view.formats.date(min(days))})


def period_words(view: Any, period: Period, *more: str) -> str:
    """The period a figure covers, and in what it is."""
    return " · ".join([period.label, *(part for part in more if part)])


def week(view: Any) -> tuple[Any, Any]:
    """Monday of this week and of the next."""
    monday = view.today - timedelta(days=view.today.weekday())
    return monday, monday + timedelta(days=7)


def stage_bars(view: Any, scope: Scope, filters: Mapping[str, str]) -> dict[str, Any]:
    """Open deals by stage in company currency: rows of a tile of bars, number and rate."""
    steps = [one for one in figures.stages(view.records) if one.outcome == "open"]
    wanted = {name: value for name, value in filters.items() if name not in ("outcome", "owner")}
    found = figures.forecast(view.records, scope, "stage", wanted, steps)
    largest = max((sums.amount for sums in found.values()), default=Decimal(0))
    rows = [
        {
            "label": stage_name(one),
            "value": round(found[one.id].amount) if one.id in found else 0,
            "percent": share(found[one.id].amount, largest) if one.id in found else 0,
            "url": deals_url(view, filters, stage=str(one.id)),
        }
        for one in steps
    ]
    number = sum(sums.count for sums in found.values())
    return {
        "rows": rows if number else [],
        "count": number,
        "period": f"{expected(view, filters)} · {rate_words(view, found.values())}",
    }


def expected(view: Any, filters: Mapping[str, str]) -> str:
    """``2 expected until 30 Nov``: how many of some open deals should close by the end of the home's period."""
    end = home_period(view).end
    if end is None:
        return ""
    due = {**filters, "expected_close__lt": end.isoformat()}
    number = view.formats.number(int(view.records.aggregate(DEALS, filters=due)[0]["count"]))
    day = view.formats.date(end - timedelta(days=1))
    return str(_("%(n)s expected until %(day)s") % {"n": number, "day": day})


def deal_rows(view: Any, rows: Sequence[Row], sub: str) -> list[dict[str, Any]]:
    """Rows of a tile of deals: name, what the caller says below, amount."""
    return [
        {
            "title": row["name"],
            "url": view.url(DEALS, row["id"]),
            "sub": _below(view, row, sub),
            "kind": "money",
            "v": row.get("amount"),
        }
        for row in rows
    ]


def _below(view: Any, row: Row, sub: str) -> str:
    """``Negotiation``, or since when nobody spoke to them."""
    if sub == "stage" and row.get("stage"):
        return in_script(row["stage"].title, row["stage"].alt, current_locale())[0]
    moment = row.get(sub)
    if moment is None:
        return ""
    if sub == "last_contact_at":
        days = (view.today - view.formats.local(moment).date()).days
        return str(_("no contact for %(n)s days") % {"n": days})
    return str(view.formats.reldate(moment))
