"""Confirming, refusing and withdrawing values that somebody from outside wants changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.collaboration import notices
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import confirming
from weft.core.web.pages.actions import after_write
from weft.core.web.record.asked import field_label, shown_value
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("confirming", __name__)
_HERE = "/<portal>/confirm/<int:number>/"


@route(blueprint, _HERE, policy="portal:employee", endpoint="ask")
def show_question(portal: str, number: int) -> Response:
    view = current()
    return _question(view, _waiting(view, number))


def _question(view: View, one: confirming.Asked, errors: Sequence[FieldError] = ()) -> Response:
    title = view.records.find(one.record_id).title
    now, wished = (shown_value(view, one, value) for value in (one.before, one.after))
    decision = view.form.get("decision", "confirm")
    fields: list[dict[str, Any]] = [
        {"name": "before", "kind": "text", "label": str(_("Now")), "readonly": True, "value": now},
        {"name": "after", "kind": "text", "label": str(_("Asked for")), "readonly": True, "value": wished},
        {"name": "decision", "kind": "choice", "label": str(_("Decision")), "value": decision,
         "choices": [{"value": "confirm", "label": str(_("Confirm"))}, {"value": "refuse", "label": str(_("Refuse"))}]},
        {"name": "note", "kind": "multiline", "label": str(_("Note")), "required": False, "rows": 3,
         "value": view.form.get("note", ""), "error": str(errors[0].message) if errors else None,
         "help": str(_("How you made sure, such as a call back; a refusal is shown with it to whoever asked."))},
    ]  # fmt: skip
    form: dict[str, Any] = {"action": view.page("confirm", one.id), "fields": fields, "submit": str(_("Save"))}
    form["errors"] = [{"text": str(error.message), "field": error.field} for error in errors]
    dialog = {"title": field_label(view, one), "sub": title}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


def _waiting(view: View, number: int) -> confirming.Asked:
    found = confirming.find(view.records, number)
    if not found.may_decide:
        raise NotFound(str(number))
    return found


@route(blueprint, _HERE, policy="portal:employee", methods=["POST"], endpoint="decide")
def decide(portal: str, number: int) -> Response:
    view = current()
    note = view.form.get("note", "")
    refused = view.form.get("decision") == "refuse"
    try:
        one = (confirming.refuse if refused else confirming.confirm)(view.records, number, note)
    except ValidationFailed as error:
        view.undo_all()
        return _question(view, _waiting(view, number), error.errors)
    if one.asked_by is not None:
        kind = "change_refused" if refused else "change_confirmed"
        notices.note(view.records, [one.asked_by.id], kind, one.record_id)
    message = _("%(field)s is refused") if refused else _("%(field)s is confirmed")
    return after_write(view, message % {"field": field_label(view, one)}, view.url(one.entity, one.record_id))


@route(blueprint, _HERE + "withdraw/", policy="signed_in", methods=["POST"], endpoint="withdraw")
def withdraw(portal: str, number: int) -> Response:
    view = current()
    one = confirming.withdraw(view.records, number)
    message = _("The change of %(field)s is withdrawn") % {"field": field_label(view, one)}
    address = view.url(one.entity, one.record_id) if view.principal.internal else view.page("company")
    return after_write(view, message, address)
