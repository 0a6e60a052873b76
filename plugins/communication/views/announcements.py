"""Announcements: what was told to me, writing one, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    Denied,
    FieldError,
    HttpRoute,
    ListView,
    NavEntry,
    RecordPage,
    Row,
    ValidationFailed,
    directory,
    in_script,
    translator,
)
from weft.core.websdk import View, face, markdown, with_query
from weft.plugins.communication.grants import EDITOR, WRITERS
from weft.plugins.communication.services import announcements
from weft.plugins.communication.services.teasers import beginning

_ = translator("communication")

__all__ = ["NAVIGATION", "RECORD_PAGES", "ROUTES", "VIEWS", "board_url", "waiting_rows"]

ANNOUNCEMENT = "communication.announcement"
_FIELDS = ("subject", "text", "to_confirm", "valid_until", "published_at", "owner")
_MOST = 100


def board_url(view: View, *, waiting: bool = False) -> str:
    """Address of the announcements told to the viewer, or of those still to be read."""
    return with_query("/employee/communication/board", {"waiting": "1"} if waiting else {})


# ---- what was told to me


def waiting_rows(view: View, limit: int = 5) -> tuple[list[dict[str, Any]], int]:
    """Announcements the viewer has not read or confirmed yet, those to be confirmed first; and how many."""
    waiting = announcements.waiting(view.records)
    rows = _told(view, {"id__in": sorted(waiting)}) if waiting else []
    rows.sort(key=lambda row: not row["to_confirm"])
    return [_row(view, row, waiting) for row in rows[:limit]], len(rows)


def _told(view: View, filters: Mapping[str, Any]) -> list[Row]:
    """Announcements that reached the viewer and have not ended, latest first."""
    running = {"status": "published", "or": "valid_until__isnull=true|valid_until__gte=today"}
    page = view.records.query(ANNOUNCEMENT, fields=_FIELDS, filters={**running, **filters}, limit=_MOST)
    return list(page.rows)


def _row(view: View, row: Row, waiting: set[int]) -> dict[str, Any]:
    owner = row.get("owner")
    name = in_script(owner.name, owner.alt)[0] if owner is not None else "Weft"
    said = beginning(str(row.get("text") or ""), 140)
    found: dict[str, Any] = {
        "title": row["subject"], "url": view.url(ANNOUNCEMENT, row["id"]), "sub": f"{name} · {said}",
        "face": face(owner.id if owner is not None else 0, name), "muted": row["id"] not in waiting,
        "end": {"text": view.formats.stamp(row["published_at"]), "tone": "muted"},
    }  # fmt: skip
    if row["to_confirm"] and row["id"] in waiting:
        found["action"] = _confirm_action(view, row["id"])
        del found["end"]
    return found


def _confirm_action(view: View, number: int) -> dict[str, Any]:
    url = f"{view.url(ANNOUNCEMENT, number)}/act/confirm"
    return {"label": str(_("Read and confirm")), "url": url, "opens": "post", "button": True}


def show_board(view: View) -> Any:
    """All announcements that reached the viewer, unread ones first."""
    waiting, only = announcements.waiting(view.records), view.args.get("waiting") == "1"
    rows = _told(view, {"id__in": sorted(waiting)} if only else {}) if waiting or not only else []
    rows.sort(key=lambda row: (row["id"] not in waiting, not row["to_confirm"]))
    title = str(_("Announcements"))
    head: dict[str, Any] = {"title": title, "count": len(rows)}
    if _may_write(view):
        head["actions"] = [
            {"label": str(_("New announcement")), "url": "/employee/communication/announce", "icon": "plus",
             "primary": True},
            {"label": str(_("Written here")), "url": view.url(ANNOUNCEMENT), "icon": "list"},
        ]  # fmt: skip
    tabs = [
        {"label": str(_("All")), "url": board_url(view), "current": not only},
        {"label": str(_("To read")), "url": board_url(view, waiting=True), "current": only,
         "count": len(waiting) or None},
    ]  # fmt: skip
    empty = {"title": str(_("You have read all announcements.") if only else _("No announcements yet"))}
    panel = {"title": str(_("To read")) if only else title, "rows": [_row(view, row, waiting) for row in rows],
             "rows_two": True, "full": True, "empty": empty}  # fmt: skip
    page = {"title": title, "tab": "menu", "actions": head.get("actions", [])[:1]}
    return view.render("communication/board.html", page=page, head=head, tabs=tabs, panel=panel)


def mark_seen(view: View, record_id: int) -> Any:
    """Sent by the page of an announcement once it is seen."""
    announcements.seen(view.records, record_id)
    return view.done()


# ---- writing one


def _may_write(view: View) -> bool:
    return not view.principal.read_only and any(view.principal.has_role(role) for role in WRITERS)


def announce(view: View) -> Any:
    """The form of a new announcement, and what it sends."""
    if not _may_write(view):
        raise Denied(str(_("You may not write announcements.")), ask=str(_("An administrator can give you the role.")))
    if view.method != "POST":
        return _form_page(view, {}, ())
    names = ("subject", "text", "valid_from", "valid_until")
    given: dict[str, Any] = {name: view.form.get(name, "").strip() for name in names}
    given |= {"to_confirm": "1" in view.form.getlist("to_confirm"), "receivers": view.form.getlist("receivers")}
    values = {name: given[name] or None for name in names} | {"to_confirm": given["to_confirm"]}
    try:
        row = announcements.announce(view.records, values, given["receivers"])
    except ValidationFailed as error:
        view.undo_all()
        return _form_page(view, given, error.errors)
    view.toast(_("Announcement published"), undo=view.records.change_set_id)
    return view.redirect(view.url(ANNOUNCEMENT, row["id"]))


def _form_page(view: View, given: Mapping[str, Any], errors: Sequence[FieldError]) -> Any:
    wrong = {error.field: str(error.message) for error in errors}

    def field(name: str, kind: str, label: object, **more: Any) -> dict[str, Any]:
        shown = {"name": name, "kind": kind, "label": str(label), "value": given.get(name, "")}
        return {**shown, "error": wrong.get(name), **more}

    everywhere = str(_("Empty: at once.")), str(_("Empty: for good."))
    confirm = str(_("Each receiver confirms to have read it; you see who has not yet."))
    fields = [
        field("subject", "text", _("Title"), max_length=200, autofocus=True, required=True),
        field("text", "markdown", _("Text"), rows=8),
        field("receivers", "choices", _("Receivers"), choices=_receivers(view), value=given.get("receivers", [])),
        field("to_confirm", "boolean", _("Must be confirmed"), help=confirm),
        field("valid_from", "date", _("From"), required=False, width="half", help=everywhere[0]),
        field("valid_until", "date", _("Until"), required=False, width="half", help=everywhere[1]),
    ]
    form = {
        "action": "/employee/communication/announce", "fields": fields, "submit": str(_("Publish")),
        "cancel_url": board_url(view), "errors": [{"text": str(one.message), "field": one.field} for one in errors],
    }  # fmt: skip
    title = str(_("New announcement"))
    page = {"title": title, "back": {"url": board_url(view), "label": str(_("Announcements"))}}
    if errors and view.fragment:
        return view.fragment_of("wf/form.html", "form", form, status=422)
    return view.render("communication/write.html", 422 if errors else 200, page=page, form=form)


def _receivers(view: View) -> list[dict[str, Any]]:
    """Units the viewer may write to, in the order of the tree; all units first where allowed."""
    allowed = announcements.own_units(view.records)
    found: list[dict[str, Any]] = []
    if allowed is None:
        found.append({"value": announcements.ALL, "label": str(_("All units"))})
    above: list[str] = []
    for number, name, alt, depth in directory.all_units(view.records):
        above[depth:] = [in_script(name, alt)[0]]
        # The company itself is what "all units" says already; a group is named with its department.
        if number in allowed if allowed is not None else depth:
            found.append({"value": str(number), "label": " / ".join(above[1:] or above)})
    return found


# ---- one announcement


def page_context(view: View, record: Row) -> dict[str, Any]:
    """What the page of an announcement shows beyond its text: confirming for receivers, who has read it for authors."""
    waiting = record["id"] in announcements.waiting(view.records)
    # Who looks as somebody else has not read it for them.
    opened = waiting and not record["to_confirm"] and not view.principal.read_only
    found: dict[str, Any] = {
        "text": markdown(record["text"]),
        "waiting": waiting,
        "seen_url": f"/employee/communication/seen/{record['id']}" if opened else "",
        "confirm": None,
        "told": _told_words(view, record),
        "list": {"label": str(_("Announcements")), "url": board_url(view)},
    }
    if waiting and record["to_confirm"]:
        found["confirm"] = {**_confirm_action(view, record["id"]), "icon": "check"}
    if view.may(ANNOUNCEMENT, f"{ANNOUNCEMENT}.remind", record["id"]):
        found["lines"] = _lines(view, record)
        left = sum(len(line["open"]) for line in found["lines"])
        found["done"] = sum(len(line["done"]) for line in found["lines"])
        found["left"] = left
        if left and record["status"] == "published":
            url = f"{view.url(ANNOUNCEMENT, record['id'])}/act/remind"
            label = str(_("Remind the %(n)s who have not") % {"n": left})
            found["remind"] = {"label": label, "url": url, "opens": "post", "icon": "bell"}
    return found


def _lines(view: View, record: Row) -> list[dict[str, Any]]:
    return [
        {"unit": line.unit, "done": line.done, "open": line.open,
         "percent": round(100 * len(line.done) / (len(line.done) + len(line.open)))}
        for line in announcements.by_unit(view.records, record["id"])
    ]  # fmt: skip


def _told_words(view: View, record: Row) -> str:
    owner = record.get("owner")
    name = in_script(owner.name, owner.alt)[0] if owner is not None else "Weft"
    if record.get("published_at") is None:
        return str(_("Draft of %(who)s") % {"who": name})
    when = view.formats.datetime(record["published_at"])
    words = _("%(who)s, %(when)s, valid until %(until)s") if record.get("valid_until") else _("%(who)s, %(when)s")
    until = view.formats.date(record["valid_until"]) if record.get("valid_until") else ""
    return str(words % {"who": name, "when": when, "until": until})


VIEWS = [
    ListView("communication.announcements_all", ANNOUNCEMENT, _("All"), {}, order=10),
    ListView("communication.announcements_mine", ANNOUNCEMENT, _("Mine"), {"owner": "me"}, order=20, roles=(EDITOR,)),
]

RECORD_PAGES = [
    RecordPage(
        ANNOUNCEMENT, template="communication/announcement.html", context=page_context,
        maker="communication.announce",
    ),
]  # fmt: skip

NAVIGATION = [
    NavEntry("communication.announcements", "documents", _("Announcements"), endpoint="communication.board", order=80),
]

ROUTES = [
    HttpRoute("/board", "communication.board", show_board, "portal:employee"),
    HttpRoute("/announce", "communication.announce", announce, "portal:employee", methods=("GET", "POST")),
    HttpRoute("/seen/<int:record_id>", "communication.seen", mark_seen, "record", methods=("POST",)),
]
