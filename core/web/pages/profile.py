"""One's own account: names, language, zone, theme, password, sessions, API tokens, deputies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request

from weft.core.errors import FieldError, RateLimited, ValidationFailed
from weft.core.i18n import LOCALES, in_script, translator
from weft.core.identity import account, preferences, sessions, users
from weft.core.identity.zones import time_zones
from weft.core.web import cookies, counts
from weft.core.web.devices import device, place
from weft.core.web.frame import SIDEBAR, locale_names, sidebar_state
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["account_field", "account_page", "blueprint", "with_errors"]

_ = translator("core")

blueprint = Blueprint("profile", __name__)
_THEMES = (("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))


def account_page(view: View, current_tab: str, blocks: list[dict[str, Any]], status: int = 200) -> Response:
    tabs = [
        ("", _("Profile")),
        ("password", _("Password")),
        ("sign-in", _("Two-step sign-in")),
        ("sessions", _("Sessions")),
        ("deputies", _("Deputies")),
        ("tokens", _("API tokens")),
        ("calendar", _("Calendar")),
    ]
    if not view.principal.internal:
        tabs = [tab for tab in tabs if tab[0] not in ("deputies", "tokens", "calendar")]
    nav = [
        {"label": str(label), "url": view.page("profile", *([key] if key else [])), "current": key == current_tab}
        for key, label in tabs
    ]
    title = str(_("Profile"))
    return view.render(
        "settings/page.html", status, page={"title": title}, head={"title": title}, nav=nav, blocks=blocks
    )


def account_field(name: str, kind: str, label: object, value: Any = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "label": str(label), "value": value, **more}


def with_errors(form: dict[str, Any], errors: Sequence[FieldError]) -> dict[str, Any]:
    """The form with its errors beside the fields and in the summary."""
    messages = {error.field: str(error.message) for error in errors}
    names = {field["name"] for field in form["fields"]}
    for field in form["fields"]:
        if field["name"] in messages:
            field["error"] = messages[field["name"]]
    form["errors"] = [
        {"text": str(error.message), **({"field": error.field} if error.field in names else {})} for error in errors
    ]
    return form


# ---- profile


@route(blueprint, "/<portal>/profile/", policy="signed_in", endpoint="profile")
def show_profile(portal: str) -> Response:
    view = current()
    return account_page(view, "", [{"kind": "form", "form": _profile_form(view, {})}])


def _profile_form(view: View, typed: dict[str, str], errors: Sequence[FieldError] = ()) -> dict[str, Any]:
    user = users.find(view.connection, view.principal.user_id or 0)
    zones = [{"value": zone, "label": zone} for zone in sorted(time_zones()) if "/" in zone]
    phone_help = str(_("Colleagues find it in the directory, your contacts outside on their pages."))
    fields = [
        account_field("name", "text", _("Name"), typed.get("name", user.name), max_length=120),
        account_field("name_alt", "text", _("Name in the other script"), typed.get("name_alt", user.name_alt),
                      required=False),
        account_field("phone", "phone", _("Phone"), typed.get("phone", user.phone), required=False, max_length=40,
                      autocomplete="tel", help=phone_help),
        {"name": "email", "kind": "text", "label": str(_("Mail")), "readonly": True, "value": user.email,
         "reason": str(_("an administrator changes it"))},
        account_field("locale", "choice", _("Language"), typed.get("locale", user.locale), choices=locale_names()),
        account_field("zone", "choice", _("Time zone"), typed.get("zone", user.zone), choices=zones),
        account_field("theme", "choice", _("Theme"), typed.get("theme", user.theme),
               choices=[{"value": key, "label": str(label)} for key, label in _THEMES]),
    ]  # fmt: skip
    form = {"action": view.page("profile"), "fields": fields, "submit": str(_("Save")), "plain": True}
    return with_errors(form, errors)


@route(blueprint, "/<portal>/profile/", policy="signed_in", methods=["POST"], endpoint="save")
def save_profile(portal: str) -> Response:
    view = current()
    names = ("name", "name_alt", "phone", "locale", "zone", "theme")
    given = {name: view.form[name].strip() for name in names if name in view.form}
    try:
        number = account.update_profile(view.records, **given)
    except ValidationFailed as error:
        view.undo_all()
        return account_page(view, "", [{"kind": "form", "form": _profile_form(view, given, error.errors)}], 422)
    view.toast(_("Profile saved"), undo=number)
    answer = view.redirect(view.page("profile"))
    if given.get("theme"):
        cookies.set_preference(answer, view.runtime.settings, "theme", given["theme"])
    return answer


# ---- password


@route(blueprint, "/<portal>/profile/password/", policy="signed_in", endpoint="password")
def show_password(portal: str) -> Response:
    view = current()
    return account_page(view, "password", [{"kind": "form", "form": _password_form(view)}])


def _password_form(view: View, errors: Sequence[FieldError] = ()) -> dict[str, Any]:
    help_text = str(_("At least 12 characters; a short sentence is easy to remember."))
    fields = [
        account_field("old", "password", _("Present password"), autocomplete="current-password"),
        account_field("new", "password", _("New password"), autocomplete="new-password", help=help_text),
        account_field("again", "password", _("The same again"), autocomplete="new-password"),
    ]
    form = {
        "action": view.page("profile", "password"),
        "fields": fields,
        "submit": str(_("Change password")),
        "plain": True,
    }
    return with_errors(form, errors)


@route(blueprint, "/<portal>/profile/password/", policy="signed_in", methods=["POST"], endpoint="save_password")
def save_password(portal: str) -> Response:
    view = current()
    new = view.form.get("new", "")
    try:
        if new != view.form.get("again", ""):
            raise ValidationFailed.single("again", "differs", _("The two passwords differ."))
        account.change_password(
            view.runtime, view.principal, view.form.get("old", ""), new, address=request.remote_addr or "unknown"
        )
    except ValidationFailed as error:
        errors = [FieldError("new" if e.field == "password" else e.field, e.code, e.message) for e in error.errors]
        return account_page(view, "password", [{"kind": "form", "form": _password_form(view, errors)}], 422)
    except RateLimited as error:
        failed = [FieldError("old", "limited", str(error))]
        return account_page(view, "password", [{"kind": "form", "form": _password_form(view, failed)}], 429)
    view.toast(_("Password changed; your other sessions have ended"))
    return view.redirect(view.page("profile", "password"))


# ---- sessions


@route(blueprint, "/<portal>/profile/sessions/", policy="signed_in", endpoint="sessions")
def show_sessions(portal: str) -> Response:
    view = current()
    found = sessions.list_sessions(view.connection, view.principal.user_id or 0, now=view.runtime.clock())
    rows = []
    for one in found:
        here = one.id == view.principal.session_id
        row: dict[str, Any] = {
            "title": device(one.agent),
            "sub": str(_("%(place)s · signed in %(since)s · last used %(when)s") % {
                "place": place(one.address, request.remote_addr or ""),
                "since": view.formats.stamp(one.created_at), "when": view.formats.stamp(one.last_seen_at),
            }),
            "icon": "devices",
        }  # fmt: skip
        if here:
            row["chip"] = str(_("this one"))
        else:
            url = view.page("profile", "sessions", one.id, "end")
            row["action"] = {"label": str(_("End")), "url": url, "opens": "post", "button": True}
        rows.append(row)
    panel = {"title": str(_("Open sessions")), "count": len(rows), "rows": rows, "rows_two": True, "full": True}
    blocks: list[dict[str, Any]] = [{"kind": "panel", "panel": panel}]
    if len(rows) > 1:
        url = view.page("profile", "sessions", "end")
        everywhere = {"label": str(_("Sign out everywhere else")), "url": url, "opens": "post"}
        text = str(_("Is there one you do not know? End it and change your password."))
        blocks.append({"kind": "note", "text": text, "actions": [everywhere]})
    return account_page(view, "sessions", blocks)


@route(blueprint, "/<portal>/profile/sessions/<int:number>/end/", policy="signed_in", methods=["POST"], endpoint="end")
def end_session(portal: str, number: int) -> Response:
    view = current()
    account.end_session(view.records, number)
    view.toast(_("Session ended"))
    return view.redirect(view.page("profile", "sessions"))


@route(blueprint, "/<portal>/profile/sessions/end/", policy="signed_in", methods=["POST"], endpoint="end_others")
def end_other_sessions(portal: str) -> Response:
    view = current()
    account.end_other_sessions(view.records)
    view.toast(_("You are signed out everywhere else"))
    return view.redirect(view.page("profile", "sessions"))


# ---- small switches of the frame


def _back(view: View) -> Response:
    goal = view.form.get("next", "")
    return view.redirect(goal if goal.startswith(f"/{view.portal_key}/") and "\\" not in goal else view.page())


@route(blueprint, "/<portal>/me/locale/", policy="signed_in", methods=["POST"], endpoint="locale")
def set_locale_of(portal: str) -> Response:
    view = current()
    chosen = view.form.get("locale", "")
    if chosen in LOCALES:
        account.update_profile(view.records, locale=chosen)
    answer = _back(view)
    if chosen in LOCALES:
        cookies.set_preference(answer, view.runtime.settings, "locale", chosen)
    return answer


@route(blueprint, "/<portal>/me/theme/", policy="signed_in", methods=["POST"], endpoint="theme")
def set_theme(portal: str) -> Response:
    view = current()
    chosen = {"system": "auto"}.get(view.form.get("theme", ""), view.form.get("theme", ""))
    answer = Response(status=204) if view.scripted else _back(view)
    if chosen in users.THEMES:
        account.update_profile(view.records, theme=chosen)
        cookies.set_preference(answer, view.runtime.settings, "theme", chosen)
    return answer


@route(blueprint, "/<portal>/me/sidebar/", policy="signed_in", methods=["POST"], endpoint="sidebar")
def set_sidebar(portal: str) -> Response:
    view = current()
    state = sidebar_state(view)
    if "shut" in view.form:
        state[""] = view.form["shut"] == "1"
    elif view.form.get("group", "")[:60]:
        state[view.form["group"][:60]] = view.form.get("open") == "1"
    preferences.put(view.connection, view.principal.user_id or 0, SIDEBAR, dict(list(state.items())[:60]))
    return Response(status=204)


@route(blueprint, "/<portal>/me/live/", policy="signed_in", endpoint="live")
def live(portal: str) -> Response:
    view = current()
    return jsonify({"counts": counts.counts(view)})


@route(blueprint, "/<portal>/me/ask/", policy="signed_in", endpoint="ask")
def show_ask(portal: str) -> Response:
    """Ask for access to an address that one may not open; says the same whether it exists or not."""
    view = current()
    form = {
        "action": view.page("me", "ask"),
        "fields": [
            account_field("why", "multiline", _("What do you need it for?"), "", max_length=500, rows=3),
        ],
        "hidden": {"at": view.args.get("at", "")[:300]},
        "submit": str(_("Send")),
    }
    return view.render("pages/form_dialog.html", dialog={"title": str(_("Ask for access"))}, form=form)


@route(blueprint, "/<portal>/me/ask/", policy="signed_in", methods=["POST"], endpoint="send_ask")
def send_ask(portal: str) -> Response:
    from weft.core.web.requests_for_access import tell_administrators

    view = current()
    name = in_script(view.principal.name, view.principal.name_alt)[0]
    tell_administrators(view, name, view.form.get("at", "")[:300], view.form.get("why", "").strip()[:500])
    view.toast(_("The administrators have been told"))
    return view.done(wf_close=True)
