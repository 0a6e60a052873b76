"""Tables as people send them: CSV of any encoding and delimiter, XLSX, XLS and ODS, read row by row.

A file becomes a :class:`Table`: headings and an iterator of :class:`SourceRow`. Rows keep their line number in the
file, so that every later message can name it. Nothing here knows entities.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO

from weft.core.errors import TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.import_export.cells import opens_formula
from weft.core.import_export.encodings import detect

__all__ = ["MAX_CELL", "MAX_COLUMNS", "Column", "SourceRow", "Table", "open_table"]

_ = translator("core")

#: More columns than any table people keep; a million of them is an attack.
MAX_COLUMNS = 500
#: Longest cell in characters; the longest field is 100,000.
MAX_CELL = 131_072
_LOOK_AHEAD = 50
_DELIMITERS = ",;\t|"
_SPREADSHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_SEP_LINE = re.compile(r"^\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)


#: Rows of a file before anything is known about them: line number and cells.
Rows = Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    Attributes:
        index: position from 0.
        heading: words in the file, stripped; may be empty or occur twice.
        name: unique words for messages and mappings: ``id``, ``id (2)``, ``Column 3``.
    """

    index: int
    heading: str
    name: str


@dataclass(slots=True)
class SourceRow:
    """One row of the file.

    Attributes:
        line: number of its first line in the file, the heading's line being 1.
        cells: as many values as there are columns; text in CSV, typed values in spreadsheets.
        extra: cells beyond the last column that are not empty.
    """

    line: int
    cells: list[Any]
    extra: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A file opened for reading.

    Attributes:
        columns: of the heading row.
        kind: ``csv`` or ``sheet``.
        encoding, delimiter: of a CSV, else empty.
        sheet, sheets: the sheet read and all of the file.
    """

    columns: tuple[Column, ...]
    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    source: Iterable[tuple[int, list[Any]]] = ()

    def __iter__(self) -> Iterator[SourceRow]:
        """Rows below the heading; rows without any value are left out."""
        width = len(self.columns)
        for line, cells in self.source:
            if not any(cell not in (None, "") for cell in cells):
                continue
            extra = [cell for cell in cells[width:] if cell not in (None, "")]
            kept = cells[:width]
            kept.extend([""] * (width - len(kept)))
            yield SourceRow(line, kept, extra)


def open_table(
    stream: BinaryIO,
    name: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Open a file by its content and name.

    Args:
        stream: seekable binary stream; stays open while the table is read.
        name: file name; the ending tells spreadsheets from text, the content is checked.
        sheet: sheet of a spreadsheet, the first with content by default.
        encoding, delimiter: overrule what is detected.

    Raises:
        ValidationFailed: the file cannot be read as what it says it is, or has no heading.
        TooLarge: it exceeds a limit of this module.
    """
    stream.seek(0)
    head = stream.read(8)
    stream.seek(0)
    if PurePath(name).suffix.lower() in _SPREADSHEETS or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from weft.core.import_export.spreadsheets import open_sheet

        return open_sheet(stream, sheet)
    return _open_csv(stream, encoding, delimiter)


def _open_csv(stream: BinaryIO, encoding: str | None, delimiter: str | None) -> Table:
    used = encoding or detect(stream).name
    try:
        text = io.TextIOWrapper(_Kept(stream), encoding=used, newline="")  # type: ignore[type-var]
        sample = text.read(64 * 1024)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValidationFailed.single("file", "encoding", _("This file is not text in that encoding.")) from error
    named = _SEP_LINE.match(sample)
    skip = 1 if named else 0
    used_delimiter = delimiter or (named.group(1) if named else sniff_delimiter(sample))
    stream.seek(0)
    text = io.TextIOWrapper(_Kept(stream), encoding=used, newline="")  # type: ignore[type-var]
    records = _records(text, used_delimiter, skip)
    columns, rows = split_heading(records)
    return Table(columns, "csv", used, used_delimiter, source=rows)


def split_heading(
    records: Iterator[tuple[int, list[Any]]],
) -> tuple[tuple[Column, ...], Iterator[tuple[int, list[Any]]]]:
    """Take the row with the names of the columns off; a title or remark above the table is skipped.

    Raises:
        ValidationFailed: there is no row with content.
        TooLarge: too many columns.
    """
    seen = list(itertools.islice(records, _LOOK_AHEAD))
    filled = [sum(cell not in (None, "") for cell in cells) for _line, cells in seen]
    first = next((index for index, count in enumerate(filled) if count), None)
    if first is None:
        raise ValidationFailed.single("file", "empty", _("This file has no rows."))
    usual = Counter(count for count in filled[first:] if count).most_common(1)[0][0]
    if filled[first] == 1 and usual > 2:
        first = next((index for index, count in enumerate(filled) if count * 2 >= usual and count > 1), first)
    return columns_of(seen[first][1]), itertools.chain(seen[first + 1 :], records)


class _Kept(io.RawIOBase):
    """A view of a stream that does not close it when a text wrapper is collected."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _records(text: io.TextIOWrapper[Any], delimiter: str, skip: int) -> Rows:
    """Rows with the number of their first line; faults of the file itself name that line."""
    for _skipped in range(skip):
        text.readline()
    reader = csv.reader(text, delimiter=delimiter, strict=False)
    line = skip + 1
    blank_lead = True
    try:
        for cells in reader:
            if not cells or (blank_lead and not any(cell.strip() for cell in cells)):
                line = skip + reader.line_num + 1
                continue
            blank_lead = False
            if len(cells) > MAX_COLUMNS:
                raise TooLarge(
                    str(_("Line %(line)s has more than %(limit)s columns.") % {"line": line, "limit": MAX_COLUMNS})
                )
            yield line, [_unprefixed(cell) for cell in cells]
            line = skip + reader.line_num + 1
    except csv.Error as error:
        raise TooLarge(
            str(_("A cell that begins in line %(line)s is too long; is a quotation mark missing?") % {"line": line})
        ) from error
    except UnicodeDecodeError as error:
        raise ValidationFailed.single(
            "file", "encoding", _("Line %(line)s holds bytes that are no text in this encoding.") % {"line": line}
        ) from error


def _unprefixed(cell: str) -> str:
    """Take back the apostrophe that our own export put before what looks like a formula."""
    if cell[:1] == "'" and (cell[1:2] in ("\t", "\r", "\n") or opens_formula(cell[1:])):
        return cell[1:]
    return cell


def sniff_delimiter(sample: str) -> str:
    """The delimiter under which most rows have the same number of cells, and more than one.

    Text in quotation marks is read as such, so commas in it do not count.
    """
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = _widths(sample, delimiter)
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        common = max(set(wide), key=lambda width: (wide.count(width), width))
        share = wide.count(common) / len(widths)
        heading = 1.0 if widths[0] > 1 else 0.0  # a delimiter that the heading lacks is punctuation of the text
        score = (share + heading, common)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    lines = sample.splitlines(keepends=True)
    if len(lines) > 1 and len(sample) >= 64 * 1024:
        lines.pop()  # cut in the middle
    widths = []
    try:
        for row in csv.reader(lines[:200], delimiter=delimiter):
            if row:
                widths.append(len(row))
    except csv.Error:
        pass
    return widths or [0]


def columns_of(cells: list[Any]) -> tuple[Column, ...]:
    """Columns of a heading row; empty ones at the end are dropped, doubles are numbered.

    Raises:
        ValidationFailed: nothing is in it.
        TooLarge: more than :data:`MAX_COLUMNS`.
    """
    headings = [" ".join(str(cell if cell is not None else "").split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise ValidationFailed.single("file", "empty", _("The first row must hold the names of the columns."))
    if len(headings) > MAX_COLUMNS:
        raise TooLarge(str(_("This file has more than %(limit)s columns.") % {"limit": MAX_COLUMNS}))
    seen: dict[str, int] = {}
    columns = []
    for index, heading in enumerate(headings):
        base = heading or str(_("Column %(number)s") % {"number": index + 1})
        seen[base] = seen.get(base, 0) + 1
        columns.append(Column(index, heading, base if seen[base] == 1 else f"{base} ({seen[base]})"))
    return tuple(columns)
