"""The one Alembic environment: runs for one owner (``core`` or a plugin) on a connection given by the caller.

Every owner has its own folder of versions and its own version table, so that removing a plugin's code leaves all
others upgradable. See :mod:`weft.core.db.migrate`.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Table

from weft.core.db.migrate import configure_options


class GeneratedColumnsImpl(SQLiteImpl):
    """SQLite of Alembic, mended: a rebuilt table must not be told the values of its generated columns."""

    __dialect__ = "sqlite"

    def prep_table_for_batch(self, batch_impl: Any, table: Table) -> None:
        """Leave generated columns out of the copy."""
        for column in table.columns:
            if column.computed is not None:
                batch_impl.column_transfers.get(column.name, {}).pop("expr", None)


_attributes = context.config.attributes
context.configure(connection=_attributes["connection"], **configure_options(_attributes["owner"]))
with context.begin_transaction():
    context.run_migrations()
