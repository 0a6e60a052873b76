"""Tiles of people of the company: what to decide, what came back, what is to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Row, Widget, translator
from weft.core.websdk import View, face
from weft.plugins.finance.grants import HEAD, LEAD, MANAGER, OFFICER
from weft.plugins.finance.services.claims import CHECK, CLAIM
from weft.plugins.finance.views.parts import person

_ = translator("finance")

__all__ = ["WIDGETS"]

_ROWS = 5
_RETURNED: Mapping[str, str] = {"owner": "me", "status": "returned"}
_ASKED: Mapping[str, str] = {"approver": "me", "status__in": "submitted,approved"}


def _list(view: View, entity: str, filters: Mapping[str, str], sort: str) -> str:
    return str(view.url(entity, all="1", sort=sort, **filters))


def _claims(view: View, filters: Mapping[str, str], sub: Any) -> dict[str, Any]:
    page = view.records.query(
        CLAIM, fields=("purpose", "owner", "total", "submitted_on", "why", "over_limit"), filters=filters,
        sort="submitted_on", limit=_ROWS, count="exact",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        owner = row.get("owner")
        name = person(owner)
        line = {"title": row["purpose"], "url": view.url(CLAIM, row.id), "sub": sub(view, row),
                "end": {"text": view.formats.money(row["total"]) if row.get("total") else "",
                        "tone": "late" if row.get("over_limit") else None}}  # fmt: skip
        rows.append(line | ({"face": face(owner.id, name)} if owner is not None else {"icon": "receipt"}))
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def _who(view: View, row: Row) -> str:
    parts = [person(row.get("owner")), view.formats.date(row["submitted_on"]) if row.get("submitted_on") else ""]
    if row.get("over_limit"):
        parts.append(str(_("over a limit")))
    return " · ".join(part for part in parts if part)


def decided_here(view: View) -> bool:
    """True when claims are decided on themselves: no process of the company asks for it in the inbox."""
    process = view.runtime.registry.entities.get("workflow.process")
    if process is None:
        return True
    found = view.records.system("finance: are claims decided by a process").query(
        process.key, fields=("active",), filters={"subject": CLAIM}, limit=10
    )  # fmt: skip
    return bool(found.rows) and not any(row["active"] for row in found.rows)


def to_check(view: View) -> dict[str, Any]:
    """Claims that finance has to check, the oldest first."""
    return _claims(view, CHECK, _who)


def to_agree(view: View) -> dict[str, Any]:
    """Claims that wait for the viewer as a head or project lead."""
    return _claims(view, _ASKED, _who)


def returned(view: View) -> dict[str, Any]:
    """Own claims that came back, with what is missing."""
    return _claims(view, _RETURNED, lambda _view, row: str(row.get("why") or ""))


WIDGETS: list[Any] = [
    Widget("finance.to_check", _("Claims to check"), "todo", "list", to_check,
           lambda view: _list(view, CLAIM, CHECK, "submitted_on"), (OFFICER,), order=20, width=2,
           empty=_("No claim waits for finance."), counted=decided_here),
    Widget("finance.to_agree", _("Claims to agree to"), "todo", "list", to_agree,
           lambda view: _list(view, CLAIM, _ASKED, "submitted_on"), (HEAD, LEAD, MANAGER), order=22,
           empty=_("No claim waits for you."), shown=decided_here),
    Widget("finance.returned", _("Claims sent back"), "todo", "list", returned,
           lambda view: _list(view, CLAIM, _RETURNED, "submitted_on"), order=24,
           empty=_("None of your claims came back."), shown=decided_here),
]  # fmt: skip
