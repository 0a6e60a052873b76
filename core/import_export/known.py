"""Which rows are about records that exist: found by the key in batches, remembered for the rest of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from weft.core.i18n import translator
from weft.core.import_export.drafting import Draft
from weft.core.import_export.writing import HEADER
from weft.core.records import rights
from weft.core.records.facade import Records
from weft.core.records.kinds import Refused, converter
from weft.core.records.stored import chunks, fetch
from weft.core.registry.model import EntityType

__all__ = ["KnownRecords"]

_ = translator("core")


class KnownRecords:
    """The records a file is about.

    Args:
        records: the unit of work.
        entity_type: the entity.
        key: target that finds records: ``id``, a stored field, or empty when every row is new.
        wants_stored: stored values are needed to compare with.

    Attributes:
        column: name of the key's column, for messages.
    """

    def __init__(self, records: Records, entity_type: EntityType, key: str, *, wants_stored: bool) -> None:
        self._records, self._type, self._key = records, entity_type, key
        self._wants_stored = wants_stored
        self.column = key
        self._ids: dict[Any, int] = {}
        self._seen: dict[Any, int] = {}
        self._pretended = 0

    def first_of_each(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
        """Split a batch: the first row of every record, and rows about a record that an earlier one is about."""
        if not self._key:
            return list(drafts), []
        first: dict[Any, Draft] = {}
        later: list[Draft] = []
        for draft in drafts:
            value = self._value(draft)
            if draft.faults:
                continue
            if value in first:
                later.append(draft)
            else:
                first[value] = draft
        return list(first.values()), later

    def look_up(self, drafts: Sequence[Draft]) -> None:
        """Note at each draft the record it is about, if there is one; several candidates are a fault."""
        if not self._key:
            return
        values = {value for draft in drafts if (value := self._value(draft)) not in self._ids and not draft.faults}
        found = self._search(values)
        for draft in drafts:
            value = self._value(draft)
            if value in self._ids:
                draft.record_id, draft.known = self._ids[value], True
            elif len(found.get(value, ())) > 1:
                message = _("%(count)s records have this value; the row could mean any of them.")
                draft.fault(self.column, message % {"count": len(found[value])}, "ambiguous")
            elif value in found:
                draft.record_id = self._ids[value] = found[value][0]
                draft.known = True
            elif self._key == "id":
                draft.fault(self.column, _("There is no record with this id."), "missing")

    def remember(self, drafts: Iterable[Draft]) -> None:
        """Note records that were just made (or, in a dry run, would be)."""
        for draft in drafts:
            if not draft.record_id:
                self._pretended -= 1
                draft.record_id = self._pretended
            if self._key:
                value = self._value(draft)
                self._ids[value] = draft.record_id
                self._seen[value] = _mark(draft)

    def differing(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
        """Split rows about known records: those that say something new, and those that an earlier row said already."""
        new: list[Draft] = []
        same: list[Draft] = []
        for draft in drafts:
            value, mark = self._value(draft), _mark(draft)
            (same if self._seen.get(value) == mark else new).append(draft)
            self._seen[value] = mark
        return new, same

    def stored(self, drafts: Sequence[Draft]) -> Mapping[int, Mapping[str, Any]]:
        """Stored values of the records of drafts by id; empty when nothing compares with them."""
        if not self._wants_stored:
            return {}
        ids = [draft.record_id for draft in drafts if draft.record_id > 0]
        return fetch(self._records, self._type, ids, lock=False)

    def _value(self, draft: Draft) -> Any:
        """The key of a row as a Python value; a fault where it has none."""
        if not self._key or draft.key is not None:
            return draft.key
        given = draft.values.get(self._key) if self._key != "id" else draft.values.get("id") or draft.record_id or None
        try:
            value = given if self._key in ("id", *HEADER) else converter(self._type.fields[self._key])(given)
        except Refused as refused:
            draft.fault(self.column, refused.message, refused.code)
            return None
        if value is None and not draft.faults:
            draft.fault(self.column, _("The cell that finds the record is empty."), "required")
        draft.key = value
        return value

    def _search(self, values: Iterable[Any]) -> dict[Any, list[int]]:
        table = self._type.table
        column = table.c.id if self._key == "id" else self._type.column(self._key)
        source = table if column.table is table else table.join(column.table, column.table.c.id == table.c.id)
        rule = rights.row_condition(self._records, self._type, "read")
        found: dict[Any, list[int]] = defaultdict(list)
        for part in chunks(list(values)):
            statement = select(column, table.c.id).select_from(source).where(column.in_(part), *rule)
            statement = statement.where(table.c.deleted_at.is_(None)).order_by(table.c.id)
            for value, record_id in self._records.connection.execute(statement):
                found[value].append(record_id)
        return found


def _mark(draft: Draft) -> int:
    """What a row says, short enough to remember for every row of a large file."""
    return hash(repr(sorted(draft.values.items())))
