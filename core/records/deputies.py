"""Whose work it is when a deputy writes: what only the one they act for allows them is noted as done for that one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from weft.core.access.decide import decide_many
from weft.core.db.tables import change_set, record
from weft.core.registry.runtime import Runtime

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.records.journal import Entry

__all__ = ["note_on_behalf"]


class _Alone:
    """The same unit seen by the deputy without those they act for."""

    def __init__(self, records: Records) -> None:
        self.principal = records.principal.with_changes(acts_for=())
        self.runtime: Runtime = records.runtime
        self.connection = records.connection
        self.now = records.now


def note_on_behalf(records: Records, number: int, entries: Sequence[Entry]) -> None:
    """Keep in a change set for whom it was made, when all that it changed is one other person's.

    Args:
        records: of a principal who acts for others.
        number: the change set.
        entries: what is being written; records that were just made belong to nobody else.
    """
    owners = _owners(records, entries)
    if not owners:
        return
    known: set[int | None] = records.state.notes.setdefault("behalf", set())
    known |= owners
    person = next(iter(known)) if len(known) == 1 else None
    if person is not None and person not in records.principal.acts_for:
        person = None
    row = change_set.c.id == number
    records.connection.execute(update(change_set).where(row).values(on_behalf_of=person))


def _owners(records: Records, entries: Sequence[Entry]) -> set[int | None]:
    """Owners of the records written; None stands for one that the deputy may change in their own right."""
    touched: dict[str, dict[int, int | None]] = defaultdict(dict)
    for entry in entries:
        if entry.action != "create":
            former = entry.changes.get("owner")
            touched[entry.entity][entry.record_id] = former[0] if isinstance(former, (list, tuple)) else None
    found: set[int | None] = set()
    for entity, former in touched.items():
        statement = select(record.c.id, record.c.owner_id).where(record.c.id.in_(former))
        owners = {row.id: former[row.id] or row.owner_id for row in records.connection.execute(statement)}
        own = decide_many(_Alone(records), entity, "update", list(owners))
        for record_id, owner in owners.items():
            by_own_right = record_id in own and own[record_id].allowed
            found.add(None if by_own_right or owner not in records.principal.acts_for else owner)
    return found
