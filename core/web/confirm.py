"""Asking again who somebody is, and then doing what was asked for: the same form is sent once more, with the password.

The change itself says that it wants this (:func:`weft.core.identity.acting.require_fresh`); no page has to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, request

from weft.core.errors import ConfirmationNeeded
from weft.core.i18n import translator
from weft.core.identity import passwords, second_factor, second_step, sessions
from weft.core.portal.addresses import with_query

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["FIELD", "confirmed_token", "go_back", "page"]

_ = translator("core")

FIELD = "_confirm"
_BACK = "_confirm_back"
#: Never carried along: what was typed into other password fields, and what belongs to this page.
_LEFT_OUT = frozenset({FIELD, "csrf_token", "password", "old", "new", "again", "code"})
_MOST = 400


def confirmed_token(view: View) -> str | None:
    """New cookie value when this request brings the confirmation, None when it brings none.

    Raises:
        ConfirmationNeeded: what was typed is not right.
    """
    if request.method != "POST" or not view.signed_in or FIELD not in request.form:
        return None
    typed = request.form[FIELD][: 4 * passwords.MAX_LENGTH]
    return second_step.confirm(view.runtime, view.principal, typed, address=request.remote_addr or "unknown")


def go_back(view: View, response: Response) -> Response:
    """An answer meant for a script becomes the way back: the confirmed form was sent by the browser itself."""
    back = request.form.get(_BACK, "")
    if response.status_code != 204 or view.fragment:
        return response
    return view.redirect(back if back.startswith(f"/{view.portal_key}/") and "\\" not in back else view.page())


def page(view: View, error: ConfirmationNeeded) -> Response:
    """The question, as a page or (for htmx) as a dialog; it carries the form that was sent."""
    with view.runtime.db.read() as connection:
        user_id = view.principal.user_id or 0
        coded = second_factor.is_on(connection, user_id)
        known = passwords.has_password(connection, user_id)
        provider = sessions.provider_of(connection, view.principal.session_id or 0)
    status = 429 if error.retry_after else 403
    if not known and not coded:
        response = _sign_in_again(view, provider)
    else:
        data = {"title": str(_("Confirm that it is you")), "size": "small"}
        form = _form(view, error, known, coded)
        if view.fragment:
            response = view.render("pages/form_dialog.html", dialog=data, form=form)
        else:
            lead = {"kind": "note", "text": form["lead"]}
            response = view.render(
                "settings/page.html", page=data, head=data, nav=[], blocks=[lead, {"kind": "form", "form": form}]
            )
    response.status_code = 403 if view.fragment else status
    if view.fragment:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#wf-dialog", "innerHTML"
        response.headers["HX-Reselect"] = ".wf-dlg"
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _form(view: View, error: ConfirmationNeeded, known: bool, coded: bool) -> dict[str, Any]:
    label = _("Password, or a code of your app") if known and coded else _("Password") if known else _("Sign-in code")
    lead = str(_("You signed in more than 15 minutes ago. This change concerns who may do what."))
    asked: dict[str, Any] = {
        "name": FIELD, "kind": "password", "label": str(label), "autofocus": True,
        "help": lead if view.fragment else "",
        "autocomplete": "current-password" if known else "one-time-code",
    }  # fmt: skip
    if error.problem:
        asked["error"] = error.problem
    current = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = f"{current.path}?{current.query}" if current.query else current.path
    back = request.form.get(_BACK) or here
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in {*_LEFT_OUT, _BACK}]
    return {
        "action": request.full_path.rstrip("?"),
        "fields": [asked],
        "carried": [*pairs[:_MOST], (_BACK, back)],
        "submit": str(_("Go on")),
        "plain": True,
        "lead": lead,
    }


def _sign_in_again(view: View, provider: str) -> Response:
    """For people without password and code: only their provider can say who they are."""
    audience = view.principal.audience
    goal = with_query(f"/auth/{audience}/oidc/{provider}", {"again": "1"}) if provider else f"/auth/{audience}/sign-in"
    data = {"title": str(_("Confirm that it is you"))}
    text = str(_("You signed in more than 15 minutes ago. Sign in again, then repeat the change."))
    note = {"kind": "note", "text": text, "actions": [{"label": str(_("Sign in again")), "url": goal}]}
    if view.fragment:
        refusal = {"title": data["title"], "text": text}
        return view.render("refusals/note.html", refusal=refusal)
    return view.render("settings/page.html", page=data, head=data, nav=[], blocks=[note])
