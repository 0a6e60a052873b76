"""Terms and privacy page of a portal, the page that asks for consent, and the stylesheet of its accent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response
from werkzeug.exceptions import NotFound as PageNotFound

from weft.core.errors import NotFound, NotSignedIn
from weft.core.i18n import translator
from weft.core.portal import colours, faces, terms
from weft.core.web.auth.frames import audience_view, form_field, frame_of, safe_next
from weft.core.web.dress import HTML_LANG, portal_for
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.sanitiser import markdown

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("terms", __name__)
_YEAR = 31_536_000


@route(blueprint, "/theme/<name>.css", policy="public", endpoint="stylesheet")
def stylesheet(name: str) -> Response:
    """The accent as a stylesheet of its own: the content policy allows no style in a page."""
    view = current()
    if name not in view.runtime.registry.portals:
        raise PageNotFound
    face = faces.face_of(view.runtime, name)
    answer = make_response(colours.stylesheet(face.accent, face.accent_dark))
    answer.headers["Content-Type"] = "text/css; charset=utf-8"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    fresh = view.args.get("v") == str(face.version)
    answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if fresh else "public, max-age=60"
    return answer


@route(blueprint, "/auth/<audience>/terms", policy="public", endpoint="terms")
def show_terms(audience: str) -> Response:
    return _text_page(audience, "terms")


@route(blueprint, "/auth/<audience>/privacy", policy="public", endpoint="privacy")
def show_privacy(audience: str) -> Response:
    return _text_page(audience, "privacy")


def _text_page(audience: str, kind: str) -> Response:
    view = audience_view(audience)
    portal = portal_for(view.runtime, audience)
    asked = view.args.get("version", "")
    with view.runtime.db.read() as connection:
        text = terms.published(connection, portal, kind, int(asked) if asked.isdigit() else None)
    if text is None or not any(text.texts.values()):
        raise NotFound(kind)
    language, body = text.shown(view.locale)
    until = _("Version %(n)s of %(date)s") % {"n": text.version, "date": view.formats.long_date(text.created_at.date())}
    return view.render(
        "auth/text.html",
        frame=frame_of(view, audience),
        auth={"title": str(terms.KINDS[kind])},
        text={"lang": HTML_LANG[language], "body": markdown(body), "note": str(until)},
        back={"url": f"/auth/{audience}/sign-in", "label": str(_("To the portal"))},
    )


# ---- consent


@route(blueprint, "/auth/<audience>/consent", policy="signed_in", endpoint="consent")
def show_consent(audience: str) -> Response:
    view = _person(audience)
    goal = safe_next(view.runtime, audience, view.args.get("next", ""))
    asked = terms.missing(view.connection, view.runtime, view.principal, portal_for(view.runtime, audience))
    return _consent_page(view, audience, asked, goal) if asked else view.redirect(goal)


@route(blueprint, "/auth/<audience>/consent", policy="signed_in", methods=["POST"], endpoint="agree")
def agree(audience: str) -> Response:
    """Keep the consent to exactly the versions that were shown; a newer one asks again."""
    view = _person(audience)
    portal, goal = portal_for(view.runtime, audience), safe_next(view.runtime, audience, view.form.get("next", ""))
    asked = terms.missing(view.connection, view.runtime, view.principal, portal)
    given = {kind: view.form.get(f"agree_{kind}", "") for kind in asked}
    if any(given[kind] != str(text.version) for kind, text in asked.items()):
        return _consent_page(view, audience, asked, goal, refused=True)
    if asked:
        terms.agree(view.records, portal, {kind: text.version for kind, text in asked.items()})
    return view.redirect(goal)


def _person(audience: str) -> View:
    view = audience_view(audience)
    if view.principal.audience != audience and not view.try_audience(audience):
        raise NotSignedIn
    return view


def _consent_page(
    view: View, audience: str, asked: dict[str, terms.PublishedText], goal: str, *, refused: bool = False
) -> Response:
    labels = {"terms": _("I agree to the terms of use"), "privacy": _("I have read the privacy page")}
    fields: list[dict[str, Any]] = []
    for kind, text in asked.items():
        day = view.formats.long_date(text.created_at.date())
        version = str(_("Version %(n)s of %(date)s") % {"n": text.version, "date": day})
        link = {"url": f"/auth/{audience}/{kind}", "label": str(_("Read it"))}
        fields.append(
            form_field(
                f"agree_{kind}", "agree", terms.KINDS[kind], value=str(text.version), link=link,
                checkbox_label=str(labels[kind]), help=version,
            )
        )  # fmt: skip
    form = {
        "action": f"/auth/{audience}/consent", "fields": fields, "submit": str(_("Agree and go on")),
        "hidden": {"next": goal},
    }  # fmt: skip
    error = str(_("Tick every line to go on. Without it the portal cannot be used.")) if refused else ""
    auth = {
        "title": str(_("Before you begin")),
        "lead": str(_("Please read this and agree. We keep when you did, and ask again when something changes.")),
        "form": form,
        "error": error,
        "leave": {"label": str(_("Sign out")), "url": f"/auth/{audience}/sign-out"},
    }
    return view.render("auth/consent.html", 422 if refused else 200, frame=frame_of(view, audience), auth=auth)
