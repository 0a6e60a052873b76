"""What a dry run checks instead of writing: form, rights on fields and rows, unique values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.errors import ErrorCollector
from weft.core.i18n import translator
from weft.core.import_export.drafting import Draft
from weft.core.import_export.writing import HEADER, Columns
from weft.core.records import rights
from weft.core.records.changes import Change
from weft.core.records.facade import Records
from weft.core.records.schema import load_partly, schema_for
from weft.core.records.targets import check_unique
from weft.core.registry.model import EntityType

__all__ = ["check_drafts", "check_form"]

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
        change.given = frozenset(loaded)
        changes.append(change)
        draft.values = {**loaded, **{name: draft.values[name] for name in HEADER if name in draft.values}}
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
