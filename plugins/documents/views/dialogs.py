"""What needs an answer first: whom to ask to confirm, whom outside to share with, what to fill a template from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import FieldError, NotFound, Row, ValidationFailed, directory, in_script, translator
from weft.core.websdk import View, after_write
from weft.plugins.documents.services import filling, library, readings
from weft.plugins.documents.views.rows import DOCUMENT, named

_ = translator("documents")

__all__ = ["ask", "fill", "share"]

FOLDER = "documents.folder"


def _answer(view: View, title: str, back: Mapping[str, str], form: dict[str, Any], errors: Sequence[FieldError]) -> Any:
    form["errors"] = [{"text": str(error.message), "field": error.field} for error in errors]
    status = 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form"):
        dialog = {"title": title, "sub": back["label"]}
        return view.render("pages/form_dialog.html", status, dialog=dialog, form=form)
    form["cancel_url"] = back["url"]
    return view.render("pages/form.html", status, page={"title": title, "back": dict(back)}, form=form)


def _back(view: View, record: Row) -> dict[str, str]:
    return {"url": view.url(DOCUMENT, record["id"]), "label": named(record)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationFailed.single("due_on", "format", _("This is no day.")) from error


# ---- reading confirmation


def ask(view: View, record_id: int) -> Any:
    """Choose units that have to read and confirm, and by when."""
    view.require(DOCUMENT, f"{DOCUMENT}.ask", record_id)
    record = view.records.get(DOCUMENT, record_id)
    if not view.writing:
        return _ask_form(view, record, ())
    chosen = [one for one in view.form.getlist("units") if one == readings.ALL or one.isdigit()]
    try:
        if not chosen:
            raise ValidationFailed.single("units", "required", _("Choose who has to read it."))
        result = view.records.act(
            f"{DOCUMENT}.ask", record_id, {"units": ",".join(chosen), "due_on": _day(view.form.get("due_on", ""))}
        )
    except ValidationFailed as error:
        view.undo_all()
        return _ask_form(view, record, error.errors)
    return after_write(view, result.message, view.url(DOCUMENT, record_id))


def _ask_form(view: View, record: Row, errors: Sequence[FieldError]) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    choices = [{"value": readings.ALL, "label": str(_("All units"))}]
    above: list[str] = []
    for number, name, alt, depth in directory.all_units(view.records):
        above[depth:] = [in_script(name, alt)[0]]
        if depth:
            choices.append({"value": str(number), "label": " / ".join(above[1:])})
    fields = [
        {"name": "units", "kind": "choices", "label": str(_("Who has to read it")), "choices": choices,
         "value": view.form.getlist("units") if view.writing else [], "error": messages.get("units"),
         "help": str(_("Only people who may read it are asked."))},
        {"name": "due_on", "kind": "date", "label": str(_("Confirm by")), "required": False,
         "value": view.form.get("due_on", "") if view.writing else "", "error": messages.get("due_on")},
    ]  # fmt: skip
    form = {"action": view.url(DOCUMENT, record["id"], "act", "ask"), "fields": fields, "submit": str(_("Ask them"))}
    return _answer(view, str(_("Ask to read and confirm")), _back(view, record), form, errors)


# ---- sharing outside


def share(view: View, record_id: int) -> Any:
    """Choose organisations; who there will see it is named before anything is saved."""
    view.require(DOCUMENT, f"{DOCUMENT}.share_outside", record_id)
    record = view.records.get(DOCUMENT, record_id)
    if not view.writing:
        return _share_form(view, record, ())
    chosen = [one for one in view.form.getlist("organisations") if one.isdigit()]
    try:
        if not chosen:
            raise ValidationFailed.single("organisations", "required", _("Choose whom to share it with."))
        if view.form.get("seen") != ",".join(chosen):
            return _share_form(view, record, (), asked=[int(one) for one in chosen])
        result = view.records.act(f"{DOCUMENT}.share_outside", record_id, {"organisations": ",".join(chosen)})
    except ValidationFailed as error:
        view.undo_all()
        return _share_form(view, record, error.errors)
    return after_write(view, result.message, view.url(DOCUMENT, record_id))


def _share_form(view: View, record: Row, errors: Sequence[FieldError], asked: Sequence[int] = ()) -> Any:
    """The first time with the choice, the second with the names of those who will see it."""
    messages = {error.field: str(error.message) for error in errors}
    titles = view.records.titles(asked)
    selected: list[dict[str, Any]] = [
        {"id": number, "title": in_script(titles[number].title or "", titles[number].alt)[0]}
        for number in asked
        if number in titles and not titles[number].restricted
    ]
    if len(selected) < len(asked):
        raise NotFound("organisation")
    fields: list[dict[str, Any]] = [
        {"name": "organisations", "kind": "references", "label": str(_("Share with")), "selected": selected,
         "search_url": "/employee/documents/organisations", "error": messages.get("organisations")},
    ]  # fmt: skip
    form: dict[str, Any] = {
        "action": view.url(DOCUMENT, record["id"], "act", "share_outside"), "fields": fields,
        "submit": str(_("Show who will see it")),
    }  # fmt: skip
    if asked:
        who = library.who_reads(view.records, asked)
        lines = [
            {"title": one["title"], "names": str(_(", ")).join(who.get(one["id"], ()))} for one in selected
        ]  # fmt: skip
        form["hidden"] = {"seen": ",".join(str(number) for number in asked)}
        form["submit"] = str(_("Share"))
        draft = record.get("status") != "released"
        return _with_names(view, record, form, lines, draft=draft)
    return _answer(view, str(_("Share outside")), _back(view, record), form, errors)


def _with_names(view: View, record: Row, form: dict[str, Any], lines: list[dict[str, str]], *, draft: bool) -> Any:
    data: dict[str, Any] = {"form": form, "lines": lines, "draft": draft}
    title = str(_("Share outside"))
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("documents/share_dialog.html", dialog={"title": title, "sub": named(record)}, **data)
    return view.render("documents/share.html", page={"title": title, "back": _back(view, record)}, **data)


def organisations(view: View) -> Any:
    """Organisations one may read, for the picker of the dialog."""
    words = view.args.get("q", "").strip()
    taken = {one for one in view.args.get("chosen", "").split(",") if one}
    rows: list[dict[str, Any]] = []
    for entity in view.runtime.registry.entities.values():
        if "core.organization" in entity.spec.traits and view.may(entity.key, "read"):
            page = view.records.query(entity.key, fields=("title",), search=words or None, limit=10)
            rows += [{"id": row["id"], "title": row.title or "", "icon": "building"} for row in page.rows
                     if str(row["id"]) not in taken]  # fmt: skip
    return view.fragment_of("wf/field.html", "picker_options", rows)


# ---- templates


def fill(view: View, record_id: int) -> Any:
    """Fill a template from a record: a document that belongs to it is made."""
    record = view.records.find(record_id)
    offered = filling.offered(view.records, record)
    if not view.writing:
        return _fill_form(view, record, offered, ())
    try:
        template = next((row for row in offered if str(row["id"]) == view.form.get("template")), None)
        if template is None:
            raise ValidationFailed.single("template", "required", _("Choose a template."))
        folder = view.form.get("folder", "")
        if not folder.isdigit():
            raise ValidationFailed.single("folder", "required", _("Choose a folder."))
        row = filling.fill(view.records, template, record_id, int(folder))
    except ValidationFailed as error:
        view.undo_all()
        return _fill_form(view, record, offered, error.errors)
    view.toast(_("%(name)s made from the template") % {"name": row["name"]}, undo=view.records.change_set_id)
    return view.redirect(view.url(DOCUMENT, row["id"]))


def _fill_form(view: View, record: Row, offered: Sequence[Row], errors: Sequence[FieldError]) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    fields: list[dict[str, Any]] = [
        {"name": "template", "kind": "choice", "label": str(_("Template")), "error": messages.get("template"),
         "value": view.form.get("template", "") if view.writing else str(offered[0]["id"]) if offered else "",
         "as_select": True, "choices": [{"value": str(row["id"]), "label": named(row)} for row in offered]},
        {"name": "folder", "kind": "reference", "label": str(_("Folder")), "selected": [],
         "search_url": view.page("pick", "documents", "documents", "folder"), "error": messages.get("folder")},
    ]  # fmt: skip
    form = {"action": f"/employee/documents/fill/{record['id']}", "fields": fields, "submit": str(_("Make it"))}
    back = {"url": f"/r/{record['id']}", "label": record.title or ""}
    return _answer(view, str(_("Document from a template")), back, form, errors)
