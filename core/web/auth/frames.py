"""The data behind the sign-in frame (``wf/auth.html``): company, language, portal, form fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import NotFound as PageNotFound

from weft.core.errors import FieldError
from weft.core.i18n import set_locale, translator
from weft.core.portal import faces
from weft.core.registry.access import AUDIENCES
from weft.core.registry.runtime import Runtime
from weft.core.web.dress import HTML_LANG, dress, portal_for
from weft.core.web.request import View, current

__all__ = ["audience_label", "audience_view", "audiences", "form_field", "frame_of", "home_of", "safe_next"]

_ = translator("core")

_LEADS = {
    "employee": _("For the people of the company"),
    "customer": _("Customer portal"),
    "supplier": _("Supplier portal"),
    "distributor": _("Distributor portal"),
}
_THEMES = {"auto": "system"}


def audiences(runtime: Runtime) -> tuple[str, ...]:
    """Audiences one may sign in for: employees, and those whose portal is installed."""
    installed = {spec.audience for spec in runtime.registry.portals.values()} | {"employee"}
    return tuple(audience for audience in AUDIENCES if audience in installed)


def audience_label(audience: str) -> str:
    """Words below the title of a sign-in page."""
    return str(_LEADS[audience])


def home_of(runtime: Runtime, audience: str) -> str:
    """Where somebody of an audience begins."""
    for spec in runtime.registry.portals.values():
        if spec.audience == audience:
            return f"/{spec.key}/"
    return f"/{audience}/"


def safe_next(runtime: Runtime, audience: str, address: str) -> str:
    """The address to go on to: a path of the audience's portal or of no portal, else the portal's home.

    Only a path of this site is taken: one leading slash, no backslash, no control characters, no scheme or host.
    """
    home = home_of(runtime, audience)
    parts = urlsplit(address) if address.startswith("/") and address[1:2] not in ("/", "\\") else None
    if parts is None or parts.scheme or parts.netloc or any(ord(c) < 33 or c == "\\" for c in address):
        return home
    first = parts.path.split("/", 2)[1]
    spec = runtime.registry.portals.get(first)
    if first in ("", "auth", "static") or (spec is not None and spec.audience != audience):
        return home
    return address


def audience_view(audience: str) -> View:
    """The request of a page below ``/auth/<audience>/``, in a language the portal offers.

    Raises:
        werkzeug.exceptions.NotFound: no portal for this audience is installed.
    """
    view = current()
    if audience not in audiences(view.runtime):
        raise PageNotFound
    _principal = view.principal  # finding out who it is also decides the language
    set_locale(faces.face_of(view.runtime, portal_for(view.runtime, audience)).offered(view.locale))
    return view


def frame_of(view: View, audience: str = "employee") -> dict[str, Any]:
    """What the frame needs on pages where nobody is signed in yet, in the face of the audience's portal."""
    theme = _visitor_theme(view)
    return {
        "lang": HTML_LANG[view.locale],
        "theme": _THEMES.get(theme, theme),
        "urls": {"home": "/", "locale": "/auth/locale", "theme": "/auth/theme"},
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
    } | dress(view, portal_for(view.runtime, audience))


def form_field(
    name: str,
    kind: str,
    label: object,
    *,
    value: str = "",
    errors: Sequence[FieldError] = (),
    **more: Any,
) -> dict[str, Any]:
    """One field of ``wf/field.html`` with its error, if any."""
    found = next((error for error in errors if error.field == name), None)
    shown = {"name": name, "kind": kind, "label": str(label), "value": value, **more}
    if found is not None:
        shown["error"] = str(found.message)
    return shown


def _visitor_theme(view: View) -> str:
    from weft.core.web import cookies

    return cookies.preferred_theme(request)
