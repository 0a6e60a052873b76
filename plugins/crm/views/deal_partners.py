"""The page of a deal as its distributor or agent sees it: where it stands, what is in it, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Row, current_locale, in_script, translator
from weft.plugins.crm.services import deals as services
from weft.plugins.crm.views import deal_lines

_ = translator("crm")

__all__ = ["deal_page", "waiting"]

_DEAL = "crm.opportunity"


def deal_page(view: Any, record: Row) -> dict[str, Any]:
    """Facts, way through the stages and lines; nothing of what colleagues wrote for each other."""
    stages = services.stages_of(view.records.system("crm: stages of a partner's deal"), None)
    return {
        "facts": _facts(view, record),
        "head": {"path": _path(view, record, stages)},
        "red": [],
        "waiting": waiting(view, record),
        "lines": deal_lines.sheet_of(view, record),
        "rivals": None,
        "lessons": [],
    }


def _facts(view: Any, record: Row) -> list[dict[str, Any]]:
    none = str(_("none"))
    facts: list[dict[str, Any]] = []
    for name, label in (("account", _("Account")), ("partner", _("Sold through"))):
        ref = record.get(name)
        if ref is not None and not ref.restricted:
            title = in_script(ref.title, ref.alt, current_locale())[0]
            shown = {"title": title, "url": view.url(ref.type, ref.id)}
            facts.append({"label": str(label), "kind": "reference", "v": shown, "wide": name == "account"})
    amount = record.get("amount")
    shown_amount = None if amount is None else {"amount": amount.amount, "currency": amount.currency}
    facts.append({"label": str(_("Amount")), "kind": "money", "v": shown_amount, "none": none})
    if record.get("outcome") == "open":
        facts.append(
            {"label": str(_("Expected close")), "kind": "date", "v": record.get("expected_close"), "none": none}
        )
    else:
        facts.append({"label": str(_("Closed on")), "kind": "date", "v": record.get("closed_on"), "none": none})
    return facts


def waiting(view: Any, record: Row) -> str:
    """What a deal that was reported won waits for, in words for whoever looks; empty for all others."""
    day = record.get("reported_on")
    if record.get("outcome") != "open" or day is None:
        return ""
    what = {"day": view.formats.date(day)}
    if not view.principal.internal:
        return str(_("Reported won on %(day)s. It counts once a sales manager has confirmed it.") % what)
    return str(_("The partner reports this deal won on %(day)s. It counts once a sales manager confirms it.") % what)


def _path(view: Any, record: Row, stages: Sequence[Row]) -> dict[str, Any]:
    lost = record.get("outcome") == "lost"
    shown = [one for one in stages if one["outcome"] == "open" or one["outcome"] == ("lost" if lost else "won")]
    now = record["stage"].id if record.get("stage") else 0
    place = next((number for number, one in enumerate(shown) if one.id == now), -1)
    may = record.get("outcome") == "open" and view.may(_DEAL, "update", record.id)
    steps = []
    for number, one in enumerate(shown):
        label = in_script(one["label_en"], one.get("label_zh"), current_locale())[0]
        step: dict[str, Any] = {
            "label": label,
            "state": "at" if number == place else "done" if number < place else "todo",
        }
        if may and one["outcome"] == "open" and number != place:
            step["move_url"] = view.url(_DEAL, record.id, "move", by="stage", to=one.id)
        steps.append(step)
    return {"label": str(_("Stage")), "steps": steps, "dead": lost}
