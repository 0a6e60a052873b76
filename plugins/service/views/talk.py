"""The conversation of a request as the macros take it: comments with their files by day, and the box to write in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from weft.core.sdk import (
    Row,
    ValidationFailed,
    comments,
    current_locale,
    directory,
    files,
    in_script,
    link_names,
    translator,
)
from weft.core.websdk import View, face, markdown
from weft.plugins.service.services import conversation

_ = translator("service")

__all__ = ["answer", "composer_of", "kept_files", "sent", "talk_of", "upload_field", "uploads_of"]

_REQUEST = "service.request"
_MOST = 200


def talk_of(view: View, record: Row) -> dict[str, Any]:
    """The words of the request itself, then everything said since, oldest first, with a line where a day begins."""
    attached: dict[int | None, list[dict[str, str]]] = {}
    for one in files.attachments(view.records, record["id"]):
        attached.setdefault(one.comment_id, []).append({"name": one.file.name, "url": f"/files/{one.file.id}"})
    entries: list[dict[str, Any]] = []
    if record.get("description"):
        entries.append(_first(view, record, attached.get(None, [])))
    for said in reversed(comments.comments(view.records, record["id"], limit=_MOST)):
        entries.append(_entry(view, said, attached.get(said.id, [])))
    return {"entries": _by_day(view, entries)}


def _first(view: View, record: Row, attached: list[dict[str, str]]) -> dict[str, Any]:
    """What was asked; told as the words of the person it came from."""
    system = view.records.system("service: who asked")
    asked = system.get(_REQUEST, record["id"], fields=("contact", "customer", "reply_to"))
    contact = asked.get("contact") or asked.get("customer")
    name = asked.get("reply_to") or str(_("Customer"))
    if contact is not None and contact.title:
        name = in_script(contact.title, contact.alt, current_locale())[0]
    at = record.get("asked_at") or record["created_at"]
    return {
        "id": 0, "author": {"name": name, "face": face(_account_of(view, contact), name)}, "at": at,
        "at_text": view.formats.time(at), "at_title": view.formats.datetime(at),
        "html": markdown(record["description"]), "files": attached,
    }  # fmt: skip


def _account_of(view: View, contact: Any) -> int:
    """The user who stands for a contact, so that the face is that of their answers; 0 without an account."""
    found = directory.standing_for(view.records, [contact.id]).get(contact.id, []) if contact is not None else []
    return found[0] if len(found) == 1 else 0


def _entry(view: View, said: comments.Comment, attached: list[dict[str, str]]) -> dict[str, Any]:
    author = said.author
    entry: dict[str, Any] = {
        "id": said.id, "author": {"name": said.by, "face": face(author.id if author else 0, said.by)},
        "at": said.created_at, "at_text": view.formats.time(said.created_at),
        "at_title": view.formats.datetime(said.created_at), "html": markdown(said.text), "files": attached,
    }  # fmt: skip
    if said.audience == comments.INTERNAL:
        entry["internal"] = True
    elif view.principal.internal and author is not None and not author.external:
        entry["shared"] = str(_("shared with the customer"))
    if said.edited_at is not None:
        entry["note"] = str(_("corrected"))
    return entry


def _by_day(view: View, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    day: Any = None
    for entry in entries:
        moment: datetime = entry["at"]
        local = view.formats.local(moment).date()
        if local != day:
            day = local
            found.append({"day": str(_("Today")) if day == view.today else view.formats.long_date(day)})
        found.append(entry)
    return found


def composer_of(view: View, record: Row, *, error: str = "", value: str = "", kept: Any = ()) -> dict[str, Any] | None:
    """The box to write in, None for those who may not.

    Args:
        view: who looks.
        record: the request.
        error: what was wrong with what was sent.
        value: text that comes back.
        kept: files that come back.
    """
    if not view.may(_REQUEST, "comment", record["id"]):
        return None
    box: dict[str, Any] = {
        "action": f"/{view.portal_key}/service/request/{record['id']}/answer", "value": value, "error": error,
        "draft": f"request:{record['id']}:{view.principal.user_id}", "label": str(_("Your answer")),
        "placeholder": str(_("Write your answer")),
    }  # fmt: skip
    if view.may(_REQUEST, "attach", record["id"]):
        box["files"] = upload_field(view, kept)
    if view.principal.internal:
        seen = _readers(view, record)
        box["mention_url"] = view.page("pick", "people")
        box["modes"] = [
            {"key": "shared", "label": str(_("Reply to the customer")), "who": seen, "current": True},
            {"key": "internal", "label": str(_("Internal note")), "who": str(_("Only people of the company see this"))},
        ]
        box["texts"] = _ready(view, record)
        if record["status"] in ("new", "open") and view.may(_REQUEST, "service.request.wait", record["id"]):
            box["then"] = [{"key": "wait", "label": str(_("Send and wait for the customer"))}]
    return box


def upload_field(view: View, kept: Any = ()) -> dict[str, Any]:
    """The field for files: sent one by one, each refused with its name, the reason and the limit."""
    limit = view.runtime.settings.upload_limit
    return {
        "name": "files", "id": "f-files", "kind": "files", "label": str(_("Files")), "required": False,
        "upload_url": view.page("me", "upload"), "max_bytes": limit,
        "limit": str(_("up to %(size)s each") % {"size": view.formats.filesize(limit)}), "files": list(kept),
    }  # fmt: skip


def kept_files(view: View) -> list[dict[str, Any]]:
    """Files sent before with a form that comes back."""
    known = files.info(view.records, uploads_of(view))
    return [
        {"id": one.id, "name": one.name, "url": f"/files/{one.id}", "size": view.formats.filesize(one.size)}
        for one in known.values() if one.created_by == view.principal.user_id
    ]  # fmt: skip


def uploads_of(view: View) -> list[int]:
    """Ids of files that the form names."""
    return [int(one) for one in view.form.getlist("files") if one.isdigit()]


def _readers(view: View, record: Row) -> str:
    told = conversation.outsiders_of(view.records, record)
    people = directory.persons(view.records, told)
    names = [person.shown()[0] for person in people.values()]
    if record.get("reply_to") and not conversation.asker_reads(view.records, record):
        return str(_("Goes by mail to %(address)s") % {"address": record["reply_to"]})
    if names and len(names) > 1:
        return str(_("%(name)s and %(n)s more will see this") % {"name": names[0], "n": len(names) - 1})
    if names:
        return str(_("%(name)s will see this") % {"name": names[0]})
    return str(_("Nobody of the customer has an account or a mail address here"))


def _ready(view: View, record: Row) -> list[dict[str, str]]:
    """Ready answers with their slots filled, in the language of the screens first."""
    if not view.may("service.answer_text", "read"):
        return []
    contact = record.get("contact")
    slots = {
        "contact": in_script(contact.title, contact.alt, current_locale())[0]
        if contact is not None and not contact.restricted else "",
        "number": record.get("number") or "", "subject": record["subject"],
        "me": in_script(view.principal.name, view.principal.name_alt)[0],
    }  # fmt: skip
    found = []
    order = ("text_zh", "text_en") if current_locale() == "zh" else ("text_en", "text_zh")
    for row in view.records.query("service.answer_text", sort="name", limit=50).rows:
        text = row.get(order[0]) or row.get(order[1]) or ""
        for name, value in slots.items():
            text = text.replace("{" + name + "}", value)
        found.append({"label": row["name"], "text": text})
    return found


def answer(view: View, record_id: int) -> Any:
    """Take an answer or a note, and go on with the request as the button says."""
    record = view.records.get(_REQUEST, record_id, trash=False)
    text, audience, then = view.form.get("text", ""), None, ""
    said = text
    if view.principal.internal:
        audience = "shared" if view.form.get("mode") == "shared" else "internal"
        then = view.form.get("_then", "")
        said = link_names(view.connection, text)
    try:
        conversation.say(view.records, record, said, audience=audience, uploads=uploads_of(view), then=then)
    except ValidationFailed as error:
        view.undo_all()
        record = view.records.get(_REQUEST, record_id)
        box = composer_of(view, record, error=str(error.errors[0].message), value=text, kept=kept_files(view))
        return view.render("service/composer_part.html", 422, composer=box)
    told = _("Internal note kept") if audience == "internal" else _("Answer sent")
    return sent(view, told, view.url(_REQUEST, record_id))


def sent(view: View, message: Any, address: str) -> Any:
    """A toast without Undo: what somebody has read cannot be taken back."""
    view.toast(message)
    return view.redirect(address)
