"""Asking for service in a portal: the form of a new request, what was answered before, and the page of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, Row, ValidationFailed, current_locale, files, in_script, translator
from weft.core.websdk import View, once
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import arrivals, suggestions
from weft.plugins.service.views import talk

_ = translator("service")

__all__ = ["asked_page", "create", "make_new", "show_new", "suggest"]

_REQUEST = "service.request"


# ---- a new request


def show_new(view: View) -> Any:
    """The form: what it is about, of which kind, how urgent, with files."""
    typed = {name: view.args.get(name, "") for name in ("subject", "description", "kind", "about")}
    return _form_page(view, typed)


def _form_page(view: View, typed: Mapping[str, str], errors: Sequence[FieldError] = ()) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    fields: list[dict[str, Any]] = [
        {"name": "subject", "kind": "text", "label": str(_("What is it about?")), "max_length": 200,
         "value": typed.get("subject", ""), "error": messages.get("subject"), "autofocus": True},
        {"name": "description", "kind": "multiline", "rows": 6, "max_length": 20_000, "required": False,
         "label": str(_("Describe it")), "value": typed.get("description", ""), "error": messages.get("description"),
         "help": str(_("What happens, since when, on which device?"))},
        {"name": "kind", "kind": "choice", "label": str(_("Kind")), "required": False, "as_select": True,
         "choices": _kinds(view), "value": typed.get("kind", ""), "error": messages.get("kind"), "width": "half"},
        {"name": "priority", "kind": "choice", "label": str(_("Priority")), "value": typed.get("priority") or "normal",
         "choices": [{"value": key, "label": str(label)} for key, label in words.PRIORITY.labels.items()],
         "width": "half", "error": messages.get("priority")},
        {**talk.upload_field(view, talk.kept_files(view) if errors else ()), "error": messages.get("files")},
    ]  # fmt: skip
    hidden = {once.FIELD: view.form.get(once.FIELD) or once.new_token(view)}
    if typed.get("about", "").isdigit():
        hidden["about"] = typed["about"]
    form = {
        "action": view.url(_REQUEST, "new"), "fields": fields, "submit": str(_("Send the request")), "hidden": hidden,
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
        "cancel_url": view.url(_REQUEST), "draft": f"request:new:{view.principal.user_id}",
        "checks": {"url": f"/{view.portal_key}/service/suggest", "fields": ["subject", "description"]},
    }  # fmt: skip
    back = {"url": view.url(_REQUEST), "label": str(_("Requests"))}
    page = {"title": str(_("New request")), "back": back}
    template = "service/new_part.html" if view.fragment and view.target == "wf-form" else "service/new.html"
    return view.render(template, 422 if errors else 200, page=page, form=form)


def _kinds(view: View) -> list[dict[str, Any]]:
    filters = {"list_key": "service.kind", "status": "active"}
    page = view.records.system("service: kinds that are offered").query(
        "core.value", fields=("label_en", "label_zh"), filters=filters, sort="position", limit=200
    )
    return [
        {"value": row.id, "label": in_script(row["label_en"], row.get("label_zh"), current_locale())[0]}
        for row in page.rows
    ]


def make_new(view: View) -> Any:
    """The form on GET, the request made of it on POST."""
    return create(view) if view.writing else show_new(view)


def create(view: View) -> Any:
    """Make the request with its files; what is wrong is said and nothing typed is lost."""
    again = once.replayed(view)
    if again is not None:
        view.toast(_("This was already sent."))
        return view.redirect(again)
    typed = {name: view.form.get(name, "") for name in ("subject", "description", "kind", "priority", "about")}
    try:
        request = arrivals.ask(
            view.records, {name: value for name, value in typed.items() if value}, uploads=talk.uploads_of(view)
        )
    except ValidationFailed as error:
        view.undo_all()
        return _form_page(view, typed, error.errors)
    address = view.url(_REQUEST, request.id)
    once.remember(view, address)
    view.toast(_("Request %(number)s has arrived") % {"number": request["number"]})
    return view.redirect(address)


def suggest(view: View) -> Any:
    """While typing: what was solved before and the viewer may read; nothing is written."""
    view.writing = False
    typed = f"{view.form.get('subject', '')} {view.form.get('description', '')}"
    rows = [
        {"text": str(_("May answer it:")), "tone": "info",
         "link": {"label": one.title, "url": view.url(one.entity, one.id)}}
        for one in suggestions.answering(view.records, typed)
    ]  # fmt: skip
    for one in suggestions.like(view.records, typed, language=view.locale):
        text = _("Solved before:") if one.solved else _("You asked already:")
        rows.append({"text": str(text), "tone": "info",
                     "link": {"label": f"{one.title} ({one.number})", "url": view.url(_REQUEST, one.id)}})  # fmt: skip
    return view.fragment_of("wf/form.html", "form_warnings", rows)


# ---- the page of a request


def asked_page(view: View, record: Row) -> dict[str, Any]:
    """Status, who answers and by when, the conversation, and what the visitor may do."""
    standing = record.get("standing") or "open"
    status = {"label": str(words.STANDING.labels[standing]), "dot": words.STANDING.tones[standing]}
    return {
        "asked": {
            "status": status, "number": record.get("number"), "next": next_words(view, record),
            "facts": _facts(view, record), "loose": _loose(view, record), "actions": _actions(view, record),
        },
        "talk": talk.talk_of(view, record),
        "composer": talk.composer_of(view, record) if standing in words.LIVE else None,
        "rated": _rated(record),
    }  # fmt: skip


#: What a visitor may do by the state of a request: name of the action, whether it is the thing to do now.
_OFFERED = {
    "new": (("close", False), ("withdraw", False)), "open": (("close", False), ("withdraw", False)),
    "waiting": (("close", False), ("withdraw", False)), "solved": (("rate", True), ("reopen", False), ("close", False)),
    "closed": (("rate", False), ("reopen", False)), "withdrawn": (("reopen", False),),
}  # fmt: skip
_CLOSE = _("Close it")
_LABELS = {"close": _("It is solved"), "withdraw": _("No longer needed")}


def _actions(view: View, record: Row) -> list[dict[str, Any]]:
    """Buttons of a visitor: the platform offers them by the status, which is not theirs to read."""
    found = []
    declared = view.entity(_REQUEST).actions
    standing = record.get("standing") or "open"
    for name, first in _OFFERED[standing]:
        if not view.may(_REQUEST, f"{_REQUEST}.{name}", record["id"]):
            continue
        action = declared[name]
        label = _CLOSE if name == "close" and standing == "solved" else _LABELS.get(name, action.label)
        found.append(
            {"label": str(label), "url": view.url(_REQUEST, record["id"], "act", name),
             "opens": "dialog" if action.fields else "post", "icon": action.icon,
             "primary": first and not record.get("rating")}
        )  # fmt: skip
    return found


def answering(view: View, ids: Sequence[int]) -> dict[int, str]:
    """Who answers each request, by name: outsiders may know whom they talk to, whatever else of the record."""
    system = view.records.system("service: who answers")
    found: dict[int, str] = {}
    for start in range(0, len(ids), 200):
        part = ",".join(map(str, ids[start : start + 200]))
        page = system.query(
            _REQUEST, fields=("owner", "queue"), filters={"id__in": part}, limit=200, include=("queue",)
        )
        for row in page.rows:
            owner, queue = row.get("owner"), row.get("queue")
            if owner is not None:
                found[row.id] = in_script(owner.name, owner.alt, current_locale())[0]
            elif queue is not None:
                found[row.id] = in_script(queue.title, queue.alt, current_locale())[0]
    return found


def next_words(view: View, record: Mapping[str, Any], who: str = "") -> str:
    """Who acts next and by when, in one sentence."""
    standing = record.get("standing") or record.get("status") or "open"
    who = who or answering(view, [record["id"]]).get(record["id"], "")
    if standing == "waiting":
        return str(_("Next: your answer"))
    if standing == "solved":
        return str(_("Are you satisfied with the answer?"))
    if standing in ("closed", "withdrawn"):
        return str(_("Ended on %(day)s") % {"day": view.formats.date(record.get("closed_at"))})
    due = record.get("next_due_at")
    if due is None:
        return str(_("%(who)s answers") % {"who": who or view.company_name})
    return str(_("%(who)s answers by %(when)s") % {"who": who or view.company_name, "when": when(view, due)})


def when(view: View, moment: Any) -> str:
    """``today 12:31``, ``27 Nov 17:00``."""
    local = view.formats.local(moment)
    if local.date() == view.today:
        return str(_("today %(time)s") % {"time": view.formats.time(moment)})
    return str(view.formats.datetime(moment))


def _facts(view: View, record: Row) -> list[dict[str, Any]]:
    who = answering(view, [record["id"]]).get(record["id"], "")
    kind = record.get("kind")
    rows: list[dict[str, Any]] = [
        {"label": str(_("Who answers")), "kind": "text", "v": who or view.company_name},
        {"label": str(_("Asked")), "kind": "text", "v": when(view, record["asked_at"])},
        {"label": str(_("Kind")), "kind": "text",
         "v": in_script(kind.title, kind.alt, current_locale())[0] if kind else None},
        {"label": str(_("Priority")), "kind": "text", "v": str(words.PRIORITY.labels[record["priority"]])},
    ]  # fmt: skip
    standing = record.get("standing")
    if standing in words.RUNNING:
        for name, label in (("answer_due_at", _("Answer due")), ("due_at", _("Solve by"))):
            if record.get(name):
                rows.append({"label": str(label), "kind": "text", "v": when(view, record[name])})
    elif record.get("resolved_at"):
        rows.append({"label": str(_("Solved")), "kind": "text", "v": when(view, record["resolved_at"])})
    agreement = record.get("agreement")
    if agreement is not None and not agreement.restricted:
        rows.append({"label": str(_("Agreement")), "kind": "reference",
                     "v": {"title": agreement.title, "url": view.url(agreement.type, agreement.id)}})  # fmt: skip
    return [row for row in rows if row["v"] is not None]


def _loose(view: View, record: Row) -> list[dict[str, str]]:
    """Files that came with the request itself."""
    if record.get("description"):
        return []
    found = files.attachments(view.records, record["id"])
    return [{"name": one.file.name, "url": f"/files/{one.file.id}"} for one in found if one.comment_id is None]


def _rated(record: Row) -> dict[str, Any] | None:
    if not record.get("rating"):
        return None
    return {"label": str(words.RATING.labels[record["rating"]]), "text": record.get("rating_comment") or ""}
