"""What people set for their own screens: sidebar, columns of lists, home layouts. Small JSON values by key."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from weft.core.errors import TooLarge
from weft.core.identity.tables import user_preference

__all__ = ["get", "get_all", "put"]

_LARGEST = 16_384


def get(conn: Connection, user_id: int, key: str, default: Any = None) -> Any:
    """One preference."""
    p = user_preference.c
    found = conn.execute(select(p.value).where(p.user_id == user_id, p.key == key)).scalar_one_or_none()
    return default if found is None else found


def get_all(conn: Connection, user_id: int, prefix: str = "") -> dict[str, Any]:
    """All preferences of a user whose key begins with ``prefix``, in one statement."""
    p = user_preference.c
    statement = select(p.key, p.value).where(p.user_id == user_id)
    if prefix:
        statement = statement.where(p.key.startswith(prefix, autoescape=True))
    return {row.key: row.value for row in conn.execute(statement)}


def put(conn: Connection, user_id: int, key: str, value: Any) -> None:
    """Keep a preference; None removes it.

    Raises:
        TooLarge: the value has more than 16 kB as JSON.
    """
    p = user_preference.c
    mine = (p.user_id == user_id, p.key == key)
    if value is None:
        conn.execute(delete(user_preference).where(*mine))
        return
    if len(json.dumps(value)) > _LARGEST:
        raise TooLarge("a preference has at most 16 kB")
    if not conn.execute(update(user_preference).where(*mine).values(value=value)).rowcount:
        conn.execute(insert(user_preference).values(user_id=user_id, key=key, value=value))
