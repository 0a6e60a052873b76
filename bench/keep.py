"""Filled installations, kept if wanted: filling a million records takes a quarter of an hour, measuring minutes."""

from __future__ import annotations

import os
import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text

from weft.core.config import Settings
from weft.core.ops.boot import boot
from weft.core.ops.schema import create_everything
from weft.core.registry.runtime import Runtime
from weft.core.sdk import Plugin

__all__ = ["KEEP_HELP", "installation"]

KEEP_HELP = "folder where the filled database stays, to measure again without filling; by itself it is thrown away"


@contextmanager
def installation(
    dialect: str, plugins: Sequence[type[Plugin]], fill: Callable[[Runtime], dict[str, Any]], keep: Path | None = None
) -> Iterator[tuple[Runtime, dict[str, Any]]]:
    """A filled installation with some plugins.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
        plugins: the plugins it has; those of a kept one must be the same each time.
        fill: fills the empty installation and returns what the measurements need to know.
        keep: folder in which the installation stays; None throws it away at the end.

    Yields:
        Its runtime, and what ``fill`` returned when it was filled.
    """
    with ExitStack() as ending:
        top = keep or Path(ending.enter_context(tempfile.TemporaryDirectory()))
        folder = top.absolute() / dialect
        folder.mkdir(parents=True, exist_ok=True)
        settings = _settings(dialect, folder)
        note = folder / "filled.pickle"
        if not note.exists():
            _create(settings, plugins, dialect)
        runtime = boot(settings, plugins=list(plugins))
        if keep is None and dialect == "postgresql":
            ending.callback(_admin, f'DROP DATABASE "{runtime.db.engine.url.database}"')
        ending.callback(runtime.db.dispose)
        if not note.exists():
            filled = fill(runtime)
            with runtime.db.write() as connection:
                connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself within a minute
            note.write_bytes(pickle.dumps(filled))
        yield runtime, pickle.loads(note.read_bytes())  # noqa: S301 - written above, by ourselves


def _settings(dialect: str, folder: Path) -> Settings:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    if dialect == "postgresql":
        name = f"weft_bench_{zlib.crc32(str(folder).encode()):08x}"
        url = str(_server().set(database=name).render_as_string(hide_password=False))
    return Settings(home=folder, database_url=url, secret_key="bench" * 10)


def _create(settings: Settings, plugins: Sequence[type[Plugin]], dialect: str) -> None:
    """An empty installation; a database that an earlier filling left half-way is thrown away."""
    if dialect == "postgresql":
        name = make_url(settings.database_url).database
        _admin(f'DROP DATABASE IF EXISTS "{name}"')
        _admin(f'CREATE DATABASE "{name}"')
    else:
        for left in settings.home.glob("bench.sqlite3*"):
            left.unlink()
    runtime = boot(settings, plugins=list(plugins), check_storage=False)
    create_everything(runtime.db, runtime.registry)
    runtime.db.dispose()


def _server() -> URL:
    return make_url(os.environ.get("WEFT_TEST_POSTGRES_URL", "postgresql+psycopg://root@127.0.0.1/test"))


def _admin(statement: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
