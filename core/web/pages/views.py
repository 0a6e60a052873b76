"""Routes of saved views: keep the list as it is set up, change it, share it, pin it, make it the first, delete it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from weft.core.collaboration import views as saved
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import preferences, units
from weft.core.registry.model import EntityType
from weft.core.web.lists.columns import chosen_columns, columns_key
from weft.core.web.lists.pins import set_first, set_pinned
from weft.core.web.lists.state import ListState, SavedView
from weft.core.web.lists.table import TableList
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("views", __name__)
_BASE = "/<portal>/<plugin>/<slug>/views"


def _kept(view: View, state: ListState) -> dict[str, Any]:
    """What is kept of a list: not the page one is on, nor the words typed into search."""
    columns = chosen_columns(view, state, TableList(view, state).readable)
    return {
        "filters": [list(pair) for pair in state.filters],
        "columns": [f"{one.name}:{one.width}" if one.width else one.name for one in columns],
        "sort": state.sort,
        "layout": state.layout,
        "by": state.by if state.layout == "board" else "",
        "total": state.total,
        "date": state.date,
        "end": state.end,
        "zoom": state.zoom,
        "group": state.group,
        "page": state.view.page,
    }


# ---- the dialog


@route(blueprint, _BASE, policy="record", endpoint="ask")
def show_save(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    given = {"name": "", "audience": "", "first": False, "pinned": False}
    return _form(view, entity, state.url("views"), given)


@route(blueprint, _BASE + "/<int:number>/edit", policy="record", endpoint="ask_edit")
def show_edit(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    state, kept = state_of(view, entity), saved.find(view.records, number)
    given = {"name": kept.name, "audience": kept.audience}
    return _form(view, entity, state.url("views", number, "edit"), given)


def _form(
    view: View, entity: EntityType, action: str, given: dict[str, Any], errors: tuple[FieldError, ...] = ()
) -> Response:
    """The dialog of a view; a new one also asks whether it comes first and is pinned."""
    wrong = {error.field: str(error.message) for error in errors}
    fields: list[dict[str, Any]] = [
        {"name": "name", "kind": "text", "label": str(_("Name of the view")), "max_length": 80,
         "value": given["name"], "autofocus": True, "error": wrong.get("name")},
    ]  # fmt: skip
    if view.principal.internal:
        fields.append(
            {"name": "audience", "kind": "choice", "as_select": True, "label": str(_("Who sees it")),
             "value": given["audience"], "choices": _audiences(view), "placeholder": str(_("Only me")),
             "required": False, "error": wrong.get("audience")}
        )  # fmt: skip
    if "first" in given:
        labels = {"first": _("Show this view first"), "pinned": _("Pin under Home")}
        fields += [
            {"name": name, "kind": "boolean", "label": str(label), "value": given[name]}
            for name, label in labels.items()
        ]
    form = {"action": action, "fields": fields, "submit": str(_("Save view"))}
    dialog = {"title": str(_("Save view")), "sub": str(entity.plural), "size": "small"}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


def _audiences(view: View) -> list[dict[str, str]]:
    """Everybody, the roles of the company, its units."""
    found = [{"value": "all", "label": str(_("Everyone in the company"))}]
    for role in view.runtime.registry.roles.values():
        if role.audience == view.principal.audience:
            label = _("Role: %(name)s") % {"name": role.label}
            found.append({"value": f"role:{role.key}", "label": str(label)})
    for unit in units.list_units(view.connection, now=view.runtime.clock()):
        if unit.active:
            label = _("Unit: %(name)s") % {"name": in_script(unit.name, unit.name_alt)[0]}
            found.append({"value": f"unit:{unit.id}", "label": str(label)})
    return found


def _given(view: View) -> dict[str, Any]:
    ticked = {name: view.form.getlist(name)[-1:] == ["1"] for name in ("first", "pinned")}
    return {"name": view.form.get("name", ""), "audience": view.form.get("audience", ""), **ticked}


# ---- writing


@route(blueprint, _BASE, policy="record", methods=["POST"], endpoint="save")
def save(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state, given = state_of(view, entity), _given(view)
    try:
        kept = saved.save(view.records, entity.key, given["name"], _kept(view, state), audience=given["audience"])
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, entity, state.url("views"), given, error.errors)
    made = replace(state, view=SavedView(f"own:{kept.id}", kept.name, page=state.view.page))
    if given["first"]:
        set_first(view, made, True)
    if given["pinned"]:
        set_pinned(view, made, True)
    _forget_columns(view, state)
    view.toast(_("View %(name)s saved") % {"name": kept.name})
    return view.redirect(view.url(entity.key, view=f"own:{kept.id}"))


def _forget_columns(view: View, state: ListState) -> None:
    """Columns chosen on a view belong to what was saved now; the tab they were tried on is as it was."""
    if view.principal.user_id is not None:
        preferences.put(view.connection, view.principal.user_id, columns_key(state), None)


@route(blueprint, _BASE + "/<int:number>", policy="record", methods=["POST"], endpoint="store")
def store(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    state, old = state_of(view, entity), saved.find(view.records, number)
    state_now = _kept(view, state)
    kept = saved.save(view.records, entity.key, old.name, state_now, audience=old.audience, view_id=number)
    _forget_columns(view, replace(state, view=replace(state.view, key=f"own:{number}")))
    view.toast(_("View %(name)s saved") % {"name": kept.name})
    return view.redirect(view.url(entity.key, view=f"own:{kept.id}"))


@route(blueprint, _BASE + "/<int:number>/edit", policy="record", methods=["POST"], endpoint="edit")
def edit(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    given = {"name": view.form.get("name", ""), "audience": view.form.get("audience", "")}
    action = state_of(view, entity).url("views", number, "edit")
    try:
        kept = saved.rename(view.records, number, given["name"], given["audience"])
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, entity, action, given, error.errors)
    view.toast(_("View %(name)s saved") % {"name": kept.name})
    return view.redirect(view.url(entity.key, view=f"own:{kept.id}"))


@route(blueprint, _BASE + "/<int:number>/delete", policy="record", methods=["POST"], endpoint="delete")
def delete(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    saved.remove(view.records, number)
    view.toast(_("View deleted"))
    return view.redirect(view.url(entity.key))


# ---- the first view, and pinned ones


def _named(view: View, entity: EntityType, key: str) -> ListState:
    """The state with the tab of a key, ``-`` for the one without.

    Raises:
        NotFound: the viewer has no such tab.
    """
    state = state_of(view, entity)
    wanted = "" if key == "-" else key
    tab = next((tab for tab in state.tabs if tab.key == wanted), None)
    if tab is None:
        raise NotFound("view")
    return replace(state, view=tab)


@route(blueprint, _BASE + "/first/<key>", policy="record", methods=["POST"], endpoint="first")
def make_first(portal: str, plugin: str, slug: str, key: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = _named(view, entity, key)
    on = not (state.first == state.view.key and state.view.key)
    set_first(view, state, on)
    done = _("%(name)s is now shown first") if on else _("%(name)s is no longer shown first")
    view.toast(done % {"name": state.view.label})
    return view.redirect(state.url())


@route(blueprint, _BASE + "/pin/<key>", policy="record", methods=["POST"], endpoint="pin")
def pin(portal: str, plugin: str, slug: str, key: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = _named(view, entity, key)
    on = set_pinned(view, state, None)
    done = _("%(name)s is pinned under Home") if on else _("%(name)s was taken off the menu")
    view.toast(done % {"name": state.view.label})
    return view.redirect(state.url())
