"""The egress client: only public https, to the address that was checked, with caps; nothing else speaks HTTP."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from weft.core.net.egress import EgressClient, EgressRefused

ROOT = Path(__file__).parents[3]


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    seen: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        type(self).seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _number in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        elif self.path == "/big":
            self.send_response(200)
            self.end_headers()
            for _number in range(200):
                self.wfile.write(b"x" * 10_000)
        elif self.path == "/told-big":
            self.send_response(200)
            self.send_header("Content-Length", "99999999")
            self.end_headers()
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, format: str, *args: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """The client hangs up on purpose."""


@contextmanager
def serving() -> Iterator[int]:
    with QuietServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def port() -> Iterator[int]:
    Handler.seen = []
    with serving() as number:
        yield number


@pytest.fixture
def client() -> EgressClient:
    return EgressClient(allow_loopback=True, max_bytes=100_000, timeout=1.0)


def test_fetch_and_send_to_this_machine_when_allowed(client: EgressClient, port: int) -> None:
    answer = client.get(f"http://127.0.0.1:{port}/x?y=1", headers={"Accept": "text/plain"})
    assert (answer.status, answer.body) == (200, b"hello")
    assert Handler.seen[0][0] == "/x?y=1"
    assert Handler.seen[0][1]["host"] == f"127.0.0.1:{port}"
    assert Handler.seen[0][1]["accept"] == "text/plain"
    assert client.post(f"http://127.0.0.1:{port}/", b"abc").body == b"cba"


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/",
        "http://example.test/",
        "ftp://example.test/",
        "file:///etc/passwd",
        "https://user:secret@example.test/",
        "https:///x",
        "https://example.test:99999/",
        "gopher://x/",
        "/relative",
    ],
)
def test_anything_but_https_is_refused(url: str) -> None:
    client = EgressClient(resolver=lambda host, port: ["93.184.216.34"])
    with pytest.raises(EgressRefused):
        client.get(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0",  # noqa: S104
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::",
        "2001:0:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "2001:db8::1", "not-an-address",
    ],
)  # fmt: skip
def test_names_that_lead_inside_are_refused_before_connecting(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **kwargs: object) -> socket.socket:
        raise AssertionError(f"connected to {args}")

    monkeypatch.setattr(socket, "create_connection", never)
    for addresses in ([address], ["93.184.216.34", address]):
        with pytest.raises(EgressRefused, match="not public"):
            EgressClient(resolver=lambda host, port, found=addresses: found).get("https://rebind.test/")


@pytest.mark.network  # the resolver is asked, nothing is sent
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_odd_ways_to_write_this_machine_are_refused(host: str) -> None:
    with pytest.raises(EgressRefused):
        EgressClient().get(f"https://{host}/")


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    reached: list[object] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: object, timeout: object = None) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        EgressClient(resolver=resolver).get("https://rebind.test/")
    assert asked == ["rebind.test"]
    assert reached == [("93.184.216.34", 443)]


def test_every_redirect_is_checked_anew(port: int) -> None:
    inside = EgressClient(allow_loopback=True, timeout=1.0)
    good = inside.get(f"http://127.0.0.1:{port}/to//end")
    assert (good.status, good.url) == (200, f"http://127.0.0.1:{port}/end")
    for target in ("http://169.254.169.254/latest", "file:///etc/passwd", "http://93.184.216.34/", "https://10.0.0.1/"):
        with pytest.raises(EgressRefused):
            inside.get(f"http://127.0.0.1:{port}/to/{target}")
    with pytest.raises(EgressRefused, match="too many redirects"):
        inside.get(f"http://127.0.0.1:{port}/loop")


def test_credentials_do_not_follow_to_another_host(client: EgressClient, port: int) -> None:
    with serving() as other:
        client.get(
            f"http://127.0.0.1:{port}/to/http://127.0.0.1:{other}/end",
            headers={"Authorization": "Bearer x", "X-A": "1"},
        )
    (first, second) = Handler.seen
    assert first[1]["authorization"] == "Bearer x"
    assert "authorization" not in second[1]
    assert second[1]["x-a"] == "1"


@pytest.mark.parametrize(("path", "why"), [("/big", "too large"), ("/told-big", "too large"), ("/slow", "too long")])
def test_caps_on_size_and_time(client: EgressClient, port: int, path: str, why: str) -> None:
    began = time.monotonic()
    with pytest.raises(EgressRefused, match=why):
        client.get(f"http://127.0.0.1:{port}{path}")
    assert time.monotonic() - began < 3


def test_the_host_header_is_not_the_callers_to_set(client: EgressClient, port: int) -> None:
    with pytest.raises(EgressRefused):
        client.get(f"http://127.0.0.1:{port}/", headers={"Host": "other.test"})


_CLIENT = re.compile(
    r"^\s*(?:import|from)\s+(requests|urllib3|httpx|aiohttp|http\.client|urllib\.request|pycurl|websockets|ftplib|telnetlib)\b",
    re.M,
)


def test_no_other_module_speaks_http() -> None:
    found = []
    for folder in ("core", "plugins", "portals"):
        for path in (ROOT / folder).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            if (
                place not in ("core/net/egress.py",)
                and "node_modules" not in place
                and _CLIENT.search(path.read_text("utf-8"))
            ):
                found.append(place)
    assert found == [], "requests to other machines go through weft.core.net.egress"
    assert _CLIENT.search("import requests\n"), "the search itself works"
    assert _CLIENT.search((ROOT / "core/net/egress.py").read_text("utf-8"))


def test_mail_is_sent_from_one_module_only() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for folder in ("core", "plugins", "portals")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(?:import|from)\s+smtplib\b", path.read_text("utf-8"), re.M)
    ]
    assert users == ["core/mail/mailer.py"]
