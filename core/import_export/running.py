"""Running an import, or counting what it would do: batches of rows, one change set, good rows besides faulty ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from weft.core.i18n import translator
from weft.core.import_export.cells import plain_text
from weft.core.import_export.drafting import Draft
from weft.core.import_export.engine import Engine
from weft.core.import_export.faults import FaultFile
from weft.core.import_export.options import Outcome
from weft.core.import_export.planning import ImportPlan
from weft.core.records import rights
from weft.core.records.facade import Records
from weft.core.records.journal import all_or_nothing, begin

__all__ = ["BATCH", "Progress", "dry_run", "run"]

_ = translator("core")

#: Rows looked up, checked and written together.
BATCH = 500
#: Called after each batch with the counts so far.
Progress = Callable[[Outcome], None]


class _GiveUp(Exception):
    """Takes everything back without being an error."""


def dry_run(
    records: Records, plan: ImportPlan, *, progress: Progress | None = None, errors: FaultFile | None = None
) -> Outcome:
    """Count what a run would create, change, skip and refuse. Writes nothing and holds no lock.

    Form, references, unique values and rights are checked as in a run; what only a plugin's hook decides shows when
    the import runs.

    Args:
        records: the unit of work of the person who imports; a reading one is enough.
        plan: of :func:`weft.core.import_export.planning.plan`.
        progress: called after each batch.
        errors: receives the faulty rows.
    """
    return _go(Engine(records, plan, dry=True), plan, progress, errors)


def run(
    records: Records, plan: ImportPlan, *, progress: Progress | None = None, errors: FaultFile | None = None
) -> Outcome:
    """Import in this unit of work, as one change set that Undo takes back as a whole.

    Args:
        records: a writing unit of the person who imports.
        plan: of :func:`weft.core.import_export.planning.plan`.
        progress: called after each batch.
        errors: receives the faulty rows.

    Returns:
        The counts. With ``partial=False`` and a faulty row nothing was written and only the faults are counted.

    Raises:
        Denied: importing this entity is not granted.
    """
    rights.require_writable(records)
    rights.require_operation(records, plan.entity_type, "import")
    engine = Engine(records, plan, dry=False)
    try:
        with all_or_nothing(records):
            begin(records, "import", {"entity": plan.entity_type.key, "file": plan.source.name[:200]})
            outcome = _go(engine, plan, progress, errors)
            if outcome.faulty and not plan.options.partial:
                raise _GiveUp
    except _GiveUp:
        outcome = engine.outcome
        outcome.created = outcome.updated = outcome.skipped = outcome.linked = 0
        return outcome
    outcome.change_set_id = records.change_set_id
    return outcome


def _go(engine: Engine, plan: ImportPlan, progress: Progress | None, errors: FaultFile | None) -> Outcome:
    outcome = engine.outcome
    engine.prepare()
    for batch in _batches(plan):
        engine.work(batch)
        _settle(outcome, batch, errors, plan)
        if progress is not None:
            progress(outcome)
    late = engine.finish()
    _settle(outcome, late, errors, plan, again=True)
    if progress is not None:
        progress(outcome)
    return outcome


def _batches(plan: ImportPlan) -> Iterator[list[Draft]]:
    drafter = plan.drafter()
    batch: list[Draft] = []
    fixes = plan.options.fixes
    for row in plan.table():
        for place, text in fixes.get(str(row.line), {}).items() if fixes else ():
            if place.isdigit() and int(place) < len(row.cells):
                row.cells[int(place)] = text
        batch.append(drafter.draft(row))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _settle(
    outcome: Outcome, batch: Sequence[Draft], errors: FaultFile | None, plan: ImportPlan, again: bool = False
) -> None:
    for draft in batch:
        if not again:
            outcome.total += 1
            outcome.emptied += draft.emptied
            outcome.replaced += draft.replaced
        if draft.faults:
            cells = {column.name: plain_text(draft.row.cells[column.index]) for column in plan.columns}
            outcome.note(draft.faults, draft.row.line, cells)
            if errors is not None:
                errors.add(draft.row, draft.faults)


def summary(outcome: Outcome) -> dict[str, Any]:
    """Counts in plain form, for the run's row and the command line."""
    names = ("total", "created", "updated", "skipped", "faulty", "linked", "emptied", "replaced")
    return {name: getattr(outcome, name) for name in names}
