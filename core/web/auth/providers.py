"""Sign-in providers: to the provider and back, bound by a cookie that lives for minutes in this browser only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as PageNotFound

from weft.core.config_oidc import OidcProvider
from weft.core.errors import NextStep
from weft.core.i18n import translator
from weft.core.identity.oidc import flow
from weft.core.identity.oidc.provider import ProviderError, connection_to
from weft.core.portal.addresses import with_query
from weft.core.web import cookies
from weft.core.web.auth import steps
from weft.core.web.auth.frames import frame_of, safe_next
from weft.core.web.pages.sign_in_ways import link_confirmation
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["buttons", "note_after", "register"]

_ = translator("core")


def register(pages: Blueprint) -> None:
    """Add the pages to the blueprint of ``/auth/``."""
    route(pages, "/auth/<audience>/oidc/<key>", policy="public", endpoint="oidc")(go)
    route(pages, "/auth/<audience>/oidc/<key>/out", policy="public", endpoint="oidc_out")(go_out)
    route(pages, "/auth/oidc/<key>/callback", policy="public", endpoint="oidc_back")(come_back)


def buttons(view: View, audience: str, goal: str) -> list[dict[str, str]]:
    """Buttons of the sign-in page of an audience."""
    return [
        {
            "label": str(_("Continue with %(provider)s") % {"provider": one.shown(view.locale)}),
            "url": with_query(f"/auth/{audience}/oidc/{one.key}", {"next": goal}),
        }
        for one in view.runtime.settings.oidc
        if one.audience == audience
    ]


def note_after(view: View, audience: str, key: str) -> list[dict[str, str]]:
    """After signing out: the way to sign out of the provider too, if that is how somebody came in."""
    found = next((one for one in view.runtime.settings.oidc if one.key == key and one.audience == audience), None)
    if found is None:
        return []
    label = _("You are signed out here, but not at %(provider)s. Sign out there too") % {
        "provider": found.shown(view.locale)
    }
    return [{"url": f"/auth/{audience}/oidc/{key}/out", "label": str(label)}]


def go(audience: str, key: str) -> Response:
    """Send the browser to the provider; writes nothing but a cookie, so that a visit alone changes nothing."""
    view, provider = current(), _provider(key)
    if provider.audience != audience:
        raise PageNotFound
    user_id = None
    if request.args.get("link"):
        if not view.try_audience(audience):
            return view.redirect(f"/auth/{audience}/sign-in")
        user_id = view.principal.user_id
    try:
        begun = flow.begin(
            view.runtime,
            provider,
            goal=request.args.get("next", ""),
            user_id=user_id,
            again=bool(request.args.get("again")),
        )
    except flow.SignInRefused as error:
        return _refused(view, audience, str(error), 503)
    answer = view.redirect(begun.url)
    cookies.set_provider_cookie(answer, view.runtime.settings, begun.cookie)
    return answer


def go_out(audience: str, key: str) -> Response:
    """Send the browser to the provider's own sign-out."""
    view, provider = current(), _provider(key)
    back = f"{view.runtime.settings.public_url}/auth/{audience}/sign-in"
    try:
        address = connection_to(view.runtime, provider).end_address(back)
    except ProviderError:
        address = ""
    return view.redirect(address or f"/auth/{audience}/sign-in")


def come_back(key: str) -> Response:
    """The provider's answer: sign in, go on to the second step, or ask whether the account shall be linked."""
    view, provider = current(), _provider(key)
    audience = provider.audience
    cookie = cookies.provider_cookie(request, view.runtime.settings)
    try:
        account = flow.finish(view.runtime, provider, cookie, request.args)
        if account.user_id is not None:
            answer = _confirm_link(view, audience, account)
        else:
            answer = _enter(view, provider, account)
    except flow.SignInRefused as error:
        answer = _refused(view, audience, str(error), 403)
    cookies.clear_provider_cookie(answer, view.runtime.settings)
    return answer


def _enter(view: View, provider: OidcProvider, account: flow.Account) -> Response:
    from weft.core.web.auth.pages import enter

    browser = steps.browser_of(view, provider.audience)
    try:
        signed_in = flow.enter(view.runtime, provider, account, browser)
    except NextStep as step:
        return steps.begin(view, step, account.goal)
    return enter(view, signed_in, safe_next(view.runtime, provider.audience, account.goal))


def _confirm_link(view: View, audience: str, account: flow.Account) -> Response:
    """Only for the person who began, in the session they began it in."""
    if not view.try_audience(audience) or view.principal.user_id != account.user_id:
        text = _("You are signed in as somebody else meanwhile. Begin again in your profile.")
        raise flow.SignInRefused(str(text))
    return link_confirmation(view, account.provider, account.label, flow.sealed_account(view.runtime, account))


def _provider(key: str) -> OidcProvider:
    found = next((one for one in current().runtime.settings.oidc if one.key == key), None)
    if found is None:
        raise PageNotFound
    return found


def _refused(view: View, audience: str, text: str, status: int) -> Response:
    data: dict[str, Any] = {
        "title": str(_("You are not signed in")),
        "lead": "",
        "error": text,
        "links": [{"url": f"/auth/{audience}/sign-in", "label": str(_("Back to sign-in"))}],
    }
    return view.render("wf/auth.html", status, frame=frame_of(view, audience), auth=data)
