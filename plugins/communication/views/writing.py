"""Writing messages: a new conversation, an answer, to whom; and the buttons elsewhere that begin one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    AUDIENCES,
    Denied,
    FieldError,
    HttpRoute,
    Row,
    Slot,
    ValidationFailed,
    current_locale,
    directory,
    files,
    find_colleagues,
    in_script,
    translator,
)
from weft.core.websdk import View, face, once, with_query
from weft.plugins.communication.grants import MESSAGES
from weft.plugins.communication.services import messages, people

_ = translator("communication")

__all__ = ["MESSAGE", "ROUTES", "SLOTS", "THREAD", "answer_form", "policy_of", "write_action"]

THREAD, MESSAGE = "communication.thread", "communication.message"
_FOUND = 8


def policy_of(portal: str) -> str:
    """Who may open the pages of messages in a portal."""
    return f"role:{MESSAGES[portal]}" if portal in MESSAGES else "portal:employee"


# ---- the box to answer


def answer_form(view: View, thread: int, given: Mapping[str, Any], errors: Sequence[FieldError]) -> dict[str, Any]:
    """The form below a conversation."""
    form = {
        "id": "wf-answer",
        "action": f"{view.url(THREAD, thread)}/act/reply",
        "fields": _text_fields(view, given),
        "submit": str(_("Send")),
        "hidden": {once.FIELD: once.new_token(view)},
        "draft": f"message:{thread}:{view.principal.user_id}",
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }
    return _marked(form, errors)


def _text_fields(view: View, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit = view.runtime.settings.upload_limit
    room = str(_("up to %(size)s each") % {"size": view.formats.filesize(limit)})
    return [
        {"name": "text", "kind": "multiline", "label": str(_("Your message")), "value": given.get("text", ""),
         "rows": 4},
        {"name": "files", "kind": "files", "label": str(_("Files")), "required": False, "limit": room,
         "upload_url": view.page("me", "upload"), "max_bytes": limit, "files": _kept(view, given)},
    ]  # fmt: skip


def _kept(view: View, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Files sent before a form that comes back."""
    found = files.info(view.records, given.get("files") or ())
    return [
        {"id": one.id, "name": one.name, "url": f"/files/{one.id}", "size": view.formats.filesize(one.size)}
        for one in found.values() if one.created_by == view.principal.user_id
    ]  # fmt: skip


def _marked(form: dict[str, Any], errors: Sequence[FieldError]) -> dict[str, Any]:
    wrong = {error.field: str(error.message) for error in errors}
    for field in form["fields"]:
        if field["name"] in wrong:
            field["error"] = wrong[field["name"]]
    return form


def reply(view: View, record_id: int) -> Any:
    """Answer: the box below a conversation sends here."""
    view.require(THREAD, f"{THREAD}.reply", record_id)
    address = view.url(THREAD, record_id)
    if view.method != "POST":
        return view.redirect(address)
    if once.replayed(view) is not None:
        return _sent(view, _("This was already sent."), address)
    uploads = _posted_files(view)
    given = {"text": view.form.get("text", ""), "files": ",".join(str(one) for one in uploads)}
    try:
        result = view.records.act(f"{THREAD}.reply", record_id, given)
    except ValidationFailed as error:
        view.undo_all()
        form = answer_form(view, record_id, {"text": given["text"], "files": uploads}, error.errors)
        if view.scripted:
            return view.fragment_of("wf/form.html", "form", form, status=422)
        return view.render("communication/write.html", 422, page={"title": str(_("Answer"))}, form=form, whole=True)
    once.remember(view, address)
    return _sent(view, result.message, address)


def _sent(view: View, message: object, address: str) -> Any:
    """The answer to an answer: no Undo, for it was told by mail already."""
    view.toast(message)
    return view.done(wf_refresh="#wf-page") if view.scripted else view.redirect(address)


def _posted_files(view: View) -> list[int]:
    return [int(part) for part in view.form.getlist("files") if part.isdigit()]


# ---- a new conversation


def write(view: View) -> Any:
    """The form of a new message, and what it sends."""
    if not messages.may_write_to(view.records):
        raise Denied(str(_("Your account may not write messages.")), ask=str(_("Ask your portal administrator.")))
    account = _account_asked(view)
    if view.method != "POST":
        to = [int(one) for one in view.args.get("to", "").split(",") if one.isdigit()]
        return _write_page(view, account, {"to": to, "subject": view.args.get("subject", "")[:200]}, ())
    if once.replayed(view) is not None:
        view.toast(_("This was already sent."))
        return view.redirect(once.replayed(view) or view.page("messages"))
    given: dict[str, Any] = {"subject": view.form.get("subject", ""), "text": view.form.get("text", "")}
    given |= {"files": _posted_files(view), "to": [int(one) for one in view.form.getlist("to") if one.isdigit()]}
    try:
        thread = messages.begin(
            view.records, given["subject"], given["text"], account=account, receivers=given["to"],
            uploads=given["files"],
        )  # fmt: skip
    except ValidationFailed as error:
        view.undo_all()
        return _write_page(view, account, given, error.errors)
    address = view.url(THREAD, thread["id"])
    once.remember(view, address)
    view.toast(_("Message sent"))
    return view.redirect(address)


def _account_asked(view: View) -> int | None:
    """The firm it is about: named by an employee's link, for people outside their own."""
    if view.principal.internal:
        asked = view.args.get("account", "") or view.form.get("account", "")
        return int(asked) if asked.isdigit() else None
    titles = view.records.titles(view.principal.anchors)
    firms = [
        ref.id for ref in titles.values()
        if ref.type in view.runtime.registry.entities and "core.organization" in view.entity(ref.type).spec.traits
    ]  # fmt: skip
    return min(firms) if firms else None


def _write_page(view: View, account: int | None, given: Mapping[str, Any], errors: Sequence[FieldError]) -> Any:
    internal = view.principal.internal
    subject = {"name": "subject", "kind": "text", "label": str(_("Subject")), "value": given.get("subject", ""),
               "max_length": 200, "autofocus": bool(given.get("to")) or not internal}  # fmt: skip
    form: dict[str, Any] = {
        "action": f"/{view.portal_key}/communication/write",
        "fields": [_to_field(view, account, given.get("to", ())), subject, *_text_fields(view, given)],
        "submit": str(_("Send")),
        "hidden": {once.FIELD: once.new_token(view), **({"account": account} if internal and account else {})},
        "cancel_url": view.page("messages"),
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }
    form = _marked(form, errors)
    title = str(_("New message"))
    whole = view.target not in ("wf-dialog", "wf-dialog-form")
    page = {"title": title, "back": {"url": view.page("messages"), "label": str(_("Messages"))}}
    return view.render(
        "communication/write.html" if whole else "communication/write_dialog.html", 422 if errors else 200, page=page,
        form=form, dialog={"title": title},
    )  # fmt: skip


def _to_field(view: View, account: int | None, chosen: Sequence[int]) -> dict[str, Any]:
    if not view.principal.internal:
        contact = people.contact_of(view.records, account)
        named = directory.persons(view.records, [contact])
        name = named[contact].shown()[0] if contact in named else ""
        shown = {"title": name, "face": face(contact or 0, name)} if name else None
        return {"name": "to", "kind": "person", "label": str(_("To")), "readonly": True, "value": shown,
                "reason": str(_("your contact"))}  # fmt: skip
    named = directory.persons(view.records, chosen)
    selected = [
        {"id": key, "title": named[key].shown()[0], "face": face(key, named[key].shown()[0])}
        for key in chosen if key in named
    ]  # fmt: skip
    url = with_query("/employee/communication/people", {"account": account})
    return {"name": "to", "kind": "references", "label": str(_("To")), "selected": selected, "search_url": url,
            "autofocus": not selected}  # fmt: skip


def find_people(view: View) -> Any:
    """What the field To offers while one types: colleagues, and with an account its people in the portal."""
    typed, account = view.args.get("q", "").strip()[:100], view.args.get("account", "")
    chosen = {int(part) for part in view.args.get("chosen", "").split(",") if part.isdigit()}
    rows: list[dict[str, Any]] = []
    if account.isdigit():
        firm = view.records.find(int(account))
        named = directory.persons(view.records, people.writable(view.records, firm["id"]))
        firm_name = in_script(firm.title, firm.get("name_alt"), current_locale())[0]
        for key, person in named.items():
            if person.active and typed.casefold() in f"{person.name} {person.name_alt}".casefold():
                rows.append(_choice(key, person, firm_name))
    if typed:
        for one in find_colleagues(view.records, typed, limit=_FOUND):
            rows.append(_choice(one.id, one, in_script(one.unit, one.unit_alt)[0]))
    rows = [row for row in rows if row["id"] not in chosen and row["id"] != view.principal.user_id]
    return view.fragment_of("wf/field.html", "picker_options", rows, None)


def _choice(key: int, person: Any, note: str) -> dict[str, Any]:
    name, other = in_script(person.name, person.name_alt)
    return {"id": key, "title": name, "other": other, "face": face(key, name), "note": note}


# ---- from elsewhere


def write_action(view: View, **query: Any) -> dict[str, Any]:
    """The action that opens the form of a new message."""
    url = with_query(f"/{view.portal_key}/communication/write", query)
    return {"label": str(_("Send a message")), "url": url, "icon": "message", "opens": "dialog"}


def message_to(view: View, user_id: int) -> dict[str, Any] | None:
    """The button beside "Your contact", and beside colleagues in the directory."""
    if not messages.may_write_to(view.records):
        return None
    return {"message": write_action(view, **({"to": user_id} if view.principal.internal else {}))}


def in_portal(view: View, record: Row) -> dict[str, Any] | None:
    """People of an account, or the person of a contact, who sign in to a portal, each with a way to write to them."""
    firm = record if record["type"] == "crm.account" else record.get("account")
    if firm is None or getattr(firm, "restricted", False):
        return None
    firm_id = firm["id"] if isinstance(firm, Row) else firm.id
    theirs = people.writable(view.records, firm_id)
    if record["type"] != "crm.account":
        mine = directory.standing_for(view.records, [record["id"]]).get(record["id"], [])
        theirs = {user: audience for user, audience in theirs.items() if user in mine}
    if not theirs:
        return None
    rows = []
    for key, person in directory.persons(view.records, theirs).items():
        name = person.shown()[0]
        rows.append({"name": name, "face": face(key, name), "action": write_action(view, account=firm_id, to=key)})
    return {"people": rows}


_PEOPLE = _("In the portal")
SLOTS = [
    *[
        Slot("portal.contact", "", message_to, portal=portal, key=f"communication.contact_{portal}")
        for portal in AUDIENCES
    ],
    Slot("record.side", "communication/in_portal.html", in_portal, entity="crm.account", label=_PEOPLE,
         key="communication.account_people", order=40),
    Slot("record.side", "communication/in_portal.html", in_portal, entity="crm.contact", label=_PEOPLE,
         key="communication.contact_people", order=40),
]  # fmt: skip


def _routes(portal: str) -> list[HttpRoute]:
    endpoint, methods = f"communication.write_{portal}", ("GET", "POST")
    return [HttpRoute("/write", endpoint, write, policy_of(portal), methods=methods, portal=portal)]


ROUTES = [
    *[route for portal in AUDIENCES for route in _routes(portal)],
    HttpRoute("/reply/<int:record_id>", "communication.reply", reply, "record", methods=("GET", "POST")),
    HttpRoute("/people", "communication.people", find_people, "portal:employee"),
]
