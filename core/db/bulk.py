"""Insert many rows into a table with triggers.

SQLite keeps a journal of its own for every statement that fires triggers; a statement with many rows pays for it once,
which doubles the speed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

__all__ = ["insert_rows"]

_ROWS = 50
#: SQLite takes 32,766 values in one statement.
_VALUES = 30_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as column name -> Python value; columns a row does not name get the server's default.

    Args:
        connection: in a write transaction.
        table: a table without defaults that Python computes.
        rows: any number; they may name different columns.
    """
    if connection.dialect.name != "sqlite" or len(rows) < 2:
        for group in _by_columns(rows).values():
            connection.execute(insert(table), group)
        return
    dialect = connection.dialect
    preparer = dialect.identifier_preparer
    for names, group in _by_columns(rows).items():
        size = max(1, min(_ROWS, _VALUES // len(names)))
        columns = [table.c[name] for name in names]
        processors = [
            column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns
        ]
        head = f"INSERT INTO {preparer.format_table(table)} ({', '.join(map(preparer.format_column, columns))}) VALUES "
        one = f"({', '.join('?' * len(names))})"
        for start in range(0, len(group), size):
            part = group[start : start + size]
            values = tuple(
                row[name] if process is None else process(row[name])
                for row in part
                for name, process in zip(names, processors, strict=True)
            )
            connection.exec_driver_sql(head + ", ".join([one] * len(part)), values)


def _by_columns(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[tuple(row)].append(dict(row))
    return groups
