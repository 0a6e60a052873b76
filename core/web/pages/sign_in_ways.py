"""One's own ways in: two-step sign-in, recovery codes, and accounts at sign-in providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from weft.core.errors import FieldError, RateLimited, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import account_security, identities, passwords, second_factor, second_step, users
from weft.core.web.pages.profile import account_field, account_page, with_errors
from weft.core.web.qr import qr_image
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["blueprint", "link_confirmation", "provider_label"]

_ = translator("core")

blueprint = Blueprint("sign_in_ways", __name__)
_HERE = "/<portal>/profile/sign-in/"
_FEW = 3
#: What is shown once takes the place of the page.
_INTO_PAGE = {"target": "#wf-page", "select": "#wf-page"}


def provider_label(view: View, key: str) -> str:
    """Words for a sign-in provider; its key when the operator took it out of the settings."""
    found = next((one for one in view.runtime.settings.oidc if one.key == key), None)
    return found.shown(view.locale) if found else key


# ---- the page


@route(blueprint, _HERE, policy="signed_in", endpoint="show")
def show(portal: str) -> Response:
    return _page(current())


def _page(view: View, errors: Sequence[FieldError] = (), status: int = 200) -> Response:
    blocks = [*_second_step(view, errors), *_providers(view)]
    return account_page(view, "sign-in", blocks, 422 if errors and status == 200 else status)


def _second_step(view: View, errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    user_id, connection = view.principal.user_id or 0, view.connection
    since = second_factor.on_of(connection, [user_id]).get(user_id)
    wanted = second_factor.required(connection, view.runtime.registry, user_id)
    if since is None:
        about = _("Off. When it is on, signing in also takes a code that an app on your phone shows.")
        begin = {"label": str(_("Set up two-step sign-in")), "url": view.page("profile", "sign-in", "begin"),
                 "opens": "post", "primary": True, **_INTO_PAGE}  # fmt: skip
        wrong = [{"kind": "note", "text": str(error.message), "tone": "stop"} for error in errors]
        return [*wrong, {"kind": "note", "text": str(about), "actions": [begin]}]
    left = second_factor.codes_left(connection, user_id)
    text = str(_("On since %(date)s. Recovery codes left: %(n)s.") % {"date": view.formats.date(since), "n": left})
    url = view.page("profile", "sign-in", "codes")
    make = {"label": str(_("Make new recovery codes")), "url": url, "opens": "post", **_INTO_PAGE}
    if wanted:
        text += " " + str(_("Your company asks for two-step sign-in in your role."))
    note = {"kind": "note", "text": text, "tone": "warn" if left <= _FEW else "ok", "actions": [make]}
    if wanted:
        return [note]
    return [note, {"kind": "head", "text": str(_("Switch it off"))}, _off_form(view, errors)]


def _off_form(view: View, errors: Sequence[FieldError]) -> dict[str, Any]:
    fields = [
        account_field("password", "password", _("Password"), autocomplete="current-password"),
        account_field("code", "text", _("Sign-in code"), autocomplete="one-time-code", max_length=20,
                      help=str(_("Of your app, or a recovery code."))),
    ]  # fmt: skip
    if not passwords.has_password(view.connection, view.principal.user_id or 0):
        fields = fields[1:]
    form = {
        "action": view.page("profile", "sign-in", "off"), "fields": fields, "submit": str(_("Switch off")),
        "plain": True,
    }  # fmt: skip
    return {"kind": "form", "form": with_errors(form, errors)}


# ---- setting up


@route(blueprint, _HERE + "begin/", policy="signed_in", methods=["POST"], endpoint="begin")
def begin(portal: str) -> Response:
    """Show a secret; nothing is kept before its first code has come back."""
    view = current()
    account_security.may_begin(view.records)
    return _set_up(view, second_step.offer_for(view.runtime, _user(view)))


def _set_up(view: View, offer: second_factor.Offer, errors: Sequence[FieldError] = ()) -> Response:
    text = _("Scan the code with an authenticator app on your phone, then type the six digits that the app shows.")
    fields = [
        account_field("code", "text", _("Sign-in code"), autocomplete="one-time-code", max_length=20, autofocus=True),
    ]
    form = {
        "action": view.page("profile", "sign-in", "on"), "fields": fields, "hidden": {"offer": offer.sealed},
        "submit": str(_("Switch on")), "cancel_url": view.page("profile", "sign-in"), "plain": True,
    }  # fmt: skip
    blocks: list[dict[str, Any]] = [
        {"kind": "note", "text": str(text)},
        {"kind": "qr", "qr": qr_image(offer)},
        {"kind": "form", "form": with_errors(form, errors)},
    ]
    return account_page(view, "sign-in", blocks, 422 if errors else 200)


@route(blueprint, _HERE + "on/", policy="signed_in", methods=["POST"], endpoint="switch_on")
def switch_on(portal: str) -> Response:
    view = current()
    sealed = view.form.get("offer", "")
    try:
        done = account_security.switch_on(view.records, sealed, view.form.get("code", "")[:60])
    except ValidationFailed as error:
        view.undo_all()
        try:
            secret = second_factor.opened(
                view.runtime.settings, view.principal.user_id or 0, sealed, now=view.runtime.clock()
            )
        except ValidationFailed:
            return _page(view, error.errors)
        return _set_up(view, second_step.offer_for(view.runtime, _user(view), secret=secret), error.errors)
    view.carry(done.token)
    return _codes(view, done.codes, _("Two-step sign-in is on. Your other sessions have ended."))


@route(blueprint, _HERE + "codes/", policy="signed_in", methods=["POST"], endpoint="codes")
def make_codes(portal: str) -> Response:
    view = current()
    try:
        codes = account_security.new_codes(view.records)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, error.errors)
    return _codes(view, codes, _("Your earlier recovery codes are worth nothing any more."))


def _codes(view: View, codes: Sequence[str], said: Any) -> Response:
    label = str(_("Your recovery codes"))
    text = _("Keep them where your phone is not: each signs you in once without it. They are shown only now.")
    blocks: list[dict[str, Any]] = [
        {"kind": "note", "text": str(said), "tone": "ok"},
        {"kind": "head", "text": label},
        {"kind": "note", "text": str(text)},
        {"kind": "codes", "codes": list(codes), "label": label},
        {"kind": "note", "text": "", "actions": [
            {"label": str(_("I have kept them")), "url": view.page("profile", "sign-in"), "primary": True},
        ]},
    ]  # fmt: skip
    return account_page(view, "sign-in", blocks)


@route(blueprint, _HERE + "off/", policy="signed_in", methods=["POST"], endpoint="switch_off")
def switch_off(portal: str) -> Response:
    view = current()
    password, code = view.form.get("password", ""), view.form.get("code", "")[:60]
    address = request.remote_addr or "unknown"
    try:
        token = account_security.switch_off(view.runtime, view.principal, password, code, address=address)
    except ValidationFailed as error:
        return _page(view, error.errors)
    except RateLimited as error:
        return _page(view, [FieldError("code", "limited", str(error))], 429)
    view.carry(token)
    view.toast(_("Two-step sign-in is off; your other sessions have ended"))
    return view.redirect(view.page("profile", "sign-in"))


def _user(view: View) -> users.User:
    return users.find(view.connection, view.principal.user_id or 0)


# ---- accounts at providers


def _providers(view: View) -> list[dict[str, Any]]:
    offered = [one for one in view.runtime.settings.oidc if one.audience == view.principal.audience]
    found = identities.of_user(view.connection, view.principal.user_id or 0)
    if not offered and not found:
        return []
    rows = []
    for one in found:
        last = view.formats.reldate(one.last_used_at) if one.last_used_at else str(_("never"))
        slots = {"label": one.label or one.subject, "used": last}
        rows.append(
            {
                "title": provider_label(view, one.provider),
                "icon": "key",
                "sub": str(_("%(label)s · last used %(used)s") % slots),
                "action": {
                    "label": str(_("Unlink")), "opens": "post", "button": True, **_INTO_PAGE,
                    "url": view.page("profile", "sign-in", "links", one.id, "end"),
                },
            }
        )  # fmt: skip
    panel = {
        "title": str(_("Accounts you sign in with")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("Only your password."))},
    }  # fmt: skip
    known = {one.provider for one in found}
    actions = [
        {
            "label": str(_("Link %(provider)s") % {"provider": one.shown(view.locale)}),
            "url": f"/auth/{one.audience}/oidc/{one.key}?link=1",
        }
        for one in offered
        if one.key not in known
    ]
    blocks: list[dict[str, Any]] = [{"kind": "panel", "panel": panel}]
    if actions:
        text = str(_("After linking you can sign in there instead of typing your password here."))
        blocks.append({"kind": "note", "text": text, "actions": actions})
    return blocks


def link_confirmation(view: View, provider: str, label: str, sealed: str) -> Response:
    """Ask whether the account just shown shall be linked; nothing is linked by a mere visit."""
    slots = {"label": label, "provider": provider_label(view, provider)}
    text = _("Whoever signs in at %(provider)s as %(label)s will be signed in here as you.") % slots
    form = {
        "action": view.page("profile", "sign-in", "links"), "fields": [], "hidden": {"account": sealed},
        "submit": str(_("Link this account")), "cancel_url": view.page("profile", "sign-in"), "plain": True,
    }  # fmt: skip
    blocks: list[dict[str, Any]] = [{"kind": "note", "text": str(text), "title": label}, {"kind": "form", "form": form}]
    return account_page(view, "sign-in", blocks)


@route(blueprint, _HERE + "links/", policy="signed_in", methods=["POST"], endpoint="link")
def link(portal: str) -> Response:
    from weft.core.identity.oidc import flow

    view = current()
    try:
        shown = flow.opened_account(view.runtime, view.principal, view.form.get("account", ""))
        account_security.link(view.records, shown.provider, shown.issuer, shown.subject, shown.label)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, error.errors)
    view.toast(_("Account linked"))
    return view.redirect(view.page("profile", "sign-in"))


@route(blueprint, _HERE + "links/<int:number>/end/", policy="signed_in", methods=["POST"], endpoint="unlink")
def unlink(portal: str, number: int) -> Response:
    view = current()
    try:
        account_security.unlink(view.records, number)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, error.errors)
    view.toast(_("Account unlinked"))
    return view.redirect(view.page("profile", "sign-in"))
