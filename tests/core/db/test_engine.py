"""Transactions, id blocks and number series, also between threads and processes."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from weft.core.db import numbers
from weft.core.db.engine import Database, NestedWrite
from weft.core.db.ids import MAX_ID
from weft.core.db.tables import installation, relation
from weft.core.errors import ConfigError

pytestmark = pytest.mark.both_databases


def test_a_write_commits_at_its_end_and_an_error_rolls_it_back(weft_runtime: Any) -> None:
    db = weft_runtime.db
    with db.write() as connection:
        connection.execute(insert(installation).values(key="kept", value=1))
    with pytest.raises(ZeroDivisionError), db.write() as connection:
        connection.execute(insert(installation).values(key="lost", value=1))
        _ = 1 / 0
    with db.read() as connection:
        keys = set(connection.execute(select(installation.c.key)).scalars())
    assert "kept" in keys
    assert "lost" not in keys


def test_a_reading_transaction_cannot_write(weft_runtime: Any) -> None:
    with weft_runtime.db.read() as connection, pytest.raises(DBAPIError):
        connection.execute(insert(installation).values(key="no", value=1))


def test_a_second_write_in_one_thread_is_refused_at_once(weft_runtime: Any) -> None:
    with weft_runtime.db.write(), pytest.raises(NestedWrite), weft_runtime.db.write():
        pass
    with weft_runtime.db.write():
        pass  # the first one ended properly


def test_callbacks_run_after_the_commit_only(weft_runtime: Any) -> None:
    db, heard = weft_runtime.db, []

    def note() -> None:
        heard.append("called")

    with db.write():
        db.after_commit(note)
        db.after_commit(note)
        assert heard == []
    assert heard == ["called"]
    with pytest.raises(ZeroDivisionError), db.write():
        db.after_commit(note)
        _ = 1 / 0
    assert heard == ["called"]


def test_settings_of_the_connection(weft_runtime: Any) -> None:
    # as an installation opens it: the runtimes of tests do not wait for the disk
    db = Database(weft_runtime.db.engine.url.render_as_string(hide_password=False))
    names = (
        ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        if db.dialect == "sqlite"
        else ("plan_cache_mode", "jit", "TimeZone")
    )
    with db.read() as connection:
        command = "PRAGMA" if db.dialect == "sqlite" else "SHOW"
        values = [connection.exec_driver_sql(f"{command} {name}").scalar() for name in names]
    db.dispose()
    assert values == (["wal", 2, 1, 0] if db.dialect == "sqlite" else ["force_custom_plan", "off", "UTC"])


def test_the_sqlite_files_are_private_and_other_products_refused(tmp_path: Any, weft_dialect: str) -> None:
    db = Database(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    with db.write(reserve=False) as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        for path in (tmp_path / "new").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    db.dispose()
    for url in ("sqlite://", "mysql://localhost/x"):
        with pytest.raises((ConfigError, ModuleNotFoundError)):
            Database(url)


def test_a_statement_timeout_ends_a_slow_statement(weft_runtime: Any) -> None:
    if weft_runtime.db.dialect == "sqlite":
        pytest.skip("PostgreSQL only")
    db = Database(weft_runtime.db.engine.url.render_as_string(hide_password=False), statement_timeout=100)
    with pytest.raises(DBAPIError, match="statement timeout"), db.read() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    db.dispose()


def test_a_connection_the_server_closed_while_it_lay_idle_is_replaced(
    weft_runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weft.core.db import engine

    db = weft_runtime.db
    if db.dialect == "sqlite":
        pytest.skip("PostgreSQL only")
    monkeypatch.setattr(engine, "_IDLE", 0.0)
    with db.read() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Database(db.engine.url.render_as_string(hide_password=False))
    with other.read() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    other.dispose()
    with db.read() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != process


def test_a_writer_gives_up_on_a_lock_that_another_process_holds(
    weft_runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weft.core.db import engine
    from weft.core.errors import StorageNotReady

    if weft_runtime.db.dialect == "postgresql":
        pytest.skip("SQLite only")
    monkeypatch.setattr(engine, "_BUSY_MS", 50)
    other = Database(weft_runtime.db.engine.url.render_as_string(hide_password=False))  # has its own queue of writers
    with weft_runtime.db.write(), pytest.raises(StorageNotReady, match="another process"), other.write(reserve=False):
        pass
    with other.write():
        pass
    other.dispose()


# ---- ids


def test_ids_are_unique_between_threads(weft_runtime: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        taken = [i for part in pool.map(lambda n: weft_runtime.db.ids.take(1 + n % 700), range(64)) for i in part]
    assert len(set(taken)) == len(taken) == sum(1 + n % 700 for n in range(64))
    assert max(taken) < MAX_ID


def test_ids_can_be_taken_inside_a_write(weft_runtime: Any) -> None:
    db = weft_runtime.db
    with db.write():
        inside = db.ids.take(5000)  # far more than lie ready
    assert len(set(inside)) == 5000
    assert not set(inside) & set(db.ids.take(5000))


def test_ids_of_a_rolled_back_write_are_never_given_twice(weft_runtime: Any) -> None:
    db = weft_runtime.db
    url = db.engine.url.render_as_string(hide_password=False)
    with pytest.raises(ZeroDivisionError), db.write():
        db.ids.take(5000)
        _ = 1 / 0
    other = Database(url)  # another process would see the same
    theirs, ours = other.ids.take(5000), db.ids.take(5000)
    other.dispose()
    assert not set(theirs) & set(ours)


TAKE = """
import sys
from weft.core.db.engine import Database
db = Database(sys.argv[1])
print(*[number for _round in range(20) for number in db.ids.take(90)])
"""


def test_ids_are_unique_between_processes(weft_runtime: Any) -> None:
    url = weft_runtime.db.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", TAKE, url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [int(number) for process in processes for number in process.communicate(timeout=60)[0].split()]
    assert len(set(taken)) == len(taken) == 3 * 20 * 90


def test_a_forked_child_does_not_give_out_its_parents_ids(weft_runtime: Any) -> None:
    db = weft_runtime.db
    db.ids.reserve(500)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writing, ",".join(map(str, db.ids.take(300))).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as stream:
        theirs = {int(part) for part in stream.read().split(",")}
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not theirs & set(db.ids.take(500))


# ---- numbers


def test_plain_numbers_are_unique_and_survive_a_rollback(weft_runtime: Any) -> None:
    db = weft_runtime.db
    with db.write() as connection:
        first = numbers.next_numbers(connection, "depot.crate", "CR-", 30)
    assert first[:2] == ["CR-00001", "CR-00002"]
    with pytest.raises(ZeroDivisionError), db.write() as connection:
        numbers.next_number(connection, "depot.crate", "CR-")
        _ = 1 / 0
    with db.write() as connection:
        second = numbers.next_numbers(connection, "depot.crate", "CR-", 30)
        other = numbers.next_number(connection, "depot.site", "S-")
    assert not set(first) & set(second)
    assert other == "S-00001"


def test_gapless_numbers_have_no_gaps(weft_runtime: Any) -> None:
    db = weft_runtime.db
    found: list[int] = []
    lock = threading.Lock()

    def issue(number: int) -> None:
        try:
            with db.write() as connection:
                value = numbers.gapless(connection, "invoice")
                if number % 3 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        with lock:
            found.append(value)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(issue, range(30)))
    assert sorted(found) == list(range(1, 21))


# ---- many writers


def test_thirty_two_writers_break_no_version(weft_runtime: Any, tables: Any, header: Any) -> None:
    db = weft_runtime.db
    number = db.ids.next()
    with db.write() as connection:
        connection.execute(insert(tables.site).values(header(id=number, name="0")))
    won = []

    def bump(_n: int) -> None:
        for _try in range(200):
            with db.read() as connection:
                version = connection.execute(
                    select(tables.site.c.version).where(tables.site.c.id == number)
                ).scalar_one()
            with db.write() as connection:
                changed = connection.execute(
                    update(tables.site)
                    .where(tables.site.c.id == number, tables.site.c.version == version)
                    .values(version=version + 1, name=str(version + 1))
                ).rowcount
            if changed:
                won.append(version)
                return

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(bump, range(32)))
    with db.read() as connection:
        row = connection.execute(select(tables.site).where(tables.site.c.id == number)).one()
    assert sorted(won) == list(range(1, 33))  # every version was won exactly once: no lost update
    assert (row.version, row.title) == (33, "33")


def test_thirty_two_writers_break_no_cardinality(weft_runtime: Any, tables: Any, header: Any) -> None:
    db = weft_runtime.db
    ids = db.ids.take(33)
    with db.write() as connection:
        connection.execute(insert(tables.crate), [header(id=i, code=str(i), label="x") for i in ids])
    outcomes = []

    def pair(source: int) -> None:
        try:
            with db.write() as connection:
                connection.execute(update(tables.crate).where(tables.crate.c.id == source).values(twin=ids[0]))
            outcomes.append(source)
        except IntegrityError:
            pass

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(pair, ids[1:]))
    assert len(outcomes) == 1
    with db.read() as connection:
        edges = connection.execute(select(relation.c.source_id).where(relation.c.target_id == ids[0])).scalars().all()
    assert edges == outcomes


def test_thirty_two_writers_close_no_circle(weft_runtime: Any, tables: Any, header: Any) -> None:
    db, registry = weft_runtime.db, weft_runtime.registry
    ids = db.ids.take(8)
    with db.write() as connection:
        connection.execute(insert(tables.site), [header(id=i, name=str(i)) for i in ids])
    site, kind = registry.entity_id("depot.site"), registry.relation_id("depot.within")

    def link(n: int) -> None:
        source, target = ids[n % 8], ids[(n * 3 + 1) % 8]
        edge = {"source_id": source, "type_id": kind, "target_type": site, "target_id": target, "source_type": site}
        try:
            with db.write() as connection:
                connection.execute(insert(relation).values(**edge, created_at=header()["created_at"]))
        except IntegrityError:
            pass  # the link exists, or would close a circle

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(link, range(64)))
    with db.read() as connection:
        edges = {tuple(row) for row in connection.execute(select(relation.c.source_id, relation.c.target_id))}
    assert edges
    while edges:  # take away what nothing leads to until nothing is left; a circle would stay
        inner = {target for _source, target in edges}
        rest = {edge for edge in edges if edge[0] in inner}
        assert rest != edges, "a circle"
        edges = rest


def test_a_first_connection_waits_for_who_writes_to_a_new_file(tmp_path: Any, weft_dialect: str) -> None:
    """The first workers of a new installation change the file's journal at once; none of them is refused."""
    if weft_dialect != "sqlite":
        pytest.skip("SQLite only")
    file = tmp_path / "new.sqlite3"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE made (number INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    over = threading.Timer(0.3, other.execute, ["COMMIT"])
    over.start()
    db = Database(f"sqlite:///{file}")
    with db.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    over.join()
    db.dispose()
    other.close()
