"""The grid of an import: what every column means above the file's own rows, and what was refused, mended in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from weft.core.i18n import translator
from weft.core.import_export.cells import plain_text
from weft.core.import_export.options import ImportOptions, Outcome
from weft.core.import_export.planning import ImportPlan
from weft.core.import_export.targets import Target

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["MODES", "OUT", "Decisions", "grid", "kept_of"]

_ = translator("core")

#: Value of a column that is left out.
OUT = "-"
MODES = {
    "upsert": _("Create new records and change known ones"),
    "create": _("Only create new records"),
    "update": _("Only change known records"),
}
#: Parts of a field that a column may fill on its own.
_PARTS = {
    "currency": _("Currency"), "lines": _("Street"), "postcode": _("Postcode"), "city": _("City"),
    "region": _("Region"), "country": _("Country"),
}  # fmt: skip
_FIX, _SWAP = "fix-", "swap-"
_LONGEST = 2_000


@dataclass(slots=True)
class Decisions:
    """What a person decided about a file so far; travels with the form.

    Attributes:
        mapping: column name -> target or None; empty while nothing was decided.
        key, mode: as in :class:`ImportOptions`.
        fixes: line -> {position of the column -> text}.
        swaps: column name -> {text in the file -> text meant}.
    """

    mapping: dict[str, str | None] = field(default_factory=dict)
    key: str = ""
    mode: str = "upsert"
    fixes: dict[str, dict[str, str]] = field(default_factory=dict)
    swaps: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View, kept: Mapping[str, Any], made: ImportPlan) -> Decisions:
        """Read the posted form over what was decided before.

        Args:
            view: the request with the form.
            kept: what the form's signed field carries.
            made: a plan of the same file, for its columns.
        """
        found = cls(
            key=view.form.get("key", ""),
            mode=view.form.get("mode", "upsert") if view.form.get("mode") in MODES else "upsert",
            fixes={line: dict(cells) for line, cells in kept.get("fixes", {}).items()},
            swaps={column: dict(texts) for column, texts in kept.get("swaps", {}).items()},
        )
        for column in made.columns:
            chosen = view.form.get(f"map-{column.index}", OUT)
            found.mapping[column.name] = None if chosen == OUT else chosen
        for line, place, shown in kept.get("cells", ()):
            typed = view.form.get(f"{_FIX}{line}-{place}", shown)[:_LONGEST]
            if typed != shown:
                found.fixes.setdefault(str(line), {})[str(place)] = typed
        for number, (column_name, text) in enumerate(kept.get("texts", ())):
            typed = view.form.get(f"{_SWAP}{number}", text)[:_LONGEST]
            if typed != text:
                found.swaps.setdefault(column_name, {})[text] = typed
        return found

    def options(self) -> ImportOptions:
        """Options of a plan; texts are replaced in the target their column goes to."""
        replace: dict[str, dict[str, str]] = {}
        for column, texts in self.swaps.items():
            target = self.mapping.get(column)
            if target:
                replace[target] = texts
        return ImportOptions(mode=self.mode, replace=replace, fixes=self.fixes)


def _label(view: View, target: Target) -> str:
    """Words of a place a column can go to."""
    words = {"id": _("Id"), "owner": _("Owner"), "unit": _("Unit")}
    text = str(target.field.label if target.field is not None else words.get(target.key, target.key))
    if target.relation:
        declared, reverse = view.runtime.registry.relation(target.relation)
        link = str(declared.inverse_label if reverse else declared.label)
        return f"{link}: {text}" if target.attribute else link
    return f"{text}: {_PARTS.get(target.part, target.part)}" if target.part else text


def grid(view: View, made: ImportPlan, outcome: Outcome, decided: Decisions) -> dict[str, Any]:
    """Data of ``pages/import_check.html``: columns with their choices, sample rows, texts and rows to mend."""
    options = [{"value": OUT, "label": str(_("Leave out"))}]
    options += [{"value": key, "label": _label(view, target)} for key, target in made.targets.items()]
    columns = []
    for column in made.columns:
        chosen = made.chosen.get(column.index)
        columns.append({"index": column.index, "name": column.name, "value": chosen.key if chosen else OUT})
    keys = [{"value": "", "label": str(_("Every row is a new record"))}]
    keys += [
        {"value": target.key, "label": _label(view, target)}
        for target in made.chosen.values()
        if not target.part and not target.relation
    ]
    return {
        "columns": columns,
        "options": options,
        "sample": [[plain_text(cell) for cell in row.cells] for row in made.sample],
        "settings": [
            {"name": "key", "kind": "choice", "as_select": True, "label": str(_("Known records are found by")),
             "choices": keys, "value": made.key, "required": False, "width": "half"},
            {"name": "mode", "kind": "choice", "as_select": True, "label": str(_("What happens")), "width": "half",
             "value": decided.mode, "choices": [{"value": word, "label": str(text)} for word, text in MODES.items()]},
        ],
        "texts": _texts(outcome),
        "rows": _rows(made, outcome, decided),
        "ready": outcome.created + outcome.updated,
        "mended": sum(map(len, decided.fixes.values())) + sum(map(len, decided.swaps.values())),
    }  # fmt: skip


def _texts(outcome: Outcome) -> list[dict[str, Any]]:
    """Texts refused in several rows: mended once for all of them."""
    return [
        {"name": f"{_SWAP}{number}", "column": column, "text": text, "reason": reason, "count": count}
        for number, ((column, text, reason), count) in enumerate(_several(outcome))
    ]


def _several(outcome: Outcome) -> list[tuple[tuple[str, str, str], int]]:
    return [(key, count) for key, count in outcome.texts.most_common() if count > 1]


def _rows(made: ImportPlan, outcome: Outcome, decided: Decisions) -> list[dict[str, Any]]:
    """The first refused rows, their wrong cells open; texts that stand in several rows are mended above."""
    swapped = {(column, text) for (column, text, _reason), _count in _several(outcome)}
    places = {column.name: column.index for column in made.columns}
    rows = []
    for row in outcome.rows:
        wrong = {places[fault.column] for fault in row.faults if fault.column in places}
        wrong -= {places[column] for column, text in swapped if column in places and row.cells[places[column]] == text}
        named = decided.fixes.get(str(row.line), {})
        cells = [
            {"text": text, **({"name": f"{_FIX}{row.line}-{place}"} if place in wrong or str(place) in named else {})}
            for place, text in enumerate(row.cells)
        ]
        reasons = [f"{fault.column}: {fault.reason}" if fault.column else fault.reason for fault in row.faults]
        rows.append({"line": row.line, "cells": cells, "reasons": reasons})
    return rows


def kept_of(data: Mapping[str, Any], decided: Decisions, address: str, name: str) -> dict[str, Any]:
    """What the form has to carry: the file, the decisions, and which cells and texts it shows."""
    return {
        "address": address, "name": name, "fixes": decided.fixes, "swaps": decided.swaps,
        "cells": [
            [row["line"], place, cell["text"]]
            for row in data["rows"] for place, cell in enumerate(row["cells"]) if cell.get("name")
        ],
        "texts": [[one["column"], one["text"]] for one in data["texts"]],
    }  # fmt: skip
