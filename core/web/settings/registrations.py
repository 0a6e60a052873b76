"""Settings > Users > Waiting: who asked for an account; letting them in with an organisation and roles, or refusing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, StateConflict, ValidationFailed
from weft.core.i18n import LOCALES, translator
from weft.core.portal import colleagues, registrations
from weft.core.portal.registrations import Registration
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.settings.users import anchor_field, link_page

__all__ = ["WAITING", "blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_registrations", __name__)
WAITING = f"{BASE}users/waiting/"


def _crumbs(*, deep: bool = False) -> list[dict[str, str]]:
    found = [{"url": f"{BASE}users/", "label": str(_("Users"))}]
    return [*found, {"url": WAITING, "label": str(_("Waiting"))}] if deep else found


@route(blueprint, WAITING, policy=POLICY, endpoint="list")
def show_waiting() -> Response:
    view = current()
    rows = [
        {
            "title": f"{one.name} · {one.organisation}",
            "url": f"{WAITING}{one.id}/",
            "icon": "user-plus",
            "sub": " · ".join((_portal(view, one), one.email)),
            "end": {"text": view.formats.stamp(one.created_at), "tone": "muted"},
        }
        for one in registrations.waiting(view.connection)
    ]
    text = str(_("Who asks for an account on a portal's sign-in page appears here, where a portal allows it."))
    panel = {
        "title": str(_("Waiting")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("Nobody waits for an account.")), "text": text},
    }  # fmt: skip
    block = {"kind": "panel", "panel": panel}
    return settings_page(view, "users", [block], title=_("Waiting for an account"), crumbs=_crumbs())


def _portal(view: View, one: Registration) -> str:
    spec = view.runtime.registry.portals.get(one.portal)
    return str(spec.label) if spec else one.portal


@route(blueprint, WAITING + "<int:number>/", policy=POLICY, endpoint="one")
def show_one(number: int) -> Response:
    return _page(current(), number, {})


def _page(
    view: View, number: int, typed: Mapping[str, Any], errors: Sequence[FieldError] = (), *, refusing: bool = False
) -> Response:
    one = registrations.find(view.connection, number)
    facts = {
        "rows": [
            {"label": str(_("Portal")), "kind": "text", "v": _portal(view, one)},
            {"label": str(_("Company")), "kind": "text", "v": one.organisation},
            {"label": str(_("Name")), "kind": "text", "v": one.name},
            {"label": str(_("Mail")), "kind": "email", "v": one.email},
            {"label": str(_("Language")), "kind": "text", "v": LOCALES.get(one.locale, one.locale)},
            {"label": str(_("Asked")), "kind": "datetime", "v": one.created_at},
            *([{"label": str(_("Note")), "kind": "text", "v": one.note}] if one.note else []),
            *([{"label": str(_("Reason")), "kind": "text", "v": one.reason}] if one.reason else []),
        ],
        "wide": True,
    }
    blocks: list[dict[str, Any]] = [{"kind": "details", "details": facts}]
    if one.state == "waiting":
        blocks += _forms(view, one, typed, errors, refusing)
    else:
        text = _("This was approved.") if one.state == "approved" else _("This was refused.")
        blocks.append({"kind": "note", "text": str(text)})
    title = f"{one.name} · {one.organisation}"
    crumbs, status = _crumbs(deep=True), 422 if errors else 200
    return settings_page(view, "users", blocks, title=title, crumbs=crumbs, status=status)


def _forms(
    view: View, one: Registration, typed: Mapping[str, Any], errors: Sequence[FieldError], refusing: bool
) -> list[dict[str, Any]]:
    spec = view.runtime.registry.portals[one.portal]
    fields = [anchor_field(view, typed.get("anchors") or ())]
    choices = [
        {"value": role.key, "label": str(role.label)} for role in colleagues.external_roles(view.runtime, spec.audience)
    ]
    if choices:
        more = {"choices": choices, "required": False}
        fields.append(field("roles", "choices", _("Roles"), typed.get("roles") or [], **more))
    reason = field("reason", "multiline", _("Reason"), typed.get("reason", ""), rows=3,
                   help=str(_("The person reads it in a mail.")))  # fmt: skip
    here = f"{WAITING}{one.id}/"
    return [
        form_block(f"{here}approve/", fields, _("Let in"), () if refusing else errors, id="wf-approve"),
        {"kind": "head", "text": str(_("Or refuse"))},
        form_block(f"{here}refuse/", [reason], _("Refuse"), errors if refusing else (), id="wf-refuse"),
    ]


@route(blueprint, WAITING + "<int:number>/approve/", policy=POLICY, methods=["POST"], endpoint="approve")
def approve(number: int) -> Response:
    view = current()
    anchors = sorted({int(part) for part in view.form.getlist("anchors") if part.isdigit()})
    roles = view.form.getlist("roles")
    typed = {"anchors": anchors, "roles": roles}
    try:
        invitation = registrations.approve(view.records, number, anchors=anchors, roles=roles)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, number, typed, error.errors)
    except StateConflict as error:
        view.undo_all()
        return _page(view, number, {}, [FieldError("", "state", str(error))])
    name = registrations.find(view.connection, number).name
    return link_page(view, invitation, name, _("Invitation for %(name)s"))


@route(blueprint, WAITING + "<int:number>/refuse/", policy=POLICY, methods=["POST"], endpoint="refuse")
def refuse(number: int) -> Response:
    view = current()
    typed = {"reason": view.form.get("reason", "")}
    try:
        registrations.refuse(view.records, number, typed["reason"])
    except (ValidationFailed, StateConflict) as error:
        view.undo_all()
        errors = error.errors if isinstance(error, ValidationFailed) else [FieldError("", "state", str(error))]
        return _page(view, number, typed, errors, refusing=True)
    view.toast(_("The account is refused"))
    return view.redirect(WAITING)
