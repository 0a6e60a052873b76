"""Errors as RFC 9457 problem details: one place that turns every refusal into ``application/problem+json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Response
from werkzeug.exceptions import HTTPException

from weft.core.errors import (
    Conflict,
    Denied,
    NotFound,
    NotSignedIn,
    PreconditionRequired,
    QueryError,
    RateLimited,
    StateConflict,
    StorageNotReady,
    TooLarge,
    UndoRefused,
    ValidationFailed,
    WeftError,
)
from weft.core.i18n import Text, translator
from weft.core.rest.answers import encode

__all__ = ["STATUS_TITLES", "problem", "problem_of"]

_ = translator("core")
_log = structlog.get_logger("weft.rest")

#: Media type of all errors.
PROBLEM = "application/problem+json"
STATUS_TITLES: Mapping[int, Text] = {
    400: _("The request cannot be understood"),
    401: _("A valid token is needed"),
    403: _("This is not allowed"),
    404: _("There is no such thing"),
    405: _("This address does not take that method"),
    409: _("The state has changed meanwhile"),
    412: _("The record has changed since it was read"),
    413: _("The request is too large"),
    415: _("Send application/json"),
    422: _("Some values cannot be accepted"),
    428: _("The version is missing"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
    503: _("The service is not ready"),
}
_STATUS: Mapping[type[WeftError], int] = {
    NotSignedIn: 401,
    Denied: 403,
    NotFound: 404,
    StateConflict: 409,
    UndoRefused: 409,
    Conflict: 412,
    TooLarge: 413,
    ValidationFailed: 422,
    PreconditionRequired: 428,
    RateLimited: 429,
    StorageNotReady: 503,
}


def problem(status: int, detail: object = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """Build a problem answer.

    Args:
        status: HTTP status.
        detail: one sentence about this occurrence.
        headers: further headers.
        more: extension members (``errors``, ``version`` ...); those that are None are left out.
    """
    body: dict[str, Any] = {"type": "about:blank", "title": str(STATUS_TITLES.get(status, "")), "status": status}
    if detail:
        body["detail"] = str(detail)
    body |= {name: value for name, value in more.items() if value is not None}
    response = Response(encode(body), status=status, content_type=PROBLEM)
    response.headers.extend(headers or {})
    return response


def problem_of(error: Exception) -> Response:
    """The problem answer of an error; what is not ours is logged and says nothing about the inside."""
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, QueryError):
        return problem(error.status, error, name=error.name or None)
    if isinstance(error, ValidationFailed):
        return problem(422, errors=[_field_error(found) for found in error.errors])
    if isinstance(error, Conflict):
        fields = [{"field": f.field, "base": f.base, "mine": f.mine, "theirs": f.theirs} for f in error.fields]
        return problem(412, _("The record is at another version now."), version=error.version, fields=fields)
    if isinstance(error, Denied):
        return problem(403, error.reason, ask=str(error.ask) if error.ask else None)
    if isinstance(error, RateLimited):
        return problem(429, error, headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, NotSignedIn):
        return problem(401, headers={"WWW-Authenticate": 'Bearer realm="weft"'})
    if isinstance(error, (StateConflict, UndoRefused, TooLarge)):
        return problem(_status(error), error)
    if isinstance(error, WeftError) and _status(error) < 500:
        return problem(_status(error))  # the text of NotFound and the like is for the log, not for the caller
    _log.error("unexpected", exc_info=error)
    return problem(_status(error) if isinstance(error, WeftError) else 500)


def _status(error: WeftError) -> int:
    return next((_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS), 500)


def _field_error(found: Any) -> dict[str, Any]:
    body = {"field": found.field, "code": found.code, "message": str(found.message)}
    return body if found.index is None else {**body, "index": found.index}


def _http(error: HTTPException) -> Response:
    """Werkzeug's own errors keep their headers: a 405 names the methods that are allowed."""
    code = error.code or 500
    keep = ("allow", "retry-after", "www-authenticate")
    headers = {name: value for name, value in error.get_headers() if name.lower() in keep}
    return problem(code if code in STATUS_TITLES else 400, headers=headers)
