"""Databases for tests: made once per set of plugins as a template, copied for every test.

A copy of a SQLite file or of a PostgreSQL template takes milliseconds, so every test starts from the same, empty state
and may commit.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

    from weft.core.plugin.base import Plugin
    from weft.core.registry.runtime import Runtime

__all__ = ["Databases", "postgres_problem", "postgres_url"]

#: Server on which the tests may make and drop databases named ``weft_test_...``.
POSTGRES = "WEFT_TEST_POSTGRES_URL"
_SECRET = "test-key-test-key-test-key-test-key"
_Key = tuple[str, tuple[int, ...]]


def postgres_url() -> str:
    """Address of the PostgreSQL server for tests, empty when none was named."""
    return os.environ.get(POSTGRES, "")


def postgres_problem() -> str:
    """Why tests cannot run on PostgreSQL, empty when they can."""
    if not postgres_url():
        return f"{POSTGRES} is not set"
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with _server() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (SQLAlchemyError, ImportError) as error:
        return f"{POSTGRES} does not answer: {error}"
    return ""


class Databases:
    """Templates of one test session and the copies made from them.

    Args:
        folder: place for SQLite files and data folders.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._templates: dict[_Key, URL] = {}
        self._numbers = itertools.count(1)
        self._dropped: list[str] = []

    def runtime(self, dialect: str, plugins: Sequence[type[Plugin]], home: Path) -> Runtime:
        """Boot on a fresh copy of the template for these plugins; the caller gives it back to :meth:`drop`."""
        from weft.core.ops.boot import boot

        key = (dialect, tuple(id(cls) for cls in plugins))
        if key not in self._templates:
            self._templates[key] = self._template(dialect, plugins)
        return boot(_settings(home, self._copy(self._templates[key], home)), plugins=plugins)

    def empty(self, dialect: str, home: Path) -> str:
        """Address of a database without any table, for tests of migrations."""

        if dialect == "sqlite":
            return f"sqlite:///{home / 'empty.sqlite3'}"
        url: URL = self._create_postgres("")
        return url.render_as_string(hide_password=False)

    def drop(self, runtime: Runtime) -> None:
        """Close a runtime and remove its database."""
        url = runtime.db.engine.url
        runtime.db.dispose()
        if url.get_backend_name() == "postgresql":
            self._drop_postgres(str(url.database))

    def close(self) -> None:
        """Remove everything that is left on the PostgreSQL server."""
        for name in list(self._dropped):
            self._drop_postgres(name)

    def _template(self, dialect: str, plugins: Sequence[type[Plugin]]) -> URL:
        from sqlalchemy import make_url

        from weft.core.ops.boot import boot
        from weft.core.ops.schema import create_everything

        if dialect == "sqlite":
            url = make_url(f"sqlite:///{self.folder / f'template-{next(self._numbers)}.sqlite3'}")
        else:
            url = self._create_postgres("")
        address = url.render_as_string(hide_password=False)
        runtime = boot(_settings(self.folder, address), plugins=plugins, check_storage=False)
        create_everything(runtime.db, runtime.registry)
        runtime.db.dispose()  # also writes the SQLite log into the file, which is then copied as one
        return url

    def _copy(self, template: URL, home: Path) -> str:
        if template.get_backend_name() == "sqlite":
            path = home / "weft.sqlite3"
            shutil.copyfile(str(template.database), path)
            return f"sqlite:///{path}"
        return self._create_postgres(str(template.database)).render_as_string(hide_password=False)

    def _create_postgres(self, template: str) -> URL:
        from sqlalchemy import make_url

        name = f"weft_test_{os.getpid()}_{next(self._numbers)}"
        with _server() as connection:
            suffix = f' TEMPLATE "{template}"' if template else ""
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"{suffix}')
        self._dropped.append(name)
        return make_url(postgres_url()).set(database=name)

    def _drop_postgres(self, name: str) -> None:
        with _server() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if name in self._dropped:
            self._dropped.remove(name)


def _server():  # type: ignore[no-untyped-def]  # a context manager of a driver that may be absent
    """A connection to the server outside any transaction, for making and dropping databases."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(postgres_url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    return engine.connect()


def _settings(home: Path, url: str):  # type: ignore[no-untyped-def]  # imported late: the pytest plugin loads everywhere
    from weft.core.config import Settings

    return Settings(home=home, database_url=url, secret_key=_SECRET)
