"""Rows of access rules in few words, and the rows one can choose for an operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from weft.core.access.drafts import alternatives
from weft.core.db.fields import Kind
from weft.core.i18n import Text, translator
from weft.core.registry.access import EXTERNAL
from weft.core.registry.model import EntityType, Registry
from weft.core.registry.rules import scope_json

__all__ = [
    "COLUMNS",
    "MORE",
    "choice_key",
    "choices",
    "condition_words",
    "field_label",
    "scope_of_choice",
    "short",
    "told_apart",
]

_ = translator("core")

#: Operations of the grid, and those of the second tab before the actions of each entity.
COLUMNS: Mapping[str, Text] = {
    "read": _("See"), "create": _("Create"), "update": _("Edit"), "assign": _("Assign"), "export": _("Export"),
}  # fmt: skip
MORE: Mapping[str, Text] = {
    "delete": _("Delete"), "restore": _("Restore"), "share": _("Share"), "link": _("Link"), "comment": _("Comment"),
    "attach": _("Attach files"), "import": _("Import"),
}  # fmt: skip

_SIMPLE: Mapping[str, Text] = {
    "all": _("All", "rows"),
    "own": _("Own", "rows"),
    "unit": _("Own unit"),
    "unit_tree": _("Own unit and below"),
    "shared": _("Shared", "rows"),
}
_INSIDE = ("own", "unit", "unit_tree", "shared", "all")
_TRAITS = frozenset({"core.person", "core.organization"})


def short(registry: Registry, entity: EntityType, scope: Mapping[str, Any] | None) -> str:
    """Rows in few words: one alternative as it is called, more of them as the first and how many others."""
    if scope is None:
        return str(_("No"))
    parts = alternatives(dict(scope))
    first = _one(registry, entity, parts[0])
    if len(parts) == 1:
        return first
    return str(_("%(first)s + %(n)s") % {"first": first, "n": len(parts) - 1})


def _one(registry: Registry, entity: EntityType, scope: Mapping[str, Any]) -> str:
    kind = scope["kind"]
    if kind in _SIMPLE:
        return str(_SIMPLE[kind])
    if kind == "via":
        return str(_("By %(link)s") % {"link": _link(registry, entity, scope["link"]).lower()})
    if kind == "path":
        if not scope["steps"]:
            return str(_("Their own"))
        steps = " → ".join(_step(registry, step["relation"], bool(step.get("reverse"))) for step in scope["steps"])
        return str(_("Through %(links)s") % {"links": steps})
    if kind == "where":
        return condition_words(entity, scope["filters"], registry)
    joint = str(_(" and ") if kind == "both" else _(" or "))
    return joint.join(_one(registry, entity, part) for part in scope["of"])


def condition_words(entity: EntityType, filters: Mapping[str, Any], registry: Registry) -> str:
    """Conditions on own fields: ``Kind: Supplier, Partner``."""
    found = []
    for key, value in filters.items():
        name, _mark, operation = key.partition("__")
        label = field_label(entity, name)
        if operation == "isnull":
            empty = str(value).lower() in ("true", "1")
            found.append(str((_("%(field)s empty") if empty else _("%(field)s filled")) % {"field": label}))
            continue
        declared = entity.fields.get(name)
        labels = declared.choices.labels if declared is not None and declared.choices else {}
        if (entity.key, name) == ("core.value", "list"):
            labels = {key: one.label for key, one in registry.value_lists.items()}
        values = value if isinstance(value, (list, tuple)) else [value]
        words = str(_(", ")).join(_value(labels.get(one, one)) for one in values)
        pattern = _("%(field)s not %(words)s") if operation in ("ne", "not_in") else _("%(field)s: %(words)s")
        found.append(str(pattern % {"field": label, "words": words}))
    return str(_(", ")).join(found)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(_("the person") if value == "me" else value)


def field_label(entity: EntityType, name: str) -> str:
    """A field's words, header names too."""
    declared = entity.fields.get(name)
    if declared is not None:
        return str(declared.label)
    header: Mapping[str, Text] = {
        "owner": _("Owner"), "unit": _("Unit"), "number": _("Number"), "title": _("Title"), "state": _("State"),
        "created_at": _("Created"), "updated_at": _("Changed"),
    }  # fmt: skip
    return str(header.get(name, name))


def _link(registry: Registry, entity: EntityType, link: str) -> str:
    declared = entity.fields.get(link)
    return str(declared.label) if declared is not None else _step(registry, link, False)


def _step(registry: Registry, key: str, reverse: bool) -> str:
    try:
        declared, inverse = registry.relation(key)
    except KeyError:
        return key
    return str(declared.inverse_label if reverse != inverse else declared.label)


# ---- what can be chosen


def choice_key(scope: Mapping[str, Any] | None) -> str:
    """The word of a simple scope in forms; empty for one that is made of several."""
    if scope is None:
        return "no"
    kind = scope["kind"]
    if kind in _SIMPLE:
        return str(kind)
    if kind == "via":
        return f"via:{scope['link']}:{scope.get('entity') or ''}"
    if kind == "path":
        return "path:" + ",".join(f"{one['relation']}{_marks(one)}" for one in scope["steps"])
    return ""


def _marks(step: Mapping[str, Any]) -> str:
    return ("~" if step.get("reverse") else "") + ("*" if step.get("descend") else "")


def scope_of_choice(word: str) -> dict[str, Any] | None:
    """The scope of a word that a form sent; None for none.

    Raises:
        ValueError: no such word.
    """
    if word == "no":
        return None
    if word in _SIMPLE:
        return {"kind": word}
    kind, _mark, rest = word.partition(":")
    if kind == "via" and rest:
        link, _mark, entity = rest.partition(":")
        return {"kind": "via", "link": link, "entity": entity}
    if kind == "path":
        return {"kind": "path", "steps": [_parsed(part) for part in rest.split(",") if part]}
    raise ValueError(word)


def _parsed(text: str) -> dict[str, Any]:
    return {"relation": text.rstrip("~*"), "reverse": "~" in text, "descend": "*" in text}


def choices(registry: Registry, entity: EntityType, audience: str) -> list[dict[str, Any]]:
    """Simple rows that fit an entity and an audience: ``{value, label}``, narrow ones first."""
    scopes: list[dict[str, Any]] = []
    if audience in EXTERNAL:
        if entity.spec.traits & _TRAITS:
            scopes.append({"kind": "path", "steps": []})
        scopes += _ways(registry, entity)
        scopes.append({"kind": "own"})
    else:
        scopes += [{"kind": kind} for kind in _INSIDE[:-1]]
    scopes += [{"kind": "via", "link": link, "entity": far} for link, far in _links(registry, entity)]
    scopes.append({"kind": "all"})
    found = [{"value": "no", "label": str(_("No"))}]
    known: set[str] = set()
    for scope in scopes:
        key = choice_key(scope)
        if key not in known:
            known.add(key)
            found.append({"value": key, "label": _one(registry, entity, scope), "back": _back(registry, scope)})
    return told_apart(found)


def told_apart(options: list[dict[str, str]]) -> list[dict[str, str]]:
    """Options without their ``back``: it follows the label of those that would read the same."""
    count = Counter(one["label"] for one in options)
    found = []
    for one in options:
        label, back = one["label"], one.get("back")
        if back and count[label] > 1:
            label = str(_("%(label)s (%(back)s)") % {"label": label, "back": back})
        found.append({"value": one["value"], "label": label})
    return found


def _back(registry: Registry, scope: Mapping[str, Any]) -> str:
    """A way as its links read from their far end; empty for other rows."""
    steps = scope["steps"] if scope["kind"] == "path" else ()
    return " ← ".join(_step(registry, one["relation"], not one.get("reverse")) for one in steps)


def _links(registry: Registry, entity: EntityType) -> Iterator[tuple[str, str]]:
    """Reference fields to one installed entity that no rule leads back from."""
    leading = _via_targets(registry)
    for name, declared in entity.fields.items():
        if declared.kind is not Kind.REFERENCE or declared.values is not None or "*" in declared.to:
            continue
        targets = registry.targets(declared)
        if len(targets) == 1 and targets[0].key != entity.key and not _leads(leading, targets[0].key, entity.key, 3):
            yield name, targets[0].key


def _via_targets(registry: Registry) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for grant in registry.grants:
        for part in _scopes(scope_json(grant.rows)):
            if part["kind"] == "via":
                found.setdefault(grant.entity, set()).add(part["entity"])
    return found


def _leads(leading: Mapping[str, set[str]], start: str, end: str, depth: int) -> bool:
    return depth > 0 and any(far == end or _leads(leading, far, end, depth - 1) for far in leading.get(start, ()))


def _scopes(scope: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield scope
    for part in scope.get("of", ()):
        yield from _scopes(part)


def _ways(registry: Registry, entity: EntityType) -> list[dict[str, Any]]:
    """Ways to the visitor: those that a rule on the entity follows, and each single link to people or firms."""
    found = []
    for grant in (*registry.declared_grants, *registry.grants):
        if grant.entity == entity.key:
            found += [dict(part) for part in _scopes(scope_json(grant.rows)) if part["kind"] == "path"]
    for relation, reverse in registry.relations_of(entity.key):
        ends = relation.source if reverse else relation.target
        reached = [one for one in registry.entities.values() if registry.matches(ends, one.key)]
        if reached and "*" not in ends and any(one.spec.traits & _TRAITS for one in reached):
            step = {"relation": relation.key, "reverse": reverse, "descend": False}
            found.append({"kind": "path", "steps": [step]})
    return found
