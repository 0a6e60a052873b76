"""Calendar files: import into one's own calendar, and the secret address at which other programs read it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, current_app, request

from weft.core.calendar import feeds
from weft.core.calendar.importing import CalendarPlan, plan_import, run_import
from weft.core.calendar.reading import CalendarFile, read_calendar
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import principals
from weft.core.import_export import runs
from weft.core.records import unit
from weft.core.rest.limits import Limits
from weft.core.web.forms.conflict import pack, unpack
from weft.core.web.pages.profile import account_page
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("calendar_files", __name__)
_BASE = "/<portal>/calendar/import/"
_POLICY = "grant:create:core.event"
#: Bytes of a calendar file; real ones have a few hundred kilobytes.
_LARGEST = 10 * 1024 * 1024
_SHOWN = 50
_LIMITS = "weft.calendar_limits"
_KINDS = {
    "VEVENT": _("Appointments"), "VTODO": _("Tasks"), "VJOURNAL": _("Journal entries"),
    "VFREEBUSY": _("Free and busy times"), "VALARM": _("Reminders"), "VTIMEZONE": _("Time zones"),
}  # fmt: skip


# ---- import


@route(blueprint, _BASE, policy=_POLICY, endpoint="choose")
def show_choose(portal: str) -> Response:
    return _choose(current())


def _choose(view: View, error: object = None) -> Response:
    limit = str(_("up to %(size)s") % {"size": view.formats.filesize(_LARGEST)})
    field: dict[str, Any] = {
        "name": "file", "kind": "file", "label": str(_("Calendar file")), "accept": ".ics,text/calendar",
        "limit": limit, "files": [],
        "help": str(_("A file .ics that another calendar exported. What is there already is changed, not doubled.")),
    }  # fmt: skip
    if error:
        field["error"] = str(error)
    form = {"action": view.page("calendar", "import"), "fields": [field], "submit": str(_("Next")), "plain": True,
            "multipart": True, "cancel_url": view.page("calendar")}  # fmt: skip
    return _page(view, [{"kind": "form", "form": form}], 422 if error else 200)


def _page(view: View, blocks: list[dict[str, Any]], status: int = 200, sub: str = "") -> Response:
    title = str(_("Import a calendar file"))
    back = {"url": view.page("calendar"), "label": str(_("Calendar"))}
    head = {"title": title, "crumbs": {"links": [back]}, "sub": sub}
    page = {"title": title, "back": back}
    return view.render("settings/page.html", status, page=page, head=head, nav=None, blocks=blocks)


@route(blueprint, _BASE, policy=_POLICY, methods=["POST"], upload=True, endpoint="receive")
def receive(portal: str) -> Response:
    """Show what a file holds and what would happen; with ``go`` do it."""
    view = current()
    kept = unpack(view, view.form.get("source", ""))
    if kept is not None:
        address, name = str(kept["address"]), str(kept["name"])
    else:
        given = view.files.get("file")
        if given is None or not given.filename:
            return _choose(view, _("Choose a file."))
        try:
            address = runs.keep_source(view.runtime, given.stream)  # type: ignore[arg-type]
        except ValidationFailed as error:
            return _choose(view, error.errors[0].message)
        name = given.filename[:200]
    running = kept is not None and view.form.get("go") == "run"
    view.writing = running
    with runs.open_source(view.runtime, address, name).stream as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        return _choose(view, _("This file is too large for a calendar."))
    file = read_calendar(data, now=view.runtime.clock())
    made = plan_import(view.records, file)
    if not running:
        return _preview(view, file, made, pack(view, {"address": address, "name": name}), name)
    count = run_import(view.records, made)
    message = _("%(n)s appointments imported") % {"n": view.formats.number(count)}
    view.toast(message, undo=view.records.change_set_id)
    first = min((one["starts_at"] for one in made.fresh.values()), default=None)
    day = first.astimezone(view.records.zone).date().isoformat() if first is not None else None
    return view.redirect(view.page("calendar", view="month", date=day))


def _preview(view: View, file: CalendarFile, made: CalendarPlan, source: str, name: str) -> Response:
    number = view.formats.number
    slots = {"fresh": number(len(made.fresh)), "changed": number(len(made.changed)), "same": number(made.same),
             "skipped": number(len(file.skipped))}  # fmt: skip
    text = _("%(fresh)s new, %(changed)s changed, %(same)s as they are, %(skipped)s cannot be taken.") % slots
    writes = bool(made.fresh or made.changed)
    tone = "ok" if not file.problems else "warn" if writes or made.same else "stop"
    blocks: list[dict[str, Any]] = [{"kind": "note", "tone": tone, "text": str(text)}]
    rows = [
        {"label": str(_KINDS[key]), "kind": "integer", "v": count}
        for key, count in file.components.items() if key in _KINDS
    ]  # fmt: skip
    if rows:
        blocks.append({"kind": "details", "details": {"rows": rows}})
    if file.problems:
        blocks.append(_problems(file))
    form: dict[str, Any] = {
        "action": view.page("calendar", "import"), "fields": [], "plain": True, "cancel_url": view.page("calendar"),
        "hidden": {"source": source, "go": "run" if writes else ""},
        "submit": str(_("Import %(n)s appointments") % {"n": number(len(made.fresh) + len(made.changed))}),
    }  # fmt: skip
    if not writes:
        again = {"label": str(_("Choose another file")), "url": view.page("calendar", "import")}
        blocks[0]["actions"] = [again]
    else:
        blocks.append({"kind": "form", "form": form})
    return _page(view, blocks, sub=name)


def _problems(file: CalendarFile) -> dict[str, Any]:
    """Components that cannot be taken or only in part, by name, line and reason; equal ones in one line."""
    counted: Counter[tuple[str, str, str, bool]] = Counter()
    lines: dict[tuple[str, str, str, bool], int] = {}
    for one in file.problems:
        key = (one.component, one.name, str(one.message), one.skipped)
        counted[key] += 1
        lines.setdefault(key, one.line)
    rows = [
        {"id": f"p{place}", "url": "", "title": name or component or str(_("File")),
         "cells": {"name": name or component or str(_("File")), "reason": reason if n == 1 else f"{reason} (×{n})",
                   "line": lines[component, name, reason, skipped],
                   "taken": str(_("left out") if skipped else _("taken in part"))}}
        for place, ((component, name, reason, skipped), n) in enumerate(counted.most_common(_SHOWN))
    ]  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": str(_("What")), "kind": "text"},
        {"key": "reason", "label": str(_("Reason")), "kind": "text", "phone": "line"},
        {"key": "taken", "label": str(_("Result")), "kind": "text", "width": 130, "phone": "end"},
        {"key": "line", "label": str(_("Line")), "kind": "integer", "width": 80},
    ]
    table = {"label": str(_("What cannot be taken")), "columns": columns, "rows": rows, "select": False, "id": "wf-ics"}
    return {"kind": "table", "table": table}


# ---- the address for other programs


@route(blueprint, "/<portal>/profile/calendar/", policy="portal:employee", endpoint="feed")
def show_feed(portal: str) -> Response:
    return _feed_page(current())


def _feed_page(view: View, address: str = "") -> Response:
    user = view.principal.user_id or 0
    since = feeds.made_at(view.connection, user)
    blocks: list[dict[str, Any]] = []
    if address:
        text = _(
            "This address is shown once. Whoever has it can read your calendar: give it to your own programs only."
        )
        blocks.append(
            {"kind": "copy", "label": str(_("Address of your calendar")), "value": address, "help": str(text)}
        )
    if since is None:
        text = _("Phones and other calendar programs can show your appointments at a secret address.")
        blocks.append({"kind": "note", "text": str(text)})
    elif not address:
        when = _("There is an address since %(day)s. It is not kept in readable form; make a new one if you lost it.")
        blocks.append({"kind": "note", "text": str(when % {"day": view.formats.date(since)})})
    label = _("Make an address") if since is None else _("Make a new address")
    here = view.page("profile", "calendar")
    form: dict[str, Any] = {"action": here, "fields": [], "submit": str(label), "plain": True}
    blocks.append({"kind": "form", "form": form})
    if since is not None:
        end = {"action": here, "fields": [], "submit": str(_("End the address")), "plain": True, "id": "wf-feed-end",
               "hidden": {"end": "1"}}  # fmt: skip
        blocks.append({"kind": "form", "form": end})
    return account_page(view, "calendar", blocks)


@route(blueprint, "/<portal>/profile/calendar/", policy="portal:employee", methods=["POST"], endpoint="store_feed")
def store_feed(portal: str) -> Response:
    view = current()
    user = view.principal.user_id or 0
    if view.form.get("end") == "1":
        feeds.withdraw(view.connection, user)
        view.toast(_("The address has ended; programs that use it get nothing more"))
        return view.redirect(view.page("profile", "calendar"))
    token = feeds.issue(view.connection, user, now=view.runtime.clock())
    return _feed_page(view, f"{view.runtime.settings.public_url}/calendar/{token}.ics")


@route(blueprint, "/calendar/<token>.ics", policy="public", door="probe", endpoint="read")
def read_feed(token: str) -> Response:
    """The calendar behind a secret address; every wrong address looks the same."""
    runtime = current_app.extensions["weft"]
    limits: Limits = current_app.extensions.setdefault(_LIMITS, Limits(runtime.settings.redis_url))
    caller = request.remote_addr or "unknown"
    limits.check_address(caller)
    with runtime.db.read() as connection:
        found = feeds.owner_of(connection, token)
        if found is None or found[1] != "employee":
            limits.failed(caller)
            raise NotFound("calendar")
        user, audience, version = found
        principal = principals.load(connection, runtime, user, audience, version=version)
    limits.hit(-user)  # ids of tokens are positive: the counts of both never meet
    with unit.reading(runtime, principal, "rest") as records:
        body = feeds.calendar_text(records, in_script(principal.name, principal.name_alt, principal.locale)[0])
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return answer
