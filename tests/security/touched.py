"""Which tables were written since the last look, told by triggers: reading all of them takes ever longer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, text

from weft.core.db.tables import core_metadata
from weft.core.registry.runtime import Runtime

__all__ = ["Touched"]

_LOG = "matrix_touched"
#: When somebody was last seen is noted by every call.
_EVERY_CALL = "last_seen_at"


class Touched:
    """Watches all tables of an installation on SQLite, and the stored files.

    Args:
        runtime: the installation; triggers are added to its tables.
        but: tables that note calls.
    """

    def __init__(self, runtime: Runtime, but: frozenset[str]) -> None:
        self.runtime = runtime
        with runtime.db.write() as connection:
            connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {_LOG} (name TEXT)")
            for table in self._tables():
                if table.name not in but:
                    for statement in _triggers(table):
                        connection.exec_driver_sql(statement)
        self._watch = runtime.db.engine.connect()
        self._version, self._files = -1, ""
        self.since()

    def since(self) -> list[str]:
        """Names of what was written since the last call, ``stored files`` among them."""
        if self._data_version() == self._version:
            return []
        with self.runtime.db.write() as connection:
            rows = connection.exec_driver_sql(f"DELETE FROM {_LOG} RETURNING name").all()
        found = {name for (name,) in rows}
        blobs = self.runtime.settings.home / "files"
        files = " ".join(sorted(str(one) for one in blobs.rglob("*"))) if blobs.exists() else ""
        if files != self._files:
            found.add("stored files")
        self._files, self._version = files, self._data_version()
        return sorted(found)

    def close(self) -> None:
        """Give the watching connection back."""
        self._watch.close()

    def _data_version(self) -> int:
        """A number that changes with every transaction that others commit."""
        with self._watch.begin():
            return int(self._watch.scalar(text("PRAGMA data_version")) or 0)

    def _tables(self) -> list[Table]:
        found = {table.name: table for table in core_metadata.sorted_tables}
        for entity in self.runtime.registry.entities.values():
            found.update({table.name: table for table in entity.table.metadata.sorted_tables})
        return [found[name] for name in sorted(found)]


def _triggers(table: Table) -> Iterator[str]:
    """Statements that let a table tell of its writes; an update only where it changes something."""
    note = f"BEGIN INSERT INTO {_LOG} (name) VALUES ('{table.name}'); END"
    columns = [column.name for column in table.columns if column.name != _EVERY_CALL]
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns)
    for event, when in (("INSERT", ""), ("DELETE", ""), ("UPDATE", f"WHEN {changed}")):
        trigger = f'CREATE TRIGGER "{_LOG}_{table.name}_{event.lower()}" AFTER {event} ON "{table.name}" {when}'
        yield f"{trigger} {note}"
