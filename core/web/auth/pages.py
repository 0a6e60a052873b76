"""Routes below ``/auth/``: sign-in per audience, sign-out, reset, links, set-up, language and theme of visitors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, request, session

from weft.core.errors import FieldError, NextStep, NotFound, NotSignedIn, RateLimited, ValidationFailed
from weft.core.i18n import LOCALES, translator
from weft.core.identity import company, links, recovery, sessions, sign_in, users, viewing
from weft.core.identity.sign_in import SignedIn
from weft.core.mail.mailer import is_set_up
from weft.core.portal import faces
from weft.core.portal.addresses import with_query
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.web import cookies
from weft.core.web.auth import demo, providers, setup, steps
from weft.core.web.auth.frames import audience_label, audience_view, audiences, form_field, frame_of, home_of, safe_next
from weft.core.web.dress import portal_for
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")


def blueprint(runtime: Runtime) -> Blueprint:
    """The pages as one blueprint; all are public, for whoever has no session yet."""
    pages = Blueprint("auth", "weft.core.web.auth")
    route(pages, "/auth/", policy="public", endpoint="start")(start)
    route(pages, "/auth/<audience>/sign-in", policy="public", endpoint="sign_in")(show_sign_in)
    route(pages, "/auth/<audience>/sign-in", policy="public", endpoint="do_sign_in", methods=["POST"])(do_sign_in)
    route(pages, "/auth/<audience>/sign-out", policy="public", endpoint="sign_out", methods=["POST"])(do_sign_out)
    route(pages, "/auth/view-as/leave", policy="signed_in", endpoint="leave_view", methods=["POST"])(leave_view)
    route(pages, "/auth/<audience>/reset", policy="public", endpoint="reset")(show_reset)
    route(pages, "/auth/<audience>/reset", policy="public", endpoint="do_reset", methods=["POST"])(do_reset)
    route(pages, "/auth/link/<token>", policy="public", endpoint="link")(show_link)
    route(pages, "/auth/link/<token>", policy="public", endpoint="do_link", methods=["POST"])(do_link)
    route(pages, "/auth/locale", policy="public", endpoint="locale", methods=["POST"])(choose_locale)
    route(pages, "/auth/theme", policy="public", endpoint="theme", methods=["POST"])(choose_theme)
    route(pages, "/auth/setup", policy="public", endpoint="setup")(setup.show_setup)
    route(pages, "/auth/setup", policy="public", endpoint="do_setup", methods=["POST"])(setup.do_setup)
    steps.register(pages)
    providers.register(pages)
    return pages


def start() -> Response:
    """Send visitors to the right door: set-up while nobody is there, else the sign-in of the portal of this host."""
    view = current()
    portal = faces.portal_of_host(view.runtime, request.host)
    audience = view.runtime.registry.portals[portal].audience if portal else "employee"
    return view.redirect("/auth/setup" if _nobody_yet(view) else f"/auth/{audience}/sign-in")


def show_sign_in(audience: str) -> Response:
    """The sign-in page of one audience; ``?as=`` fills the address, ``?next=`` says where to go on."""
    view = audience_view(audience)
    if view.principal.audience == audience and not request.args.get("as"):
        return view.redirect(safe_next(view.runtime, audience, request.args.get("next", "")))
    if _nobody_yet(view):
        return view.redirect("/auth/setup")
    return _sign_in_page(view, audience, email=request.args.get("as", ""), goal=request.args.get("next", ""))


def do_sign_in(audience: str) -> Response:
    """Check address and password; the same answer for a wrong password, an unknown and a closed account."""
    view = audience_view(audience)
    email, goal = request.form.get("email", "").strip(), request.form.get("next", "")
    try:
        signed_in = sign_in.sign_in(
            view.runtime,
            audience=audience,
            email=email[:254],
            password=request.form.get("password", ""),
            address=_address(),
            agent=request.user_agent.string,
            previous=cookies.session_token(request, view.runtime.settings, audience),
        )
    except NextStep as step:
        return steps.begin(view, step, goal)
    except NotSignedIn:
        message = str(_("The address or the password is not right."))
        return _sign_in_page(view, audience, email=email, goal=goal, error=message, status=401)
    except RateLimited as error:
        answer = _sign_in_page(view, audience, email=email, goal=goal, error=str(error), status=429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return enter(view, signed_in, safe_next(view.runtime, audience, goal))


def do_sign_out(audience: str) -> Response:
    """End the session for good; other audiences of this browser stay signed in."""
    view = audience_view(audience)
    if view.principal.audience != audience:
        view.try_audience(audience)
    provider = ""
    if view.principal.audience == audience:
        with view.runtime.db.read() as conn:
            provider = sessions.provider_of(conn, view.principal.session_id or 0)
        sign_in.sign_out(view.runtime, view.principal)
    _fresh_forms(view, audience)
    answer = view.redirect(with_query(f"/auth/{audience}/sign-in", {"out": provider}))
    cookies.clear_session_cookie(answer, view.runtime.settings, audience)
    return answer


def leave_view() -> Response:
    """Stop looking as another person, and go back to them in Settings."""
    view = current()
    viewed = viewing.end(view.records)
    if viewed is None or not view.principal.has_role(ADMIN):
        return view.redirect(view.page())
    return view.redirect(f"/employee/settings/users/{viewed}/")


def show_reset(audience: str) -> Response:
    """Ask for the address to which a link shall be sent."""
    view = audience_view(audience)
    return _reset_page(view, audience, email=request.args.get("as", ""))


def do_reset(audience: str) -> Response:
    """Say the same for every address; what is to be done is done later, by the worker."""
    view = audience_view(audience)
    if not is_set_up(view.runtime.settings):
        return _reset_page(view, audience)
    try:
        email = users.normal_email(request.form.get("email", ""))
    except ValidationFailed as error:
        return _reset_page(view, audience, email=request.form.get("email", ""), errors=error.errors, status=422)
    recovery.request_reset(view.runtime, audience=audience, email=email, address=_address())
    note = _("If %(email)s has an account here, a link is on its way. It is good for 30 minutes.") % {"email": email}
    return _page(view, audience, title=_("Look into your mail"), lead=note, links=_back(audience))


def show_link(token: str) -> Response:
    """The form behind an invitation or reset link; looking at it does not use it up."""
    view = current()
    try:
        with view.runtime.db.read() as conn:
            link = links.look(conn, token, now=view.runtime.clock())
            user = users.find(conn, link.user_id or 0)
    except NotFound:
        return _used_up(view)
    return _password_page(view, token, user, link.purpose)


def do_link(token: str) -> Response:
    """Set the password and sign in; a second use finds the link used."""
    view = current()
    password = request.form.get("password", "")
    try:
        with view.runtime.db.read() as conn:
            link = links.look(conn, token, now=view.runtime.clock())
            user = users.find(conn, link.user_id or 0)
        if password != request.form.get("again", ""):
            raise ValidationFailed.single("again", "differs", _("The two passwords differ."))
        signed_in = sign_in.set_password_by_link(
            view.runtime,
            token,
            password,
            address=_address(),
            agent=request.user_agent.string,
            previous=cookies.session_token(request, view.runtime.settings, user.audience),
        )
    except NextStep as step:
        return steps.begin(view, step, "")
    except NotFound:
        return _used_up(view)
    except ValidationFailed as error:
        return _password_page(view, token, user, link.purpose, errors=error.errors, status=422)
    return enter(view, signed_in, home_of(view.runtime, signed_in.audience))


def choose_locale() -> Response:
    """Keep the language of somebody who is not signed in."""
    return _choose("locale", request.form.get("locale", ""), tuple(LOCALES))


def choose_theme() -> Response:
    """Keep the theme of somebody who is not signed in."""
    chosen = request.form.get("theme", "")
    return _choose("theme", "auto" if chosen == "system" else chosen, users.THEMES)


def enter(view: View, signed_in: SignedIn, address: str, *, first: Callable[[], Response] | None = None) -> Response:
    """Hand out the cookie of a fresh session and go on.

    Args:
        address: where to.
        first: makes a page that is shown before, once, and leads there itself.
    """
    _fresh_forms(view, signed_in.audience)
    answer = first() if first is not None else view.redirect(address)
    settings = view.runtime.settings
    cookies.set_session_cookie(answer, settings, signed_in.audience, signed_in.session.token)
    cookies.set_preference(answer, settings, "theme", signed_in.theme)
    return answer


def _fresh_forms(view: View, audience: str) -> None:
    """A new token against forged forms for a new session, unless another portal's pages are open in this browser."""
    settings = view.runtime.settings
    others = [name for name in audiences(view.runtime) if name != audience]
    if not any(cookies.session_token(request, settings, name) for name in others):
        session.clear()


def _nobody_yet(view: View) -> bool:
    with view.runtime.db.read() as conn:
        return company.is_empty(conn)


def _address() -> str:
    return request.remote_addr or "unknown"


def _choose(name: str, value: str, allowed: Sequence[str]) -> Response:
    view = current()
    if request.headers.get("X-Requested-With") == "fetch":  # the island has shown it already
        answer = make_response("", 204)
    else:
        goal = request.form.get("next", "")
        answer = view.redirect(goal if goal.startswith("/auth/") and "\\" not in goal else "/auth/")
    if value in allowed:
        cookies.set_preference(answer, view.runtime.settings, name, value)
    return answer


def _page(
    view: View,
    audience: str,
    *,
    title: object,
    lead: object = "",
    status: int = 200,
    **auth: Any,
) -> Response:
    data = {"title": str(title), "lead": str(lead), **auth}
    return view.render("wf/auth.html", status, frame=frame_of(view, audience), auth=data)


def _back(audience: str) -> list[dict[str, str]]:
    return [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}]


def _sign_in_page(
    view: View, audience: str, *, email: str = "", goal: str = "", error: str = "", status: int = 200
) -> Response:
    offered = demo.offer(view, audience, email)
    forgotten = {"url": f"/auth/{audience}/reset", "label": str(_("Forgotten?"))}
    hint = str(_("The demo password was printed when the demo was made; your browser can remember it."))
    fields = [
        form_field("email", "email", _("Work email") if audience == "employee" else _("Email"), value=email,
                   autocomplete="username", max_length=254, autofocus=not email),
        form_field("password", "password", _("Password"), autocomplete="current-password", link=forgotten,
                   help=hint if offered else "", autofocus=bool(email)),
    ]  # fmt: skip
    form = {
        "action": f"/auth/{audience}/sign-in",
        "fields": fields,
        "submit": offered["submit"] if offered and offered["submit"] else str(_("Sign in")),
        "hidden": {"next": goal} if goal else {},
    }
    lead = audience_label(audience)
    more: dict[str, Any] = {"people": offered["people"], "note": offered["note"]} if offered else {}
    more["providers"] = providers.buttons(view, audience, goal)
    more["links"] = [*(providers.note_after(view, audience, request.args.get("out", "")) or ())]
    if faces.face_of(view.runtime, portal_for(view.runtime, audience)).registration:
        more["links"].append({"url": f"/auth/{audience}/register", "label": str(_("No account yet? Ask for one"))})
    return _page(view, audience, title=_("Sign in"), lead=lead, status=status, form=form, error=error, **more)


def _reset_page(
    view: View, audience: str, *, email: str = "", errors: Sequence[FieldError] = (), status: int = 200
) -> Response:
    title = _("New password")
    if not is_set_up(view.runtime.settings):
        lead = _("Mail is not set up here: ask an administrator for a link.")
        return _page(view, audience, title=title, lead=lead, links=_back(audience))
    field = form_field(
        "email", "email", _("Email"), value=email, errors=errors, autocomplete="username", autofocus=True
    )
    form = {"action": f"/auth/{audience}/reset", "fields": [field], "submit": str(_("Send a link"))}
    lead = _("We send you a link with which you choose a new password.")
    return _page(view, audience, title=title, lead=lead, status=status, form=form, links=_back(audience))


def _password_page(
    view: View, token: str, user: users.User, purpose: str, *, errors: Sequence[FieldError] = (), status: int = 200
) -> Response:
    invited = purpose == "invite"
    fields = [
        form_field("email", "text", _("Email"), value=user.email, readonly=True),
        form_field("password", "password", _("New password"), errors=errors, autocomplete="new-password",
                   autofocus=True, help=str(_("At least 12 characters; a short sentence is easy to remember."))),
        form_field("again", "password", _("The same again"), errors=errors, autocomplete="new-password"),
    ]  # fmt: skip
    form = {"action": links.path(token), "fields": fields, "submit": str(_("Set password and sign in"))}
    name = users.shown_name(user, view.locale)
    title = _("Welcome, %(name)s") % {"name": name} if invited else _("New password")
    lead = audience_label(user.audience) if invited else _("Your other sessions end when the password is set.")
    return _page(view, user.audience, title=title, lead=lead, status=status, form=form)


def _used_up(view: View) -> Response:
    lead = _("Links work once and for a limited time. Ask for a new one, or sign in if you have set your password.")
    title, back = _("This link was used or has expired"), _back("employee")
    return _page(view, "employee", title=title, lead=lead, status=410, links=back)
