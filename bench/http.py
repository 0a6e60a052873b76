"""``python -m bench.http``: Weft over HTTP beside a bare Flask service on the same database and server.

Both run under gunicorn with 2 workers of 4 threads; 8 clients with kept connections ask in turn. Figures are server CPU
per request (user and system time of the workers) and requests per second, and their ratios to the bare service (F).

Example: ``python -m bench.http --records 100000 --database both``
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from bench import data
from bench.keep import KEEP_HELP, installation
from weft.core.identity import rights, tokens
from weft.core.registry.runtime import Runtime
from weft.core.search import indexing
from weft.plugins.crm.plugin import CrmPlugin

CLIENTS, WORKERS, THREADS = 8, 2, 4
#: The columns of an account that the bare service answers with.
FIELDS = "fields=name,role,life,value_class,email,owner,created_at,updated_at"


@dataclass(frozen=True)
class Load:
    """Measured under load: CPU milliseconds per request, requests per second."""

    cpu_ms: float
    per_second: float


@dataclass(frozen=True)
class Case:
    """One kind of call: how Weft and the bare service are asked for the same, and how many times F it may cost."""

    name: str
    weft: Callable[[int], tuple[str, str, Any]]
    bare: Callable[[int], tuple[str, str, Any]] | None
    target: float | None


def main() -> int:
    """Measure; the exit code is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench.http", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1_600)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--keep", type=Path, help=KEEP_HELP)
    chosen = parser.parse_args()
    wanted = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    return 1 if sum(_one(dialect, chosen) for dialect in wanted) else 0


def _one(dialect: str, chosen: argparse.Namespace) -> int:
    with installation(dialect, (CrmPlugin,), lambda runtime: _fill(runtime, chosen.records), chosen.keep) as made:
        runtime, filled = made
        owner = filled["owners"][0]
        secrets, token_id = _tokens(runtime, owner, 16 * CLIENTS)
        accounts = _accounts(runtime, owner)
        print(f"\n{dialect}: {filled['records']:,} records, {CLIENTS} clients, {WORKERS} workers")
        print(f"{'call':34} {'weft ms':>8} {'F ms':>8} {'ratio':>6} {'aim':>5} {'weft/s':>8} {'F/s':>8}")
        environment = _environment(runtime, owner, token_id)
        runtime.db.dispose()
        return _measure(environment, accounts, secrets, chosen.requests)


def _fill(runtime: Runtime, records: int) -> dict[str, Any]:
    filled = data.fill_with_hub(runtime, records)
    indexing.rebuild(runtime)
    return filled


def _measure(environment: dict[str, str], accounts: list[int], secrets: Iterator[str], requests: int) -> int:
    missed = 0
    with (
        serving("bench.serving:weft_app()", environment) as ours,
        serving("bench.serving:bare_app()", environment) as bare,
    ):
        for case in _cases(accounts):
            weft = _load(ours, case.weft, requests, secrets)
            plain = _load(bare, case.bare, requests, secrets) if case.bare else None
            ratio = weft.cpu_ms / plain.cpu_ms if plain else 0.0
            bad = bool(case.target and plain and ratio > case.target)
            missed += bad
            print(
                f"{case.name:34} {weft.cpu_ms:8.2f} {plain.cpu_ms if plain else 0:8.2f} {ratio:6.2f} "
                f"{case.target or 0:5.1f} {weft.per_second:8.0f} {plain.per_second if plain else 0:8.0f}"
                f"{'  MISSED' if bad else ''}"
            )
            sys.stdout.flush()
        print(f"memory of {WORKERS} workers: {ours.memory():.0f} MiB PSS (target 200), bare {bare.memory():.0f} MiB")
    return missed


def _cases(accounts: list[int]) -> list[Case]:
    def of(number: int) -> int:
        return accounts[number % len(accounts)]

    api = "/api/v1/crm"
    return [
        Case("get", lambda n: ("GET", f"{api}/accounts/{of(n)}?{FIELDS}", None),
             lambda n: ("GET", f"/accounts/{of(n)}", None), 2),
        Case("list of 50", lambda n: ("GET", f"{api}/accounts?limit=50&sort=-updated_at&count=none&{FIELDS}", None),
             lambda n: ("GET", "/accounts", None), 2),
        Case("list of 50, all fields", lambda n: ("GET", f"{api}/accounts?limit=50&sort=-updated_at&count=none", None),
             lambda n: ("GET", "/accounts", None), None),
        Case("360 view", lambda n: ("GET", f"/api/v1/records/{of(n)}/relations", None),
             lambda n: ("GET", f"/accounts/{of(n)}/relations", None), 2),
        Case("create", lambda n: ("POST", f"{api}/contacts", {"name": f"New {n}", "account": of(n)}),
             lambda n: ("POST", "/contacts", {"name": f"New {n}", "account": of(n)}), 4),
        Case("update", lambda n: ("PATCH", f"{api}/accounts/{of(n)}", {"email": f"new{n}@firm.example"}),
             lambda n: ("PATCH", f"/accounts/{of(n)}", {"email": f"new{n}@firm.example"}), 4),
        Case("search", lambda n: ("GET", f"/api/v1/search?q=Firm+{n:04d}", None), None, None),
    ]  # fmt: skip


# ---- clients


def _load(server: Server, call: Callable[[int], tuple[str, str, Any]], requests: int, secrets: Iterator[str]) -> Load:
    """Ask ``requests`` times from all clients, each with a token of its own (600 calls a minute).

    A first tenth warms up and is not counted.
    """
    headers = [
        {"Authorization": f"Bearer {next(secrets)}", "Content-Type": "application/json"} for _n in range(CLIENTS)
    ]
    _ask(server, call, headers, range(requests // 10))
    cpu, began = server.cpu(), time.perf_counter()
    _ask(server, call, headers, range(requests // 10, requests + requests // 10))
    return Load(1000 * (server.cpu() - cpu) / requests, requests / (time.perf_counter() - began))


def _ask(server: Server, call: Callable[[int], Any], headers: list[dict[str, str]], numbers: range) -> None:
    failures: list[str] = []

    def client(mine: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in numbers[mine::CLIENTS]:
            method, path, body = call(number)
            sent = dict(headers[mine])
            if method == "PATCH":
                sent["If-Match"] = "*"  # whatever version is there: the bare service does not look either
            try:
                connection.request(method, path, json.dumps(body) if body is not None else None, sent)
                answer = connection.getresponse()
                text_ = answer.read()
            except OSError as error:
                failures.append(f"{method} {path}: {error}")
                return
            if answer.status >= 400:
                failures.append(f"{method} {path}: {answer.status} {text_[:200]!r}")
                return
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])


# ---- servers


class Server:
    """gunicorn in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in path.read_text().split()]

    def cpu(self) -> float:
        """Seconds of CPU all workers have used."""
        ticks = 0
        for pid in self.workers():
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(parts[11]) + int(parts[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MiB of memory (PSS) of all workers."""
        found = 0
        for pid in self.workers():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return found / 1024


@contextmanager
def serving(target: str, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads",
        str(THREADS), "--worker-class", "gthread", "--preload", "--keep-alive", "30", "--log-level", "error", target,
    ]  # fmt: skip
    # Both log to nowhere; writing the log is part of what a request costs.
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


# ---- preparation


def _environment(runtime: Runtime, owner: int, token_id: int) -> dict[str, str]:
    url = runtime.db.engine.url.render_as_string(hide_password=False)
    return {
        "BENCH_URL": url, "BENCH_OWNER": str(owner), "BENCH_TOKEN_ID": str(token_id),
        "BENCH_HOME": str(runtime.settings.home),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]),
    }  # fmt: skip


def _tokens(runtime: Runtime, owner: int, number: int) -> tuple[Iterator[str], int]:
    """Tokens of a salesperson, enough for all calls; and the id of one for the bare service."""
    now = runtime.clock()
    with runtime.db.write() as connection:
        rights.set_roles(connection, runtime.registry, owner, ["crm.sales_rep"], now=now)
        made = [tokens.issue(connection, owner, f"bench {n}", now=now) for n in range(number)]
    return iter([one.secret for one in made]), made[0].id


def _accounts(runtime: Runtime, owner: int) -> list[int]:
    table = runtime.registry.entity("crm.account").table
    with runtime.db.read() as connection:
        connection.execute(text("SELECT 1"))
        statement = select(table.c.id).where(table.c.owner_id == owner).order_by(table.c.id).limit(400)
        return list(connection.scalars(statement))


if __name__ == "__main__":
    raise SystemExit(main())
