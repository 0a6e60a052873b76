"""Pages for the whole world: outside all portals, without anybody's rights, guarded against machines.

A plugin declares them with ``HttpRoute(..., policy="public", portal="")``. Whoever is signed in is nobody there, no
cookie is needed, and a form proves with a signed token that it was shown a moment ago.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from weft.core.identity import limits
from weft.core.portal import terms
from weft.core.web.forms.fields import countries
from weft.core.web.security import CONTENT_POLICY

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["Shown", "countries", "framed_by", "may_send", "origin_of", "privacy_url", "shown_token", "visit_of"]

_SALT = "weft-public-form"
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?", re.ASCII)
#: Quicker than this nobody fills a form in; longer than this nobody leaves one open.
QUICKEST, LONGEST = timedelta(seconds=2), timedelta(hours=24)
_REFERRER = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it was shown to a visitor.

    Attributes:
        nonce: tells this showing from every other.
        came_from: address of the page before, empty when unknown.
        state: ``fine``, ``quick`` (no person is so fast), ``old`` or ``wrong`` (not made by this server).
    """

    nonce: str
    came_from: str
    state: str


def shown_token(view: View, purpose: str) -> str:
    """A token for a form about to be shown: signed, with the moment and the page the visitor came from."""
    came_from = (request.referrer or "")[:_REFERRER]
    payload = {
        "p": purpose, "t": int(view.runtime.clock().timestamp()), "n": secrets.token_urlsafe(12),
        "r": came_from if came_from.startswith(("https://", "http://")) else "",
    }  # fmt: skip
    token: str = _serializer().dumps(payload)
    return token


def visit_of(view: View, purpose: str, token: str) -> Shown:
    """What a posted token says about the showing of the form."""
    try:
        payload: dict[str, Any] = _serializer().loads(token[:2000])
    except BadSignature:
        return Shown("", "", "wrong")
    if payload.get("p") != purpose:
        return Shown("", "", "wrong")
    age = timedelta(seconds=view.runtime.clock().timestamp() - payload["t"])
    state = "quick" if age < QUICKEST else "old" if age > LONGEST else "fine"
    return Shown(payload["n"], payload["r"], state)


def may_send(view: View, purpose: str, subject: str, *, most: int = 1) -> str:
    """Count one sending by this visitor: ``fine``, ``again`` (the subject was sent before) or ``busy`` (too much came).

    Opens and ends a transaction of its own: call it before the view's records are used.
    """
    with view.runtime.db.write() as connection:
        address = request.remote_addr or "unknown"
        return limits.may_send(connection, purpose, subject, address, now=view.runtime.clock(), most=most)


def privacy_url(view: View) -> str | None:
    """Address of the privacy page that forms for the whole world link; None when the company published none."""
    portal = terms.public_privacy(view.runtime)
    return f"/auth/{view.runtime.registry.portals[portal].audience}/privacy" if portal else None


def origin_of(text: str) -> str | None:
    """An origin such as ``https://www.firm.example`` from one line of text; None when it is none."""
    plain = text.strip().rstrip("/").lower()
    return plain if _ORIGIN.fullmatch(plain) else None


def framed_by(response: Response, origins: Iterable[str]) -> Response:
    """Let pages of these origins (and nobody else) show the answer inside a frame."""
    allowed = " ".join(found for one in origins if (found := origin_of(one))) or "'none'"
    policy = CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")
    response.headers["Content-Security-Policy"] = policy
    return response


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=_SALT)
