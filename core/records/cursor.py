"""Cursors of keyset pages: opaque, signed, and good only for the query they came from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.filters import Bound
from weft.core.registry.runtime import Runtime

__all__ = ["Position", "open_cursor", "seal"]

_ = translator("core")

_SEAL = 12

#: (phase, term values) of the last row of a page.
Position = tuple[str, list[Any]]


def seal(runtime: Runtime, scope: tuple[Any, ...], position: Position) -> str:
    """Write a cursor.

    Args:
        runtime: for the secret key.
        scope: what the cursor is good for (entity, order, filters with values, search, trash).
        position: where the page ended.
    """
    body = json.dumps([position[0], [_write(value) for value in position[1]]], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(runtime, scope, body) + body).decode().rstrip("=")


def open_cursor(runtime: Runtime, scope: tuple[Any, ...], text: str) -> Position:
    """Read a cursor.

    Raises:
        QueryError: it was changed, or belongs to another query.
    """
    refused = QueryError(_("This cursor does not belong to this list."), name="cursor")
    if len(text) > 4000:
        raise refused
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise refused from error
    body = raw[_SEAL:]
    if not hmac.compare_digest(raw[:_SEAL], _sign(runtime, scope, body)):
        raise refused
    phase, values = json.loads(body)
    return str(phase), [_read(value) for value in values]


def scope_of(entity: str, order: str, bound: Bound, dialect: str, search: str | None, trash: bool) -> tuple[Any, ...]:
    """What ties a cursor to its query."""
    values = sorted((name, repr(value)) for name, value in bound.values(dialect).items())
    return (entity, order, repr(bound.key), values, search or "", trash)


def _sign(runtime: Runtime, scope: tuple[Any, ...], body: bytes) -> bytes:
    message = repr(scope).encode() + b"\0" + body
    key = hashlib.sha256(b"weft cursor\0" + runtime.settings.secret_key.encode()).digest()
    return hmac.new(key, message, hashlib.sha256).digest()[:_SEAL]


def _write(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    if "d" in value:
        return date.fromisoformat(value["d"])
    return Decimal(value["n"])
