"""What a case is about: the facts of the record, what else a decider has to know, what the step lets them fill in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import Kind, Row, translator
from weft.core.websdk import Values, View
from weft.plugins.workflow.services import chains, filling, steps
from weft.plugins.workflow.views.naming import is_mine, name_of

_ = translator("workflow")

__all__ = ["about"]

#: Kinds that say little in a strip of facts.
_LEFT_OUT = frozenset({"boolean", "markdown", "address", "file"})


def about(view: View, case: Row, chain: Mapping[str, Any], tasks: Sequence[Row]) -> dict[str, Any] | None:
    """The facts of the record as far as the viewer may read them, and what other plugins say about it."""
    ref, kind = case.get("about"), case["about_kind"]
    entity = view.runtime.registry.entities.get(kind)
    if ref is None or entity is None:
        return None
    label = str(entity.label)
    if not view.may(kind, "read", ref.id):
        text = _("You may not open this record. What is decided here is named above; ask its owner to share it.")
        return {"title": label, "facts": [], "note": str(text), "name": name_of(case)}
    row = view.records.get(kind, ref.id)
    values = Values(view.runtime.registry, view.portal_key)
    mine = next((one for one in tasks if one["status"] == "open" and is_mine(view, one)), None)
    modes = (steps.step_of(chain, mine["step"]).get("fields") or {}) if mine is not None else {}
    facts = []
    for name in _shown(view, entity, frozenset(name for name, mode in modes.items() if mode == "hidden")):
        declared = entity.fields[name]
        value = values.value(declared, row.get(name))
        if value is not None:
            facts.append({"label": str(declared.label), "kind": values.kind(declared), "v": value})
    facts = [*_asked(view, values, case, chain), *facts]
    found = {"title": label, "facts": facts, "url": view.url(kind, ref.id), "name": values.title(row, entity)[0]}
    asked = json.loads(case.get("inputs") or "{}")
    return found | _to_fill(view, chain, mine, entity, ref.id) | _told_by_others(view, row, asked)


def _told_by_others(view: View, row: Row, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Risks and panels of other plugins about the record."""
    risks: list[Any] = []
    panels: list[Any] = []
    for answer in view.runtime.plugins.manager.hook.weft_workflow_advice(view=view, record=row, asked=asked):
        risks += (answer or {}).get("risks", ())
        panels += (answer or {}).get("panels", ())
    return {"risks": risks, "panels": panels}


def _to_fill(view: View, chain: Mapping[str, Any], task: Row | None, entity: Any, record: int) -> dict[str, Any]:
    """Names of the fields that are filled in with the decision."""
    if task is None:
        return {}
    fields = filling.fillable(view.records, chain, task, record)
    needed = [str(entity.fields[name].label) for name, mode in fields.items() if mode == "required"]
    may = [str(entity.fields[name].label) for name, mode in fields.items() if mode == "edit"]
    parts = [str(_("Filled in with the decision: %(fields)s") % {"fields": ", ".join(needed)})] if needed else []
    parts += [str(_("May be changed with it: %(fields)s") % {"fields": ", ".join(may)})] if may else []
    return {"fill": ". ".join(parts)} if parts else {}


def _asked(view: View, values: Values, case: Row, chain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the requester wrote for the action that carries out the approval."""
    inputs = json.loads(case.get("inputs") or "{}")
    found = []
    for name, declared in chains.asked_at_start(view.records, chain).items():
        if name not in inputs:
            continue
        value = inputs[name]
        if declared.kind in (Kind.DECIMAL, Kind.INTEGER):
            value = Decimal(str(value))
        if declared.kind is Kind.USER:
            found.append({"label": str(declared.label), "kind": "text", "v": chains.colleague(view.records, value)})
            continue
        shown = values.value(declared.named(name), value)
        found.append({"label": str(declared.label), "kind": values.kind(declared), "v": shown})
    return found


def _shown(view: View, entity: Any, hidden: frozenset[str]) -> list[str]:
    page = view.runtime.registry.record_pages.get(entity.key)
    facts = [name for fact in (page.facts if page else ()) for name in fact.split("+")]
    names = [*facts, *entity.spec.columns]
    names += [name for name, one in entity.fields.items() if one.kind.value in ("money", "multiline")]
    titles = {*entity.spec.title, entity.spec.alt_title}
    found = []
    for name in dict.fromkeys(names):
        declared = entity.fields.get(name)
        if declared is None or name in titles or name in hidden or declared.internal:
            continue
        if declared.kind.value not in _LEFT_OUT:
            found.append(name)
    return found[:14]
