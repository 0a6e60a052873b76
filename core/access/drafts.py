"""Rules of one role on one entity as people edit them: by operation, by alternative of rows, by field.

Pure functions on the JSON form of :mod:`weft.core.registry.rules`; nothing here is in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.registry.access import EXTERNAL
from weft.core.registry.model import EntityType
from weft.core.registry.rules import Rule, normal

__all__ = [
    "alternatives", "cell", "differing", "new_rule", "same", "set_cell", "set_fields", "with_alternative",
    "without_alternative",
]  # fmt: skip

#: A scope in its JSON form.
Scope = dict[str, Any]


def alternatives(scope: Scope) -> list[Scope]:
    """The parts of a scope of which one suffices."""
    return list(scope["of"]) if scope["kind"] == "either" else [scope]


def _either(parts: Iterable[Scope]) -> Scope | None:
    found: list[Scope] = []
    for part in parts:
        if part not in found:
            found.append(part)
    if any(part["kind"] == "all" for part in found):
        return {"kind": "all"}
    if not found:
        return None
    return found[0] if len(found) == 1 else {"kind": "either", "of": found}


def covers(rule: Rule, operation: str, entity: EntityType) -> bool:
    """True when a rule gives an operation; ``act`` gives the actions that need no more than that."""
    if operation in rule["actions"]:
        return True
    declared = next((action for action in entity.actions.values() if action.key == operation), None)
    if declared is None or "act" not in rule["actions"]:
        return False
    return not declared.needs or declared.needs in rule["actions"]


def cell(rules: Sequence[Rule], operation: str, entity: EntityType) -> Scope | None:
    """Rows on which an operation is allowed by any of the rules, None for none."""
    return _either(part for rule in rules if covers(rule, operation, entity) for part in alternatives(rule["rows"]))


def set_cell(
    rules: Sequence[Rule], operation: str, scope: Scope | None, entity: EntityType, audience: str
) -> list[Rule]:
    """The rules after an operation got other rows, None for none; it keeps its fields, or has those of reading."""
    kept: list[Rule] = []
    model: Rule | None = None
    for rule in rules:
        if covers(rule, operation, entity):
            model = model or rule
            actions = set(rule["actions"]) - {operation}
            if operation not in rule["actions"]:  # it came with all actions: the others stay one by one
                actions = (actions - {"act"}) | {
                    one.key for one in entity.actions.values() if one.key != operation and covers(rule, one.key, entity)
                }
            rule = rule | {"actions": sorted(actions)}
        kept.append(rule)
    if scope is not None:
        kept.append(new_rule(operation, scope, kept, model, entity, audience))
    return normal(kept)


def new_rule(
    operation: str, scope: Scope, rules: Sequence[Rule], model: Rule | None, entity: EntityType, audience: str
) -> Rule:
    """A rule for one operation with the fields of ``model``, else of reading; outside the title alone."""
    model = model or next((rule for rule in rules if "read" in rule["actions"]), None)
    if model is not None:
        fields, without = model["fields"], model["without"]
    elif audience in EXTERNAL:
        fields, without = sorted(entity.spec.title), []
    else:
        fields, without = None, []
    return {"actions": [operation], "rows": scope, "fields": fields, "without": without}


def with_alternative(rule: Rule, scope: Scope, place: int | None = None) -> Rule:
    """The rule with one more alternative, or with the one at ``place`` narrowed to rows that ``scope`` covers too."""
    parts = alternatives(rule["rows"])
    if place is None:
        parts.append(scope)
    else:
        old = parts[place]
        inner = list(old["of"]) if old["kind"] == "both" else [old]
        parts[place] = {"kind": "both", "of": [*(one for one in inner if one["kind"] != "all"), scope]}
        if len(parts[place]["of"]) == 1:
            parts[place] = scope
    return rule | {"rows": _either(parts) or rule["rows"]}


def without_alternative(rule: Rule, place: int) -> Rule | None:
    """The rule without one alternative; None when it was the last."""
    parts = alternatives(rule["rows"])
    del parts[place]
    rows = _either(parts)
    return None if rows is None else rule | {"rows": rows}


def set_fields(rule: Rule, mode: str, names: Iterable[str]) -> Rule:
    """The rule for ``all`` fields, all ``but`` the named ones, or ``only`` these."""
    chosen = sorted(set(names))
    if mode == "only":
        return rule | {"fields": chosen, "without": []}
    return rule | {"fields": None, "without": chosen if mode == "but" else []}


def same(first: Sequence[Rule], second: Sequence[Rule]) -> bool:
    """True when two lists of rules say the same, whatever their order."""
    return _set(first) == _set(second)


def _set(rules: Sequence[Rule]) -> set[str]:
    return {repr(_ordered(rule)) for rule in normal(rules)}


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [(key, _ordered(value[key])) for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        found = [_ordered(one) for one in value]
        return sorted(found, key=repr)
    return value


def differing(
    before: Sequence[Rule], after: Sequence[Rule], operations: Iterable[str], entity: EntityType
) -> list[str]:
    """Operations whose rows differ between two lists of rules."""

    def rows(rules: Sequence[Rule], operation: str) -> list[str]:
        found = cell(rules, operation, entity)
        return [] if found is None else sorted(repr(_ordered(part)) for part in alternatives(found))

    return [one for one in operations if rows(before, one) != rows(after, one)]
