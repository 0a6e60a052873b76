"""Links that rows ask for: made in batches, never twice for the same pair with the same attributes and dates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from weft.core.db.tables import relation
from weft.core.import_export.drafting import Draft, DraftLink
from weft.core.import_export.writing import try_all
from weft.core.records import edges
from weft.core.records.facade import Records
from weft.core.records.stored import chunks

__all__ = ["link_drafts"]

_Mark = tuple[int, int, str, datetime | None, datetime | None]


def link_drafts(records: Records, drafts: Sequence[Draft]) -> int:
    """Make the links of drafts whose records are written; returns how many are new. Faults are noted at the drafts."""
    by_relation: dict[str, list[tuple[Draft, DraftLink]]] = {}
    for draft in drafts:
        for link in draft.links:
            if link.target_id:
                by_relation.setdefault(link.relation, []).append((draft, link))
    return sum(_link(records, key, asked) for key, asked in by_relation.items())


def _link(records: Records, key: str, asked: Sequence[tuple[Draft, DraftLink]]) -> int:
    declared = records.runtime.registry.relations[key]
    present = _present(records, key, {draft.record_id for draft, _link in asked})
    pairs = {(mark[0], mark[1]) for mark in present}
    fresh: dict[int, tuple[Draft, DraftLink]] = {}
    for draft, link in asked:
        mark = _mark(draft.record_id, link.target_id, link.attributes, link.valid_from, link.valid_to)
        pair = mark[0], mark[1]
        if mark in present or (pair in pairs and not declared.repeatable):
            continue
        present.add(mark)
        pairs.add(pair)
        fresh[id(draft)] = (draft, link)
    made = 0

    def link_many(some: Sequence[Draft]) -> None:
        nonlocal made
        wanted = [fresh[id(draft)] for draft in some]
        requests = [
            edges.LinkRequest(draft.record_id, link.target_id, link.attributes or None, link.valid_from, link.valid_to)
            for draft, link in wanted
        ]
        made += len(edges.link_many(records, key, requests, kind="import"))

    try_all([draft for draft, _link in fresh.values()], link_many, {})
    return made


def _present(records: Records, key: str, sources: set[int]) -> set[_Mark]:
    r = relation.c
    number = records.runtime.registry.relation_id(key)
    found: set[_Mark] = set()
    for part in chunks(sorted(sources)):
        statement = select(r.source_id, r.target_id, r.attributes, r.valid_from, r.valid_to)
        rows = records.connection.execute(statement.where(r.source_id.in_(part), r.type_id == number))
        found.update(_mark(*row) for row in rows)
    return found


def _mark(
    source: int, target: int, attributes: Mapping[str, Any] | None, start: datetime | None, end: datetime | None
) -> _Mark:
    return source, target, json.dumps(attributes or {}, sort_keys=True, ensure_ascii=False), start, end
