"""The page of a supplier bill: its PDF beside the figures, what it is charged to, earlier versions."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Row, directory, every, in_script, translator
from weft.core.websdk import Values, View, message_to, preview_url
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.bills import BILL, SHARE, VERSION
from weft.plugins.finance.views.parts import amount, course, names, person, state

_ = translator("finance")

__all__ = ["page", "shown_status"]


def shown_status(row: Row) -> dict[str, Any]:
    """State of a bill: dot and word."""
    return state(words.BILL_STATUS, row.get("status"))


def page(view: View, record: Row) -> dict[str, Any]:
    """What is read against what; inside also what bears it."""
    found: dict[str, Any] = {"bill": {
        "look": "", "why": record.get("why") if record.get("status") == "rejected" else "",
        "next": _next(view, record), "panels": [], "figures": _figures(view, record),
    }}  # fmt: skip
    file = ref_id(record.get("file"))
    if file is not None:
        found["bill"]["look"] = preview_url(view.portal_key, file) + "?part=1"
        found["bill"]["open"] = preview_url(view.portal_key, file)
    days = {"accepted": record.get("decided_on"), "paid": record.get("paid_on")}
    order = ("received", "checking", "accepted", "paid")
    found["head"] = course(words.BILL_STATUS, record.get("status"), order, days)
    if not view.principal.internal:
        found["bill"]["ask"] = _ask(view, record)
        return found
    found["bill"]["panels"].append(_shares(view, record))
    versions = [
        {"title": row["name"], "url": view.url(VERSION, row.id), "icon": "versions", "sub": row.get("why") or "",
         "end": {"text": amount(view, row["gross"])}}
        for row in every(view.records, VERSION, ("name", "why", "gross"), {"bill": str(record.id)})
    ]  # fmt: skip
    if versions:
        found["bill"]["panels"].append({"title": str(_("Earlier versions")), "rows": versions, "rows_two": True,
                                        "full": True, "count": len(versions)})  # fmt: skip
    return found


def _ask(view: View, record: Row) -> dict[str, Any] | None:
    """Instead of taking it back, the supplier asks whoever checks it."""
    checker = record.get("checker")
    if record.get("status") != "checking" or checker is None:
        return None
    action = message_to(view, checker.id)
    return {**action, "label": str(_("Ask %(who)s") % {"who": person(checker)})} if action else None


def _figures(view: View, record: Row) -> list[dict[str, Any]]:
    """What is read against the paper, in the order it stands there."""
    values, fields = Values(view.runtime.registry, view.portal_key), view.entity(BILL).fields
    found = []
    for name in ("bill_no", "about", "billed_on", "net", "tax", "gross", "due_on"):
        value = values.value(fields[name], record.get(name))
        if value is not None:
            if isinstance(value, dict) and "currency" in value:
                value = {**value, "cents": True}
            found.append({"label": str(fields[name].label), "kind": values.kind(fields[name]), "v": value})
    return found


def _shares(view: View, record: Row) -> dict[str, Any]:
    rows = []
    fields = ("name", "charged_to", "for_unit", "percent", "amount")
    units = {}
    some = list(every(view.records, SHARE, fields, {"bill": str(record.id)}))
    if any(row.get("for_unit") for row in some):
        units = directory.unit_names(view.records, [row["for_unit"].id for row in some if row.get("for_unit")])
    for row in some:
        charged = row.get("charged_to")
        title = names(charged)
        if charged is None and row.get("for_unit"):
            title = in_script(*units.get(row["for_unit"].id, ("", "")))[0]
        rows.append({"title": title or row.get("name") or "", "url": view.url(SHARE, row.id), "icon": "chart-donut",
                     "sub": view.formats.percent(row["percent"]),
                     "end": {"text": amount(view, row["amount"]) if row.get("amount") else ""}})  # fmt: skip
    panel: dict[str, Any] = {
        "title": str(_("Charged to")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("Not charged to anything yet")),
                  "text": str(_("Say which project, customer or unit bears it, and how much of it."))},
    }  # fmt: skip
    if record.get("status") in words.TO_CHECK and view.may(SHARE, "create"):
        left = max(100 - sum(row["percent"] for row in some), 0)
        panel["add"] = {"label": str(_("Add a share")), "icon": "plus", "opens": "dialog",
                        "url": view.url(SHARE, "new", bill=record.id, percent=f"{left:f}")}  # fmt: skip
    return panel


def _next(view: View, record: Row) -> str:
    """Who acts next and until when, for the supplier."""
    if view.principal.internal:
        return ""
    status = record.get("status")
    if status in ("received", "checking"):
        return str(_("Next: we check it"))
    if status == "rejected":
        return str(_("Next: correct it and send it again"))
    if status == "accepted" and record.get("expected_on") is not None:
        return str(_("Accepted, expected payment %(day)s") % {"day": view.formats.date(record["expected_on"])})
    if status == "paid" and record.get("paid_on") is not None:
        return str(_("Paid on %(day)s") % {"day": view.formats.date(record["paid_on"])})
    return ""
