"""``python -m bench.card``: the 360 view and the customer card with all plugins, over the demo company.

The supernode is an account that gets 29,000 activities more. Times are CPU on SQLite and wall time on PostgreSQL; the
pages are whole answers of the application, beside the plain rows of the relation table.

Example: ``python -m bench.card --database both``
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import structlog

from bench import data
from bench.cases import Bare
from bench.keep import KEEP_HELP, installation
from bench.measure import Figure, compare
from weft.core.identity import principals, users
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.ops.demo import make_demo
from weft.core.ops.value_lists import install_defaults
from weft.core.records.unit import reading
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.plugins import named
from weft.core.web.app import create_app

PLUGINS = (
    "communication", "crm", "documents", "finance", "hrm", "projects", "service", "workflow", "portal_employee",
    "portal_customer", "portal_supplier", "portal_distributor",
)  # fmt: skip
NAMED = ("Haverdijk Water Board", "Tangyu Water Group", "Ferrault Brewing", "Lan'an Foods")
HUB = "Brunnvik Paper"
#: Sign-in names of the demo: one who reads all customers, one who reads the own ones.
PEOPLE = ("manager", "maud")
_SQL = "SELECT type_id, source_type, source_id FROM relation WHERE target_id = ? LIMIT 100"


def main() -> int:
    """Measure; the exit code is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench.card", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--keep", type=Path, help=KEEP_HELP)
    chosen = parser.parse_args()
    wanted = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    return 1 if sum(_one(dialect, chosen.keep) for dialect in wanted) else 0


def _one(dialect: str, keep: Path | None) -> int:
    with installation(dialect, named(PLUGINS), _fill, keep) as (runtime, accounts):
        print(f"\n{dialect}: the demo company, {len(PLUGINS)} plugins and portals, hub of {data.SUPERNODE:,} edges")
        print(f"{'figure':58} {'weft ms':>9} {'bare ms':>9} {'target':>7}")
        missed = 0
        for figure in _figures(runtime, accounts):
            limit = f"{figure.limit_ms:g} ms" if figure.limit_ms else ""
            missed += figure.met is False
            print(f"{figure.name:58} {figure.weft:9.2f} {figure.bare:9.3f} {limit:>7}", end="")
            print("  MISSED" if figure.met is False else "")
            sys.stdout.flush()
        return missed


def _fill(runtime: Runtime) -> dict[str, int]:
    os.environ["WEFT_DEMO_PASSWORD"] = "bench-bench-bench"  # noqa: S105  (of a demo nobody else can reach)
    install_defaults(runtime)
    make_demo(runtime)
    accounts = _accounts(runtime)
    data.supernode(runtime, accounts[HUB], data.SUPERNODE, data.some_owners(runtime)[:1])
    return accounts


def _accounts(runtime: Runtime) -> dict[str, int]:
    """Ids of the named accounts."""
    with reading(runtime, SYSTEM) as records:
        return {
            name: records.query("crm.account", filters={"name": name}, limit=1).rows[0]["id"] for name in (*NAMED, HUB)
        }


def _figures(runtime: Runtime, accounts: dict[str, int]) -> Iterator[Figure]:
    sqlite = runtime.db.dialect == "sqlite"
    clock = time.thread_time if sqlite else time.perf_counter
    bare = Bare(runtime)
    known = [accounts[name] for name in NAMED]
    app = create_app(runtime, testing=True)
    app.test_client_class = WeftClient
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for who in PEOPLE:
        with runtime.db.read() as connection:
            user = users.find_by_email(connection, f"{who}@demo.weft.example", "employee")
            assert user is not None, who
            principal = principals.load(connection, runtime, user.id, user.audience)
        client = sign_in(app, runtime, user.id)

        def around(turn: Iterator[int], principal: Principal = principal) -> None:
            with reading(runtime, principal) as records:
                records.neighbours(next(turn))

        def page(turn: Iterator[int], client: WeftClient = client) -> None:
            answer = client.get(f"/employee/crm/accounts/{next(turn)}")
            assert answer.status_code == 200, answer.status_code

        with reading(runtime, principal) as records:
            named_ones = [row["id"] for row in records.query("crm.account", filters={"id__in": known}).rows]
            read = [
                row["id"] for row in records.query("crm.account", filters={"life__in": "won,potential"}, limit=150).rows
            ]
        for label, ids, limit in (
            ("40 accounts", random.Random(5).sample(read, 40), 5.0),
            (f"{len(named_ones)} accounts of the story", named_ones, None),
            ("a supernode", [accounts[HUB]], 25.0 if sqlite else 60.0),
        ):
            yield _figure(f"360 view of {label}, {who}", around, ids, bare, clock, limit)
            yield _figure(f"page of {label}, {who}", page, ids, bare, clock, None)
    bare.close()


def _figure(
    name: str,
    ask: Callable[[Iterator[int]], None],
    ids: Sequence[int],
    bare: Bare,
    clock: Callable[[], float],
    limit: float | None,
) -> Figure:
    turn, same = itertools.cycle(ids), itertools.cycle(ids)
    ours, theirs = compare(lambda: ask(turn), lambda: bare.rows(_SQL, next(same)), rounds=20, clock=clock)
    return Figure(name, ours, theirs, limit_ms=limit)


if __name__ == "__main__":
    raise SystemExit(main())
