"""Answers of pickers: what a reference, person or unit field offers while one types; mentions; any record for links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.errors import NotFound, QueryError
from weft.core.i18n import in_script, translator
from weft.core.identity import people, units
from weft.core.records.dormant import dormant_field
from weft.core.registry.model import EntityType
from weft.core.web.pages.resolve import entity_at
from weft.core.web.policies import may
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import Values, face, header_fields, other_lang, title_names

__all__ = ["blueprint", "search_entities"]

_ = translator("core")

blueprint = Blueprint("pick", __name__)
_MOST = 12
_PER_ENTITY = 5


@route(blueprint, "/<portal>/pick/<plugin>/<slug>/<name>/", policy="record", endpoint="field", quota="typing")
def pick_field(portal: str, plugin: str, slug: str, name: str) -> Response:
    if plugin == "any":
        view = current()
        return _any_record(view, entity_at(slug, name)[1])
    if plugin == "action":
        return _action_field(slug, name)
    view, entity = entity_at(plugin, slug)
    declared = entity.fields.get(name) or header_fields().get(name)
    if declared is None or (name in entity.fields and name not in _known(view, entity)):
        raise NotFound(name)
    return _options(view, declared)


def _known(view: View, entity: EntityType) -> frozenset[str]:
    """Names of fields that exist for the viewer: those that may be read, or written, in some row."""
    policy = AccessPolicy.of(view.runtime)
    every = (policy.access(view.principal, entity.key, one).cells for one in ("read", "create", "update"))
    return frozenset(name for cells in every for name in cells)


def _action_field(key: str, name: str) -> Response:
    view = current()
    action = view.runtime.registry.actions.get(key)
    if action is None or name not in action.fields or not may(view.runtime, view.principal, action.key, action.entity):
        raise NotFound(name)
    return _options(view, action.fields[name].named(name))


def _options(view: View, declared: Field) -> Response:
    typed = view.args.get("q", "").strip()[:100]
    filtering = view.args.get("filter") == "1"
    if declared.kind is Kind.USER:
        rows = _people(view, typed, filtering)
        return view.fragment_of("wf/field.html", "picker_options", rows)
    if declared.kind is Kind.UNIT:
        return view.fragment_of("wf/field.html", "picker_options", _units(view, typed))
    if declared.kind is not Kind.REFERENCE:
        raise NotFound(declared.name)
    targets = [e for e in view.runtime.registry.targets(declared) if may(view.runtime, view.principal, "read", e.key)]
    rows = search_entities(view, targets, typed, _MOST, declared.values, declared.only)
    create = None if filtering else _create(view, declared, targets, typed)
    return view.fragment_of("wf/field.html", "picker_options", rows, create)


def _create(view: View, declared: Field, targets: list[EntityType], typed: str) -> dict[str, str] | None:
    """Making the missing record in place, where the viewer may."""
    if len(targets) != 1 or declared.values or not typed:
        return None
    target = targets[0]
    if not may(view.runtime, view.principal, "create", target.key):
        return None
    label = _("Create “%(name)s”") % {"name": typed}
    return {"label": str(label), "url": view.url(target.key, "new", pick="1", title=typed)}


def _chosen(view: View) -> set[int]:
    return {int(part) for part in view.args.get("chosen", "").split(",") if part.isdigit()}


def search_entities(
    view: View,
    entities: list[EntityType],
    typed: str,
    limit: int,
    list_key: str | None = None,
    only: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Records of some entities by words of their title, each through its own row rule; one query per entity."""
    values = Values(view.runtime.registry, view.portal_key)
    left_out = _chosen(view)
    several = len(entities) > 1
    found: list[dict[str, Any]] = []
    for entity in entities:
        listed = {"list_key": list_key, "status": "active"} if list_key and entity.key == "core.value" else None
        filters = listed or (dict(only) if only else {})
        dormant = dormant_field(entity, AccessPolicy.of(view.runtime).access(view.principal, entity.key))
        if dormant:
            filters = {**filters, f"{dormant}__ne": "true"}
        sort = "position" if listed else None
        try:
            page = view.records.query(
                entity.key,
                fields=title_names(entity),
                filters=filters or None,
                search=typed or None,
                limit=_PER_ENTITY if several else limit,
                sort=sort,
            )
        except QueryError:
            continue
        for row in page.rows:
            if row.id in left_out:
                continue
            title, other = values.title(row, entity)
            shown: dict[str, Any] = {"id": row.id, "title": title, "icon": entity.spec.icon}
            if entity.key != "core.value":
                shown["url"] = view.url(entity.key, row.id, "peek")
            seen = values.record_face(entity.key, row.id, title)
            if seen:
                shown["face"] = seen
            if other:
                shown |= {"other": other, "other_lang": other_lang(other)}
            if several:
                shown["note"] = str(entity.label)
            found.append(shown)
    return found[: limit if not several else 40]


def _any_record(view: View, entity: EntityType) -> Response:
    """Any record one may read and link to."""
    typed = view.args.get("q", "").strip()[:100]
    readable = [
        other
        for other in view.runtime.registry.entities.values()
        if other.plugin != "core"
        and other.has("links")
        and view.args.get("only", other.key) == other.key
        and may(view.runtime, view.principal, "read", other.key)
    ]
    rows = search_entities(view, readable, typed, _MOST) if typed else []
    return view.fragment_of("wf/field.html", "picker_options", rows)


def _people(view: View, typed: str, filtering: bool) -> list[dict[str, Any]]:
    if not view.principal.internal:
        return []
    rows = []
    if filtering and (not typed or typed.lower() in str(_("me"))):
        rows.append({"id": "me", "title": str(_("me")), "icon": "user"})
    for person in people.find_people(view.connection, typed, limit=_MOST):
        name, other = person.shown()
        row: dict[str, Any] = {"id": person.id, "title": name, "face": face(person.id, name)}
        if other:
            row |= {"other": other, "other_lang": other_lang(other)}
        rows.append(row)
    return rows


def _units(view: View, typed: str) -> list[dict[str, Any]]:
    if not view.principal.internal:
        return []
    rows = []
    for unit in units.list_units(view.connection, now=view.runtime.clock()):
        names = f"{unit.name} {unit.name_alt}".lower()
        if unit.active and typed.lower() in names:
            rows.append({"id": unit.id, "title": in_script(unit.name, unit.name_alt)[0], "icon": "sitemap"})
    return rows[:_MOST]


@route(blueprint, "/<portal>/pick/people/", policy="signed_in", endpoint="people", quota="typing")
def pick_people(portal: str) -> Response:
    view = current()
    rows = _people(view, view.args.get("q", "").strip()[:100], False)
    return view.fragment_of("wf/field.html", "picker_options", rows)
