"""Sessions in words."""

from __future__ import annotations

import pytest

from weft.core.web.devices import device, place

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Chrome on Windows"),
        (WINDOWS + " Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat on Android"),
        ("curl/8.0", "curl"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browser_and_system_are_told_apart(agent: str, words: str) -> None:
    assert device(agent) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("203.0.113.9", "the same network as now"),
        ("127.0.0.1", "the server itself"),
        ("192.168.1.7", "local network 192.168.1.7"),
        ("8.8.8.8", "elsewhere, 8.8.8.8"),
        ("unknown", "unknown place"),
        ("", "unknown place"),
    ],
)
def test_places_are_said_in_words(address: str, words: str) -> None:
    assert place(address, "203.0.113.9") == words
