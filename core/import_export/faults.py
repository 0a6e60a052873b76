"""The fault file: every faulty row as it came, with line, column and reason; to be mended and sent again."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from weft.core.i18n import translator
from weft.core.import_export.cells import csv_cell, csv_text
from weft.core.import_export.options import RowFault
from weft.core.import_export.reading import Column, SourceRow

__all__ = ["FaultFile"]

_ = translator("core")

_IN_MEMORY = 2 * 1024 * 1024


class FaultFile:
    """A CSV (UTF-8 with BOM) written while the import runs; on disk once it is large.

    Args:
        columns: of the file that is imported.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._raw: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the import
        self._text = io.TextIOWrapper(self._raw, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self.rows = 0
        heading = [csv_text(column.name) for column in columns]
        self._writer.writerow([*heading, str(_("Line")), str(_("Column")), str(_("Reason"))])

    def add(self, row: SourceRow, faults: Sequence[RowFault]) -> None:
        """Append a faulty row; several faults share its line."""
        cells = [csv_cell(cell) for cell in row.cells]
        columns = "; ".join(dict.fromkeys(fault.column for fault in faults if fault.column))
        reasons = " ".join(dict.fromkeys(_named(fault, len(faults)) for fault in faults))
        self._writer.writerow([*cells, row.line, csv_text(columns), csv_text(reasons)])
        self.rows += 1

    def stream(self) -> BinaryIO:
        """The bytes from the beginning; the file stays open until :meth:`close`."""
        self._text.flush()
        self._raw.seek(0)
        return cast(BinaryIO, self._raw)

    def close(self) -> None:
        """Forget the file."""
        self._text.close()


def _named(fault: RowFault, count: int) -> str:
    return f"{fault.column}: {fault.reason}" if fault.column and count > 1 else fault.reason
