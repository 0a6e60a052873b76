"""A row of the file becomes a draft: values by field name, names still to be looked up, links to make, faults found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.i18n import Text, translator
from weft.core.import_export.cells import plain_text
from weft.core.import_export.converting import ColumnFormat, Unreadable, convert_cell
from weft.core.import_export.countries import country_code
from weft.core.import_export.options import ImportOptions, RowFault
from weft.core.import_export.reading import Column, SourceRow
from weft.core.import_export.targets import Target
from weft.core.records.kinds import Refused, api_value, converter, phone_region

__all__ = ["Draft", "DraftLink", "Drafter"]

_ = translator("core")


@dataclass(slots=True)
class DraftLink:
    """A link the row asks for: the far record by name, then by id."""

    relation: str
    name: str = ""
    column: str = ""
    target_id: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(slots=True)
class Draft:
    """One row on its way.

    Attributes:
        row: as it stands in the file.
        values: values for the write path.
        names: target -> (text, column) still to be looked up.
        links: links to make.
        faults: what is wrong so far.
        emptied, replaced: cells left empty or changed by a replacement.
        record_id: the record it is about, once known.
        known: the record existed before.
        key: value of the key, once read.
    """

    row: SourceRow
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: list[DraftLink] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    emptied: int = 0
    replaced: int = 0
    record_id: int = 0
    known: bool = False
    key: Any = None

    def fault(self, column: str, reason: Text, code: str = "invalid") -> None:
        """Note what is wrong."""
        self.faults.append(RowFault(self.row.line, column, str(reason), code))


class Drafter:
    """Makes drafts of the rows of one file.

    Args:
        columns: of the file.
        chosen: column index -> target.
        targets: all targets by key, for the defaults.
        styles: target key -> how its cells are written.
        options: what the person decided.
        region: country of telephone numbers in rows without one.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        chosen: Mapping[int, Target],
        targets: Mapping[str, Target],
        styles: Mapping[str, ColumnFormat],
        options: ImportOptions,
        region: str | None,
    ) -> None:
        self._region = region
        self._styles = styles
        self._lenient = frozenset(options.leave_empty)
        self._replace = {key: {_fold(old): new for old, new in pairs.items()} for key, pairs in options.replace.items()}
        self._allowed = {key: frozenset(map(_fold, texts)) for key, texts in options.allowed.items()}
        columns_of = {target.key: columns[index] for index, target in chosen.items()}
        wanted = dict.fromkeys([*columns_of, *options.defaults])
        # parts after the fields they belong to, attributes after the links they belong to
        self._plan = sorted(
            ((targets[key], columns_of.get(key), options.defaults.get(key)) for key in wanted),
            key=lambda step: (bool(step[0].part or step[0].attribute), step[0].key),
        )

        own = [(target, column, target.field) for target, column, _default in self._plan if not target.relation]
        self._money = [target for target, _c, declared in own if declared is not None and declared.kind is Kind.MONEY]
        self._proved: list[tuple[Target, Column | None, Field]] = [
            (target, column, declared)
            for target, column, declared in own
            if declared is not None and not target.part and (declared.kind is Kind.PHONE or target.key in self._lenient)
        ]

    @property
    def targets(self) -> Iterable[Target]:
        """Targets that are filled at all."""
        return (step[0] for step in self._plan)

    def draft(self, row: SourceRow) -> Draft:
        """Read one row."""
        made = Draft(row)
        if row.extra:
            made.fault("", _("This row has more cells than the heading has columns."), "extra")
        for target, column, default in self._plan:
            cell = row.cells[column.index] if column is not None else ""
            name = column.name if column is not None else target.key
            cell = self._prepared(made, target, cell, default)
            try:
                if cell is not None:
                    self._check_allowed(target, cell)
                self._put(made, target, cell, name)
            except Unreadable as unreadable:
                if target.key in self._lenient:
                    made.emptied += 1
                else:
                    made.fault(name, unreadable.message, unreadable.code)
        if self._money:
            _finish_money(made, self._money, self._styles)
        if self._proved:
            self._proof(made)
        made.links = [link for link in made.links if link.name]
        return made

    def _proof(self, made: Draft) -> None:
        """Read telephone numbers as of the row's own country, and drop what may be left empty when it is refused."""
        country = next((v["country"] for v in made.values.values() if isinstance(v, dict) and v.get("country")), None)
        for target, column, declared in self._proved:
            value = made.values.get(target.key)
            if value is None:
                continue
            if not (target.key in self._lenient or (declared.kind is Kind.PHONE and country)):
                continue
            token = phone_region.set(country or self._region)
            try:
                made.values[target.key] = converter(declared)(value)
            except Refused as refused:
                if target.key in self._lenient:
                    made.values[target.key] = None
                    made.emptied += 1
                else:
                    made.fault(column.name if column is not None else target.key, refused.message, refused.code)
            finally:
                phone_region.reset(token)

    def _prepared(self, made: Draft, target: Target, cell: Any, default: str | None) -> Any:
        """The cell after replacing and filling; None when there is nothing."""
        if isinstance(cell, str):
            cell = cell.strip()
        if target.key in self._replace and cell not in (None, ""):
            new = self._replace[target.key].get(_fold(plain_text(cell)))
            if new is not None:
                made.replaced += 1
                cell = new
        if cell in (None, "") and default is not None:
            cell = default
        return None if cell == "" else cell

    def _check_allowed(self, target: Target, cell: Any) -> None:
        allowed = self._allowed.get(target.key)
        if allowed is not None and _fold(plain_text(cell)) not in allowed:
            message = _("“%(value)s” is not one of the allowed values.") % {"value": plain_text(cell)[:60]}
            raise Unreadable(message, "choice")

    def _put(self, made: Draft, target: Target, cell: Any, column: str) -> None:
        if target.relation:
            self._put_link(made, target, cell, column)
        elif target.field is None or target.field.kind in (Kind.REFERENCE, Kind.USER, Kind.UNIT):
            if cell is not None:
                made.names[target.key] = plain_text(cell), column
            elif target.field is not None:
                made.values[target.key] = None
        elif target.part == "currency":
            made.values[target.key] = None if cell is None else str(cell).strip().upper()
        elif target.part:
            _put_address(made, target, cell)
        else:
            made.values[target.key] = convert_cell(target.field, cell, self._styles[target.key])

    def _put_link(self, made: Draft, target: Target, cell: Any, column: str) -> None:
        link = next((found for found in made.links if found.relation == target.relation), None)
        if link is None:
            link = DraftLink(target.relation)
            made.links.append(link)
        if cell is None:
            return
        if not target.attribute:
            link.name, link.column = plain_text(cell), column
            return
        assert target.field is not None  # noqa: S101 - every attribute has its field
        value = convert_cell(target.field, cell, self._styles[target.key])
        if target.attribute in ("valid_from", "valid_to"):
            moment = datetime.combine(value, time(), self._styles[target.key].zone)
            setattr(link, target.attribute, moment)
            return
        try:
            proved = converter(target.field)(value)
        except Refused as refused:
            raise Unreadable(refused.message, refused.code) from refused
        if proved is not None:
            link.attributes[target.attribute] = api_value(target.field, proved)


def _put_address(made: Draft, target: Target, cell: Any) -> None:
    field_ = target.field
    assert field_ is not None  # noqa: S101 - a part belongs to a field
    address = made.values.setdefault(field_.name, None)
    if cell is None:
        return
    text = plain_text(cell)
    value: Any = text
    if target.part == "country":
        value = country_code(text)
    elif target.part == "lines":
        value = [line.strip() for line in text.splitlines() if line.strip()][:6]
    made.values[field_.name] = {**(address or {}), target.part: value}


def _finish_money(made: Draft, money: Iterable[Target], styles: Mapping[str, ColumnFormat]) -> None:
    """Join amounts with the currency of their cell, of the currency column, or of the import."""
    for target in money:
        if target.part:
            continue
        named = made.values.pop(f"{target.key}.currency", None)
        value = made.values.get(target.key)
        if value is not None:
            value["currency"] = named or value["currency"] or styles[target.key].currency
    for key in [key for key in made.values if key.endswith(".currency")]:
        del made.values[key]  # a currency without an amount says nothing


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
