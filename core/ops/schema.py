"""All tables of an installation in one view, and the way to make them without migrations (tests, benchmarks)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, Table, insert

import weft.core
from weft.core.db import catalogue, closure, ids, triggers
from weft.core.db.engine import Database
from weft.core.db.entity import plugin_metadata
from weft.core.db.migrate import Owner
from weft.core.db.mirror import mirror_of
from weft.core.db.tables import core_metadata, installation
from weft.core.registry.model import Registry

__all__ = ["MADE_KEY", "core_owner", "create_everything", "load_core_tables", "tables_of"]

#: Row of ``installation`` that says that the tables were made from the declarations, without migrations.
MADE_KEY = "made_from_declarations"
#: Modules of a core package in which tables stand.
_TABLE_MODULES = ("tables", "entities", "models")


def load_core_tables() -> MetaData:
    """Import every module of the core that defines tables; the metadata is complete afterwards."""
    for package in pkgutil.iter_modules(weft.core.__path__, "weft.core."):
        if not package.ispkg:
            continue
        folder = importlib.import_module(package.name)
        for module in pkgutil.iter_modules(folder.__path__, f"{package.name}."):
            if module.name.rpartition(".")[2] in _TABLE_MODULES:
                importlib.import_module(module.name)
    return core_metadata


def tables_of(registry: Registry, owner: str) -> list[Table]:
    """The tables of one owner that the installed declarations need, parents first.

    Args:
        registry: what is installed.
        owner: ``core`` or the key of a plugin.
    """
    metadata = load_core_tables() if owner == "core" else plugin_metadata(owner)
    return [table for table in metadata.sorted_tables if _wanted(registry, table)]


def core_owner(registry: Registry) -> Owner:
    """The core as an owner of migrations."""
    names = frozenset(table.name for table in tables_of(registry, "core"))
    return Owner("core", Path(weft.core.__file__).parent / "migrations" / "versions", core_metadata, names)


def _wanted(registry: Registry, table: Table) -> bool:
    """Leave out tables of entities that another start of this process declared (tests)."""
    key = table.info.get("entity")
    return key is None or key in registry.entities


def owners(registry: Registry) -> Iterator[str]:
    """``core`` first, then every plugin that owns an entity or extension table."""
    yield "core"
    found = {entity.plugin for entity in registry.entities.values()}
    found.update(key for entity in registry.entities.values() for key in entity.extensions)
    yield from sorted(found - {"core"})


def create_everything(database: Database, registry: Registry) -> None:
    """Make all tables, give types their ids, install the triggers; for an empty database only.

    Production databases are made by migrations; both give the same schema (a test compares them).
    """
    with database.write(reserve=False) as connection:
        if database.dialect == "postgresql":
            ids.ID_SEQUENCE.create(connection, checkfirst=True)
        for owner in owners(registry):
            metadata = core_metadata if owner == "core" else plugin_metadata(owner)
            metadata.create_all(connection, tables=tables_of(registry, owner))
        catalogue.sync_types(connection, registry)
        triggers.install(connection, registry)
        closure.rebuild(connection, mirror_of(registry).closure_types)
        connection.execute(insert(installation).values(key=MADE_KEY, value=True))
