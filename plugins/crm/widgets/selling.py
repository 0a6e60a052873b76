"""Tiles of a seller's home: what is due, what goes cold, the pipeline, what closes, and the target."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Widget, translator
from weft.core.websdk import home_period
from weft.plugins.crm.grants import MANAGER, REP
from weft.plugins.crm.queries.reports import Amounts, percent
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import Scope
from weft.plugins.crm.widgets.tiles import (
    DEALS,
    amount_text,
    deal_rows,
    deals_url,
    face_of,
    named,
    opened,
    period_words,
    rate_words,
    stage_bars,
)

_ = translator("crm")

_ACCOUNT = "crm.account"
_SALES = (REP, MANAGER)
_DUE: Mapping[str, str] = {"role": "customer", "frozen": "false", "owner": "me", "next_on__lte": "today"}
_COLD: Mapping[str, str] = {"role": "customer", "frozen": "false", "owner": "me", "recycle_on__lte": "today+7"}


def follow_ups(view: Any) -> dict[str, Any]:
    """My customers whose next step is due today or earlier; a contact is logged from the row."""
    fields = ("name", "name_alt", "next_step", "next_on")
    page = view.records.query(_ACCOUNT, fields=fields, filters=_DUE, sort="next_on", limit=5, count="exact")
    rows = [
        {
            "title": named(row),
            "url": view.url(_ACCOUNT, row["id"]),
            "sub": row["next_step"],
            "face": face_of(view, named(row), row["id"]),
            "end": _due(view, row["next_on"]),
            "action": _log(view, row["id"]),
        }
        for row in page.rows
    ]
    return {"rows": rows, "count": page.count.value, "period": str(_("until today"))}


def _due(view: Any, day: Any) -> dict[str, str]:
    if day < view.today:
        return {"text": str(view.formats.overdue(day)), "tone": "late"}
    return {"text": str(view.formats.reldate(day)), "tone": "now"}


def _log(view: Any, account: int) -> dict[str, Any]:
    url = view.url(_ACCOUNT, account, "act", "log_contact")
    return {"label": str(_("Log contact")), "icon": "message-plus", "url": url, "opens": "dialog"}


def going_cold(view: Any) -> dict[str, Any]:
    """My customers that fall into the pool within seven days."""
    fields = ("name", "name_alt", "last_contact_at", "recycle_on")
    page = view.records.query(_ACCOUNT, fields=fields, filters=_COLD, sort="recycle_on", limit=5, count="exact")
    rows = []
    for row in page.rows:
        moment = row.get("last_contact_at")
        days = (view.today - view.formats.local(moment).date()).days if moment else None
        late = (row["recycle_on"] - view.today).days <= 3
        rows.append(
            {
                "title": named(row),
                "url": view.url(_ACCOUNT, row["id"]),
                "sub": str(_("no contact for %(n)s days") % {"n": days}) if days is not None else "",
                "end": {"text": view.formats.reldate(row["recycle_on"]), "tone": "late" if late else "soon"},
                "action": _log(view, row["id"]),
            }
        )
    return {"rows": rows, "count": page.count.value, "period": str(_("within 7 days"))}


def my_pipeline(view: Any) -> dict[str, Any]:
    """All my open deals by stage, and how many of them should close in the period."""
    return stage_bars(view, Scope(view.principal.user_id), opened(owner="me"))


def closing(view: Any) -> dict[str, Any]:
    """My deals expected to close in the period."""
    filters = _closing(view)
    fields = ("name", "amount", "expected_close", "stage")
    page = view.records.query(DEALS, fields=fields, filters=filters, sort="expected_close", limit=5, count="exact")
    found = figures.forecast(
        view.records, Scope(view.principal.user_id), "stage", home_period(view).filters("expected_close")
    )
    whole = Amounts()
    for one in found.values():
        whole.join(one)
    words = amount_text(view, whole.amount) if page.rows else ""
    titles = {"quarter": _("Closing this quarter"), "year": _("Closing this year")}
    return {
        "title": str(titles.get(home_period(view).kind, _("Closing this month"))),
        "rows": deal_rows(view, page.rows, "stage"),
        "count": page.count.value,
        "period": period_words(view, home_period(view), words),
    }


def _closing(view: Any) -> dict[str, str]:
    return {"outcome": "open", "owner": "me", **home_period(view).filters("expected_close")}


def target(view: Any) -> dict[str, Any]:
    """What I won in the period against my target."""
    period, me = home_period(view), view.principal.user_id
    came = figures.won(view.records, Scope(me), "", period.first, period.end).get(None, Amounts())
    plan = planning.targets(view.records, "", period.first, period.end, {"person": "me"}).get(None)
    return attained(view, came, plan) | {"period": period_words(view, period, rate_words(view, ()))}


def attained(view: Any, came: Amounts, plan: Decimal | None) -> dict[str, Any]:
    """A tile of one number: attainment, with the amounts below."""
    won = amount_text(view, came.amount)
    rate = percent(came.amount, plan or 0, 0)
    if plan is None or rate is None:
        return {"number": {"text": won, "note": str(_("won; no target is set"))}, "count": came.count}
    whole = view.formats.number(round(plan))
    note = str(_("%(won)s won of %(target)s") % {"won": won, "target": whole})
    number = {"text": view.formats.percent(rate), "note": note, "percent": min(100, int(rate))}
    return {"number": number, "count": came.count}


def _won(view: Any) -> dict[str, str]:
    return {"outcome": "won", "closed_owner": "me", **home_period(view).filters("closed_on")}


WIDGETS: list[Any] = [
    Widget("crm.follow_ups", _("Follow-ups due"), "todo", "list", follow_ups,
           lambda v: v.url(_ACCOUNT, **_DUE), _SALES, width=2, order=20,
           empty=_("Nothing is due. Plan the next step when you log a contact.")),
    Widget("crm.going_cold", _("Going cold"), "new", "list", going_cold,
           lambda v: v.url(_ACCOUNT, **_COLD), _SALES, width=1, order=30,
           empty=_("No customer of yours falls into a pool within seven days.")),
    Widget("crm.my_pipeline", _("My pipeline"), "figures", "bars", my_pipeline,
           lambda v: deals_url(v, opened(owner="me"), layout="board"), _SALES, width=2, order=10,
           empty=_("No open deals. Make one from a customer's page.")),
    Widget("crm.target", _("Target", "tile"), "figures", "number", target,
           lambda v: deals_url(v, _won(v), layout="table"), _SALES, width=1, order=20),
    Widget("crm.closing", _("Closing this month"), "figures", "list", closing,
           lambda v: deals_url(v, _closing(v), layout="table", sort="expected_close"), _SALES, width=1, order=30,
           empty=_("No deal of yours is expected to close in this time.")),
]  # fmt: skip
