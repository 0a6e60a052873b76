"""Files made of plain words: a Word document with filled slots, a PDF. Both in the child process that reads files."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from weft.core.files.reading.child import ask

__all__ = ["Made", "make_docx", "make_pdf"]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Made:
    """A file, or why there is none (``damaged``, ``fonts`` ...)."""

    content: bytes = b""
    reason: str = ""


def make_docx(template: IO[bytes], size: int, values: Mapping[str, str]) -> Made:
    """Fill the slots ``{{name}}`` of a Word document; a slot nobody knows becomes a dash.

    Args:
        template: the document.
        size: its bytes.
        values: plain words by the name of the slot.
    """
    head = json.dumps(dict(values)).encode()
    stream = BytesIO(len(head).to_bytes(8, "big") + head + template.read())
    return _made("fill", _DOCX, stream, size + len(head) + 8)


def make_pdf(text: str, title: str) -> Made:
    """Set a text as a PDF on A4: headings ``#``, lists ``-``, tables ``| a | b |``; every character is drawn.

    Refused with ``fonts`` when the text has Chinese characters and no installed font has them.
    """
    head = json.dumps({"text": text, "title": title}).encode()
    return _made("typeset", "text/plain", BytesIO(head), len(head))


def _made(task: str, kind: str, stream: IO[bytes], size: int) -> Made:
    found = ask(task, kind, stream, size)
    if found.reason:
        return Made(reason=found.reason)
    return Made(base64.b64decode(found.data["content"]))
