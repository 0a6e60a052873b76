"""Messages: the list of conversations and the page of one, in every portal; how messages read on a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    AUDIENCES,
    HttpRoute,
    NavEntry,
    RecordPage,
    Row,
    current_locale,
    files,
    in_script,
    translator,
)
from weft.core.websdk import View, face, markdown, with_query
from weft.plugins.communication.grants import OUTSIDE
from weft.plugins.communication.services import messages, people
from weft.plugins.communication.views.writing import MESSAGE, THREAD, answer_form, policy_of, write_action

_ = translator("communication")

__all__ = ["NAVIGATION", "RECORD_PAGES", "ROUTES", "thread_rows"]

_MOST = 100


# ---- the list


def show_messages(view: View) -> Any:
    """Conversations, latest first; with ``unread=1`` those in which something waits, with ``q`` those found."""
    unread, typed = view.args.get("unread") == "1", view.args.get("q", "").strip()[:100]
    rows, number = thread_rows(view, unread=unread, search=typed, limit=_MOST)
    title, waiting = str(_("Messages")), people.unread_count(view.records)
    head: dict[str, Any] = {"title": title, "count": number}
    if messages.may_write_to(view.records):
        head["actions"] = [{**write_action(view), "label": str(_("New message")), "primary": True, "icon": "plus"}]
    here = view.page("messages")
    tabs = [
        {"label": str(_("All")), "url": here, "current": not unread},
        {"label": str(_("Unread")), "url": with_query(here, {"unread": "1"}), "current": unread,
         "count": waiting or None},
    ]  # fmt: skip
    empty = {"title": str(_("Nothing unread") if unread else _("No messages yet"))}
    if typed:
        empty = {"title": str(_("Nothing found for “%(words)s”") % {"words": typed})}
    panel = {"title": str(_("Unread") if unread else _("Conversations")), "rows": rows, "rows_two": True, "full": True,
             "empty": empty}  # fmt: skip
    page = {"title": title, "tab": "menu", "actions": head.get("actions", [])}
    return view.render("communication/messages.html", page=page, head=head, tabs=tabs, panel=panel, q=typed)


def thread_rows(view: View, *, unread: bool, search: str = "", limit: int = 5) -> tuple[list[dict[str, Any]], int]:
    """Rows of conversations and how many there are in all; unread ones stand out."""
    waiting = _waiting(view)
    filters: dict[str, Any] = {}
    if unread:
        if not waiting:
            return [], 0
        filters["id__in"] = sorted(waiting)
    page = view.records.query(
        THREAD, fields=("subject", "account", "written_at", "excerpt"), filters=filters, search=search or None,
        limit=limit, count="capped",
    )  # fmt: skip
    seats = people.seats(view.records, [row["id"] for row in page.rows])
    named = people.names(view.records, [seat for some in seats.values() for seat in some])
    rows = [_thread_row(view, row, seats.get(row["id"], []), named, waiting) for row in page.rows]
    return rows, page.count.value if page.count else 0


def _waiting(view: View) -> dict[int, int]:
    """Conversation -> number of messages not read yet."""
    filters = {"owner": view.principal.user_id, "unread__gt": 0}
    rows = view.records.query("communication.participant", fields=("thread", "unread"), filters=filters, limit=200).rows
    return {row["thread"].id: int(row["unread"]) for row in rows}


def _thread_row(
    view: View, row: Row, seats: Sequence[Any], named: Mapping[int, str], waiting: Mapping[int, int]
) -> dict[str, Any]:
    """Face and names of the others, subject with the last words, time."""
    me = view.principal.user_id
    others = dict.fromkeys(seat["owner"].id for seat in seats if seat.get("owner") is not None)
    others.pop(me or 0, None)
    listed = [named[one] for one in others if one in named]
    sub = " · ".join(part for part in (str(_(", ")).join(listed), str(row.get("excerpt") or "")) if part)
    first = next(iter(others), me or 0)
    end = {
        "text": view.formats.stamp(row["written_at"]).replace(" ", "\u00a0"),
        "tone": "now" if row["id"] in waiting else "muted",
    }
    found: dict[str, Any] = {
        "title": row["subject"], "url": view.url(THREAD, row["id"]), "sub": sub, "end": end,
        "face": face(first, named.get(first, row["subject"])), "muted": row["id"] not in waiting,
    }  # fmt: skip
    fresh = waiting.get(row["id"])
    if fresh:
        words = str(_("%(n)s new") % {"n": fresh})
        found["mark"] = {"label": view.formats.number(fresh), "tone": "good", "icon": "message", "title": words}
    return found


# ---- one conversation


def thread_context(view: View, record: Row) -> dict[str, Any]:
    """What the page of a conversation shows: messages oldest first, the box to answer, who takes part."""
    rows = view.records.query(MESSAGE, filters={"thread": record["id"]}, sort="-sent_at", limit=_MOST).rows[::-1]
    attached = files.attachments_of(view.records, [row["id"] for row in rows])
    authors = _authors(view, rows)
    seats = people.seats(view.records, [record["id"]]).get(record["id"], [])
    here = view.url(THREAD, record["id"])
    found: dict[str, Any] = {
        "said": {"entries": _entries(view, rows, authors, attached)},
        "seats": _people(view, seats),
        "read_url": "" if view.principal.read_only else f"/{view.portal_key}/communication/read/{record['id']}",
        "account": _account(view, record),
        "list": {"label": str(_("Messages")), "url": view.page("messages")},
    }
    if view.may(THREAD, f"{THREAD}.reply", record["id"]):
        found["answer"] = answer_form(view, record["id"], {}, ())
    if view.principal.internal and view.may(THREAD, f"{THREAD}.add_person", record["id"]):
        url = f"{here}/act/add_person"
        found["add"] = {"label": str(_("Add a person")), "url": url, "icon": "plus", "opens": "dialog"}
    return found


def _authors(view: View, rows: Sequence[Row]) -> dict[int, Any]:
    """Who wrote each message: names are for everybody who may read it."""
    ids = ",".join(str(row["id"]) for row in rows)
    if not ids:
        return {}
    system = view.records.system("communication: names of authors")
    found = system.query(MESSAGE, fields=("owner",), filters={"id__in": ids}, limit=len(rows)).rows
    return {row["id"]: row.get("owner") for row in found}


def _entries(view: View, rows: Sequence[Row], authors: Mapping[int, Any], attached: Mapping[int, Any]) -> list[Any]:
    entries: list[dict[str, Any]] = []
    day = None
    for row in rows:
        sent = row.get("sent_at") or row.get("created_at")  # one that was taken over from elsewhere may have no time
        at = view.formats.local(sent) if sent is not None else None
        if at is not None and at.date() != day:
            day = at.date()
            entries.append({"day": view.formats.date(day)})
        owner = authors.get(row["id"])
        name = in_script(owner.name, owner.alt)[0] if owner is not None else "Weft"
        entries.append(
            {"id": row["id"], "author": {"name": name, "face": face(owner.id if owner is not None else 0, name)},
             "at_text": at.strftime("%H:%M") if at is not None else "", "at_title": view.formats.datetime(sent),
             "html": markdown(row["text"]),
             "files": [{"name": one.file.name, "url": f"/files/{one.file.id}"} for one in attached.get(row["id"], ())]}
        )  # fmt: skip
    return entries


def _people(view: View, seats: Sequence[Any]) -> list[dict[str, Any]]:
    named = people.names(view.records, seats)
    shown: dict[int, dict[str, Any]] = {}
    labels = {"contact": _("Contact of the account"), "outside": _("In the portal"), "colleague": _("Colleague")}
    if not view.principal.internal:
        labels = {"contact": _("Your contact"), "outside": _("Your company"), "colleague": _("At the company")}
    for seat in seats:
        if seat.get("owner") is None or seat["owner"].id not in named:
            continue
        key = seat["owner"].id
        shown[key] = {"title": named[key], "face": face(key, named[key]), "sub": str(labels[seat["part"]])}
    return list(shown.values())


def _account(view: View, record: Row) -> dict[str, Any] | None:
    ref = record.get("account")
    if ref is None or ref.restricted or not view.principal.internal:
        return None
    return {"title": in_script(ref.title, ref.alt, current_locale())[0], "url": view.url(ref.type, ref.id)}


def mark_read(view: View, record_id: int) -> Any:
    """Sent by the page of a conversation once it is seen."""
    messages.read(view.records, record_id)
    return view.done(wf_counts={"messages": people.unread_count(view.records)})


def unread(view: View) -> int:
    """The number beside Messages in the menu."""
    return people.unread_count(view.records)


def told(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """How messages read on the timeline of the account."""
    authors = _authors(view, rows)
    found = {}
    for row in rows:
        owner = authors.get(row["id"])
        name = in_script(owner.name, owner.alt, current_locale())[0] if owner is not None else "Weft"
        thread = row["thread"]
        slots = {"who": ("person", name, owner.id if owner is not None else None),
                 "what": ("record", thread.title, thread.id)}  # fmt: skip
        said = {"text": _("%(who)s wrote: %(what)s"), "slots": slots, "icon": "messages", "note": row["text"]}
        found[row["id"]] = said
    return found


RECORD_PAGES = [
    RecordPage(THREAD, template="communication/thread.html", context=thread_context),
    RecordPage(MESSAGE, facts=("thread", "account", "sent_at"), told=told),
]

NAVIGATION = [
    NavEntry("communication.messages", "work", _("Messages"), endpoint="communication.messages_employee", order=17,
             count=unread),
    *[
        NavEntry(f"communication.{portal}_messages", f"{portal}_messages", _("Messages"), portal=portal, order=70,
                 endpoint=f"communication.messages_{portal}", count=unread)
        for portal in OUTSIDE
    ],
]  # fmt: skip


def _routes(portal: str) -> list[HttpRoute]:
    return [
        HttpRoute("/", f"communication.messages_{portal}", show_messages, policy_of(portal), portal=portal,
                  page="messages"),
        HttpRoute("/read/<int:record_id>", f"communication.read_{portal}", mark_read, "record", methods=("POST",),
                  portal=portal),
    ]  # fmt: skip


ROUTES = [route for portal in AUDIENCES for route in _routes(portal)]
