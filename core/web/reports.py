"""Ready reports: a period, a choice of whose figures, key figures, tables whose every figure opens its list, export.

A report is plain data; its page, its files and its print view are made here. ``how`` says how the figures are computed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from flask import Response

from weft.core.db.money import Money
from weft.core.errors import Denied, NotFound
from weft.core.i18n import Text, translator
from weft.core.import_export.exporting import FORMATS, note_export
from weft.core.import_export.writers import writer_for
from weft.core.portal.addresses import with_query
from weft.core.web.periods import Period, switch
from weft.core.web.policies import may

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["Cell", "Report", "Section", "report_page"]

_ = translator("core")
_IN_MEMORY = 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure or word of a table.

    Attributes:
        v: value as ``value()`` of wf/value.html takes it; Money, Decimal, int, date or text.
        kind: kind of that macro.
        url: the list behind it, with the same filter.
        tone: ``late``, ``soon``, ``good`` or ``muted``.
    """

    v: Any
    kind: str = "integer"
    url: str = ""
    tone: str = ""


@dataclass(slots=True)
class Section:
    """One table of a report.

    Attributes:
        title: words above it.
        columns: (key, label) in order; the first holds the words of the row.
        rows: one dict of :class:`Cell` or text per row; ``bar`` may hold a percentage drawn beside the words.
        total: a last row, or None.
        note: a sentence below the title.
        empty: what would fill it.
        tools: buttons beside the title, as button() takes them.
    """

    title: Text
    columns: Sequence[tuple[str, Text]] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    total: Mapping[str, Any] | None = None
    note: Text = ""
    empty: Text = ""
    tools: Sequence[Mapping[str, Any]] = ()


@dataclass(slots=True)
class Report:
    """One report as its page shows it.

    Attributes:
        key: name of its files.
        title: heading.
        entity: whose right to export decides about the files; empty when there are none.
        how: how the figures are computed, in one or two sentences.
        period: what it covers, None where time plays no part.
        kinds: kinds of period offered.
        choices: filters beside the period: ``{"name", "label", "value", "choices": [{"value", "label"}]}``.
        figures: key figures: ``{"label", "cell": Cell, "note"?}``.
        sections: tables.
        actions: further buttons of the head.
        crumbs: the way up; the list of reports when empty.
    """

    key: str
    title: Text
    entity: str
    how: Text
    period: Period | None = None
    kinds: tuple[str, ...] = ("month", "quarter", "year", "all")
    choices: Sequence[Mapping[str, Any]] = ()
    figures: Sequence[Mapping[str, Any]] = ()
    sections: Sequence[Section] = ()
    actions: Sequence[Mapping[str, Any]] = ()
    crumbs: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def report_page(view: View, report: Report) -> Response:
    """The page of a report, or its file when the address has ``format=csv`` or ``xlsx``.

    Raises:
        Denied: the viewer may not export what the report is about.
        NotFound: unknown format.
    """
    form = view.args.get("format", "")
    if form:
        return _file(view, report, form)
    kept = {one["name"]: str(one["value"]) for one in report.choices if one["value"] not in (None, "")}
    shown: dict[str, Any] = {
        "head": _head(view, report, kept),
        "how": str(report.how),
        "figures": [
            {"label": str(one["label"]), "note": str(one.get("note") or ""), **_shown(one["cell"])}
            for one in report.figures
        ],
        "sections": [_section(section) for section in report.sections],
    }  # fmt: skip
    if report.choices:
        hidden = report.period.query() if report.period else {}
        shown["choices"] = {"action": view.path, "fields": list(report.choices), "hidden": hidden}
    if report.period is not None:
        shown["period"] = _turning(view, report.period, kept)
    page = {"title": str(report.title), "back": {"label": str(_("Reports")), "url": view.page("reports")}}
    return view.render("pages/report.html", page=page, report=shown)


def _head(view: View, report: Report, kept: Mapping[str, str]) -> dict[str, Any]:
    actions: list[Mapping[str, Any]] = list(report.actions)
    head: dict[str, Any] = {
        "title": str(report.title),
        "crumbs": {"links": list(report.crumbs) or [{"label": str(_("Reports")), "url": view.page("reports")}]},
    }
    if report.period is not None:
        head["period"] = switch(view, report.period, report.kinds, kept)
    if report.entity and may(view.runtime, view.principal, "export", report.entity):
        here = {**kept, **(report.period.query() if report.period else {})}
        head["more"] = [
            {"label": str(_("Export %(form)s") % {"form": form.upper()}), "icon": "download", "opens": "download",
             "url": with_query(view.path, {**here, "format": form})}
            for form in ("xlsx", "csv")
        ]  # fmt: skip
    head["actions"] = actions
    return head


def _turning(view: View, period: Period, kept: Mapping[str, str]) -> dict[str, str]:
    found = {"label": period.label}
    if period.first is not None:
        found["prev_url"] = with_query(view.path, {**kept, **period.shifted(-1).query()})
        found["next_url"] = with_query(view.path, {**kept, **period.shifted(1).query()})
    return found


def _section(section: Section) -> dict[str, Any]:
    columns = [{"key": key, "label": str(label)} for key, label in section.columns]
    keys = [key for key, _label in section.columns]
    return {
        "title": str(section.title), "note": str(section.note), "empty": str(section.empty), "columns": columns,
        "rows": [_row(row, keys) for row in section.rows], "tools": list(section.tools),
        "total": _row(section.total, keys) if section.total else None,
    }  # fmt: skip


def _row(row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {"cells": [_shown(row.get(key)) for key in keys], "bar": row.get("bar"), "face": row.get("face")}


def _shown(cell: Any) -> dict[str, Any]:
    """A cell for the macros."""
    if not isinstance(cell, Cell):
        return {"kind": "text", "v": "" if cell is None else str(cell), "url": "", "tone": "", "right": False}
    value = cell.v
    if isinstance(value, Money):
        value = {"amount": value.amount, "currency": value.currency, "cents": False}
    if isinstance(value, Text):
        value = str(value)
    right = cell.kind in ("money", "integer", "decimal", "percent")
    return {"kind": cell.kind, "v": value, "url": cell.url, "tone": cell.tone, "right": right}


# ---- files


def _file(view: View, report: Report, form: str) -> Response:
    if form not in FORMATS:
        raise NotFound(form)
    if not report.entity or not may(view.runtime, view.principal, "export", report.entity):
        raise Denied(str(_("You may not export these records.")), rule="export")
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (it outlives this function)
    rows = _write(report, form, cast(BinaryIO, out), ZoneInfo(view.zone))
    out.seek(0)
    principal, runtime = view.principal, view.runtime
    about = {"report": report.key, **(report.period.query() if report.period else {})}
    view.later(lambda: note_export(runtime, principal, report.entity, form, about, rows))
    ending, media = FORMATS[form]
    answer = Response(_chunks(out), mimetype=media.partition(";")[0])
    answer.call_on_close(out.close)
    answer.headers["Content-Type"] = media
    answer.headers["Content-Disposition"] = f'attachment; filename="{report.key}-{view.today.isoformat()}{ending}"'
    return answer


def _write(report: Report, form: str, out: BinaryIO, zone: ZoneInfo) -> int:
    """Title and period, key figures, then every table with its heading; returns the rows of the tables."""
    writer = writer_for(form, out, zone)
    writer.heading([str(report.title), report.period.label if report.period else ""])
    for one in report.choices:
        chosen = next((c["label"] for c in one["choices"] if str(c["value"]) == str(one["value"])), "")
        if chosen:
            writer.row([str(one["label"]), str(chosen)])
    for one in report.figures:
        writer.row([str(one["label"]), _plain(one["cell"]), str(one.get("note") or "")])
    count = 0
    for section in report.sections:
        writer.row([])
        writer.row([str(section.title)])
        lines = [*section.rows, *([section.total] if section.total else [])]
        writer.row([_heading(key, label, lines) for key, label in section.columns])
        for line in lines:
            writer.row([_plain(line.get(key)) for key, _label in section.columns])
        count += len(section.rows)
    writer.row([])
    writer.row([str(report.how)])
    writer.close()
    return count


def _heading(key: str, label: Text, lines: Sequence[Mapping[str, Any]]) -> str:
    """The words of a column; a column of amounts names its currency, so that its cells are numbers."""
    values = [cell.v for cell in (line.get(key) for line in lines) if isinstance(cell, Cell)]
    codes = sorted({value.currency for value in values if isinstance(value, Money)})
    return f"{label} ({', '.join(codes)})" if codes else str(label)


def _plain(cell: Any) -> Any:
    value = cell.v if isinstance(cell, Cell) else cell
    if isinstance(value, Money):
        return value.amount
    return str(value) if isinstance(value, Text) and not isinstance(value, str) else value


def _chunks(out: Any) -> Iterator[bytes]:
    with out:
        while chunk := out.read(_CHUNK):
            yield chunk
