"""Routes that link a record to any other one, and end such links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from weft.core.db.fields import Field, Kind
from weft.core.errors import FieldError, NotFound, QueryError, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.records.values import RefValue
from weft.core.registry.model import EntityType
from weft.core.web.forms.fields import FormField
from weft.core.web.pages.actions import after_write, title_of
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.record.graph import picture
from weft.core.web.record.head import RecordHead
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint", "directions_of"]

_ = translator("core")

blueprint = Blueprint("links", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/"


@route(blueprint, _BASE + "link", policy="record", endpoint="ask_link")
def show_link(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    require_operation(view, entity, "link", record_id)
    row = view.records.get(entity.key, record_id)
    return _link_form(view, entity, row, {})


def _link_form(
    view: View, entity: EntityType, row: Any, values: Mapping[str, Any], errors: tuple[FieldError, ...] = ()
) -> Response:
    directions = directions_of(view, entity)
    asked = view.args.get("relation") or values.get("relation") or directions[0][0]
    messages = {error.field: error.message for error in reversed(errors)}
    target = FormField(view, (entity.plugin, entity.slug)).field(
        Field(Kind.REFERENCE, _("Record"), name="target", required=True, to=("*",)),
        values.get("target"),
        error=messages.get("target"),
    )
    target |= {"search_url": view.page("pick", "any", entity.plugin, entity.slug), "autofocus": True}
    target.pop("create_url", None)
    options = [{"value": key, "label": label} for key, label in directions]
    fields = [
        target,
        {
            "name": "relation", "kind": "choice", "as_select": True, "label": str(_("Linked as")), "choices": options,
            "value": asked, "required": True,
        },
        {
            "name": "label", "kind": "text", "label": str(_("In words")), "required": False, "max_length": 80,
            "value": values.get("label", ""), "help": str(_("For example: supplier of the pumps.")),
        },
    ]  # fmt: skip
    form = {
        "action": view.url(entity.key, row.id, "link"),
        "fields": fields,
        "submit": str(_("Link")),
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }
    dialog = {"title": str(_("Link to…")), "sub": title_of(view, entity, row)}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


def directions_of(view: View, entity: EntityType) -> list[tuple[str, str]]:
    """Links people may make from an entity, with their words; those written by a field are left out."""
    found = []
    for relation, reverse in view.runtime.registry.relations_of(entity.key):
        if relation.field:
            continue
        key, label = (relation.inverse, relation.inverse_label) if reverse else (relation.key, relation.label)
        found.append((key, str(label)))
    return sorted(found, key=lambda pair: not pair[0].startswith("core.")) or [("core.linked", str(_("Linked to")))]


@route(blueprint, _BASE + "link", policy="record", methods=["POST"], endpoint="link")
def link(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    target, relation = view.form.get("target", ""), view.form.get("relation", "")
    label = view.form.get("label", "").strip()
    try:
        if not target.isdigit():
            raise ValidationFailed.single("target", "required", _("Choose the other record."))
        attributes = {"label": label} if label and _takes_label(view, relation) else None
        view.records.link(relation, record_id, int(target), attributes=attributes)
    except (ValidationFailed, QueryError) as error:
        view.undo_all()
        errors = (
            error.errors if isinstance(error, ValidationFailed) else (FieldError("relation", "invalid", str(error)),)
        )
        chosen: RefValue | None = None
        if target.isdigit():
            chosen = view.records.titles([int(target)]).get(int(target))
        return _link_form(view, entity, row, {"target": chosen, "relation": relation, "label": label}, errors)
    other = view.records.titles([int(target)]).get(int(target))
    names = {"title": title_of(view, entity, row), "other": in_script(other.title, other.alt)[0] if other else target}
    return after_write(view, _("%(title)s linked to %(other)s") % names, view.url(entity.key, record_id))


def _takes_label(view: View, relation: str) -> bool:
    try:
        declared, _reverse = view.runtime.registry.relation(relation)
    except KeyError:
        return False
    return "label" in declared.attributes


@route(blueprint, _BASE + "unlink", policy="record", methods=["POST"], endpoint="unlink")
def unlink(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    target, ordinal = view.form.get("target", ""), view.form.get("ordinal", "0")
    if not target.isdigit() or not ordinal.isdigit():
        raise NotFound("target")
    view.records.unlink(view.form.get("relation", ""), record_id, int(target), ordinal=int(ordinal))
    message = _("A link of %(title)s was removed") % {"title": title_of(view, entity, row)}
    return after_write(view, message, view.url(entity.key, record_id))


# ---- the picture


@route(blueprint, _BASE + "graph", policy="record", endpoint="graph")
def show_graph(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    """What surrounds the record, as a part of its page or as a page of its own."""
    view, entity = entity_at(plugin, slug)
    head = RecordHead(view, entity, view.records.get(entity.key, record_id))
    depth = 2 if view.args.get("depth") == "2" else 1
    graph = picture(head, depth)
    if view.fragment:
        return view.fragment_of("wf/graph.html", "graph", graph)
    page = {"title": str(_("Picture")), "back": {"url": head.url(tab="links"), "label": head.title}}
    return view.render("pages/graph.html", page=page, graph=graph)
