"""The plan of an import: what each column means and how it is written; made before anything is written."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from weft.core.access import fields as field_access
from weft.core.db.fields import TEXT_KINDS, Field, Kind
from weft.core.errors import ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.identity import company
from weft.core.import_export.converting import ColumnFormat, format_of
from weft.core.import_export.drafting import Drafter
from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.reading import Column, SourceRow, Table, open_table
from weft.core.import_export.targets import Target, match_columns, targets_of
from weft.core.records import rights
from weft.core.records.facade import Records
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.import_export.running import Progress

__all__ = ["ImportPlan", "plan"]

_ = translator("core")

#: Rows looked at to find out how columns are written, and rows shown as a sample.
SAMPLE = 2_000
SHOWN = 5
_KEY_KINDS = TEXT_KINDS | {Kind.INTEGER, Kind.DATE, Kind.CHOICE, Kind.REFERENCE}


@dataclass(slots=True)
class ImportPlan:
    """A file, read as records of one entity.

    Attributes:
        entity_type: the entity.
        source: the file.
        options: what the person decided.
        key: target that finds existing records, empty when every row is new.
        columns: of the file, in order.
        chosen: column index -> target.
        targets: all targets, for a screen that lets people choose.
        styles: target key -> how its cells are written.
        kind, encoding, delimiter, sheet, sheets: what was found out about the file.
        sample: the first rows.
        notes: assumptions a person should see.
    """

    entity_type: EntityType
    source: Source
    options: ImportOptions
    key: str
    columns: tuple[Column, ...]
    chosen: Mapping[int, Target]
    targets: Mapping[str, Target]
    styles: Mapping[str, ColumnFormat]
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    sample: list[SourceRow] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    region: str | None = None

    @property
    def unmatched(self) -> tuple[Column, ...]:
        """Columns that are not read."""
        return tuple(column for column in self.columns if column.index not in self.chosen)

    @property
    def mapping(self) -> dict[str, str]:
        """Column name -> target key, as found or given."""
        return {self.columns[index].name: target.key for index, target in self.chosen.items()}

    def table(self) -> Table:
        """Open the file again, at its first row."""
        return open_table(
            self.source.stream,
            self.source.name,
            sheet=self.sheet or None,
            encoding=self.encoding or None,
            delimiter=self.delimiter or None,
        )

    def drafter(self) -> Drafter:
        """What turns rows into drafts."""
        return Drafter(self.columns, self.chosen, self.targets, self.styles, self.options, self.region)

    def dry_run(self, records: Records, *, progress: Progress | None = None, errors: Any = None) -> Outcome:
        """Count what a run would do, without writing; see :func:`weft.core.import_export.running.dry_run`."""
        from weft.core.import_export import running

        return running.dry_run(records, self, progress=progress, errors=errors)

    def run(self, records: Records, *, progress: Progress | None = None, errors: Any = None) -> Outcome:
        """Import in this unit of work; see :func:`weft.core.import_export.running.run`."""
        from weft.core.import_export import running

        return running.run(records, self, progress=progress, errors=errors)


def plan(
    records: Records,
    entity: str,
    source: Source,
    mapping: Mapping[str, str | None] | None = None,
    key: str | None = None,
    options: ImportOptions | None = None,
) -> ImportPlan:
    """Read a file's heading and first rows and decide what every column means.

    Args:
        records: the unit of work of the person who imports.
        entity: entity key.
        source: the file.
        mapping: column name or heading -> target key, or None to leave the column out; others are matched by name
            and label in every language.
        key: target whose value finds existing records (``id`` or a stored field); None when every row is new.
        options: see :class:`ImportOptions`.

    Raises:
        ValidationFailed: the file cannot be read, or mapping, key or options name something that does not exist.
        TooLarge: the file exceeds a limit.
        Denied: importing this entity is not granted.
    """
    options = options or ImportOptions()
    entity_type = records.runtime.registry.entity(entity)
    rights.require_operation(records, entity_type, "import")
    access = field_access.readable(records, entity)
    writable = access.writable() | access.writable(operation="create")
    targets = targets_of(records.runtime.registry, entity_type, writable)
    table = open_table(
        source.stream,
        source.name,
        sheet=options.sheet or None,
        encoding=options.encoding or None,
        delimiter=options.delimiter or None,
    )
    chosen = _chosen(table, targets, entity_type, mapping)
    _check_names(options, targets)
    rows = list(itertools.islice(table, SAMPLE))
    styles = _styles(records, chosen, targets, options, rows)
    made = ImportPlan(
        entity_type, source, options, _checked_key(entity_type, targets, key), table.columns, chosen, targets, styles,
        table.kind, table.encoding, table.delimiter, table.sheet, table.sheets, rows[:SHOWN],
        region=rights.company_region(records),
    )  # fmt: skip
    made.notes = list(_notes(made))
    return made


def _chosen(
    table: Table, targets: Mapping[str, Target], entity_type: EntityType, mapping: Mapping[str, str | None] | None
) -> dict[int, Target]:
    try:
        chosen = match_columns(table.columns, targets, entity_type, mapping)
    except KeyError as error:
        message = _("“%(name)s” is neither a column of the file nor a field.") % {"name": str(error.args[0])[:100]}
        raise ValidationFailed.single("mapping", "unknown", message) from error
    if not chosen:
        raise ValidationFailed.single("mapping", "required", _("No column of this file is known: choose the fields."))
    return chosen


def _check_names(options: ImportOptions, targets: Mapping[str, Target]) -> None:
    for part in ("defaults", "replace", "allowed", "add_to", "leave_empty", "minguo"):
        for name in getattr(options, part):
            if name not in targets:
                message = _("There is no field “%(name)s”.") % {"name": str(name)[:100]}
                raise ValidationFailed.single(part, "unknown", message)


def _checked_key(entity_type: EntityType, targets: Mapping[str, Target], key: str | None) -> str:
    if not key:
        return ""
    target = targets.get(key)
    plain = target is not None and not target.part and not target.relation
    if key == "id" or (plain and target is not None and target.field is not None and target.field.kind in _KEY_KINDS):
        return key
    raise ValidationFailed.single("key", "unknown", _("This cannot find records."))


def _styles(
    records: Records,
    chosen: Mapping[int, Target],
    targets: Mapping[str, Target],
    options: ImportOptions,
    rows: list[SourceRow],
) -> dict[str, ColumnFormat]:
    """How each target's cells are written; defaults are read like a column of their own."""
    settings = company.cached(records.runtime)
    zone = ZoneInfo(records.principal.zone or settings.zone)
    currency = options.currency or settings.currency
    day_first = options.day_first if options.day_first is not None else True
    found: dict[str, ColumnFormat] = {}
    cells: dict[str, list[Any]] = {target.key: [row.cells[i] for row in rows] for i, target in chosen.items()}
    for key in dict.fromkeys([*cells, *options.defaults]):
        declared: Field | None = targets[key].field
        style = format_of(
            declared, cells.get(key, [options.defaults.get(key)]), day_first=day_first, zone=zone, currency=currency,
            minguo=key in options.minguo,
        )  # fmt: skip
        found[key] = style
    return found


def _notes(made: ImportPlan) -> list[Text]:
    notes: list[Text] = []
    for index, target in made.chosen.items():
        style, name = made.styles[target.key], made.columns[index].name
        if style.assumed and style.day_first:
            notes.append(_("“%(column)s” is read as day/month/year.") % {"column": name})
        elif style.assumed:
            notes.append(_("“%(column)s” is read as month/day/year.") % {"column": name})
        if style.decimal == ",":
            notes.append(_("“%(column)s” is read with a decimal comma.") % {"column": name})
    for key, pairs in made.options.replace.items():
        for old, new in pairs.items():
            notes.append(_("“%(old)s” is read as “%(new)s” (%(field)s).") % {"old": old, "new": new, "field": key})
    if made.unmatched:
        names = ", ".join(column.name for column in made.unmatched)
        notes.append(_("Not read: %(columns)s.") % {"columns": names})
    return notes
