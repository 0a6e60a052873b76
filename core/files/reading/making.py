"""In the child process: filling a Word document, setting a PDF."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import IO, Any

from weft.core.files.reading.texts import Unreadable

__all__ = ["fill", "typeset"]

_SLOT = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
#: Families with Chinese characters, the best first.
_FAMILIES = (
    "Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "Source Han Serif SC", "PingFang SC",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimSun", "SimHei", "Droid Sans Fallback",
    "AR PL UMing CN", "Songti SC", "STSong",
)  # fmt: skip


def fill(stream: IO[bytes]) -> dict[str, Any]:
    """Fill the slots in paragraphs, tables, heads and feet of a Word document."""
    import docx

    data = stream.read()
    length = int.from_bytes(data[:8], "big")
    values: dict[str, str] = json.loads(data[8 : 8 + length])
    try:
        document = docx.Document(io.BytesIO(data[8 + length :]))
    except Exception as error:
        raise Unreadable("damaged") from error
    parts: list[Any] = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    for part in parts:
        for paragraph in part.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
            _fill_paragraph(paragraph, values)
    out = io.BytesIO()
    document.save(out)
    return {"content": base64.b64encode(out.getvalue()).decode("ascii")}


def _fill_paragraph(paragraph: Any, values: dict[str, str]) -> None:
    """A slot may be cut into several runs: the first keeps the look, the others give their share."""
    texts = list(paragraph.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))
    while found := _SLOT.search("".join(one.text or "" for one in texts)):
        word = values.get(found[1], "\u2014").replace("{{", "{ {")
        at, put = 0, False
        for one in texts:
            text = one.text or ""
            first, last = max(found.start() - at, 0), min(found.end() - at, len(text))
            at += len(text)
            if last > first and first < len(text):
                one.text = text[:first] + ("" if put else word) + text[last:]
                one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                put = True
        if not put:
            return


# ---- PDF

_TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set page(paper: "a4", margin: 24mm)
#set page(footer: context align(center, text(8pt, counter(page).display("1 / 1", both: true))))
#set text(font: data.fonts, size: 10.5pt, lang: data.lang)
#set par(leading: 0.75em, justify: false)
#for block in data.blocks {
  if block.kind == "head" {
    v(0.6em)
    text(size: (17pt, 13pt, 11.5pt).at(block.level - 1), weight: "bold", block.text)
    parbreak()
  } else if block.kind == "list" {
    list(..block.rows)
  } else if block.kind == "table" {
    table(columns: block.columns, stroke: 0.5pt, inset: 6pt, ..block.cells)
  } else {
    block.text
    parbreak()
  }
}
"""


def typeset(stream: IO[bytes]) -> dict[str, Any]:
    """Set a text; words are data of the typesetter, never its language."""
    import typst

    given = json.loads(stream.read())
    text = str(given["text"])
    han = bool(_HAN.search(text + given["title"]))
    fonts = ["Libertinus Serif"]
    if han:
        there = set(typst.Fonts().families())
        fonts = [one for one in _FAMILIES if one in there][:2]
        if not fonts:
            raise Unreadable("fonts")
    data = {"title": given["title"], "lang": "zh" if han else "en", "fonts": fonts, "blocks": _blocks(text)}
    made = typst.compile(_TEMPLATE.encode(), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    return {"content": base64.b64encode(made).decode("ascii")}


def _blocks(text: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for raw in text.splitlines():
        line = raw.strip()
        last: dict[str, Any] = blocks[-1] if blocks else {"kind": ""}
        if not line:
            blocks.append({"kind": "gap"})
        elif head := re.match(r"(#{1,3})\s+(.*)", line):
            blocks.append({"kind": "head", "level": len(head[1]), "text": _words(head[2])})
        elif line.startswith(("- ", "* ")):
            if last["kind"] != "list":
                blocks.append(last := {"kind": "list", "rows": []})
            last["rows"].append(_words(line[2:]))
        elif line.startswith("|") and line.endswith("|"):
            cells = [_words(cell.strip()) for cell in line[1:-1].split("|")]
            if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                continue
            if last["kind"] != "table":
                blocks.append(last := {"kind": "table", "columns": len(cells), "cells": []})
            last["cells"] += (cells + [""] * last["columns"])[: last["columns"]]
        elif last["kind"] == "text":
            last["text"] += "\n" + _words(line)
        else:
            blocks.append({"kind": "text", "text": _words(line)})
    return [block for block in blocks if block["kind"] != "gap"]


def _words(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text)
