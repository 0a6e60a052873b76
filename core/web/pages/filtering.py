"""Routes of filters: the menu of a chip, and the builder with groups."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field
from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.web.lists.builder import built_of, drawn, read_form
from weft.core.web.lists.chips import filter_form, filterable
from weft.core.web.lists.state import ListState
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("filtering", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"


def _fields(view: View, state: ListState) -> dict[str, Field]:
    readable = AccessPolicy.of(view.runtime).access(view.principal, state.entity.key, "read").names
    return filterable(view, state, readable)


@route(blueprint, _BASE + "filter", policy="record", endpoint="filter")
def show_filter(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    fields = _fields(view, state)
    name = view.args.get("field", "")
    if not name:
        rows = [{"label": str(f.label), "url": state.url("filter", field=key)} for key, f in fields.items()]
        return view.fragment_of("wf/list.html", "filter_fields", rows, state.url("build"))
    if name not in fields:
        raise NotFound(name)
    form = filter_form(view, state, fields[name], view.args.get("old", ""))
    return view.fragment_of("wf/list.html", "filter_form", form)


@route(blueprint, _BASE + "build", policy="record", endpoint="build")
def build(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    if "do" not in view.args:
        state = state_of(view, entity)
        fields = _fields(view, state)
        built = built_of(state.filters, fields)
    else:
        # The form carries the list as hidden parameters and its filters as rows of its own.
        given = [pair for pair in view.args.items(multi=True) if not _own(pair[0])]
        state = state_of(view, entity, given)
        fields = _fields(view, state)
        built = read_form(view.args, fields)
        if view.args["do"] == "apply":
            return view.redirect(replace(state, filters=built.filters(), cursor="").url())
    builder = drawn(view, state, built, fields)
    if view.target == "wf-build":
        return view.fragment_of("wf/builder.html", "builder", builder)
    if view.target == "wf-dialog":
        dialog = {"title": str(_("Filter")), "sub": str(entity.plural)}
        return view.render("pages/builder_dialog.html", dialog=dialog, builder=builder)
    page = {"title": str(_("Filter")), "back": {"url": state.url(), "label": str(entity.plural)}}
    return view.render("pages/builder.html", page=page, builder=builder)


def _own(name: str) -> bool:
    return name in ("do", "kept") or name.startswith("c-")
