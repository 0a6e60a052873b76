"""PostgreSQL databases of a test session: made from a template, emptied and used again.

``CREATE DATABASE`` takes half a second; emptying one takes milliseconds. A database whose tables, functions or triggers
a test changed is thrown away instead.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

__all__ = ["PostgresPool"]

#: What a test may not change in a database that is used again.
_SHAPE = text(
    "SELECT md5(string_agg(line, ';' ORDER BY line)) FROM ("
    "SELECT c.relname || c.relkind::text || c.relnatts::text AS line FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
    "UNION ALL SELECT t.tgname || t.tgenabled::text || t.tgrelid::regclass::text FROM pg_trigger t "
    "WHERE NOT t.tgisinternal "
    "UNION ALL SELECT p.proname || md5(p.prosrc) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = 'public') AS lines"
)

#: Remember the rows a new database begins with: those of the types, the installation, the value lists.
_KEEP = """
DO $$ DECLARE name text; filled boolean; BEGIN
  CREATE SCHEMA weft_keep;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%%I)', name) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE weft_keep.%%I AS SELECT * FROM public.%%I', name, name); END IF;
  END LOOP;
END $$
"""

#: Bring all tables back to those rows; triggers and foreign keys do not fire meanwhile.
_EMPTY = """
DO $$ DECLARE name text; filled boolean; columns text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%%I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM public.%%I', name); END IF;
    IF to_regclass(format('weft_keep.%%I', name)) IS NOT NULL THEN
      SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
      WHERE attrelid = format('public.%%I', name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
      EXECUTE format('INSERT INTO public.%%I (%%s) SELECT %%s FROM weft_keep.%%I', name, columns, columns, name);
    END IF;
  END LOOP;
END $$
"""


class PostgresPool:
    """Databases on one server, named ``weft_test_<process>_<number>``.

    Args:
        server: address of any database of the server; its user may make databases.
    """

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._numbers = itertools.count(1)
        self._all: set[str] = set()
        self._free: dict[str, list[str]] = {}
        self._template_of: dict[str, str] = {}
        self._shapes: dict[str, str] = {}

    def create(self, template: str = "") -> URL:
        """Make a database, empty or equal to a template."""
        name = f"weft_test_{os.getpid()}_{next(self._numbers)}"
        suffix = f' TEMPLATE "{template}"' if template else ""
        self._on_server(f'CREATE DATABASE "{name}"{suffix}')
        self._all.add(name)
        return self._server.set(database=name)

    def keep(self, template: URL) -> None:
        """Make a finished database the template of others: its present rows are what every test begins with."""
        with self._connect(str(template.database)) as connection:
            connection.exec_driver_sql(_KEEP)

    def take(self, template: str) -> URL:
        """A database equal to the template: one that was given back, or a new one."""
        free = self._free.setdefault(template, [])
        if free:
            return self._server.set(database=free.pop())
        url = self.create(template)
        name = str(url.database)
        self._template_of[name] = template
        with self._connect(name) as connection:
            self._shapes[name] = self._shape(connection)
        return url

    def give_back(self, name: str) -> None:
        """Empty a database for the next test, or drop it when it was not taken from a template or was changed."""
        template = self._template_of.get(name)
        if template is not None:
            with self._connect(name) as connection:
                if self._shape(connection) == self._shapes[name]:
                    connection.exec_driver_sql(_EMPTY)
                    self._free[template].append(name)
                    return
        self._drop(name)

    def close(self) -> None:
        """Drop every database of this session."""
        for name in sorted(self._all):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._all.discard(name)

    def _on_server(self, statement: str) -> None:
        with self._connect("") as connection:
            connection.exec_driver_sql(statement)

    def _connect(self, name: str) -> Connection:
        url = self._server.set(database=name) if name else self._server
        return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()

    @staticmethod
    def _shape(connection: Connection) -> str:
        found: Any = connection.execute(_SHAPE).scalar_one()
        return str(found)
