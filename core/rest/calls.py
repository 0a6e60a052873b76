"""One call of the interface: who calls, within which limits, in which unit of work, and what comes back.

Bearer tokens only, never a cookie. A reading call uses one connection for the token and the answer; a writing call
checks the token before it takes the write lock, so that strangers cannot hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from json import JSONDecoder
from typing import Any

from flask import Response, request
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from weft.core.access.policy import AccessPolicy
from weft.core.errors import Denied, NotFound, NotSignedIn
from weft.core.i18n import translator
from weft.core.identity import principals, tokens
from weft.core.identity.principal import Principal
from weft.core.records import unit
from weft.core.records.facade import Records
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime
from weft.core.rest import repeats
from weft.core.rest.answers import Answer
from weft.core.rest.limits import Limits
from weft.core.web.request import current
from weft.core.web.security import json_depth

__all__ = ["Call", "run"]

_ = translator("core")

_SAFE = frozenset({"GET", "HEAD"})
_MAX_BODY = 256 * 1024
_MAX_DEPTH = 20
_MAX_ID = 2**53
#: A write that lost against another one (serialisation, deadlock) is tried this often.
_TRIES = 3
_RETRY_STATES = frozenset({"40001", "40P01"})

Function = Callable[..., Answer]


@dataclass(slots=True)
class Call:
    """What a function of the interface works with.

    Attributes:
        runtime: the installation.
        principal: who calls.
        records: the unit of work, writable on unsafe methods.
    """

    runtime: Runtime
    principal: Principal
    records: Records

    def entity(self, plugin: str, slug: str) -> EntityType:
        """The entity of an address.

        Raises:
            NotFound: none is installed there, or the caller may read nothing of it: both the same.
        """
        found = self.runtime.registry.by_slug(plugin, slug)
        if found is None or not AccessPolicy.of(self.runtime).access(self.principal, found.key).names:
            raise NotFound(f"{plugin}/{slug}")
        return found

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        return json_body()


def json_body() -> dict[str, Any]:
    """Read the body as a JSON object; size and depth are checked before it is parsed.

    Raises:
        UnsupportedMediaType: it is not ``application/json`` (415).
        RequestEntityTooLarge: more than 256 kB (413).
        BadRequest: no JSON object, or nested too deeply (400).
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    if (request.content_length or 0) > _MAX_BODY:
        raise RequestEntityTooLarge
    data = request.get_data(cache=True)
    if len(data) > _MAX_BODY:
        raise RequestEntityTooLarge
    if json_depth(data) > _MAX_DEPTH:
        raise BadRequest
    try:
        found = _decoder.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if not isinstance(found, dict):
        raise BadRequest
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


_decoder = JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)


def run(runtime: Runtime, limits: Limits, function: Function, parts: Mapping[str, Any]) -> Response:
    """Authenticate, open the unit of work, call the function, answer."""
    secret, now = _bearer(limits), runtime.clock()
    with runtime.db.read() as connection:
        check = _check(limits, connection, secret, now)
        principal = _principal(runtime, connection, check)
        if any(isinstance(part, int) and part >= _MAX_ID for part in parts.values()):
            raise NotFound("no id is as large")
        if request.method in _SAFE:
            with unit.reading(runtime, principal, "rest", connection=connection) as records:
                response = function(Call(runtime, principal, records), **parts).response()
    if tokens.used(check, now):
        with runtime.db.write() as connection:
            tokens.note_use(connection, check.id, now=now)
    if request.method in _SAFE:
        return response
    if principal.read_only or not _may_write(principal.scopes):
        raise Denied(str(_("This token may only read.")))
    return _write(runtime, principal, function, parts)


def _may_write(scopes: frozenset[str] | None) -> bool:
    """Whether a token may write at all; which entities is decided with the grants."""
    return scopes is None or any(scope.partition(":")[0] in ("write", "*") for scope in scopes)


def _write(runtime: Runtime, principal: Principal, function: Function, parts: Mapping[str, Any]) -> Response:
    """Run a writing function in one transaction; a collision between writers is tried again."""
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    for attempt in range(1, _TRIES + 1):
        try:
            with unit.writing(runtime, principal, "rest") as records:
                call = Call(runtime, principal, records)
                if key is None:
                    return function(call, **parts).response()
                return repeats.once(call, key, lambda call=call: function(call, **parts))  # type: ignore[misc]
        except DBAPIError as error:
            if attempt == _TRIES or not _collision(error, key):
                raise
    raise AssertionError("unreachable")


def _collision(error: DBAPIError, key: str | None) -> bool:
    """A lost race: serialisation failure, deadlock, or the same Idempotency-Key stored by a twin."""
    if key is not None and repeats.is_twin(error):
        return True
    return getattr(error.orig, "sqlstate", None) in _RETRY_STATES


def _bearer(limits: Limits) -> str:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn
    limits.check_address(request.remote_addr or "")
    return secret.strip()


def _check(limits: Limits, connection: Connection, secret: str, now: datetime) -> tokens.TokenCheck:
    found = tokens.find_by_token(connection, secret, now=now)
    if found is None:
        limits.failed(request.remote_addr or "")
        raise NotSignedIn
    limits.hit(found.id)
    return found


def _principal(runtime: Runtime, connection: Connection, check: tokens.TokenCheck) -> Principal:
    principal = principals.load(
        connection, runtime, check.user_id, check.audience, version=check.version, rules=check.rules, kind="token",
        scopes=check.scopes,
    )  # fmt: skip
    current().become(principal)  # language of the answer, and who it was for the log
    return principal
