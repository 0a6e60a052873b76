"""Drafts become records through the bulk path; what cannot be written is found out row by row, the rest goes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weft.core.errors import Conflict, Denied, FieldError, NotFound, StateConflict, ValidationFailed
from weft.core.i18n import Text, translator
from weft.core.import_export.drafting import Draft
from weft.core.records import bulk, write
from weft.core.records.facade import Records
from weft.core.registry.model import EntityType

__all__ = ["REFUSALS", "Columns", "create_drafts", "try_all", "update_drafts"]

_ = translator("core")

#: Refusals that concern rows; everything else is a fault of the program and ends the import.
REFUSALS = (ValidationFailed, Denied, NotFound, Conflict, StateConflict)
HEADER = ("owner", "unit")

#: Field name -> column name, for messages.
Columns = Mapping[str, str]


def create_drafts(records: Records, entity_type: EntityType, drafts: Sequence[Draft], columns: Columns) -> list[Draft]:
    """Create records; returns the drafts that were written, now with their ids. Faults are noted at the others."""

    def create(some: Sequence[Draft]) -> None:
        made = bulk.load(records, entity_type.key, [draft.values for draft in some]).created
        for draft, record_id in zip(some, made, strict=True):
            draft.record_id = record_id

    return try_all(drafts, create, columns)


def update_drafts(
    records: Records, entity_type: EntityType, drafts: Sequence[Draft], columns: Columns
) -> tuple[list[Draft], int]:
    """Update records; returns the drafts that could be written and how many of them changed something."""
    changed = 0

    def update(some: Sequence[Draft]) -> None:
        nonlocal changed
        edits = [write.Edit(draft.record_id, _without_header(draft.values)) for draft in some]
        changes = write.update_many(records, entity_type, edits, kind="import")
        changed += sum(any(change.changed(name) for name in change.values) for change in changes)

    done = try_all(drafts, update, columns)
    return done, changed


def _without_header(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in HEADER}


def try_all(drafts: Sequence[Draft], work: Callable[[Sequence[Draft]], None], columns: Columns) -> list[Draft]:
    """Do work on all drafts; on a refusal leave out whom it names, or halve until it is clear whom it means.

    Args:
        drafts: to be worked on together.
        work: all or nothing; raises one of :data:`REFUSALS`.
        columns: for the messages.

    Returns:
        The drafts the work was done on, in order.
    """
    if not drafts:
        return []
    try:
        work(drafts)
    except REFUSALS as refusal:
        named = _named(refusal, len(drafts))
        if named:
            for place, errors in named.items():
                _note(drafts[place], errors, columns)
            return try_all([draft for place, draft in enumerate(drafts) if place not in named], work, columns)
        if len(drafts) == 1:
            drafts[0].fault("", *_words(refusal))
            return []
        middle = len(drafts) // 2
        return [*try_all(drafts[:middle], work, columns), *try_all(drafts[middle:], work, columns)]
    return list(drafts)


def _named(refusal: Exception, count: int) -> dict[int, list[FieldError]]:
    """Positions with their errors, when the refusal says whom it concerns."""
    found: dict[int, list[FieldError]] = {}
    if isinstance(refusal, ValidationFailed):
        for error in refusal.errors:
            place = error.index if error.index is not None else (0 if count == 1 else None)
            if place is None or not 0 <= place < count:
                return {}
            found.setdefault(place, []).append(error)
    return found


def _note(draft: Draft, errors: Sequence[FieldError], columns: Columns) -> None:
    for error in errors:
        draft.fault(columns.get(error.field, error.field), error.message, error.code)


def _words(refusal: Exception) -> tuple[Text, str]:
    if isinstance(refusal, Denied):
        return refusal.reason, "denied"
    if isinstance(refusal, NotFound):
        return _("The record is gone or not shared with you."), "missing"
    if isinstance(refusal, Conflict):
        return _("The record was changed by somebody else meanwhile."), "conflict"
    return str(refusal), "refused"
