"""``/healthz`` (the process lives), ``/readyz`` (the database answers), ``/metrics`` (loopback or token)."""

from __future__ import annotations

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

from weft.core.db.tables import installation
from weft.core.registry.runtime import Runtime
from weft.core.web.logs import Meters
from weft.core.web.routing import route

__all__ = ["health_blueprint"]

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def health_blueprint(runtime: Runtime, meters: Meters) -> Blueprint:
    """The three routes for operators and their machines."""
    blueprint = Blueprint("health", __name__)

    @route(blueprint, "/healthz", policy="public", door="probe")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @route(blueprint, "/readyz", policy="public", door="probe")
    def readyz() -> Response:
        try:
            with runtime.db.read() as connection:
                connection.execute(select(installation.c.key).limit(1)).first()
        except SQLAlchemyError:
            return Response("database unavailable\n", 503, mimetype="text/plain", headers={"Retry-After": "5"})
        return Response("ready\n", mimetype="text/plain")

    @route(blueprint, "/metrics", policy="public", door="probe")
    def metrics() -> Response:
        # Behind a proxy on the same machine every visitor comes from loopback: a forwarded request is none of ours.
        forwarded = any(request.headers.get(name) for name in _FORWARDED)
        if request.remote_addr not in _LOOPBACK or forwarded:
            raise NotFound
        return Response(generate_latest(meters.registry), mimetype=CONTENT_TYPE_LATEST)

    return blueprint
