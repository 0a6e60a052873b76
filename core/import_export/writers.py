"""Writers of tables: CSV with a byte order mark, XLSX with typed cells; both take their texts from the cell encoder."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

from weft.core.import_export.cells import CSV_CELL_LIMIT, csv_cell, csv_text, plain_text

__all__ = ["TableWriter", "writer_for"]

#: Rows a sheet holds, and digits a spreadsheet program keeps of a number.
_SHEET_ROWS = 1_048_576
_DIGITS = 15


class TableWriter(Protocol):
    """What an export writes into."""

    def heading(self, names: Sequence[str]) -> None:
        """Write the names of the columns."""

    def row(self, values: Sequence[Any]) -> None:
        """Write one row of Python values."""

    def close(self) -> None:
        """Finish; the stream stays open."""


def writer_for(form: str, out: BinaryIO, zone: ZoneInfo) -> TableWriter:
    """The writer of ``csv`` or ``xlsx``.

    Args:
        form: the format.
        out: receives the bytes.
        zone: zone in which moments are written.
    """
    return _Xlsx(out, zone) if form == "xlsx" else _Csv(out, zone)


class _Csv:
    def __init__(self, out: BinaryIO, zone: ZoneInfo) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._zone = zone

    def heading(self, names: Sequence[str]) -> None:
        self._writer.writerow([csv_text(name) for name in names])

    def row(self, values: Sequence[Any]) -> None:
        self._writer.writerow([csv_cell(value, self._zone) for value in values])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class _Xlsx:
    """Row by row into a temporary file, so that memory does not grow with the export."""

    def __init__(self, out: BinaryIO, zone: ZoneInfo) -> None:
        import xlsxwriter  # slow to import, and only a spreadsheet needs it

        self._book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False,
                                               "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
        self._sheet = self._new_sheet()
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._bold = self._book.add_format({"bold": True})
        self._zone = zone
        self._next = 0
        self._names: Sequence[str] = ()

    def _new_sheet(self) -> Any:
        return self._book.add_worksheet()

    def heading(self, names: Sequence[str]) -> None:
        self._names = names
        for column, name in enumerate(names):
            self._sheet.write_string(0, column, name[:CSV_CELL_LIMIT], self._bold)
        self._sheet.freeze_panes(1, 0)
        self._next = 1

    def row(self, values: Sequence[Any]) -> None:
        if self._next >= _SHEET_ROWS:
            self._sheet = self._new_sheet()
            self.heading(self._names)
        for column, value in enumerate(values):
            self._cell(column, value)
        self._next += 1

    def _cell(self, column: int, value: Any) -> None:
        place = (self._next, column)
        match value:
            case None | "":
                return
            case bool():
                self._sheet.write_boolean(*place, value)
            case int() | Decimal() if len(str(value).lstrip("-").replace(".", "")) <= _DIGITS:
                self._sheet.write_number(*place, value)
            case datetime():
                self._sheet.write_datetime(*place, value.astimezone(self._zone).replace(tzinfo=None), self._moment)
            case date():
                self._sheet.write_datetime(*place, value, self._day)
            case _:
                self._sheet.write_string(*place, plain_text(value, self._zone)[:CSV_CELL_LIMIT])

    def close(self) -> None:
        self._book.close()
