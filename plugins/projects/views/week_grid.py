"""My timesheet: one row per task, one column per day of a week; copy last week, submit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from weft.core.sdk import FieldError, Row, ValidationFailed, every, translator
from weft.core.websdk import View
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services import hours as service
from weft.plugins.projects.services.hours import HOURS
from weft.plugins.projects.services.plan import PROJECT, TASK
from weft.plugins.projects.views.parts import name_of, names

_ = translator("projects")

__all__ = ["show_timesheet"]

_WEEK = timedelta(days=7)
_FIELDS = ("project", "task", "day", "hours", "status", "note", "returned_why", "subject")
_Key = tuple[int, int | None]


def show_timesheet(view: View) -> Any:
    """The week on GET; save, copy or submit on POST."""
    monday = _monday(view)
    if not view.writing:
        return _page(view, monday)
    if view.form.get("_do") == "copy":
        number = _copy(view, monday)
        view.toast(_("%(n)s entries copied") % {"n": number} if number else _("Last week has nothing to copy."),
                   undo=view.records.change_set_id if number else None)  # fmt: skip
        return view.redirect(_address(view, monday))
    errors = _save(view, monday)
    if errors:
        view.undo_all()
        return _page(view, monday, errors)
    message: Any = _("Saved")
    if view.form.get("_do") == "submit":
        rows = [row for row in _entries(view, monday) if row["hours"]]
        number = service.submit(view.records, rows)
        message = _("%(n)s entries submitted") % {"n": number} if number else _("There is nothing to submit.")
    view.toast(message, undo=view.records.change_set_id)
    return view.redirect(_address(view, monday))


def _monday(view: View) -> date:
    try:
        day = date.fromisoformat(view.args.get("week", "") or view.form.get("week", ""))
    except ValueError:
        day = view.today
    return day - timedelta(days=day.weekday())


def _address(view: View, monday: date, **more: str) -> str:
    query = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/{view.portal_key}/projects/timesheet?week={monday.isoformat()}{query}"


def _entries(view: View, monday: date) -> list[Row]:
    filters = {"owner": str(view.principal.user_id), "week": monday.isoformat()}
    return list(every(view.records, HOURS, _FIELDS, filters))


# ---- writing


def _cell_name(key: _Key, day: int) -> str:
    return f"h-{key[0]}-{key[1] or 0}-{day}"


def _save(view: View, monday: date) -> dict[str, str]:
    """Write what differs; returns messages by cell."""
    known = {
        ((row["project"].id, row["task"].id if row.get("task") else None), row["day"].weekday()): row
        for row in _entries(view, monday)
        if row["status"] in words.WRITABLE
    }
    errors: dict[str, str] = {}
    for name, typed in view.form.items():
        parts = name.split("-")
        if len(parts) != 4 or parts[0] != "h" or not all(part.isdigit() for part in parts[1:]):
            continue
        key: _Key = (int(parts[1]), int(parts[2]) or None)
        try:
            _store(view, monday, key, int(parts[3]), _number(typed), known.get((key, int(parts[3]))))
        except ValidationFailed as error:
            errors[name] = "; ".join(str(one.message) for one in error.errors)
    return errors


def _number(typed: str) -> Decimal:
    text = typed.strip().replace(",", ".").replace("，", ".")
    try:
        number = Decimal(text or "0")
    except InvalidOperation as error:
        raise ValidationFailed([FieldError("hours", "format", _("Write hours, such as 6.5."))]) from error
    if not number.is_finite() or number < 0 or number > 24:
        raise ValidationFailed([FieldError("hours", "most", _("A day has 24 hours."))])
    return number


def _store(view: View, monday: date, key: _Key, day: int, number: Decimal, row: Row | None) -> None:
    if day > 6 or number == (row["hours"] if row is not None else 0):
        return
    if row is not None and not number:
        view.records.delete(HOURS, row.id)
    elif row is not None:
        view.records.update(HOURS, row.id, {"hours": str(number)}, version=None)
    else:
        values = {"project": key[0], "task": key[1], "day": (monday + timedelta(days=day)).isoformat(),
                  "hours": str(number)}  # fmt: skip
        view.records.create(HOURS, values)


def _copy(view: View, monday: date) -> int:
    """The hours of last week as drafts of this one, where nothing stands yet."""
    taken = {
        (row["project"].id, row["task"].id if row.get("task") else None, row["day"].weekday())
        for row in _entries(view, monday)
    }
    number = 0
    for row in _entries(view, monday - _WEEK):
        task = row["task"].id if row.get("task") else None
        if (row["project"].id, task, row["day"].weekday()) in taken:
            continue
        values = {"project": row["project"].id, "task": task, "day": (row["day"] + _WEEK).isoformat(),
                  "hours": str(row["hours"])}  # fmt: skip
        view.records.create(HOURS, values)
        number += 1
    return number


# ---- the page


def _page(view: View, monday: date, errors: Mapping[str, str] | None = None) -> Any:
    entries = _entries(view, monday)
    lines = _lines(view, entries)
    cells: dict[tuple[_Key, int], list[Row]] = {}
    for row in entries:
        key = (row["project"].id, row["task"].id if row.get("task") else None)
        cells.setdefault((key, row["day"].weekday()), []).append(row)
    rows = [
        {"title": title, "sub": sub, "url": url, "cells": [
            _cell(view, key, day, cells.get((key, day), []), errors or {}) for day in range(7)],
         "total": view.formats.number(sum((row["hours"] for day in range(7) for row in cells.get((key, day), [])),
                                          Decimal(0)))}
        for key, (title, sub, url) in lines.items()
    ]  # fmt: skip
    days = [monday + timedelta(days=number) for number in range(7)]
    grid = {
        "action": _address(view, monday), "week": monday.isoformat(), "rows": rows,
        "days": [{"label": view.formats.date(day), "weekday": _weekday(view, day),
                  "short": f"{_weekday(view, day)} {day.day}", "today": day == view.today,
                  "off": day.weekday() > 4,
                  "total": view.formats.number(sum((row["hours"] for row in entries if row["day"] == day), Decimal(0)))}
                 for day in days],
        "total": view.formats.number(sum((row["hours"] for row in entries), Decimal(0))),
        "states": _states(entries), "returned": sorted({row["returned_why"] for row in entries
                                                        if row["status"] == "returned" and row.get("returned_why")}),
        "errors": sorted(set((errors or {}).values())),
        "before": _address(view, monday - _WEEK), "after": _address(view, monday + _WEEK),
        "add": _addable(view, lines), "open": any(row["status"] in words.WRITABLE for row in entries) or not entries,
    }  # fmt: skip
    page = {"title": str(_("My timesheet"))}
    return view.render("projects/timesheet.html", 422 if errors else 200, page=page, grid=grid)


def _weekday(view: View, day: date) -> str:
    return str(view.formats.babel.days["format"]["abbreviated"][day.weekday()])


def _lines(view: View, entries: list[Row]) -> dict[_Key, tuple[str, str, str]]:
    """Rows of the grid: what has hours this week or had last week's, then my open tasks; and what was added."""
    found: dict[_Key, tuple[str, str, str]] = {}
    for row in entries:
        task, project = row.get("task"), row["project"]
        key = (project.id, task.id if task is not None else None)
        title = names(task) if task is not None else names(project)
        url = view.url(TASK, task.id) if task is not None else view.url(PROJECT, project.id)
        found.setdefault(key, (title or row["subject"], names(project) if task is not None else "", url))
    mine = view.records.query(
        TASK, fields=("name", "name_alt", "project"), sort="due_on", limit=12,
        filters={"owner": str(view.principal.user_id), "status__in": ",".join(words.LIVE)},
    )  # fmt: skip
    for row in mine.rows:
        key = (row["project"].id, row.id)
        found.setdefault(key, (name_of(row), names(row["project"]), view.url(TASK, row.id)))
    added = view.args.get("add", "")
    if added.isdigit():
        project = view.records.get(PROJECT, int(added), fields=("name", "name_alt"))
        found.setdefault((project.id, None), (name_of(project), "", view.url(PROJECT, project.id)))
    return found


def _cell(view: View, key: _Key, day: int, rows: list[Row], errors: Mapping[str, str]) -> dict[str, Any]:
    name = _cell_name(key, day)
    writable = [row for row in rows if row["status"] in words.WRITABLE]
    fixed = sum((row["hours"] for row in rows if row["status"] not in words.WRITABLE), Decimal(0))
    cell: dict[str, Any] = {"name": name, "error": errors.get(name)}
    if fixed:
        status = next(row["status"] for row in rows if row["status"] not in words.WRITABLE)
        cell |= {"fixed": view.formats.number(fixed), "title": str(words.HOURS_STATUS.labels[status])}
    if name in view.form:
        cell["value"] = view.form[name]
    elif writable:
        cell["value"] = f"{writable[0]['hours'].normalize():f}"
    return cell


def _states(entries: list[Row]) -> list[dict[str, Any]]:
    counted: dict[str, int] = {}
    for row in entries:
        counted[row["status"]] = counted.get(row["status"], 0) + 1
    return [
        {"label": f"{words.HOURS_STATUS.labels[status]} {counted[status]}", "dot": words.HOURS_STATUS.tones[status]}
        for status in words.HOURS_STATUS.labels if status in counted
    ]  # fmt: skip


def _addable(view: View, lines: Mapping[_Key, Any]) -> list[dict[str, Any]]:
    """Running projects one may add a row for."""
    found = view.records.query(
        PROJECT, fields=("name", "name_alt"), filters={"status": "running"}, sort="name", limit=60
    )
    return [{"value": row.id, "label": name_of(row)} for row in found.rows if (row.id, None) not in lines]
