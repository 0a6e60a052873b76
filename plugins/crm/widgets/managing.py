"""Tiles of a manager's and the executive's home: the team's deals and contacts, results, forecast, customers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Widget, translator
from weft.core.websdk import Period, home_period
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.grants import EXECUTIVE, MANAGER
from weft.plugins.crm.queries.reports import Amounts, mean_error, percent, share
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import CONTACT_KINDS, LIVES, Scope
from weft.plugins.crm.widgets.selling import attained
from weft.plugins.crm.widgets.tiles import (
    DEALS,
    amount_text,
    deal_rows,
    deals_url,
    expected,
    opened,
    page_url,
    people_names,
    period_words,
    rate_words,
    stage_name,
    week,
)

_ = translator("crm")

_ACCOUNT = "crm.account"
_LEADERS = (MANAGER, EXECUTIVE)
_ROWS = 5
_STALLED: Mapping[str, str] = {"outcome": "open", "last_contact_at__lt": "today-30"}
_ALL = Scope()


def stalled(view: Any) -> dict[str, Any]:
    """Open deals whose customer nobody spoke to for 30 days."""
    fields = ("name", "amount", "last_contact_at")
    page = view.records.query(
        DEALS, fields=fields, filters=_STALLED, sort="last_contact_at", limit=_ROWS, count="exact"
    )
    rows = deal_rows(view, page.rows, "last_contact_at")
    return {"rows": rows, "count": page.count.value, "period": str(_("30 days"))}


def team_pipeline(view: Any) -> dict[str, Any]:
    """All open deals of the team, stage by owner, and how many of them should close in the period."""
    filters = opened()
    steps = [one for one in figures.stages(view.records) if one.outcome == "open"]
    cells = {one.id: figures.forecast(view.records, _ALL, "owner", {}, [one]) for one in steps}
    owners: dict[int | None, Amounts] = {}
    for found in cells.values():
        for owner, sums in found.items():
            owners.setdefault(owner, Amounts()).join(sums)
    names = people_names(view, owners)
    ordered = sorted(owners, key=lambda one: (-owners[one].amount, names[one]))
    largest = max((sums.amount for sums in owners.values()), default=Decimal(0))
    rows = []
    for owner in ordered[:_ROWS]:
        own = {"owner": str(owner)} if owner else {"owner__isnull": "true"}
        start, parts = 0, []
        for series, one in enumerate(steps, start=1):
            if owner not in cells[one.id]:
                continue
            held = cells[one.id][owner]
            width = share(held.amount, largest)
            label = f"{names[owner]} / {stage_name(one)}: {held.count}, {amount_text(view, held.amount)}"
            url = deals_url(view, filters, **own, stage=str(one.id), layout="table")
            parts.append({"x": start, "width": width, "series": series, "label": label, "url": url})
            start += width
        rows.append(
            {"name": names[owner], "url": deals_url(view, filters, **own), "parts": parts,
             "value": round(owners[owner].amount)}
        )  # fmt: skip
    number = sum(sums.count for sums in owners.values())
    more = {"n": len(ordered) - _ROWS}
    return {
        "rows": rows,
        "lines": rows,
        "keys": [{"series": n, "label": stage_name(one)} for n, one in enumerate(steps, start=1)],
        "more": str(_("and %(n)s more") % more) if more["n"] > 0 else "",
        "more_url": page_url(view, "funnel"),
        "nothing": str(_("No open deals.")),
        "count": number,
        "period": f"{expected(view, filters)} · {rate_words(view, owners.values())}",
    }


def contacts_week(view: Any) -> dict[str, Any]:
    """Contacts of this week, per person and by kind."""
    first, end = week(view)
    found = figures.contacts(view.records, _ALL, first, end)
    names = people_names(view, found)
    labels = words.ACTIVITY_KIND.labels
    rows = []
    for owner, kinds in sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), names[pair[0]])):
        own = {"owner": str(owner)} if owner else {"owner__isnull": "true"}
        told = [f"{labels[kind]} {kinds[kind]}" for kind in CONTACT_KINDS if kinds.get(kind)]
        rows.append(
            {"title": names[owner], "url": view.url("crm.activity", **_contacts(view), **own), "plain": True,
             "sub": " · ".join(told), "count": sum(kinds.values())}
        )  # fmt: skip
    total = sum(sum(kinds.values()) for kinds in found.values())
    return {"rows": rows[:_ROWS], "count": total, "period": str(_("this week"))}


def _contacts(view: Any) -> dict[str, str]:
    first, end = week(view)
    return {"status": "done", "kind__in": ",".join(CONTACT_KINDS), **figures.between("at", first, end)}


def won_period(view: Any) -> dict[str, Any]:
    """What was won in the period, per person against their target."""
    period = home_period(view)
    came = figures.won(view.records, _ALL, "closed_owner", period.first, period.end)
    plan = planning.targets(view.records, "person", period.first, period.end)
    owners = dict.fromkeys([*came, *plan])
    names = people_names(view, owners)
    rows = []
    for owner in sorted(owners, key=lambda one: (-(came[one].amount if one in came else Decimal(0)), names[one])):
        own = {"closed_owner": str(owner)} if owner else {"closed_owner__isnull": "true"}
        amount, target = (came[owner].amount if owner in came else Decimal(0)), plan.get(owner)
        rows.append(
            {"label": names[owner], "value": round(amount), "percent": share(amount, target or amount),
             "url": deals_url(view, _won(view), **own, layout="table")}
        )  # fmt: skip
    whole = Amounts()
    for one in came.values():
        whole.join(one)
    rate = percent(whole.amount, sum(plan.values(), Decimal(0)), 0)
    told = view.formats.percent(rate) if rate is not None else ""
    return {
        "rows": rows[:_ROWS] if whole.count or plan else [],
        "count": whole.count,
        "period": period_words(view, period, amount_text(view, whole.amount), told),
    }


def _won(view: Any) -> dict[str, str]:
    return {"outcome": "won", **home_period(view).filters("closed_on")}


def next_period(view: Any) -> dict[str, Any]:
    """The forecast of the period after this one, with the error of the last six months."""
    period = _following(view)
    found = figures.forecast(view.records, _ALL, "stage", period.filters("expected_close"))
    whole = Amounts()
    for one in found.values():
        whole.join(one)
    error = mean_error((one.said, one.won) for one in figures.back_test(view.records, _ALL, view.today))
    told = str(_("no error known yet"))
    if error is not None:
        told = str(_("error of the last six months %(error)s") % {"error": view.formats.percent(error)})
    note = str(_("weighted, %(rate)s") % {"rate": rate_words(view, found.values())})
    return {
        "title": home_period(view).next_word,
        "number": {"text": amount_text(view, whole.weighted), "note": f"{note} · {told}"},
        "count": whole.count,
        "period": period.label,
    }


def _following(view: Any) -> Period:
    return home_period(view).shifted(1)


def _foreseen(view: Any) -> dict[str, str]:
    return {"outcome": "open", **_following(view).filters("expected_close")}


def customer_changes(view: Any) -> dict[str, Any]:
    """Moves of customers between the steps of their life in the period."""
    period = home_period(view)
    moves = figures.life_moves(view.records, _ALL, period.first, period.end)
    labels = words.LIFE.labels
    numbers: dict[tuple[str, str], int] = {}
    for move in moves:
        numbers[move.old, move.new] = numbers.get((move.old, move.new), 0) + 1
    rows = [
        {"title": f"{labels[old]} → {labels[new]}", "count": number, "icon": _arrow(old, new),
         "url": page_url(view, "moves", **period.query(), **{"from": old, "to": new})}
        for (old, new), number in sorted(numbers.items(), key=lambda pair: -pair[1])
    ]  # fmt: skip
    return {"rows": rows[:_ROWS], "count": len(moves), "period": period.label}


def _arrow(old: str, new: str) -> str:
    return "trending-up" if LIVES.index(new) < LIVES.index(old) else "trending-down"


def plan_of_company(view: Any) -> dict[str, Any]:
    """What the company won in the period against the plan."""
    period = home_period(view)
    came = figures.won(view.records, _ALL, "", period.first, period.end).get(None, Amounts())
    plan = planning.targets(view.records, "", period.first, period.end, {"person__isnull": "false"}).get(None)
    return attained(view, came, plan) | {"period": period_words(view, period, rate_words(view, ()))}


def customers_by_stage(view: Any) -> dict[str, Any]:
    """Customers by step of their life today, frozen ones apart, and how many moved in the period."""
    lines = view.records.aggregate(_ACCOUNT, group=("life",), filters=_CUSTOMERS)
    found = {line["life"]: line["count"] for line in lines}
    asleep = int(view.records.aggregate(_ACCOUNT, filters={**_CUSTOMERS, "frozen": "true"})[0]["count"])
    period = home_period(view)
    moved = len(figures.life_moves(view.records, _ALL, period.first, period.end))
    labels = words.LIFE.labels
    rows = [
        {"title": str(labels[code]), "icon": "users", "count": found.get(code, 0),
         "url": view.url(_ACCOUNT, **_CUSTOMERS, life=code)}
        for code in LIVES
    ]  # fmt: skip
    rows.append(
        {"title": str(_("Frozen")), "icon": "snowflake", "count": asleep,
         "url": view.url(_ACCOUNT, **{**_CUSTOMERS, "frozen": "true"})}
    )  # fmt: skip
    text = str(_("%(n)s moves in %(period)s") % {"n": view.formats.number(moved), "period": period.label})
    return {"rows": rows, "count": sum(found.values()), "period": text}


_CUSTOMERS: Mapping[str, str] = {"role": "customer", "frozen": "false"}

WIDGETS: list[Any] = [
    Widget("crm.stalled", _("Stalled deals"), "new", "list", stalled,
           lambda v: deals_url(v, _STALLED, layout="table", sort="last_contact_at"), (MANAGER,), width=2, order=25,
           empty=_("Somebody spoke to the customer of every open deal within 30 days.")),
    Widget("crm.contacts_week", _("Contacts this week"), "new", "list", contacts_week,
           lambda v: v.url("crm.activity", **_contacts(v)), (MANAGER,), width=1, order=20,
           empty=_("Nobody has logged a contact this week yet.")),
    Widget("crm.team_pipeline", _("Team pipeline"), "figures", "template", team_pipeline,
           lambda v: deals_url(v, opened(), layout="board"), _LEADERS, width=2, order=10,
           template="crm/tile_pipeline.html", empty=_("No open deals.")),
    Widget("crm.won_period", _("Won this period"), "figures", "bars", won_period,
           lambda v: deals_url(v, _won(v), layout="table", sort="-closed_on"), (MANAGER,), width=2, order=20,
           empty=_("Nothing was won in this time, and no target is set.")),
    Widget("crm.plan", _("Sales against plan"), "figures", "number", plan_of_company,
           lambda v: deals_url(v, _won(v), layout="table", sort="-closed_on"), (EXECUTIVE,), width=1, order=20),
    Widget("crm.next_month", _("Next month"), "figures", "number", next_period,
           lambda v: deals_url(v, _foreseen(v), layout="table", sort="expected_close"), _LEADERS, width=1, order=30),
    Widget("crm.customers", _("Customers by stage"), "figures", "counts", customers_by_stage,
           lambda v: v.url(_ACCOUNT, **_CUSTOMERS), (EXECUTIVE,), width=1, order=40,
           empty=_("No customers yet.")),
    Widget("crm.life_moves", _("Customer changes"), "figures", "counts", customer_changes,
           lambda v: page_url(v, "moves", **home_period(v).query()), _LEADERS, width=1, order=50,
           empty=_("No customer moved in this time.")),
]  # fmt: skip
