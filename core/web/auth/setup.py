"""The set-up page of an empty installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from werkzeug.exceptions import NotFound as PageNotFound

from weft.core.db.money import CURRENCIES, currency_name
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import LOCALES, translator
from weft.core.identity import company, setup
from weft.core.identity.zones import time_zones
from weft.core.web.auth.frames import form_field, frame_of, home_of
from weft.core.web.request import View, current

__all__ = ["do_setup", "show_setup"]

_ = translator("core")

#: Language of the browser -> currency and zone offered first.
_LIKELY = {"en": ("EUR", "UTC"), "zh": ("CNY", "Asia/Shanghai")}


def show_setup() -> Response:
    """The form, while nobody is there; afterwards the page does not exist."""
    view = _empty_only()
    currency, zone = _LIKELY[view.locale]
    given = {"token": request.args.get("token", ""), "locale": view.locale, "currency": currency, "zone": zone}
    return _page(view, given)


def do_setup() -> Response:
    """Make company and administrator, and go to the home page."""
    from weft.core.web.auth.pages import enter

    view = _empty_only()
    values = {key: value.strip() if key != "password" else value for key, value in request.form.items()}
    try:
        if values.get("password") != values.get("again"):
            raise ValidationFailed.single("again", "differs", _("The two passwords differ."))
        signed_in = setup.set_up(
            view.runtime,
            values.get("token", ""),
            values,
            address=request.remote_addr or "unknown",
            agent=request.user_agent.string,
        )
    except NotFound:
        message = _("This start code is not right or has expired. Start the server anew to get another one.")
        return _page(view, values, [FieldError("token", "invalid", message)], 422)
    except ValidationFailed as error:
        return _page(view, values, error.errors, 422)
    return enter(view, signed_in, home_of(view.runtime, "employee"))


def _empty_only() -> View:
    view = current()
    with view.runtime.db.read() as conn:
        if not company.is_empty(conn):
            raise PageNotFound
    return view


def _page(view: View, given: Mapping[str, Any], errors: Sequence[FieldError] = (), status: int = 200) -> Response:
    def value(name: str) -> str:
        return str(given.get(name) or "")

    currencies = [{"value": code, "label": f"{code} · {currency_name(code)}"} for code in CURRENCIES]
    zones = [{"value": zone, "label": zone} for zone in sorted(time_zones()) if "/" in zone or zone == "UTC"]
    locales = [{"value": code, "label": label} for code, label in LOCALES.items()]
    token = form_field("token", "text", _("Start code"), value=value("token"), errors=errors,
                       help=str(_("The server printed it with its address when it was started.")))  # fmt: skip
    wrong_code = any(error.field == "token" for error in errors)
    hidden = {"token": value("token")} if value("token") and not wrong_code else {}
    about = [
        form_field("company", "text", _("Name of the company"), value=value("company"), errors=errors, max_length=120),
        form_field("company_alt", "text", _("Name in the other script"), value=value("company_alt"), errors=errors,
                   required=False, max_length=120),
        form_field("currency", "choice", _("Currency"), value=value("currency"), choices=currencies, errors=errors),
        form_field("zone", "choice", _("Time zone"), value=value("zone"), choices=zones, errors=errors),
        form_field("locale", "choice", _("Language"), value=value("locale"), choices=locales, errors=errors),
    ]  # fmt: skip
    person = [
        form_field("name", "text", _("Your name"), value=value("name"), errors=errors, autocomplete="name"),
        form_field("email", "email", _("Work email"), value=value("email"), errors=errors, autocomplete="username"),
        form_field("password", "password", _("Password"), errors=errors, autocomplete="new-password",
                   help=str(_("At least 12 characters; a short sentence is easy to remember."))),
        form_field("again", "password", _("The same again"), errors=errors, autocomplete="new-password"),
    ]  # fmt: skip
    groups: list[dict[str, Any]] = [
        {"title": str(_("Company")), "fields": about},
        {"title": str(_("First administrator")), "fields": person},
    ]
    if not hidden:
        groups.insert(0, {"fields": [token]})
    form = {"action": "/auth/setup", "groups": groups, "hidden": hidden, "submit": str(_("Set up and sign in"))}
    auth = {"title": str(_("Set up Weft")), "lead": str(_("Nobody is here yet. This takes a minute.")), "form": form}
    return view.render("wf/auth.html", status, frame=frame_of(view), auth=auth)
