"""Settings > Plugins, Mail and connections, Jobs and health, Import and export: how the installation is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import select

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.identity import people, users
from weft.core.identity.acting import require_admin
from weft.core.import_export.tables import export_run, import_run
from weft.core.mail.mailer import is_set_up
from weft.core.mail.message import Message
from weft.core.outbox import delivery, queue, schedule
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, settings_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_system", __name__)
_LATEST = 30
#: Finished rows that are folded by what ran.
_DONE_LOOKED_AT = 200
_STATES = {
    "ready": (_("waiting"), "blue"),
    "running": (_("running"), "teal"),
    "failed": (_("failed, tries again"), "amber"),
    "dead": (_("given up"), "red"),
    "done": (_("done"), "green"),
    "waiting": (_("waiting"), "blue"),
}


def _state(key: str) -> dict[str, str]:
    label, dot = _STATES.get(key, (key, "grey"))
    return {"label": str(label), "dot": dot}


def _table(label: object, columns: list[dict[str, Any]], rows: list[dict[str, Any]], empty: object) -> dict[str, Any]:
    table = {
        "label": str(label), "columns": columns, "rows": rows, "select": False, "empty": {"title": str(empty)},
    }  # fmt: skip
    return {"kind": "table", "table": table}


# ---- plugins


@route(blueprint, f"{BASE}plugins/", policy=POLICY, endpoint="plugins")
def show_plugins() -> Response:
    view = current()
    plugins = view.runtime.plugins
    rows = []
    for key, plugin in sorted(plugins.active.items()):
        source = plugins.sources.get(key) or str(_("named at start"))
        rows.append(
            {
                "title": str(plugin.title), "icon": "plug-connected", "beside": True, "plain": True,
                "sub": f"{key} {plugin.version}", "end": {"text": source},
            }
        )  # fmt: skip
    blocks: list[dict[str, Any]] = []
    for key, why in sorted(plugins.quarantined.items()):
        title = str(_("%(plugin)s is not running") % {"plugin": key})
        blocks.append({"kind": "note", "tone": "stop", "title": title, "text": why.reason})
    panel = {"title": str(_("Running")), "count": len(rows), "rows": rows, "full": True}
    blocks.append({"kind": "panel", "panel": panel})
    text = _("Plugins are installed by the operator and chosen with WEFT_PLUGINS; nothing can be uploaded here.")
    blocks.append({"kind": "note", "text": str(text)})
    return settings_page(view, "plugins", blocks)


# ---- mail


@route(blueprint, f"{BASE}mail/", policy=POLICY, endpoint="mail")
def show_mail() -> Response:
    view = current()
    ready = is_set_up(view.runtime.settings)
    if ready:
        note = {"kind": "note", "tone": "ok", "text": str(_("Mail is sent through the server in WEFT_MAIL_URL."))}
    else:
        text = _("No mail is sent. Set WEFT_MAIL_URL, such as smtp://user:password@mail.example:587, and start again.")
        note = {"kind": "note", "tone": "warn", "text": str(text)}
    actions = []
    if ready:
        actions.append({"label": str(_("Send a test mail to me")), "url": f"{BASE}mail/test/", "opens": "post"})
    base = view.runtime.settings.public_url
    facts = {
        "rows": [
            {"label": str(_("Links in mails begin with")), "kind": "text", "v": base},
            {"label": str(_("REST interface")), "kind": "text", "v": f"{base}/api/v1/"},
            {"label": str(_("Its description")), "kind": "text", "v": f"{base}/api/v1/openapi.json"},
        ]
    }
    return settings_page(view, "mail", [note, {"kind": "details", "details": facts}], actions=actions)


@route(blueprint, f"{BASE}mail/test/", policy=POLICY, methods=["POST"], endpoint="test_mail")
def send_test() -> Response:
    view = current()
    require_admin(view.records)
    user = users.find(view.connection, view.principal.user_id or 0)
    if not is_set_up(view.runtime.settings):
        raise NotFound("mail")
    subject, text = str(_("Test mail from Weft")), str(_("This mail arrived, so mail is set up well."))
    message = Message(to=user.email, subject=subject, text=text)
    view.records.enqueue("core.mail.send", message.payload())
    view.toast(_("Test mail sent to %(address)s") % {"address": user.email})
    return view.redirect(f"{BASE}mail/")


# ---- jobs


@route(blueprint, f"{BASE}jobs/", policy=POLICY, endpoint="jobs")
def show_jobs() -> Response:
    view = current()
    connection = view.connection
    numbers = queue.counts(connection)
    failing = delivery.failing_receivers(connection)
    blocks: list[dict[str, Any]] = []
    for key, found in sorted(failing.items()):
        title = str(_("%(receiver)s keeps failing") % {"receiver": delivery.label_of(view.runtime, key)})
        blocks.append({"kind": "note", "tone": "stop", "title": title, "text": str(found.get("error", ""))})
    counted = [{"label": str(_STATES[state][0]), "kind": "integer", "v": number} for state, number in numbers.items()]
    blocks.append({"kind": "details", "details": {"title": str(_("Queue")), "rows": counted}})
    blocks += [{"kind": "head", "text": str(_("Schedule"))}, _schedule(view)]
    rows = queue.list_jobs(connection, states=("failed", "dead", "running", "ready"), limit=_LATEST)
    done = queue.list_jobs(connection, states=("done",), limit=_DONE_LOOKED_AT)
    blocks += [{"kind": "head", "text": str(_("Waiting, running and failed"))}, _jobs(view, rows)]
    blocks += [{"kind": "head", "text": str(_("Done lately"))}, _done(view, done)]
    return settings_page(view, "jobs", blocks)


def _schedule(view: View) -> dict[str, Any]:
    rows = []
    for one in schedule.scheduled(view.connection, view.runtime.registry.jobs):
        when = str(_("daily at %(time)s") % {"time": one.at}) if one.at else _every(one.every)
        rows.append(
            {
                "id": one.key,
                "url": "",
                "title": str(one.label),
                "cells": {
                    "name": str(one.label),
                    "when": when,
                    "last": one.last_run,
                    "next": one.next_run,
                    "state": _state(one.state) if one.state else None,
                },
            }
        )
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": str(_("Job")), "kind": "text"},
        {"key": "when", "label": str(_("Runs")), "kind": "text", "width": 160, "phone": "line"},
        {"key": "last", "label": str(_("Last run")), "kind": "datetime", "width": 150},
        {"key": "next", "label": str(_("Next run")), "kind": "datetime", "width": 150, "phone": "end"},
        {"key": "state", "label": str(_("State")), "kind": "status", "width": 150},
    ]
    return _table(_("Schedule"), columns, rows, _("No job has a schedule."))


def _every(interval: timedelta | None) -> str:
    minutes = int((interval or timedelta()).total_seconds() // 60)
    if minutes and minutes % 60 == 0:
        return str(_("every %(n)s hours") % {"n": minutes // 60}) if minutes > 60 else str(_("every hour"))
    return str(_("every %(n)s minutes") % {"n": minutes})


def _jobs(view: View, found: list[queue.JobRow]) -> dict[str, Any]:
    """Jobs with their state; those that failed carry the error and a way to try again."""
    rows = []
    for one in found:
        line: dict[str, Any] = {
            "title": delivery.label_of(view.runtime, one.topic),
            "sub": (one.last_error or "").strip().splitlines()[-1][:200] if one.last_error else "",
            "icon": "clock",
            "kind": "status",
            "v": _state(one.state),
        }
        if one.state in ("failed", "dead"):
            url = f"{BASE}jobs/{one.id}/retry/"
            line["action"] = {"label": str(_("Try again")), "url": url, "opens": "post", "button": True}
        else:
            moment = one.done_at or one.run_at
            line["sub"] = line["sub"] or view.formats.datetime(moment)
        rows.append(line)
    return _panel(rows)


def _done(view: View, found: list[queue.JobRow]) -> dict[str, Any]:
    """What ran lately: one line for everything that ran, with how often and when last."""
    by_topic: dict[str, list[queue.JobRow]] = {}
    for one in found:
        by_topic.setdefault(one.topic, []).append(one)
    rows = []
    for topic, several in by_topic.items():
        last = view.formats.datetime(max(one.done_at or one.run_at for one in several))
        sub = last if len(several) == 1 else str(_("%(n)s times, last %(date)s") % {"n": len(several), "date": last})
        name = delivery.label_of(view.runtime, topic)
        rows.append({"title": name, "sub": sub, "icon": "clock", "kind": "status", "v": _state("done")})
    return _panel(rows)


def _panel(rows: list[dict[str, Any]]) -> dict[str, Any]:
    panel = {
        "title": str(_("Jobs")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("Nothing here."))},
    }  # fmt: skip
    return {"kind": "panel", "panel": panel}


@route(blueprint, f"{BASE}jobs/<int:number>/retry/", policy=POLICY, methods=["POST"], endpoint="retry")
def retry(number: int) -> Response:
    view = current()
    require_admin(view.records)
    if not queue.retry(view.connection, number, now=view.runtime.clock()):
        raise NotFound(str(number))
    view.toast(_("The job runs again"))
    return view.redirect(f"{BASE}jobs/")


# ---- imports and exports


@route(blueprint, f"{BASE}imports/", policy=POLICY, endpoint="imports")
def show_imports() -> Response:
    view = current()
    imports = view.connection.execute(
        select(import_run).order_by(import_run.c.created_at.desc(), import_run.c.id.desc()).limit(_LATEST)
    ).all()
    exports = view.connection.execute(
        select(export_run).order_by(export_run.c.created_at.desc(), export_run.c.id.desc()).limit(_LATEST)
    ).all()
    known = people.people(view.connection, [row.user_id for row in (*imports, *exports)])

    def entity(key: str) -> str:
        found = view.runtime.registry.entities.get(key)
        return str(found.plural) if found else key

    def person(user_id: int | None) -> str:
        return known[user_id].shown()[0] if user_id in known else ""

    rows = [
        {
            "id": f"i{row.id}", "url": "", "title": row.file_name,
            "cells": {
                "what": entity(row.entity), "file": row.file_name, "who": person(row.user_id), "at": row.created_at,
                "made": row.created, "changed": row.updated, "faulty": row.faulty, "state": _state(row.state),
            },
        }
        for row in imports
    ]  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"key": "what", "label": str(_("Records")), "kind": "text"},
        {"key": "file", "label": str(_("File")), "kind": "text", "width": 200, "phone": "line"},
        {"key": "who", "label": str(_("Person")), "kind": "text", "width": 150},
        {"key": "at", "label": str(_("When")), "kind": "datetime", "width": 140},
        {"key": "made", "label": str(_("Created")), "kind": "integer", "width": 90, "phone": "end"},
        {"key": "changed", "label": str(_("Changed")), "kind": "integer", "width": 90},
        {"key": "faulty", "label": str(_("Faulty")), "kind": "integer", "width": 90},
        {"key": "state", "label": str(_("State")), "kind": "status", "width": 120},
    ]
    out = [
        {
            "id": f"e{row.id}", "url": "", "title": entity(row.entity),
            "cells": {
                "what": entity(row.entity), "format": row.format.upper(), "who": person(row.user_id),
                "at": row.created_at, "rows": row.rows, "state": _state(row.state),
            },
        }
        for row in exports
    ]  # fmt: skip
    out_columns: list[dict[str, Any]] = [
        {"key": "what", "label": str(_("Records")), "kind": "text"},
        {"key": "format", "label": str(_("Format")), "kind": "text", "width": 100},
        {"key": "who", "label": str(_("Person")), "kind": "text", "width": 150, "phone": "line"},
        {"key": "at", "label": str(_("When")), "kind": "datetime", "width": 140},
        {"key": "rows", "label": str(_("Rows")), "kind": "integer", "width": 100, "phone": "end"},
        {"key": "state", "label": str(_("State")), "kind": "status", "width": 120},
    ]
    blocks = [
        {"kind": "head", "text": str(_("Imports"))},
        _table(_("Imports"), columns, rows, _("Nothing was imported yet.")),
        {"kind": "head", "text": str(_("Exports"))},
        _table(_("Exports"), out_columns, out, _("Nothing was exported yet.")),
    ]
    return settings_page(view, "imports", blocks)
