"""Routes of the bar for ticked rows: assign, edit, link, tag, delete, and the export of exactly the present view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from weft.core.collaboration import tags
from weft.core.db.fields import Field, Kind
from weft.core.errors import FieldError, NotFound, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.records.bulk import BULK_LIMIT
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType
from weft.core.web import counts
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form, posted_value
from weft.core.web.lists.table import writable_names
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint", "chosen_ids"]

_ = translator("core")

blueprint = Blueprint("bulk", __name__)
_BASE = "/<portal>/<plugin>/<slug>/bulk/"
_OPERATIONS = {"assign": "assign", "edit": "update", "link": "link", "tag": "update"}
#: From here on a change says in numbers what it will do before it does it.
_ANNOUNCE = 50


def chosen_ids(view: View, entity: EntityType, source: Any) -> list[int]:
    """Ids of the ticked rows, or of all matches of the list's address except some.

    Raises:
        TooLarge: more rows than one bulk operation takes.
    """
    if source.get("all") != "1" or source.get("ids"):
        return [int(part) for part in source.get("ids", "").split(",") if part.isdigit()]
    state = state_of(view, entity)
    left_out = {int(part) for part in source.get("except", "").split(",") if part.isdigit()}
    ids: list[int] = []
    cursor = None
    while True:
        page = view.records.query(
            entity.key, fields=[], filters=state.filter_map, search=state.search or None, limit=200, cursor=cursor
        )
        ids += [row.id for row in page.rows if row.id not in left_out]
        if len(ids) > BULK_LIMIT:
            raise TooLarge(str(_("At most %(n)s records can be changed at once.") % {"n": BULK_LIMIT}))
        if page.next is None:
            return ids
        cursor = page.next


@route(blueprint, _BASE + "<word>", policy="record", endpoint="ask")
def show_bulk(portal: str, plugin: str, slug: str, word: str) -> Response:
    if word not in _OPERATIONS:
        raise NotFound(word)
    view, entity = entity_at(plugin, slug, _OPERATIONS[word])
    ids = chosen_ids(view, entity, view.args)
    return _form(view, entity, word, ids, view.args.get("field", ""))


def _form(
    view: View, entity: EntityType, word: str, ids: list[int], name: str, errors: tuple[FieldError, ...] = ()
) -> Response:
    titles = {"assign": _("Assign"), "edit": _("Edit"), "link": _("Link"), "tag": _("Tag")}
    number = view.formats.number(len(ids))
    form: dict[str, Any] = {
        "action": view.url(entity.key, "bulk", word),
        "fields": _fields(view, entity, word, name),
        "submit": str(titles[word]),
        "hidden": {"ids": ",".join(map(str, ids)), "expected": str(len(ids))},
        "errors": [{"text": str(error.message)} for error in errors],
    }
    if word == "edit":
        form["hidden"]["_field"] = name
        if not name:
            form |= {"action": view.url(entity.key, "bulk", "edit"), "submit": str(_("Next"))}
    dialog = {"title": str(titles[word]), "sub": str(_("%(n)s records") % {"n": number})}
    if len(ids) > _ANNOUNCE:
        form["fields"] = [*form["fields"]]
        dialog["sub"] = str(_("%(n)s records will change") % {"n": number})
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


def _fields(view: View, entity: EntityType, word: str, name: str) -> list[dict[str, Any]]:
    maker = FormField(view, (entity.plugin, entity.slug))
    if word == "assign":
        return [maker.field(Field(Kind.USER, _("Owner"), name="owner", required=True), None)]
    if word == "link":
        field = maker.field(Field(Kind.REFERENCE, _("Link to"), name="target", required=True, to=("*",)), None)
        field["search_url"] = view.page("pick", "any", entity.plugin, entity.slug)
        field.pop("create_url", None)
        return [field]
    if word == "tag":
        return [maker.field(Field(Kind.TEXT, _("Tag"), name="tag", required=True, max_length=40), "")]
    names = writable_names(view, entity.key)
    offered = {key: f for key, f in entity.fields.items() if key in names and not f.unique and f.kind is not Kind.FILE}
    if name in offered:
        return [maker.field(offered[name], None)]
    options = [{"value": key, "label": str(f.label)} for key, f in offered.items()]
    return [{"name": "_pick", "kind": "choice", "as_select": True, "label": str(_("Field")), "choices": options}]


@route(blueprint, _BASE + "<word>", policy="record", methods=["POST"], endpoint="run")
def run_bulk(portal: str, plugin: str, slug: str, word: str) -> Response:
    operation = "delete" if word == "delete" else _OPERATIONS.get(word)
    if operation is None:
        raise NotFound(word)
    view, entity = entity_at(plugin, slug, operation)
    # The bar posts what is ticked in the address; a dialog carries it along as posted fields.
    ids = chosen_ids(view, entity, view.form if "ids" in view.form else view.args)
    if word == "edit" and view.form.get("_pick"):
        return _form(view, entity, word, ids, view.form["_pick"])
    expected = view.form.get("expected", "")
    number = int(expected) if expected.isdigit() else len(ids)
    try:
        message = _run(view, entity, word, ids, number)
    except ValidationFailed as error:
        view.undo_all()
        if word == "delete":
            raise
        return _form(view, entity, word, ids, view.form.get("_field", ""), error.errors)
    view.toast(message, undo=view.records.change_set_id)
    counts.forget(view)
    if view.scripted:
        return view.done(wf_close=True, wf_refresh="#wf-list")
    return view.redirect(view.url(entity.key))


# ---- actions of plugins


def _action_at(plugin: str, slug: str, name: str) -> tuple[View, EntityType, Action]:
    view, entity = entity_at(plugin, slug)
    action = entity.actions.get(name)
    if action is None or not action.bulk:
        raise NotFound(name)
    view, entity = entity_at(plugin, slug, action.key)
    return view, entity, action


@route(blueprint, _BASE + "act/<name>", policy="record", endpoint="ask_action")
def show_action(portal: str, plugin: str, slug: str, name: str) -> Response:
    view, entity, action = _action_at(plugin, slug, name)
    ids = chosen_ids(view, entity, view.args)
    values = {key: declared.default_value() for key, declared in action.asked.items()}
    return _action_form(view, entity, action, ids, values)


def _action_form(
    view: View,
    entity: EntityType,
    action: Action,
    ids: list[int],
    values: Mapping[str, Any],
    errors: tuple[FieldError, ...] = (),
) -> Response:
    """The input of an action, once for all records."""
    maker, wrong = FormField(view, ("action", action.key)), {error.field: error.message for error in errors}
    form: dict[str, Any] = {
        "action": view.url(entity.key, "bulk", "act", action.name),
        "fields": [
            maker.field(declared, values.get(key), error=wrong.get(key)) for key, declared in action.asked.items()
        ],
        "submit": str(action.label),
        "hidden": {"ids": ",".join(map(str, ids)), "expected": str(len(ids))},
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }
    said = _("%(n)s records will change") % {"n": view.formats.number(len(ids))}
    sub = f"{said}. {action.confirm}" if str(action.confirm) else str(said)
    dialog = {"title": str(action.label), "sub": sub}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


@route(blueprint, _BASE + "act/<name>", policy="record", methods=["POST"], endpoint="act")
def run_action(portal: str, plugin: str, slug: str, name: str) -> Response:
    view, entity, action = _action_at(plugin, slug, name)
    ids = chosen_ids(view, entity, view.form if "ids" in view.form else view.args)
    expected = view.form.get("expected", "")
    given = parse_form(view.form, action.asked.values(), view.zone)
    try:
        view.records.bulk(
            entity.key, action.key, ids, given, expected=int(expected) if expected.isdigit() else len(ids)
        )
    except ValidationFailed as error:
        view.undo_all()
        if not action.fields:
            raise
        return _action_form(view, entity, action, ids, given, error.errors)
    done = _("%(action)s: %(n)s %(list)s")
    what = {"action": action.label, "n": view.formats.number(len(ids)), "list": _lower(view, entity.plural)}
    view.toast(done % what, undo=view.records.change_set_id)
    counts.forget(view)
    if view.scripted:
        return view.done(wf_close=True, wf_refresh="#wf-list")
    return view.redirect(view.url(entity.key))


def _run(view: View, entity: EntityType, word: str, ids: list[int], expected: int) -> str:
    records, what = view.records, {"n": view.formats.number(len(ids)), "list": _lower(view, entity.plural)}
    if word == "delete":
        records.bulk(entity.key, "delete", ids, expected=expected)
        return str(_("%(n)s %(list)s moved to the trash") % what)
    if word == "assign":
        owner = view.form.get("owner", "")
        if not owner.isdigit():
            raise ValidationFailed.single("owner", "required", _("Choose a person."))
        records.bulk(entity.key, "assign", ids, {"owner": int(owner)}, expected=expected)
        return str(_("%(n)s %(list)s assigned") % what)
    if word == "link":
        target = view.form.get("target", "")
        if not target.isdigit():
            raise ValidationFailed.single("target", "required", _("Choose the other record."))
        from weft.core.records.edges import LinkRequest, link_many

        link_many(records, "core.linked", [LinkRequest(number, int(target)) for number in ids], kind="bulk:link")
        return str(_("%(n)s %(list)s linked") % what)
    if word == "tag":
        tags.add_many(records, ids, view.form.get("tag", "").strip())
        return str(_("%(n)s %(list)s tagged") % what)
    name = view.form.get("_field", "")
    declared = entity.fields.get(name)
    if declared is None or name not in writable_names(view, entity.key):
        raise NotFound(name)
    records.bulk(entity.key, "update", ids, {name: posted_value(view.form, declared, view.zone)}, expected=expected)
    return str(_("%(n)s %(list)s changed") % what)


def _lower(view: View, text: object) -> str:
    words = str(text)
    return words[:1].lower() + words[1:] if view.locale == "en" else words
