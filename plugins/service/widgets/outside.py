"""Tiles of the portals: what waits for the visitor, and how their requests stand."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Row, Widget, translator
from weft.core.websdk import View
from weft.plugins.service import vocabulary as words
from weft.plugins.service.grants import PARTNER, REQUESTER
from weft.plugins.service.views import asking

_ = translator("service")

__all__ = ["HOMES_OUTSIDE", "WIDGETS"]

_REQUEST = "service.request"
_ROWS = 5
_WAITING = {"or": "standing=waiting|standing=solved&rating__isnull=true"}
_FIELDS = ("subject", "standing", "next_due_at", "closed_at", "rating")


def waiting(view: View) -> dict[str, Any]:
    """Questions to the visitor, and solved requests they may rate."""
    page = view.records.query(
        _REQUEST, fields=_FIELDS, filters=_filters(), sort="-asked_at", limit=_ROWS, count="exact"
    )
    rows = []
    for row in page.rows:
        solved = row["standing"] == "solved"
        label = _("Rate or reopen") if solved else _("Answer")
        sub = _("Your request is solved. Are you satisfied?") if solved else _("We wait for your answer")
        rows.append(
            {"title": row["subject"], "url": view.url(_REQUEST, row.id), "sub": str(sub), "icon": "headset",
             "action": {"label": str(label), "url": view.url(_REQUEST, row.id), "writes": True}}
        )  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows)}


def _filters() -> Any:
    return dict(_WAITING)


def mine(view: View) -> dict[str, Any]:
    """The visitor's requests, open ones first: status, who answers and by when."""
    live = ",".join(words.LIVE)
    found = view.records.query(
        _REQUEST, fields=_FIELDS, filters={"standing__in": live}, sort="-asked_at", limit=_ROWS, count="exact"
    )
    rows: list[Row] = list(found.rows)
    total = view.records.query(_REQUEST, fields=(), limit=1, count="exact").count
    if len(rows) < _ROWS:
        ended = view.records.query(
            _REQUEST, fields=_FIELDS, filters={"standing__in": "solved,closed,withdrawn"}, sort="-asked_at",
            limit=_ROWS - len(rows),
        )  # fmt: skip
        rows += ended.rows
    who = asking.answering(view, [row.id for row in rows])
    open_now = found.count.value if found.count else len(found.rows)
    return {
        "rows": [_row(view, row, who.get(row.id, "")) for row in rows], "count": total.value if total else len(rows),
        "period": str(_("%(n)s open") % {"n": open_now}), "two": True,
    }  # fmt: skip


def _row(view: View, row: Row, who: str) -> dict[str, Any]:
    standing = row["standing"]
    return {
        "title": row["subject"], "url": view.url(_REQUEST, row.id), "sub": asking.next_words(view, row, who),
        "status": {"label": str(words.STANDING.labels[standing]), "dot": words.STANDING.tones[standing]},
    }  # fmt: skip


def _widgets(portal: str, role: str) -> list[Any]:
    return [
        Widget(f"service.{portal}_waiting", _("Waiting for you"), "todo", "list", waiting,
               lambda view: view.url(_REQUEST, **_WAITING), (role,), portal, order=20,
               empty=_("Nothing waits for you.")),
        Widget(f"service.{portal}_mine", _("My requests"), "new", "list", mine, lambda view: view.url(_REQUEST),
               (role,), portal, order=20, width=2, empty=_("You have asked for nothing yet.")),
    ]  # fmt: skip


WIDGETS: list[Any] = [*_widgets("customer", REQUESTER), *_widgets("distributor", PARTNER)]
HOMES_OUTSIDE = [
    (role, (f"service.{portal}_waiting", f"service.{portal}_mine"), portal)
    for portal, role in (("customer", REQUESTER), ("distributor", PARTNER))
]
