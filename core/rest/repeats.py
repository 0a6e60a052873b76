"""Idempotency-Key: a POST repeated with the same key gets the first answer again and changes nothing.

The answer is kept in the transaction of the change, so that either both are there or neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Response, request
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from weft.core.errors import QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.rest.answers import Answer
from weft.core.rest.tables import idempotency_key

if TYPE_CHECKING:
    from weft.core.rest.calls import Call

__all__ = ["KEEP", "is_twin", "once"]

_ = translator("core")

#: How long an answer is kept.
KEEP = timedelta(days=1)
_MAX_KEY = 100
_KEPT_HEADERS = ("Location", "ETag")


def once(call: Call, key: str, function: Callable[[], Answer]) -> Response:
    """Answer from the store when this key was used before, else call the function and keep its answer.

    Raises:
        QueryError: the key is empty or too long (400).
        ValidationFailed: the key was used for another request (422).
    """
    if not key.strip() or len(key) > _MAX_KEY or not key.isprintable():
        raise QueryError(str(_("Send an Idempotency-Key of 1 to 100 characters.")), name="Idempotency-Key")
    k = idempotency_key.c
    own, records = request_hash(), call.records
    mine = (k.user_id == call.principal.user_id, k.key == key)
    found = records.connection.execute(select(k.request_hash, k.status, k.headers, k.body).where(*mine)).first()
    if found is not None:
        if found.request_hash != own:
            raise ValidationFailed.single("Idempotency-Key", "reused", _("This key was used for another request."))
        headers = {**found.headers, "Idempotent-Replay": "true"}
        return Response(found.body or "", found.status, headers, content_type="application/json")
    response = function().response()
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    statement = delete(idempotency_key).where(k.user_id == call.principal.user_id, k.created_at < records.now - KEEP)
    records.connection.execute(statement)
    records.connection.execute(
        insert(idempotency_key).values(
            user_id=call.principal.user_id,
            key=key,
            request_hash=own,
            status=response.status_code,
            headers=kept,
            body=response.get_data(as_text=True),
            created_at=records.now,
        )
    )
    return response


def request_hash() -> str:
    """What must be equal for a repetition: method, address and body."""
    text = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(text + request.get_data(cache=True)).hexdigest()


def is_twin(error: DBAPIError) -> bool:
    """True when another transaction stored the same key first."""
    return isinstance(error, IntegrityError) and "idempotency_key" in str(error.orig)
