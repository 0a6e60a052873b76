"""What somebody who decides about a record of a customer should know of its money: what is overdue."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Kind, RefValue, Row, every, translator
from weft.core.websdk import View, preview_url
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.services.claims import CLAIM, LINE
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.views.money_tab import sum_text
from weft.plugins.finance.views.parts import amount, names

_ = translator("finance")

__all__ = ["advice"]


def advice(view: View, record: Row) -> dict[str, Any] | None:
    """For the plugin of approvals: the receipts of a claim; one risk per organisation of the record that pays late."""
    if record["type"] == CLAIM:
        return {"panels": [_receipts(view, record)]}
    if not view.may(INVOICE, "read"):
        return None
    parties = _parties(view, record)
    late: dict[int, list[Row]] = {}
    if parties:
        filters = {"customer__in": sorted(parties), "status__in": ",".join(words.OWED), "kind": "invoice",
                   "due_on__lt": view.today.isoformat()}  # fmt: skip
        for row in every(view.records, INVOICE, ("customer", "open_net", "due_on"), filters):
            late.setdefault(row["customer"].id, []).append(row)
    return {"risks": [_risk(view, key, parties[key], rows) for key, rows in late.items()]}


def _receipts(view: View, record: Row) -> dict[str, Any]:
    """The lines of a claim, each with its receipt to be looked into."""
    rows = []
    fields = ("subject", "kind", "day", "gross", "charged_to", "receipt", "excess", "most")
    for row in every(view.records, LINE, fields, {"claim": str(record.id)}, sort="day"):
        parts = [names(row.get("kind")), view.formats.date(row["day"])]
        charged = row.get("charged_to")
        parts.append(names(charged) if charged is not None else str(_("Own unit")))
        if row.get("excess") is not None and row.get("most") is not None:
            slots = {"limit": amount(view, row["most"]), "excess": amount(view, row["excess"])}
            parts.append(str(_("limit %(limit)s, %(excess)s above it") % slots))
        line: dict[str, Any] = {"title": row["subject"], "icon": "receipt", "url": view.url(LINE, row.id),
                                "sub": " · ".join(part for part in parts if part),
                                "end": {"text": amount(view, row["gross"]),
                                        "tone": "late" if row.get("excess") is not None else None}}  # fmt: skip
        if row.get("receipt"):
            address = preview_url(view.portal_key, int(getattr(row["receipt"], "id", row["receipt"])))
            line["look"] = {"label": str(_("Receipt")), "url": address, "icon": "eye", "opens": "dialog"}
        else:
            line["chip"] = str(_("no receipt"))
        rows.append(line)
    return {"title": str(_("Lines and receipts")), "rows": rows, "rows_two": True, "full": True}


def _parties(view: View, record: Row) -> dict[int, RefValue]:
    """Organisations the record refers to by a field of its own."""
    registry = view.runtime.registry
    found = {}
    for name, declared in view.entity(record["type"]).fields.items():
        ref = record.get(name) if declared.kind is Kind.REFERENCE and not declared.internal else None
        if not isinstance(ref, RefValue) or ref.restricted or ref.type not in registry.entities:
            continue
        if "core.organization" in registry.entities[ref.type].spec.traits:
            found[ref.id] = ref
    return found


def _risk(view: View, customer: int, ref: RefValue, rows: list[Row]) -> dict[str, Any]:
    days = max((view.today - row["due_on"]).days for row in rows)
    text = _("%(who)s owes %(amount)s net, overdue for up to %(n)s days") if len(rows) > 1 else _(
        "%(who)s owes %(amount)s net, overdue for %(n)s days")  # fmt: skip
    slots = {"who": names(ref), "amount": sum_text(view, [row["open_net"] for row in rows]), "n": days}
    filters = {"customer": str(customer), "status__in": ",".join(words.OWED), "kind": "invoice",
               "due_on__lt": view.today.isoformat()}  # fmt: skip
    return {"text": str(text % slots), "url": view.url(INVOICE, all="1", sort="due_on", **filters)}
