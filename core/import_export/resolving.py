"""Names in cells become ids: of records by id, unique field or title, of users and units by address or name.

Asked in batches and remembered for the run. Only what the person may read is found, and only by fields that may be
read in every row; several candidates are refused with their number, nothing else about them is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from weft.core.access import fields as field_access
from weft.core.access.filters import row_filter
from weft.core.db.fields import TEXT_KINDS, Field, Kind
from weft.core.i18n import translator
from weft.core.identity.tables import app_user, org_unit
from weft.core.import_export.converting import Unreadable
from weft.core.import_export.targets import normalised
from weft.core.records.facade import Records
from weft.core.records.stored import chunks
from weft.core.registry.model import EntityType

__all__ = ["Resolver"]

_ = translator("core")

#: Tables of at most this many readable rows are also searched by folded names (``won`` for ``Won``).
SMALL = 2_000
_VALUE_NAMES = ("code", "label_en", "label_zh")
_NOTHING: frozenset[int] = frozenset()

Found = dict[str, frozenset[int]]


class Resolver:
    """Look-ups of one import.

    Args:
        records: the unit of work of the person who imports.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._registry = records.runtime.registry
        self._known: dict[tuple[str, str], Found] = defaultdict(dict)
        self._folded: dict[tuple[str, str], Found | None] = {}
        self._people: Found | None = None
        self._units: Found | None = None

    def prepare(self, names: Iterable[tuple[Sequence[str], str, Iterable[str]]]) -> None:
        """Look up all names of a batch.

        Args:
            names: (entity keys that may be meant, key of a value list or empty, texts of the batch).
        """
        wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entities, values, texts in names:
            for entity in entities:
                known = self._known[entity, values]
                wanted[entity, values].update(text for text in texts if text not in known)
        for (entity, values), missing in wanted.items():
            if missing:
                self._search(self._registry.entity(entity), values, missing)

    def record(self, text: str, entities: Iterable[str], values: str = "") -> int:
        """The one record of a name.

        Raises:
            Unreadable: none, or several.
        """
        found = frozenset().union(*(self._known[entity, values].get(text, _NOTHING) for entity in entities))
        return _only(text, found)

    def user(self, text: str) -> int:
        """The one active user of an address or name; raises :class:`Unreadable`."""
        if self._people is None:
            u = app_user.c
            rows = self._records.connection.execute(select(u.id, u.email, u.name, u.name_alt).where(u.active))
            self._people = _index((row.id, (row.email, row.name, row.name_alt)) for row in rows)
        return _only(text, self._people.get(normalised(text), _NOTHING))

    def unit(self, text: str) -> int:
        """The one active unit of a name; raises :class:`Unreadable`."""
        if self._units is None:
            u = org_unit.c
            rows = self._records.connection.execute(select(u.id, u.name, u.name_alt).where(u.active))
            self._units = _index((row.id, (row.name, row.name_alt)) for row in rows)
        return _only(text, self._units.get(normalised(text), _NOTHING))

    def remember(self, entity: str, text: str, record_id: int) -> None:
        """Make a record that the import itself just made known by its title."""
        for key, known in self._known.items():
            if key[0] == entity and text in known:
                known[text] = known[text] | {record_id}

    # ---- records

    def _search(self, entity_type: EntityType, values: str, texts: set[str]) -> None:
        known = self._known[entity_type.key, values]
        missing = set(texts)
        folded = self._small(entity_type, values)
        if folded is not None:
            for text in texts:
                known[text] = folded.get(text) or folded.get(normalised(text), _NOTHING)
            missing = {text for text in texts if not known[text]}
        else:
            for column in self._columns(entity_type):
                found = self._by_column(entity_type, column, missing)
                known.update(found)
                missing -= set(found)
                if not missing:
                    return
        numbers = {int(text) for text in missing if text.isascii() and text.isdigit() and len(text) <= 16}
        ids = self._by_ids(entity_type, values, numbers)
        known.update(
            {text: frozenset({int(text)}) if text.isdigit() and int(text) in ids else _NOTHING for text in missing}
        )

    def _columns(self, entity_type: EntityType) -> list[Any]:
        """Columns whose value names a record, quickest first: title, number, unique fields, the other script's name."""
        readable = field_access.readable(self._records, entity_type.key).everywhere
        table = entity_type.table
        found = [table.c.title] if "title" in readable else []
        if entity_type.spec.number and "number" in readable:
            found.append(table.c.number)
        for name, declared in entity_type.fields.items():
            unique = declared.unique and declared.kind in TEXT_KINDS
            if name in readable and (unique or name == entity_type.spec.alt_title):
                found.append(entity_type.column(name))
        return found

    def _by_column(self, entity_type: EntityType, column: Any, texts: Iterable[str]) -> Found:
        table = entity_type.table
        source = table if column.table is table else table.join(column.table, column.table.c.id == table.c.id)
        found: dict[str, set[int]] = defaultdict(set)
        for part in chunks(sorted(texts)):
            statement = select(column, table.c.id).select_from(source).where(column.in_(part), *self._rule(entity_type))
            for text, record_id in self._records.connection.execute(statement):
                found[text].add(record_id)
        return {text: frozenset(ids) for text, ids in found.items()}

    def _by_ids(self, entity_type: EntityType, values: str, ids: Iterable[int]) -> set[int]:
        table = entity_type.table
        found: set[int] = set()
        for part in chunks(sorted(ids)):
            statement = select(table.c.id).where(table.c.id.in_(part), *self._rule(entity_type, values))
            found.update(self._records.connection.scalars(statement))
        return found

    def _small(self, entity_type: EntityType, values: str) -> Found | None:
        """All names of a small table, as written and folded; None for a large one."""
        place = entity_type.key, values
        if place not in self._folded:
            self._folded[place] = self._read_small(entity_type, values)
        return self._folded[place]

    def _read_small(self, entity_type: EntityType, values: str) -> Found | None:
        table = entity_type.table
        rule = self._rule(entity_type, values)
        some = select(table.c.id).where(*rule).limit(SMALL + 1).subquery()
        if (self._records.connection.scalar(select(func.count()).select_from(some)) or 0) > SMALL:
            return None
        columns = [entity_type.column(name) for name in _VALUE_NAMES] if values else self._columns(entity_type)
        source: Any = table
        for other in {column.table for column in columns} - {table}:
            source = source.outerjoin(other, other.c.id == table.c.id)
        rows = self._records.connection.execute(select(table.c.id, *columns).select_from(source).where(*rule)).all()
        exact: dict[str, set[int]] = defaultdict(set)
        folded: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            for text in row[1:]:
                if text:
                    exact[text].add(row[0])
                    folded[normalised(text)].add(row[0])
        return {text: frozenset(ids) for text, ids in (folded | exact).items()}

    def _rule(self, entity_type: EntityType, values: str = "") -> list[Any]:
        table = entity_type.table
        rule = row_filter(self._records, entity_type.key, "read")
        found = [table.c.deleted_at.is_(None), rule.expression(table)]
        if values:
            found.append(table.c.list_key == values)
        return found


def _index(rows: Iterable[tuple[int, tuple[str | None, ...]]]) -> Found:
    found: dict[str, set[int]] = defaultdict(set)
    for number, texts in rows:
        for text in texts:
            if text:
                found[normalised(text)].add(number)
    return {text: frozenset(ids) for text, ids in found.items()}


def _only(text: str, found: frozenset[int]) -> int:
    if len(found) == 1:
        return next(iter(found))
    shown = {"value": text[:60], "count": len(found)}
    if found:
        raise Unreadable(_("“%(value)s” could be any of %(count)s records.") % shown, "ambiguous")
    raise Unreadable(_("“%(value)s” was not found.") % shown, "missing")


def is_looked_up(declared: Field | None) -> bool:
    """True for fields whose cells are names of something else."""
    return declared is not None and declared.kind in (Kind.REFERENCE, Kind.USER, Kind.UNIT)
