"""Access rules as JSON: how a company's own rules are kept, exported and compared, and how declared grants read there.

A rule is ``{"actions": [...], "rows": scope, "fields": [...] | null, "without": [...]}``; a scope is an object with a
``kind``. The order of its lists means nothing, so two rules that say the same are equal once :func:`normal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.errors import DeclarationError
from weft.core.registry.access import (
    AllRows,
    Both,
    Either,
    Grant,
    Own,
    PathScope,
    RowScope,
    SharedRows,
    Step,
    UnitRows,
    Via,
    Where,
)

__all__ = ["MAX_RULES", "Rule", "grant_of", "normal", "rule_of", "rules_of", "scope_json", "scope_of"]

#: A rule in its JSON form.
Rule = dict[str, Any]

#: Most rules of one role on one entity, and deepest nesting of a scope.
MAX_RULES = 40
_DEPTH = 6
_SIMPLE: dict[str, RowScope] = {
    "all": AllRows(),
    "own": Own(),
    "unit": UnitRows(),
    "unit_tree": UnitRows(subtree=True),
    "shared": SharedRows(),
}


def rule_of(grant: Grant) -> Rule:
    """A grant as JSON."""
    return {
        "actions": sorted(grant.actions),
        "rows": scope_json(grant.rows),
        "fields": None if grant.fields is None else sorted(grant.fields),
        "without": sorted(grant.without),
    }


def rules_of(grants: Iterable[Grant], role: str, entity: str) -> list[Rule]:
    """The rules of one role on one entity, in their order."""
    return [rule_of(grant) for grant in grants if grant.role == role and grant.entity == entity]


def scope_json(scope: RowScope | None) -> dict[str, Any]:
    """A row scope as JSON; no scope is every row."""
    if scope is None:
        return {"kind": "all"}
    for kind, simple in _SIMPLE.items():
        if scope == simple:
            return {"kind": kind}
    if isinstance(scope, (Either, Both)):
        kind = "either" if isinstance(scope, Either) else "both"
        return {"kind": kind, "of": [scope_json(part) for part in scope.scopes]}
    if isinstance(scope, Where):
        return {"kind": "where", "filters": {name: _plain(value) for name, value in scope.filters.items()}}
    if isinstance(scope, Via):
        return {"kind": "via", "link": scope.link, "entity": scope.entity}
    if isinstance(scope, PathScope):
        steps = [{"relation": step.relation, "reverse": step.reverse, "descend": step.descend} for step in scope.steps]
        return {"kind": "path", "steps": steps}
    raise TypeError(f"{scope!r} is no row scope")


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(one) for one in value)
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def grant_of(role: str, entity: str, rule: Any) -> Grant:
    """A rule as a grant, still to be checked against the declarations.

    Raises:
        DeclarationError: the JSON is no rule.
    """
    name = f"rule of {role} on {entity}"
    if not isinstance(rule, Mapping) or set(rule) - {"actions", "rows", "fields", "without"}:
        raise _wrong(entity, name, "is no rule.")
    actions, fields, without = rule.get("actions"), rule.get("fields"), rule.get("without") or []
    if not _words(actions) or not actions:
        raise _wrong(entity, name, "names no operation.")
    if not (fields is None or _words(fields)) or not _words(without):
        raise _wrong(entity, name, "has fields that are no list of names.")
    rows = scope_of(entity, name, rule.get("rows") or {"kind": "all"})
    return Grant(
        role,
        entity,
        frozenset(actions),
        rows=rows,
        fields=None if fields is None else frozenset(fields),
        without=frozenset(without),
        plugin=entity.partition(".")[0],
    )


def scope_of(entity: str, name: str, given: Any, depth: int = 0) -> RowScope:
    """A scope from its JSON.

    Raises:
        DeclarationError: it is none; ``name`` says of which rule.
    """
    if not isinstance(given, Mapping) or depth > _DEPTH:
        raise _wrong(entity, name, "has rows that cannot be read.")
    kind = given.get("kind")
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind in ("either", "both") and isinstance(given.get("of"), list) and 0 < len(given["of"]) <= MAX_RULES:
        parts = tuple(scope_of(entity, name, part, depth + 1) for part in given["of"])
        return parts[0] if len(parts) == 1 else Either(parts) if kind == "either" else Both(parts)
    if kind == "where" and isinstance(given.get("filters"), Mapping) and given["filters"]:
        return Where({str(key): value for key, value in given["filters"].items()})
    if kind == "via" and isinstance(given.get("link"), str):
        return Via(given["link"], str(given.get("entity") or ""))
    if kind == "path" and isinstance(given.get("steps"), list):
        return PathScope(tuple(_step(entity, name, step) for step in given["steps"]))
    raise _wrong(entity, name, "has rows that cannot be read.")


def _step(entity: str, name: str, given: Any) -> Step:
    if not isinstance(given, Mapping) or not isinstance(given.get("relation"), str):
        raise _wrong(entity, name, "has a path that cannot be read.")
    return Step(given["relation"], bool(given.get("reverse")), bool(given.get("descend")))


def normal(rules: Iterable[Rule]) -> list[Rule]:
    """Rules with sorted lists, those of the same rows and fields joined, so that equal rights compare equal."""
    joined: dict[str, Rule] = {}
    for rule in rules:
        one = {
            "actions": sorted(set(rule["actions"])),
            "rows": rule["rows"],
            "fields": None if rule.get("fields") is None else sorted(set(rule["fields"])),
            "without": sorted(set(rule.get("without") or [])),
        }
        key = repr((_ordered(one["rows"]), one["fields"], one["without"]))
        if key in joined:
            joined[key]["actions"] = sorted({*joined[key]["actions"], *one["actions"]})
        else:
            joined[key] = one
    return [rule for rule in joined.values() if rule["actions"]]


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _ordered(one)) for key, one in value.items()))
    return tuple(_ordered(one) for one in value) if isinstance(value, (list, tuple)) else value


def _words(given: Any) -> bool:
    return isinstance(given, (list, tuple, set, frozenset)) and all(isinstance(one, str) for one in given)


def _wrong(entity: str, name: str, problem: str) -> DeclarationError:
    return DeclarationError(entity.partition(".")[0], name, problem, "compare with an exported set of rights.")
