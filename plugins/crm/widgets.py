"""Home tiles of the sales people. Each tile shows exactly what the list behind it shows: same filters, same count."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Home, Widget, current_locale, in_script, translator
from weft.plugins.crm.grants import MANAGER, REP

_ = translator("crm")

_SALES = (REP, MANAGER)
_DUE: Mapping[str, str] = {"role": "customer", "frozen": "false", "owner": "me", "next_on__lte": "today"}
_COLD: Mapping[str, str] = {
    "role": "customer", "frozen": "false", "owner": "me", "life__in": "basic,potential,won", "last_contact_at__lt": "today-30",
}  # fmt: skip
_STALLED: Mapping[str, str] = {"outcome": "open", "expected_close__lt": "today"}
_MINE: Mapping[str, str] = {"outcome": "open", "owner": "me"}
_CLOSING: Mapping[str, str] = {
    "outcome": "open", "owner": "me", "expected_close__gte": "month_start", "expected_close__lte": "month_end",
}  # fmt: skip


def _name(row: Mapping[str, Any]) -> str:
    return in_script(row["name"], row.get("name_alt"), current_locale())[0]


def follow_ups(view: Any) -> dict[str, Any]:
    """Customers whose next step is due today or earlier."""
    fields = ("name", "name_alt", "next_step", "next_on")
    page = view.records.query("crm.account", fields=fields, filters=_DUE, sort="next_on", limit=5, count="capped")
    today = view.today
    rows = [
        {
            "title": _name(row),
            "url": view.url("crm.account", row["id"]),
            "sub": row["next_step"],
            "end": {"text": view.formats.reldate(row["next_on"]), "tone": "late" if row["next_on"] < today else "now"},
        }
        for row in page.rows
    ]
    return {"rows": rows, "count": page.count.value, "period": str(_("until today"))}


def going_cold(view: Any) -> dict[str, Any]:
    """My customers nobody spoke to for 30 days."""
    fields = ("name", "name_alt", "last_contact_at")
    page = view.records.query(
        "crm.account", fields=fields, filters=_COLD, sort="last_contact_at", limit=5, count="capped"
    )
    rows = [
        {
            "title": _name(row),
            "url": view.url("crm.account", row["id"]),
            "end": {"text": view.formats.reldate(row["last_contact_at"]), "tone": "soon"},
        }
        for row in page.rows
    ]
    return {"rows": rows, "count": page.count.value, "period": str(_("30 days silent"))}


def _pipeline(view: Any, filters: Mapping[str, str]) -> dict[str, Any]:
    """Open deals by stage, in company currency."""
    stages = view.records.query(
        "crm.stage",
        fields=("label_en", "label_zh", "position"),
        filters={"outcome": "open"},
        sort="position",
        limit=50,
    )
    lines = {
        line["stage"].id: line
        for line in view.records.aggregate(
            "crm.opportunity", group=("stage",), measures=("count", "sum(amount)"), filters=filters
        )
        if line["stage"]
    }
    figures = []
    for stage in stages.rows:
        line = lines.get(stage["id"])
        total = line["sum(amount)"].company if line else None
        figures.append((stage, total.amount if total else Decimal(0)))
    largest = max((amount for _stage, amount in figures), default=Decimal(0)) or Decimal(1)
    rows = [
        {
            "label": in_script(stage["label_en"], stage.get("label_zh"), current_locale())[0],
            "value": round(amount),
            "percent": int(100 * amount / largest),
            "url": view.url("crm.opportunity", **{**filters, "stage": stage["id"]}),
        }
        for stage, amount in figures
    ]
    dates = [line["sum(amount)"].rate_date for line in lines.values() if line["sum(amount)"].rate_date]
    currency = next(
        (line["sum(amount)"].company.currency for line in lines.values() if line["sum(amount)"].company), ""
    )
    period = currency
    if dates:
        period = str(_("%(currency)s, rate of %(day)s") % {"currency": currency, "day": view.formats.date(min(dates))})
    return {"rows": rows, "count": sum(line["count"] for line in lines.values()), "period": period}


def my_pipeline(view: Any) -> dict[str, Any]:
    """My open deals by stage."""
    return _pipeline(view, _MINE)


def team_pipeline(view: Any) -> dict[str, Any]:
    """All open deals by stage."""
    return _pipeline(view, {"outcome": "open"})


def closing(view: Any) -> dict[str, Any]:
    """My deals expected to close this month."""
    return _deals(view, _CLOSING, str(_("this month")))


def stalled(view: Any) -> dict[str, Any]:
    """Open deals whose expected day has passed."""
    return _deals(view, _STALLED, str(_("date passed")))


def _deals(view: Any, filters: Mapping[str, str], period: str) -> dict[str, Any]:
    fields = ("name", "amount", "expected_close")
    page = view.records.query(
        "crm.opportunity", fields=fields, filters=filters, sort="expected_close", limit=5, count="capped"
    )
    rows = [
        {
            "title": row["name"],
            "url": view.url("crm.opportunity", row["id"]),
            "sub": view.formats.reldate(row["expected_close"]),
            "kind": "money",
            "v": row["amount"],
        }
        for row in page.rows
    ]
    return {"rows": rows, "count": page.count.value, "period": period}


WIDGETS = [
    Widget("crm.follow_ups", _("Follow-ups due"), "todo", "list", follow_ups, lambda v: v.url("crm.account", **_DUE), _SALES, width=2, order=20,
           empty=_("Nothing is due. Plan the next step when you log a contact.")),
    Widget("crm.going_cold", _("Going cold"), "todo", "list", going_cold, lambda v: v.url("crm.account", **_COLD), _SALES, width=1, order=30,
           empty=_("Every customer of yours heard from you within 30 days.")),
    Widget("crm.my_pipeline", _("My pipeline"), "figures", "bars", my_pipeline, lambda v: v.url("crm.opportunity", **_MINE), (REP,), width=2, order=10,
           empty=_("No open deals. Make one from a customer's page.")),
    Widget("crm.closing", _("Closing this month"), "figures", "list", closing, lambda v: v.url("crm.opportunity", **_CLOSING), (REP,), width=1, order=30,
           empty=_("No deal of yours is expected to close this month.")),
    Widget("crm.team_pipeline", _("Team pipeline"), "figures", "bars", team_pipeline, lambda v: v.url("crm.opportunity", outcome="open"), (MANAGER, "portal_employee.executive"), width=2, order=10,
           empty=_("No open deals.")),
    Widget("crm.stalled", _("Stalled deals"), "todo", "list", stalled, lambda v: v.url("crm.opportunity", **_STALLED), (MANAGER,), width=2, order=25,
           empty=_("No open deal is past its expected day.")),
]  # fmt: skip

HOMES = [
    Home(REP, ("crm.follow_ups", "crm.going_cold", "crm.my_pipeline", "crm.closing"), order=20),
    Home(MANAGER, ("crm.stalled", "crm.team_pipeline"), order=10),
    Home("portal_employee.executive", ("crm.team_pipeline",), order=10),
]
