"""Plain texts and RTF: decoded, and cut to what may be shown."""

from __future__ import annotations

import html
import re
from typing import IO, Any

from weft.core.files.reading.limits import MAX_TEXT

__all__ = ["Unreadable", "answer", "answer_rtf", "decoded", "tidy"]

_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\u00a0]+")
#: Characters of a text that are shown at once.
_SHOWN = 200_000


class Unreadable(Exception):
    """Says why: one of ``child.REASONS``."""


def tidy(text: str) -> str:
    """Without control characters, runs of spaces and empty lines, and no longer than what is kept."""
    plain = "".join(c for c in text[: 2 * MAX_TEXT] if c >= " " or c in "\n\t").replace("\ufffe", "")
    return _LINES.sub("\n\n", _SPACES.sub(" ", plain)).strip()[:MAX_TEXT]


def decoded(data: bytes) -> str:
    """A text in UTF-8, UTF-16 with mark, or GB 18030, as the check at upload allows them."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def answer(task: str, stream: IO[bytes]) -> dict[str, Any]:
    """The text itself; shown as it is written."""
    text = decoded(stream.read(4 * MAX_TEXT))
    if task == "text":
        return {"text": tidy(text)}
    return {"kind": "html", "html": f"<pre>{html.escape(text[:_SHOWN])}</pre>", "cut": len(text) > _SHOWN}


# ---- RTF: its words only

_RTF = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|(.)", re.DOTALL)
#: Groups that are no text.
_APART = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "colorschememapping", "datastore",
    "latentstyles", "generator", "listtable", "listoverridetable", "rsidtbl", "mmathPr", "xmlnstbl", "fldinst",
    "header", "footer", "footnote",
})  # fmt: skip
_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "cell": "\t", "row": "\n", "page": "\n", "emdash": "\u2014",
           "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
           "bullet": "\u2022"}  # fmt: skip


def answer_rtf(task: str, stream: IO[bytes]) -> dict[str, Any]:
    """The words of an RTF document, without its looks."""
    text = tidy(_rtf_text(stream.read(8 * MAX_TEXT).decode("latin-1")))
    if not text:
        raise Unreadable("empty")
    if task == "text":
        return {"text": text}
    shown = "".join(f"<p>{html.escape(line)}</p>" for line in text[:_SHOWN].split("\n") if line.strip())
    return {"kind": "html", "html": shown, "cut": len(text) > _SHOWN}


def _rtf_text(source: str) -> str:
    page = re.search(r"\\ansicpg(\d+)", source[:2000])
    encoding = {"936": "gb18030", "950": "big5", "932": "cp932"}.get(page[1] if page else "", "cp1252")
    out: list[str] = []
    stack: list[tuple[bool, int]] = []
    hidden, skip, left, raw = False, 1, 0, bytearray()

    def flush() -> None:
        if raw:
            out.append(raw.decode(encoding, "replace"))
            raw.clear()

    for found in _RTF.finditer(source):
        word, number, code, sign, brace, letter = found.groups()
        if code is None:
            flush()
        if brace == "{":
            stack.append((hidden, skip))
        elif brace == "}":
            hidden, skip = stack.pop() if stack else (False, 1)
        elif sign == "*" or word in _APART:
            hidden = True
        elif hidden:
            continue
        elif word == "uc":
            skip = int(number or 1)
        elif word == "u" and number:
            out.append(chr(int(number) % 0x10000))
            left = skip
        elif word in _BREAKS:
            out.append(_BREAKS[word])
        elif left and (code or letter):
            left -= 1
        elif code:
            raw.append(int(code, 16))
        elif sign or letter:
            out.append(sign if sign and sign in "{}\\" else letter or "")
    flush()
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
