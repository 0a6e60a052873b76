"""A small but real OpenID provider for tests: a process of its own on loopback, built on Authlib and joserfc.

Run as ``python oidc_provider.py <client id> <client secret> <redirect uri>``; prints its issuer. ``POST /next`` with
JSON says who signs in next and what shall be wrong with the answer: claims, signature, algorithm, state ...
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET, REDIRECT = sys.argv[1:4]
KEY, STRANGER = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("good", "good"))
state: dict[str, Any] = {"next": {}, "codes": {}, "requests": []}


class Provider(BaseHTTPRequestHandler):
    """Discovery, keys, authorization and token endpoints."""

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]

    def send(self, status: int, body: Any = None, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        data = json.dumps(body).encode() if body is not None else b""
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys",
                     "end_session_endpoint": "logout"}  # fmt: skip
            found = {name: f"{self.issuer}/{word}" for name, word in names.items()}
            self.send(200, {**found, "issuer": state["next"].get("discovery_issuer", self.issuer)})
        elif path == "/keys":
            self.send(200, KeySet([KEY]).as_dict(private=False))
        elif path == "/requests":
            self.send(200, state["requests"])
        elif path == "/authorize":
            self.authorize(query)
        else:
            self.send(404)

    def authorize(self, query: dict[str, str]) -> None:
        state["requests"].append(query)
        wanted = state["next"]
        if (query.get("client_id"), query.get("redirect_uri"), query.get("response_type")) != (
            CLIENT,
            REDIRECT,
            "code",
        ):
            return self.send(400, {"error": "invalid_request"})
        if query.get("code_challenge_method") != "S256" or not query.get("nonce") or not query.get("state"):
            return self.send(400, {"error": "invalid_request"})
        answer = {"state": wanted.get("state", query["state"])}
        if wanted.get("error"):
            answer["error"] = wanted["error"]
        else:
            answer["code"] = secrets.token_urlsafe(16)
            state["codes"][answer["code"]] = (query, wanted)
        return self.send(302, location=f"{REDIRECT}?{urlencode(answer)}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/next":
            state["next"] = json.loads(body)
            return self.send(204)
        if self.path != "/token":
            return self.send(404)
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {basic}":
            return self.send(401, {"error": "invalid_client"})
        # A code is good once.
        query, wanted = state["codes"].pop(form.get("code", ""), (None, {}))
        if query is None or create_s256_code_challenge(form.get("code_verifier", "")) != query["code_challenge"]:
            return self.send(400, {"error": "invalid_grant"})
        return self.send(200, {"access_token": "a" * 20, "token_type": "Bearer", "id_token": self.token(query, wanted)})

    def token(self, query: dict[str, str], wanted: dict[str, Any]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": query["nonce"],
            "auth_time": now, **wanted.get("claims", {}),
        }  # fmt: skip
        for name in wanted.get("without", ()):
            claims.pop(name, None)
        algorithm = wanted.get("alg", "RS256")
        if algorithm == "none":
            parts = [{"alg": "none"}, claims]
            coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
            return ".".join(coded) + "."
        key = STRANGER if wanted.get("stranger") else KEY
        return jwt.encode({"alg": algorithm, "kid": "good"}, claims, key)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
