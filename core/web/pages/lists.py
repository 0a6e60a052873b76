"""Routes of generated lists: the page, its next rows, filter menus, columns, cells edited in place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.access.policy import AccessPolicy
from weft.core.collaboration import views as saved
from weft.core.db.fields import Field
from weft.core.errors import Conflict, NotFound, ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.portal.navigation import menu, new_entries
from weft.core.records.values import Row
from weft.core.registry.model import EntityType
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import posted_value
from weft.core.web.frame import endpoint_url
from weft.core.web.lists.board import BoardList, board_fields
from weft.core.web.lists.chips import filter_form, filterable, split_key
from weft.core.web.lists.columns import cell_of, store_columns
from weft.core.web.lists.state import ListState, SavedView, read_state, saved_views
from weft.core.web.lists.table import TableList, count_text, filters_bar, writable_names
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.policies import may
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["blueprint", "state_of"]

_ = translator("core")

blueprint = Blueprint("lists", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"


def state_of(view: View, entity: EntityType) -> ListState:
    """The state of the list that the address describes."""
    own = [_own_view(one) for one in saved.saved_views(view.records, entity.key)]
    readable = AccessPolicy.of(view.runtime).access(view.principal, entity.key, "read").names
    known = saved_views(view.runtime.registry, entity, view.principal.roles, own)
    # A declared view that filters by what the viewer may not read does not exist for them.
    views = [one for one in known if all(split_key(name)[0] in readable for name, _value in one.filters)]
    args = [(name, value) for name, value in view.args.items(multi=True)]
    return read_state(view.runtime.registry, entity, view.portal_key, args, views)


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
        own_id=found.id,
        own=found.own,
    )


@route(blueprint, _BASE, policy="record", endpoint="list")
def show_list(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    part = view.args.get("part")
    if part == "rows":
        return view.fragment_of("wf/table.html", "rows", TableList(view, state).rows_only())
    fields = board_fields(view, state)
    if state.layout == "board" and fields:
        return _board(view, state, BoardList(view, state, fields), part)
    return _table(view, state, bool(fields))


def _table(view: View, state: ListState, boards: bool) -> Response:
    table_list = TableList(view, state)
    table, page = table_list.whole()
    count = count_text(view, page.count)
    if not page.rows and not state.cursor:
        table["empty"] = _empty(view, state)
    shown: dict[str, Any] = {
        "head": _head(view, state, count, boards),
        "views": _views(view, state, page.count, count),
        "filters": filters_bar(view, state, table_list.readable, table_list.columns),
        "table": table,
        "foot": {
            "label": str(_("%(count)s %(list)s") % {"count": count, "list": _lower(view, state.entity.plural)}),
            "sums": table_list.sums(page.count),
        },
    }
    bulk = _bulk(view, state, page.count.value if page.count else 0, count)
    if bulk["actions"]:
        shown["bulk"] = bulk
    else:
        table["select"] = False
    return view.render("pages/list.html", page=_page(view, state, count), list=shown)


def _board(view: View, state: ListState, board: BoardList, part: str | None) -> Response:
    if part == "cards":
        column = view.args.get("column", "")
        found = board.cards(column, state.cursor)
        return view.render("pages/cards.html", board={"columns": []}, column=found)
    data, lines = board.whole()
    total = sum(line.count for line in lines.values())
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
        bar["total"] = {"label": str(_("Total")), "value": str(board.total.label), "options": _totals(state, board)}
    shown = {
        "head": _head(view, state, count, True),
        "views": _views(view, state, None, count),
        "filters": bar,
        "board": data,
        "foot": {"label": str(_("%(count)s %(list)s") % {"count": count, "list": _lower(view, state.entity.plural)})},
    }
    return view.render("pages/list.html", page=_page(view, state, count), list=shown)


def _totals(state: ListState, board: BoardList) -> list[dict[str, Any]]:
    options = [
        {"label": str(f.label), "url": state.with_changes(total=name).url(), "current": f is board.total}
        for name, f in state.entity.fields.items()
        if name in board.readable and f.value_kind.value == "money"
    ]
    return [*options, {"label": str(_("None")), "url": state.with_changes(total="none").url()}]


def _lower(view: View, text: Text) -> str:
    """A plural inside a sentence."""
    words = str(text)
    return words[:1].lower() + words[1:] if view.locale == "en" else words


def _title(view: View, state: ListState) -> str:
    """The words of the menu entry that leads to this page of the list, else the plural."""
    wanted = view.url(state.entity.key) + (f"?{state.view.page}" if state.view.page else "")
    for group in menu(view, lambda endpoint: endpoint_url(view, endpoint)):
        for entry in group.entries:
            if entry.url.replace("%2C", ",") == wanted:
                return str(entry.label)
    return str(state.entity.plural)


def _page(view: View, state: ListState, count: str) -> dict[str, Any]:
    return {"title": _title(view, state), "count": count}


def _head(view: View, state: ListState, count: str, boards: bool) -> dict[str, Any]:
    entity = state.entity
    actions: list[dict[str, Any]] = []
    if may(view.runtime, view.principal, "export", entity.key) and entity.has("export"):
        actions.append({"label": str(_("Export")), "url": state.url("export"), "icon": "download", "opens": "dialog"})
    if may(view.runtime, view.principal, "create", entity.key):
        preset = {name: value for name, value in state.filters if "__" not in name and name in entity.fields}
        url = view.url(entity.key, "new", **preset)
        actions.append({"label": _new_label(view, state), "url": url, "icon": "plus"})
    head: dict[str, Any] = {"title": _title(view, state), "count": count, "actions": actions}
    if boards:
        table, board = state.with_changes(layout="table"), state.with_changes(layout="board")
        head["layouts"] = [
            {"key": "table", "label": str(_("Table")), "url": table.url(layout="table"), "icon": "table",
             "current": state.layout == "table"},
            {"key": "board", "label": str(_("Board")), "url": board.url(layout="board"), "icon": "layout-kanban",
             "current": state.layout == "board"},
        ]  # fmt: skip
    more = []
    if may(view.runtime, view.principal, "import", entity.key) and entity.has("import"):
        more.append({"label": str(_("Import")), "url": view.url(entity.key, "import"), "icon": "upload"})
    if may(view.runtime, view.principal, "restore", entity.key):
        more.append({"label": str(_("Trash")), "url": view.page("trash", type=entity.key), "icon": "trash"})
    if more:
        head["more"] = more
    return head


def _new_label(view: View, state: ListState) -> str:
    """``New customer`` where an entry of the New menu makes exactly what this list shows, else the entity's name."""
    shown = set(state.filters)
    words: Text = state.entity.label
    for entry, _url in new_entries(view):
        if entry.entity == state.entity.key and entry.query and set(entry.query.items()) <= shown:
            words = entry.label
            break
    return str(_("New %(entity)s") % {"entity": _lower(view, words)})


def _views(view: View, state: ListState, count: Any, text: str) -> dict[str, Any]:
    """Tabs; counts of the others only where counting is cheap (fewer rows than the cap)."""
    small = count is not None and count.exact
    tabs = []
    for tab in state.tabs:
        current = tab.key == state.view.key
        shown: dict[str, Any] = {"label": str(tab.label), "url": state.in_view(tab).url(), "current": current}
        if current and text and not state.changed and not state.search:
            shown["count"] = text
        elif small and not current:
            shown["count"] = _count_of(view, state.in_view(tab))
        if current and tab.own:
            shown["menu"] = _own_menu(view, state, tab)
        tabs.append(shown)
    found: dict[str, Any] = {
        "tabs": tabs,
        "add": {"label": str(_("Save as new view")), "url": state.url("views"), "opens": "dialog"},
    }
    if state.changed:
        found["reset_url"] = state.in_view(state.view).url()
        found["save"] = {"label": str(_("Save view")), "url": state.url("views"), "opens": "dialog"}
        if state.view.own:
            url = state.url("views", state.view.own_id or 0)
            found["save"] = {"label": str(_("Save view")), "url": url, "opens": "post"}
    return found


def _count_of(view: View, state: ListState) -> str:
    page = view.records.query(state.entity.key, fields=[], filters=state.filter_map, limit=1, count="capped")
    return count_text(view, page.count)


def _own_menu(view: View, state: ListState, tab: SavedView) -> list[dict[str, Any]]:
    return [
        {
            "label": str(_("Delete this view")),
            "url": view.url(state.entity.key, "views", tab.own_id or 0, "delete"),
            "opens": "post",
            "icon": "trash",
        }
    ]


def _bulk(view: View, state: ListState, matches: int, count: str) -> dict[str, Any]:
    entity = state.entity
    offered = [
        ("assign", "assign", _("Assign"), "user-share", False),
        ("update", "edit", _("Edit"), "pencil", False),
        ("link", "link", _("Link"), "link", False),
        ("update", "tag", _("Tag"), "tag", False),
        ("export", "export", _("Export"), "download", False),
        ("delete", "delete", _("Delete"), "trash", True),
    ]
    actions = []
    for operation, word, label, icon, danger in offered:
        if not may(view.runtime, view.principal, operation, entity.key):
            continue
        if (word == "tag" and not entity.has("tags")) or (word == "link" and not entity.has("links")):
            continue
        url = state.url("export") if word == "export" else state.url("bulk", word)
        opens = "post" if word == "delete" else "dialog"
        actions.append({"label": str(label), "url": url, "icon": icon, "danger": danger, "opens": opens})
    return {
        "matches": matches,
        "all_label": str(_("Select all %(count)s") % {"count": count}),
        "actions": actions,
    }


def _empty(view: View, state: ListState) -> dict[str, Any]:
    """Why nothing is shown, and the step that helps: the filter whose removal shows most, or the first record."""
    entity = state.entity
    plural = _lower(view, entity.plural)
    if state.filters or state.search:
        return {"title": str(_("No %(list)s match") % {"list": plural}), **_hint(view, state)}
    empty: dict[str, Any] = {
        "title": str(_("No %(list)s yet") % {"list": plural}),
        "text": str(_("They appear here as soon as somebody makes or imports one.")),
    }
    if may(view.runtime, view.principal, "create", entity.key):
        label = _("New %(entity)s") % {"entity": _lower(view, entity.label)}
        empty["action"] = {"label": str(label), "url": view.url(entity.key, "new"), "icon": "plus"}
    return empty


def _hint(view: View, state: ListState) -> dict[str, Any]:
    best: tuple[int, str, str, str] | None = None
    labels = filterable(view, state, [name.split("__")[0] for name, _value in state.filters])
    for key, _value in state.filters[:8]:
        without = state.with_filter(key, None)
        found = view.records.query(
            state.entity.key,
            fields=[],
            filters=without.filter_map,
            limit=1,
            count="capped",
            search=state.search or None,
        ).count
        if found and found.value and (best is None or found.value > best[0]):
            declared = labels.get(key.split("__")[0])
            label = str(declared.label if declared else key)
            best = (found.value, count_text(view, found), label, without.url())
    if best is None:
        return {"text": str(_("Remove a filter to see more."))}
    text = _("Without “%(filter)s” there are %(count)s.") % {"filter": best[2], "count": best[1]}
    return {"hint": {"text": str(text), "action": {"label": str(_("Remove that filter")), "url": best[3]}}}


# ---- parts of the page


@route(blueprint, _BASE + "filter", policy="record", endpoint="filter")
def show_filter(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    fields = filterable(view, state, TableList(view, state).readable)
    name = view.args.get("field", "")
    if not name:
        rows = [{"label": str(f.label), "url": state.url("filter", field=key)} for key, f in fields.items()]
        return view.fragment_of("wf/list.html", "filter_fields", rows)
    if name not in fields:
        raise NotFound(name)
    form = filter_form(view, state, fields[name], view.args.get("old", ""))
    return view.fragment_of("wf/list.html", "filter_form", form)


@route(blueprint, _BASE + "columns", policy="record", methods=["POST"], endpoint="columns")
def save_columns(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug)
    state = state_of(view, entity)
    wanted = view.form.get("columns", "")
    parts = wanted.split(",") if wanted else view.form.getlist("show")
    store_columns(view, state, TableList(view, state).readable, parts)
    if view.fragment or view.scripted:
        return view.done(wf_refresh="#wf-list")
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
        row = view.records.update(entity.key, record_id, {name: value}, version=number)
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
