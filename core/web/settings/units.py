"""Settings > Units and positions: the tree of the company and who belongs where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import organisation, units
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.values import face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_units", __name__)
_HERE = f"{BASE}units/"


@route(blueprint, _HERE, policy=POLICY, endpoint="list")
def show_units() -> Response:
    view = current()
    found = units.list_units(view.connection, now=view.runtime.clock())
    rows = []
    for unit in found:
        name, other = in_script(unit.name, unit.name_alt)
        row: dict[str, Any] = {
            "title": "\u2003" * unit.depth + name,
            "url": f"{_HERE}{unit.id}/",
            "icon": "sitemap",
            "sub": other,
            "beside": True,
            "end": {"text": str(_("%(n)s people") % {"n": view.formats.number(unit.people)})},
        }
        if not unit.active:
            row |= {"muted": True, "chip": str(_("switched off"))}
        rows.append(row)
    panel = {
        "title": str(_("Units")), "rows": rows, "full": True, "count": len(found),
        "empty": {
            "title": str(_("No units yet")), "text": str(_("Begin with the company itself, then its departments.")),
        },
    }  # fmt: skip
    blocks: list[dict[str, Any]] = [
        {"kind": "panel", "panel": panel},
        {"kind": "head", "text": str(_("New unit"))},
        _new_form(view, found),
    ]
    return settings_page(view, "units", blocks)


def _parents(found: Sequence[units.Unit], without: int | None = None) -> list[dict[str, Any]]:
    return [
        {"value": u.id, "label": "\u2003" * u.depth + in_script(u.name, u.name_alt)[0]}
        for u in found
        if u.active and u.id != without
    ]


def _new_form(view: View, found: Sequence[units.Unit], errors: Sequence[FieldError] = ()) -> dict[str, Any]:
    form = view.form
    fields = [
        field("name", "text", _("Name"), form.get("name", ""), width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), form.get("name_alt", ""), width="half",
              required=False),
        field("parent_id", "choice", _("Below"), form.get("parent_id", ""), required=False, as_select=True,
              choices=_parents(found)),
    ]  # fmt: skip
    return form_block(_HERE, fields, _("Add unit"), errors)


@route(blueprint, _HERE, policy=POLICY, methods=["POST"], endpoint="create")
def create() -> Response:
    view = current()
    parent = view.form.get("parent_id", "")
    try:
        _unit, number = organisation.create_unit(
            view.records,
            name=view.form.get("name", "").strip(),
            name_alt=view.form.get("name_alt", "").strip(),
            parent_id=int(parent) if parent.isdigit() else None,
        )
    except ValidationFailed as error:
        view.undo_all()
        found = units.list_units(view.connection, now=view.runtime.clock())
        return settings_page(view, "units", [_new_form(view, found, error.errors)], status=422)
    view.toast(_("Unit added"), undo=number)
    return view.redirect(_HERE)


def _find(view: View, unit_id: int) -> tuple[units.Unit, list[units.Unit]]:
    found = units.list_units(view.connection, now=view.runtime.clock())
    unit = next((one for one in found if one.id == unit_id), None)
    if unit is None:
        raise NotFound("unit")
    return unit, found


@route(blueprint, _HERE + "<int:unit_id>/", policy=POLICY, endpoint="unit")
def show_unit(unit_id: int) -> Response:
    return _unit_page(current(), unit_id)


def _unit_page(view: View, unit_id: int, errors: Sequence[FieldError] = ()) -> Response:
    unit, found = _find(view, unit_id)
    fields = [
        field("name", "text", _("Name"), unit.name, width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), unit.name_alt, width="half", required=False),
        field("parent_id", "choice", _("Below"), unit.parent_id or "", required=False, as_select=True,
              choices=_parents(found, unit_id)),
        field("position", "integer", _("Place among its siblings"), unit.position, width="half", required=False),
        field("active", "boolean", _("In use"), unit.active),
    ]  # fmt: skip
    rows = []
    for one in units.members(view.connection, unit_id, now=view.runtime.clock()):
        name = in_script(one.name, one.name_alt)[0]
        row: dict[str, Any] = {
            "title": name,
            "url": f"{BASE}users/{one.user_id}/",
            "face": face(one.user_id, name),
            "sub": in_script(one.position or "", one.position_alt)[0],
        }
        rows.append(row | ({"chip": str(_("head"))} if one.head else {}))
    people = {
        "title": str(_("People")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("Nobody yet. People are added on their own page under Users."))},
    }  # fmt: skip
    blocks = [
        form_block(f"{_HERE}{unit_id}/", fields, _("Save"), errors, cancel_url=_HERE),
        {"kind": "panel", "panel": people},
    ]
    remove = {"label": str(_("Delete")), "url": f"{_HERE}{unit_id}/delete/", "opens": "post", "danger": True}
    crumbs = [{"url": _HERE, "label": str(_("Units"))}]
    title = in_script(unit.name, unit.name_alt)[0]
    status = 422 if errors else 200
    return settings_page(view, "units", blocks, title=title, crumbs=crumbs, actions=[remove], status=status)


@route(blueprint, _HERE + "<int:unit_id>/", policy=POLICY, methods=["POST"], endpoint="save")
def save(unit_id: int) -> Response:
    view = current()
    unit, _found = _find(view, unit_id)
    form = view.form
    parent = int(form["parent_id"]) if form.get("parent_id", "").isdigit() else None
    place = form.get("position", "")
    number = None
    try:
        changes = {
            "name": form.get("name", "").strip(),
            "name_alt": form.get("name_alt", "").strip(),
            "active": form.getlist("active")[-1:] == ["1"],
            "position": int(place) if place.lstrip("-").isdigit() else unit.position,
        }
        real = {name: value for name, value in changes.items() if value != getattr(unit, name)}
        if real:
            number = organisation.update_unit(view.records, unit_id, **real)
        if parent != unit.parent_id:
            number = organisation.move_unit(view.records, unit_id, parent)
    except ValidationFailed as error:
        view.undo_all()
        return _unit_page(view, unit_id, error.errors)
    view.toast(_("Unit saved"), undo=number)
    return view.redirect(f"{_HERE}{unit_id}/")


@route(blueprint, _HERE + "<int:unit_id>/delete/", policy=POLICY, methods=["POST"], endpoint="delete")
def delete(unit_id: int) -> Response:
    view = current()
    try:
        number = organisation.delete_unit(view.records, unit_id)
    except ValidationFailed as error:
        view.undo_all()
        return _unit_page(view, unit_id, error.errors)
    view.toast(_("Unit deleted"), undo=number)
    return view.redirect(_HERE)
