"""Hours of a team: what waits for approval, person by person and week by week; approved all at once or sent back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import ValidationFailed, current_locale, directory, every, in_script, translator
from weft.core.websdk import View, after_write, face
from weft.plugins.projects.services import hours as service
from weft.plugins.projects.services import missing
from weft.plugins.projects.services.hours import HOURS
from weft.plugins.projects.services.plan import PROJECT
from weft.plugins.projects.views.parts import names

_ = translator("projects")

__all__ = ["decide", "groups", "show_timesheets", "waiting"]

_ADDRESS = "/employee/projects/timesheets"
_RECENT = timedelta(days=35)


def waiting(view: View) -> dict[tuple[int, date], list[Any]]:
    """Submitted hours that the viewer may approve: (person, Monday) -> entries."""
    mine = {"status": "submitted", "lead": str(view.principal.user_id)}
    return groups(every(view.records, HOURS, ("owner", "week", "project", "day", "hours", "status"), mine))


def groups(rows: Any) -> dict[tuple[int, date], list[Any]]:
    """Entries by person and week."""
    found: dict[tuple[int, date], list[Any]] = {}
    for row in rows:
        if row.get("owner") and row.get("week"):
            found.setdefault((row["owner"].id, row["week"]), []).append(row)
    return found


def show_timesheets(view: View) -> Any:
    """What waits, who is missing, and what was approved lately."""
    found = waiting(view)
    since = (view.today - _RECENT).isoformat()
    fields = ("owner", "week", "project", "day", "hours", "status")
    recent = groups(every(view.records, HOURS, fields, {"status": "approved", "week__gte": since}))
    page = {"title": str(_("Timesheets"))}
    return view.render(
        "projects/timesheets.html", page=page,
        waiting=[_row(view, key, rows) for key, rows in _sorted(found)],
        recent=[_row(view, key, rows) for key, rows in _sorted(recent)[:20]],
        missing=_names_of_missing(view), action=_ADDRESS,
    )  # fmt: skip


def _sorted(found: Mapping[tuple[int, date], list[Any]]) -> list[tuple[tuple[int, date], list[Any]]]:
    return sorted(found.items(), key=lambda pair: (-pair[0][1].toordinal(), pair[0][0]))


def _row(view: View, key: tuple[int, date], rows: list[Any]) -> dict[str, Any]:
    owner = rows[0]["owner"]
    name = in_script(owner.name, owner.alt, current_locale())[0]
    by_project: dict[int, list[Any]] = {}
    for row in rows:
        by_project.setdefault(row["project"].id, []).append(row)
    parts = [
        {"title": names(some[0]["project"]) or some[0]["project"].title, "hours": _sum(view, some)}
        for some in by_project.values()
    ]
    return {
        "key": f"{key[0]}-{key[1].isoformat()}", "name": name, "face": face(owner.id, name),
        "week": str(_("week of %(day)s") % {"day": view.formats.date(key[1])}), "parts": parts,
        "hours": _sum(view, rows), "url": view.url(HOURS, owner=str(key[0]), week=key[1].isoformat(), all="1"),
    }  # fmt: skip


def _sum(view: View, rows: list[Any]) -> str:
    return view.formats.number(sum((row["hours"] for row in rows), Decimal(0)))


def _names_of_missing(view: View) -> list[str]:
    """People of the projects one leads who have no hours in the week that ended."""
    monday = view.today - timedelta(days=view.today.weekday() + 7)
    mine = [row.id for row in every(view.records, PROJECT, (), {"owner": "me", "status": "running"})]
    system = view.records.system("projects: who has not written hours")
    without = missing.silent(system, missing.team_of(system, mine), {"week": monday.isoformat()})
    people = directory.persons(view.records, without)
    return sorted(in_script(one.name, one.name_alt, current_locale())[0] for one in people.values())


def decide(view: View) -> Any:
    """Approve the chosen weeks, all at once, or send them back with a reason."""
    found = waiting(view)
    chosen = set(view.form.getlist("chosen"))
    rows = [row for (person, week), some in found.items() if f"{person}-{week.isoformat()}" in chosen for row in some]
    if not rows:
        view.toast(_("Choose whose hours."))
        return view.redirect(_ADDRESS)
    for row in rows:
        view.require(HOURS, "projects.time_entry.approve", row.id)
    if view.form.get("_do") == "back":
        why = view.form.get("why", "").strip()
        if not why:
            view.toast(_("Say why you send them back."))
            return view.redirect(_ADDRESS)
        number = service.send_back(view.records, rows, why[:500])
        return after_write(view, _("%(n)s entries sent back") % {"n": number}, _ADDRESS)
    try:
        number = service.approve(view.records, rows)
    except ValidationFailed as error:
        view.undo_all()
        view.toast("; ".join(str(one.message) for one in error.errors))
        return view.redirect(_ADDRESS)
    return after_write(view, _("%(n)s entries approved") % {"n": number}, _ADDRESS)
