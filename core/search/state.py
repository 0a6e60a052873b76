"""Which index belongs to the database: a random name kept in both, so that an index of other days or places is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from weft.core.db.tables import installation

__all__ = ["read", "write"]

_KEY = "search.index"


def read(connection: Connection) -> Mapping[str, Any]:
    """``{token, fingerprint}`` of the index that was last built; empty before the first."""
    found = connection.execute(select(installation.c.value).where(installation.c.key == _KEY)).scalar_one_or_none()
    return found if isinstance(found, Mapping) else {}


def write(connection: Connection, **values: str) -> None:
    """Note more about the index; the other values stay."""
    known = {**read(connection), **values}
    connection.execute(delete(installation).where(installation.c.key == _KEY))
    connection.execute(insert(installation).values(key=_KEY, value=known))
