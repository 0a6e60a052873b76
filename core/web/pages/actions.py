"""Routes that change one record: actions, moves on a board, assign, delete, restore; each answers with a toast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response

from weft.core.access.decide import denied
from weft.core.db.fields import Field, Kind
from weft.core.errors import ActionNeeded, FieldError, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType
from weft.core.web import counts
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form
from weft.core.web.forms.record_form import RecordForm
from weft.core.web.lists.board import NONE, BoardList, board_fields
from weft.core.web.pages.forms import partial_form
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["after_write", "blueprint", "title_of"]

_ = translator("core")

blueprint = Blueprint("actions", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/"


def title_of(view: View, entity: EntityType, row: Mapping[str, Any]) -> str:
    """Title of a record in the viewer's script."""
    return Values(view.runtime.registry, view.portal_key).title(row, entity)[0]


def after_write(view: View, message: object, address: str, *, close: bool = True) -> Response:
    """The answer to a write: a toast with Undo, and the page as it is now; a form on a page of its own leads back."""
    view.toast(message, undo=view.records.change_set_id)
    counts.forget(view)
    if view.scripted and view.target != "wf-form":
        # The whole page: head, facts and side column of a record may all look different now.
        return view.done(wf_refresh="#wf-page", **({"wf_close": True} if close else {}))
    return view.redirect(address)


# ---- actions declared by plugins


@route(blueprint, _BASE + "act/<name>", policy="record", endpoint="ask")
def show_action(portal: str, plugin: str, slug: str, record_id: int, name: str) -> Response:
    view, entity, action = _action_at(plugin, slug, record_id, name)
    if action.dialog:
        return _own_dialog(view, action, record_id)
    row = view.records.get(entity.key, record_id)
    return _action_form(view, entity, action, row, _defaults(action, row))


def _action_at(plugin: str, slug: str, record_id: int, name: str) -> tuple[View, EntityType, Action]:
    view, entity = entity_at(plugin, slug)
    action = entity.actions.get(name)
    if action is None:
        raise NotFound(name)
    require_operation(view, entity, action.key, record_id)
    return view, entity, action


def _own_dialog(view: View, action: Action, record_id: int) -> Response:
    """The plugin's own page for the action's input: it asks, and takes what is sent."""
    return make_response(view.runtime.registry.routes[action.dialog].view(view, record_id=record_id))


def _defaults(action: Action, row: Mapping[str, Any]) -> dict[str, Any]:
    """Declared defaults; a field named like one of the record starts with its value."""
    return {
        name: row.get(name) if row.get(name) is not None else declared.default_value()
        for name, declared in action.asked.items()
    }


def _action_form(
    view: View,
    entity: EntityType,
    action: Action,
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: tuple[FieldError, ...] = (),
) -> Response:
    maker = FormField(view, ("action", action.key))
    messages = {error.field: error.message for error in reversed(errors)}
    fields = [
        maker.field(declared, values.get(name), error=messages.get(name)) for name, declared in action.asked.items()
    ]
    form: dict[str, Any] = {
        "action": view.url(entity.key, row["id"], "act", action.name),
        "fields": fields,
        "submit": str(action.label),
        "hidden": {"_had": ",".join(action.asked)},
        "errors": [{"text": str(e.message), "field": e.field} for e in errors],
    }
    dialog = {"title": str(action.label), "sub": title_of(view, entity, row), "size": "small"}
    if str(action.confirm):
        form["fields"] = fields
        form["foot_note"] = ""
        dialog["sub"] = str(action.confirm)
    status = 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form") or view.args.get("by"):
        return view.render("pages/form_dialog.html", status, dialog=dialog, form=form)
    page: dict[str, Any] = {
        "title": str(action.label),
        "back": {"url": view.url(entity.key, row["id"]), "label": title_of(view, entity, row)},
    }
    form["cancel_url"] = page["back"]["url"]
    # A refused form takes the place of the form it came from, not of the page around it.
    template = "pages/form_part.html" if view.fragment and view.target == "wf-form" else "pages/form.html"
    return view.render(template, status, page=page, form=form)


@route(blueprint, _BASE + "act/<name>", policy="record", methods=["POST"], endpoint="act")
def run_action(portal: str, plugin: str, slug: str, record_id: int, name: str) -> Response:
    view, entity, action = _action_at(plugin, slug, record_id, name)
    if action.dialog:
        return _own_dialog(view, action, record_id)
    row = view.records.get(entity.key, record_id)
    fields = list(action.asked.values())
    given = parse_form(view.form, fields, view.zone)
    try:
        result = view.records.act(action.key, record_id, given)
    except ValidationFailed as error:
        view.undo_all()
        values = _renamed(view, fields, {**_defaults(action, row), **given})
        return _action_form(view, entity, action, row, values, error.errors)
    message = result.message or _("%(title)s: %(action)s") % {
        "title": title_of(view, entity, row),
        "action": action.label,
    }
    address = result.redirect or view.url(entity.key, record_id)
    if result.redirect or (result.record not in (None, record_id)):
        view.toast(message, undo=view.records.change_set_id)
        counts.forget(view)
        return view.redirect(result.redirect or f"/r/{result.record}")
    return after_write(view, message, address)


def _renamed(view: View, fields: list[Field], values: dict[str, Any]) -> dict[str, Any]:
    """References of a form that comes back, with their titles."""
    wanted = {
        f.name: int(values[f.name])
        for f in fields
        if f.kind is Kind.REFERENCE and str(values.get(f.name) or "").isdigit()
    }
    titles = view.records.titles(wanted.values()) if wanted else {}
    return values | {name: titles.get(number) for name, number in wanted.items()}


# ---- the board


@route(blueprint, _BASE + "move", policy="record", methods=["POST"], endpoint="move")
def move(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    # A step of the path names its target in the address; it is no filter of the board.
    state = state_of(view, entity, [pair for pair in view.args.items(multi=True) if pair[0] != "to"])
    fields = board_fields(view, state)
    by = fields.get(view.args.get("by", ""))
    if by is None:
        raise NotFound("by")
    target = view.form.get("to") or view.args.get("to", "")
    row = view.records.get(entity.key, record_id)
    before = _column_of(row.get(by.name))
    board = BoardList(view, state, {by.name: by, **fields})
    labels = {key: line.label for key, line in board.figures().items()}
    try:
        _apply_move(view, entity, by, row, target)
    except ValidationFailed as error:
        view.undo_all()
        asked = _asked(view, entity, by, record_id, target, error)
        if asked is None:
            raise
        # A card dropped on a board opens the answer by itself; a step of the path on a page has no place for it.
        asked.headers["HX-Retarget"], asked.headers["HX-Reswap"] = "#wf-dialog", "innerHTML"
        return asked
    message = _("%(title)s moved from %(old)s to %(new)s") % {
        "title": title_of(view, entity, row),
        "old": labels.get(before, before),
        "new": labels.get(target, target),
    }
    if view.args.get("to"):
        return after_write(view, message, view.url(entity.key, record_id))
    view.toast(message, undo=view.records.change_set_id)
    counts.forget(view)
    lines = board.figures()
    heads = [board.head(lines[key]) for key in dict.fromkeys((before, target)) if key in lines]
    return view.render("pages/heads.html", heads=heads)


def _asked(
    view: View, entity: EntityType, by: Field, record_id: int, target: str, error: ValidationFailed
) -> Response | None:
    """What a refused drop lacks, as a form in the dialog: the input of an action, or the fields that are wrong."""
    row = view.records.get(entity.key, record_id)
    action = view.runtime.registry.actions.get(error.action) if isinstance(error, ActionNeeded) else None
    if action is not None:
        # Nothing was typed yet, so nothing is wrong: the form only stands where the card went back.
        answer = _action_form(view, entity, action, row, _defaults(action, row))
        answer.status_code = 422
        return answer
    form = RecordForm(view, entity, row)
    wrong = [found.field for found in error.errors if found.field in form.writable and found.field != by.name]
    if not wrong or by.name not in form.writable:
        return None
    return partial_form(view, entity, row, {**row, by.name: target}, (by.name, *wrong), error.errors)


def _column_of(value: Any) -> str:
    if value is None:
        return NONE
    return str(getattr(value, "id", value))


def _apply_move(view: View, entity: EntityType, by: Field, row: Any, target: str) -> None:
    """Write what the drop means: an owner, a transition by its action, or a plain change of the field."""
    value = None if target == NONE else target
    if by.name == "owner":
        view.records.assign(entity.key, row.id, owner=int(value) if value else None)
        return
    if by.state and by.transitions:
        action = _transition(view, entity, str(row.get("state") or ""), target)
        view.records.act(action.key, row.id, {})
        return
    view.records.update(entity.key, row.id, {by.name: value}, version=row.version)


def _transition(view: View, entity: EntityType, state: str, target: str) -> Action:
    leading = [
        action
        for action in entity.actions.values()
        if action.transition is not None and action.transition[1] == target and action.transition[0] in ("*", state)
    ]
    if not leading:
        raise denied(view, entity.key, "update")
    asked = [action for action in leading if any(f.required for f in action.fields.values())]
    if len(asked) == len(leading):
        message = _("This move needs more: use “%(action)s” on the record.") % {"action": leading[0].label}
        raise ActionNeeded(leading[0].key, [FieldError("to", "input", message)])
    return next(action for action in leading if action not in asked)


# ---- assign, delete, restore


@route(blueprint, _BASE + "assign", policy="record", endpoint="ask_assign")
def show_assign(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    require_operation(view, entity, "assign", record_id)
    row = view.records.get(entity.key, record_id)
    return _assign_form(view, entity, row)


def _assign_form(view: View, entity: EntityType, row: Any, errors: tuple[FieldError, ...] = ()) -> Response:
    maker = FormField(view, (entity.plugin, entity.slug))
    owner = Field(Kind.USER, _("Owner"), name="owner")
    unit = Field(Kind.UNIT, _("Unit"), name="unit")
    form = {
        "action": view.url(entity.key, row.id, "assign"),
        "fields": [maker.field(owner, row.get("owner")), maker.field(unit, row.get("unit"))],
        "submit": str(_("Assign")),
        "errors": [{"text": str(error.message)} for error in errors],
    }
    dialog = {"title": str(_("Assign")), "sub": title_of(view, entity, row)}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)


@route(blueprint, _BASE + "assign", policy="record", methods=["POST"], endpoint="assign")
def assign(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    owner, unit = (view.form.get(name, "") for name in ("owner", "unit"))
    try:
        view.records.assign(
            entity.key,
            record_id,
            owner=int(owner) if owner.isdigit() else None,
            unit=int(unit) if unit.isdigit() else None,
        )
    except ValidationFailed as error:
        view.undo_all()
        return _assign_form(view, entity, row, error.errors)
    message = _("%(title)s assigned") % {"title": title_of(view, entity, row)}
    return after_write(view, message, view.url(entity.key, record_id))


@route(blueprint, _BASE + "delete", policy="record", methods=["POST"], endpoint="delete")
def delete(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    version = view.form.get("version", "")
    view.records.delete(entity.key, record_id, version=int(version) if version.isdigit() else row.version)
    view.toast(
        _("%(title)s moved to the trash") % {"title": title_of(view, entity, row)}, undo=view.records.change_set_id
    )
    counts.forget(view)
    if view.scripted and view.args.get("from") == "list":
        return view.done(wf_refresh=True, wf_close=True)
    return view.redirect(view.url(entity.key))


@route(blueprint, _BASE + "restore", policy="record", methods=["POST"], endpoint="restore")
def restore(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    view.records.restore(entity.key, record_id)
    message = _("%(title)s restored") % {"title": title_of(view, entity, row)}
    view.toast(message, undo=view.records.change_set_id)
    counts.forget(view)
    return view.redirect(view.url(entity.key, record_id))
