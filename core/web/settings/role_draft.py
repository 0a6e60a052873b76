"""Rights being edited: kept for the administrator who edits them until they are saved or discarded; never in force.

A draft is a preference of its person: entity -> the rules when the editing began, and the rules wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weft.core.access import drafts
from weft.core.access.rule_checks import declared_rules, present_rules
from weft.core.db.fields import Kind
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import preferences, rulebook
from weft.core.registry.access import EXTERNAL, Role
from weft.core.registry.model import EntityType, Registry
from weft.core.registry.overlay import Overlay, lay
from weft.core.registry.rules import Rule
from weft.core.web.settings.role_words import scope_of_choice

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["Draft"]

_ = translator("core")
_LISTED = (Kind.CHOICE, Kind.MULTI_CHOICE)


class Draft:
    """The rules of one role as one administrator is about to change them.

    Args:
        view: the request.
        role: key of the role.
    """

    def __init__(self, view: View, role: str) -> None:
        self.view = view
        self.registry: Registry = view.runtime.registry
        if role not in self.registry.roles:
            raise NotFound(role)
        self.role: Role = self.registry.roles[role]
        stored = preferences.get(view.connection, view.principal.user_id or 0, self._key, {})
        self.changes: dict[str, dict[str, list[Rule]]] = {
            entity: change for entity, change in dict(stored or {}).items() if entity in self.registry.entities
        }

    @property
    def _key(self) -> str:
        return f"rights.draft:{self.role.key}"[:120]

    def rules(self, entity: str) -> list[Rule]:
        """Rules on an entity as they would be saved."""
        change = self.changes.get(entity)
        return change["after"] if change is not None else present_rules(self.registry, self.role.key, entity)

    def before(self, entity: str) -> list[Rule]:
        """Rules on an entity as they hold now."""
        return present_rules(self.registry, self.role.key, entity)

    def put(self, entity: str, rules: list[Rule]) -> None:
        """Keep other rules for an entity; those that hold already end its part of the draft."""
        before = self.changes[entity]["before"] if entity in self.changes else self.before(entity)
        if drafts.same(before, rules):
            self.changes.pop(entity, None)
        else:
            self.changes[entity] = {"before": before, "after": rules}
        self.keep()

    def keep(self) -> None:
        """Store the draft."""
        preferences.put(self.view.connection, self.view.principal.user_id or 0, self._key, self.changes or None)

    def discard(self) -> None:
        """Forget what was changed."""
        self.changes = {}
        self.keep()

    def registry_after(self) -> Registry:
        """What would hold after saving; rules that cannot work are left out."""
        if not self.changes:
            return self.registry
        overlay = rulebook.read(self.view.connection)
        rules = dict(overlay.rules)
        rules.update({(self.role.key, entity): change["after"] for entity, change in self.changes.items()})
        return lay(self.registry, Overlay(overlay.roles, rules)).registry

    # ---- one change

    def apply(self, form: Mapping[str, str], lists: Mapping[str, list[str]]) -> None:
        """Do what a control of the page asks for.

        Args:
            form: ``do`` with ``entity`` and what it needs.
            lists: values of fields that repeat.

        Raises:
            NotFound: no such entity, rule or control. ValidationFailed: the value cannot be.
        """
        entity = self.registry.entities.get(form.get("entity", ""))
        do = _CONTROLS.get(form.get("do", ""))
        if entity is None or do is None:
            raise NotFound("control")
        try:
            rules = do(self, entity, [dict(rule) for rule in self.rules(entity.key)], form, lists)
        except (ValueError, IndexError, KeyError) as error:
            raise ValidationFailed.single("rules", "invalid", _("This cannot be chosen here.")) from error
        self.put(entity.key, rules)


# ---- controls: (draft, entity, rules, form, lists) -> rules


def _cell(draft: Draft, entity: EntityType, rules: list[Rule], form: Mapping[str, str], _lists: Any) -> list[Rule]:
    if form["choice"] == "now":
        return rules
    scope = scope_of_choice(form["choice"])
    return drafts.set_cell(rules, form["operation"], scope, entity, draft.role.audience)


def _rule_add(draft: Draft, entity: EntityType, rules: list[Rule], form: Mapping[str, str], _lists: Any) -> list[Rule]:
    scope = {"kind": "path", "steps": []} if draft.role.audience in EXTERNAL else {"kind": "own"}
    rule = drafts.new_rule("read", scope, rules, None, entity, draft.role.audience)
    return [*rules, rule]


def _rule_remove(
    _draft: Draft, _entity: EntityType, rules: list[Rule], form: Mapping[str, str], _lists: Any
) -> list[Rule]:
    del rules[int(form["rule"])]
    return rules


def _operations(
    _draft: Draft, entity: EntityType, rules: list[Rule], form: Mapping[str, str], lists: Mapping[str, list[str]]
) -> list[Rule]:
    chosen = sorted(set(lists.get("operations", [])))
    place = int(form["rule"])
    if not chosen:
        del rules[place]
    else:
        rules[place]["actions"] = chosen
    return rules


def _rows_add(_draft: Draft, _entity: EntityType, rules: list[Rule], form: Mapping[str, str], _l: Any) -> list[Rule]:
    scope = scope_of_choice(form["choice"])
    place = int(form["rule"])
    if scope is not None:
        rules[place] = drafts.with_alternative(rules[place], scope)
    return rules


def _rows_remove(_draft: Draft, _entity: EntityType, rules: list[Rule], form: Mapping[str, str], _l: Any) -> list[Rule]:
    place = int(form["rule"])
    rest = drafts.without_alternative(rules[place], int(form["part"]))
    rules[place : place + 1] = [] if rest is None else [rest]
    return rules


def _condition(
    _draft: Draft, entity: EntityType, rules: list[Rule], form: Mapping[str, str], lists: Mapping[str, list[str]]
) -> list[Rule]:
    """Add rows by their own field, or narrow an alternative to them."""
    name, how = form["field"], form.get("how", "in")
    declared = entity.fields.get(name)
    if how in ("empty", "filled"):
        filters: dict[str, Any] = {f"{name}__isnull": how == "empty"}
    elif how == "me":
        filters = {name: "me"}
    elif declared is not None and declared.kind in _LISTED:
        values = [one for one in lists.get("values", []) if declared.choices and one in declared.choices.labels]
        if not values:
            raise ValidationFailed.single("values", "required", _("Choose at least one value."))
        filters = {f"{name}__{'not_in' if how == 'not_in' else 'in'}": values}
    elif declared is not None and declared.kind is Kind.BOOLEAN:
        filters = {name: how == "yes"}
    else:
        raise ValueError(name)
    part = form.get("part", "")
    scope = {"kind": "where", "filters": filters}
    place = int(form["rule"])
    rules[place] = drafts.with_alternative(rules[place], scope, int(part) if part.isdigit() else None)
    return rules


def _way(_draft: Draft, _entity: EntityType, rules: list[Rule], form: Mapping[str, str], _lists: Any) -> list[Rule]:
    scope = scope_of_choice(f"path:{form['steps']}")
    place = int(form["rule"])
    rules[place] = drafts.with_alternative(rules[place], scope or {"kind": "own"})
    return rules


def _fields(
    _draft: Draft, entity: EntityType, rules: list[Rule], form: Mapping[str, str], lists: Mapping[str, list[str]]
) -> list[Rule]:
    place = int(form["rule"])
    names = [name for name in lists.get("fields", []) if name in entity.fields or name in ("owner", "unit", "number")]
    rules[place] = drafts.set_fields(rules[place], form["mode"], names)
    return rules


def _restore(draft: Draft, entity: EntityType, _rules: Any, _form: Any, _lists: Any) -> list[Rule]:
    return declared_rules(draft.registry, draft.role.key, entity.key)


def _back(draft: Draft, entity: EntityType, _rules: Any, _form: Any, _lists: Any) -> list[Rule]:
    return draft.changes[entity.key]["before"]


_CONTROLS = {
    "cell": _cell, "rule_add": _rule_add, "rule_remove": _rule_remove, "operations": _operations,
    "rows_add": _rows_add, "rows_remove": _rows_remove, "condition": _condition, "way": _way, "fields": _fields,
    "restore": _restore, "back": _back,
}  # fmt: skip
