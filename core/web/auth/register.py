"""Asking for an account, where a portal lets strangers ask: the form, guarded against machines, and its thanks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.portal import faces, registrations, terms
from weft.core.web import public
from weft.core.web.auth.frames import audience_view, form_field, frame_of
from weft.core.web.dress import portal_for
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("register", __name__)
_HERE = "/auth/<audience>/register"
#: Filled by machines only: people do not see it.
_TRAP = "homepage"
_PURPOSE = "register"
_ASKED = ("organisation", "name", "email", "note")


@route(blueprint, _HERE, policy="public", endpoint="ask")
def show_form(audience: str) -> Response:
    view, portal = _open(audience)
    return _page(view, audience, portal)


def _open(audience: str) -> tuple[View, str]:
    view = audience_view(audience)
    portal = portal_for(view.runtime, audience)
    if not faces.face_of(view.runtime, portal).registration:
        raise NotFound(audience)
    return view, portal


@route(blueprint, _HERE, policy="public", methods=["POST"], endpoint="send")
def send(audience: str) -> Response:
    """Take the form; every address, known or not, is answered alike."""
    view, portal = _open(audience)
    visit = public.visit_of(view, _PURPOSE, view.form.get("_shown", ""))
    if visit.state == "fine" and view.form.get(_TRAP):
        return _thanks(view, audience)  # a machine fell into the trap; it learns nothing
    if visit.state != "fine":
        texts = {
            "quick": _("That was very quick. Please look through your answers and send them again."),
            "old": _("This page was open for a long time. Please send it again."),
        }
        text = texts.get(visit.state, _("This page was not complete. Please send it again."))
        token = view.form.get("_shown") if visit.state == "quick" else None
        return _page(view, audience, portal, [FieldError("", visit.state, text)], token=token)
    given = {name: view.form.get(name, "")[:4000] for name in _ASKED}
    wanted = faces.face_of(view.runtime, portal).texts
    agreed = {kind: version for kind, version in wanted.items() if view.form.get("consent") == "1"}
    counted = public.may_send(view, _PURPOSE, visit.nonce)
    if counted == "again":
        return _thanks(view, audience)
    if counted == "busy":
        text = _("Too many messages came from your network. Please try again in an hour, or write to us by mail.")
        return _page(view, audience, portal, [FieldError("", "busy", text)], status=429)
    try:
        registrations.ask(
            view.records.system("a stranger asks for an account"), portal, organisation=given["organisation"],
            name=given["name"], email=given["email"], note_text=given["note"], locale=view.locale, consent=agreed,
        )  # fmt: skip
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, audience, portal, error.errors)
    return _thanks(view, audience)


def _page(
    view: View, audience: str, portal: str, errors: Sequence[FieldError] = (), *, token: str | None = None,
    status: int = 0,
) -> Response:  # fmt: skip
    def value(name: str) -> str:
        return view.form.get(name, "")[:4000]

    fields = [
        form_field("organisation", "text", _("Company"), value=value("organisation"), errors=errors, max_length=200,
                   autocomplete="organization", autofocus=True),
        form_field("name", "text", _("Your name"), value=value("name"), errors=errors, max_length=120,
                   autocomplete="name"),
        form_field("email", "email", _("Work email"), value=value("email"), errors=errors, max_length=254,
                   autocomplete="email"),
        form_field("note", "multiline", _("What do you want to do here?"), value=value("note"), errors=errors,
                   required=False, rows=3),
    ]  # fmt: skip
    asked = [
        {"label": str(terms.KINDS[kind]), "url": f"/auth/{audience}/{kind}"}
        for kind in faces.face_of(view.runtime, portal).texts
    ]
    wrong = next((str(error.message) for error in errors if error.field == "consent"), "")
    form = {
        "action": f"/auth/{audience}/register", "fields": fields, "submit": str(_("Ask for an account")),
        "hidden": {"_shown": token or public.shown_token(view, _PURPOSE)},
    }  # fmt: skip
    auth: dict[str, Any] = {
        "title": str(_("Ask for an account")),
        "lead": str(_("We look at every registration by hand and answer by mail.")),
        "form": form,
        "error": " ".join(str(error.message) for error in errors if not error.field),
        "consent": {"texts": asked, "error": wrong} if asked else None,
        "trap": _TRAP,
        "links": [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}],
    }
    shown = status or (422 if errors else 200)
    return view.render("auth/register.html", shown, frame=frame_of(view, audience), auth=auth)


def _thanks(view: View, audience: str) -> Response:
    lead = _("Your registration has arrived. You get a mail with a link once your account is open.")
    back = [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}]
    auth = {"title": str(_("Thank you")), "lead": str(lead), "links": back}
    return view.render("wf/auth.html", 200, frame=frame_of(view, audience), auth=auth)
