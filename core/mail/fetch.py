"""Fetching mail from the company's mailbox by IMAP; the only place that speaks IMAP."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from weft.core.config import Settings
from weft.core.errors import ConfigError

__all__ = ["MAX_BYTES", "fetch_mail"]

_TIMEOUT = 30.0
_PORTS = {"imap": 143, "imaps": 993}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: A mail larger than this stays in the mailbox.
MAX_BYTES = 60 * 1024 * 1024
_MOST = 100


def fetch_mail(settings: Settings, take: Callable[[bytes], None]) -> int:
    """Hand every unseen mail of ``WEFT_IMAP_URL`` on, oldest first, and mark it as seen.

    Args:
        settings: ``imap_url``: ``imaps://user:password@host:port/folder``; the folder is INBOX when not named.
        take: gets the bytes of one mail; when it raises, the mail stays unseen and the others go on.

    Returns:
        How many mails were taken; 0 where no mailbox is set up.

    Raises:
        ConfigError: the address is unusable.
        OSError, imaplib.IMAP4.error: the server cannot be reached or refuses.
    """
    if not settings.imap_url:
        return 0
    parts = urlsplit(settings.imap_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError("WEFT_IMAP_URL must read imaps://user:password@host:port/folder")
    box = _connect(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _data = box.select(unquote(parts.path.strip("/")) or "INBOX")
        if status != "OK":
            raise ConfigError("WEFT_IMAP_URL names a folder that does not exist")
        return _take_unseen(box, take)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _connect(scheme: str, host: str, port: int) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=_TIMEOUT)
    box = imaplib.IMAP4(host, port, timeout=_TIMEOUT)
    if host not in _LOOPBACK:
        box.starttls(context)
    return box


def _take_unseen(box: imaplib.IMAP4, take: Callable[[bytes], None]) -> int:
    _status, found = box.uid("SEARCH", "UNSEEN")
    taken = 0
    failure: Exception | None = None
    for number in (found[0] or b"").split()[:_MOST]:
        uid = number.decode("ascii")
        _status, sizes = box.uid("FETCH", uid, "(RFC822.SIZE)")
        size = int("".join(c for c in str(sizes[0]).rpartition("RFC822.SIZE")[2] if c.isdigit()) or 0)
        if size > MAX_BYTES:
            continue
        _status, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if raw is None:
            continue
        try:
            take(raw)
        except Exception as error:  # one mail must not keep the others from arriving; it is tried again
            failure = error
            continue
        box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
        taken += 1
    if failure is not None and not taken:
        raise failure
    return taken
