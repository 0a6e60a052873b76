"""Settings > Users: what an administrator does to one account; each answers with a toast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import admin, rights, users
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY
from weft.core.web.settings.users import _user_page, link_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_user", __name__)
_HERE = f"{BASE}users/<int:user_id>/"


def _name(view: View, user_id: int) -> str:
    user = users.find(view.connection, user_id)
    return in_script(user.name, user.name_alt)[0]


def _do(user_id: int, change: Callable[[View], Any], message: Any) -> Response:
    """Run a change, say so, go back to the person."""
    view = current()
    try:
        number = change(view)
    except ValidationFailed as error:
        view.undo_all()
        return _user_page(view, user_id, error.errors)
    view.toast(message % {"name": _name(view, user_id)}, undo=number if isinstance(number, int) else None)
    return view.redirect(f"{BASE}users/{user_id}/")


@route(blueprint, _HERE, policy=POLICY, methods=["POST"], endpoint="save")
def save(user_id: int) -> Response:
    def change(view: View) -> int | None:
        form, number = view.form, None
        stored = users.find(view.connection, user_id)
        given = {name: form[name].strip() for name in ("name", "name_alt", "email", "phone") if name in form}
        real = {name: value for name, value in given.items() if value != getattr(stored, name)}
        if real:
            number = admin.update_user(view.records, user_id, **real)
        roles = [role for role in form.getlist("roles") if role]
        if sorted(roles) != sorted(rights.roles_of(view.connection, [user_id]).get(user_id, [])):
            number = admin.set_roles(view.records, user_id, roles)
        if stored.audience != "employee":
            anchors = sorted({int(part) for part in form.getlist("anchors") if part.isdigit()})
            if anchors != sorted(rights.anchors_of(view.connection, [user_id]).get(user_id, [])):
                number = admin.set_anchors(view.records, user_id, anchors)
        return number

    return _do(user_id, change, _("%(name)s saved"))


@route(blueprint, _HERE + "deactivate/", policy=POLICY, methods=["POST"], endpoint="deactivate")
def deactivate(user_id: int) -> Response:
    return _do(user_id, lambda view: admin.deactivate(view.records, user_id), _("%(name)s deactivated"))


@route(blueprint, _HERE + "reactivate/", policy=POLICY, methods=["POST"], endpoint="reactivate")
def reactivate(user_id: int) -> Response:
    return _do(user_id, lambda view: admin.reactivate(view.records, user_id), _("%(name)s reactivated"))


@route(blueprint, _HERE + "sessions/", policy=POLICY, methods=["POST"], endpoint="sessions")
def end_sessions(user_id: int) -> Response:
    def change(view: View) -> None:
        admin.end_sessions(view.records, user_id)

    return _do(user_id, change, _("%(name)s is signed out everywhere"))


@route(blueprint, _HERE + "invite/", policy=POLICY, methods=["POST"], endpoint="invite")
def invite_again(user_id: int) -> Response:
    view = current()
    try:
        invitation = admin.invite_again(view.records, user_id)
    except ValidationFailed as error:
        view.undo_all()
        return _user_page(view, user_id, error.errors)
    return link_page(view, invitation, _name(view, user_id), _("Invitation for %(name)s"))


@route(blueprint, _HERE + "reset/", policy=POLICY, methods=["POST"], endpoint="reset")
def reset(user_id: int) -> Response:
    view = current()
    try:
        invitation = admin.reset_link(view.records, user_id)
    except ValidationFailed as error:
        view.undo_all()
        return _user_page(view, user_id, error.errors)
    return link_page(view, invitation, _name(view, user_id), _("New password for %(name)s"))


@route(blueprint, _HERE + "units/", policy=POLICY, methods=["POST"], endpoint="add_unit")
def add_unit(user_id: int) -> Response:
    def change(view: View) -> int:
        unit = view.form.get("unit", "")
        if not unit.isdigit():
            raise ValidationFailed.single("unit", "required", _("Choose a unit."))
        position = view.form.get("position", "").strip()
        head = view.form.getlist("head")[-1:] == ["1"]
        return admin.add_membership(view.records, user_id, int(unit), position=position, head=head)

    return _do(user_id, change, _("%(name)s added to the unit"))


@route(blueprint, _HERE + "units/<int:number>/end/", policy=POLICY, methods=["POST"], endpoint="end_unit")
def end_unit(user_id: int, number: int) -> Response:
    return _do(user_id, lambda view: admin.end_membership(view.records, number, user_id), _("%(name)s left the unit"))


@route(blueprint, _HERE + "deputies/<int:number>/end/", policy=POLICY, methods=["POST"], endpoint="end_deputy")
def end_deputy(user_id: int, number: int) -> Response:
    return _do(user_id, lambda view: admin.end_deputy(view.records, user_id, number), _("Deputyship ended"))
