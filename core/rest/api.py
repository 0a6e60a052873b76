"""The blueprint ``/api/v1``: every address of the interface with its policy, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from weft.core.registry.runtime import Runtime
from weft.core.rest import description, entities, graph, home
from weft.core.rest.answers import Answer
from weft.core.rest.calls import run
from weft.core.rest.limits import Limits
from weft.core.rest.problems import problem_of
from weft.core.web.routing import route

__all__ = ["ROUTES", "blueprint"]

_ENTITY = "/<plugin>/<slug>"
_METHODS = ("GET", "POST", "PATCH", "DELETE")
_RECORD = f"{_ENTITY}/<int:record_id>"

#: Method, address, policy, function. The record functions decide row by row; here it is said who may knock.
ROUTES: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("GET", "/openapi.json", "signed_in", description.openapi),
    ("GET", "/me", "signed_in", home.me),
    ("GET", "/search", "record", home.search),
    ("GET", "/path", "record", graph.path),
    ("GET", "/explain", "record", graph.explain),
    ("GET", "/records/<int:record_id>", "record", graph.find),
    ("GET", "/records/<int:record_id>/relations", "record", graph.relations),
    ("GET", "/records/<int:record_id>/history", "record", graph.history),
    ("GET", "/records/<int:record_id>/graph", "record", graph.graph),
    ("POST", "/relations", "record", graph.add_relation),
    ("DELETE", "/relations", "record", graph.remove_relation),
    ("POST", "/changes/<int:change_id>/undo", "record", graph.undo),
    ("GET", _ENTITY, "record", entities.list_records),
    ("POST", _ENTITY, "record", entities.create),
    ("POST", f"{_ENTITY}/bulk", "record", entities.bulk),
    ("GET", f"{_ENTITY}/aggregate", "record", entities.aggregate),
    ("GET", _RECORD, "record", entities.read),
    ("PATCH", _RECORD, "record", entities.update),
    ("DELETE", _RECORD, "record", entities.remove),
    ("POST", f"{_RECORD}/merge", "record", entities.merge),
    ("POST", f"{_RECORD}/actions/<action>", "record", entities.run_action),
)


def blueprint(runtime: Runtime) -> Blueprint:
    """Make the blueprint of the interface for one installation."""
    found = Blueprint("api", __name__, url_prefix="/api/v1")
    limits = Limits(runtime.settings.redis_url)
    for method, rule, policy, function in ROUTES:
        name = f"{function.__name__}_{method.lower()}"
        route(found, rule, policy=policy, methods=(method,), endpoint=name, door="rest")(
            _view(runtime, limits, function)
        )
    found.register_error_handler(Exception, problem_of)
    found.register_error_handler(HTTPException, problem_of)
    found.before_app_request(_unknown_address)
    return found


def _unknown_address() -> Response | None:
    """An address below ``/api/`` that no route has (or not with this method) is refused here, not with a page.

    Addresses of pages are wide (``/<portal>/<plugin>/...``) and would take it, or lead to it with a slash at its end.
    """
    if request.blueprint == "api" or not f"{request.path}/".startswith("/api/"):
        return None
    allowed = [method for method in _METHODS if _is_ours(method)]
    return problem_of(MethodNotAllowed(valid_methods=allowed) if allowed else NotFound())


def _is_ours(method: str) -> bool:
    adapter = request_ctx.url_adapter
    try:
        endpoint = adapter.match(method=method)[0] if adapter is not None else ""
    except HTTPException:
        return False
    return str(endpoint).startswith("api.")


def _view(runtime: Runtime, limits: Limits, function: Callable[..., Answer]) -> Callable[..., Response]:
    def view(**parts: Any) -> Response:
        return run(runtime, limits, function, parts)

    return view
