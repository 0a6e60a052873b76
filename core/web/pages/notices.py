"""Notices: what a person should know, each to be opened, marked done, or put off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from weft.core.collaboration import notices
from weft.core.i18n import in_script, translator
from weft.core.web import counts
from weft.core.web.arrivals import notice_url
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("notices", __name__)
_STATES = {"open": _("Open"), "snoozed": _("Put off"), "done": _("Done")}
_PAGE = 50


@route(blueprint, "/<portal>/notices/", policy="signed_in", endpoint="notices")
def show_notices(portal: str) -> Response:
    view = current()
    state = view.args.get("state", "open")
    state = state if state in _STATES else "open"
    before = view.args.get("before", "")
    found = notices.inbox(view.records, state=state, limit=_PAGE, before=int(before) if before.isdigit() else None)
    unread = [one.id for one in found if not one.read]
    if unread:
        view.later(lambda: _mark(view, unread))
    rows = [_row(view, one, state) for one in found]
    tabs = [
        {"label": str(label), "url": view.page("notices", state=key), "current": key == state}
        for key, label in _STATES.items()
    ]
    title = str(_("Notices"))
    panel: dict[str, Any] = {
        "title": str(_STATES[state]), "rows": rows, "rows_two": True, "full": True,
        "empty": {
            "title": str(_("Nothing new")), "text": str(_("Mentions, assignments and changes you follow appear here.")),
        },
    }  # fmt: skip
    if len(found) == _PAGE:
        panel["more"] = {"label": str(_("Earlier")), "url": view.page("notices", state=state, before=found[-1].id)}
    head: dict[str, Any] = {"title": title}
    if rows and state == "open":
        url = view.page("notices", "done")
        ids = ",".join(str(one.id) for one in found)
        head["actions"] = [
            {"label": str(_("All done")), "url": url, "opens": "post", "icon": "checks", "hidden": {"ids": ids}}
        ]
    return view.render("pages/notices.html", page={"title": title}, head=head, tabs={"tabs": tabs}, panel=panel)


def _mark(view: View, ids: list[int]) -> None:
    """Seen notices lose their dot; written after the page was read."""
    from weft.core.records import unit

    with unit.writing(view.runtime, view.principal, "page") as records:
        notices.mark_read(records, ids)
    counts.forget(view)


def _row(view: View, one: notices.Notice, state: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "title": one.text,
        "sub": view.formats.stamp(one.created_at),
        "muted": one.read or one.taken_back,
        "action": {
            "label": str(_("Done") if state != "done" else _("Back to open")),
            "url": view.page("notices", "done"),
            "opens": "post",
            "button": True,
            "hidden": {"ids": one.id, "back": "1" if state == "done" else "0"},
        },
    }
    url = notice_url(view, one)
    if url:
        row["url"] = url
    if one.person is not None:
        name = in_script(one.person.name, one.person.name_alt)[0]
        row["face"] = face(one.person.id, name)
    else:
        row["icon"] = "bell"
    return row


def _ids(view: View) -> list[int]:
    return [int(part) for part in view.form.get("ids", "").split(",") if part.isdigit()]


@route(blueprint, "/<portal>/notices/done/", policy="signed_in", methods=["POST"], endpoint="done")
def set_done(portal: str) -> Response:
    view = current()
    number = notices.done(view.records, _ids(view), back=view.form.get("back") == "1")
    counts.forget(view)
    view.toast(_("%(n)s notices moved") % {"n": number} if number != 1 else _("Notice moved"))
    return view.redirect(view.page("notices"))


@route(blueprint, "/<portal>/notices/snooze/", policy="signed_in", methods=["POST"], endpoint="snooze")
def set_snooze(portal: str) -> Response:
    view = current()
    days = view.form.get("days", "1")
    until = view.runtime.clock() + timedelta(days=min(int(days) if days.isdigit() else 1, 30))
    notices.snooze(view.records, _ids(view), until)
    counts.forget(view)
    view.toast(_("Put off until %(date)s") % {"date": view.formats.reldate(until)})
    return view.redirect(view.page("notices"))
