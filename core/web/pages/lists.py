"""Routes of generated lists: the page, its next rows, filter menus, columns, cells edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from weft.core.access.policy import AccessPolicy
from weft.core.collaboration import views as saved
from weft.core.db.fields import Field
from weft.core.errors import Conflict, NotFound, QueryError, RateLimited, ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.identity import preferences
from weft.core.records.filters import alternatives
from weft.core.records.paging import CAPPED
from weft.core.records.values import Count, Row
from weft.core.registry.model import EntityType
from weft.core.web import quotas
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import posted_value
from weft.core.web.lists.board import BoardList, board_fields
from weft.core.web.lists.chips import split_key
from weft.core.web.lists.columns import cell_of, store_columns
from weft.core.web.lists.days import CalendarList, TimelineList, day_fields
from weft.core.web.lists.page import (
    bulk_bar,
    dormant_link,
    empty_state,
    foot_label,
    list_head,
    list_title,
    page_data,
    total_options,
    view_tabs,
)
from weft.core.web.lists.state import ListState, SavedView, preference_key, read_state, saved_views
from weft.core.web.lists.table import TableList, count_text, filters_bar, writable_names
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.record import trail
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["blueprint", "list_title", "state_of"]

_ = translator("core")

blueprint = Blueprint("lists", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"


def state_of(view: View, entity: EntityType, query: list[tuple[str, str]] | None = None) -> ListState:
    """The state of the list that an address describes: that of the request, or the query given."""
    own = [_own_view(one) for one in saved.saved_views(view.records, entity.key)]
    readable = AccessPolicy.of(view.runtime).access(view.principal, entity.key, "read").names
    known = saved_views(view.runtime.registry, entity, view.principal.roles, own)
    # A declared view that filters by what the viewer may not read does not exist for them.
    views = [one for one in known if _named(one.filters) <= readable]
    args = list(view.args.items(multi=True)) if query is None else query
    state = read_state(
        view.runtime.registry, entity, view.portal_key, args, views, _kept(view, entity),
        view.principal.user_id,
    )  # fmt: skip
    dormant = entity.spec.dormant
    return replace(state, dormant=dormant) if dormant in readable else state


def _kept(view: View, entity: EntityType) -> Mapping[str, Any]:
    """What the person keeps for a list: columns by view, and which view comes first."""
    if view.principal.user_id is None:
        return {}
    return preferences.get_all(view.connection, view.principal.user_id, preference_key(entity.key, ""))


def _named(filters: Iterable[tuple[str, str]]) -> set[str]:
    """Names that the filters of a view look at, those of alternatives too."""
    found: set[str] = set()
    for name, value in filters:
        if name == "or":
            try:
                found.update(split_key(one)[0] for pairs in alternatives(value) for one, _value in pairs)
            except QueryError:  # the compiler says what is wrong with it when the view is opened
                continue
        elif name != "linked":
            found.add(split_key(name)[0])
    return found


def _own_view(found: Any) -> SavedView:
    kept = dict(found.state)
    return SavedView(
        key=f"own:{found.id}",
        label=found.name,
        filters=tuple((str(name), str(value)) for name, value in kept.get("filters", ())),
        sort=str(kept.get("sort", "")),
        layout=str(kept.get("layout", "table")),
        board=str(kept.get("by", "")),
        page=str(kept.get("page", "")),
        columns=tuple(str(one) for one in kept.get("columns", ())),
        total=str(kept.get("total", "")),
        date=str(kept.get("date", "")),
        end=str(kept.get("end", "")),
        zoom=str(kept.get("zoom", "")),
        group=str(kept.get("group", "")),
        own_id=found.id,
        own=found.own,
        audience=found.audience,
    )


@route(blueprint, _BASE, policy="record", endpoint="list")
def show_list(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    part = view.args.get("part")
    if not part:
        trail.keep(state)
    if part == "rows":
        return view.fragment_of("wf/table.html", "rows", TableList(view, state).rows_only())
    fields, days = board_fields(view, state), day_fields(view, state)
    layouts = ("table", *(("board",) if fields else ()), *(("calendar", "timeline") if days else ()))
    if state.layout == "board" and fields:
        return _board(view, state, BoardList(view, state, fields), part, layouts)
    if state.layout in ("calendar", "timeline") and days:
        return _days(view, state, layouts)
    return _table(view, replace(state, layout="table"), layouts)


def _table(view: View, state: ListState, layouts: tuple[str, ...]) -> Response:
    table_list = TableList(view, state)
    table, page = table_list.whole()
    count = count_text(view, page.count)
    if not page.rows and not state.cursor:
        table["empty"] = empty_state(view, state)
    shown: dict[str, Any] = {
        "head": list_head(view, state, count, layouts),
        "views": view_tabs(view, state, page.count, count),
        "filters": filters_bar(view, state, table_list.readable, table_list.columns),
        "table": table,
        "foot": {
            "label": foot_label(view, state, count),
            "sums": table_list.sums(page.count),
            "aside": dormant_link(view, state),
        },
    }
    bulk = bulk_bar(view, state, page.count.value if page.count else 0, count)
    if bulk["actions"]:
        shown["bulk"] = bulk
    else:
        table["select"] = False
    return view.render("pages/list.html", page=page_data(view, state, count), list=shown)


def _board(view: View, state: ListState, board: BoardList, part: str | None, layouts: tuple[str, ...]) -> Response:
    if part == "cards":
        column = view.args.get("column", "")
        found = board.cards(column, state.cursor)
        return view.render("pages/cards.html", board={"columns": []}, column=found)
    data, lines = board.whole()
    total = sum(line.count for line in lines.values() if not line.end)
    count = view.formats.number(total)
    bar = filters_bar(view, state, sorted(board.readable), ())
    bar["group"] = {
        "label": str(_("Columns by")),
        "value": str(board.by.label),
        "options": [
            {"label": str(f.label), "url": state.with_changes(by=name).url(), "current": name == board.by.name}
            for name, f in board.fields.items()
        ],
    }
    if board.total is not None:
        bar["total"] = {
            "label": str(_("Total")),
            "value": str(board.total.label),
            "options": total_options(state, board),
        }
    shown = {
        "head": list_head(view, state, count, layouts),
        "views": view_tabs(view, state, Count(total, total < CAPPED), count),
        "filters": bar,
        "board": data,
        "foot": {"label": foot_label(view, state, count), "aside": dormant_link(view, state)},
    }
    return view.render("pages/list.html", page=page_data(view, state, count), list=shown)


def _days(view: View, state: ListState, layouts: tuple[str, ...]) -> Response:
    fields = day_fields(view, state)
    readable = sorted(AccessPolicy.of(view.runtime).access(view.principal, state.entity.key, "read").names)
    bar = filters_bar(view, state, readable, ())
    shown: dict[str, Any]
    if state.layout == "calendar":
        calendar = CalendarList(view, state, fields)
        shown, by, total, cut = {"calendar": calendar.data()}, calendar.by, calendar.total, calendar.cut
    else:
        timeline = TimelineList(view, state, fields)
        shown, by, total, cut = {"timeline": timeline.data()}, timeline.by, timeline.total, timeline.cut
        shown["timeline"]["zooms"] = timeline.zooms()
        bar["total"] = _day_choice(state, _("Until"), "end", timeline.ends, timeline.until, none=True)
    bar["group"] = _day_choice(state, _("By"), "date", fields, by)
    count = view.formats.number(total) + ("+" if cut else "")
    shown |= {
        "head": list_head(view, state, "", layouts),
        "views": view_tabs(view, state, None, ""),
        "filters": bar,
        "foot": {"label": foot_label(view, state, count), "aside": dormant_link(view, state)},
    }
    return view.render("pages/list.html", page=page_data(view, state, ""), list=shown)


def _day_choice(
    state: ListState, label: Text, part: str, fields: Mapping[str, Field], current: Field | None, none: bool = False
) -> dict[str, Any]:
    options = [
        {"label": str(f.label), "url": state.with_changes(**{part: name}).url(), "current": f is current}
        for name, f in fields.items()
    ]
    if none:
        url = state.with_changes(**{part: "none"}).url()
        options.append({"label": str(_("None")), "url": url, "current": current is None})
    return {"label": str(label), "value": str(current.label if current else _("None")), "options": options}


# ---- parts of the page


@route(blueprint, _BASE + "columns", policy="record", methods=["POST"], endpoint="columns")
def save_columns(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    wanted = view.form.get("columns", "")
    parts = wanted.split(",") if wanted else view.form.getlist("show")
    store_columns(view, state, TableList(view, state).readable, parts)
    if view.fragment or view.scripted:
        return view.done()  # whoever sent it draws the list: the menu anew, a width not at all
    return view.redirect(state.url())


@route(blueprint, _BASE + "<int:record_id>/cell/<name>", policy="record", endpoint="cell")
def show_cell(portal: str, plugin: str, slug: str, record_id: int, name: str) -> Response:
    view, entity = entity_at(plugin, slug)
    return _editor(view, entity, record_id, name)


def _editor(
    view: View, entity: EntityType, record_id: int, name: str, error: Any = None, typed: Any = None
) -> Response:
    decision = require_operation(view, entity, "update", record_id)
    declared = entity.fields.get(name)
    if declared is None or name not in decision.fields or name not in writable_names(view, entity.key):
        raise NotFound(name)
    row = view.records.get(entity.key, record_id)
    value = row.get(name) if typed is None else typed
    field = FormField(view, (entity.plugin, entity.slug)).field(declared, value, error=error)
    field |= {"autofocus": True, "as_select": True, "id": f"cell-{record_id}-{name}"}
    action = view.url(entity.key, record_id, "cell", name, version=row.version, **_place(view))
    return view.fragment_of("wf/table.html", "cell_editor", field, action, status=422 if error else 200)


def _place(view: View) -> dict[str, str]:
    """Where the cell stands: in a table, or among the details of a record page."""
    return {"part": "details"} if view.args.get("part") == "details" else {}


@route(blueprint, _BASE + "<int:record_id>/cell/<name>", policy="record", methods=["POST"], endpoint="save_cell")
def save_cell(portal: str, plugin: str, slug: str, record_id: int, name: str) -> Response:
    view, entity = entity_at(plugin, slug)
    declared = entity.fields.get(name)
    if declared is None or name not in writable_names(view, entity.key):
        raise NotFound(name)
    value = posted_value(view.form, declared, view.zone)
    version = view.args.get("version", "")
    number = int(version) if version.isdigit() else None
    try:
        quotas.take_check(view.runtime.registry, entity.key, [name], view.principal)
        row = view.records.update(entity.key, record_id, {name: value}, version=number)
    except RateLimited as error:
        return _editor(view, entity, record_id, name, str(error), value if value is not None else "")
    except ValidationFailed as error:
        view.undo_all()
        return _editor(view, entity, record_id, name, error.errors[0].message, value if value is not None else "")
    except Conflict:
        view.undo_all()
        message = _("Somebody changed this record meanwhile; look at it and try again.")
        return _editor(view, entity, record_id, name, message)
    values = Values(view.runtime.registry, view.portal_key)
    title = values.title(row, entity)[0]
    done = _("%(title)s: %(field)s saved") % {"title": title, "field": declared.label}
    view.toast(done, undo=view.records.change_set_id)
    return _saved(view, entity, row, declared, values)


def _saved(view: View, entity: EntityType, row: Row, declared: Field, values: Values) -> Response:
    """The cell as it is now, in a table or among details."""
    cell = cell_of(view, entity, row, declared, values, writable_names(view, entity.key))
    if view.args.get("part") == "details":
        shown = {"label": str(declared.label), "kind": values.kind(declared), "v": cell["v"]}
        shown["edit_url"] = f"{cell['edit_url']}?part=details"
        return view.fragment_of("wf/record.html", "details_value", shown)
    column = {"key": declared.name, "label": str(declared.label), "kind": values.kind(declared)}
    line = {"id": row.id, "cells": {declared.name: cell}}
    return view.fragment_of("wf/table.html", "cell", {"columns": [column]}, column, line)
