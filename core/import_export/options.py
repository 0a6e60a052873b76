"""What a person decides about an import, and what comes out of it. Plain data, kept with the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, BinaryIO

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator

__all__ = ["FaultyRow", "ImportOptions", "Outcome", "RowFault", "Source"]

_ = translator("core")

#: Faults kept in memory for a screen; the fault file has all.
SHOWN_FAULTS = 200
#: Faulty rows and texts that were not understood kept whole, to be mended on the screen.
SHOWN_ROWS, SHOWN_TEXTS = 25, 40


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import: a seekable binary stream and its name."""

    stream: BinaryIO
    name: str


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is read and what happens with its rows.

    Attributes:
        defaults: target -> text used where the cell is empty or the file has no such column.
        replace: target -> {text in the file: text meant}; what was replaced is counted and shown.
        allowed: target -> texts that may occur (after replacing); any other is a fault of the row.
        add_to: choices with several values and links to which an update adds instead of replacing.
        leave_empty: targets whose unreadable cells are left empty and reported, instead of refusing the row.
        mode: ``upsert`` creates and updates, ``create`` leaves known records as they are, ``update`` makes no new ones.
        clear: an empty cell empties the field of a known record; else it leaves it as it is.
        partial: good rows are written although others are faulty; else nothing is.
        currency: of amounts without one; the company's when empty.
        day_first: order of day and month where the file leaves it open; the language's when None.
        minguo: targets whose years count from 1911.
        sheet, encoding, delimiter: overrule what is detected; empty to detect.
        fixes: line of the file (as text) -> {position of the column (as text): text meant instead}.
    """

    defaults: Mapping[str, str] = field(default_factory=dict)
    replace: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allowed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    add_to: Sequence[str] = ()
    leave_empty: Sequence[str] = ()
    mode: str = "upsert"
    clear: bool = False
    partial: bool = True
    currency: str = ""
    day_first: bool | None = None
    minguo: Sequence[str] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    fixes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.mode not in ("upsert", "create", "update"):
            raise ValidationFailed.single("mode", "choice", _("Choose upsert, create or update."))

    def to_json(self) -> dict[str, Any]:
        """Plain form for the run's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportOptions:
        """Read the form of :meth:`to_json`; unknown names are ignored."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row (or one cell of it) was not taken.

    Attributes:
        line: line of the file.
        column: name of the column, empty when the row as a whole is meant.
        reason: one sentence.
        code: stable machine word.
    """

    line: int
    column: str
    reason: str
    code: str = "invalid"


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """One refused row as it came, with what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[RowFault, ...]


@dataclass(slots=True)
class Outcome:
    """Counts of a dry run or a run.

    Attributes:
        total: rows read.
        created, updated: records made and changed.
        skipped: rows that change nothing: the record is as they say, or the mode leaves it alone.
        faulty: rows with a fault.
        linked: links made.
        emptied: cells left empty although something stood there (``leave_empty``).
        replaced: cells that a replacement changed.
        faults: the first of all faults.
        reasons: (column, code, reason) -> rows.
        rows: the first faulty rows, whole.
        texts: (column, text of the cell, reason) -> rows, for texts that stand in several rows.
        warned: rows about which a plugin's form check has something to say; dry run only.
        warnings: the first of these: (line, sentence).
        change_set_id: what Undo takes back.
    """

    total: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    faulty: int = 0
    linked: int = 0
    emptied: int = 0
    replaced: int = 0
    faults: list[RowFault] = field(default_factory=list)
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: list[FaultyRow] = field(default_factory=list)
    texts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    warned: int = 0
    warnings: list[tuple[int, str]] = field(default_factory=list)
    change_set_id: int | None = None

    def note(self, found: Sequence[RowFault], line: int, cells: Mapping[str, str]) -> None:
        """Count one faulty row.

        Args:
            found: what is wrong with it.
            line: its line in the file.
            cells: its cells by name of the column.
        """
        self.faulty += 1
        if len(self.rows) < SHOWN_ROWS:
            self.rows.append(FaultyRow(line, tuple(cells.values()), tuple(found)))
        for fault in found:
            key = (fault.column, cells.get(fault.column, ""), fault.reason)
            if key[1] and (key in self.texts or len(self.texts) < SHOWN_TEXTS):
                self.texts[key] += 1
        self.faults.extend(found[: max(0, SHOWN_FAULTS - len(self.faults))])
        for fault in found:
            self.reasons[fault.column, fault.code, fault.reason if len(self.reasons) < SHOWN_FAULTS else ""] += 1
