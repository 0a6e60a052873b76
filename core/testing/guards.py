"""What a test may not do by accident: reach the network."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

__all__ = ["NetworkRefused", "refuse_network"]


class NetworkRefused(RuntimeError):
    """A test tried to reach a host that is not this machine; mark it ``network`` when that is its purpose."""


def refuse_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets reach this machine only (databases, the test server, a browser)."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> Any:
        _check(self.family, address)
        return connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> Any:
        _check(self.family, address)
        return connect_ex(self, address)

    def checked_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _local(host):
            raise NetworkRefused(f"the test looks up {host!r}")
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", checked_connect)
    patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
    patch.setattr(socket, "getaddrinfo", checked_resolve)


def _check(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _local(address[0]):
        raise NetworkRefused(f"the test connects to {address[0]}:{address[1]}")


def _local(host: Any) -> bool:
    if host is None or host in ("", b"", "localhost", b"localhost", socket.gethostname()):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
