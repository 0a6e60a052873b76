"""Routes of saved views: keep the list as it is set up, change it, share it, delete it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.collaboration import views as saved
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.registry.model import EntityType
from weft.core.web.lists.state import ListState
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("views", __name__)
_BASE = "/<portal>/<plugin>/<slug>/views"


def _kept(state: ListState) -> dict[str, Any]:
    """What is kept of a list: not the page one is on, nor the words typed into search."""
    return {
        "filters": [list(pair) for pair in state.filters],
        "sort": state.sort,
        "layout": state.layout,
        "by": state.by if state.layout == "board" else "",
        "page": state.view.page,
    }


@route(blueprint, _BASE, policy="record", endpoint="ask")
def show_save(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    return _form(view, entity, state_of(view, entity), "")


def _form(view: View, entity: EntityType, state: ListState, name: str, error: object = None) -> Response:
    fields: list[dict[str, Any]] = [
        {"name": "name", "kind": "text", "label": str(_("Name of the view")), "max_length": 80, "value": name,
         "autofocus": True},
    ]  # fmt: skip
    if error:
        fields[0]["error"] = str(error)
    if view.principal.internal:
        fields.append({"name": "shared", "kind": "boolean", "label": str(_("Colleagues see it too")), "value": False})
    form = {"action": state.url("views"), "fields": fields, "submit": str(_("Save view"))}
    dialog = {"title": str(_("Save view")), "sub": str(entity.plural), "size": "small"}
    return view.render("pages/form_dialog.html", 422 if error else 200, dialog=dialog, form=form)


@route(blueprint, _BASE, policy="record", methods=["POST"], endpoint="save")
def save(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    name, shared = view.form.get("name", ""), view.form.getlist("shared")[-1:] == ["1"]
    try:
        kept = saved.save(view.records, entity.key, name, _kept(state), shared=shared)
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, entity, state, name, error.errors[0].message)
    view.toast(_("View %(name)s saved") % {"name": kept.name})
    return view.redirect(view.url(entity.key, view=f"own:{kept.id}"))


@route(blueprint, _BASE + "/<int:number>", policy="record", methods=["POST"], endpoint="store")
def store(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    kept = saved.save(view.records, entity.key, str(state.view.label), _kept(state), view_id=number)
    view.toast(_("View %(name)s saved") % {"name": kept.name})
    return view.redirect(view.url(entity.key, view=f"own:{kept.id}"))


@route(blueprint, _BASE + "/<int:number>/delete", policy="record", methods=["POST"], endpoint="delete")
def delete(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    saved.remove(view.records, number)
    view.toast(_("View deleted"))
    return view.redirect(view.url(entity.key))
