"""Pages of the second step: typing a code, and setting the second step up before anything else.

Who is half signed in stands behind a cookie of minutes; it is no session and opens nothing but these pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from weft.core.errors import FieldError, NextStep, NotSignedIn, RateLimited, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import second_factor, second_step
from weft.core.identity.sign_in import Browser
from weft.core.portal.addresses import with_query
from weft.core.web import cookies
from weft.core.web.auth.frames import audiences, form_field, frame_of, safe_next
from weft.core.web.qr import qr_image
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["begin", "browser_of", "register"]

_ = translator("core")


def register(pages: Blueprint) -> None:
    """Add the pages to the blueprint of ``/auth/``."""
    route(pages, "/auth/<audience>/code", policy="public", endpoint="code")(show_code)
    route(pages, "/auth/<audience>/code", policy="public", endpoint="do_code", methods=["POST"])(do_code)
    route(pages, "/auth/<audience>/two-step", policy="public", endpoint="enrol")(show_enrol)
    route(pages, "/auth/<audience>/two-step", policy="public", endpoint="do_enrol", methods=["POST"])(do_enrol)


def begin(view: View, step: NextStep, goal: str) -> Response:
    """Send the browser to the step that is missing, with the cookie that says whose it is."""
    word = "code" if step.step == "code" else "two-step"
    answer = view.redirect(with_query(f"/auth/{step.audience}/{word}", {"next": goal}))
    cookies.set_pending_cookie(answer, view.runtime.settings, step.audience, step.token)
    return answer


def browser_of(view: View, audience: str) -> Browser:
    """Where this request comes from."""
    previous = cookies.session_token(request, view.runtime.settings, audience)
    return Browser(request.remote_addr or "unknown", request.user_agent.string, previous)


# ---- a code


def show_code(audience: str) -> Response:
    """Ask for the code of the app."""
    view = current()
    try:
        _waiting(view, audience, "code")
    except NotSignedIn:
        return _begin_again(view, audience)
    return _code_page(view, audience, request.args.get("next", ""))


def do_code(audience: str) -> Response:
    """Take the code and open the session."""
    from weft.core.web.auth.pages import enter

    view, goal = current(), request.form.get("next", "")
    try:
        _waiting(view, audience, "code")
        entered = second_step.type_code(
            view.runtime,
            audience,
            _token(view, audience),
            request.form.get("code", "")[:60],
            browser_of(view, audience),
        )
    except NotSignedIn:
        return _begin_again(view, audience)
    except ValidationFailed as error:
        return _code_page(view, audience, goal, error.errors, 422)
    except RateLimited as error:
        answer = _code_page(view, audience, goal, [FieldError("code", "limited", str(error))], 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    if entered.by == "recovery":
        text = _("Signed in with a recovery code; %(n)s are left. Make new ones in your profile when few are left.")
        view.toast((text % {"n": entered.codes_left}).in_locale(entered.signed_in.locale))
    answer = enter(view, entered.signed_in, safe_next(view.runtime, audience, goal))
    cookies.clear_pending_cookie(answer, view.runtime.settings, audience)
    return answer


def _code_page(view: View, audience: str, goal: str, errors: Sequence[FieldError] = (), status: int = 200) -> Response:
    field = form_field("code", "text", _("Sign-in code"), errors=errors, autocomplete="one-time-code", autofocus=True,
                       max_length=20, help=str(_("Without your phone: type one of your recovery codes.")))  # fmt: skip
    form = {
        "action": f"/auth/{audience}/code", "fields": [field], "submit": str(_("Sign in")),
        "hidden": {"next": goal} if goal else {},
    }  # fmt: skip
    data = {
        "title": str(_("Two-step sign-in")),
        "lead": str(_("Type the six digits that your authenticator app shows now.")),
        "form": form,
        "links": [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}],
    }
    return view.render("wf/auth.html", status, frame=frame_of(view, audience), auth=data)


# ---- setting it up


def show_enrol(audience: str) -> Response:
    """Show a secret to take over into an app, because a rule wants a second step."""
    view = current()
    try:
        user = _waiting(view, audience, "enrol")
    except NotSignedIn:
        return _begin_again(view, audience)
    return _enrol_page(view, audience, second_step.offer_for(view.runtime, user), request.args.get("next", ""))


def do_enrol(audience: str) -> Response:
    """Take the first code; then the recovery codes are shown, and the person is signed in."""
    from weft.core.web.auth.pages import enter

    view, goal = current(), request.form.get("next", "")
    sealed = request.form.get("offer", "")
    try:
        user = _waiting(view, audience, "enrol")
        entered = second_step.enrol(
            view.runtime, audience, _token(view, audience), sealed, request.form.get("code", "")[:60],
            browser_of(view, audience),
        )  # fmt: skip
    except NotSignedIn:
        return _begin_again(view, audience)
    except ValidationFailed as error:
        return _enrol_page(view, audience, _same_offer(view, user, sealed), goal, error.errors, 422)
    except RateLimited as error:
        errors = [FieldError("code", "limited", str(error))]
        return _enrol_page(view, audience, _same_offer(view, user, sealed), goal, errors, 429)
    data = {
        "title": str(_("Your recovery codes")),
        "lead": str(
            _("Keep them where your phone is not: each signs you in once without it. They are shown only now.")
        ),
        "codes": entered.codes,
        "go_on": {"url": safe_next(view.runtime, audience, goal), "label": str(_("I have kept them"))},
    }

    def codes() -> Response:
        return view.render("auth/codes.html", frame=frame_of(view, audience), auth=data)

    answer = enter(view, entered.signed_in, "", first=codes)
    cookies.clear_pending_cookie(answer, view.runtime.settings, audience)
    return answer


def _same_offer(view: View, user: Any, sealed: str) -> second_factor.Offer:
    """The secret that was shown, so that a mistyped code does not make the person scan again."""
    try:
        secret = second_factor.opened(view.runtime.settings, user.id, sealed, now=view.runtime.clock())
    except ValidationFailed:
        secret = ""
    return second_step.offer_for(view.runtime, user, secret=secret)


def _enrol_page(
    view: View,
    audience: str,
    offer: second_factor.Offer,
    goal: str,
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    field = form_field("code", "text", _("Sign-in code"), errors=errors, autocomplete="one-time-code", autofocus=True,
                       max_length=20, help=str(_("The six digits that the app shows now.")))  # fmt: skip
    hidden = {"offer": offer.sealed} | ({"next": goal} if goal else {})
    form = {
        "action": f"/auth/{audience}/two-step", "fields": [field], "hidden": hidden,
        "submit": str(_("Switch on and sign in")),
        "errors": [{"text": str(error.message)} for error in errors if not error.field],
    }  # fmt: skip
    data = {
        "title": str(_("Set up two-step sign-in")),
        "lead": str(_("Your company asks for it in your role. Scan the code with an authenticator app on your phone.")),
        "form": form,
        "qr": qr_image(offer),
        "links": [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}],
    }
    return view.render("auth/enrol.html", status, frame=frame_of(view, audience), auth=data)


# ---- common


def _waiting(view: View, audience: str, step: str) -> Any:
    if audience not in audiences(view.runtime):
        raise NotSignedIn
    return second_step.waiting(view.runtime, audience, _token(view, audience), step)


def _token(view: View, audience: str) -> str:
    return cookies.pending_token(request, view.runtime.settings, audience)


def _begin_again(view: View, audience: str) -> Response:
    known = audience if audience in audiences(view.runtime) else "employee"
    answer = view.redirect(f"/auth/{known}/sign-in")
    cookies.clear_pending_cookie(answer, view.runtime.settings, known)
    return answer
