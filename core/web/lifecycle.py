"""What happens before and after every request: its language, its view, its cookies, the end of what it left open."""

from __future__ import annotations

from flask import Flask, Response, g

from weft.core.i18n import set_locale
from weft.core.web import cookies, toasts
from weft.core.web.request import current

__all__ = ["install_views"]


def install_views(app: Flask) -> None:
    """Give every request a fresh language and end what a broken request left open."""

    @app.before_request
    def begin() -> None:
        set_locale("en")
        current()

    @app.after_request
    def finish(response: Response) -> Response:
        view = current()
        if view._new_token and view.signed_in:
            cookies.set_session_cookie(response, view.runtime.settings, view.principal.audience, view._new_token)
        if view._remember_theme:
            cookies.set_preference(response, view.runtime.settings, "theme", view._remember_theme)
        return toasts.deliver(response, view.scripted)

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        view = g.pop("weft_view", None)
        if view is not None:
            view.close(error or RuntimeError("the request ended early"))
