"""``python -m bench.upload``: memory of the server while a file of 1 GB is sent to the library.

The upload limit is raised by its setting; the file is sent as a browser's form sends it and made a document. Resident
and proportional memory are read from outside, every 50 ms.

Example: ``python -m bench.upload --mib 1024``
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.serve import Process, empty, serving, session_of
from weft.core.identity import rights, users
from weft.core.identity.principal import SYSTEM
from weft.core.records.unit import writing

PLUGINS = ("communication", "crm", "documents", "hrm", "projects", "service", "portal_employee")
#: What the server may need more while the file comes in, in MiB; the file itself is many times that.
LIMIT = 64.0
_PIECE = 1024 * 1024
_MARK = "weft-bench-7f2c91"


def main() -> int:
    """Measure; the exit code is 1 when the memory grew by more than the limit."""
    parser = argparse.ArgumentParser(prog="bench.upload", description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--workers", type=int, default=0, help="gunicorn with so many processes instead of waitress")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runtime = empty(folder, PLUGINS)
        with runtime.db.write() as connection:
            user = users.create(connection, email="su@bench.example", name="Su Yin", now=runtime.clock())
            rights.set_roles(connection, runtime.registry, user, ["documents.librarian"], now=runtime.clock())
        with writing(runtime, SYSTEM) as records:
            place = int(records.create("documents.folder", {"name": "Films"}, owner=user)["id"])
        cookie = session_of(runtime, user)
        runtime.db.dispose()
        arguments = ("--workers", str(chosen.workers)) if chosen.workers else ()
        limit = str((chosen.mib + 16) * 1024 * 1024)
        with serving(folder, PLUGINS, *arguments, upload_limit=limit) as server:
            return _measure(server, cookie, place, chosen.mib, folder)


def _measure(server: Process, cookie: tuple[str, str], place: int, mib: int, folder: Path) -> int:
    browser = _Browser(server.url, cookie)
    browser.send_file("small.bin", 1)  # modules that the first upload loads are no part of the figure
    time.sleep(2)
    before = server.memory()
    with server.watched() as seen:
        began = time.perf_counter()
        number = browser.send_file("film.bin", mib)
        sent = time.perf_counter() - began
        browser.make_document(number, place)
        page = time.perf_counter() - began - sent
    time.sleep(2)
    after = server.memory()
    peak = max(one for one, _pss in seen), max(pss for _rss, pss in seen)
    stored = max(one.stat().st_size for one in (folder / "files").rglob("*") if one.is_file())
    assert stored == mib * _PIECE, stored
    print(
        f"a file of {mib:,} MiB: taken in {sent:.1f} s ({mib / sent:.0f} MiB/s), document made in {page * 1000:.0f} ms"
    )
    print(f"{'memory of the server, MiB':30} {'before':>8} {'peak':>8} {'after':>8}")
    for place_of, name in enumerate(("resident (RSS)", "proportional (PSS)")):
        print(f"{name:30} {before[place_of]:8.0f} {peak[place_of]:8.0f} {after[place_of]:8.0f}")
    missed = peak[0] - before[0] > LIMIT
    print(f"grew by {peak[0] - before[0]:.0f} MiB at its peak (target {LIMIT:.0f}){'  MISSED' if missed else ''}")
    return int(missed)


class _Browser:
    """Sends forms as a signed-in person's browser."""

    def __init__(self, url: str, cookie: tuple[str, str]) -> None:
        self._url = url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
        self._cookies = dict([cookie])
        text = self._ask("GET", "/employee/documents/library")[1]
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        assert found, text[:500]
        self._token = found[1]

    def _ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()), "Origin": self._url,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        self._connection.request(method, path, body, sent)  # type: ignore[arg-type]
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _sign, value = line.split(";")[0].partition("=")
            self._cookies[name] = value
        text = answer.read().decode()
        assert answer.status < 400, (method, path, answer.status, text[:300])
        return answer.status, text

    def send_file(self, name: str, mib: int) -> int:
        """Send a file of so many MiB; returns its id."""
        head = (
            f'--{_MARK}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{_MARK}--\r\n".encode()
        answer = self._ask(
            "POST", "/employee/me/upload/?wide=1", _pieces(head, mib, tail), X_CSRFToken=self._token,
            Content_Type=f"multipart/form-data; boundary={_MARK}",
            Content_Length=str(len(head) + mib * _PIECE + len(tail)),
        )  # fmt: skip
        return int(json.loads(answer[1])["id"])

    def make_document(self, file: int, folder: int) -> None:
        """Put the upload into the library."""
        form = urlencode({"files": file, "folder": folder, "release": "1", "name": "Film"})
        self._ask("POST", "/employee/documents/upload", form, X_CSRFToken=self._token,
                  Content_Type="application/x-www-form-urlencoded")  # fmt: skip


def _pieces(head: bytes, mib: int, tail: bytes) -> Iterator[bytes]:
    """Bytes that are no text; each piece differs, so that nothing is kept twice."""
    yield head
    for number in range(mib):
        yield b"\x00\x01" + number.to_bytes(6, "big") + bytes(_PIECE - 8)
    yield tail


if __name__ == "__main__":
    raise SystemExit(main())
