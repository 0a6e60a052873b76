"""Tables as people really send them: what their README says about each must come out of the reader.

Encodings and delimiters are a rate, because a few files are too short to tell; the rate may not fall.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weft.core.errors import ValidationFailed
from weft.core.import_export.encodings import detect
from weft.core.import_export.options import ImportOptions, Source
from weft.core.import_export.planning import plan
from weft.core.import_export.reading import Table, open_table
from weft.core.records.every import every

Find = Callable[..., Path]

#: File -> encoding that its README (or its name) tells.
ENCODINGS = {
    "charsets/sample-chinese.txt": "big5", "charsets/sample-korean.txt": "cp949", "charsets/sample-greek.txt": "cp1253",
    "charsets/sample-arabic-1.txt": "cp1256", "charsets/sample-french-1.txt": "cp1252",
    "charsets/sample-hebrew-2.txt": "cp1255", "charsets/sample-turkish.txt": "cp1254",
    "charsets/sample-russian.txt": "mac_cyrillic", "charsets/sample-russian-3.txt": "utf-8",
    "charsets/sample-french.txt": "utf-8", "charsets/sample-polish.txt": "utf-8", "charsets/test_mskanji.csv": "cp932",
    "reencoded/cities_gbk_crlf.csv": "gbk", "reencoded/provinces_utf16le_bom.csv": "utf-16",
    "reencoded/cities_utf8_bom_semicolon.csv": "utf-8-sig", "reencoded/twse_40_companies_big5hkscs.csv": "big5hkscs",
    "frictionless/latin1.csv": "latin1", "frictionless/table-infer-iso-8859-7.csv": "iso8859_7",
    "frictionless/ascii-notvalid.csv": "utf-8", "frictionless/bom.csv": "utf-8-sig",
    "unstructured/stanley-cups-utf-16.csv": "utf-16", "easyexcel-zh/office_bom.csv": "utf-8-sig",
    "easyexcel-zh/no_bom.csv": "utf-8",
}  # fmt: skip
#: Two lines of Greek letters in ISO 8859-7 read as Russian just as well: too short to tell.
MISSED = {"frictionless/table-infer-iso-8859-7.csv"}


def read(path: Path) -> tuple[Table, list[list[str]]]:
    with path.open("rb") as stream:
        table = open_table(stream, path.name)
        return table, [row.cells for row in table]


def test_encodings_are_found(data_file: Find) -> None:
    wrong = set()
    for name, encoding in ENCODINGS.items():
        path = data_file("messy-csv", *name.split("/"))
        with path.open("rb") as stream:
            found = detect(stream).name
        raw = path.read_bytes()
        if raw.decode(found, "replace") != raw.decode(encoding, "replace"):
            wrong.add(name)
    assert wrong <= MISSED, f"{len(ENCODINGS) - len(wrong)} of {len(ENCODINGS)} found"


def test_every_file_of_the_csv_spectrum_reads_as_its_twin(data_file: Find) -> None:
    folder = data_file("messy-csv", "spectrum", "csvs")
    names = sorted(path.stem for path in folder.glob("*.csv"))
    assert len(names) == 12
    for name in names:
        table, rows = read(folder / f"{name}.csv")
        expected = json.loads((folder.parent / "json" / f"{name}.json").read_text(encoding="utf-8"))
        headings = [column.name for column in table.columns]
        found = [dict(zip(headings, row, strict=True)) for row in rows]
        expected = [expected] if isinstance(expected, dict) else expected
        told = [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in expected]
        read_ = [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in found]
        if name == "location_coordinates":  # the collection itself gives another number in the two files
            assert (read_[0].pop("Contact Phone Number"), told[0].pop("Contact Phone Number")) == (
                "2095257564", "1234567890",
            )  # fmt: skip
        assert read_ == told, name


def test_faults_of_the_frictionless_files(data_file: Find) -> None:
    def table(name: str) -> Table:
        return read(data_file("messy-csv", "frictionless", name))[0]

    assert [column.name for column in table("duplicate-headers.csv").columns] == [
        "id",
        "name",
        "id (2)",
        "age",
        "id (3)",
    ]
    assert [column.heading for column in table("blank-headers.csv").columns] == ["id", "", "age"]
    assert [column.name for column in table("bom.csv").columns] == ["id", "name"]
    assert read(data_file("messy-csv", "frictionless", "leading-zeros.csv"))[1] == [["01"], ["002"], ["00003"]]
    with data_file("messy-csv", "frictionless", "invalid.csv").open("rb") as stream:
        rows = list(open_table(stream, "invalid.csv"))
    assert [row.line for row in rows] == [2, 3, 5]  # row 4 is blank
    assert [len(row.extra) for row in rows] == [0, 0, 1]  # row 5 has a cell too many
    with data_file("messy-csv", "frictionless", "defective-rows.csv").open("rb") as stream:
        short, long = open_table(stream, "defective-rows.csv")
    assert (short.line, short.cells[-1], long.line, long.extra) == (2, "", 3, ["Potatoes"])
    with pytest.raises(ValidationFailed):
        table("empty.csv")


def test_the_same_table_with_and_without_mark(data_file: Find) -> None:
    with_mark = read(data_file("messy-csv", "easyexcel-zh", "office_bom.csv"))
    without = read(data_file("messy-csv", "easyexcel-zh", "no_bom.csv"))
    assert with_mark[1] == without[1]
    assert [column.name for column in with_mark[0].columns] == ["姓名", "年纪"]


def test_all_sheets_and_both_spreadsheet_formats(data_file: Find) -> None:
    for ending in ("xls", "xlsx"):
        table, _rows = read(data_file("messy-csv", "easyexcel-zh", f"multiplesheets.{ending}"))
        assert len(table.sheets) == 6
    old, new = (read(data_file("messy-csv", "easyexcel-zh", f"dataformat.{ending}"))[1] for ending in ("xls", "xlsx"))
    assert [row[0] for row in old] == [row[0] for row in new]
    ods, rows = read(data_file("messy-csv", "frictionless", "table-output.ods"))
    assert (ods.kind, rows) == ("sheet", [[1, "english"], [2, "german"]])


def test_reencoded_divisions_keep_every_row(data_file: Find) -> None:
    for name, number in (("cities_gbk_crlf.csv", 342), ("cities_utf8_bom_semicolon.csv", 342),
                         ("provinces_utf16le_bom.csv", 31), ("twse_40_companies_big5hkscs.csv", 40)):  # fmt: skip
        _table, rows = read(data_file("messy-csv", "reencoded", name))
        assert len(rows) == number
        assert not any("\ufffd" in str(cell) for row in rows for cell in row)
        assert len({len(row) for row in rows}) == 1


@pytest.mark.weft_plugins("crm")
@pytest.mark.parametrize(
    ("file", "column", "number", "twin"),
    [
        ("reencoded/cities_gbk_crlf.csv", "name", 342, ("zh-divisions", "cities.csv")),
        ("reencoded/cities_utf8_bom_semicolon.csv", "name", 342, ("zh-divisions", "cities.csv")),
        ("reencoded/provinces_utf16le_bom.csv", "name", 31, ("zh-divisions", "provinces.csv")),
        ("reencoded/twse_40_companies_big5hkscs.csv", "公司名稱", 40, None),
        ("easyexcel-zh/office_bom.csv", "姓名", 10, None),
        ("easyexcel-zh/no_bom.csv", "姓名", 10, None),
        ("frictionless/bom.csv", "name", 2, None),
    ],
)
def test_a_table_becomes_records_with_the_names_it_has(
    file: str, column: str, number: int, twin: tuple[str, str] | None, data_file: Find, records_as: Any
) -> None:
    path = data_file("messy-csv", *file.split("/"))
    with path.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        made = plan(records, "crm.account", Source(stream, path.name), {column: "name"}, None, ImportOptions())
        outcome = made.run(records)
    assert (outcome.created, outcome.faulty) == (number, 0)
    with records_as("crm.sales_manager") as records:
        names = sorted(row["name"] for row in every(records, "crm.account", ("name",), {}))
    assert len(names) == number and not any("\ufffd" in name for name in names)
    if twin is not None:
        told = read(data_file(*twin))
        at = [one.name for one in told[0].columns].index("name")
        assert names == sorted(row[at] for row in told[1])


@pytest.mark.weft_plugins("crm")
def test_faulty_rows_of_a_table_are_named_by_their_line(data_file: Find, records_as: Any) -> None:
    """``invalid.csv``: rows 2 and 3 have no value in two columns, row 4 is blank, row 5 has a cell too many."""
    path = data_file("messy-csv", "frictionless", "invalid.csv")
    with path.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        made = plan(records, "crm.account", Source(stream, path.name), {"name": "name"}, None, ImportOptions())
        outcome = made.run(records)
    assert {fault.line for fault in outcome.faults} == {5}
    assert (outcome.created, outcome.faulty) == (2, 1)


def test_no_table_of_the_collection_breaks_the_reader(data_file: Find) -> None:
    folder = data_file("messy-csv", "README.md").parent
    tables = [path for path in folder.rglob("*") if path.suffix in (".csv", ".xls", ".xlsx", ".ods")]
    assert len(tables) > 80
    empty = 0
    for path in tables:
        try:
            table, _rows = read(path)
            assert table.columns
        except ValidationFailed:
            empty += 1
    assert empty == 1  # empty.csv
