"""The child process: ``python -I -m weft.core.files.reading.worker TASK MEDIA_TYPE OPTIONS`` with a file as its input.

Prints one JSON object. Knows nothing of the installation.
"""

from __future__ import annotations

import io
import json
import sys
from typing import IO, Any

from weft.core.files.reading import limits

__all__ = ["answer", "main"]

_PDF = "application/pdf"
_TEXT = frozenset({"text/plain", "application/xml"})


def answer(task: str, media_type: str, stream: IO[bytes], options: dict[str, int]) -> dict[str, Any]:
    """What is asked for, or ``{"reason": ...}``."""
    from weft.core.files.reading import making, office, pdf, texts

    try:
        if task in ("fill", "typeset"):
            return making.fill(stream) if task == "fill" else making.typeset(stream)
        if media_type == _PDF:
            return pdf.answer(task, stream, options)
        if media_type in _TEXT:
            return texts.answer(task, stream)
        if media_type == "application/rtf":
            return texts.answer_rtf(task, stream)
        return office.answer(task, media_type, stream)
    except texts.Unreadable as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": "large"}
    except Exception:  # a parser met what it did not expect: for the caller the file is damaged
        return {"reason": "damaged"}


def main() -> None:
    """Read standard input, print the answer."""
    task, media_type, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    limits.apply()
    stream: IO[bytes] = sys.stdin.buffer if sys.stdin.buffer.seekable() else io.BytesIO(sys.stdin.buffer.read())
    found = answer(task, media_type, stream, options)
    json.dump(found, sys.stdout)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
