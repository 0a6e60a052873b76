"""Settings > Roles and rights > one role: its rules as a grid and as sentences, edited as a draft beside a preview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.access import drafts, rule_changes
from weft.core.access.rule_checks import declared_rules
from weft.core.errors import FieldError, NotFound, StateConflict, ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.identity import audit, people, rights, rulebook, sentences, undo
from weft.core.portal.addresses import with_query
from weft.core.registry.model import EntityType
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, settings_nav
from weft.core.web.settings.role_card import card
from weft.core.web.settings.role_draft import Draft
from weft.core.web.settings.role_preview import preview_of
from weft.core.web.settings.role_words import COLUMNS, MORE, choice_key, choices, short

__all__ = ["HERE", "blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_role", __name__)
HERE = f"{BASE}roles/"
_TABS = ("records", "fields", "actions", "history")


def _state(view: View, **other: Any) -> dict[str, str]:
    """What of the page stands in its address."""
    wanted = {name: view.args.get(name, "") for name in ("tab", "open", "person", "ask")}
    wanted |= {name: str(value) for name, value in other.items()}
    return {name: value for name, value in wanted.items() if value}


def address(role: str, state: dict[str, str], *parts: str) -> str:
    """Address of a role's page in a state."""
    return with_query(HERE + "/".join((role, *parts)) + "/", state)


@route(blueprint, HERE + "<key>/", policy=POLICY, endpoint="role")
def show_role(key: str) -> Response:
    return _page(current(), key)


@route(blueprint, HERE + "<key>/draft/", policy=POLICY, methods=["POST"], endpoint="draft")
def change_draft(key: str) -> Response:
    """One control was used: keep it in the draft and draw the page again."""
    view = current()
    draft = Draft(view, key)
    errors: tuple[FieldError, ...] = ()
    try:
        lists = {name: view.form.getlist(name) for name in view.form}
        draft.apply(view.form, lists)
    except ValidationFailed as error:
        errors = error.errors
    if not view.scripted:
        return view.redirect(address(key, _state(view)))
    return _page(view, key, errors, draft=draft)


@route(blueprint, HERE + "<key>/discard/", policy=POLICY, methods=["POST"], endpoint="discard")
def discard(key: str) -> Response:
    view = current()
    Draft(view, key).discard()
    return view.redirect(address(key, _state(view)))


@route(blueprint, HERE + "<key>/save/", policy=POLICY, methods=["POST"], endpoint="save")
def save(key: str) -> Response:
    """Let the draft hold, for everybody from their next request on."""
    view = current()
    draft = Draft(view, key)
    changes = {entity: (change["before"], change["after"]) for entity, change in draft.changes.items()}
    if not changes:
        return view.redirect(address(key, _state(view)))
    try:
        number = rule_changes.save_rules(view.records, key, changes)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, key, error.errors, status=422)
    except StateConflict as error:
        view.undo_all()
        return _page(view, key, (FieldError("", "conflict", str(error)),), status=409)
    draft.discard()
    view.toast(_("Rights of %(role)s saved") % {"role": draft.role.label}, undo=number)
    return view.redirect(address(key, _state(view)))


# ---- the page


def _page(
    view: View, key: str, errors: tuple[FieldError, ...] = (), *, draft: Draft | None = None, status: int = 200
) -> Response:
    draft = draft or Draft(view, key)
    state = _state(view)
    tab = state.get("tab", "records")
    if tab not in _TABS:
        raise NotFound(tab)
    shown = view.runtime.registry.entities.get(state.get("open", ""))
    held = rights.holders(view.connection, key) if key != draft.role.audience else None
    data: dict[str, Any] = {
        "role": key,
        "tab": tab,
        "tabs": {"label": str(_("Sections")), "tabs": _tabs(view, draft, tab)},
        "includes": [str(view.runtime.registry.roles[one].label) for one in draft.role.includes
                     if one in view.runtime.registry.roles],
        "grid": _grid(view, draft, tab) if tab != "history" else None,
        "card": card(view, draft, shown, state) if shown is not None and tab != "history" else None,
        "history": _history(view, key) if tab == "history" else None,
        "preview": preview_of(view, draft, held) if tab != "history" else None,
        "summary": _summary(draft),
        "errors": [str(error.message) for error in errors],
        "post_url": address(key, state, "draft"),
        "save_url": address(key, state, "save"),
        "discard_url": address(key, state, "discard"),
        "problems": [why for role, _entity, why in rulebook.problems(view.runtime) if role == key],
    }  # fmt: skip
    title = str(draft.role.label)
    crumb = {"url": HERE, "label": str(_("Roles and rights"))}
    head: dict[str, Any] = {
        "title": title, "crumbs": {"links": [crumb]}, "actions": _actions(key), "more": _more(view, key),
    }  # fmt: skip
    if held is not None:
        head["count"] = str(_("%(n)s people") % {"n": view.formats.number(len(held))})
    page = {"title": title, "back": crumb}
    return view.render("settings/role.html", status, page=page, head=head, nav=settings_nav("roles", view), r=data)


def _actions(key: str) -> list[dict[str, Any]]:
    return [
        {"label": str(_("People")), "url": f"{HERE}{key}/people/", "icon": "users"},
        {"label": str(_("Why can…?")), "url": f"{BASE}explain/", "icon": "help-circle"},
    ]


def _more(view: View, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"label": str(_("Copy")), "url": f"{HERE}new/?copy={key}", "icon": "copy"}]
    if key in rulebook.read(view.connection).roles:
        found += [
            {"label": str(_("Rename")), "url": f"{HERE}{key}/edit/", "icon": "pencil"},
            {"label": str(_("Delete")), "url": f"{HERE}{key}/delete/", "icon": "trash", "opens": "post",
             "danger": True},
        ]  # fmt: skip
    return found


def _tabs(view: View, draft: Draft, current_tab: str) -> list[dict[str, Any]]:
    labels: dict[str, Text] = {
        "records": _("Records"), "fields": _("Fields"), "actions": _("Actions"), "history": _("History"),
    }  # fmt: skip
    state = {name: value for name, value in _state(view).items() if name in ("open", "person")}
    return [
        {"label": str(label), "url": address(draft.role.key, state | ({"tab": tab} if tab != "records" else {})),
         "current": tab == current_tab}
        for tab, label in labels.items()
    ]  # fmt: skip


def _entities(draft: Draft) -> list[EntityType]:
    """Kinds of records this role has to do with, as their plugins order them."""
    registry = draft.registry
    with_rules = {grant.entity for grant in (*registry.grants, *registry.declared_grants)
                  if grant.role == draft.role.key}  # fmt: skip
    wanted = with_rules | draft.changes.keys() | {draft.view.args.get("open", "")}
    return [entity for entity in registry.entities.values() if entity.key in wanted]


def _grid(view: View, draft: Draft, tab: str) -> dict[str, Any]:
    """One row per kind of record; on the second tab per action of it."""
    shown = _entities(draft)
    keys = {entity.key for entity in shown}
    others = sorted(
        (one for one in draft.registry.entities.values() if one.key not in keys), key=lambda e: str(e.plural)
    )
    rows = [_row(view, draft, entity, tab) for entity in shown]
    return {
        "columns": [str(label) for label in COLUMNS.values()] if tab == "records" else [],
        "rows": rows,
        "add": [{"value": one.key, "label": str(one.plural)} for one in others],
        "add_url": address(draft.role.key, {}),
        "state": {name: value for name, value in _state(view).items() if name in ("tab", "person")},
    }


def _row(view: View, draft: Draft, entity: EntityType, tab: str) -> dict[str, Any]:
    operations = dict(COLUMNS if tab == "records" else MORE)
    if tab == "actions":
        operations |= {action.key: action.label for action in entity.actions.values()}
    rules, before = draft.rules(entity.key), draft.before(entity.key)
    changed = drafts.differing(before, rules, operations, entity)
    options = choices(draft.registry, entity, draft.role.audience) if tab != "fields" else []
    row: dict[str, Any] = {
        "key": entity.key,
        "label": str(entity.plural),
        "icon": entity.spec.icon,
        "url": address(draft.role.key, _state(view, open=entity.key)),
        "open": view.args.get("open") == entity.key,
        "own": not drafts.same(before, declared_rules(draft.registry, draft.role.key, entity.key)),
        "changed": entity.key in draft.changes,
    }
    if tab == "fields":
        return row | {"fields": _fields_words(entity, rules)}
    return row | {
        "cells": [_cell(draft, entity, operation, label, options, changed) for operation, label in operations.items()]
    }


def _cell(
    draft: Draft, entity: EntityType, operation: str, label: Text, options: list[dict[str, Any]], changed: list[str]
) -> dict[str, Any]:
    scope = drafts.cell(draft.rules(entity.key), operation, entity)
    value = choice_key(scope)
    words = short(draft.registry, entity, scope)
    shown = list(options)
    if operation == "create":
        shown = [one | {"label": str(_("Yes"))} if one["value"] == "all" else one for one in options]
    if value not in {one["value"] for one in shown}:
        shown.insert(0, {"value": "now", "label": words})
        value = "now"
    found = {
        "operation": operation, "label": f"{entity.plural}: {label}", "head": str(label), "options": shown,
        "value": value, "changed": operation in changed, "none": scope is None, "title": words,
    }  # fmt: skip
    if operation in changed:
        found["was"] = short(draft.registry, entity, drafts.cell(draft.before(entity.key), operation, entity))
    return found


def _fields_words(entity: EntityType, rules: list[dict[str, Any]]) -> str:
    """Which fields are read by any of the rules, in few words."""
    reading = [rule for rule in rules if "read" in rule["actions"]]
    if not reading:
        return str(_("none"))
    if any(rule["fields"] is None and not rule["without"] for rule in reading):
        return str(_("all fields"))
    every = {name for name, one in entity.fields.items() if not one.internal}
    names: set[str] = set()
    for rule in reading:
        names |= (every if rule["fields"] is None else set(rule["fields"])) - set(rule["without"])
    return str(_("%(n)s of %(all)s fields") % {"n": len(names & every), "all": len(every)})


def _summary(draft: Draft) -> list[str]:
    """What would change, one line per kind of record: ``Accounts see: Own to Own unit``."""
    found = []
    for key, change in draft.changes.items():
        entity = draft.registry.entities[key]
        labels = {**COLUMNS, **MORE, **{one.key: one.label for one in entity.actions.values()}}
        changed = drafts.differing(change["before"], change["after"], labels, entity)
        for operation in changed:
            pair = [
                short(draft.registry, entity, drafts.cell(change[side], operation, entity))
                for side in ("before", "after")
            ]
            slots = {"entity": entity.plural, "what": str(labels[operation]).lower(), "old": pair[0], "new": pair[1]}
            found.append(str(_("%(entity)s %(what)s: %(old)s to %(new)s") % slots))
        if not changed:
            found.append(str(_("%(entity)s: fields") % {"entity": entity.plural}))
    return found


def _history(view: View, key: str) -> list[dict[str, Any]]:
    entries = [
        entry
        for entry in audit.entries(view.connection, action="rights", limit=200)
        if key in (entry.changes.get("role") or ())
    ]
    names = people.people(view.connection, audit.subjects(entries))
    rows: list[dict[str, Any]] = []
    for entry in entries:
        row: dict[str, Any] = {
            "title": sentences.sentence(entry, names, view.runtime.registry),
            "sub": view.formats.datetime(entry.at),
            "icon": "shield-check",
            "plain": True,
        }
        if entry.undone:
            row["chip"] = str(_("undone"))
        elif entry.action in undo.UNDOABLE:
            url = view.page("undo", entry.change_set_id)
            hidden = {"next": address(key, {"tab": "history"})}
            row["action"] = {"label": str(_("Undo")), "url": url, "opens": "post", "button": True, "hidden": hidden}
        rows.append(row)
    return rows
