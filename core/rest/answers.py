"""JSON answers: one prebuilt encoder, values of records written straight from their Python form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from weft.core.records.values import api_form

__all__ = ["Answer", "encode", "etag"]

_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=api_form
)


def encode(payload: Any) -> bytes:
    """JSON text of a payload; dates, amounts, references and people in the form of the API."""
    return _encoder.encode(payload).encode("utf-8", "backslashreplace")


def etag(version: int) -> str:
    """The entity tag of a record's version."""
    return f'"{version}"'


@dataclass(slots=True)
class Answer:
    """What a function of the interface returns.

    Attributes:
        body: JSON payload, None for an answer without one.
        text: prepared JSON text instead of a payload.
        status: HTTP status.
        headers: further headers.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: bytes | None = None

    def response(self) -> Response:
        """The Flask response."""
        text = self.text if self.body is None else encode(self.body)
        if text is None:
            return Response(status=self.status, headers=dict(self.headers))
        return Response(text, status=self.status, headers=dict(self.headers), content_type="application/json")
