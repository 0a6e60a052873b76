"""Pages that plugins declare with ``weft_routes``: mounted at ``/<portal>/<plugin>/...`` with their policy, public
ones without a portal at ``/<plugin>/...``, where everybody is nobody.

Also the static files a plugin brings, and the check that no plugin takes a word of the platform.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from weft.core.errors import DeclarationError
from weft.core.identity.principal import ANONYMOUS
from weft.core.portal.addresses import FILLED_WORDS, RESERVED_WORDS
from weft.core.registry.declarations import HttpRoute
from weft.core.registry.runtime import Runtime
from weft.core.web.request import current
from weft.core.web.routing import route

__all__ = ["mount_plugins"]

_HOUR = 3600


def mount_plugins(app: Flask, runtime: Runtime) -> None:
    """Register the routes and static files of all active plugins.

    Raises:
        DeclarationError: a plugin's key is an address of the platform, or a policy cannot be read.
    """
    for key, plugin in runtime.plugins.active.items():
        if key in RESERVED_WORDS:
            problem = f"{key!r} is the address of a page of the platform."
            raise DeclarationError(key, key, problem, "choose another key.")
        blueprint = Blueprint(f"static_{key}", __name__)
        _mount_static(blueprint, key, plugin.package_name())
        app.register_blueprint(blueprint)
    for declared in runtime.registry.routes.values():
        _mount(app, declared)


def _mount(app: Flask, declared: HttpRoute) -> None:
    plugin = declared.endpoint.partition(".")[0]
    blueprint = Blueprint(declared.endpoint.replace(".", "_"), __name__)
    public = not declared.portal
    if declared.page and declared.page not in FILLED_WORDS:
        problem, remedy = f"{declared.page!r} is no page to fill.", f"choose from {', '.join(FILLED_WORDS)}."
        raise DeclarationError(plugin, declared.endpoint, problem, remedy)
    rule = f"{'' if public else f'/{declared.portal}'}/{declared.page or plugin}/{declared.rule.lstrip('/')}"
    if public and declared.policy != "public":
        problem, remedy = "is outside all portals, where nobody is signed in.", 'give policy="public" or a portal.'
        raise DeclarationError(plugin, declared.endpoint, problem, remedy)
    try:
        register = route(blueprint, rule, policy=declared.policy, methods=declared.methods, endpoint="view",
                         upload=declared.upload)  # fmt: skip
    except ValueError as error:
        remedy = "use public, signed_in, portal:<audience>, role:<key> or grant:<operation>:<entity>."
        raise DeclarationError(plugin, declared.endpoint, f"{error}.", remedy) from error
    register(_with_view(declared.view, public=public))
    if public:
        # Nobody's rights are used there, and inside a frame of another site no cookie arrives to compare with.
        app.extensions["csrf"].exempt(blueprint)
    app.register_blueprint(blueprint)


def _with_view(function: Callable[..., Any], *, public: bool) -> Callable[..., Any]:
    def run(**parts: Any) -> Any:
        view = current()
        if public:
            view.become(ANONYMOUS)
        return function(view, **parts)

    run.__name__ = getattr(function, "__name__", "view")
    return run


def _mount_static(blueprint: Blueprint, key: str, package: str) -> None:
    folder = resources.files(package) / "static" / "dist"

    @route(blueprint, f"/static/{key}/<path:name>", policy="public", door="probe", endpoint="file")
    def static_file(name: str) -> Response:
        if not folder.is_dir():
            raise NotFound
        return send_from_directory(str(folder), name, max_age=_HOUR)
