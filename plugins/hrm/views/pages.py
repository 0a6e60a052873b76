"""Parts of the pages of employees, lists and goals; attendance by one button; one's own file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import NotFound, Row, current_locale, directory, in_script, translator
from weft.core.websdk import View, after_write
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import attendance, changes, checklists, goals, people

_ = translator("hrm")

__all__ = ["change_page", "checklist_page", "clock", "employee_page", "has_file", "my_file", "source_name"]


def shown_name(row: Mapping[str, Any]) -> str:
    """Name of a row about a person in the viewer's script."""
    return in_script(row.get("name") or "", row.get("name_alt"), current_locale())[0]


# ---- the file


def employee_page(view: View, record: Row) -> dict[str, Any]:
    """Where somebody was placed and what is kept about them, as far as the viewer may read it."""
    user = record["user"].id if record.get("user") else 0
    return {"panels": [
        panel for panel in (
            _placements(view, user), _own(view, "hrm.leave", user, _("Leave", "list"), "-from_on"),
            _own(view, "hrm.contract", user, _("Employment contracts"), "-starts_on"),
            _own(view, goals.GOAL, user, _("Goals"), "-ends_on"),
            _own(view, checklists.LIST, user, _("Joining and leaving"), "-base_on"),
            _own(view, changes.CHANGE, user, _("Changes asked for"), "-created_at"),
        ) if panel is not None
    ]}  # fmt: skip


def _placements(view: View, user: int) -> dict[str, Any]:
    page = view.records.query("hrm.placement", filters={"person": user}, sort="-since", limit=20)
    heads = directory.persons(view.records, [row["reports_to"].id for row in page.rows if row.get("reports_to")])
    rows = []
    for row in page.rows:
        position = row.get("position")
        where = [in_script(one.title, one.alt, current_locale())[0] for one in (position,) if one is not None] + [
            in_script(one.name, one.alt, current_locale())[0] for one in (row.get("in_unit"),) if one is not None
        ]
        until = view.formats.date(row["until"]) if row.get("until") else str(_("today"))
        above = heads[row["reports_to"].id].shown()[0] if row.get("reports_to") else ""
        rows.append({
            "title": " · ".join(where) or shown_name(row), "icon": "sitemap",
            "sub": str(_("reports to %(name)s") % {"name": above}) if above else "",
            "end": {"text": f"{view.formats.date(row['since'])} – {until}"},
        })  # fmt: skip
    return {"title": str(_("Placements")), "count": len(rows), "rows": rows, "rows_two": True,
            "empty": {"title": str(_("Not placed yet."))}}  # fmt: skip


def _own(view: View, entity: str, user: int, title: Any, sort: str) -> dict[str, Any] | None:
    if not view.may(entity, "read"):
        return None
    page = view.records.query(entity, filters={"person": user}, sort=sort, limit=5, count="capped")
    if not page.rows:
        return None
    rows = [_line(view, entity, row) for row in page.rows]
    return {"title": str(title), "count": page.count.value if page.count else len(rows), "rows": rows,
            "rows_two": True, "url": view.url(entity, all="1", person=str(user))}  # fmt: skip


def _line(view: View, entity: str, row: Row) -> dict[str, Any]:
    tones = {"hrm.leave": words.LEAVE_STATUS, "hrm.contract": words.CONTRACT_STATUS, goals.GOAL: words.GOAL_STATUS,
             checklists.LIST: words.CHECKLIST_STATUS, changes.CHANGE: words.CHANGE_STATUS}[entity]  # fmt: skip
    day = row.get("from_on") or row.get("starts_on") or row.get("base_on") or row["created_at"]
    last = row.get("to_on") or row.get("ends_on")
    text = view.formats.date(day) if day else ""
    if last and last != day:
        text += f" – {view.formats.date(last)}"
    kind = row.get("leave_type")
    title = row.get("subject") or (in_script(kind.title, kind.alt, current_locale())[0] if kind is not None else "")
    found: dict[str, Any] = {"title": title or text, "url": view.url(entity, row["id"]), "sub": text if title else ""}
    if row.get("status"):
        found |= {"kind": "status", "v": {"label": str(tones.labels[row["status"]]), "dot": tones.tones[row["status"]]}}
    return found


def change_page(view: View, record: Row) -> dict[str, Any]:
    """What the file says now beside what is asked for."""
    person = record["person"].id if record.get("person") else 0
    names = list(record.get("concerns") or ())
    page = view.records.query(people.EMPLOYEE, fields=names, filters={"user": person}, limit=1)
    now = page.rows[0] if page.rows and record["status"] == "asked" else {}
    rows = []
    for name in names:
        wanted = _as_text(record.get(name)) or "–"
        before = _as_text(now.get(name)) or "–"
        sub = str(_("now: %(value)s") % {"value": before}) if now else ""
        rows.append({"title": wanted, "sub": " · ".join(filter(None, (str(words.ASKABLE.labels[name]), sub)))})
    panel = {"title": str(_("What changes")), "count": len(rows), "rows": rows, "rows_two": True, "full": True}
    state = record["status"]
    status = {"label": str(words.CHANGE_STATUS.labels[state]), "dot": words.CHANGE_STATUS.tones[state]}
    return {"panels": [panel], "head": {"path": {}, "status": status}}  # each state but the first is an end


def _as_text(value: Any) -> str:
    """An address in one line, other values as they are."""
    if not isinstance(value, Mapping):
        return str(value or "")
    lines = [*(value.get("lines") or ()), value.get("postcode"), value.get("city"), value.get("country")]
    return ", ".join(str(one) for one in lines if one)


def has_file(view: View) -> bool:
    """Whether the viewer has an employee file."""
    return view.principal.user_id in people.files(view.records, [view.principal.user_id])


def my_file(view: View) -> Any:
    """The way to one's own file.

    Raises:
        NotFound: there is none.
    """
    file = people.files(view.records, [view.principal.user_id]).get(view.principal.user_id or 0)
    if file is None:
        raise NotFound("file")
    return view.redirect(view.url(people.EMPLOYEE, file["id"]))


# ---- joining and leaving lists


def checklist_page(view: View, record: Row) -> dict[str, Any]:
    """The steps in their order with a tick each, and how far handing over is."""
    filters = {"list": record["id"]}
    page = view.records.query(checklists.STEP, filters=filters, sort="position", limit=100)
    rows = [_step(view, row) for row in page.rows]
    panel = {"title": str(_("Steps")), "count": len(rows), "rows": rows, "rows_two": True, "full": True,
             "figure": {"kind": "text", "v": f"{record.get('steps_done')}/{record.get('steps_total')}"},
             "empty": {"title": str(_("No steps yet."))}}  # fmt: skip
    person = record["person"].id if record.get("person") else 0
    states = checklists.handed_over(view.records, [person]).get(person, []) if record["kind"] == "leaving" else []
    return {"steps": panel, "handover": states}


def _step(view: View, row: Row) -> dict[str, Any]:
    done = row["status"] == "done"
    owner = row.get("owner")
    who = in_script(owner.name, owner.alt, current_locale())[0] if owner else str(_("Nobody"))
    name = "untick" if done else "tick"
    late = not done and row.get("due_on") is not None and row["due_on"] < view.today
    day = row.get("done_on") if done else row.get("due_on")
    found: dict[str, Any] = {
        "title": in_script(row["subject"], row.get("subject_alt"), current_locale())[0],
        "url": row.get("page") or view.url(checklists.STEP, row["id"]),
        "icon": "circle-check" if done else "circle", "sub": who, "muted": done,
        "end": {"text": view.formats.reldate(day) if day else "", "tone": "late" if late else None},
    }  # fmt: skip
    label = _("Not done") if done else _("Done", "button")
    if view.may(checklists.STEP, f"{checklists.STEP}.{name}"):
        found["action"] = {"label": str(label), "icon": "arrow-back-up" if done else "check", "opens": "post",
                           "url": view.url(checklists.STEP, row["id"], "act", name)}  # fmt: skip
    return found


# ---- attendance


def clock(view: View) -> Any:
    """One button: come, and later go."""
    done = attendance.clock(view.records)
    message = _("Came at %(time)s") if done == "came" else _("Went at %(time)s")
    return after_write(view, message % {"time": view.formats.time(view.records.now)}, view.page())


# ---- goals


def source_name(view: View, key: str) -> str:
    """Name of what fills a goal."""
    found = goals.sources(view.records).get(key)
    return str(found["label"]) if found is not None else key
