"""Tiles of those who answer, sell, lead and look at the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Row, Widget, current_locale, in_script, translator
from weft.core.websdk import View, home_period
from weft.plugins.service import vocabulary as words
from weft.plugins.service.grants import AGENT, EXECUTIVE, HEAD, LEAD, MANAGER, REP
from weft.plugins.service.services import reports as figures
from weft.plugins.service.views.desk import due_text

_ = translator("service")

__all__ = ["WIDGETS"]

_REQUEST = "service.request"
_ROWS = 5
_LIVE: Mapping[str, str] = {"status__in": ",".join(words.LIVE)}
_MINE: Mapping[str, str] = {"status__in": ",".join(words.RUNNING), "owner": "me"}
_UNTAKEN: Mapping[str, str] = {"status__in": ",".join(words.RUNNING), "owner__isnull": "true"}
_DUE: Mapping[str, str] = {"status__in": ",".join(words.RUNNING), "next_due_at__lt": "today+1"}
_OVER: Mapping[str, str] = {"status__in": ",".join(words.RUNNING), "next_due_at__lt": "now"}
_FIELDS = ("subject", "customer", "next_due_at", "status")


def _listed(filters: Mapping[str, str]) -> Any:
    """Address of the list with these filters, as the tile shows it."""
    return lambda view: view.url(_REQUEST, all="1", sort="next_due_at", **filters)


def _requests(view: View, filters: Mapping[str, str]) -> dict[str, Any]:
    page = view.records.query(
        _REQUEST, fields=_FIELDS, filters=filters, sort="next_due_at", limit=_ROWS, count="capped"
    )
    return {"rows": _rows(view, page.rows), "count": page.count.value if page.count else 0, "two": True}


def _rows(view: View, rows: Sequence[Row]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        text, tone = due_text(view, row.get("next_due_at"), row["status"])
        customer = row.get("customer")
        name = "" if customer is None else customer_name(customer)
        found.append(
            {"title": row["subject"], "url": view.url(_REQUEST, row.id), "sub": name, "icon": "headset",
             "end": {"text": text, "tone": tone or None}}
        )  # fmt: skip
    return found


def customer_name(ref: Any) -> str:
    """Name of a referenced organisation in the viewer's script."""
    return in_script(ref.title, ref.alt, current_locale())[0]


def mine(view: View) -> dict[str, Any]:
    """My requests that wait for me, the next due first."""
    return _requests(view, _MINE)


def untaken(view: View) -> dict[str, Any]:
    """Requests of my queues that nobody has taken."""
    return _requests(view, _UNTAKEN)


def due(view: View) -> dict[str, Any]:
    """Due today or past due."""
    return _requests(view, _DUE) | {"period": str(_("until today"))}


def of_customers(view: View) -> dict[str, Any]:
    """Open requests of the customers I look after."""
    return _requests(view, _LIVE)


def satisfaction(view: View) -> dict[str, Any]:
    """Mean of the ratings of the period."""
    period = home_period(view)
    found = figures.ratings(view.records, period.first, period.end).get(None)
    if found is None:
        return {"number": {"text": "–", "note": str(_("nobody has rated in this time"))}, "period": period.label}
    text = str(_("%(mean)s of 5") % {"mean": view.formats.number(found.mean, 1)})
    note = str(_("%(n)s answers") % {"n": view.formats.number(found.answers)})
    number = {
        "text": text,
        "note": note,
        "percent": round(found.mean * 20),
        "tone": "late" if found.mean <= 2 else None,
    }
    return {"number": number, "count": found.answers, "period": period.label}


def _rated(view: View) -> str:
    period = home_period(view)
    return str(
        view.url(_REQUEST, all="1", score__isnull="false", **figures.between("rated_at", period.first, period.end))
    )


def kept(view: View) -> dict[str, Any]:
    """Due times kept in the period."""
    period = home_period(view)
    whole = figures.Kept()
    for one in figures.keeping(view.records, period.first, period.end).values():
        whole.join(one)
    if whole.share is None:
        return {"number": {"text": "–", "note": str(_("nothing fell due in this time"))}, "period": period.label}
    note = str(_("%(kept)s of %(all)s in time") % {"kept": whole.kept, "all": whole.judged})
    number = {"text": view.formats.percent(round(whole.share)), "note": note, "percent": round(whole.share)}
    return {"number": number, "period": period.label}


def whole(view: View) -> dict[str, Any]:
    """The service at a glance: open, overdue, and the customers least satisfied."""
    live, over = _number(view, _LIVE), _number(view, _OVER)
    rows: list[dict[str, Any]] = [
        {"title": str(_("Open requests")), "icon": "headset", "url": _listed(_LIVE)(view), "count": live},
        {"title": str(_("Overdue")), "icon": "alert-circle", "url": _listed(_OVER)(view), "count": over},
    ]
    found = figures.ratings(view.records, None, None, "customer")
    lowest = sorted((key for key in found if key is not None), key=lambda key: (found[key].mean, -found[key].answers))
    shown = lowest[: _ROWS - len(rows)]
    titles = view.records.titles(shown)
    signs = _signs(view, shown)
    for key in shown:
        if key in titles and not titles[key].restricted:
            text = str(_("%(mean)s of 5") % {"mean": view.formats.number(found[key].mean, 1)})
            rows.append(
                {"title": customer_name(titles[key]), "icon": "building", "plain": True,
                 "url": view.url(_REQUEST, all="1", customer=str(key), score__isnull="false"),
                 "sub": signs.get(key, ""),
                 "end": {"text": text, "tone": "late" if found[key].mean <= 2 else None}}
            )  # fmt: skip
    return {"rows": rows, "count": live, "period": str(_("as of now"))}


def _signs(view: View, customers: list[int]) -> dict[int, str]:
    """What other plugins tell of customers who may leave."""
    found: dict[int, str] = {}
    for answer in view.runtime.plugins.manager.hook.weft_service_signs(view=view, customers=customers):
        found |= answer or {}
    return found


def by_queue(view: View) -> dict[str, Any]:
    """Open requests of my units by queue, the overdue ones in red."""
    found = figures.load(view.records, "queue")
    titles = view.records.titles([key for key in found if key is not None])
    rows = []
    for key, one in sorted(found.items(), key=lambda pair: -pair[1]["live"]):
        name = customer_name(titles[key]) if key in titles else str(_("Without a queue"))
        own = {"queue": str(key)} if key is not None else {"queue__isnull": "true"}
        row: dict[str, Any] = {"title": name, "icon": "inbox", "count": one["live"],
                               "url": view.url(_REQUEST, all="1", **_LIVE, **own)}  # fmt: skip
        rows.append(row | ({"late": str(_("%(n)s overdue") % {"n": one["over"]})} if one["over"] else {}))
    return {"rows": rows[:_ROWS], "count": sum(one["live"] for one in found.values())}


def _number(view: View, filters: Mapping[str, str]) -> int:
    return int(view.records.aggregate(_REQUEST, filters=dict(filters))[0]["count"])


WIDGETS: list[Any] = [
    Widget("service.mine", _("My requests"), "todo", "list", mine, _listed(_MINE), (AGENT,), order=15, width=2,
           empty=_("No request waits for you.")),
    Widget("service.unassigned", _("Unassigned requests"), "new", "list", untaken, _listed(_UNTAKEN), (AGENT, LEAD),
           order=15, width=2, empty=_("Every request of your queues has somebody who answers.")),
    Widget("service.due", _("Due today or overdue"), "new", "list", due, _listed(_DUE), (AGENT, LEAD), order=16,
           width=2, empty=_("Nothing falls due today.")),
    Widget("service.satisfaction_tile", _("Satisfaction"), "figures", "number", satisfaction, _rated,
           (AGENT, LEAD, MANAGER), order=30),
    Widget("service.kept", _("Due times kept"), "figures", "number", kept,
           lambda view: f"/employee/service/due-times?period={view.period}", (LEAD, HEAD), order=31),
    Widget("service.my_customers", _("Open requests of my customers"), "new", "list", of_customers, _listed(_LIVE),
           (REP,), order=40, width=2, empty=_("None of your customers waits for an answer.")),
    Widget("service.by_queue", _("Requests of my unit"), "new", "counts", by_queue, _listed(_LIVE), (HEAD,), order=30,
           empty=_("No open requests in your units.")),
    Widget("service.whole", _("Requests and satisfaction"), "figures", "list", whole, _listed(_LIVE), (EXECUTIVE,),
           order=60, width=2, empty=_("No requests yet.")),
]  # fmt: skip
