"""Every file of the collection of documents: it comes in, is shown or says why not, and is found by its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from weft.core.errors import ValidationFailed
from weft.core.files import words
from weft.core.sdk import files
from weft.core.search.service import search

pytestmark = pytest.mark.weft_plugins("documents", "portal_employee")

#: The folder of public data sets beside the checkout.
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LOCKED = {
    "libreoffice-writer-password.pdf": "password", "encrypted.pdf": "password", "password.pdf": "password",
    "password_protected.xlsx": "password",
}  # fmt: skip
#: Terms the README names: file -> words with how often they stand in the text layer.
KNOWN = {
    "listed_company_q1_2018_report.pdf": {"东北电气": 30, "资产负债表": 3, "营业收入": 3},
    "land_use_standard_page.pdf": {"安徽省": 1, "用地指标": 8, "公路": 12},
    "payment.docx": {"付款通知书编号": 1, "客户 ID": 1, "货物": 1},
    "OKR.docx": {"OKR目标制定": 1},
    "fake-memo.pdf": {"May 5, 2023": 1},
}

#: How often terms stand in the laws, as the README of the data says: term -> law (the start of its file) -> times.
LAWS = {
    "电子签名": {"电子签名法": 60},
    "竞业限制": {"劳动合同法(": 8},
    "试用期": {"劳动合同法(": 19, "劳动法": 4, "劳动合同法实施条例": 3},
    "注册资本": {"公司法(2023": 45, "公司法(2018": 28, "劳动合同法(": 1},
    "个人信息": {"个人信息保护法": 289, "网络安全法": 20, "消费者权益保护法": 7, "会计法(2024": 2, "数据安全法": 2,
             "公司法(2023": 1, "社会保险法": 1},
    "带薪年休假": {"劳动法": 2, "职工带薪年休假条例": 2},
    "增值税专用发票": {"增值税暂行条例": 6, "发票管理办法(2019": 4, "发票管理办法(2023": 4},
}  # fmt: skip
#: Articles of a law: lines that begin so.
ARTICLES = {"公司法(2018": 218, "公司法(2023": 266, "劳动合同法(": 98, "票据法": 110, "个人信息保护法": 74,
            "数据安全法": 55, "电子签名法": 36}  # fmt: skip
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零]+条", re.MULTILINE)

needs_data = pytest.mark.skipif(not (DATA / "documents").is_dir(), reason="the collection of documents is not here")


def _every() -> list[Path]:
    return sorted(one for one in (DATA / "documents").rglob("*") if one.is_file() and one.name != "README.md")


@needs_data
def test_every_file_of_the_collection_comes_in_is_shown_or_says_why_and_is_found(
    weft_cast, weft_runtime, records_as, client_as, make_record, settle
):
    """One pass over all 59 files, so that they are read once."""
    folder = make_record("documents.folder", name="Collection").id
    librarian = weft_cast.user("documents.librarian", name="Su Yin", email="su@weft.example")
    made: dict[str, tuple[int, int]] = {}
    with records_as(librarian, write=True) as records:
        for one in _every():
            with one.open("rb") as stream:
                kept = files.upload(records, files.receive(weft_runtime, stream, one.name, wide=True))
            values = {"name": one.name, "folder": folder, "file": kept.id, "status": "released"}
            made[one.name] = (records.create("documents.document", values)["id"], kept.id)
    settle()
    texts = {}
    with records_as(librarian) as records:
        for name, (_document, file) in made.items():
            texts[name] = files.words_of(records, file) or ""
        for name, terms in KNOWN.items():
            for term, count in terms.items():
                plain = re.sub(r"[ \n]+", " ", texts[name])
                assert plain.count(term) >= count, f"{name}: {term} stands {plain.count(term)} times"
                found = [row.id for group in search(records, term) or [] for row in group.rows]
                assert made[name][0] in found, f"{name} is not found by {term}"
    assert texts["single_table.pdf"] == "" and all(texts[name] == "" for name in LOCKED)
    assert texts["fake-memo.pdf"].lstrip().startswith("May 5, 2023")
    client = client_as(librarian)
    for name, (_document, file) in made.items():
        answer = client.get(f"/employee/me/preview/{file}?part=1", headers={"HX-Request": "true"})
        kind = re.search(r'data-preview="(\w+)"', answer.text)
        assert answer.status_code == 200 and kind, name
        if name in LOCKED:
            assert kind[1] == "none" and "password" in answer.text, name
        if kind[1] == "none":
            assert "No preview" in answer.text, name
    assert words.unread(weft_runtime) == []


@needs_data
def test_the_laws_give_the_known_counts_and_are_found_by_their_terms(
    weft_cast, weft_runtime, records_as, make_record, settle
):
    folder = make_record("documents.folder", name="Laws").id
    librarian = weft_cast.user("documents.librarian", name="Su Yin", email="su@weft.example")
    laws = sorted((DATA / "zh-text" / "laws").rglob("*.md"))
    made: dict[int, str] = {}
    assert len(laws) == 25
    with records_as(librarian, write=True) as records:
        for one in laws:
            with one.open("rb") as stream:
                kept = files.upload(records, files.receive(weft_runtime, stream, one.name, wide=True))
            values = {"name": one.stem, "folder": folder, "file": kept.id, "status": "released"}
            made[records.create("documents.document", values)["id"]] = one.stem
    settle()
    with records_as(librarian) as records:
        words = {
            number: files.words_of(records, records.get("documents.document", number)["file"]) or "" for number in made
        }
        for term, counts in LAWS.items():
            told = {made[number]: text.count(term) for number, text in words.items() if term in text}
            wanted = {
                name: count for start, count in counts.items() for name in made.values() if name.startswith(start)
            }
            assert told == wanted, term
            where = {number for number, name in made.items() if name in wanted}
            found = {row.id for group in search(records, term, limit=200) or [] for row in group.rows}
            # Pairs of characters find every law that has the term; one that only has its pairs may come along.
            assert where <= found and len(found - where) <= 2, term
        for start, count in ARTICLES.items():
            (number,) = (one for one, name in made.items() if name.startswith(start))
            assert len(_ARTICLE.findall(words[number])) == count, start


HOSTILE = {
    "page.html": b"<!doctype html><script>document.title='ran'</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "two.xml": b'<?xml version="1.0"?><x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script>1</x:script></x:svg>',
    "styled.xml": b'<?xml version="1.0"?><?xml-stylesheet href="javascript:1"?><a/>',
    "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "program.pdf": b"MZ\x90\x00" + b"\x00" * 200,
    "run.sh.txt.png": b"\x7fELF" + b"\x00" * 200,
    "script": b"#!/bin/sh\x00\x01\nrm -r /",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_programs_web_pages_and_drawings_with_scripts_are_refused_with_a_reason(weft_runtime, name):
    from io import BytesIO

    with pytest.raises(ValidationFailed) as refused:
        files.receive(weft_runtime, BytesIO(HOSTILE[name]), name, wide=True)
    assert str(refused.value.errors[0].message)


def test_any_other_file_is_taken_where_a_field_says_so_and_keeps_no_dangerous_name(weft_runtime):
    from io import BytesIO

    drawing = files.receive(weft_runtime, BytesIO(b"AC1027\x00\x01\x02" * 20), "../../plan.dwg", wide=True)
    assert (drawing.name, drawing.media_type) == ("plan.dwg", "application/octet-stream")
    renamed = files.receive(weft_runtime, BytesIO(b"AC1027\x00\x01\x02" * 20), "plan.html", wide=True)
    assert renamed.name == "plan.html.bin"
    with pytest.raises(ValidationFailed):
        files.receive(weft_runtime, BytesIO(b"AC1027\x00\x01\x02" * 20), "plan.dwg")


def test_a_large_upload_streams(weft_runtime, monkeypatch):
    """With the limit raised, 200 MB pass without being held in memory."""
    import tracemalloc

    weft_runtime.settings = weft_runtime.settings.with_changes(upload_limit=300 * 1024 * 1024)

    class Sparse:
        """Two hundred megabytes that exist nowhere."""

        left = 200 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            piece = min(size, self.left)
            self.left -= piece
            return b"\x01\x00" * (piece // 2)

    tracemalloc.start()
    received = files.receive(weft_runtime, Sparse(), "film.mp4", wide=True)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert received.content.size == 200 * 1024 * 1024
    assert most < 20 * 1024 * 1024
