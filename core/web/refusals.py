"""Error pages: what happened, why, whom to ask. No traces, SQL, paths or versions; a request id for the operator.

A missing and an unreadable record look the same. htmx requests get a short note that fits where the answer goes.
"""

from __future__ import annotations

import traceback
from typing import Any

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from weft.core.access.conditions import split_name
from weft.core.errors import (
    ConfirmationNeeded,
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
from weft.core.portal.addresses import with_query
from weft.core.web import confirm
from weft.core.web.logs import request_id
from weft.core.web.request import View, current

__all__ = ["install_refusals", "refusal_page"]

_ = translator("core")
_log = structlog.get_logger("weft.web")

_TITLES: dict[int, tuple[Text, Text]] = {
    400: (_("This request cannot be read"), _("Go back and try again; if it happens again, tell an administrator.")),
    401: (_("Please sign in"), _("Your session has ended. Sign in again to go on.")),
    403: (_("This is not allowed"), _("Your roles do not include it. An administrator can change that.")),
    404: (_("Does not exist or is not shared with you"), _("Check the address, or ask for access.")),
    405: (_("This page cannot be used like that"), _("Go back and try again.")),
    409: (_("Something changed meanwhile"), _("Load the page again to see how it stands now.")),
    412: (_("Somebody else saved this record"), _("Load the page again to see their changes.")),
    413: (_("This is too large"), _("Send less at once.")),
    415: (_("This kind of content is not accepted"), _("Send a form or JSON.")),
    422: (_("Some values need mending"), _("Correct them and save again.")),
    428: (_("The version is missing"), _("Load the page again and repeat the change.")),
    429: (_("Too many attempts"), _("Wait a little and try again.")),
    500: (_("Something went wrong on our side"), _("It has been noted. Try again; your data is as it was before.")),
    503: (_("Weft is not ready"), _("Try again in a moment.")),
}
_STATUS: dict[type[WeftError], int] = {
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


def install_refusals(app: Flask) -> None:
    """Register the handlers of all errors."""
    app.register_error_handler(WeftError, _weft_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _weft_error(error: WeftError) -> Response:
    view = current()
    if isinstance(error, NotSignedIn):
        return _sign_in(view)
    if isinstance(error, ConfirmationNeeded):
        view.undo_all()
        return confirm.page(view, error)
    if isinstance(error, QueryError):
        return _query_error(view, error)
    status = next((_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS), 500)
    if status == 500:
        return _unexpected(error)
    if isinstance(error, Denied):
        return refusal_page(view, 403, title=error.reason, text=error.ask or "")
    if isinstance(error, (StateConflict, UndoRefused, TooLarge)):
        return refusal_page(view, status, text=str(error))
    if isinstance(error, ValidationFailed):
        return refusal_page(view, 422, text=" ".join(str(found.message) for found in error.errors))
    response = refusal_page(view, status, text=str(error) if isinstance(error, RateLimited) else "")
    if isinstance(error, RateLimited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _query_error(view: View, error: QueryError) -> Response:
    """What a list cannot do, with the way to the list without that part of the address."""
    pairs = list(request.args.items(multi=True))
    concerned = {key for key, value in pairs if _concerns(error.name, key, value)}
    if view.writing or not concerned:
        return refusal_page(view, error.status, text=str(error))
    kept = [(key, value) for key, value in pairs if key not in concerned and key != "cursor"]
    title = "" if concerned & {"sort", "cursor"} else _("This filter cannot be used")
    return refusal_page(view, error.status, title=title, text=str(error), without=with_query(request.path, kept))


def _concerns(name: str, key: str, value: str) -> bool:
    if not name:
        return False
    if key == "sort":
        return name in {word.strip().removeprefix("-") for word in value.split(",")} | {"sort"}
    return name in (key, split_name(key)[0]) or (key == "or" and name in value)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    response = refusal_page(current(), code)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected", id=request_id(), endpoint=request.endpoint, trace=_trace(error))
    return refusal_page(current(), 500)


def _trace(error: BaseException) -> str:
    """The stack as text: never with local variables, which may hold secrets."""
    return "".join(traceback.format_exception(error))


def _sign_in(view: View) -> Response:
    """Send a page to sign-in and back; tell a script that it has to."""
    address = sign_in_address(view)
    if view.fragment:
        response = Response(status=401)
        response.headers["HX-Redirect"] = address
        return response
    if view.writing or request.accept_mimetypes.best == "application/json":
        return refusal_page(view, 401)
    return view.redirect(address)


def sign_in_address(view: View) -> str:
    """Address of the sign-in page of this portal, leading back here."""
    back = request.full_path.rstrip("?") if not view.writing else ""
    return with_query(f"/auth/{view.audiences()[0]}/sign-in", {"next": back})


def _explainable(view: View) -> bool:
    """True for pages about a kind of records, of which one's own rules can be told."""
    parts = view.path.split("/")
    known = view.runtime.registry.by_slug(parts[2], parts[3]) if len(parts) > 3 and parts[1] == "employee" else None
    return known is not None


def refusal_page(view: View, status: int, *, title: Text = "", text: Text = "", without: str = "") -> Response:
    """The page (or, for htmx, the note) of one refusal; ``without`` leads to the list without what was refused."""
    default_title, default_text = _TITLES.get(status, _TITLES[500 if status >= 500 else 400])
    refusal: dict[str, Any] = {
        "status": status,
        "title": title or default_title,
        "text": text if title or text else default_text,
        "request_id": request_id() if status >= 500 else "",
        "without": without,
        "ask": status == 404 and view.signed_in,
        "rule": status in (403, 404) and view.signed_in and view.principal.internal and _explainable(view),
    }
    if status >= 500:
        # The frame reads the database, which may be what is broken: a page without it always works.
        return view.render("refusals/plain.html", status, refusal=refusal)
    template = "refusals/note.html" if view.fragment else "refusals/page.html"
    try:
        response = view.render(template, status, refusal=refusal)
        if view.fragment:  # a button that posts has no place of its own for what it is refused with
            response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#wf-dialog", "innerHTML"
        return response
    except Exception as error:
        _log.error("refusal_page", id=request_id(), trace=_trace(error))
        return view.render("refusals/plain.html", status, refusal=refusal)
