"""Reading files in a child process: words, renderings and reasons; hostile input costs little and breaks nothing."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest

from weft.core.files.making import make_docx, make_pdf
from weft.core.files.reading.child import ask

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _docx(body: str, head: str = "") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{head}<w:document {_W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def _ask(task: str, kind: str, data: bytes, **options: int):
    return ask(task, kind, BytesIO(data), len(data), **options)


def test_a_pdf_made_of_a_text_draws_every_character_and_gives_its_words_back():
    text = (
        "# 框架合同 Framework\n\n人民币壹佰贰拾陆万元整，龘靐齉。\n\n- 第一\n- Second\n\n"
        "| 项目 | 金额 |\n|---|---|\n| LD-3 | 1,260 |"
    )
    made = make_pdf(text, "合同")
    if made.reason == "fonts":
        pytest.skip("no font with Chinese characters on this machine")
    found = _ask("text", "application/pdf", made.content).data["text"]
    for word in ("框架合同 Framework", "人民币壹佰贰拾陆万元整", "龘靐齉", "第一", "LD-3", "1,260"):
        assert word in found
    assert _ask("show", "application/pdf", made.content).data["pages"] == 1
    page = _ask("page", "application/pdf", made.content, number=0, width=600)
    assert page.data["width"] == 600 and page.data["image"] and "框架合同" in page.data["text"]


def test_words_of_a_typesetter_are_words():
    made = make_pdf('#read("/etc/passwd") $x$ #set page(width: 1pt)', "x")
    assert '#read("/etc/passwd")' in _ask("text", "application/pdf", made.content).data["text"]


def test_slots_of_a_word_document_are_filled_also_where_they_are_cut_into_runs():
    body = (
        "<w:p><w:r><w:t>Dear {{na</w:t></w:r><w:r><w:t>me}}, {{account.name}}: {{unknown}}</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{ amount }}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    import docx

    document = docx.Document()
    document.add_paragraph("x")
    out = BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = parts["word/document.xml"].decode()
    start, end = changed.index("<w:p>"), changed.index("</w:p>") + 6
    parts["word/document.xml"] = (changed[:start] + body + changed[end:]).encode()
    again = BytesIO()
    with zipfile.ZipFile(again, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    values = {"name": "棠屿 {{amount}}", "account.name": "Alder <b>", "amount": "CNY 12.50"}
    made = make_docx(BytesIO(again.getvalue()), len(again.getvalue()), values)
    assert made.reason == ""
    text = _ask("text", DOCX, made.content).data["text"]
    assert "Alder <b>: —" in text and "CNY 12.50" in text and "棠屿" in text


def test_a_word_document_becomes_plain_markup():
    data = _docx('<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>'
                 "<w:p><w:r><w:t>&lt;script&gt;alert(1)&lt;/script&gt;</w:t></w:r></w:p>")  # fmt: skip
    found = _ask("show", DOCX, data).data["html"]
    assert "<h2>Scope</h2>" in found and "&lt;script&gt;" in found and "<script" not in found


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused_at_once(head):
    began = time.monotonic()
    found = _ask("text", DOCX, _docx("<w:p><w:r><w:t>&b;&e;</w:t></w:r></w:p>", head))
    assert found.reason == "damaged" and found.data == {}
    assert time.monotonic() - began < 10


def test_what_takes_too_much_memory_or_is_nonsense_ends_with_a_reason():
    deep = b"%PDF-1.4\n" + b"1 0 obj\n<</Kids [1 0 R]>>\nendobj\n" * 2000
    assert _ask("text", "application/pdf", deep).reason in ("damaged", "empty")
    assert _ask("text", DOCX, b"PK\x03\x04 nonsense").reason == "damaged"
    big = _docx("<w:p><w:r><w:t>" + "a" * (70 * 1024 * 1024) + "</w:t></w:r></w:p>")
    assert _ask("text", DOCX, big).reason == "large"
    assert _ask("text", "application/octet-stream", b"\x00\x01").reason == "kind"


def test_texts_are_read_in_the_encodings_that_are_taken():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert "漏损" in _ask("text", "text/plain", "夜间漏损 25 dB".encode(encoding)).data["text"]
    rtf = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 Arial;}}\f0 Meter \u28431?\'cb\'f0 \b ok\b0\par next}"
    assert _ask("text", "application/rtf", rtf).data["text"] == "Meter 漏损 ok\nnext"
