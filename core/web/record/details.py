"""The side column of a record page: all readable fields, those one may change with a way to do it in place."""

from __future__ import annotations

from typing import Any

from weft.core.db.fields import Kind
from weft.core.files.files import info
from weft.core.i18n import translator
from weft.core.web.lists.columns import EDITABLE
from weft.core.web.record.head import RecordHead
from weft.core.web.values import header_fields

__all__ = ["details", "long_texts"]

_ = translator("core")

#: Texts that need the width of the main column.
_LONG = frozenset({Kind.MARKDOWN, Kind.MULTILINE})


def details(head: RecordHead) -> dict[str, Any]:
    """Rows of label and value, in the order of the form; empty ones only where they can be filled."""
    entity, row, values = head.entity, head.row, head.values
    updating = head.decisions["update"]
    left_out = {*entity.spec.title, entity.spec.alt_title, *_told_above(head)}
    rows = []
    named = _files(head)
    for name in _order(head):
        declared = entity.fields[name]
        if name in left_out or (declared.kind in _LONG and row.get(name)):
            continue
        moved = declared.state and bool(declared.transitions)
        editable = head.may("update") and name in updating.fields and declared.writable and not moved
        value = named.get(name) or (values.value(declared, row.get(name)) if name in row else None)
        if not editable and (value is None or row.get(name) is False):
            continue
        shown: dict[str, Any] = {"label": str(declared.label), "kind": values.kind(declared), "v": value}
        if editable and declared.kind in EDITABLE:
            shown["edit_url"] = head.url("cell", name, part="details")
        if str(declared.help or ""):
            shown["help"] = str(declared.help)
        rows.append(shown)
    rows += _header(head)
    data: dict[str, Any] = {"title": str(_("Details")), "rows": rows}
    if head.may("update"):
        data["edit"] = {"label": str(_("Edit")), "url": head.url("edit"), "icon": "pencil", "shortcut": "e"}
    return data


def _files(head: RecordHead) -> dict[str, dict[str, Any]]:
    """The files that fields name, by field: each with its own name."""
    ids = {
        name: int(getattr(head.row[name], "id", head.row[name]))
        for name, declared in head.entity.fields.items()
        if declared.kind is Kind.FILE and head.row.get(name) is not None
    }
    known = info(head.view.records, ids.values())
    return {name: {"name": known[one].name, "url": f"/files/{one}"} for name, one in ids.items() if one in known}


def _told_above(head: RecordHead) -> set[str]:
    """Read-only fields that the head says already: its strip of facts, and the state where it has a path."""
    page = head.view.runtime.registry.record_pages.get(head.entity.key)
    facts = {name for fact in (page.facts if page else ()) for name in fact.split("+")}
    found = {name for name in facts if name in head.entity.fields and not head.entity.fields[name].writable}
    state = head.entity.state_field
    return found | ({state.name} if state is not None and head.has_path else set())


def _order(head: RecordHead) -> list[str]:
    """Fields in the order of the declared sections, then the others."""
    page = head.view.runtime.registry.record_pages.get(head.entity.key)
    named = [name for _title, names in page.sections for name in names] if page else []
    known = [name for name in named if name in head.entity.fields]
    return list(dict.fromkeys([*known, *head.entity.fields]))


def _header(head: RecordHead) -> list[dict[str, Any]]:
    found = []
    for name in ("owner", "unit", "created_at", "updated_at"):
        declared = header_fields()[name]
        value = head.values.value(declared, head.row.get(name))
        if value is not None:
            found.append({"label": str(declared.label), "kind": head.values.kind(declared), "v": value})
    return found


def long_texts(head: RecordHead) -> list[dict[str, Any]]:
    """Notes and descriptions that have something to read."""
    found = []
    for name, declared in head.entity.fields.items():
        if declared.kind in _LONG and head.row.get(name):
            kind, value = head.values.kind(declared), head.values.value(declared, head.row[name])
            panel: dict[str, Any] = {"title": str(declared.label), "kind": kind, "v": value}
            if head.may("update") and name in head.decisions["update"].fields and declared.writable:
                panel["edit"] = {"label": str(_("Edit")), "url": head.url("edit"), "icon": "pencil"}
            found.append(panel)
    return found
