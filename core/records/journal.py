"""The history of every write: one change set per unit of work, one journal row per record and operation.

Append-only; the rows are written in the transaction of the change they describe, and so are its events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from weft.core.db.tables import change_set, journal
from weft.core.outbox import publishing
from weft.core.records import deputies
from weft.core.records.changes import Change
from weft.core.records.stored import api_values

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Entry", "actor_id", "all_or_nothing", "announce", "begin", "changes_of", "mark_undone", "write"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal row to be written.

    Attributes:
        record_id: the record it belongs to.
        entity: key of its entity.
        action: ``create update assign delete restore link unlink`` or the key of an action.
        version: version of the record afterwards, None where it did not change.
        changes: field -> ``[old, new]`` in API values.
    """

    record_id: int
    entity: str
    action: str
    version: int | None
    changes: Mapping[str, Any] = field(default_factory=dict)


_INSERT_SET, _INSERT_ROW = insert(change_set), insert(journal)
#: Header columns that the journal tells by its action and moment.
_SILENT = frozenset({"created_at", "updated_at", "deleted_at"})
_PAST = {
    "create": "created", "update": "updated", "assign": "assigned", "delete": "deleted", "restore": "restored",
    "link": "linked", "unlink": "unlinked", "relink": "relinked", "merge": "merged", "unmerge": "unmerged",
}  # fmt: skip


def actor_id(records: Records) -> int | None:
    """The user behind a write: also where elevated code of the platform does it in the user's unit of work."""
    own = records.principal.user_id
    actor: int | None = records.state.notes.get("actor") if own is None else own
    return actor


@contextmanager
def all_or_nothing(records: Records) -> Iterator[None]:
    """Write inside a savepoint: a refusal leaves no trace even when the caller catches the error and goes on."""
    before = records.change_set_id
    try:
        with records.connection.begin_nested():
            yield
    except BaseException:
        records.state.change_set_id = before
        raise


def begin(records: Records, kind: str, summary: Mapping[str, Any] | None = None, *, undoes: int | None = None) -> int:
    """Return the change set of this unit of work; the first write makes it and gives it its kind.

    Args:
        records: the unit of work.
        kind: ``create``, ``update``, ``bulk``, ``import``, ``action:<key>``, ``undo`` ...
        summary: what the toast and the list of changes say, in API values.
        undoes: the change set that this one takes back.
    """
    if records.change_set_id is not None:
        return records.change_set_id
    number = records.runtime.db.ids.next()
    row = {
        "id": number, "at": records.now, "user_id": actor_id(records), "door": records.door[:20], "kind": kind[:40],
        "summary": {**(summary or {}), **_elevated(records)} or None, "undoes": undoes,
    }  # fmt: skip
    records.connection.execute(_INSERT_SET, row)
    records.state.change_set_id = number
    return number


def _elevated(records: Records) -> dict[str, Any]:
    """Reasons for which the platform's own rights were used so far in this unit, and what was written with them."""
    reasons, lifted = records.state.elevations, records.state.notes.get("lifted", ())
    records.state.notes["elevations"] = len(reasons) + len(lifted)
    found: dict[str, Any] = {"elevated": list(reasons)} if reasons else {}
    return found | ({"lifted": sorted(lifted)} if lifted else {})


def _note_elevations(records: Records, number: int, entries: Sequence[Entry]) -> None:
    """Add what came up after the change set was made, so that every elevated write can be traced and taken back."""
    notes = records.state.notes
    if records.principal.kind == "system" and notes.get("actor") is not None:
        notes["lifted"] = notes.get("lifted", set()) | {f"{entry.entity}:{entry.action}" for entry in entries}
    if len(records.state.elevations) + len(notes.get("lifted", ())) == notes.get("elevations"):
        return
    row = change_set.c.id == number
    summary = records.connection.scalar(select(change_set.c.summary).where(row)) or {}
    records.connection.execute(update(change_set).where(row).values(summary={**summary, **_elevated(records)}))


def write(
    records: Records, entries: Sequence[Entry], *, kind: str, summary: Mapping[str, Any] | None = None,
    events: bool = True,
) -> int | None:  # fmt: skip
    """Append journal rows and publish their events; returns the change set, None when there is nothing to note."""
    if not entries:
        return records.change_set_id
    first = entries[0]
    known = summary or {"entity": first.entity, "record": first.record_id, "count": len(entries)}
    number = begin(records, kind, known)
    _note_elevations(records, number, entries)
    if records.principal.acts_for:
        deputies.note_on_behalf(records, number, entries)
    ids = records.runtime.db.ids.take(len(entries))
    registry = records.runtime.registry
    at, user = records.now, actor_id(records)
    records.connection.execute(
        _INSERT_ROW,
        [
            {
                "id": row_id, "change_set_id": number, "at": at, "user_id": user, "record_id": entry.record_id,
                "type_id": registry.entity_id(entry.entity), "action": entry.action, "version": entry.version,
                "changes": dict(entry.changes),
            }
            for row_id, entry in zip(ids, entries, strict=True)
        ],
    )  # fmt: skip
    if events:
        announce(records, entries, number)
    return number


def announce(records: Records, entries: Sequence[Entry], number: int) -> None:
    """Publish one event per entry: ``<entity>.created`` and so on, or the key of the action."""
    user = actor_id(records)
    publishing.publish(
        records.connection,
        [
            (
                f"{entry.entity}.{_PAST[entry.action]}" if entry.action in _PAST else entry.action,
                {
                    "record": entry.record_id, "type": entry.entity, "user": user, "change_set": number,
                    "changes": dict(entry.changes),
                },
            )
            for entry in entries
        ],
        now=records.now,
    )  # fmt: skip


def changes_of(change: Change) -> dict[str, list[Any]]:
    """``{field: [old, new]}`` in API values of what a change really changes; for a new record of all it fills."""
    fresh = not change.before
    names = [
        name for name, value in change.values.items()
        if name not in _SILENT and (value is not None if fresh else value != change.before.get(name))
    ]  # fmt: skip
    new = api_values(change.type, {name: change.values[name] for name in names})
    if fresh:
        return {name: [None, value] for name, value in new.items()}
    old = api_values(change.type, {name: change.before.get(name) for name in names})
    return {name: [old[name], new[name]] for name in new}


def mark_undone(records: Records, number: int, by: int) -> None:
    """Note that a change set was taken back by another one."""
    records.connection.execute(update(change_set).where(change_set.c.id == number).values(undone_by=by))
