"""The form of a new project: what it is, for whom, from which template and record it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import FieldError, NotFound, Row, ValidationFailed, every, translator
from weft.core.websdk import FormField, View, after_write, parse_form
from weft.plugins.projects.services import starting
from weft.plugins.projects.services.plan import PROJECT
from weft.plugins.projects.views.parts import name_of

_ = translator("projects")

__all__ = ["from_deal", "make_new"]

_FIELDS = ("name", "name_alt", "customer", "contact", "source", "starts_on", "ends_on", "country", "currency", "site",
           "summary", "shared")  # fmt: skip


def make_new(view: View) -> Any:
    """The form on GET, the project made of it on POST."""
    entity = view.entity(PROJECT)
    names = [name for name in _FIELDS if name in entity.fields]
    declared = {name: entity.fields[name] for name in names}
    if not view.writing:
        return _page(view, _preset(view, declared))
    values = parse_form(view.form, declared.values(), view.zone)
    template = view.form.get("template", "")
    try:
        made = starting.start(view.records, values, int(template) if template.isdigit() else None)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, values, error.errors)
    return after_write(view, _("Project %(name)s made") % {"name": made["name"]}, view.url(PROJECT, made.id))


def _preset(view: View, declared: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in parse_form(view.args, declared.values(), view.zone).items() if value}
    source = given.get("source")
    values: dict[str, Any] = {"starts_on": view.today.isoformat()}
    if source and str(source).isdigit():
        try:
            values |= starting.from_record(view.records, int(source))
        except NotFound:
            given.pop("source")
    return {**values, **given}


def _page(view: View, values: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Any:
    entity = view.entity(PROJECT)
    messages = {error.field: str(error.message) for error in errors}
    maker = FormField(view, (entity.plugin, entity.slug))
    templates = list(every(view.records, "projects.template", ("name", "name_alt"), {}, sort="name"))
    chosen = view.form.get("template") if view.writing else view.args.get("template")
    if chosen is None and templates and not view.writing:
        chosen = str(templates[0].id)
    picked: dict[str, Any] = {
        "name": "template", "kind": "choice", "label": str(_("Template")), "required": False, "as_select": True,
        "value": chosen or "", "help": str(_("Its tasks get dates from the start on, on working days.")),
        "choices": [{"value": "", "label": str(_("None: an empty project"))},
                    *({"value": str(row.id), "label": name_of(row)} for row in templates)],
    }  # fmt: skip
    shown = _references(view, entity, values)
    fields = {
        name: maker.field(entity.fields[name], shown.get(name), error=messages.get(name))
        for name in _FIELDS if name in entity.fields
    }  # fmt: skip
    form = {
        "action": view.url(PROJECT, "new"), "submit": str(_("Make the project")), "cancel_url": view.url(PROJECT),
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
        "hidden": {"_had": ",".join(fields)}, "draft": f"project:new:{view.principal.user_id}",
        "groups": [
            {"fields": [picked, fields["name"], fields["name_alt"]]},
            {"title": str(_("For whom")), "fields": [
                fields[name] for name in ("customer", "contact", "source", "site") if name in fields]},
            {"title": str(_("When and how")), "fields": [
                fields[name] for name in ("starts_on", "ends_on", "country", "currency", "shared", "summary")]},
        ],
    }  # fmt: skip
    back = {"url": view.url(PROJECT), "label": str(_("Projects"))}
    status = 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form"):
        title = str(_("New project"))
        return view.render("pages/form_dialog.html", status, dialog={"title": title, "size": "wide"}, form=form)
    return view.render("pages/form.html", status, page={"title": str(_("New project")), "back": back}, form=form)


def _references(view: View, entity: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Python values of what the form shows: references with their titles, days as days."""
    found = dict(values)
    ids = [int(found[name]) for name in ("customer", "contact", "source") if str(found.get(name) or "").isdigit()]
    titles = view.records.titles(ids)
    for name in ("customer", "contact", "source"):
        text = str(found.get(name) or "")
        found[name] = titles.get(int(text)) if text.isdigit() else None
    for name in ("starts_on", "ends_on"):
        try:
            found[name] = date.fromisoformat(str(found.get(name) or ""))
        except ValueError:
            found[name] = None
    return found


def from_deal(view: View, record: Row) -> dict[str, Any] | None:
    """On a won opportunity: the projects made from it, or the button that makes one."""
    if not view.may(PROJECT, "create") or record.get("outcome") != "won":
        return None
    known = view.records.query(PROJECT, fields=("name",), filters={"source": str(record["id"])}, limit=1).rows
    if known:
        return None
    label = str(_("Make a project"))
    return {"make": {"label": label, "url": view.url(PROJECT, "new", source=record["id"]), "icon": "plus"}}
