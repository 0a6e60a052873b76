"""`weft serve` as a process: a first start, an answer, an orderly end; and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
#: Seconds a start may take on a machine that runs other tests at the same time; the target is in docs/performance.md.
PATIENCE = 90.0


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """``start("serve")`` runs a command of weft in a data folder of the test."""
    running: list[subprocess.Popen[str]] = []
    environment = {key: value for key, value in os.environ.items() if not key.startswith("WEFT_")}
    environment |= {"WEFT_HOME": str(tmp_path / "home"), "WEFT_BIND": f"127.0.0.1:{port}", "PYTHONUNBUFFERED": "1"}

    def run(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "weft.core.cli.main", *arguments]
        log = (tmp_path / f"log-{len(running)}").open("w+")
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT, text=True
        )
        process.log = log  # type: ignore[attr-defined]
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.log.close()  # type: ignore[attr-defined]


def answer(process: subprocess.Popen[str], address: str) -> tuple[int, str]:
    """Status and text of an address once the process listens."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310  (our own server)
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"no answer; the process wrote: {written(process)}")


def written(process: subprocess.Popen[str]) -> str:
    process.log.seek(0)  # type: ignore[attr-defined]
    return str(process.log.read())  # type: ignore[attr-defined]


def test_a_first_start_makes_the_tables_prints_the_set_up_link_and_ends_in_order(
    start: Callable[..., subprocess.Popen[str]], port: int
) -> None:
    server = start("serve")
    assert answer(server, f"http://127.0.0.1:{port}/healthz") == (200, "ok\n")
    assert answer(server, f"http://127.0.0.1:{port}/readyz")[0] == 200
    (link,) = re.findall(rf"http://127\.0\.0\.1:{port}/auth/setup\S*", written(server))
    assert answer(server, link)[0] == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert "Traceback" not in written(server)


def test_several_processes_answer_and_end_together(start: Callable[..., subprocess.Popen[str]], port: int) -> None:
    assert start("db", "upgrade").wait(PATIENCE) == 0
    server = start("serve", "--workers", "2", "--threads", "4")
    assert answer(server, f"http://127.0.0.1:{port}/healthz")[0] == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(40) == 0
    assert "Traceback" not in written(server)


def test_a_worker_ends_in_order(start: Callable[..., subprocess.Popen[str]]) -> None:
    assert start("db", "upgrade").wait(PATIENCE) == 0
    worker = start("worker")
    ends = time.monotonic() + PATIENCE
    while "Working with" not in written(worker) and time.monotonic() < ends and worker.poll() is None:
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(40) == 0


def test_a_database_that_needs_an_upgrade_is_refused_with_the_command(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    import sqlite3
    from contextlib import closing

    assert start("db", "upgrade").wait(PATIENCE) == 0
    with closing(sqlite3.connect(tmp_path / "home" / "weft.sqlite3")) as connection, connection:
        connection.execute("DELETE FROM installation WHERE key = 'trigger_hash'")
    server = start("serve")
    assert server.wait(PATIENCE) == 1
    assert "weft db upgrade" in written(server)
    assert "Traceback" not in written(server)


def test_an_unusable_address_is_named(start: Callable[..., subprocess.Popen[str]]) -> None:
    server = start("serve", "--bind", "here")
    assert server.wait(PATIENCE) == 1
    assert "host:port" in written(server)
