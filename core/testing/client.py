"""A browser for tests: signed in as somebody, with the forgery token that pages carry."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from weft.core.identity import sessions, tokens, users
from weft.core.web import cookies

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from weft.core.registry.runtime import Runtime

__all__ = ["WeftClient", "api_headers", "sign_in"]

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class WeftClient(FlaskClient):
    """Flask's test client; writes carry origin and forgery token unless ``forged=True``."""

    def open(self, *args: Any, forged: bool = False, **kwargs: Any) -> TestResponse:
        """Send a request; ``forged=True`` leaves out what only pages of the same site can send."""
        method = str(kwargs.get("method", "GET")).upper()
        if method in _UNSAFE and not forged and args and isinstance(args[0], str):
            headers = dict(kwargs.pop("headers", None) or {})
            address = urlsplit(args[0])
            headers.setdefault("Origin", f"{address.scheme or 'http'}://{address.netloc or 'localhost'}")
            if not address.path.startswith("/api/"):
                headers.setdefault("X-CSRFToken", self._token())
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    def _token(self) -> str:
        """What flask-wtf puts into pages: a signed form of the secret in the browser's session."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.config["SECRET_KEY"]
        signed: str | bytes = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(secret)
        return signed if isinstance(signed, str) else signed.decode("ascii")


def sign_in(app: Flask, runtime: Runtime, user_id: int) -> WeftClient:
    """A client with an open session of the user, as after signing in."""
    client = app.test_client()
    with runtime.db.write() as connection:
        audience = users.find(connection, user_id).audience
        opened = sessions.create(connection, user_id, audience, now=runtime.clock())
    client.set_cookie(cookies.session_cookie(runtime.settings, audience), opened.token)
    assert isinstance(client, WeftClient)
    return client


def api_headers(runtime: Runtime, user_id: int, **wishes: Any) -> dict[str, str]:
    """Headers of a program that calls the REST interface with a token of the user."""
    with runtime.db.write() as connection:
        issued = tokens.issue(connection, user_id, name="test", now=runtime.clock(), **wishes)
    return {"Authorization": f"Bearer {issued.secret}", "Accept": "application/json"}
