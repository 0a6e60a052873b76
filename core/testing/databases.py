"""Databases for tests: made once per set of plugins as a template, one copy for every test.

A copy is made in milliseconds, so every test starts from the same, empty state and may commit.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy import URL

    from weft.core.config import Settings
    from weft.core.plugin.base import Plugin
    from weft.core.registry.runtime import Runtime
    from weft.core.testing.postgres import PostgresPool

__all__ = ["Databases", "postgres_problem", "postgres_url", "unsynced"]

#: Server on which the tests may make and drop databases named ``weft_test_...``.
POSTGRES = "WEFT_TEST_POSTGRES_URL"
_SECRET = "test-key-test-key-test-key-test-key"
_Key = tuple[str, "tuple[type[Plugin], ...]"]


def postgres_url() -> str:
    """Address of the PostgreSQL server for tests, empty when none was named."""
    return os.environ.get(POSTGRES, "")


def postgres_problem() -> str:
    """Why tests cannot run on PostgreSQL, empty when they can."""
    if not postgres_url():
        return f"{POSTGRES} is not set"
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        create_engine(postgres_url(), poolclass=NullPool).connect().close()
    except (SQLAlchemyError, ImportError) as error:
        return f"{POSTGRES} does not answer: {error}"
    return ""


def unsynced(runtime: Runtime) -> None:
    """Do not wait for the disk at each commit; a test's database need not outlive a loss of power."""
    if runtime.db.dialect == "sqlite":
        event.listen(runtime.db.engine, "connect", _no_sync)
        runtime.db.dispose()  # connections that boot has opened


def _no_sync(connection: Any, _entry: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF").fetchall()


class Databases:
    """Templates of one test session and the copies made from them.

    Args:
        folder: place for the SQLite templates.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._templates: dict[_Key, URL] = {}
        self._numbers = itertools.count(1)

    @cached_property
    def postgres(self) -> PostgresPool:
        """The databases on the PostgreSQL server."""
        from weft.core.testing.postgres import PostgresPool

        return PostgresPool(postgres_url())

    def runtime(self, dialect: str, plugins: Sequence[type[Plugin]], home: Path) -> Runtime:
        """Boot on a fresh copy of the template for these plugins; the caller gives it back to :meth:`drop`."""
        from weft.core.ops.boot import boot

        key = (dialect, tuple(plugins))
        if key not in self._templates:
            self._templates[key] = self._template(dialect, plugins)
        runtime = boot(_settings(home, self._copy(self._templates[key], home)), plugins=plugins)
        unsynced(runtime)
        return runtime

    def empty(self, dialect: str, home: Path) -> str:
        """Address of a database without any table, for tests of migrations."""
        if dialect == "sqlite":
            return f"sqlite:///{home / f'empty-{next(self._numbers)}.sqlite3'}"
        return self.postgres.create().render_as_string(hide_password=False)

    def drop(self, runtime: Runtime) -> None:
        """Close a runtime and remove its database, or empty it for the next test."""
        url = runtime.db.engine.url
        runtime.db.dispose()
        if url.get_backend_name() == "postgresql":
            self.postgres.give_back(str(url.database))

    def close(self) -> None:
        """Remove everything that is left on the PostgreSQL server."""
        if "postgres" in self.__dict__:
            self.postgres.close()

    def _template(self, dialect: str, plugins: Sequence[type[Plugin]]) -> URL:
        from sqlalchemy import make_url

        from weft.core.ops.boot import boot
        from weft.core.ops.schema import create_everything

        if dialect == "sqlite":
            url = make_url(f"sqlite:///{self.folder / f'template-{next(self._numbers)}.sqlite3'}")
        else:
            url = self.postgres.create()
        address = url.render_as_string(hide_password=False)
        runtime = boot(_settings(self.folder, address), plugins=plugins, check_storage=False)
        create_everything(runtime.db, runtime.registry)
        runtime.db.dispose()  # also writes the SQLite log into the file, which is then copied as one
        if dialect == "postgresql":
            self.postgres.keep(url)
        return url

    def _copy(self, template: URL, home: Path) -> str:
        if template.get_backend_name() == "sqlite":
            path = home / "weft.sqlite3"
            shutil.copyfile(str(template.database), path)
            return f"sqlite:///{path}"
        return self.postgres.take(str(template.database)).render_as_string(hide_password=False)


def _settings(home: Path, url: str) -> Settings:
    from weft.core.config import Settings

    return Settings(home=home, database_url=url, secret_key=_SECRET)
