"""What the service says on other pages: requests, satisfaction and risk of a customer; earlier requests in a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FormCheck, FormWarning, Records, Slot, current_locale, translator
from weft.core.websdk import View
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import risk, suggestions

_ = translator("service")

__all__ = ["FORM_CHECKS", "SLOTS"]

_REQUEST, _ACCOUNT = "service.request", "crm.account"


def facts(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Open requests and satisfaction, in the strip below the head of a customer."""
    if not view.may(_REQUEST, "read"):
        return None
    lines = view.records.aggregate(_REQUEST, group=("status",), filters={"customer": str(record["id"])})
    if not lines:
        return None
    live = sum(line["count"] for line in lines if line["status"] in words.LIVE)
    shown: list[dict[str, Any]] = [{"label": str(_("Open requests")), "kind": "integer", "v": live, "align": "right"}]
    found = risk.of(view.records, [record["id"]]).get(record["id"])
    if found is not None and found.mean is not None:
        text = str(_("%(mean)s of 5") % {"mean": view.formats.number(found.mean, 1)})
        tone = "late" if found.last is not None and found.last <= risk.LIMIT else None
        shown.append({"label": str(_("Satisfaction")), "kind": "text",
                      "v": {"text": text, "tone": tone}})  # fmt: skip
    return {"facts": shown}


def at_risk(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Why a customer may leave; nothing for the others."""
    if not view.may(_REQUEST, "read"):
        return None
    found = risk.of(view.records, [record["id"]]).get(record["id"])
    if found is None or not found.at_risk:
        return None
    return {"why": found.why, "url": view.url(_REQUEST, all="1", customer=str(record["id"]))}


def earlier(records: Records, rows: Sequence[Mapping[str, Any]], record_id: int | None) -> list[list[FormWarning]]:
    """While a colleague writes a request down: what was asked before like it."""
    found: list[list[FormWarning]] = []
    for row in rows:
        typed = f"{row.get('subject') or ''} {row.get('description') or ''}"
        alone = record_id is None and len(rows) == 1
        answers = suggestions.answering(records, typed) if alone else []
        like = suggestions.like(records, typed, language=current_locale()) if alone else []
        found.append([
            *(FormWarning(_("May answer it:"), tone="info", record=one.id) for one in answers),
            *(FormWarning(_("Solved before:") if one.solved else _("Asked before:"), tone="info", record=one.id)
              for one in like),
        ])  # fmt: skip
    return found


SLOTS: list[Any] = [
    Slot("record.facts", "", facts, _ACCOUNT, key="service.facts", order=30),
    Slot("record.side", "service/at_risk.html", at_risk, _ACCOUNT, _("At risk"), key="service.at_risk", order=5),
]
FORM_CHECKS: list[Any] = [FormCheck("service.earlier", _REQUEST, ("subject", "description"), earlier)]
