"""The rules of a role on one kind of record, each a sentence whose parts can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.access import drafts
from weft.core.access.rule_checks import declared_rules
from weft.core.db.fields import Kind
from weft.core.i18n import translator
from weft.core.registry.access import EXTERNAL
from weft.core.registry.model import EntityType
from weft.core.registry.rules import Rule
from weft.core.registry.scopes import MAX_STEPS
from weft.core.web.settings.role_words import COLUMNS, MORE, choices, field_label, scope_of_choice, short, told_apart

if TYPE_CHECKING:
    from weft.core.web.request import View
    from weft.core.web.settings.role_draft import Draft

__all__ = ["card"]

_ = translator("core")
_LISTED = (Kind.CHOICE, Kind.MULTI_CHOICE)
_NAMED_HEADER = ("owner", "unit", "number")


def card(view: View, draft: Draft, entity: EntityType, state: dict[str, str]) -> dict[str, Any]:
    """Data of the card below the grid.

    Args:
        state: of the address; ``ask`` holds what is being added: ``<rule>|<part>|<field>`` or ``<rule>|way|<steps>``.
    """
    rules = draft.rules(entity.key)
    labels = _labels(entity)
    declared = declared_rules(draft.registry, draft.role.key, entity.key)
    return {
        "entity": entity.key,
        "title": str(entity.plural),
        "subject": str(_("Who has the role “%(role)s” may") % {"role": draft.role.label}),
        "changed": entity.key in draft.changes,
        "differs": not drafts.same(rules, declared),
        "rules": [_rule(draft, entity, number, rule, labels) for number, rule in enumerate(rules)],
        "choices": choices(draft.registry, entity, draft.role.audience)[1:],
        "conditions": _condition_fields(entity),
        "ask": _asked(draft, entity, state.get("ask", ""), len(rules)),
        "state": {name: value for name, value in state.items() if name in ("tab", "open", "person")},
    }


def _labels(entity: EntityType) -> dict[str, str]:
    found = {key: str(label) for key, label in (*COLUMNS.items(), *MORE.items())}
    found["act"] = str(_("All actions"))
    return found | {action.key: str(action.label) for action in entity.actions.values()}


def _rule(draft: Draft, entity: EntityType, number: int, rule: Rule, labels: dict[str, str]) -> dict[str, Any]:
    parts = [
        {"place": place, "label": short(draft.registry, entity, part), "all": part["kind"] == "all"}
        for place, part in enumerate(drafts.alternatives(rule["rows"]))
    ]
    names = [name for name, one in entity.fields.items() if not one.internal]
    if draft.role.audience in EXTERNAL:
        names += _NAMED_HEADER
    mode = "only" if rule["fields"] is not None else "but" if rule["without"] else "all"
    chosen = set(rule["fields"] or rule["without"] or ())
    modes = [] if draft.role.audience in EXTERNAL else [{"value": "all", "label": str(_("all fields"))}]
    modes += [] if draft.role.audience in EXTERNAL else [{"value": "but", "label": str(_("all fields but"))}]
    return {
        "place": number,
        "operations": [{"value": key, "label": label, "on": key in rule["actions"]} for key, label in labels.items()],
        "can": str(_(", ")).join(labels[key] for key in labels if key in rule["actions"]),
        "parts": parts,
        "mode": mode,
        "modes": [*modes, {"value": "only", "label": str(_("only the fields"))}],
        "fields": [{"value": name, "label": field_label(entity, name), "on": name in chosen} for name in names],
        "fields_words": _fields_words(entity, rule, mode),
    }


def _fields_words(entity: EntityType, rule: Rule, mode: str) -> str:
    names = str(_(", ")).join(field_label(entity, name) for name in (rule["fields"] or rule["without"] or ()))
    if mode == "all":
        return str(_("all fields"))
    return str((_("all fields but %(names)s") if mode == "but" else _("only %(names)s")) % {"names": names or "–"})


def _condition_fields(entity: EntityType) -> list[dict[str, str]]:
    found = [{"value": "owner", "label": field_label(entity, "owner")}]
    kinds = (*_LISTED, Kind.BOOLEAN, Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.DATE, Kind.DATETIME)
    found += [
        {"value": name, "label": str(one.label)}
        for name, one in entity.fields.items()
        if one.kind in kinds and one.stored and not one.internal
    ]
    return found


def _asked(draft: Draft, entity: EntityType, text: str, count: int) -> dict[str, Any] | None:
    """The form of what is being added to a rule."""
    rule, _mark, rest = text.partition("|")
    part, _mark, what = rest.partition("|")
    if not rule.isdigit() or int(rule) >= count:
        return None
    if part == "way":
        return {"rule": int(rule), "way": _way(draft, entity, what)}
    if what != "owner" and what not in entity.fields:
        return None
    declared = entity.fields.get(what)
    hows = [("filled", _("is filled")), ("empty", _("is empty"))]
    values: list[dict[str, str]] = []
    if declared is None or declared.kind is Kind.USER:
        hows.insert(0, ("me", _("is the person")))
    elif declared.kind in _LISTED and declared.choices is not None:
        hows[:0] = [("in", _("is one of")), ("not_in", _("is none of"))]
        values = [{"value": key, "label": str(label)} for key, label in declared.choices.labels.items()]
    elif declared.kind is Kind.BOOLEAN:
        hows = [("yes", _("yes")), ("no", _("no"))]
    return {
        "rule": int(rule),
        "part": part,
        "field": what,
        "label": field_label(entity, what),
        "hows": [{"value": key, "label": str(label)} for key, label in hows],
        "choices": values,
    }


def _way(draft: Draft, entity: EntityType, steps: str) -> dict[str, Any]:
    """A way over links being put together: what it reads so far, where it stands and how it can go on."""
    registry = draft.registry
    scope = scope_of_choice(f"path:{steps}") or {"kind": "path", "steps": []}
    here = {entity.key}
    for step in scope["steps"]:
        relation = registry.relations.get(step["relation"])
        if relation is None:
            break
        ends = relation.source if step["reverse"] else relation.target
        here = {key for key in registry.entities if registry.matches(ends, key)}
    following: dict[str, dict[str, str]] = {}
    if len(scope["steps"]) < MAX_STEPS:
        for key in sorted(here):
            for relation, reverse in registry.relations_of(key):
                if "*" in (*relation.source, *relation.target):
                    continue
                label, back = relation.label, relation.inverse_label
                if reverse:
                    label, back = back, label
                value = f"{relation.key}{'~' if reverse else ''}"
                following[value] = {"value": value, "label": str(label), "back": str(back)}
    return {
        "steps": steps,
        "words": short(registry, entity, scope) if scope["steps"] else "",
        "here": str(_(", ")).join(str(registry.entities[key].plural) for key in sorted(here)[:4]),
        "next": sorted(told_apart([*following.values()]), key=lambda one: one["label"]),
    }
