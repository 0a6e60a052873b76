"""Migrations per owner: one Alembic environment, one folder of versions and one version table for each.

Works on one owner at a time and knows nothing of triggers; the whole upgrade is :mod:`weft.core.ops.upgrade`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, func, insert, inspect, select
from sqlalchemy.types import JSON, TypeEngine

import weft.core
from weft.core.db.engine import Database
from weft.core.db.types import ExactDecimal, UtcDateTime
from weft.core.errors import StorageNotReady

if TYPE_CHECKING:  # every process looks whether migrations are due, few run them: Alembic is imported late
    from alembic.autogenerate.api import AutogenContext
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

__all__ = [
    "Owner", "check", "configure_options", "current", "downgrade", "head", "one_at_a_time", "revision", "revisions",
    "stamp", "upgrade",
]  # fmt: skip

_ENVIRONMENT = Path(weft.core.__file__).parent / "migrations"
#: PostgreSQL advisory lock of upgrades.
_LOCK = 7240
_FILE = re.compile(r"(\d{4})_\w+\.py")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns tables and their migrations.

    Attributes:
        key: ``core`` or the key of a plugin.
        folder: its folder of versions; it need not exist.
        metadata: the collection its tables are in.
        tables: names of the tables it owns now; ownership is exact, never by prefix.
    """

    key: str
    folder: Path
    metadata: MetaData
    tables: frozenset[str]

    @property
    def version_table(self) -> str:
        """Name of the table with its current revision."""
        return f"weft_migration_{self.key}"


def revisions(owner: Owner) -> list[str]:
    """All revisions of an owner, oldest first, from the names of its files (``0001_initial.py``)."""
    if not owner.folder.is_dir():
        return []
    return sorted(found[1] for path in owner.folder.iterdir() if (found := _FILE.fullmatch(path.name)))


def head(owner: Owner) -> str | None:
    """The newest revision of an owner, None when it has no migrations."""
    return next(reversed(revisions(owner)), None)


def current(connection: Connection, owner: Owner) -> str | None:
    """The revision the database is at, None before the first."""
    if not inspect(connection).has_table(owner.version_table):
        return None
    return connection.execute(select(_versions(owner).c.version_num)).scalar_one_or_none()


def _versions(owner: Owner) -> Table:
    return Table(owner.version_table, MetaData(), Column("version_num", String(32), primary_key=True))


def stamp(connection: Connection, owner: Owner) -> None:
    """Note the newest revision without running anything (a database made from the metadata)."""
    newest = head(owner)
    if newest is None:
        return
    table = _versions(owner)
    table.create(connection, checkfirst=True)
    connection.execute(table.delete())
    connection.execute(insert(table).values(version_num=newest))


# ---- running migrations


def upgrade(database: Database, owner: Owner, target: str = "head") -> list[str]:
    """Bring one owner to a revision, in one transaction: all of its steps or none.

    Returns:
        The revisions that were applied, oldest first.

    Raises:
        StorageNotReady: the database is at a revision this code does not know, or a step left dangling references.
        Exception: whatever a step raised; nothing of it is left.
    """
    from alembic import command

    with _transaction(database) as connection:
        before = current(connection, owner)
        known = revisions(owner)
        if before is not None and before not in known:
            raise StorageNotReady(
                f"The tables of {owner.key} are at revision {before}, which this version does not have. "
                f"Install the newer version of {owner.key} again."
            )
        if known:
            command.upgrade(_config(owner, connection), target)
        after = current(connection, owner)
        lacking = owner.tables - set(inspect(connection).get_table_names())
        if lacking and target == "head":
            raise StorageNotReady(
                f"{owner.key} declares tables that none of its migrations makes: {', '.join(sorted(lacking))}. "
                f"Its author runs `weft db revision {owner.key}`."
            )
    return [one for one in known if (before is None or one > before) and after is not None and one <= after]


def downgrade(database: Database, owner: Owner, target: str) -> None:
    """Take an owner back to a revision (``base`` for none of its tables), in one transaction.

    Raises:
        StorageNotReady: the revision is unknown, or rows elsewhere still need what would go.
    """
    from alembic import command
    from alembic.util.exc import CommandError

    with _transaction(database) as connection:
        try:
            command.downgrade(_config(owner, connection), target)
        except CommandError as error:
            raise StorageNotReady(f"{owner.key} cannot go back to {target}: {error}") from error


def revision(database: Database, owner: Owner, message: str) -> Path:
    """Write a migration for the difference between the database and the declarations; returns its file.

    Raises:
        StorageNotReady: the database is not at the newest revision of the owner, so the difference would be wrong.
    """
    from alembic import command

    with _transaction(database) as connection:
        if current(connection, owner) != head(owner):
            raise StorageNotReady(f"Upgrade first: the tables of {owner.key} are not at the revision {head(owner)}.")
        owner.folder.mkdir(parents=True, exist_ok=True)
        number = f"{int(head(owner) or 0) + 1:04d}"
        made = command.revision(_config(owner, connection), message, autogenerate=True, rev_id=number)
    if made is None or isinstance(made, list):
        raise StorageNotReady(f"Alembic wrote no migration for {owner.key}.")
    return Path(made.path)


@contextmanager
def _transaction(database: Database) -> Iterator[Connection]:
    """A write transaction in which tables may be rebuilt: foreign keys are checked at its end instead."""
    with database.write(reserve=False, foreign_keys=False) as connection:
        one_at_a_time(connection)
        yield connection
        if database.dialect == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
            if broken:
                raise StorageNotReady(
                    f"The migration would leave dangling references: {[tuple(row) for row in broken]}"
                )


def one_at_a_time(connection: Connection) -> None:
    """Let a second upgrade of the same database wait until this transaction has ended; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _config(owner: Owner, connection: Connection) -> Config:
    from alembic.config import Config

    config = Config(cmd_opts=argparse.Namespace(quiet=True))  # it would report every file it writes
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(owner.folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, owner=owner)
    return config


def configure_options(owner: Owner) -> dict[str, Any]:
    """Options of the Alembic environment for one owner."""

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return name in owner.tables if kind == "table" else True

    def include_object(item: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
        return name in owner.tables if kind == "table" else True

    return {
        "target_metadata": owner.metadata,
        "version_table": owner.version_table,
        "include_name": include_name,
        "include_object": include_object,
        "render_item": _render_item,
        "render_as_batch": True,
        "transactional_ddl": True,
        "compare_type": _differs,
        "compare_server_default": False,
    }


# ---- what Alembic cannot know of the column types


def _render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our column types by the names of their makers, so that a migration reads like a declaration."""
    if kind != "type":
        return False
    made = _maker(item)
    if made is None:
        return False
    context.imports.add("\nfrom weft.core.db import types")
    return f"types.{made}"


def _maker(kind: TypeEngine[Any]) -> str | None:
    if isinstance(kind, ExactDecimal):
        return f"ExactDecimal({kind.scale})"
    if isinstance(kind, UtcDateTime):
        return "UtcDateTime()"
    if isinstance(kind, JSON):
        return "json_type()"
    if isinstance(kind, String) and kind.collation == "C":
        return "long_text()" if isinstance(kind, Text) else f"short_text({kind.length})"
    if kind._variant_mapping and str(kind) == "BIGINT":
        return "RecordId"
    return None


def _differs(
    context: MigrationContext,
    _inspected: Column[Any],
    _declared: Column[Any],
    there: TypeEngine[Any],
    wanted: TypeEngine[Any],
) -> bool:
    """Compare by what the database would store: the DDL of both types, which hides decorators and variants."""
    dialect = context.dialect
    return _plain(there.compile(dialect)) != _plain(wanted.compile(dialect))


def _plain(ddl: str) -> str:
    """Equal types written differently: collations are compared nowhere else, INTEGER is BIGINT on SQLite."""
    ddl = re.sub(r' COLLATE "?[\w.]+"?', "", ddl.upper())
    return {"DATETIME": "TIMESTAMP WITHOUT TIME ZONE", "BIGINT": "BIGINT", "INT": "INTEGER"}.get(ddl, ddl)


# ---- drift


def check(connection: Connection, owner: Owner) -> list[str]:
    """What differs between the tables of an owner and its declarations, one sentence each; empty when nothing does."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    options = configure_options(owner)
    options.pop("version_table")
    context = MigrationContext.configure(connection, opts=options)
    found = [_sentence(one) for one in _flat(compare_metadata(context, owner.metadata))]
    found.extend(_computed_drift(connection, owner))
    found.extend(_predicate_drift(connection, owner))
    newest, now = head(owner), current(connection, owner)
    if newest != now:
        found.insert(0, f"{owner.key}: at revision {now or 'none'}, the newest is {newest}.")
    return found


def _flat(differences: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for one in differences:
        if isinstance(one, list):
            yield from one
        else:
            yield one


def _sentence(difference: tuple[Any, ...]) -> str:
    what, *parts = difference
    names = [str(getattr(part, "name", part)) for part in parts if part is not None and not isinstance(part, dict)]
    tables = [part.table.name for part in parts if getattr(part, "table", None) is not None]
    return " ".join([what.replace("_", " "), *dict.fromkeys([*tables, *names])])


def _computed_drift(connection: Connection, owner: Owner) -> Iterator[str]:
    """Generated columns whose expression differs; Alembic only warns about them."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    for name in sorted(owner.tables & present):
        stored: dict[str, dict[str, Any]] = {
            column["name"]: dict(column.get("computed") or {}) for column in inspector.get_columns(name)
        }
        for column in owner.metadata.tables[name].columns:
            wanted = _text(column.computed.sqltext if column.computed is not None else None)
            there = str(stored.get(column.name, {}).get("sqltext") or "")
            if column.name in stored and _expression(wanted) != _expression(there):
                yield f"modify computed {name} {column.name}: {there or 'none'} instead of {wanted or 'none'}"


def _predicate_drift(connection: Connection, owner: Owner) -> Iterator[str]:
    """Partial indexes whose condition differs; Alembic compares only their columns."""
    inspector, option = inspect(connection), f"{connection.dialect.name}_where"
    for name in sorted(owner.tables & set(inspector.get_table_names())):
        stored: dict[Any, dict[str, Any]] = {
            index["name"]: dict(index.get("dialect_options") or {}) for index in inspector.get_indexes(name)
        }
        for index in owner.metadata.tables[name].indexes:
            there, wanted = _text(stored.get(index.name, {}).get(option)), _text(index.dialect_kwargs.get(option))
            if index.name in stored and _expression(wanted) != _expression(there):
                yield f"modify index {name} {index.name}: where {there or 'nothing'} instead of {wanted or 'nothing'}"


def _text(clause: Any) -> str:
    return "" if clause is None else str(clause)


def _expression(sql: str) -> str:
    """An expression without what the databases add when they store it: casts, brackets, quotes, spaces, letter case."""
    sql = re.sub(r"::(character varying|text)", "", sql.lower())
    sql = sql.replace("trim(both from", "trim(")
    return re.sub(r"[\s()\"]", "", sql)
