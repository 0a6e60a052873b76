"""Settings > Users > Sign-in: who must sign in in two steps, which providers there are; and one person's ways in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import admin_security, second_factor, users
from weft.core.registry.access import AUDIENCES
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.settings.users import PORTALS, _user_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_sign_in", __name__)
_HERE = f"{BASE}users/sign-in/"
_USER = f"{BASE}users/<int:user_id>/"


@route(blueprint, _HERE, policy=POLICY, endpoint="show")
def show() -> Response:
    return _page(current(), None)


def _page(view: View, typed: Mapping[str, Sequence[str]] | None, errors: Sequence[FieldError] = ()) -> Response:
    rules = second_factor.policy(view.connection)
    chosen = typed or {"audiences": sorted(rules.audiences), "roles": sorted(rules.roles)}
    portals = {spec.audience for spec in view.runtime.registry.portals.values()} | {"employee"}
    roles = [
        {
            "value": role.key,
            "label": f"{role.label} · {PORTALS[role.audience]}" if role.audience != "employee" else str(role.label),
        }
        for role in view.runtime.registry.roles.values()
        if role.key not in AUDIENCES
    ]
    fields = [
        field("audiences", "choices", _("Everybody of"), chosen["audiences"], required=False,
              choices=[{"value": key, "label": str(PORTALS[key])} for key in AUDIENCES if key in portals]),
        field("roles", "choices", _("Everybody with the role"), chosen["roles"], required=False, choices=roles,
              help=str(_("They set it up at their next sign-in, before anything else."))),
    ]  # fmt: skip
    blocks: list[dict[str, Any]] = [
        {"kind": "note", "text": str(_("Who is named here must sign in in two steps."))},
        form_block(_HERE, fields, _("Save"), errors),
        {"kind": "panel", "panel": _providers(view)},
    ]
    text = _("Providers are named by the operator: [[oidc]] in weft.toml. Their secrets are never shown or kept here.")
    blocks.append({"kind": "note", "text": str(text)})
    crumbs = [{"url": f"{BASE}users/", "label": str(_("Users"))}]
    return settings_page(view, "users", blocks, title=_("Sign-in"), crumbs=crumbs, status=422 if errors else 200)


def _providers(view: View) -> dict[str, Any]:
    rows = [
        {
            "title": one.shown(view.locale),
            "icon": "key",
            "sub": f"{one.issuer} · {PORTALS[one.audience]}" + (f" · {', '.join(one.domains)}" if one.domains else ""),
            "chip": str(_("makes accounts")) if one.create else "",
        }
        for one in view.runtime.settings.oidc
    ]
    return {
        "title": str(_("Sign-in providers")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("None: people sign in with their password."))},
    }  # fmt: skip


@route(blueprint, _HERE, policy=POLICY, methods=["POST"], endpoint="save")
def save() -> Response:
    view = current()
    given = {name: [one for one in view.form.getlist(name) if one] for name in ("audiences", "roles")}
    try:
        admin_security.set_rules(view.records, given["audiences"], given["roles"])
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, given, error.errors)
    view.toast(_("Sign-in rules saved"))
    return view.redirect(_HERE)


# ---- one person


def _do(user_id: int, change: Callable[[View], Any], message: Any) -> Response:
    view = current()
    try:
        change(view)
    except ValidationFailed as error:
        view.undo_all()
        return _user_page(view, user_id, error.errors)
    user = users.find(view.connection, user_id)
    view.toast(message % {"name": in_script(user.name, user.name_alt)[0]})
    return view.redirect(f"{BASE}users/{user_id}/")


@route(blueprint, _USER + "second-step/reset/", policy=POLICY, methods=["POST"], endpoint="reset")
def reset(user_id: int) -> Response:
    def change(view: View) -> None:
        admin_security.reset_second_step(view.records, user_id)

    return _do(user_id, change, _("Two-step sign-in of %(name)s is reset; all sessions have ended"))


@route(blueprint, _USER + "links/", policy=POLICY, methods=["POST"], endpoint="link")
def link(user_id: int) -> Response:
    def change(view: View) -> None:
        key = view.form.get("provider", "")
        provider = next((one for one in view.runtime.settings.oidc if one.key == key), None)
        if provider is None:
            raise ValidationFailed.single("provider", "invalid", _("Choose a provider of the list."))
        admin_security.link(view.records, user_id, provider, view.form.get("subject", ""))

    return _do(user_id, change, _("Account linked to %(name)s"))


@route(blueprint, _USER + "links/<int:number>/end/", policy=POLICY, methods=["POST"], endpoint="unlink")
def unlink(user_id: int, number: int) -> Response:
    return _do(
        user_id, lambda view: admin_security.unlink(view.records, user_id, number), _("Account taken from %(name)s")
    )
