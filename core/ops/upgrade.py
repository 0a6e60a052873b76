"""``weft db upgrade | check | downgrade | revision``: migrations of all owners, persistent ids, triggers, closure.

Order of an upgrade: mark the storage as not ready and drop the triggers; migrate the core, then every plugin in load
order, each in one transaction of its own; give types their ids; make the triggers anew; rebuild the closure; store the
hash. A plugin whose migration fails is quarantined and everything else goes on.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Connection, delete, insert, inspect, select

from weft.core.db import catalogue, closure, ids, migrate, triggers
from weft.core.db.engine import Database
from weft.core.db.entity import plugin_metadata
from weft.core.db.migrate import Owner
from weft.core.db.mirror import mirror_of
from weft.core.db.tables import installation
from weft.core.errors import StorageNotReady
from weft.core.ops.platform import PlatformPlugin
from weft.core.ops.schema import MADE_KEY, core_owner, tables_of
from weft.core.plugin.base import Plugin
from weft.core.plugin.loader import LoadedPlugins
from weft.core.registry.build import build
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = [
    "UpgradeReport", "behind", "check", "downgrade", "failed_migrations", "leave_out_failed", "owner_of", "owners",
    "revision", "upgrade",
]  # fmt: skip

_log = structlog.get_logger(__name__)
_FAILED = "migration_failed"


@dataclass(slots=True)
class UpgradeReport:
    """What an upgrade did.

    Attributes:
        applied: owner -> revisions applied, oldest first; owners without news are left out.
        failed: plugin -> why its migration failed; it is quarantined.
    """

    applied: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def owners(runtime: Runtime) -> Iterator[Owner]:
    """The core, then the running plugins in load order."""
    yield owner_of(runtime, "core")
    for key in list(runtime.plugins.active):
        yield owner_of(runtime, key)


def owner_of(runtime: Runtime, key: str) -> Owner:
    """One owner with its folder of migrations and its tables; LookupError for a plugin that is not running."""
    if key == "core":
        return core_owner(runtime.registry)
    if key not in runtime.plugins.active:
        raise LookupError(f"No running plugin is called {key}.")
    names = frozenset(table.name for table in tables_of(runtime.registry, key))
    return Owner(key, _folder(runtime.plugins.active[key]), plugin_metadata(key), names)


def _folder(plugin: type[Plugin]) -> Path:
    """The versions of a plugin stand beside its code."""
    module = importlib.import_module(plugin.package) if plugin.package else sys.modules[plugin.__module__]
    return Path(str(module.__file__)).parent / "migrations" / "versions"


def upgrade(runtime: Runtime, *, after: Callable[[Runtime], object] | None = None) -> UpgradeReport:
    """Bring the database to the newest state of everything that is installed.

    Args:
        runtime: started with ``check_storage=False``; plugins that fail are quarantined in it and its registry is
            built anew without them.
        after: called at the end with the runtime ready for use, e.g. to install the defaults of value lists.

    Raises:
        StorageNotReady: the core itself could not be migrated; nothing of its migration is left.
    """
    report = UpgradeReport()
    _begin(runtime.db)
    for owner in owners(runtime):
        if owner.key in runtime.plugins.quarantined:
            continue  # it needs a plugin that has just failed
        try:
            applied = migrate.upgrade(runtime.db, owner)
        except Exception as error:
            if owner.key == "core":
                raise StorageNotReady(f"The core's tables could not be migrated: {error}") from error
            _log.error("upgrade.plugin_failed", plugin=owner.key, error=str(error))
            report.failed[owner.key] = f"{type(error).__name__}: {error}".split("\n[SQL", 1)[0]
            runtime.plugins.quarantine(owner.key, "migration", f"Its migration failed: {report.failed[owner.key]}")
            continue
        if applied:
            report.applied[owner.key] = applied
    if report.failed:
        _rebuild(runtime)
    _finish(runtime, report.failed)
    if after is not None:
        after(runtime)
    return report


def _begin(database: Database) -> None:
    """Drop the triggers and mark the storage as not ready; an interrupted upgrade is simply started again."""
    with database.write(reserve=False) as connection:
        migrate.one_at_a_time(connection)
        if database.dialect == "postgresql":
            ids.ID_SEQUENCE.create(connection, checkfirst=True)
        if connection.dialect.has_table(connection, installation.name):
            triggers.drop(connection)
            triggers.store_hash(connection, None)


def _finish(runtime: Runtime, failed: dict[str, str]) -> None:
    with runtime.db.write(reserve=False) as connection:
        migrate.one_at_a_time(connection)
        catalogue.sync_types(connection, runtime.registry)
        closure.rebuild(connection, mirror_of(runtime.registry).closure_types)
        triggers.install(connection, runtime.registry)
        connection.execute(delete(installation).where(installation.c.key == _FAILED))
        if failed:
            connection.execute(insert(installation).values(key=_FAILED, value=failed))


def _rebuild(runtime: Runtime) -> None:
    """Build the registry anew from the plugins that still run."""
    runtime.registry = build(runtime.plugins, core=PlatformPlugin)
    runtime.services.pop("access.policy", None)


def downgrade(runtime: Runtime, key: str, target: str) -> None:
    """Take one owner back to a revision; at ``base`` its tables are gone and its records stay as stubs.

    The plugin is quarantined in the runtime afterwards: its code expects tables that are no longer there.

    Raises:
        StorageNotReady: the revision is unknown, the owner is still needed by others, or rows would dangle.
        LookupError: no running plugin has this key.
    """
    owner = owner_of(runtime, key)
    needing = [other for other, cls in runtime.plugins.active.items() if key in cls.requires or key == "core"]
    if needing:
        raise StorageNotReady(f"{key} is needed by {', '.join(sorted(needing))}; downgrade or switch off those first.")
    _begin(runtime.db)
    try:
        migrate.downgrade(runtime.db, owner, target)
    except Exception:
        if key != "core":
            _finish(runtime, {})
        raise
    if key == "core":
        return
    if target != migrate.head(owner):
        runtime.plugins.quarantine(key, "migration", f"Its tables were taken back to {target}. Run `weft db upgrade`.")
        _rebuild(runtime)
    _finish(runtime, {})


def check(runtime: Runtime, key: str | None = None) -> list[str]:
    """What differs between the database and the declarations: tables, columns, indexes, generated columns, triggers.

    Args:
        runtime: the installation.
        key: only this owner.
    """
    found: list[str] = []
    with runtime.db.read() as connection:
        for owner in owners(runtime):
            if key in (None, owner.key):
                found.extend(f"{owner.key}: {line}" for line in migrate.check(connection, owner))
        if key is None and not found:
            found.extend(_trigger_drift(connection, runtime.registry))
    return found


def _trigger_drift(connection: Connection, registry: Registry) -> list[str]:
    catalogue.bind(connection, registry)
    there = triggers.present(connection)
    wanted = {trigger.name: trigger.body for trigger in triggers.expected(registry, connection.dialect.name)}
    lines = [f"trigger {name} is missing" for name in wanted.keys() - there.keys()]
    lines += [f"trigger {name} differs" for name in wanted.keys() & there.keys() if wanted[name] != there[name]]
    return sorted(lines)


def revision(runtime: Runtime, key: str, message: str) -> Path:
    """Write a migration of an owner from the difference between database and declarations (developers)."""
    return migrate.revision(runtime.db, owner_of(runtime, key), message)


# ---- for the start of a process


def behind(connection: Connection, runtime: Runtime) -> list[str]:
    """Owners whose newest migration has not run, in load order; none where the tables were made without migrations."""
    made = select(installation.c.value).where(installation.c.key == MADE_KEY)
    if connection.execute(made).scalar_one_or_none() is not None:
        return []
    present = set(inspect(connection).get_table_names())
    found = []
    for owner in owners(runtime):
        now = migrate.current(connection, owner) if owner.version_table in present else None
        if migrate.head(owner) != now:
            found.append(owner.key)
    return found


def failed_migrations(connection: Connection) -> dict[str, str]:
    """Plugins whose migration failed at the last upgrade, with the reason; they stay out until the next one."""
    row = connection.execute(select(installation.c.value).where(installation.c.key == _FAILED)).scalar_one_or_none()
    return {str(key): str(reason) for key, reason in (row or {}).items()}


def leave_out_failed(connection: Connection, loaded: LoadedPlugins) -> None:
    """Quarantine plugins whose migration failed, before the registry is built."""
    for key, reason in failed_migrations(connection).items():
        if key in loaded.active:
            loaded.quarantine(key, "migration", f"Its migration failed: {reason}")
