"""PDF by PDFium: its words, and its pages as pictures. No script, form or link of it has any effect."""

from __future__ import annotations

import base64
import io
from typing import IO, Any

from weft.core.files.reading.limits import MAX_PAGES, MAX_TEXT
from weft.core.files.reading.texts import Unreadable, tidy

__all__ = ["answer"]

_WIDTH = 900
_MOST_PIXELS = 6_000_000


def answer(task: str, stream: IO[bytes], options: dict[str, int]) -> dict[str, Any]:
    """Words, number of pages, or one page."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        document = pdfium.PdfDocument(stream.read())
    except pdfium.PdfiumError as error:
        raise Unreadable("password" if "password" in str(error).lower() else "damaged") from error
    pages = len(document)
    if task == "show":
        return {"kind": "pages", "pages": pages}
    if task == "page":
        return _page(document, options)
    parts, length = [], 0
    for number in range(min(pages, MAX_PAGES)):
        parts.append(_words(document[number]))
        length += len(parts[-1])
        if length > MAX_TEXT:
            break
    text = tidy("\n\n".join(parts))
    if not text:
        raise Unreadable("empty")
    return {"text": text, "pages": pages}


def _words(page: Any) -> str:
    return str(page.get_textpage().get_text_bounded()).replace("\r", "")


def _page(document: Any, options: dict[str, int]) -> dict[str, Any]:
    number = options.get("number", 0)
    if not 0 <= number < len(document):
        raise Unreadable("kind")
    page = document[number]
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise Unreadable("damaged")
    scale = min(options.get("width", _WIDTH), 2 * _WIDTH) / width
    scale = min(scale, (_MOST_PIXELS / (width * height)) ** 0.5)
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=False)
    return {
        "image": base64.b64encode(out.getvalue()).decode("ascii"), "width": image.width, "height": image.height,
        "text": tidy(_words(page))[:4000],
    }  # fmt: skip
