"""The closure of acyclic relation types: triggers keep it (see :mod:`weft.core.db.trigger_sql`), this rebuilds it.

A row says that ``descendant_id`` reaches ``ancestor_id`` by following edges from source to target. Records that stand
on no edge of a type have no row, not even the one of depth 0.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete

from weft.core.db.tables import relation_closure
from weft.core.db.trigger_sql import closure_rows

__all__ = ["drift", "rebuild"]

_COLUMNS = "type_id, ancestor_id, descendant_id, depth"


def _wanted(type_id: int) -> str:
    """A query giving every row the closure of a type must have."""
    number = str(int(type_id))
    ends = (
        f"SELECT r.source_id AS id FROM relation r WHERE r.type_id = {number} "
        f"UNION SELECT r.target_id FROM relation r WHERE r.type_id = {number}"
    )
    return f"SELECT {number} AS type_id, f.node, f.start, f.depth FROM ({closure_rows(number, ends)}) f"


def rebuild(connection: Connection, type_ids: tuple[int, ...]) -> None:
    """Make the closure of these types anew and drop the rows of all other types.

    Args:
        connection: in a write transaction.
        type_ids: ids of the relation types that grants follow with ``tree(...)``.
    """
    connection.execute(delete(relation_closure))
    for type_id in type_ids:
        connection.exec_driver_sql(f"INSERT INTO relation_closure ({_COLUMNS}) {_wanted(type_id)}")


def drift(connection: Connection, type_ids: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Rows that are missing, wrong or too many: (type id, ancestor, descendant), at most 1,000 per type.

    Rows of depth 0 that outlived their last edge do no harm and are not reported.
    """
    found: list[tuple[int, int, int]] = []
    for type_id in type_ids:
        present = f"SELECT {_COLUMNS} FROM relation_closure WHERE type_id = {int(type_id)}"
        wanted = _wanted(type_id)
        for one, other in ((wanted, present), (f"{present} AND depth > 0", wanted)):
            rows = connection.exec_driver_sql(f"SELECT * FROM ({one} EXCEPT {other}) d LIMIT 1000")
            found.extend((row[0], row[1], row[2]) for row in rows)
    return found
