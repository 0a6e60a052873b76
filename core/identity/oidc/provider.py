"""Talking with a sign-in provider: what it says about itself, codes for tokens, and whether a token can be trusted.

Everything goes through the egress client; Authlib builds and checks, it never opens a connection.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from weft.core.config import Settings
from weft.core.config_oidc import OidcProvider
from weft.core.net.egress import EgressClient, EgressRefused
from weft.core.registry.runtime import Runtime

__all__ = ["Connection", "ProviderError", "Request", "connection_to"]

#: What a provider says about itself, and its keys, are asked for again after so many seconds ...
_FRESH = 3600.0
#: ... and keys at once when a token names an unknown one, but not more often than this.
_KEYS_AGAIN = 60.0
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_LEEWAY = 60
_LARGEST = 512 * 1024


class ProviderError(Exception):
    """A provider cannot be used: ``kind`` is ``unreachable``, ``refused`` (the code) or ``untrusted`` (the answer).

    The message is for the log; it never holds a code or token.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Request:
    """What binds an answer to the question: kept sealed in the browser's cookie."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class Connection:
    """One provider, as a process knows it; safe for threads.

    Args:
        provider: the operator's settings.
        redirect_uri: where answers come to, an address of this installation.
        client: the egress client.
    """

    def __init__(self, provider: OidcProvider, redirect_uri: str, client: EgressClient) -> None:
        self.provider = provider
        self.redirect_uri = redirect_uri
        self._client = client
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, Any] | None = None

    def address(self, request: Request, **more: str) -> str:
        """Where to send the browser: code flow with PKCE (S256), state and nonce.

        Raises:
            ProviderError: the provider cannot be reached or says something impossible about itself.
        """
        endpoint = self._endpoint("authorization_endpoint")
        url, _state = self._authlib().create_authorization_url(
            endpoint, state=request.state, code_verifier=request.verifier, nonce=request.nonce, **more
        )
        return str(url)

    def end_address(self, back: str) -> str:
        """Where to sign out of the provider too, empty when it has no such address."""
        endpoint = self.metadata().get("end_session_endpoint")
        if not isinstance(endpoint, str) or not self._sendable(endpoint):
            return ""
        joint = "&" if urlsplit(endpoint).query else "?"
        query = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
        return f"{endpoint}{joint}{urlencode(query)}"

    def claims(self, code: str, request: Request, *, now: float, max_age: bool = False) -> Mapping[str, Any]:
        """Change a code into an ID token and check it: signature, issuer, audience, times, nonce.

        Args:
            now: seconds since the epoch.
            max_age: the person was to sign in anew; the token must say when that was.

        Raises:
            ProviderError: the code is refused, or the answer cannot be trusted.
        """
        from authlib.oauth2 import OAuth2Error

        try:
            token = self._authlib().fetch_token(
                self._endpoint("token_endpoint"), grant_type="authorization_code", code=code,
                code_verifier=request.verifier, redirect_uri=self.redirect_uri,
            )  # fmt: skip
        except OAuth2Error as error:
            raise ProviderError("refused", f"token endpoint: {error.error}") from error
        except ValueError as error:
            raise ProviderError("refused", "token endpoint: the answer is not JSON") from error
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise ProviderError("untrusted", "the answer has no ID token")
        return self._checked(id_token, str(token.get("access_token") or ""), request.nonce, now, max_age)

    def metadata(self) -> dict[str, Any]:
        """What the provider says about itself (OpenID Connect Discovery); kept for an hour.

        Raises:
            ProviderError: it cannot be reached, or speaks of another issuer.
        """
        with self._lock:
            known = self._metadata
        if known is not None and time.monotonic() - known[0] < _FRESH:
            return known[1]
        found = self._json(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.provider.issuer:
            raise ProviderError("untrusted", "the provider names another issuer than the settings")
        with self._lock:
            self._metadata = (time.monotonic(), found)
        return found

    # ---- inside

    def _checked(self, id_token: str, access_token: str, nonce: str, now: float, max_age: bool) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            decoded = self._decode(jwt, id_token)
            options = {
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
                "nonce": {"essential": True, "value": nonce},
            }
            params = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": access_token}
            claims = CodeIDToken(decoded.claims, decoded.header, options, {**params, "max_age": max_age})
            claims.validate(now=int(now), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError("untrusted", f"ID token: {type(error).__name__} {error}") from error
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject or len(subject) > 255:
            raise ProviderError("untrusted", "ID token: no subject")
        if max_age and now - float(claims["auth_time"]) > 2 * _LEEWAY + 300:
            raise ProviderError("untrusted", "ID token: the person did not sign in anew")
        return dict(claims)

    def _decode(self, jwt: Any, id_token: str) -> Any:
        """Check the signature; an unknown key makes the keys be asked for once more (providers change them)."""
        from joserfc.errors import JoseError

        try:
            return jwt.decode(id_token, self._key_set(_FRESH), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            fresh = self._key_set(_KEYS_AGAIN)
            return jwt.decode(id_token, fresh, algorithms=_ALGORITHMS)

    def _key_set(self, oldest: float) -> Any:
        from joserfc.jwk import KeySet

        with self._lock:
            known = self._keys
        if known is not None and time.monotonic() - known[0] < oldest:
            return known[1]
        found = self._json(self._endpoint("jwks_uri"))
        # Secret keys have no place in a public list: with one, anybody could sign.
        public = [key for key in found.get("keys") or () if isinstance(key, dict) and key.get("kty") != "oct"]
        keys = KeySet.import_key_set({"keys": public})
        with self._lock:
            self._keys = (time.monotonic(), keys)
        return keys

    def _authlib(self) -> Any:
        from authlib.oauth2.client import OAuth2Client

        secret = self.provider.client_secret
        offered = self.metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "none" if not secret else "client_secret_basic"
        if secret and "client_secret_basic" not in offered and "client_secret_post" in offered:
            method = "client_secret_post"
        return OAuth2Client(
            _Session(self._client),
            client_id=self.provider.client_id,
            client_secret=secret or None,
            token_endpoint_auth_method=method,
            scope=" ".join(self.provider.scopes),
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )

    def _endpoint(self, name: str) -> str:
        found = self.metadata().get(name)
        if not isinstance(found, str) or not self._sendable(found):
            raise ProviderError("untrusted", f"the provider has no usable {name}")
        return found

    def _sendable(self, url: str) -> bool:
        """A browser is only sent to https, and to plain http where the provider itself is reached so."""
        return url.startswith("https://") or (
            url.startswith("http://") and urlsplit(url).netloc == urlsplit(self.provider.issuer).netloc
        )

    def _json(self, url: str) -> dict[str, Any]:
        try:
            answer = self._client.get(url, headers={"accept": "application/json"})
            found = json.loads(answer.body) if answer.status == 200 else None
        except (EgressRefused, OSError, ValueError, RecursionError) as error:
            raise ProviderError("unreachable", f"{url}: {error}") from error
        if not isinstance(found, dict):
            raise ProviderError("unreachable", f"{url}: answered {answer.status}, or no object")
        return found


class _Session:
    """What Authlib takes for a session of requests: one POST, through the egress client."""

    def __init__(self, client: EgressClient) -> None:
        self._client = client

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any, **_more: Any) -> _Answer:
        uri, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        try:
            answer = self._client.post(uri, body.encode(), headers=sent, follow=False)
        except (EgressRefused, OSError) as error:
            raise ProviderError("unreachable", f"{url}: {error}") from error
        return _Answer(answer.status, answer.body)


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    body: bytes = field(repr=False)

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise ProviderError("unreachable", f"token endpoint: answered {self.status_code}")


def connection_to(runtime: Runtime, provider: OidcProvider) -> Connection:
    """The connection of this process to a provider."""
    known: dict[str, Connection] = runtime.services.setdefault("oidc", {})
    found = known.get(provider.key)
    if found is None or found.provider != provider:
        settings: Settings = runtime.settings
        client = EgressClient(allow_loopback=settings.egress_loopback, max_bytes=_LARGEST, timeout=10.0)
        redirect = f"{settings.public_url}/auth/oidc/{provider.key}/callback"
        found = known[provider.key] = Connection(provider, redirect, client)
    return found
