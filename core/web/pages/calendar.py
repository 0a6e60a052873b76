"""The calendar page: days, weeks, months, agenda and tasks; appointments made, moved and ticked off from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from weft.core.calendar import tasks as todo
from weft.core.calendar import writing
from weft.core.calendar.entries import EVENT, day_range
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.people import people
from weft.core.registry.calendars import CalendarSource
from weft.core.web import counts
from weft.core.web.event_form import EventForm
from weft.core.web.planner import VIEWS, Planner, moment_of, unit_links
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("calendar", __name__)
_BASE = "/<portal>/calendar/"
_POLICY = "portal:employee"


@route(blueprint, _BASE, policy=_POLICY, endpoint="show")
def show(portal: str) -> Response:
    view = current()
    planner = Planner(view)
    step = {"week": "week", "month": "month", "day": "day"}.get(planner.look, "")
    data: dict[str, Any] = {
        "head": _head(planner),
        "page": {"title": str(_("Calendar"))},
        "planner": planner.grid() if planner.look != "tasks" else {"look": "tasks", "days": [], "weeks": []},
        "title": planner.title() if planner.look != "tasks" else str(_("Tasks")),
        "without_tasks": not planner.with_tasks,
        "with_tasks_url": planner.address(tasks=""),
        "options": _options(planner),
        "beside": _beside(planner),
        "step": step,
        "around": {
            "prev": {"label": str(_("Earlier")), "icon": "chevron-left", "shortcut": "ArrowLeft",
                     "url": planner.address(date=planner.step(-1).isoformat())},
            "next": {"label": str(_("Later")), "icon": "chevron-right", "shortcut": "ArrowRight",
                     "url": planner.address(date=planner.step(1).isoformat())},
            "today": {"label": str(_("Today")), "shortcut": "t", "url": planner.address(date=view.today.isoformat())},
        },
    }  # fmt: skip
    if planner.look == "tasks":
        data["groups"] = _task_groups(view, planner)
    return view.render("pages/calendar.html", **data)


def _head(planner: Planner) -> dict[str, Any]:
    view = planner.view
    keys = {"day": "d", "week": "w", "month": "m", "agenda": "a", "tasks": "k"}
    looks = [
        {"label": str(label), "url": planner.address(view=key), "current": key == planner.look, "shortcut": keys[key]}
        for key, label in VIEWS.items()
    ]
    start = f"{planner.day.isoformat()}T09:00"
    return {
        "title": str(_("Calendar")),
        "looks": looks,
        "new": {"label": str(_("New appointment")), "icon": "plus", "url": view.page("calendar", "new", start=start),
                "opens": "dialog", "shortcut": "c"},
        "more": [
            {"label": str(_("Import a calendar file")), "icon": "upload", "url": view.page("calendar", "import")},
            {"label": str(_("Calendar for other programs")), "icon": "link",
             "url": view.page("profile", "calendar")},
            {"label": str(_("All appointments")), "icon": "list", "url": view.url(EVENT, owner="me")},
        ],
    }  # fmt: skip


def _options(planner: Planner) -> dict[str, Any]:
    now = planner.view.runtime.clock().astimezone(planner.zone)
    return {
        "look": planner.look,
        "move": planner.view.page("calendar", "move"),
        "fresh": planner.view.page("calendar", "new"),
        "today": now.date().isoformat(),
        "now": now.hour * 60 + now.minute,
    }


def _beside(planner: Planner) -> dict[str, Any]:
    """Whose calendars are shown beside one's own, and the way to add some."""
    view = planner.view
    names = people(view.connection, planner.chosen.others)
    selected = []
    for user in planner.chosen.others:
        if user in names:
            name = names[user].shown()[0]
            selected.append({"id": user, "title": name, "face": face(user, name)})
    field = {
        "name": "who", "kind": "references", "label": str(_("Colleagues")), "required": False,
        "search_url": view.page("pick", "people"), "selected": selected,
    }  # fmt: skip
    hidden = {"view": planner.look, "date": planner.day.isoformat()}
    if planner.chosen.unit is not None:
        hidden["unit"] = str(planner.chosen.unit)
    return {"field": field, "hidden": hidden, "action": view.page("calendar"), "units": unit_links(planner),
            "open": bool(selected)}  # fmt: skip


def _task_groups(view: View, planner: Planner) -> list[dict[str, Any]]:
    zone = ZoneInfo(view.zone)
    until = day_range(view.today, view.today + timedelta(days=30), zone)[1]
    found = todo.open_tasks(view.records, until, zone=zone)
    today = view.today
    parts = (
        (_("Overdue"), [one for one in found if one.last < today]),
        (_("Today"), [one for one in found if one.first <= today <= one.last]),
        (_("Later"), [one for one in found if one.first > today]),
    )
    return [
        {"title": str(title), "count": len(group), "rows": planner.lines(group),
         "days": [view.formats.reldate(one.first) for one in group]}
        for title, group in parts if group
    ]  # fmt: skip


# ---- making and changing


@route(blueprint, _BASE + "new/", policy="grant:create:core.event", endpoint="new")
def show_new(portal: str) -> Response:
    view = current()
    form = EventForm(view)
    return form.render(form.fresh())


@route(blueprint, _BASE + "new/", policy="grant:create:core.event", methods=["POST"], endpoint="create")
def create(portal: str) -> Response:
    view = current()
    form = EventForm(view)
    try:
        form.store()
    except ValidationFailed as error:
        view.undo_all()
        return form.render(form.typed(), error.errors)
    return _written(view, _("%(title)s is in the calendar") % {"title": view.form.get("subject", "").strip()})


@route(blueprint, _BASE + "<int:event_id>/", policy="record", endpoint="edit")
def show_edit(portal: str, event_id: int) -> Response:
    view = _inside()
    form = EventForm(view, view.records.get(EVENT, event_id, trash=False), _moment(view.args.get("at", "")))
    return form.render(form.stored())


@route(blueprint, _BASE + "<int:event_id>/", policy="record", methods=["POST"], endpoint="store")
def store(portal: str, event_id: int) -> Response:
    view = _inside()
    form = EventForm(view, view.records.get(EVENT, event_id, trash=False), _moment(view.form.get("at", "")))
    word = view.form.get("_do", "")
    title = form.title
    try:
        if word == "remove":
            form.remove()
            return _written(view, _("%(title)s moved to the trash") % {"title": title})
        if word == "skip":
            form.skip()
            return _written(view, _("%(title)s does not take place this time") % {"title": title})
        form.store()
    except ValidationFailed as error:
        view.undo_all()
        return form.render(form.typed(), error.errors)
    return _written(view, _("%(title)s saved") % {"title": title})


@route(blueprint, _BASE + "move/", policy=_POLICY, methods=["POST"], endpoint="move")
def move(portal: str) -> Response:
    """Take what a drag or a key did: other times, or whole days further; asks which repetitions are meant."""
    view = current()
    source, record_id, occurrence = _target(view)
    starts = moment_of(view, view.form.get("start", ""))
    minutes = view.form.get("minutes", "")
    if starts is None or not minutes.isdigit():
        raise NotFound("start")
    scope = view.form.get("scope", "")
    if occurrence is not None and scope not in ("one", "all"):
        return _ask_scope(view)
    version = view.form.get("version", "")
    ends = _end(view, starts, int(minutes))
    try:
        moved = writing.move(
            view.records, source, record_id, starts, ends, occurrence=occurrence, everything=scope == "all",
            version=int(version) if version.isdigit() else None,
        )  # fmt: skip
    except ValidationFailed as error:
        view.undo_all()
        note = {"title": str(_("Not moved")), "text": " ".join(str(one.message) for one in error.errors)}
        return view.render("pages/calendar_note.html", 422, note=note)
    row = view.records.get(source.entity, moved)
    when = view.formats.appointment(starts)
    if view.form.get("whole") != "1":
        when = f"{when} {view.formats.time(starts)}"
    return _written(view, _("%(title)s moved to %(when)s") % {"title": row.title, "when": when})


def _end(view: View, starts: datetime, minutes: int) -> datetime:
    """The end of what begins then; whole days are counted in days, whatever the clocks do."""
    if view.form.get("whole") != "1":
        return starts + timedelta(minutes=minutes)
    zone = ZoneInfo(view.zone)
    days = max(1, round(minutes / (24 * 60)))
    first = starts.astimezone(zone).date()
    return day_range(first, first + timedelta(days=days - 1), zone)[1]


def _ask_scope(view: View) -> Response:
    names = ("source", "id", "version", "occurrence", "start", "minutes", "whole")
    hidden = {name: view.form.get(name, "") for name in names}
    ask = {
        "title": str(_("Move a repeated appointment")),
        "action": view.page("calendar", "move"),
        "hidden": hidden,
        "one": str(_("Only this one")),
        "all": str(_("All of them")),
    }
    return view.render("pages/calendar_ask.html", ask=ask)


@route(blueprint, _BASE + "done/", policy=_POLICY, methods=["POST"], endpoint="done")
def done(portal: str) -> Response:
    """Tick a task off."""
    view = current()
    source, record_id, occurrence = _target(view)
    title = view.records.get(source.entity, record_id).title
    if source.entity == EVENT:
        writing.finish(view.records, record_id, occurrence)
    elif source.done:
        view.records.act(source.done, record_id, {})
    else:
        raise NotFound("done")
    return _written(view, _("%(title)s: done") % {"title": title})


def _target(view: View) -> tuple[CalendarSource, int, datetime | None]:
    source = view.runtime.registry.calendars.get(view.form.get("source", ""))
    text = view.form.get("id", "")
    if source is None or not text.isdigit():
        raise NotFound("source")
    return source, int(text), _moment(view.form.get("occurrence", ""))


def _moment(text: str) -> datetime | None:
    """An aware moment of an address; a plus sign may have become a blank on the way."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise NotFound(text) from error
    if found.tzinfo is None:
        raise NotFound(text)
    return found


def _inside() -> View:
    view = current()
    if view.portal_key != "employee":
        raise NotFound(view.path)
    return view


def _written(view: View, message: object) -> Response:
    """The answer to a write: a toast with Undo, the dialog shut, the calendar fresh."""
    view.toast(message, undo=view.records.change_set_id)
    counts.forget(view)
    if view.scripted:
        return view.done(wf_refresh="#wf-page", wf_close=True)
    day = view.form.get("start", "") or view.form.get("starts_at", "")
    known = day[:10] if _is_day(day[:10]) else None
    return view.redirect(view.page("calendar", date=known))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
