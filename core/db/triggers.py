"""Life cycle of the generated triggers: dropped before migrations, made anew after them, their hash stored.

Migrations never contain them. A batch ALTER on SQLite drops the triggers of its table without a word, so the
application compares the stored hash at start and ``weft doctor`` compares what really stands in the database.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, text

from weft.core.db.mirror import mirror_of
from weft.core.db.tables import installation
from weft.core.db.trigger_sql import Trigger, postgresql_triggers, sqlite_triggers

if TYPE_CHECKING:
    from weft.core.registry.model import Registry

__all__ = ["HASH_KEY", "drop", "expected", "expected_hash", "install", "present", "store_hash", "stored_hash"]

#: Row of ``installation`` with the hash of the installed triggers.
HASH_KEY = "trigger_hash"


def expected(registry: Registry, dialect: str) -> list[Trigger]:
    """The triggers a database of this dialect must have, for a registry with bound ids."""
    make = postgresql_triggers if dialect == "postgresql" else sqlite_triggers
    return list(make(mirror_of(registry)))


def expected_hash(registry: Registry) -> str:
    """Hash over the triggers of both dialects; changes with any declaration or generator that matters to them."""
    digest = hashlib.sha256()
    for dialect in ("sqlite", "postgresql"):
        for trigger in expected(registry, dialect):
            digest.update("\0".join(trigger.create).encode())
    return digest.hexdigest()


def stored_hash(connection: Connection) -> str | None:
    """Hash of the triggers that were installed last, None when they were never installed or are being rebuilt."""
    return connection.execute(select(installation.c.value).where(installation.c.key == HASH_KEY)).scalar_one_or_none()


def store_hash(connection: Connection, value: str | None) -> None:
    """Remember the hash of the installed triggers; None marks the storage as not ready."""
    connection.execute(delete(installation).where(installation.c.key == HASH_KEY))
    if value is not None:
        connection.execute(insert(installation).values(key=HASH_KEY, value=value))


def install(connection: Connection, registry: Registry) -> None:
    """Drop what is there, make every trigger of the registry and store the hash (one write transaction)."""
    drop(connection)
    for trigger in expected(registry, connection.dialect.name):
        for statement in trigger.create:
            connection.exec_driver_sql(statement)
    store_hash(connection, expected_hash(registry))


def drop(connection: Connection) -> None:
    """Remove all generated triggers, also those of plugins that are gone."""
    if connection.dialect.name == "postgresql":
        names = connection.execute(_POSTGRESQL_TRIGGERS).all()
        for row in names:
            connection.exec_driver_sql(f'DROP TRIGGER "{row.name}" ON "{row.table_name}"')
            connection.exec_driver_sql(f'DROP FUNCTION IF EXISTS "{row.function_name}"()')
    else:
        for name in present(connection):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def present(connection: Connection) -> dict[str, str]:
    """The generated triggers that stand in the database: name -> body as in :class:`Trigger`.

    A PostgreSQL trigger that was switched off has an empty body, so that it counts as changed.
    """
    if connection.dialect.name == "postgresql":
        return {row.name: row.body if row.enabled else "" for row in connection.execute(_POSTGRESQL_TRIGGERS)}
    return {row.name: row.sql for row in connection.execute(_SQLITE_TRIGGERS)}


_SQLITE_TRIGGERS = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 7) = 'A_weft_' ORDER BY name"
)
_POSTGRESQL_TRIGGERS = text(
    "SELECT t.tgname AS name, c.relname AS table_name, p.proname AS function_name, p.prosrc AS body, "
    "t.tgenabled <> 'D' AS enabled "
    "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND starts_with(t.tgname, 'A_weft_') ORDER BY t.tgname"
)
