"""Spreadsheets (XLSX, XLSB, XLS, ODS) through python-calamine, behind limits on what an archive may unfold to."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from weft.core.errors import TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.import_export.reading import MAX_CELL, MAX_COLUMNS, Rows, Table, split_heading

__all__ = ["open_sheet"]

_ = translator("core")

#: An archive may not unfold to more than this (security R30).
MAX_UNFOLDED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_MEMBERS = 1_000
_RATIO_FROM = 1024 * 1024  # tiny members may be very regular


def open_sheet(stream: BinaryIO, sheet: str | None) -> Table:
    """Open one sheet of a spreadsheet.

    Raises:
        ValidationFailed: no spreadsheet, no such sheet, or nothing in it.
        TooLarge: the archive unfolds beyond the limits.
    """
    _check_archive(stream)
    try:
        book = CalamineWorkbook.from_filelike(stream)
    except (CalamineError, OSError, ValueError) as error:
        raise ValidationFailed.single("file", "invalid", _("This file cannot be read as a spreadsheet.")) from error
    names = tuple(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise ValidationFailed.single("sheet", "invalid", _("This file has no sheet of that name."))
    for name in (sheet,) if sheet is not None else names:
        try:
            columns, rows = split_heading(_rows(book, name))
        except ValidationFailed:
            if name == (sheet or names[-1]):
                raise
            continue
        return Table(columns, "sheet", sheet=name, sheets=names, source=rows)
    raise ValidationFailed.single("file", "empty", _("This file has no rows."))


def _check_archive(stream: BinaryIO) -> None:
    stream.seek(0)
    if stream.read(4) != b"PK\x03\x04":
        stream.seek(0)
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ValidationFailed.single("file", "invalid", _("This file cannot be read as a spreadsheet.")) from error
    finally:
        stream.seek(0)
    total = sum(member.file_size for member in members)
    bomb = any(
        member.file_size > _RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > MAX_MEMBERS or total > MAX_UNFOLDED or bomb:
        raise TooLarge(str(_("This spreadsheet unfolds to more than %(limit)s MB.") % {"limit": MAX_UNFOLDED >> 20}))


def _rows(book: CalamineWorkbook, name: str) -> Rows:
    """Rows with their number in the sheet; formula results come as values, errors as their text."""
    try:
        sheet = book.get_sheet_by_name(name)
        first = sheet.start[0] if sheet.start else 0
        width = sheet.width
    except (CalamineError, OSError, ValueError) as error:
        raise ValidationFailed.single("file", "invalid", _("This sheet cannot be read.")) from error
    if width > MAX_COLUMNS:
        raise TooLarge(str(_("This file has more than %(limit)s columns.") % {"limit": MAX_COLUMNS}))
    for number, row in enumerate(sheet.iter_rows(), first + 1):
        yield number, [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > MAX_CELL:
            raise TooLarge(str(_("A cell is longer than %(limit)s characters.") % {"limit": MAX_CELL}))
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, timedelta):
        return str(value)
    return value
