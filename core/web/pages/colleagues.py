"""Our company > Colleagues: who of one's organisation uses the portal, what they may do, inviting and ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity.admin import Invitation
from weft.core.portal import colleagues
from weft.core.portal.colleagues import Colleague
from weft.core.web.pages.our_company import company_page, visitor
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.settings.area import field, form_block
from weft.core.web.values import face, other_lang

__all__ = ["blueprint", "invitation_blocks"]

_ = translator("core")

blueprint = Blueprint("colleagues", __name__)
_HERE = "/<portal>/company/colleagues/"
_ONE = _HERE + "<int:user_id>/"
_STATUS = {
    "active": (_("Active"), "green"), "new": (_("Never signed in"), "amber"), "invited": (_("Invited"), "blue"),
    "inactive": (_("Access ended"), "grey"),
}  # fmt: skip


def _back(view: View) -> dict[str, str]:
    return {"url": view.page("company", "colleagues"), "label": str(_("Colleagues"))}


def _name(one: Colleague) -> str:
    return in_script(one.user.name, one.user.name_alt)[0]


@route(blueprint, _HERE, policy="signed_in", endpoint="list")
def show_colleagues(portal: str) -> Response:
    view = visitor()
    found = colleagues.colleagues(view.records)
    labels = view.runtime.registry.roles
    rows = []
    for one in found:
        name, other = in_script(one.user.name, one.user.name_alt)
        cell: dict[str, Any] = {"title": name, "face": face(one.user.id, name), "sub": one.user.email}
        if other:
            cell |= {"other": other, "other_lang": other_lang(other)}
        status = _STATUS[one.user.status]
        held = ", ".join(str(labels[key].label) for key in one.roles if key in labels)
        rows.append(
            {
                "id": one.user.id, "url": view.page("company", "colleagues", one.user.id), "title": name,
                "cells": {
                    "name": cell, "status": {"label": str(status[0]), "dot": status[1]}, "roles": held,
                    "seen": one.user.last_seen_at,
                },
            }
        )  # fmt: skip
    table = {
        "label": str(_("Colleagues")),
        "columns": [
            {"key": "name", "label": str(_("Name")), "kind": "name"},
            {"key": "roles", "label": str(_("May use")), "kind": "text", "width": 320, "phone": "line"},
            {"key": "status", "label": str(_("Status")), "kind": "status", "width": 150, "phone": "line"},
            {"key": "seen", "label": str(_("Last seen")), "kind": "reldate", "width": 130, "phone": "end"},
        ],
        "rows": rows, "two": True, "select": False, "empty": {"title": str(_("Nobody else yet."))},
    }  # fmt: skip
    address = view.page("company", "colleagues", "invite")
    action = {"label": str(_("Invite a colleague")), "url": address, "icon": "user-plus", "primary": True}
    return company_page(view, "colleagues", [{"kind": "table", "table": table}], actions=[action])


# ---- inviting


@route(blueprint, _HERE + "invite/", policy="signed_in", endpoint="invite")
def show_invite(portal: str) -> Response:
    view = visitor()
    colleagues.colleagues(view.records)  # asks whether the viewer may
    return _invite_page(view, {})


def _roles_field(view: View, chosen: Sequence[str]) -> list[dict[str, Any]]:
    choices = [{"value": one.key, "label": str(one.label)} for one in colleagues.own_roles(view.records)]
    help_text = str(_("You can give what you have yourself."))
    more = {"choices": choices, "required": False, "help": help_text}
    return [field("roles", "choices", _("May use"), list(chosen), **more)] if choices else []


def _invite_page(view: View, typed: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Response:
    fields = [
        field("email", "email", _("Mail"), typed.get("email", ""), autofocus=True, max_length=254),
        field("name", "text", _("Name"), typed.get("name", ""), width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), typed.get("name_alt", ""), width="half",
              required=False, max_length=120),
        *_roles_field(view, typed.get("roles") or ()),
    ]  # fmt: skip
    address = view.page("company", "colleagues", "invite")
    block = form_block(address, fields, _("Invite"), errors, cancel_url=view.page("company", "colleagues"))
    title, status = _("Invite a colleague"), 422 if errors else 200
    return company_page(view, "colleagues", [block], title=title, status=status, back=_back(view))


@route(blueprint, _HERE + "invite/", policy="signed_in", methods=["POST"], endpoint="do_invite")
def do_invite(portal: str) -> Response:
    view = visitor()
    typed: dict[str, Any] = {name: view.form.get(name, "").strip() for name in ("email", "name", "name_alt")}
    typed["roles"] = view.form.getlist("roles")
    try:
        invitation = colleagues.invite(view.records, **typed)
    except ValidationFailed as error:
        view.undo_all()
        return _invite_page(view, typed, error.errors)
    return _link_page(view, invitation, str(typed["name"]))


def invitation_blocks(view: View, invitation: Invitation) -> list[dict[str, Any]]:
    """What became of an invitation: mailed, or a link to hand over."""
    until = view.formats.datetime(invitation.expires_at)
    if invitation.mailed:
        sent = _("A mail with a link is on its way; the link is good until %(date)s.") % {"date": until}
        return [{"kind": "note", "text": str(sent), "tone": "ok"}]
    help_text = _("Good once, until %(date)s. It is shown only here.") % {"date": until}
    return [
        {"kind": "note", "text": str(_("Hand this link over yourself.")), "tone": "warn"},
        {"kind": "copy", "label": str(_("Link")), "value": invitation.url, "help": str(help_text)},
    ]


def _link_page(view: View, invitation: Invitation, name: str) -> Response:
    done = {"label": str(_("Done")), "url": view.page("company", "colleagues"), "primary": True}
    title = _("Invitation for %(name)s") % {"name": name}
    blocks = invitation_blocks(view, invitation)
    return company_page(view, "colleagues", blocks, title=title, actions=[done], back=_back(view))


# ---- one colleague


@route(blueprint, _ONE, policy="signed_in", endpoint="colleague")
def show_colleague(portal: str, user_id: int) -> Response:
    view = visitor()
    return _colleague_page(view, user_id)


def _colleague_page(view: View, user_id: int, errors: Sequence[FieldError] = ()) -> Response:
    one = colleagues.colleague(view.records, user_id)
    status = _STATUS[one.user.status]
    facts = {
        "rows": [
            {"label": str(_("Mail")), "kind": "email", "v": one.user.email},
            {"label": str(_("Status")), "kind": "status", "v": {"label": str(status[0]), "dot": status[1]}},
            {"label": str(_("Last seen")), "kind": "datetime", "v": one.user.last_seen_at},
        ],
        "wide": True,
    }
    blocks: list[dict[str, Any]] = [{"kind": "details", "details": facts}]
    fields = _roles_field(view, one.roles)
    here = view.page("company", "colleagues", user_id)
    if fields and one.user.active:
        blocks.append(form_block(here, fields, _("Save"), errors, cancel_url=view.page("company", "colleagues")))
    elif errors:
        blocks.append({"kind": "note", "text": " ".join(str(error.message) for error in errors), "tone": "stop"})
    return company_page(
        view, "colleagues", blocks, title=_name(one), actions=_actions(view, one), back=_back(view),
        status=422 if errors else 200,
    )  # fmt: skip


def _actions(view: View, one: Colleague) -> list[dict[str, Any]]:
    def post(word: str, label: object, **more: Any) -> dict[str, Any]:
        address = view.page("company", "colleagues", one.user.id, word)
        return {"label": str(label), "url": address, "opens": "post", **more}

    if one.mine:
        return []
    if not one.user.active:
        return [post("reopen", _("Open the access again"))]
    again = [post("invite", _("New invitation link"))] if one.user.status == "invited" else []
    return [*again, post("end", _("End access"), danger=True)]


def _do(user_id: int, change: Callable[[View], Any], message: Any) -> Response:
    view = visitor()
    try:
        change(view)
    except ValidationFailed as error:
        view.undo_all()
        return _colleague_page(view, user_id, error.errors)
    view.toast(message % {"name": _name(colleagues.colleague(view.records, user_id))})
    return view.redirect(view.page("company", "colleagues"))


@route(blueprint, _ONE, policy="signed_in", methods=["POST"], endpoint="save")
def save(portal: str, user_id: int) -> Response:
    def change(view: View) -> None:
        colleagues.set_roles(view.records, user_id, view.form.getlist("roles"))

    return _do(user_id, change, _("%(name)s saved"))


@route(blueprint, _ONE + "end/", policy="signed_in", methods=["POST"], endpoint="end")
def end(portal: str, user_id: int) -> Response:
    return _do(user_id, lambda view: colleagues.end(view.records, user_id), _("The access of %(name)s has ended"))


@route(blueprint, _ONE + "reopen/", policy="signed_in", methods=["POST"], endpoint="reopen")
def reopen(portal: str, user_id: int) -> Response:
    return _do(user_id, lambda view: colleagues.reopen(view.records, user_id), _("%(name)s can sign in again"))


@route(blueprint, _ONE + "invite/", policy="signed_in", methods=["POST"], endpoint="invite_again")
def invite_again(portal: str, user_id: int) -> Response:
    view = visitor()
    try:
        invitation = colleagues.invite_again(view.records, user_id)
    except ValidationFailed as error:
        view.undo_all()
        return _colleague_page(view, user_id, error.errors)
    return _link_page(view, invitation, _name(colleagues.colleague(view.records, user_id)))
