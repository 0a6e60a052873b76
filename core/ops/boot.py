"""Start of a process: plugins, registry, database, persistent ids; then the handlers of the layers in between."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from weft.core.calendar.checks import before_write
from weft.core.collaboration import searchable
from weft.core.collaboration.purging import purge_around
from weft.core.config import Settings
from weft.core.db import catalogue, triggers
from weft.core.db.engine import Database
from weft.core.errors import StorageNotReady
from weft.core.files import words
from weft.core.files.collector import purge_records
from weft.core.files.files import claimable
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.mail.mailer import install_mailer
from weft.core.ops import evidence, search_index
from weft.core.ops.platform import PlatformPlugin
from weft.core.ops.upgrade import behind, leave_out_failed
from weft.core.outbox.delivery import RECORDS_SERVICE
from weft.core.plugin.base import Plugin
from weft.core.plugin.loader import load
from weft.core.records import merge, unit
from weft.core.records.confirming import purge_asked
from weft.core.records.facade import Records
from weft.core.records.path import CHECKS_SERVICE
from weft.core.registry.build import build
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime
from weft.core.search.service import install as install_search

__all__ = ["boot"]

_UPGRADE = "Run `weft db upgrade`."


def boot(settings: Settings, *, plugins: Sequence[type[Plugin]] | None = None, check_storage: bool = True) -> Runtime:
    """Make the runtime of a process.

    Args:
        settings: from :func:`weft.core.config.load_settings`.
        plugins: exactly these classes instead of the installed ones (tests).
        check_storage: False for commands that make or mend the database; ids are not bound then.

    Raises:
        StorageNotReady: the database is empty, lacks migrations, or its triggers are not those of the declarations.
    """
    loaded = load(settings.plugins, plugins)
    database = Database(settings.database_url)
    try:
        if check_storage:
            with database.read() as connection:
                _check_ready(connection)
                leave_out_failed(connection, loaded)
        registry = build(loaded, core=PlatformPlugin)
        runtime = Runtime(settings, database, registry, loaded)
        if check_storage:
            with database.read() as connection:
                _bind(connection, runtime)
    except BaseException:
        database.dispose()
        raise
    _serve(runtime)
    return runtime


def _job_unit(runtime: Runtime, principal: Principal | None, door: str) -> AbstractContextManager[Records]:
    return unit.writing(runtime, principal or SYSTEM, door)


def _serve(runtime: Runtime) -> None:
    """Register what lower layers call in higher ones."""
    install_mailer(runtime.services, runtime.settings)
    runtime.services[RECORDS_SERVICE] = _job_unit
    install_search(runtime, searchable.texts, merge.searchable, partial(words.texts, runtime))
    search_index.install(runtime)
    evidence.install(runtime)
    runtime.services[CHECKS_SERVICE] = (before_write,)
    runtime.services["files.claimable"] = claimable
    runtime.services["purge"] = (purge_around, purge_records, purge_asked)


def _check_ready(connection: Connection) -> None:
    try:
        stored = triggers.stored_hash(connection)
    except DBAPIError as error:
        raise StorageNotReady(
            f"The database has no tables of Weft, or cannot be read: {error.orig}. {_UPGRADE}"
        ) from error
    if stored is None:
        raise StorageNotReady(f"The last upgrade of the database did not finish. {_UPGRADE}")


def _bind(connection: Connection, runtime: Runtime) -> None:
    registry = runtime.registry
    waiting = behind(connection, runtime)
    if waiting:
        raise StorageNotReady(f"New tables or columns of {', '.join(waiting)} are missing. {_UPGRADE}")
    catalogue.bind(connection, registry)
    missing = _unknown_types(registry)
    if missing:
        raise StorageNotReady(f"The database does not know {', '.join(missing[:3])} yet. {_UPGRADE}")
    if _differing(connection, registry):  # also where the hash is right: rebuilding a table by hand drops its triggers
        raise StorageNotReady(f"The triggers of the database are not those of the installed plugins. {_UPGRADE}")


def _unknown_types(registry: Registry) -> list[str]:
    """Declared types that have no persistent id: their plugin was never migrated."""
    missing = []
    for keys, number in ((registry.entities, registry.entity_id), (registry.relations, registry.relation_id)):
        for key in keys:
            try:
                number(key)
            except KeyError:
                missing.append(key)
    return missing


def _differing(connection: Connection, registry: Registry) -> bool:
    """True when a trigger that is needed is absent or different.

    More triggers than needed are no reason to stop: they belong to a plugin that is quarantined or switched off, whose
    tables stay as they are.
    """
    there = triggers.present(connection)
    wanted = triggers.expected(registry, connection.dialect.name)
    return any(there.get(trigger.name) != trigger.body for trigger in wanted)
