"""A session in words: which browser on which system, and from where; for people, never for decisions."""

from __future__ import annotations

import ipaddress

from weft.core.i18n import translator

__all__ = ["device", "place"]

_ = translator("core")

#: Word in the user agent -> name; the first that fits counts, because browsers call themselves by each other's names.
_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("MicroMessenger", "WeChat"), ("Vivaldi", "Vivaldi"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """``Firefox on Windows`` for a user agent; what cannot be told is left out."""
    browser = next((name for word, name in _BROWSERS if word in agent), "")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    if browser and system:
        return str(_("%(browser)s on %(system)s") % {"browser": browser, "system": system})
    return browser or system or str(_("Unknown browser"))


def place(address: str, here: str) -> str:
    """Where a session is used from, in words, with the address as far as it says something.

    Args:
        address: of the session.
        here: of the present request.
    """
    if address and address == here:
        return str(_("the same network as now"))
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return str(_("unknown place"))
    if found.is_loopback:
        return str(_("the server itself"))
    words = _("local network %(address)s") if found.is_private else _("elsewhere, %(address)s")
    return str(words % {"address": address})
