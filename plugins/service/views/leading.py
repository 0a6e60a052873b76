"""A request becomes a deal or a task in one action; source and result are linked and seen from both."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, translator
from weft.core.websdk import View, after_write
from weft.plugins.service.services import leading

_ = translator("service")

__all__ = ["lead_on"]

_REQUEST = "service.request"


def lead_on(view: View, record_id: int) -> Any:
    """Ask what shall be made, then make it."""
    view.require(_REQUEST, "service.request.lead_on", record_id)
    record = view.records.get(_REQUEST, record_id, trash=False)
    offered = [one for one in leading.TARGETS if one.offered(view)]
    chosen = view.form.get("what", "")
    if not view.writing:
        return _dialog(view, record, offered)
    target = next((one for one in offered if one.key == chosen), None)
    try:
        if target is None:
            raise ValidationFailed.single("what", "required", _("Choose what shall be made."))
        inside = _number(view.form.get("inside"))
        if target.inside and inside is None:
            target = leading.alone(view, target)
        made = leading.make(
            view.records,
            record,
            target,
            title=view.form.get("title", ""),
            owner=_number(view.form.get("owner")),
            due=view.form.get("due") or None,
            inside=inside,
            preset=_preset(view, target.key),
        )
    except ValidationFailed as error:
        view.undo_all()
        record = view.records.get(_REQUEST, record_id)
        return _dialog(view, record, offered, error.errors)
    message = _("%(what)s made from the request") % {"what": target.label}
    return after_write(view, message, view.url(made.type, made.id))


def _preset(view: View, entity: str) -> dict[str, Any]:
    """What the form of a new record of another plugin starts with."""
    page = view.runtime.registry.record_pages.get(entity)
    return dict(page.preset(view, {})) if page is not None and page.preset is not None else {}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _dialog(view: View, record: Any, offered: list[leading.Target], errors: tuple[FieldError, ...] = ()) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    fields: list[dict[str, Any]] = [
        {"name": "what", "kind": "choice", "label": str(_("What shall be made?")), "error": messages.get("what"),
         "value": view.form.get("what") or (offered[0].key if offered else ""),
         "choices": [{"value": one.key, "label": str(one.label)} for one in offered]},
        {"name": "title", "kind": "text", "label": str(_("Title")), "max_length": 200,
         "value": view.form.get("title") or record["subject"], "error": messages.get("title")},
        {"name": "owner", "kind": "reference", "label": str(_("For", "whom a task is")), "required": False,
         "search_url": view.page("pick", "service", "requests", "owner"), "error": messages.get("owner"),
         "help": str(_("Empty: for yourself."))},
        {"name": "due", "kind": "date", "label": str(_("By", "a day")), "required": False,
         "value": view.form.get("due", ""), "error": messages.get("due")},
    ]  # fmt: skip
    fields[2:2] = [_inside(view, one, messages) for one in offered if one.inside]
    form = {
        "action": view.url(_REQUEST, record["id"], "act", "lead_on"), "fields": fields, "submit": str(_("Make it")),
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }  # fmt: skip
    status = 422 if errors else 200
    title = str(_("Make a task or deal"))
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("pages/form_dialog.html", status, dialog={"title": title, "size": "small"}, form=form)
    back = {"url": view.url(_REQUEST, record["id"]), "label": record["subject"]}
    template = "pages/form_part.html" if view.fragment and view.target == "wf-form" else "pages/form.html"
    return view.render(template, status, page={"title": title, "back": back}, form=form)


def _inside(view: View, target: leading.Target, messages: dict[str, str]) -> dict[str, Any]:
    """The field for what a task is part of, in the words of the plugin that has it."""
    entity = view.entity(target.key)
    declared = entity.fields[target.inside]
    return {
        "name": "inside", "kind": "reference", "label": str(declared.label), "required": False,
        "search_url": view.page("pick", *target.key.split(".")[:1], entity.slug, target.inside),
        "error": messages.get(target.inside), "help": str(_("For a task. Empty: one in the calendar.")),
    }  # fmt: skip
