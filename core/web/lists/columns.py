"""Which columns a table shows, how wide, and the cells of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.core.db.fields import NUMBER_KINDS, Field, Kind
from weft.core.i18n import translator
from weft.core.identity import preferences
from weft.core.portal.addresses import entity_url, record_url
from weft.core.records.values import Row
from weft.core.registry.model import EntityType
from weft.core.web.lists.board import marks_of_rows
from weft.core.web.lists.state import ListState, preference_key
from weft.core.web.record.quick import quick_buttons
from weft.core.web.values import Values, header_fields

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["Column", "chosen_columns", "column_options", "columns_key", "store_columns", "table_columns", "table_rows"]

_ = translator("core")

_WIDTHS = {
    Kind.TEXT: 180, Kind.MULTILINE: 240, Kind.MARKDOWN: 240, Kind.INTEGER: 96, Kind.DECIMAL: 112, Kind.MONEY: 136,
    Kind.DATE: 112, Kind.DATETIME: 120, Kind.BOOLEAN: 88, Kind.CHOICE: 144, Kind.MULTI_CHOICE: 176,
    Kind.REFERENCE: 192, Kind.EMAIL: 200, Kind.PHONE: 144, Kind.URL: 176, Kind.ADDRESS: 220, Kind.FILE: 160,
    Kind.USER: 152, Kind.UNIT: 144,
}  # fmt: skip
_MIN_WIDTH, _MAX_WIDTH = 56, 800
#: Kinds for the second line of a phone row, what tells most first.
_PHONE_LINE = {"status": 0, "date": 1, "text": 2, "reference": 3, "choice": 4}
_NOT_IN_TABLE = frozenset({Kind.MULTILINE})
#: Cells that can be edited in place; the rest opens the form.
EDITABLE = frozenset(
    {
        Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN, Kind.CHOICE,
        Kind.REFERENCE, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.MULTILINE, Kind.MULTI_CHOICE, Kind.USER, Kind.UNIT,
        Kind.MARKDOWN, Kind.ADDRESS,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field and the width a person gave it (None for the usual one)."""

    name: str
    field: Field
    width: int | None = None


def possible(entity: EntityType, readable: Sequence[str]) -> dict[str, Field]:
    """Fields that can be a column for this viewer, titles excluded (they are the first column)."""
    names = set(readable)
    titles = {*entity.spec.title, entity.spec.alt_title}
    fields = {**entity.fields, **{k: f for k, f in header_fields().items() if k != "number" or entity.spec.number}}
    return {
        name: declared
        for name, declared in fields.items()
        if name in names and name not in titles and declared.kind not in _NOT_IN_TABLE
    }


def chosen_columns(view: View, state: ListState, readable: Sequence[str]) -> list[Column]:
    """Columns in order: the person's choice for this view, else the view's, else the entity's."""
    fields = possible(state.entity, readable)
    own = state.kept.get(columns_key(state))
    if isinstance(own, Mapping) and isinstance(own.get("columns"), list):
        pairs = [(str(name), width) for name, width in own["columns"]]
    else:
        pairs = [_width(text) for text in (state.view.columns or state.entity.spec.columns)]
    return [Column(name, fields[name], width) for name, width in pairs if name in fields]


def _width(text: str) -> tuple[str, int | None]:
    name, _sep, width = text.partition(":")
    return name, int(width) if width.isdigit() else None


def store_columns(view: View, state: ListState, readable: Sequence[str], wanted: Sequence[str]) -> None:
    """Keep the columns a person chose: ``key``, ``key:width``, or ``-key`` for hidden, in order; nothing resets."""
    fields = possible(state.entity, readable)
    kept: list[list[Any]] = []
    for part in wanted:
        name, _sep, width = part.partition(":")
        if name in fields and all(name != old for old, _width in kept):
            number = int(width) if width.isdigit() else None
            kept.append([name, min(max(number, _MIN_WIDTH), _MAX_WIDTH) if number else None])
    if view.principal.user_id is not None:
        preferences.put(
            view.connection, view.principal.user_id, columns_key(state), {"columns": kept} if kept else None
        )


def columns_key(state: ListState) -> str:
    """Key of the preference with a person's columns of the present view."""
    return preference_key(state.entity.key, state.view.key)


def column_options(state: ListState, columns: Sequence[Column], readable: Sequence[str]) -> list[dict[str, Any]]:
    """The Columns menu: shown ones in order, then the others."""
    shown = [column.name for column in columns]
    fields = possible(state.entity, readable)
    names = [*shown, *(name for name in fields if name not in shown)]
    return [{"key": name, "label": str(fields[name].label), "shown": name in shown} for name in names]


def table_columns(
    state: ListState, columns: Sequence[Column], values: Values, sortable: set[str]
) -> list[dict[str, Any]]:
    """Column heads for the table macro."""
    by = state.sort.lstrip("-") or state.entity.spec.sort.lstrip("-")
    down = (state.sort or state.entity.spec.sort).startswith("-")
    first: dict[str, Any] = {"key": "title", "label": str(_title_label(state.entity)), "kind": "name"}
    first |= _sort_parts(state, "title", by, down, sortable)
    found = [first]
    for column in columns:
        kind = values.kind(column.field)
        head: dict[str, Any] = {
            "key": column.name,
            "label": str(column.field.label),
            "kind": "reldate" if kind == "datetime" else kind,
            "width": column.width or _WIDTHS.get(column.field.value_kind, 160),
        }
        if column.field.value_kind in NUMBER_KINDS:
            head["align"] = "right"
        head |= _sort_parts(state, column.name, by, down, sortable)
        found.append(head)
    _phone_parts(found)
    return found


def _title_label(entity: EntityType) -> Any:
    return entity.fields[entity.spec.title[0]].label if len(entity.spec.title) == 1 else entity.label


def _sort_parts(state: ListState, name: str, by: str, down: bool, sortable: set[str]) -> dict[str, Any]:
    if name not in sortable:
        return {}
    current = by == name
    target = name if (not current or down) else f"-{name}"
    parts: dict[str, Any] = {"sort_url": state.with_changes(sort=target).url()}
    if current:
        parts["sorted"] = "desc" if down else "asc"
    return parts


def _phone_parts(columns: list[dict[str, Any]]) -> None:
    """On a phone a row has the name, one line beneath (state, date, next step) and one figure at the right."""
    rest = columns[1:]
    end = next((c for c in rest if c["kind"] == "money"), None) or next(
        (c for c in rest if c["kind"] in ("decimal", "integer", "date", "reldate")), None
    )
    if end is not None:
        end["phone"] = "end"
    wanted = [c for c in rest if c is not end and c["kind"] in _PHONE_LINE]
    # A class or another bare choice says little by itself: it only fills a line that would have room.
    for column in sorted(wanted, key=lambda c: _PHONE_LINE[c["kind"]])[:2]:
        column["phone"] = "line"


def table_rows(
    view: View, state: ListState, rows: Sequence[Row], columns: Sequence[Column], writable: frozenset[str] | set[str]
) -> list[dict[str, Any]]:
    """Rows for the table macro; cells the viewer may edit carry the address of their editor."""
    values = Values(view.runtime.registry, view.portal_key)
    entity = state.entity
    quick = quick_buttons(view, entity, [row.id for row in rows])
    marks = marks_of_rows(view, entity, [row.id for row in rows])
    found = []
    for row in rows:
        name = values.name_cell(row, entity)
        if row.id in quick:
            name["act"] = quick[row.id]
        if row.id in marks:
            name["mark"] = marks[row.id]
        if entity.spec.number and row.get("number") and "sub" not in name and not name.get("other"):
            name["sub"] = row["number"]
        cells: dict[str, Any] = {"title": name}
        for column in columns:
            cells[column.name] = cell_of(view, entity, row, column.field, values, writable)
        url = record_url(view.portal_key, entity, row.id)
        found.append({"id": row.id, "url": url, "title": name["title"], "cells": cells, "peek_url": f"{url}/peek"})
    return found


def cell_of(
    view: View,
    entity: EntityType,
    row: Mapping[str, Any],
    declared: Field,
    values: Values,
    writable: frozenset[str] | set[str],
) -> Any:
    """One cell: its value, with the address of its editor where the viewer may change it."""
    value = values.value(declared, row.get(declared.name))
    if declared.name not in row and declared.name not in writable:
        return None
    if declared.name in writable and declared.kind in EDITABLE:
        edit = entity_url(view.portal_key, entity, row["id"], "cell", declared.name)
        return {"v": value, "edit_url": edit}
    return value
