"""Moving records to the trash and back, and purging what has been there for long.

What points at a deleted record follows its declaration: ``restrict`` refuses, ``detach`` empties the field, ``archive``
sends the pointing record to the trash too. Links made by hand stay where they hinder nobody, for readers pass over
trashed ends; links that only one record may have are freed. Restoring brings all of it back where it is still free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select

from weft.core.access.tables import record_share
from weft.core.db.mirror import FUNCTIONAL, INVERSE_FUNCTIONAL
from weft.core.db.tables import journal, record, relation
from weft.core.errors import Conflict, ErrorCollector, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.tables import anchor
from weft.core.records import links, path, rights
from weft.core.records.changes import Change
from weft.core.records.stored import chunks, fetch
from weft.core.records.tables import record_merge
from weft.core.records.targets import check_unique
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.registry.runtime import Runtime

__all__ = ["PURGE_AFTER", "consequences_refuse", "delete_many", "purge", "restore_many"]

_ = translator("core")

#: How long a record stays in the trash before the purge job may remove it.
PURGE_AFTER = timedelta(days=30)
_NAMED = 5
_DEPTH = 8


@dataclass(slots=True)
class _Consequences:
    """What deleting some records entails."""

    blocking: list[int] = field(default_factory=list)
    detach: dict[str, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    archive: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    free: list[links.EdgeKey] = field(default_factory=list)


def delete_many(
    records: Records, entity_type: EntityType, versions: Mapping[int, int | None], *, kind: str = "delete"
) -> list[int]:
    """Move records to the trash, all or nothing.

    Args:
        records: the unit of work.
        entity_type: their entity.
        versions: record id -> version it was seen at, or None.
        kind: kind of the change set.

    Raises:
        ValidationFailed: other records need one of them.
        Conflict: one changed since it was seen.
    """
    rights.require_writable(records)
    ids = list(versions)
    stored = rights.stored(records, entity_type, ids, "delete")
    for record_id, version in versions.items():
        if version is not None and version != stored[record_id]["version"]:
            raise Conflict(record_id, stored[record_id]["version"])
    changes = _trashing(records, entity_type, stored)
    path.run_hooks(records, changes, "delete")
    with path.all_or_nothing(records):
        _bury(records, entity_type, changes, kind=kind, guarded=True, gone=set(ids), depth=0)
    return ids


def _trashing(records: Records, entity_type: EntityType, stored: Mapping[int, Mapping[str, Any]]) -> list[Change]:
    return [
        Change("delete", entity_type, record_id, {"deleted_at": records.now}, before, before["version"])
        for record_id, before in stored.items()
    ]


def _bury(
    records: Records, entity_type: EntityType, changes: Sequence[Change], *, kind: str, guarded: bool,
    gone: set[int], depth: int,
) -> None:  # fmt: skip
    found = _consequences(records, [change.record_id for change in changes], gone)
    if found.blocking or depth > _DEPTH:
        raise ValidationFailed.single("", "in_use", _in_use(records, found.blocking))
    path.apply(records, changes, "delete", kind=kind, guarded=guarded)
    links.end(records, found.free, kind=kind)
    for key, fields in found.detach.items():
        _detach(records, key, fields, kind)
    for key, ids in found.archive.items():
        other = records.runtime.registry.entity(key)
        rows = fetch(records, other, sorted(ids - gone), lock=True)
        live = {record_id: row for record_id, row in rows.items() if row["deleted_at"] is None}
        if live:
            gone |= set(live)
            _bury(records, other, _trashing(records, other, live), kind=kind, guarded=False, gone=gone, depth=depth + 1)


def consequences_refuse(records: Records, ids: Sequence[int], together: set[int]) -> None:
    """Refuse moving records to the trash while live records need them.

    Args:
        records: the unit of work.
        ids: records about to go.
        together: records that go, or are changed, with them and so do not count.

    Raises:
        ValidationFailed: naming what needs them, as far as it may be read.
    """
    found = _consequences(records, ids, together)
    left = [*found.blocking, *(i for some in (*found.detach.values(), *found.archive.values()) for i in some)]
    if left:
        raise ValidationFailed.single("", "in_use", _in_use(records, left))


def _in_use(records: Records, blocking: Sequence[int]) -> Any:
    titles = [ref.title for ref in records.titles(blocking[:200]).values() if ref.title][:_NAMED]
    if not titles:
        return _("Other records still need this one.")
    if len(blocking) > len(titles):
        return _("Still needed by %(titles)s and others. Change or delete these first.") % {"titles": ", ".join(titles)}
    return _("Still needed by %(titles)s. Change or delete these first.") % {"titles": ", ".join(titles)}


def _consequences(records: Records, ids: Sequence[int], gone: set[int]) -> _Consequences:
    """Sort the edges of records about to be deleted by what their declarations ask."""
    found = _Consequences()
    registry = records.runtime.registry
    for part in chunks(ids):
        wanted = set(part)
        for edge in records.connection.execute(_edges_of(part)):
            key = registry.relation_key(edge.type_id)
            if key not in registry.relations:
                continue  # of a plugin that is gone: kept as it is
            declared = registry.relations[key]
            incoming = edge.target_id in wanted
            far = edge.source_id if incoming else edge.target_id
            if far in gone:
                continue
            if edge.origin == "f":
                if incoming:
                    _field_edge(records, found, edge, declared.field)
            elif declared.on_delete == "restrict":
                found.blocking.append(far)
            elif declared.cardinality in FUNCTIONAL | INVERSE_FUNCTIONAL and edge.valid_to is None:
                found.free.append(links.EdgeKey.of(edge))
    return found


def _edges_of(ids: Sequence[int]) -> Any:
    """Edges of the records whose other end is alive."""
    far = record.alias("far")
    columns = (
        relation.c.source_id, relation.c.type_id, relation.c.target_type, relation.c.target_id, relation.c.ordinal,
        relation.c.source_type, relation.c.origin, relation.c.valid_to,
    )  # fmt: skip
    return select(*columns).where(
        relation.c.target_id.in_(ids), far.c.id == relation.c.source_id, far.c.deleted_at.is_(None)
    ).union(
        select(*columns).where(
            relation.c.source_id.in_(ids), relation.c.origin == "l",
            far.c.id == relation.c.target_id, far.c.deleted_at.is_(None),
        )
    )  # fmt: skip


def _field_edge(records: Records, found: _Consequences, edge: Any, name: str) -> None:
    registry = records.runtime.registry
    source = registry.entities.get(registry.entity_key(edge.source_type))
    declared = None
    if source is not None:
        key = registry.relation_key(edge.type_id)
        declared = next((f for f in source.fields.values() if f.relation == key and f.stored), None)
    if source is None or declared is None:
        return
    if declared.on_delete == "archive":
        found.archive[source.key].add(edge.source_id)
    elif declared.on_delete == "detach" and not declared.required:
        found.detach[source.key][edge.source_id].append(declared.name)
    else:
        found.blocking.append(edge.source_id)


def _detach(records: Records, entity: str, fields: Mapping[int, Sequence[str]], kind: str) -> None:
    entity_type = records.runtime.registry.entity(entity)
    rows = fetch(records, entity_type, sorted(fields), lock=True)
    changes = [
        Change("update", entity_type, record_id, dict.fromkeys(fields[record_id]), row, row["version"])
        for record_id, row in rows.items()
    ]
    path.apply(records, changes, "update", kind=kind, guarded=False)


# ---- restore


def restore_many(
    records: Records, entity_type: EntityType, versions: Mapping[int, int | None], *, kind: str = "restore"
) -> list[int]:
    """Take records out of the trash, all or nothing; arguments and errors as in :func:`delete_many`."""
    rights.require_writable(records)
    stored = rights.stored(records, entity_type, list(versions), "restore", trash=True)
    for record_id, version in versions.items():
        if version is not None and version != stored[record_id]["version"]:
            raise Conflict(record_id, stored[record_id]["version"])
    _refuse_merged(records, list(versions))
    changes = _raising(entity_type, stored)
    errors = ErrorCollector()
    check_unique(records, [Change("restore", entity_type, c.record_id, dict(c.before)) for c in changes], errors)
    errors.raise_if_any()
    path.run_hooks(records, changes, "restore")
    with path.all_or_nothing(records):
        path.apply(records, changes, "restore", kind=kind)
        _bring_back(records, list(versions), kind)
    return list(versions)


def _refuse_merged(records: Records, ids: Sequence[int]) -> None:
    """What became part of another record comes back by taking the merge back, not alone."""
    m = record_merge.c
    into = records.connection.scalar(select(m.new_id).where(m.old_id.in_(ids), m.ended_at.is_(None)).limit(1))
    if into is not None:
        ref = records.titles([into]).get(into)
        message = _("It became part of %(title)s. Take the merge back there.")
        raise ValidationFailed.single("", "merged", message % {"title": ref.title if ref else "…"})


def _raising(entity_type: EntityType, stored: Mapping[int, Mapping[str, Any]]) -> list[Change]:
    return [
        Change("restore", entity_type, record_id, {"deleted_at": None}, before, before["version"])
        for record_id, before in stored.items()
    ]


def _bring_back(records: Records, ids: Sequence[int], kind: str) -> None:
    """Undo the consequences that the latest deletion of these records had, where they are still as it left them."""
    for record_id in ids:
        number = records.connection.scalar(
            select(journal.c.change_set_id)
            .where(journal.c.record_id == record_id, journal.c.action == "delete")
            .order_by(journal.c.at.desc(), journal.c.id.desc())
            .limit(1)
        )
        if number is None:
            continue
        rows = records.connection.execute(
            select(journal.c.record_id, journal.c.type_id, journal.c.action, journal.c.changes).where(
                journal.c.change_set_id == number, journal.c.record_id != record_id
            )
        ).all()
        _reattach(records, record_id, [row for row in rows if row.action == "update"], kind)
        _raise_parts(records, record_id, [row for row in rows if row.action == "delete"], kind)
        freed = [row.changes for row in rows if row.action == "unlink"]
        links.again(records, [c for c in freed if record_id in (c["source"][0], c["target"][0])], kind=kind)


def _reattach(records: Records, record_id: int, rows: Sequence[Any], kind: str) -> None:
    emptied: dict[str, dict[int, dict[str, int]]] = defaultdict(dict)
    registry = records.runtime.registry
    for row in rows:
        names = {name: record_id for name, pair in row.changes.items() if pair == [record_id, None]}
        key = registry.entity_key(row.type_id)
        if names and key in registry.entities:
            emptied[key][row.record_id] = names
    for key, wanted in emptied.items():
        entity_type = registry.entity(key)
        stored = fetch(records, entity_type, sorted(wanted), lock=True)
        changes = [
            Change("update", entity_type, other, {n: v for n, v in wanted[other].items() if before.get(n) is None},
                   before, before["version"])
            for other, before in stored.items()
        ]  # fmt: skip
        path.apply(records, [change for change in changes if change.values], "update", kind=kind, guarded=False)


def _raise_parts(records: Records, record_id: int, rows: Sequence[Any], kind: str) -> None:
    """Restore the records that went to the trash because they pointed at this one."""
    registry = records.runtime.registry
    by_type: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        key = registry.entity_key(row.type_id)
        if key in registry.entities:
            by_type[key].append(row.record_id)
    for key, ids in by_type.items():
        entity_type = registry.entity(key)
        owning = [f.name for f in entity_type.fields.values() if f.stored and f.on_delete == "archive" and f.relation]
        stored = fetch(records, entity_type, ids, lock=True)
        parts = {
            other: row for other, row in stored.items()
            if row["deleted_at"] is not None and any(row.get(name) == record_id for name in owning)
        }  # fmt: skip
        if parts:
            path.apply(records, _raising(entity_type, parts), "restore", kind=kind, guarded=False)
            _bring_back(records, list(parts), kind)


# ---- purge


def purge(runtime: Runtime, connection: Any, entity_type: EntityType, *, limit: int = 500) -> int:
    """Remove records for good that have been in the trash longer than :data:`PURGE_AFTER`; returns how many.

    Records that a live record still names stay. The journal keeps what happened; files are collected later.

    Args:
        runtime: clock, registry and the ``purge`` handlers of higher layers (comments, attachments ...).
        connection: in a write transaction.
        entity_type: whose trash.
        limit: most records removed by one call.
    """
    table = entity_type.table
    stands_for = select(anchor.c.user_id).where(anchor.c.record_id == table.c.id)
    # What became part of another record stays for good: its old address leads there.
    m = record_merge.c
    merged = select(m.id).where(or_(m.old_id == table.c.id, m.new_id == table.c.id))
    named = select(relation.c.source_id).where(relation.c.target_id == table.c.id, relation.c.origin == "f")
    ids = list(
        connection.scalars(
            select(table.c.id)
            .where(
                table.c.deleted_at < runtime.clock() - PURGE_AFTER,
                ~named.exists(),
                ~stands_for.exists(),
                ~merged.exists(),
            )
            .order_by(table.c.deleted_at)
            .limit(limit)
        )
    )
    if not ids:
        return 0
    for handler in runtime.services.get("purge", ()):
        handler(connection, ids)
    connection.execute(
        delete(relation).where(
            or_(relation.c.source_id.in_(ids), relation.c.target_id.in_(ids)), relation.c.origin == "l"
        )
    )
    connection.execute(delete(record_share).where(record_share.c.record_id.in_(ids)))
    connection.execute(delete(table).where(table.c.id.in_(ids)))
    return len(ids)
