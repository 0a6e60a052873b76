"""Reading a mail: any bytes that claim to be one, ordinary or damaged. Knows nothing of requests; writes nothing.

HTML becomes plain text: scripts, styles and pictures go, nothing remote is ever loaded.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from lxml import etree

__all__ = ["Incoming", "Part", "fresh_words", "read"]

_MOST_PARTS, _MOST_FILES = 500, 50
_LONGEST_TEXT = 80_000
_ID = re.compile(r"<[^<>\s]{1,2000}>")
#: Longest id that is kept as it is written.
_LONGEST_ID = 242
_WROTE = re.compile(
    r"^(?:On\b.{0,200}\bwrote:|Op\b.{0,200}\bschreef.{0,80}:|Am\b.{0,200}\bschrieb.{0,80}:|Le\b.{0,200}\ba écrit\s?:"
    r"|在.{0,200}写道[:：]|-{2,}\s*(?:Original Message|Forwarded message|原始邮件).{0,20}-{2,})\s*$"
)
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)[@+]", re.IGNORECASE)
#: Elements that end a line, and those whose content nobody reads.
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "div", "dl", "dt", "dd", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a mail says.

    Attributes:
        sender: address in From in lower case, empty when none can be read; anybody can write anybody's there.
        name: how the sender calls themselves, or empty.
        reply_to: where an answer goes: the address in Reply-To, else the sender. It says nothing of who wrote.
        results: the first Authentication-Results header, empty when From does not name exactly one address.
        subject: one line.
        text: what was written, as plain text.
        message_id: with its brackets, or empty; of a very long one the end is a digest.
        answers: ids of the mails it answers, the nearest first.
        machine: why it was not written by a person, or empty: ``auto-reply``, ``bounce``, ``list``.
        files: what came along.
    """

    sender: str
    name: str
    reply_to: str
    results: str
    subject: str
    text: str
    message_id: str
    answers: tuple[str, ...]
    machine: str
    files: tuple[Part, ...]


def read(raw: bytes) -> Incoming:
    """Read the bytes of one mail; whatever is damaged in them is left out, never an error."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    writers = _addresses(message, "From")
    sender, name = writers[0] if writers else ("", "")
    reply_to = next((address for address, _name in _addresses(message, "Reply-To")), sender)
    alone = len(writers) == 1 and len(message.get_all("From", [])) == 1
    results = str(next(iter(message.get_all("Authentication-Results", [])), "")) if alone else ""
    texts, files = _parts(message)
    subject = _clean(_header(message, "Subject")).replace("\n", " ").strip()
    nearest = _ids(message, "In-Reply-To")
    earlier = list(reversed(_ids(message, "References")))
    return Incoming(
        sender, name, reply_to, results, subject[:500], texts[:_LONGEST_TEXT].strip(),
        next(iter(_ids(message, "Message-ID")), ""),
        tuple(dict.fromkeys([*nearest, *earlier]))[:50], _machine(message, reply_to), tuple(files[:_MOST_FILES]),
    )  # fmt: skip


def fresh_words(text: str) -> str:
    """A reply without the mail it quotes below; the whole text when nothing else is left."""
    lines = text.splitlines()
    end = len(lines)
    for number, line in enumerate(lines):
        if _WROTE.match(line.strip()):
            end = number
            break
    kept = lines[:end]
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    found = "\n".join(kept).strip()
    return found or text.strip()


# ---- headers


def _ids(message: Message, name: str) -> list[str]:
    """The ids of mails in a header; of a very long one the end is a digest, so that two of them stay two."""
    return [one if len(one) <= _LONGEST_ID else _shortened(one) for one in _ID.findall(_header(message, name))]


def _shortened(one: str) -> str:
    digest = hashlib.sha256(one.encode("utf-8", "replace")).hexdigest()
    return f"{one[: _LONGEST_ID - len(digest) - 1]}{digest}>"


def _header(message: Message, name: str) -> str:
    try:
        values = message.get_all(name, [])
        return " ".join(_decoded(value) for value in values[:20])
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _decoded(value: object) -> str:
    """An encoded header as text; a charset that nobody knows is read as Latin-1."""
    text = str(value)
    try:
        parts = decode_header(text)
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return text
    found = []
    for part, charset in parts:
        found.append(part if isinstance(part, str) else _text(part, charset or "ascii"))
    return "".join(found)


def _addresses(message: Message, header: str) -> list[tuple[str, str]]:
    """Addresses of a header, in lower case, with their names. Names are decoded last: none can pass for an address."""
    found = []
    try:
        pairs = getaddresses([str(one) for one in message.get_all(header, [])[:5]])
    except (ValueError, IndexError, TypeError):
        return []
    for name, address in pairs[:20]:
        plain = _clean(address).strip().lower()
        if plain.count("@") == 1 and " " not in plain and len(plain) <= 254:
            found.append((plain, _clean(_decoded(name)).replace("\n", " ").strip()[:200]))
    return found


def _machine(message: Message, sender: str) -> str:
    """Why nobody wrote this mail; answering it would begin a conversation of machines."""
    content = message.get_content_type()
    if content == "multipart/report" or _header(message, "Return-Path").strip() == "<>":
        return "bounce"
    auto = _header(message, "Auto-Submitted").strip().lower()
    if auto and not auto.startswith("no"):
        return "auto-reply"
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond"):
        return "auto-reply"
    precedence = _header(message, "Precedence").strip().lower()
    if precedence in ("bulk", "junk", "auto_reply"):
        return "auto-reply"
    if precedence == "list" or _header(message, "List-Id") or _header(message, "List-Unsubscribe"):
        return "list"
    return "bounce" if _MACHINES.match(sender) else ""


# ---- bodies


def _parts(message: Message) -> tuple[str, list[Part]]:
    """The text that people read, plain before HTML, and the files."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[Part] = []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        kind = part.get_content_type()
        if part.is_multipart():
            if kind == "message/rfc822":
                files.append(Part("mail.eml", _bytes_of(part)))
            continue
        name = _name(part)
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            data = _payload(part)
            if data:
                files.append(Part(name or f"file-{len(files) + 1}{_ending(kind)}", data))
        elif kind == "text/html":
            rich.append(_plain_of(_text(_payload(part), _charset(part))))
        else:
            plain.append(_text(_payload(part), _charset(part)))
    words = "\n\n".join(one.strip() for one in plain if one.strip())
    return _clean(words or "\n\n".join(one for one in rich if one)), files


def _name(part: Message) -> str:
    try:
        found = part.get_filename()
    except (ValueError, LookupError, TypeError):
        return ""
    name = _clean(_decoded(found)) if found else ""
    return re.split(r"[\\/]", name)[-1].replace("\n", " ").strip()[:200]


def _payload(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        return b""
    return found if isinstance(found, bytes) else b""


def _bytes_of(part: Message) -> bytes:
    try:
        inner = part.get_payload(0)
        return inner.as_bytes() if isinstance(inner, Message) else b""
    except (ValueError, LookupError, TypeError, AttributeError, UnicodeError):
        return b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "utf-8")
    except (ValueError, LookupError, TypeError):
        return "utf-8"


def _text(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def _ending(kind: str) -> str:
    return {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf"}.get(kind, ".dat")


def _clean(text: str) -> str:
    """Without control characters and halves of characters, lines ending alike."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))


def _plain_of(html: str) -> str:
    """The words of a document, a line per block; read as browsers read it, whatever it leaves unclosed."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(_clean(html).encode(), parser)
    except (etree.LxmlError, ValueError):
        return ""
    if root is None:
        return ""
    found: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start" and element.tag in _SILENT:
            walk.skip_subtree()
            continue
        if element.tag in _BLOCKS:
            found.append("\n")
        found.append(re.sub(r"\s+", " ", (element.text if event == "start" else element.tail) or ""))
    lines = [line.strip() for line in "".join(found).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
