"""One log line per request: who, which route, how long, how it ended. Never bodies, queries, cookies or tokens."""

from __future__ import annotations

import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from prometheus_client import CollectorRegistry, Counter, Histogram

__all__ = ["Meters", "configure_logs", "install_logs", "request_id"]

_log = structlog.get_logger("weft.web")
_QUIET = frozenset({"assets.dist", "health.healthz", "health.readyz", "health.metrics"})


class Meters:
    """Counters of one application; each has a registry of its own so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "weft_requests_total", "Answered requests", ["endpoint", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "weft_request_seconds", "Time to answer a request", ["endpoint"], registry=self.registry
        )


def request_id() -> str:
    """Id of the present request, also shown on error pages."""
    return str(getattr(g, "weft_request_id", "")) if has_request_context() else ""


def configure_logs() -> None:
    """Write log lines with plain tracebacks: the usual ones show local variables, tokens and passwords among them."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def install_logs(app: Flask, meters: Meters) -> None:
    """Give every request an id, a log line and a count."""
    configure_logs()

    @app.before_request
    def begin() -> None:
        g.weft_request_id = secrets.token_hex(8)
        g.weft_began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        seconds = time.perf_counter() - getattr(g, "weft_began", time.perf_counter())
        meters.requests.labels(endpoint, request.method, response.status_code).inc()
        meters.seconds.labels(endpoint).observe(seconds)
        response.headers["X-Request-ID"] = request_id()
        if endpoint not in _QUIET:
            _log.info(
                "request",
                id=request_id(),
                method=request.method,
                # The rule, not the path: a path may hold the secret of a one-time link.
                rule=request.url_rule.rule if request.url_rule else "",
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                user=_user(),
            )
        return response


def _user() -> Any:
    view = getattr(g, "weft_view", None)
    principal = getattr(view, "_principal", None)
    return getattr(principal, "user_id", None)
