"""Office documents: DOCX, XLSX, PPTX and their OpenDocument sisters as plain HTML and as words.

Only words, headings, lists and tables are kept: no picture, macro, field, formula or link. What is made here is made
safe once more by the sanitiser before it is put into a page.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from weft.core.files.reading.limits import MAX_TEXT
from weft.core.files.reading.texts import Unreadable, tidy

__all__ = ["answer"]

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_MEMBER = 64 * 1024 * 1024
_SHOWN = 400_000
_ROWS, _COLUMNS, _SHEETS = 500, 40, 20
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TAG = re.compile(r"<(/?)(p|h[1-6]|li|tr|td|th|table|ul|hr|br)[^>]*>")
_ANY_TAG = re.compile(r"<[^>]+>")


def answer(task: str, media_type: str, stream: IO[bytes]) -> dict[str, Any]:
    """The rendering, or its words."""
    makers = {
        f"{_OOXML}wordprocessingml.document": _docx, f"{_OOXML}presentationml.presentation": _pptx,
        f"{_OOXML}spreadsheetml.sheet": _sheets, f"{_ODF}spreadsheet": _sheets, f"{_ODF}text": _odf,
        f"{_ODF}presentation": _odf,
    }  # fmt: skip
    if media_type == "application/x-ole-storage":
        return _old(task, stream)
    maker = makers.get(media_type)
    if maker is None:
        raise Unreadable("kind")
    parts, length, cut = [], 0, False
    most = _SHOWN if task == "show" else 4 * MAX_TEXT
    for part in maker(stream):
        parts.append(part)
        length += len(part)
        if length > most:
            cut = True
            break
    made = "".join(parts)
    text = _plain(made)
    if not text:
        raise Unreadable("empty")
    return {"text": text} if task == "text" else {"kind": "html", "html": made, "cut": cut}


def _plain(made: str) -> str:
    broken = _TAG.sub(lambda tag: "\t" if tag[2] in ("td", "th") else "\n", made)
    return tidy(html.unescape(_ANY_TAG.sub("", broken)))


# ---- XML


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    with archive.open(name) as member:
        data = member.read(_MEMBER + 1)
    if len(data) > _MEMBER:
        raise Unreadable("large")
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise Unreadable("damaged")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    return etree.fromstring(data, parser)


def _open(stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        raise Unreadable("damaged") from error


# ---- DOCX


def _docx(stream: IO[bytes]) -> Iterator[str]:
    with _open(stream) as archive:
        names = sorted(name for name in archive.namelist() if re.fullmatch(r"word/document\d*\.xml", name))
        if not names:
            raise Unreadable("damaged")
        body = _root(archive, names[0]).find(f"{_W}body")
        yield from _blocks(body)


def _blocks(parent: Any) -> Iterator[str]:
    for one in parent if parent is not None else ():
        if one.tag == f"{_W}p":
            yield _paragraph(one)
        elif one.tag == f"{_W}tbl":
            yield "<table>"
            for row in one.iter(f"{_W}tr"):
                cells = ["".join(_blocks(cell)) for cell in row.findall(f"{_W}tc")]
                yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
            yield "</table>"
        elif one.tag == f"{_W}sdt":
            yield from _blocks(one.find(f"{_W}sdtContent"))


def _paragraph(one: Any) -> str:
    style, listed = "", False
    properties = one.find(f"{_W}pPr")
    if properties is not None:
        named = properties.find(f"{_W}pStyle")
        style = (named.get(f"{_W}val") or "").lower() if named is not None else ""
        listed = properties.find(f"{_W}numPr") is not None
    words = _runs(one)
    boxes = [
        "".join(_blocks(box)) for box in one.iter(f"{_W}txbxContent")
        if not any(up.tag.endswith("}Fallback") for up in box.iterancestors())
    ]  # fmt: skip
    level = re.fullmatch(r"(?:heading|titre|berschrift|标题)\s*([1-6])|([1-6])", style)
    if not words.strip():
        return "".join(boxes)
    if style == "title" or level:
        number = int(level[1] or level[2]) if level else 1
        return f"<h{number + 1 if number < 6 else 6}>{words}</h{number + 1 if number < 6 else 6}>" + "".join(boxes)
    return (f"<ul><li>{words}</li></ul>" if listed else f"<p>{words}</p>") + "".join(boxes)


def _runs(paragraph: Any) -> str:
    parts: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        if any(up.tag == f"{_W}txbxContent" for up in run.iterancestors()) and not _inside(run, paragraph):
            continue
        text = ""
        for piece in run:
            if piece.tag == f"{_W}t":
                text += html.escape(piece.text or "")
            elif piece.tag in (f"{_W}br", f"{_W}cr"):
                text += "<br>"
            elif piece.tag == f"{_W}tab":
                text += " "
        if text.strip():
            properties = run.find(f"{_W}rPr")
            for name, tag in (("b", "strong"), ("i", "em")):
                mark = properties.find(f"{_W}{name}") if properties is not None else None
                if mark is not None and mark.get(f"{_W}val") not in ("0", "false"):
                    text = f"<{tag}>{text}</{tag}>"
        parts.append(text)
    return "".join(parts)


def _inside(run: Any, paragraph: Any) -> bool:
    """True when the nearest paragraph around a run is this one: words of text boxes belong to their own."""
    return next(up for up in run.iterancestors(f"{_W}p")) is paragraph


# ---- PPTX


def _pptx(stream: IO[bytes]) -> Iterator[str]:
    with _open(stream) as archive:
        found = [(int(m[1]), name) for name in archive.namelist() if (m := re.fullmatch(r"ppt/slides/slide(\d+)\.xml",
                                                                                        name))]  # fmt: skip
        for number, name in sorted(found):
            yield f"<h2>{number}</h2>"
            for paragraph in _root(archive, name).iter(f"{_A}p"):
                words = "".join(html.escape(piece.text or "") for piece in paragraph.iter(f"{_A}t"))
                if words.strip():
                    yield f"<p>{words}</p>"
            yield "<hr>"


# ---- sheets


def _sheets(stream: IO[bytes]) -> Iterator[str]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
    except Exception as error:
        raise Unreadable("password" if "password" in str(error).lower() else "damaged") from error
    for name in book.sheet_names[:_SHEETS]:
        try:
            rows = book.get_sheet_by_name(name).to_python(nrows=_ROWS)
        except Exception as error:
            raise Unreadable("damaged") from error
        yield f"<h2>{html.escape(name)}</h2><table>"
        for row in rows:
            cells = [_cell(value) for value in row[:_COLUMNS]]
            if any(cells):
                yield "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
        yield "</table>"


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# ---- OpenDocument


def _odf(stream: IO[bytes]) -> Iterator[str]:
    with _open(stream) as archive:
        if "encryption-data" in archive.read("META-INF/manifest.xml")[:_MEMBER].decode("utf-8", "replace"):
            raise Unreadable("password")
        root = _root(archive, "content.xml")
    for one in root.iter(f"{_T}h", f"{_T}p", f"{_TABLE}table-row"):
        if one.tag == f"{_TABLE}table-row":
            cells = ["".join(cell.itertext()) for cell in one.iter(f"{_TABLE}table-cell")]
            yield "<table><tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr></table>"
        elif not any(up.tag == f"{_TABLE}table-row" for up in one.iterancestors()):
            words = html.escape("".join(one.itertext()))
            if words.strip():
                yield f"<h2>{words}</h2>" if one.tag == f"{_T}h" else f"<p>{words}</p>"


# ---- documents of the nineties


def _old(task: str, stream: IO[bytes]) -> dict[str, Any]:
    """Locked packages of today's programs are told apart; of old spreadsheets the cells are read."""
    data = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("password")
    try:
        parts = list(_sheets(io.BytesIO(data)))
    except Unreadable as error:
        raise Unreadable("password" if str(error) == "password" else "kind") from error
    made = "".join(parts)
    return {"text": _plain(made)} if task == "text" else {"kind": "html", "html": made, "cut": False}
