"""What a dry run checks instead of writing: form, rights on fields and rows, unique values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.errors import ErrorCollector
from weft.core.i18n import translator
from weft.core.import_export.drafting import Draft
from weft.core.import_export.options import Outcome
from weft.core.import_export.writing import HEADER, Columns
from weft.core.records import rights
from weft.core.records.changes import Change
from weft.core.records.facade import Records
from weft.core.records.schema import load_partly, schema_for
from weft.core.records.targets import check_unique
from weft.core.registry.model import EntityType

__all__ = ["check_drafts", "check_form", "warn_drafts"]

_ = translator("core")


def check_form(entity_type: EntityType, draft: Draft, columns: Columns) -> None:
    """Note what is wrong with the form of a new record's values, without asking the database anything."""
    values = {name: value for name, value in draft.values.items() if name not in HEADER}
    _loaded, wrong = load_partly(schema_for(entity_type, "import"), values)
    for error in wrong:
        draft.fault(columns.get(error.field, error.field), error.message, error.code)


def check_drafts(
    records: Records,
    entity_type: EntityType,
    drafts: Sequence[Draft],
    stored: Mapping[int, Mapping[str, Any]],
    columns: Columns,
) -> list[Draft]:
    """Check rows as the write path would, without writing; returns the good ones, faults are noted at the others.

    Args:
        records: the unit of work.
        entity_type: the entity.
        drafts: rows of new records, or of known ones when they have stored values.
        stored: stored values by record id.
        columns: field name -> column name, for messages.
    """
    errors = ErrorCollector()
    changes: list[Change] = []
    for place, draft in enumerate(drafts):
        before = stored.get(draft.record_id, {})
        operation = "update" if draft.known else "create"
        schema = schema_for(entity_type, "update" if draft.known else "import")
        values = {name: value for name, value in draft.values.items() if name not in HEADER}
        loaded, wrong = load_partly(schema, values, index=place)
        errors.errors.extend(wrong)
        change = Change(operation, entity_type, draft.record_id, loaded, before, index=place)
        # What the file leaves out is no wish to set it: the write path knows the defaults.
        given = {name: value for name, value in loaded.items() if name in values}
        change.given = frozenset(given)
        changes.append(change)
        draft.values = {**given, **{name: draft.values[name] for name in HEADER if name in draft.values}}
    for operation in ("create", "update"):
        rights.check_fields(records, [one for one in changes if one.operation == operation], operation, errors)
    check_unique(records, changes, errors)
    for error in errors.errors:
        if error.index is not None:
            drafts[error.index].fault(columns.get(error.field, error.field), error.message, error.code)
    known = {draft.record_id: entity_type.key for draft in drafts if draft.known and draft.record_id > 0}
    allowed = rights.allowed_ids(records, known, "update") if known else frozenset()
    for draft in drafts:
        if draft.record_id in known and draft.record_id not in allowed:
            draft.fault("", _("You may not change this record."), "denied")
    return [draft for draft in drafts if not draft.faults]


#: Warnings that are kept with their line; the rest are counted.
_KEPT = 50


def warn_drafts(records: Records, entity_type: EntityType, drafts: Sequence[Draft], outcome: Outcome) -> list[Draft]:
    """Ask the plugins' form checks about new rows; what blocks is a fault, the rest is noted in the outcome.

    Args:
        records: the unit of work.
        entity_type: the entity.
        drafts: rows of new records that are right in themselves.
        outcome: where warnings are noted.

    Returns:
        The rows that nothing blocks.
    """
    checks = [one for one in records.runtime.registry.form_checks.values() if one.entity == entity_type.key]
    rows = [draft.values for draft in drafts]
    if not checks or not rows:
        return list(drafts)
    for found in zip(drafts, *(check.check(records, rows, None) for check in checks), strict=True):
        draft, told = found[0], [one for some in found[1:] for one in some]
        blocking = next((one for one in told if one.blocks), None)
        if blocking is not None:
            draft.fault("", str(blocking.text), "blocked")
        elif told:
            outcome.warned += 1
            if len(outcome.warnings) < _KEPT:
                outcome.warnings.append((draft.row.line, str(told[0].text)))
    return [draft for draft in drafts if not draft.faults]
