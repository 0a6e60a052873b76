"""A real ``weft serve`` in a process of its own, for figures that only a whole server has."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from weft.core.config import Settings
from weft.core.identity import sessions, users
from weft.core.ops.boot import boot
from weft.core.ops.schema import create_everything
from weft.core.ops.value_lists import install_defaults
from weft.core.registry.runtime import Runtime
from weft.core.testing.plugins import named
from weft.core.web import cookies

__all__ = ["SECRET", "Process", "empty", "serving", "session_of"]

SECRET = "bench" * 10


def empty(folder: Path, plugins: Sequence[str]) -> Runtime:
    """An empty installation in a folder, with plugins named by key."""
    settings = Settings(home=folder, database_url=f"sqlite:///{folder / 'weft.sqlite3'}", secret_key=SECRET)
    runtime = boot(settings, plugins=named(plugins), check_storage=False)
    create_everything(runtime.db, runtime.registry)
    runtime.db.dispose()
    runtime = boot(settings, plugins=named(plugins))
    install_defaults(runtime)
    return runtime


def session_of(runtime: Runtime, user: int) -> tuple[str, str]:
    """Name and value of the cookie of a signed-in person."""
    with runtime.db.write() as connection:
        audience = users.find(connection, user).audience
        token = sessions.create(connection, user, audience, now=runtime.clock()).token
    return cookies.session_cookie(runtime.settings, audience), token


class Process:
    """The server and its children, watched from outside.

    Attributes:
        url: where it answers.
    """

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self._process, self.url = process, url

    def _numbers(self) -> list[int]:
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(one) for one in children)]

    def memory(self) -> tuple[float, float]:
        """MiB of memory of all its processes: resident, and proportional (PSS)."""
        resident = proportional = 0
        for number in self._numbers():
            try:
                lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            except OSError:  # a child that has ended meanwhile
                continue
            values = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
            resident, proportional = resident + values["Rss"], proportional + values["Pss"]
        return resident / 1024, proportional / 1024

    @contextmanager
    def watched(self) -> Iterator[list[tuple[float, float]]]:
        """Collects the memory every 50 ms while the block lasts."""
        seen: list[tuple[float, float]] = []
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.05):
                seen.append(self.memory())

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            ended.set()
            thread.join()


@contextmanager
def serving(folder: Path, plugins: Sequence[str], *arguments: str, **more: str) -> Iterator[Process]:
    """Run ``weft serve`` on an installation made by :func:`empty`; ``more`` are further settings (upload_limit=...)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = {
        "home": str(folder), "database_url": f"sqlite:///{folder / 'weft.sqlite3'}", "secret_key": SECRET,
        "bind": f"127.0.0.1:{port}", "public_url": url, "plugins": ",".join(plugins), **more,
    }  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if not key.startswith("WEFT_")}
    environment |= {f"WEFT_{key.upper()}": value for key, value in settings.items()}
    command = [sys.executable, "-m", "weft.core.cli.main", "serve", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(url, process)
        yield Process(process, url)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()  # noqa: S310  (our own server)
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
