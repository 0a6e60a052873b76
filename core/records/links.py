"""Rows of the relation table made by hand: reading, writing and their journal, without any rights.

Rights, ends and attributes are checked in :mod:`weft.core.records.edges`; edges of reference fields are the triggers'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, or_, select, tuple_, update

from weft.core.db import bulk
from weft.core.db.mirror import FUNCTIONAL, INVERSE_FUNCTIONAL
from weft.core.db.tables import relation
from weft.core.errors import ValidationFailed
from weft.core.records.integrity import in_words
from weft.core.records.journal import Entry, all_or_nothing, write
from weft.core.records.stored import chunks
from weft.core.records.targets import entity_keys
from weft.core.registry.declarations import RelationType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "EdgeKey", "EdgeRow", "again", "end", "identity", "insert_rows", "next_ordinals", "note", "rewrite", "row_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """Primary key of an edge."""

    source_id: int
    type_id: int
    target_type: int
    target_id: int
    ordinal: int

    @classmethod
    def of(cls, row: Any) -> EdgeKey:
        """Key of a selected row."""
        return cls(row.source_id, row.type_id, row.target_type, row.target_id, row.ordinal)


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge to be written: its ends with their entity keys, and what it carries."""

    relation: RelationType
    source_id: int
    source: str
    target_id: int
    target: str
    ordinal: int = 0
    attributes: Mapping[str, Any] | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def insert_rows(records: Records, edges: Sequence[EdgeRow], *, kind: str) -> None:
    """Insert edges and note them at both ends.

    Raises:
        ValidationFailed: cardinality, circle or double link.
    """
    if not edges:
        return
    registry = records.runtime.registry
    rows = [
        {
            "source_id": edge.source_id, "type_id": registry.relation_id(edge.relation.key),
            "target_type": registry.entity_id(edge.target), "target_id": edge.target_id, "ordinal": edge.ordinal,
            "source_type": registry.entity_id(edge.source), "origin": "l",
            "attributes": dict(edge.attributes) if edge.attributes else None,
            "valid_from": edge.valid_from, "valid_to": edge.valid_to,
            "created_at": records.now, "created_by": records.principal.user_id,
            "functional": 1 if edge.relation.cardinality in FUNCTIONAL else None,
            "inverse_functional": 1 if edge.relation.cardinality in INVERSE_FUNCTIONAL else None,
        }
        for edge in edges
    ]  # fmt: skip
    with all_or_nothing(records), in_words(registry, name="target"):
        bulk.insert_rows(records.connection, relation, rows)
        note(records, edges, "link", kind=kind)


def note(records: Records, edges: Iterable[EdgeRow], action: str, *, kind: str) -> None:
    """Journal edges at both ends: ``{relation, source, target, ...: [old, new]}``."""
    entries: list[Entry] = []
    for edge in edges:
        values = _values(edge)
        changes = {
            name: [None, value] if action == "link" else [value, None]
            for name, value in values.items()
            if value is not None
        }
        entries.append(Entry(edge.source_id, edge.source, action, None, changes))
        if edge.target_id != edge.source_id:
            entries.append(Entry(edge.target_id, edge.target, action, None, changes))
    summary = {"entity": entries[0].entity, "record": entries[0].record_id, "count": len(entries)} if entries else None
    write(records, entries, kind=kind, summary=summary)


def rewrite(records: Records, before: EdgeRow, after: EdgeRow, *, kind: str) -> None:
    """Change what an edge carries and note it at both ends: ``{relation, source, target, ...: [old, new]}``.

    Raises:
        ValidationFailed: an ended link is opened again while another one has taken its place.
    """
    registry = records.runtime.registry
    old, new = _values(before), _values(after)
    changes = {name: [old[name], new[name]] for name in old if old[name] is not None or new[name] is not None}
    with all_or_nothing(records), in_words(registry, name="target"):
        records.connection.execute(
            update(relation)
            .where(
                relation.c.source_id == before.source_id,
                relation.c.type_id == registry.relation_id(before.relation.key),
                relation.c.target_id == before.target_id,
                relation.c.ordinal == before.ordinal,
            )
            .values(
                attributes=dict(after.attributes) if after.attributes else None,
                valid_from=after.valid_from,
                valid_to=after.valid_to,
            )
        )
        ends = ((before.source_id, before.source), (before.target_id, before.target))
        write(records, [Entry(end, key, "relink", None, changes) for end, key in ends], kind=kind)


def _values(edge: EdgeRow) -> dict[str, Any]:
    """What the journal says of an edge, in API values."""
    return {
        "relation": edge.relation.key, "source": edge.source_id, "target": edge.target_id, "ordinal": edge.ordinal,
        "attributes": dict(edge.attributes) if edge.attributes else None,
        "valid_from": _text(edge.valid_from), "valid_to": _text(edge.valid_to),
    }  # fmt: skip


def row_of(records: Records, row: Any, declared: RelationType) -> EdgeRow:
    """The edge of a row of the relation table."""
    registry = records.runtime.registry
    return EdgeRow(
        declared, row.source_id, registry.entity_key(row.source_type), row.target_id,
        registry.entity_key(row.target_type), row.ordinal, row.attributes, row.valid_from, row.valid_to,
    )  # fmt: skip


def end(records: Records, keys: Sequence[EdgeKey], *, kind: str) -> None:
    """Remove edges and note them at both ends."""
    if not keys:
        return
    columns = tuple_(
        relation.c.source_id, relation.c.type_id, relation.c.target_type, relation.c.target_id, relation.c.ordinal
    )
    registry = records.runtime.registry
    removed: list[EdgeRow] = []
    for part in chunks(keys, 100):
        wanted = columns.in_([(k.source_id, k.type_id, k.target_type, k.target_id, k.ordinal) for k in part])
        for row in records.connection.execute(select(relation).where(wanted)):
            removed.append(row_of(records, row, registry.relations[registry.relation_key(row.type_id)]))
        records.connection.execute(delete(relation).where(wanted))
    note(records, removed, "unlink", kind=kind)


def again(records: Records, noted: Iterable[Mapping[str, Any]], *, kind: str, strict: bool = False) -> int:
    """Make edges again from the journal of their removal; returns how many.

    Args:
        records: the unit of work.
        noted: ``changes`` of ``unlink`` rows.
        kind: kind of the change set.
        strict: raise where one is no longer possible, instead of leaving it out.

    Raises:
        ValidationFailed: with ``strict``, the first that is not possible.
    """
    registry = records.runtime.registry
    unique = {identity(changes, 0): changes for changes in noted}
    ends = {end for changes in unique.values() for end in (changes["source"][0], changes["target"][0])}
    keys = entity_keys(records, ends)
    made = 0
    for changes in unique.values():
        declared = registry.relations.get(changes["relation"][0])
        source, target = changes["source"][0], changes["target"][0]
        if declared is None or source not in keys or target not in keys:
            continue
        value = {name: pair[0] for name, pair in changes.items()}
        edge = EdgeRow(
            declared, source, keys[source], target, keys[target], value.get("ordinal", 0), value.get("attributes"),
            _moment(value.get("valid_from")), _moment(value.get("valid_to")),
        )  # fmt: skip
        try:
            insert_rows(records, [edge], kind=kind)
            made += 1
        except ValidationFailed:
            if strict:
                raise
    return made


def identity(changes: Mapping[str, Any], side: int) -> tuple[Any, ...]:
    """(relation key, source id, target id, ordinal) of journal changes; ``side`` 0 for removed, 1 for made links."""
    return tuple(changes.get(name, [0, 0])[side] or 0 for name in ("relation", "source", "target", "ordinal"))


def next_ordinals(records: Records, declared: RelationType, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, bool]]:
    """For each pair of ends the next free ordinal, and whether a link that has not ended exists already."""
    number = records.runtime.registry.relation_id(declared.key)
    known: dict[tuple[int, int], tuple[int, bool]] = {}
    for part in chunks(sorted(set(pairs)), 200):
        statement = select(
            relation.c.source_id, relation.c.target_id, relation.c.ordinal, relation.c.valid_to
        ).where(
            relation.c.type_id == number,
            or_(*(and_(relation.c.source_id == source, relation.c.target_id == target) for source, target in part)),
        )  # fmt: skip
        for row in records.connection.execute(statement):
            ordinal, live = known.get((row.source_id, row.target_id), (0, False))
            known[row.source_id, row.target_id] = max(ordinal, row.ordinal + 1), live or row.valid_to is None
    found: list[tuple[int, bool]] = []
    for pair in pairs:
        ordinal, live = known.get(pair, (0, False))
        found.append((ordinal, live))
        known[pair] = ordinal + 1, True
    return found
