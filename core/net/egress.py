"""The only client for requests to other machines (R21): https, checked addresses, caps on size and time.

A host name is resolved once, every address it has must be a public one, and the connection goes to exactly the checked
address, so that a name cannot change its meaning between check and use. Each redirect is checked anew.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

__all__ = ["EgressClient", "EgressRefused", "Response"]

_MAX_BYTES = 5 * 1024 * 1024
_TOTAL = 15.0
_CONNECT = 5.0
_REDIRECTS = 3
_CHUNK = 64 * 1024
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REDIRECT = frozenset({301, 302, 303, 307, 308})
#: Never sent on to another host.
_PRIVATE_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_FORBIDDEN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})

Resolver = Callable[[str, int], list[str]]


class EgressRefused(Exception):
    """A request was not made, or its answer not taken; the message says why, without answering bytes."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, completely read.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        url: the address that answered, after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = ""


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host name, or the one it is.

    Raises:
        EgressRefused: it has none.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EgressRefused(f"{host} has no address") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class EgressClient:
    """Makes requests to public https servers.

    Args:
        allow_loopback: also plain http to this machine (tests and local tools); other private addresses stay refused.
            Comes from the operator's setting ``WEFT_EGRESS_LOOPBACK`` only, never from anything kept in the database.
        max_bytes: largest body taken.
        timeout: seconds for the whole exchange, redirects included.
        resolver: host and port -> addresses; tests give their own.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        max_bytes: int = _MAX_BYTES,
        timeout: float = _TOTAL,
        resolver: Resolver = resolve,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._resolver = resolver

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch an address (see :meth:`request`)."""
        return self.request("GET", url, headers=headers)

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None, follow: bool = True) -> Response:
        """Send bytes to an address (see :meth:`request`)."""
        return self.request("POST", url, body=body, headers=headers, follow=follow)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
    ) -> Response:
        """Make one request and read its answer.

        Args:
            follow: go where a redirect leads; False where what is sent is for this address only (secrets).

        Raises:
            EgressRefused: the address, an answer or a redirect is not allowed, or a cap was exceeded.
            OSError: the server cannot be reached or breaks off (``http.client`` errors come as EgressRefused).
        """
        deadline = time.monotonic() + self._timeout
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if sent.keys() & _FORBIDDEN_HEADERS:
            raise EgressRefused("the client sets this header itself")
        for _hop in range(_REDIRECTS + 1):
            parts = self._checked(url)
            response = self._exchange(method, parts, body, sent, deadline)
            if not follow or response.status not in _REDIRECT or "location" not in response.headers:
                return Response(response.status, response.headers, response.body, url)
            following = urljoin(url, response.headers["location"])
            if urlsplit(following).netloc != parts.netloc:
                sent = {name: value for name, value in sent.items() if name not in _PRIVATE_HEADERS}
            if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                method, body = "GET", None
            url = following
        raise EgressRefused("too many redirects")

    def _checked(self, url: str) -> SplitResult:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise EgressRefused("the port is not a number") from error
        host = parts.hostname
        if not host or parts.username is not None or parts.password is not None:
            raise EgressRefused("the address needs a host and no user name")
        if parts.scheme == "https" or (parts.scheme == "http" and self._allow_loopback):
            return parts._replace(netloc=parts.netloc if port is None or port > 0 else "")
        raise EgressRefused("only https addresses are allowed")

    def _exchange(
        self, method: str, parts: SplitResult, body: bytes | None, headers: Mapping[str, str], deadline: float
    ) -> Response:
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._public_address(host, port, plain=parts.scheme == "http")
        connection = _Pinned(host, port, address, tls=parts.scheme == "https", timeout=min(_CONNECT, _left(deadline)))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, body=body, headers={"user-agent": "weft", **headers})
            answer = _answer(connection, deadline)
            return Response(answer.status, _headers(answer), self._read(answer, connection, deadline))
        except http.client.HTTPException as error:
            raise EgressRefused(f"the answer is not HTTP: {type(error).__name__}") from error
        except TimeoutError as error:
            raise EgressRefused("the server took too long") from error
        finally:
            connection.close()

    def _public_address(self, host: str, port: int, *, plain: bool) -> str:
        """The address to connect to, after all addresses of the host were found public."""
        addresses = self._resolver(host, port)
        if not addresses:
            raise EgressRefused(f"{host} has no address")
        for text in addresses:
            if not self._allowed(text, plain=plain):
                raise EgressRefused(f"{host} leads to an address that is not public")
        return addresses[0]

    def _allowed(self, text: str, *, plain: bool) -> bool:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address):
            if address.sixtofour or address.teredo or address in _NAT64:
                return False  # these lead to an IPv4 address that only the gateway sees
            address = address.ipv4_mapped or address
        if address.is_loopback:
            return self._allow_loopback
        return address.is_global and not address.is_multicast and not plain

    def _read(self, answer: http.client.HTTPResponse, connection: _Pinned, deadline: float) -> bytes:
        length = answer.getheader("content-length", "")
        if length.isdigit() and int(length) > self._max_bytes:
            raise EgressRefused("the answer is too large")
        body = bytearray()
        while True:
            connection.limit(_left(deadline))
            chunk = answer.read1(_CHUNK)
            if not chunk:
                return bytes(body)
            body += chunk
            if len(body) > self._max_bytes:
                raise EgressRefused("the answer is too large")


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address that speaks in the name of the host (certificate, Host header)."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        if tls:
            self.default_port = 443
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Open the socket; no name is looked up here."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def limit(self, seconds: float) -> None:
        """Let the next read take at most so long."""
        if self.sock is not None:
            self.sock.settimeout(seconds)


def _answer(connection: _Pinned, deadline: float) -> http.client.HTTPResponse:
    connection.limit(_left(deadline))
    return connection.getresponse()


def _headers(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise EgressRefused("the exchange took too long")
    return left
