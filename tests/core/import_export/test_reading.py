"""Tables as people send them: encodings, delimiters, ragged rows, titles above the table, spreadsheets, bombs."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from weft.core.errors import TooLarge, ValidationFailed
from weft.core.import_export.encodings import detect
from weft.core.import_export.reading import Table, open_table

TEXTS = {
    "utf-8": "名称,城市\n棠屿供水,苏州\n",
    "gb18030": "名称,城市,地址\n棠屿供水集团有限公司,苏州市,工业园区道路一号\n",
    "big5hkscs": "公司名稱,地址\n臺灣水泥股份有限公司,台北市中山北路二段\n",
    "cp932": "名前,住所\n佐藤太郎,東京都\nすずき,おおさか\n",
    "cp949": "이름,도시\n한국수자원공사,대전광역시\n",
    "cp1252": "Name;City\nFerrault Brasserie;Liège\nBrëunnvik;Köln\n",
    "cp1251": "Название;Город\nВодоканал Санкт-Петербурга;Санкт-Петербург\nГазпром;Москва\n",
}


def table(data: bytes, name: str = "x.csv", **options: Any) -> Table:
    return open_table(io.BytesIO(data), name, **options)


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_is_found(encoding: str) -> None:
    found = table(TEXTS[encoding].encode(encoding))
    lines = TEXTS[encoding].splitlines()
    delimiter = ";" if ";" in lines[0] else ","
    assert [column.name for column in found.columns] == lines[0].split(delimiter)
    assert [row.cells for row in found] == [line.split(delimiter) for line in lines[1:]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_and_wide_encodings(encoding: str) -> None:
    found = table("id,name\n1,Weirholm\n2,澄栎\n".encode(encoding))
    assert [column.name for column in found.columns] == ["id", "name"]
    assert [row.cells for row in found] == [["1", "Weirholm"], ["2", "澄栎"]]


def test_valid_utf8_needs_no_vote() -> None:
    assert detect(io.BytesIO("é".encode() * 10)).certain
    assert not detect(io.BytesIO(b"plain")).certain


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_although_others_are_in_the_text(delimiter: str) -> None:
    rows = [["name", "note"], ["A", "one, two; three"], ["B", "x | y"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert [row.cells for row in table(text.encode())] == rows[1:]


def test_a_first_line_may_name_the_delimiter() -> None:
    found = table(b"sep=;\nname;price\nA;1,50\n")
    assert [column.name for column in found.columns] == ["name", "price"]
    assert [(row.line, row.cells) for row in found] == [(3, ["A", "1,50"])]


def test_ragged_rows_and_line_numbers() -> None:
    found = table(b'id,name,age\n1,"two\nlines",3\n\n4,short\n5,long,6,extra\n,,\n')
    assert [(row.line, row.cells, row.extra) for row in found] == [
        (2, ["1", "two\nlines", "3"], []), (5, ["4", "short", ""], []), (6, ["5", "long", "6"], ["extra"]),
    ]  # fmt: skip


def test_double_and_empty_headings_stay_apart() -> None:
    found = table(b"id,name,,id,\n1,2,3,4\n")
    assert [column.name for column in found.columns] == ["id", "name", "Column 3", "id (2)"]


def test_a_title_above_the_table_is_no_heading() -> None:
    found = table(b"Customers of 2026\n\nname,city,phone\nA,B,1\nC,D,2\n")
    assert [column.name for column in found.columns] == ["name", "city", "phone"]
    assert [row.line for row in found] == [4, 5]


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,\n,,\n"])
def test_a_file_without_content_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationFailed):
        table(data)


def test_a_missing_quotation_mark_names_its_line() -> None:
    rows = "".join(f"{number},text\n" for number in range(50_000))
    with pytest.raises(TooLarge, match="line 3"):
        list(table(f'id,name\n1,ok\n2,"open\n{rows}'.encode()))


def test_too_many_columns() -> None:
    with pytest.raises(TooLarge):
        table((",".join(f"c{number}" for number in range(501)) + "\n").encode())


# ---- spreadsheets


def workbook(**sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def test_a_spreadsheet_keeps_its_types_and_names_its_sheets() -> None:
    day = datetime(2026, 3, 4)  # noqa: DTZ001 - spreadsheets know no zones
    data = workbook(Empty=[], 客户=[["名称", "数", "日"], ["A", 2, day]])
    found = table(data, "x.xlsx")
    assert (found.kind, found.sheet, found.sheets) == ("sheet", "客户", ("Empty", "客户"))
    (row,) = list(found)
    assert row.cells[:2] == ["A", 2]
    assert row.cells[2].isoformat().startswith("2026-03-04")


def test_a_spreadsheet_is_known_by_its_content_not_its_name() -> None:
    assert table(workbook(S=[["a", "b"], [1, 2]]), "list.csv").kind == "sheet"


def test_a_named_sheet_must_exist() -> None:
    data = workbook(One=[["a"], [1]], Two=[["b"], [2]])
    assert [column.name for column in table(data, "x.xlsx", sheet="Two").columns] == ["b"]
    with pytest.raises(ValidationFailed):
        table(data, "x.xlsx", sheet="Three")


def test_what_is_no_spreadsheet_is_refused() -> None:
    for data in (b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"text"):
        with pytest.raises(ValidationFailed):
            table(data, "x.xlsx")


def test_an_archive_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"\0" * (300 * 1024 * 1024))
    with path.open("rb") as stream, pytest.raises(TooLarge):
        open_table(stream, path.name)
