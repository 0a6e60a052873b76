"""``python -m bench``: fill a database of its own, measure, print a table.

Example: ``python -m bench --records 100000 --database both``
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

from bench import cases, data
from weft.core.config import Settings
from weft.core.ops.boot import boot
from weft.core.ops.schema import create_everything
from weft.core.registry.runtime import Runtime
from weft.plugins.crm.plugin import CrmPlugin

SUPERNODE = 29_000


def main() -> int:
    """Run the chosen measurements; the exit code is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    chosen = parser.parse_args()
    wanted = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    missed = 0
    for dialect in wanted:
        with tempfile.TemporaryDirectory() as folder:
            missed += _one(dialect, Path(folder), chosen)
    return 1 if missed else 0


def _one(dialect: str, folder: Path, chosen: argparse.Namespace) -> int:
    runtime = _runtime(dialect, folder)
    try:
        filled = data.fill(runtime, chosen.records)
        filled["hub"] = filled["ids"]["crm.account"][0]
        data.supernode(runtime, filled["hub"], SUPERNODE, filled["owners"])
        with runtime.db.write() as connection:
            connection.execute(text("ANALYZE"))
        print(f"\n{dialect}: {filled['records']:,} records, {filled['edges']:,} edges,", end=" ")
        print(f"import {filled['rows_per_second']:,.0f} rows/s (target {5000 if dialect == 'sqlite' else 3000:,})")
        print(f"{'figure':58} {'weft ms':>9} {'bare ms':>9} {'ratio':>7} {'target':>7}")
        figures = []
        for figure in cases.run(runtime, filled):
            figures.append(figure)
            target = f"{figure.target:g}x" if figure.target else f"{figure.limit_ms:g} ms"
            mark = {True: "", False: "  MISSED", None: ""}[figure.met]
            print(f"{figure.name:58} {figure.weft:9.2f} {figure.bare:9.3f} {figure.ratio:7.1f} {target:>7}{mark}")
            sys.stdout.flush()
        if chosen.json:
            chosen.json.with_suffix(f".{dialect}.json").write_text(cases.as_json(figures), encoding="utf-8")
        return sum(1 for figure in figures if figure.met is False)
    finally:
        runtime.db.dispose()
        if dialect == "postgresql":
            _admin(f'DROP DATABASE "{runtime.db.engine.url.database}"')


def _runtime(dialect: str, folder: Path) -> Runtime:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    if dialect == "postgresql":
        name = f"weft_bench_{os.getpid()}"
        _admin(f'CREATE DATABASE "{name}"')
        url = str(_server().set(database=name).render_as_string(hide_password=False))
    settings = Settings(home=folder, database_url=url, secret_key="bench" * 10)
    runtime = boot(settings, plugins=[CrmPlugin], check_storage=False)
    create_everything(runtime.db, runtime.registry)
    runtime.db.dispose()
    return boot(settings, plugins=[CrmPlugin])


def _server() -> URL:
    return make_url(os.environ.get("WEFT_TEST_POSTGRES_URL", "postgresql+psycopg://root@127.0.0.1/test"))


def _admin(statement: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
