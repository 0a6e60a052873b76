"""The application factory: one Flask application for one runtime."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.middleware.proxy_fix import ProxyFix

from weft.core.registry.runtime import Runtime
from weft.core.web import quotas
from weft.core.web.assets import assets_blueprint, core_assets
from weft.core.web.blueprints import core_blueprints
from weft.core.web.context import install_context
from weft.core.web.health import health_blueprint
from weft.core.web.lifecycle import install_views
from weft.core.web.logs import Meters, install_logs
from weft.core.web.mounts import mount_plugins
from weft.core.web.refusals import install_refusals, refusal_page
from weft.core.web.request import current
from weft.core.web.routing import check_routes
from weft.core.web.security import install_security
from weft.core.web.templating import install_templates

__all__ = ["create_app"]


def create_app(runtime: Runtime, *, testing: bool = False) -> Flask:
    """Make the application.

    Args:
        runtime: of :func:`weft.core.ops.boot.boot`.
        testing: undefined names in templates are errors, errors are raised.

    Raises:
        DeclarationError: a route has no policy.
    """
    settings = runtime.settings
    app = Flask("weft.core.web", instance_path=str(settings.home), static_folder=None, template_folder=None)
    app.testing = testing
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="weft_page" if settings.loopback else "__Host-weft-page",
        SESSION_COOKIE_SECURE=not settings.loopback,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        PREFERRED_URL_SCHEME="http" if settings.loopback else "https",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked in weft.core.web.security
        WTF_CSRF_HEADERS=["X-CSRFToken"],
    )
    app.extensions["weft"] = runtime
    quotas.install(app, settings)
    if settings.proxy_hops:
        # Only as many proxies as the operator named are believed, not what a visitor sent before them.
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    assets, meters = core_assets(), Meters()
    install_logs(app, meters)
    install_views(app)
    install_security(app, settings)
    protect = CSRFProtect(app)
    install_templates(app, runtime, assets, lambda: current().formats, lambda: current().only_looks)
    install_context(app)
    install_refusals(app)
    app.register_error_handler(CSRFError, lambda error: refusal_page(current(), Forbidden.code))
    app.register_blueprint(assets_blueprint(assets))
    app.register_blueprint(health_blueprint(runtime, meters))
    _register_sign_in(app, runtime)
    _register_rest(app, runtime, protect)
    for blueprint in core_blueprints(runtime):
        app.register_blueprint(blueprint)
    mount_plugins(app, runtime)
    check_routes(app)
    return app


def _register_sign_in(app: Flask, runtime: Runtime) -> None:
    """The pages of ``/auth/``, owned by :mod:`weft.core.web.auth`."""
    module = import_module("weft.core.web.auth.pages")
    app.register_blueprint(module.blueprint(runtime))


def _register_rest(app: Flask, runtime: Runtime, protect: CSRFProtect) -> None:
    """The REST interface; bearer tokens are never sent by a browser on its own, so forged posts cannot reach it."""
    blueprint = import_module("weft.core.rest.api").blueprint(runtime)
    protect.exempt(blueprint)
    app.register_blueprint(blueprint)
