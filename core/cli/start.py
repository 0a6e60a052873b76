"""What most commands begin with: settings, a runtime on a ready database, progress on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from weft.core.config import Settings, load_settings

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["database_is_empty", "progress", "ready", "started", "upgrade_database"]


@contextmanager
def started(settings: Settings | None = None, *, check_storage: bool = True) -> Iterator[Runtime]:
    """A runtime for the length of a command; quarantined plugins are told on stderr.

    Raises:
        StorageNotReady: the database needs ``weft db upgrade``.
    """
    from weft.core.ops.boot import boot

    runtime = boot(settings or load_settings(), check_storage=check_storage)
    for one in runtime.plugins.quarantined.values():
        click.echo(f"The plugin {one.key} is not running ({one.stage}): {one.reason}", err=True)
    try:
        yield runtime
    finally:
        runtime.db.dispose()


def database_is_empty(settings: Settings) -> bool:
    """True when the database has no table at all (a new installation)."""
    from sqlalchemy import inspect
    from sqlalchemy.engine import make_url

    from weft.core.db.engine import Database

    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        from pathlib import Path

        path = Path(str(url.database))
        if not path.exists() or path.stat().st_size == 0:
            return True
    database = Database(settings.database_url)
    try:
        return not inspect(database.engine).get_table_names()
    finally:
        database.dispose()


def upgrade_database(settings: Settings) -> bool:
    """Bring the database up to date and say what was done; False when a plugin's migration failed."""
    from weft.core.ops.upgrade import upgrade
    from weft.core.ops.value_lists import install_defaults

    with started(settings, check_storage=False) as runtime:
        report = upgrade(runtime, after=install_defaults)
    for owner, revisions in report.applied.items():
        click.echo(f"{owner}: {', '.join(revisions)}", err=True)
    for owner, reason in report.failed.items():
        click.echo(f"The migration of {owner} failed; it is out of operation: {reason}", err=True)
    if not report.applied and not report.failed:
        click.echo("The tables were up to date; triggers and derived tables were made anew.", err=True)
    return not report.failed


def ready(settings: Settings) -> None:
    """Make the tables of an empty database; one that has tables is only ever upgraded by ``weft db upgrade``."""
    if database_is_empty(settings):
        click.echo("The database is empty: making its tables.", err=True)
        upgrade_database(settings)


def progress() -> Callable[[str, int, int], None]:
    """A function ``(label, done, total)`` that shows how far long work is: one changing line on a terminal."""
    stream = sys.stderr
    last: list[str] = [""]

    def show(label: str, done: int, total: int) -> None:
        line = f"{label}: {done:,} of {total:,}" if total > 1 else label
        if stream.isatty():
            stream.write(f"\r\x1b[K{line}" + ("\n" if total and done >= total else ""))
        elif label != last[0] or done >= total > 1:
            stream.write(f"{line}\n")
        last[0] = label
        stream.flush()

    return show
