"""Tiles of people officers and heads of departments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Widget, current_locale, directory, in_script, translator
from weft.core.websdk import View, home_period
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.grants import EXECUTIVE, HEAD, OFFICER
from weft.plugins.hrm.services import changes, checklists, goals, leave, people
from weft.plugins.hrm.views.ending import ending_link, ending_rows
from weft.plugins.hrm.views.leave import span
from weft.plugins.hrm.widgets.everybody import to_decide

_ = translator("hrm")

__all__ = ["WIDGETS"]

_ROWS = 5
_WAITING: Mapping[str, str] = {"status": "requested"}
_AWAY: Mapping[str, str] = {"status": "approved", "from_on__lte": "today", "to_on__gte": "today"}
_ASKED: Mapping[str, str] = {"status": "asked"}
_OPEN: Mapping[str, str] = {"status": "open"}
_PRESENT: Mapping[str, str] = {"status__in": "active,leaving"}


def _listed(entity: str, filters: Mapping[str, str], sort: str) -> Any:
    return lambda view: view.url(entity, all="1", sort=sort, **filters)


def waiting(view: View) -> dict[str, Any]:
    """All requests for leave nobody has decided."""
    return to_decide(view, _WAITING)


def _away(view: View, filters: Mapping[str, str]) -> dict[str, Any]:
    fields = ("name", "name_alt", "from_on", "to_on", "in_unit")
    page = view.records.query(leave.LEAVE, fields=fields, filters=filters, sort="to_on", limit=_ROWS, count="capped")
    rows = []
    for row in page.rows:
        unit = row.get("in_unit")
        rows.append({
            "title": in_script(row["name"] or "", row.get("name_alt"), current_locale())[0], "icon": "beach",
            "url": view.url(leave.LEAVE, row["id"]), "sub": in_script(unit.name, unit.alt, current_locale())[0] if unit else "",
            "end": {"text": span(view, row)},
        })  # fmt: skip
    count = page.count.value if page.count else len(rows)
    return {"rows": rows, "count": count, "period": view.formats.date(view.today), "two": True}


def away(view: View) -> dict[str, Any]:
    """Who is away today."""
    return _away(view, _AWAY)


def _my_units(view: View) -> dict[str, str]:
    return {**_AWAY, "in_unit__in": ",".join(str(number) for number in view.principal.unit_tree) or "0"}


def unit_away(view: View) -> dict[str, Any]:
    """Who of my units is away today."""
    return _away(view, _my_units(view))


def lists(view: View) -> dict[str, Any]:
    """Open joining and leaving lists with how far they are, and what is handed over."""
    fields = ("name", "name_alt", "kind", "person", "base_on", "steps_done", "steps_total")
    page = view.records.query(
        checklists.LIST, fields=fields, filters=_OPEN, sort="-base_on", limit=_ROWS, count="capped"
    )
    leaving = [row["person"].id for row in page.rows if row["kind"] == "leaving" and row.get("person")]
    states = checklists.handed_over(view.records, leaving) if leaving else {}
    rows = []
    for row in page.rows:
        word = words.CHECKLIST_KIND.labels[row["kind"]]
        told = states.get(row["person"].id, []) if row.get("person") else []
        done = f"{row['steps_done']}/{row['steps_total']}"
        rows.append({
            "title": in_script(row["name"] or "", row.get("name_alt"), current_locale())[0],
            "url": view.url(checklists.LIST, row["id"]), "icon": "list-check",
            "sub": " · ".join([str(word), *told]), "end": {"text": done},
        })  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def headcount(view: View) -> dict[str, Any]:
    """People by unit below the company, with the change of the period."""
    lines = view.records.aggregate(people.EMPLOYEE, group=("in_unit",), filters=_PRESENT)
    counts = {line["in_unit"].id if line["in_unit"] else None: line["count"] for line in lines}
    groups, names = _tops(view)
    found: dict[int | None, int] = defaultdict(int)
    for unit, number in counts.items():
        found[groups.get(unit) if unit is not None else None] += number
    most = max(found.values(), default=1)
    rows = []
    for top in [*names, None]:
        if not found.get(top):
            continue
        below = [str(unit) for unit, group in groups.items() if group == top]
        own = {"in_unit__in": ",".join(below)} if top is not None else {"in_unit__isnull": "true"}
        rows.append({
            "label": names[top] if top is not None else str(_("Without a unit")), "value": found[top],
            "percent": round(100 * found[top] / most), "url": view.url(people.EMPLOYEE, all="1", **_PRESENT, **own),
        })  # fmt: skip
    period = home_period(view)
    return {"rows": rows, "count": sum(found.values()), "period": _change(view, period)}


def _tops(view: View) -> tuple[dict[int, int], dict[int, str]]:
    """Unit -> the unit of the first level below the company it belongs to; names of those, in tree order."""
    groups: dict[int, int] = {}
    names: dict[int, str] = {}
    units = directory.all_units(view.records)
    single = sum(1 for one in units if one[3] == 0) == 1
    level, top = (1 if single else 0), None
    for number, name, other, depth in units:
        if depth <= level:
            top = number
            names[number] = in_script(name, other, current_locale())[0]
        groups[number] = top if top is not None else number
    return groups, names


def _change(view: View, period: Any) -> str:
    """How many came and went in the period, in words."""
    joined = _number(view, {**_PRESENT, **period.filters("joined_on")})
    left = _number(view, {"gone": "true", **period.filters("last_day")})
    return str(_("%(label)s: +%(joined)s −%(left)s") % {"label": period.label, "joined": joined, "left": left})


def _number(view: View, filters: Mapping[str, str]) -> int:
    return int(view.records.aggregate(people.EMPLOYEE, filters=dict(filters))[0]["count"])


def open_goals(view: View) -> dict[str, Any]:
    """Goals not judged yet, the nearest end first."""
    fields = ("subject", "person", "target", "reached", "percent", "ends_on")
    page = view.records.query(goals.GOAL, fields=fields, filters=_OPEN, sort="ends_on", limit=_ROWS, count="capped")
    rows = []
    for row in page.rows:
        person = row.get("person")
        share = row.get("percent")
        rows.append({
            "title": row["subject"], "url": view.url(goals.GOAL, row["id"]), "icon": "target",
            "sub": in_script(person.name, person.alt, current_locale())[0] if person else "",
            "end": {"text": view.formats.percent(share) if share is not None else "–",
                    "tone": "late" if row["ends_on"] < view.today else None},
        })  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def changes_asked(view: View) -> dict[str, Any]:
    """What people want changed in their files."""
    fields = ("name", "name_alt", "concerns", "created_at")
    page = view.records.query(changes.CHANGE, fields=fields, filters=_ASKED, sort="created_at", limit=_ROWS,
                              count="capped")  # fmt: skip
    rows = [
        {
            "title": in_script(row["name"] or "", row.get("name_alt"), current_locale())[0], "icon": "pencil",
            "url": view.url(changes.CHANGE, row["id"]),
            "sub": str(_(", ")).join(str(words.ASKABLE.labels[one]) for one in row.get("concerns") or ()),
            "end": {"text": view.formats.reldate(row["created_at"])},
        }
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


WIDGETS: list[Any] = [
    Widget("hrm.changes_asked", _("Changes asked for"), "todo", "list", changes_asked,
           _listed("hrm.file_change", _ASKED, "created_at"), (OFFICER,), order=50,
           empty=_("Nobody waits for a change in their file.")),
    Widget("hrm.to_decide", _("Leave to decide"), "new", "list", waiting,
           _listed("hrm.leave", _WAITING, "from_on"), (OFFICER,), order=10, width=2,
           empty=_("Every request for leave is decided.")),
    Widget("hrm.away", _("Away today"), "new", "list", away, _listed("hrm.leave", _AWAY, "to_on"),
           (OFFICER,), order=20, width=2, empty=_("Everybody is here today.")),
    Widget("hrm.lists", _("Joining and leaving"), "new", "list", lists,
           _listed("hrm.checklist", _OPEN, "-base_on"), (OFFICER,), order=30, width=2,
           empty=_("Nobody joins or leaves at present. Hire somebody from the list of employees.")),
    Widget("hrm.ending", _("Ending soon"), "new", "list", ending_rows, ending_link, (OFFICER,), order=40, width=2,
           empty=_("No probation and no contract ends soon.")),
    Widget("hrm.headcount", _("Headcount"), "figures", "bars", headcount,
           _listed("hrm.employee", _PRESENT, "name"), (OFFICER, EXECUTIVE), order=10, width=2,
           empty=_("No employee has been entered yet.")),
    Widget("hrm.open_goals", _("Goals open"), "figures", "list", open_goals,
           _listed("hrm.goal", _OPEN, "ends_on"), (OFFICER,), order=20, width=2, empty=_("Nobody has an open goal.")),
    Widget("hrm.unit_today", _("My unit today"), "new", "list", unit_away,
           lambda view: view.url("hrm.leave", all="1", sort="to_on", **_my_units(view)), (HEAD,), order=15, width=2,
           empty=_("Everybody of your units is here today.")),
]  # fmt: skip
