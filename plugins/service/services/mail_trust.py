"""Whether a mail comes from the address it names: what our own mail server found out when it took it in (RFC 8601)."""

from __future__ import annotations

import re

__all__ = ["vouched"]


def vouched(results: str, sender: str, server: str) -> bool:
    """True when our mail server says that the domain of the sender sent the mail.

    Args:
        results: the first ``Authentication-Results`` header; the ones below it may be anybody's.
        sender: address in From.
        server: name our mail server writes at the head of its results; empty: no server is trusted.
    """
    name, *found = (one.split() for one in _bare(results).lower().split(";"))
    wanted, domain = server.strip().lower(), sender.rpartition("@")[2]
    if not wanted or not domain or not name or name[0] != wanted:
        return False
    return any(_passed(words, domain) for words in found)


def _passed(words: list[str], domain: str) -> bool:
    if not words:
        return False
    method = re.sub(r"/\d+", "", words[0])
    said = dict(word.partition("=")[::2] for word in words[1:])
    if method == "dmarc=pass":
        return said.get("header.from") == domain
    if method != "dkim=pass":
        return False
    signer = said.get("header.d") or said.get("header.i", "").rpartition("@")[2]
    return signer == domain or ("." in signer and domain.endswith(f".{signer}"))


def _bare(text: str) -> str:
    """A header without comments and quoted words, where a sender could put what reads like a result."""
    kept, depth, quoted, escaped = [], 0, False, False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
        elif char == "(":
            depth += 1
        elif depth:
            depth -= char == ")"
        elif char == '"':
            quoted = True
        else:
            kept.append(char)
    return "" if quoted or depth else re.sub(r"\s*=\s*", "=", "".join(kept))
