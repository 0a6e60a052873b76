"""What every request and every answer must pass: host, origin, size, depth of JSON, headers.

Nothing here knows records; refusals are plain HTTP errors that :mod:`weft.core.web.refusals` dresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload
from urllib.parse import urlsplit

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge

from weft.core.config import Settings
from weft.core.portal import faces
from weft.core.registry.runtime import Runtime
from weft.core.web.routing import mark_of

__all__ = ["CONTENT_POLICY", "FILE_POLICY", "install_security"]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
#: For bytes that people uploaded: nothing runs, nothing loads.
FILE_POLICY = "sandbox; default-src 'none'"

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BODY = 1024 * 1024
_JSON = 256 * 1024
_FORM_MEMORY = 500_000
_FORM_PARTS = 1000
_JSON_DEPTH = 20


def install_security(app: Flask, settings: Settings) -> None:
    """Add the checks and headers to an application."""
    trusted = TrustedHosts(app.extensions["weft"], settings)
    app.config.update(
        TRUSTED_HOSTS=trusted,
        MAX_CONTENT_LENGTH=_BODY,
        MAX_FORM_MEMORY_SIZE=_FORM_MEMORY,
        MAX_FORM_PARTS=_FORM_PARTS,
    )
    secure = settings.public_url.startswith("https:")

    @app.before_request
    def check_request() -> None:
        mark = mark_of(app, request.endpoint)
        if mark is not None and mark.upload:
            request.max_content_length = settings.upload_limit + _BODY
        _check_origin(settings)
        _check_json()

    @app.after_request
    def add_headers(response: Response) -> Response:
        return _add_headers(response, secure)


class TrustedHosts(Sequence[str]):
    """Host names a request may carry: that of the public address, and those that lead to a portal, as they are now."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self.runtime, self.own = runtime, list(settings.trusted_hosts)

    def __iter__(self) -> Iterator[str]:
        """The own names first: most requests carry one and never ask for the others."""
        yield from self.own
        try:
            yield from sorted(faces.hosts(self.runtime))
        except SQLAlchemyError:
            return  # the page that says so must still be reached under the own name

    def _all(self) -> list[str]:
        return list(iter(self))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())


def _check_origin(settings: Settings) -> None:
    """Refuse unsafe requests that another site sent, whatever cookies the browser added."""
    if request.method in _SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("cross-site request")
    origin = request.headers.get("Origin")
    # "null" comes from sandboxed frames and local files: never from a page of ours. The port counts too: another
    # program on this machine is another site.
    if origin and urlsplit(origin).netloc not in {request.host, urlsplit(settings.public_url).netloc}:
        raise Forbidden("foreign origin")


def _check_json() -> None:
    """Bound the size and depth of a JSON body before anything parses it (a deep one crashes the parser)."""
    if not request.is_json:
        return
    if (request.content_length or 0) > _JSON:
        raise RequestEntityTooLarge
    request.max_content_length = _JSON
    if json_depth(request.get_data(cache=True)) > _JSON_DEPTH:
        raise BadRequest("JSON is nested too deeply")


def json_depth(body: bytes) -> int:
    """Deepest nesting of arrays and objects in a JSON text, counted without parsing it."""
    deepest = depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            deepest = max(deepest, depth)
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return deepest


def _add_headers(response: Response, secure: bool) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault(
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    )
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
        headers.add("Vary", "Cookie")
    return response
