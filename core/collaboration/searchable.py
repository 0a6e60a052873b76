"""What people say about records, for the search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from weft.core.collaboration.tables import comment

__all__ = ["texts"]


def texts(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, bool, str]]:
    """Comments of records: (record id, whether outsiders may read it too, text); removed ones are left out."""
    statement = select(comment.c.record_id, comment.c.audience, comment.c.text).where(
        comment.c.record_id.in_(ids), comment.c.removed_at.is_(None)
    )
    for row in connection.execute(statement.order_by(comment.c.id)):
        yield row.record_id, row.audience == "shared", row.text
