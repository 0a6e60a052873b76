"""Why can somebody (not) do this? Asked about anybody by those with the role for it, about oneself from a refused page.

Names of records appear only as far as the one who asks may read them; who asks about a whole kind is told of no record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.access.decide import OPERATION_LABELS
from weft.core.access.explain import explain
from weft.core.access.explain_entity import explain_entity, readers_of
from weft.core.errors import NotFound, QueryError
from weft.core.i18n import Text, in_script, translator
from weft.core.identity import people
from weft.core.registry.core_plugin import ADMIN, EXPLAIN
from weft.core.registry.model import EntityType
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, settings_nav
from weft.core.web.values import face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("explaining", __name__)
_HERE = f"{BASE}explain/"
_POLICY = f"role:{EXPLAIN}"


def _page(view: View, blocks: list[dict[str, Any]], title: Text, crumbs: Sequence[dict[str, str]] = ()) -> Response:
    head: dict[str, Any] = {"title": str(title)}
    if crumbs:
        head["crumbs"] = {"links": list(crumbs)}
    page = {"title": str(title), **({"back": crumbs[-1]} if crumbs else {})}
    nav = settings_nav("roles", view) if view.principal.has_role(ADMIN) and view.path.startswith(BASE) else None
    return view.render("settings/page.html", page=page, head=head, nav=nav, blocks=blocks)


def _crumbs(view: View) -> list[dict[str, str]]:
    if not view.principal.has_role(ADMIN):
        return []
    return [{"url": f"{BASE}roles/", "label": str(_("Roles and rights"))}]


# ---- about anybody


@route(blueprint, _HERE, policy=_POLICY, endpoint="ask")
def show_question() -> Response:
    """The question as a form, and the answer below it."""
    view = current()
    blocks: list[dict[str, Any]] = [{"kind": "form", "form": _question(view)}]
    if view.args.get("entity") or view.args.get("record"):
        try:
            blocks += _answer(view)
        except (NotFound, QueryError) as error:
            text = str(error) if isinstance(error, QueryError) else _("This person or record cannot be found.")
            blocks.append({"kind": "note", "text": str(text), "tone": "stop"})
    return _page(view, blocks, _("Why can somebody (not) do this?"), _crumbs(view))


def _number(view: View, name: str) -> int | None:
    text = view.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 16 else None


def _question(view: View) -> dict[str, Any]:
    person, record = _number(view, "person"), _number(view, "record")
    known = people.people(view.connection, [person] if person is not None else [])
    chosen = [{"id": key, "title": one.shown()[0], "face": face(key, one.shown()[0])} for key, one in known.items()]
    titles = view.records.titles([record]) if record is not None else {}
    records = [{"id": key, "title": ref.title} for key, ref in titles.items() if not ref.restricted]
    entities = sorted(view.runtime.registry.entities.values(), key=lambda one: str(one.plural))
    kinds = [{"value": one.key, "label": str(one.plural)} for one in entities]
    entity = view.runtime.registry.entities.get(view.args.get("entity", ""))
    operations = [{"value": key, "label": str(label)} for key, label in OPERATION_LABELS.items()]
    if entity is not None:
        operations += [{"value": one.key, "label": str(one.label)} for one in entity.actions.values()]
    fields: list[dict[str, Any]] = [
        {"name": "person", "kind": "reference", "label": str(_("Person")), "required": False, "selected": chosen,
         "search_url": view.page("pick", "people"), "help": str(_("Empty: yourself."))},
        {"name": "entity", "kind": "choice", "label": str(_("Kind of record")), "value": view.args.get("entity", ""),
         "choices": kinds, "width": "half", "required": False},
        {"name": "operation", "kind": "choice", "label": str(_("What")), "choices": operations, "width": "half",
         "value": view.args.get("operation", "read")},
        {"name": "record", "kind": "reference", "label": str(_("One record")), "required": False, "selected": records,
         "search_url": "/employee/pick/core/events/about/",
         "help": str(_("Only records that you may read yourself."))},
    ]  # fmt: skip
    if entity is not None and record is not None:
        named = [{"value": name, "label": str(one.label)} for name, one in entity.fields.items() if not one.internal]
        fields.append({"name": "field", "kind": "choice", "label": str(_("Field")), "choices": named,
                       "required": False, "value": view.args.get("field", "")})  # fmt: skip
    return {"action": _HERE, "method": "get", "fields": fields, "submit": str(_("Explain")), "plain": True}


def _answer(view: View) -> list[dict[str, Any]]:
    person, record = _number(view, "person"), _number(view, "record")
    operation = view.args.get("operation") or "read"
    if record is not None:
        told = explain(view.records, record, operation, person, field=view.args.get("field") or None)
        hidden = [_field(view.entity(told.entity), name) for name in told.hidden_fields]
        blocks = _told(told.allowed, told.user, told.sentences, told.change)
        if hidden:
            names = str(_(", ")).join(hidden)
            blocks.append({"kind": "note", "text": str(_("Fields not readable here: %(names)s") % {"names": names})})
        return blocks
    found = explain_entity(view.records, view.args["entity"], operation, person)
    name = in_script(found.user.name, found.user.name_alt)[0]
    blocks = _told(found.allowed, name, found.sentences, found.change)
    if found.role and view.principal.has_role(ADMIN) and found.user.user_id is not None:
        blocks[0]["actions"] = [
            {"label": str(_("To the person")), "url": f"{BASE}users/{found.user.user_id}/"},
            {"label": str(_("To the role")), "url": f"{BASE}roles/{found.role}/"},
        ]
    return blocks


def _field(entity: EntityType, name: str) -> str:
    return str(entity.fields[name].label) if name in entity.fields else name


def _told(allowed: bool, name: str, sentences: Sequence[Text], change: Text) -> list[dict[str, Any]]:
    """The answer: yes or no with the sentence that would alter it, then the rules."""
    title = _("%(name)s: yes") if allowed else _("%(name)s: no")
    text = change or _("Allowed by the rules below.")
    rows = [{"title": str(one), "icon": "shield-check", "plain": True} for one in sentences]
    return [
        {"kind": "note", "title": str(title % {"name": name}), "text": str(text), "tone": "ok" if allowed else "warn"},
        {"kind": "panel", "panel": {"title": str(_("The rules that decide")), "rows": rows, "full": True}},
    ]


# ---- who reads a field


@route(blueprint, _HERE + "field/", policy=_POLICY, endpoint="field")
def show_readers() -> Response:
    """Per kind of records and field: roles and how many people read it."""
    view = current()
    registry = view.runtime.registry
    entity = registry.entities.get(view.args.get("entity", ""))
    name = view.args.get("field", "")
    entities = sorted(registry.entities.values(), key=lambda one: str(one.plural))
    fields: list[dict[str, Any]] = [
        {"name": "entity", "kind": "choice", "label": str(_("Kind of record")), "value": entity.key if entity else "",
         "choices": [{"value": one.key, "label": str(one.plural)} for one in entities], "width": "half"},
    ]  # fmt: skip
    if entity is not None:
        named = [{"value": key, "label": str(one.label)} for key, one in entity.fields.items() if not one.internal]
        fields.append({"name": "field", "kind": "choice", "label": str(_("Field")), "choices": named, "value": name,
                       "required": False, "width": "half"})  # fmt: skip
    form = {"action": f"{_HERE}field/", "method": "get", "fields": fields, "submit": str(_("Show")), "plain": True}
    blocks: list[dict[str, Any]] = [{"kind": "form", "form": form}]
    if entity is not None:
        blocks.append(_readers(view, entity, name) if name in entity.fields else _overview(view, entity))
    return _page(view, blocks, _("Who can see this field?"), _crumbs(view))


def _readers(view: View, entity: EntityType, name: str) -> dict[str, Any]:
    found, number = readers_of(view.records, entity.key, name)
    roles = view.runtime.registry.roles
    rows = [
        {
            "title": str(roles[one.role].label),
            "sub": str(one.rows),
            "icon": "shield-check",
            "url": f"{BASE}roles/{one.role}/?tab=fields&open={entity.key}",
            "end": {"text": str(_("%(n)s people") % {"n": view.formats.number(one.people)})},
        }
        for one in found
    ]
    title = _("%(field)s: %(n)s people can see it") % {"field": entity.fields[name].label, "n": number}
    empty = {"title": str(_("Nobody can see it."))}
    return {
        "kind": "panel",
        "panel": {"title": str(title), "rows": rows, "rows_two": True, "full": True, "empty": empty},
    }


def _overview(view: View, entity: EntityType) -> dict[str, Any]:
    rows = []
    for name, one in entity.fields.items():
        if not one.internal:
            found, number = readers_of(view.records, entity.key, name)
            labels = [str(view.runtime.registry.roles[reader.role].label) for reader in found]
            rows.append(
                {
                    "title": str(one.label),
                    "sub": str(_(", ")).join(labels) or str(_("Nobody can see it.")),
                    "url": f"{_HERE}field/?entity={entity.key}&field={name}",
                    "icon": "eye",
                    "end": {"text": str(_("%(n)s people") % {"n": view.formats.number(number)})},
                }
            )
    return {"kind": "panel", "panel": {"title": str(entity.plural), "rows": rows, "rows_two": True, "full": True}}


# ---- about oneself


@route(blueprint, "/<portal>/explain/", policy="portal:employee", endpoint="self")
def show_own(portal: str) -> Response:
    """What one's own rules say about a page that was refused, or about a record that one may read."""
    view = current()
    record = _number(view, "record")
    if record is not None:
        told = explain(view.records, record, view.args.get("operation") or "read")
        name = in_script(view.principal.name, view.principal.name_alt)[0]
        return _page(view, _told(told.allowed, name, told.sentences, told.change), _("Which rule?"))
    entity = _entity_of(view, view.args.get("at", ""))
    if entity is None:
        raise NotFound("explain")
    found = explain_entity(view.records, entity.key)
    name = in_script(view.principal.name, view.principal.name_alt)[0]
    if not found.allowed:
        return _page(view, _told(False, name, found.sentences, found.change), _("Which rule?"))
    title = _(
        "Your rules cover some of these records. One that none of them covers looks to you as if it did not exist."
    )
    rows = [{"title": str(one), "icon": "shield-check", "plain": True} for one in found.sentences]
    panel = {"title": str(_("Your rules for %(kind)s") % {"kind": entity.plural}), "rows": rows, "full": True}
    return _page(view, [{"kind": "note", "text": str(title)}, {"kind": "panel", "panel": panel}], _("Which rule?"))


def _entity_of(view: View, path: str) -> EntityType | None:
    """The kind of records an address of the employee portal is about."""
    parts = path.split("/")
    if len(parts) < 4 or parts[1] != "employee":
        return None
    return view.runtime.registry.by_slug(parts[2], parts[3])
