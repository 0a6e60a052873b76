"""Searching with the rights of a principal: hits of the index are checked again before anything is shown or counted.

The index knows no rights. A hit counts only when the query compiler lets the principal read the record, and, for those
who may not read every searched field, only when what was looked for stands in what they may read.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.core.access.filters import row_filter
from weft.core.access.policy import AccessPolicy
from weft.core.outbox.delivery import TAPS_SERVICE
from weft.core.records.dormant import awake_ids
from weft.core.records.filters import Filter, Term, any_of
from weft.core.records.targets import readable_ids
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime
from weft.core.search import documents, pending
from weft.core.search.backend import Hit, SearchBackend, SearchUnavailable
from weft.core.search.tokens import Wanted, matches, tokens, wanted

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.records.values import Row

__all__ = ["MOST", "SERVICE", "Group", "Snippet", "backend_of", "find_ids", "install", "search"]

#: Entry of ``runtime.services`` that the query compiler asks for ids: ``(records, entity, words) -> ids or None``.
SERVICE = "search"
_BACKEND = "search.backend"
#: Hits of one kind that are looked at; of more it is only said that there may be more.
MOST = 2000
_PAGE = 200
#: Of so many visible records each is looked at, where more have the words than can be weighed.
_FEW = 20_000
#: Values of one list in a filter.
_PER_LIST = 500


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a record matches other than in its title: name of the field (``""`` for a comment, ``@`` for an
    attached file) and words around."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one entity that match and may be read.

    Attributes:
        entity: their entity.
        rows: the best of them, best first, with title, number and the fields asked for.
        count: how many there are.
        more: there may be more than ``count``.
        snippets: by record id, for records whose title does not match.
        scores: by record id, higher is better; groups come in the order of their best.
    """

    entity: EntityType
    rows: list[Row]
    count: int
    more: bool
    snippets: dict[int, Snippet]
    scores: dict[int, float]

    @property
    def best(self) -> float:
        """Score of the best row."""
        return max((self.scores[row.id] for row in self.rows), default=0.0)


def install(runtime: Runtime, *sources: Any) -> None:
    """Register search, and its ear at the outbox, in a runtime. Opens nothing.

    Args:
        runtime: the installation.
        sources: functions of other parts that keep texts about records, see :mod:`weft.core.search.documents`.
    """
    runtime.services[SERVICE] = find_ids
    runtime.services.setdefault(documents.SOURCES_SERVICE, []).extend(sources)
    runtime.services.setdefault(TAPS_SERVICE, []).append(pending.mark_events)


def backend_of(runtime: Runtime) -> SearchBackend:
    """The backend of an installation: in the database when that is PostgreSQL, else in files of the data folder."""
    found: SearchBackend | None = runtime.services.get(_BACKEND)
    if found is None:
        if runtime.db.dialect == "postgresql":
            from weft.core.search.postgres_backend import PostgresBackend

            found = PostgresBackend(runtime.db, runtime.registry)
        else:
            from weft.core.search.whoosh_backend import WhooshBackend

            found = WhooshBackend(runtime.settings.home / "index", runtime.db)
        found = runtime.services.setdefault(_BACKEND, found)
    return found


# ---- for lists


def find_ids(records: Records, entity: str, words: str) -> list[int] | None:
    """Ids of records of one entity that match, at most :data:`MOST`; row rules are still the caller's.

    Returns:
        None when the index cannot tell, and the caller has to look for the words itself.
    """
    asked = wanted(words)
    declared = records.runtime.registry.entities.get(entity)
    if not asked or declared is None or not documents.searchable(declared):
        return None
    try:
        hits = _hits(records, declared, asked)
    except SearchUnavailable:
        return None
    ids = [hit.record_id for hit in hits]
    return _covered(records, declared, asked, ids) if _restricted(records, declared) else ids


def _hits(records: Records, entity: EntityType, asked: Sequence[Wanted], *, many: bool = False) -> list[Hit]:
    """Hits of one entity, at most :data:`MOST`; where the principal sees few records, of many hits those among the few.

    Args:
        records: whose rights count.
        entity: the entity.
        asked: words.
        many: it is known that more records have them than a page holds.
    """
    rule = row_filter(records, entity.key, "read")
    if rule.kind == "none":
        return []
    look = functools.partial(
        backend_of(records.runtime).search, asked, types=[entity.key], limit=MOST, connection=records.connection
    )
    if not many and len(hits := look()) < MOST:
        return hits
    if rule.kind == "some" and rule.probe(_FEW) is not None:
        return look(ids=set(records.connection.scalars(rule.set_query())))
    return look(many=True) if many else hits


# ---- for search pages


def search(
    records: Records, text: str, *, types: Collection[str] | None = None, limit: int = 20, fields: Collection[str] = ()
) -> list[Group] | None:
    """Search in everything the principal may read; the group with the best match first.

    Args:
        records: whose rights count.
        text: words, all of which must be there.
        types: only these entities.
        limit: rows per group, up to 200.
        fields: names wanted in the rows besides title and number, where readable.

    Returns:
        None when there is no usable index; the caller then looks in titles. Groups without rows are left out.
    """
    asked = wanted(text)
    if not asked:
        return None
    registry, policy = records.runtime.registry, AccessPolicy.of(records.runtime)
    readable = [
        one for one in registry.entities.values()
        if documents.searchable(one) and (types is None or one.key in types)
        and policy.allows(records.principal, one.key, "read")
    ]  # fmt: skip
    if not readable:
        return []
    try:
        found = _by_entity(records, readable, asked)
    except SearchUnavailable:
        return None
    groups = [_group(records, entity, asked, hits, limit, fields) for entity, hits in found]
    return sorted((one for one in groups if one.rows), key=lambda one: -one.best)


def _by_entity(
    records: Records, entities: Sequence[EntityType], asked: Sequence[Wanted]
) -> list[tuple[EntityType, list[Hit]]]:
    """Hits by entity: in one question when there are few in all, else one for each entity that has some."""
    backend, keys = backend_of(records.runtime), [one.key for one in entities]
    counts = backend.kinds(asked, keys, records.connection)
    if counts is not None:
        entities = [one for one in entities if one.key in counts]
        keys = list(counts)
    if len(entities) > 1 and (counts is None or sum(counts.values()) < _PAGE):
        every = backend.search(asked, types=keys, limit=_PAGE, connection=records.connection)
        if len(every) < _PAGE:
            by_type: dict[str, list[Hit]] = defaultdict(list)
            for hit in every:
                by_type[hit.type].append(hit)
            return [(one, by_type[one.key]) for one in entities if one.key in by_type]
    known = counts or {}
    return [(one, _hits(records, one, asked, many=known.get(one.key, 0) > MOST)) for one in entities]


def _group(
    records: Records, entity: EntityType, asked: Sequence[Wanted], hits: Sequence[Hit], limit: int,
    fields: Collection[str],
) -> Group:  # fmt: skip
    scores = {hit.record_id: hit.score for hit in hits}
    ids, all_seen = _seen(records, entity, asked, list(scores))
    access = AccessPolicy.of(records.runtime).access(records.principal, entity.key)
    wanted_fields = dict.fromkeys([*documents.cells(entity), *documents.file_fields(entity), *fields])
    names = [name for name in wanted_fields if name in access.cells]
    rows = _rows(records, entity, ids[: min(limit, _PAGE)], names)
    snippets = _snippets(records, entity, asked, rows)
    more = not all_seen or len(hits) >= MOST
    return Group(entity, rows, len(ids), more, snippets, {row.id: scores[row.id] for row in rows})


def _seen(records: Records, entity: EntityType, asked: Sequence[Wanted], ids: Sequence[int]) -> tuple[list[int], bool]:
    """Those hits that the principal may know of, best first, and whether all were looked at.

    Where each hit has to be read (the words must stand in what the principal may read) a page of them is enough.
    """
    restricted = _restricted(records, entity)
    step = _PER_LIST if restricted else max(len(ids), 1)
    found: list[int] = []
    for start in range(0, len(ids), step):
        part = ids[start : start + step]
        visible = awake_ids(records, entity, readable_ids(records, entity.key, part))
        seen = [one for one in part if one in visible]
        found += _covered(records, entity, asked, seen) if restricted else seen
        if restricted and len(found) >= _PAGE:
            return found, start + step >= len(ids)
    return found, True


def _rows(records: Records, entity: EntityType, ids: Sequence[int], names: Sequence[str]) -> list[Row]:
    """Rows in the order of the ids, through the query compiler."""
    found: dict[int, Row] = {}
    for start in range(0, len(ids), _PAGE):
        part = list(ids[start : start + _PAGE])
        page = records.query(entity.key, fields=list(names), filters=among(part), sort="id", limit=_PAGE)
        found.update((row.id, row) for row in page.rows)
    return [found[one] for one in ids if one in found]


def among(ids: Sequence[int]) -> Filter:
    """A filter for any number of ids."""
    parts = [Term("id", "in", list(ids[start : start + _PER_LIST])) for start in range(0, len(ids), _PER_LIST)]
    return any_of(*parts) if len(parts) != 1 else parts[0]


# ---- what may be read of a record


def _restricted(records: Records, entity: EntityType) -> bool:
    """True when the principal may not read everything that the index knows of the entity's readable records."""
    if not records.principal.internal:
        return True
    access = AccessPolicy.of(records.runtime).access(records.principal, entity.key)
    names = [*documents.cells(entity), *documents.file_fields(entity)]
    return any(name not in access.cells or not access.everywhere(name) for name in names)


def _covered(records: Records, entity: EntityType, asked: Sequence[Wanted], ids: Sequence[int]) -> list[int]:
    """Those of the records where what was looked for stands in what the principal may read."""
    access = AccessPolicy.of(records.runtime).access(records.principal, entity.key)
    names = [name for name in (*documents.cells(entity), *documents.file_fields(entity)) if name in access.cells]
    found = []
    for start in range(0, len(ids), _PAGE):
        rows = _rows(records, entity, ids[start : start + _PAGE], names)
        said = _said(records, rows)
        for row in rows:
            texts = (text for _field, text in said[row.id])
            if matches(documents.document(entity, row, texts).tokens, asked):
                found.append(row.id)
    return found


def _said(records: Records, rows: Sequence[Row]) -> dict[int, list[tuple[str, str]]]:
    """Comments and words in files of readable records as far as the principal may read them, by field (``@``: files).

    Args:
        records: whose rights count.
        rows: with their file fields, as far as these may be read.
    """
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    known = {row.id: row for row in rows}
    for record_id, shared, text, field in documents.said_about(records.runtime, records.connection, list(known)):
        readable = field in ("", "@") or known[record_id].get(field) is not None
        if readable and (shared or records.principal.internal):
            found[record_id].append((field, text))
    return found


def _snippets(records: Records, entity: EntityType, asked: Sequence[Wanted], rows: Iterable[Row]) -> dict[int, Snippet]:
    """Where rows match that do not match in the title; made of what the principal may read, and of nothing else."""
    heads = {name: None for name in ("title", "number", entity.spec.alt_title) if name}
    below = {row.id: row for row in rows if not matches(_head(entity, row, heads), asked)}
    if not below:
        return {}
    said, found = _said(records, list(below.values())), {}
    for record_id, row in below.items():
        texts = [
            (name, text)
            for name in documents.cells(entity) if name not in heads and row.get(name) is not None
            for text in documents.texts_of(entity.fields.get(name), row[name])
        ]  # fmt: skip
        for name, text in [*texts, *said[record_id]]:
            at = _place(text, asked)
            if at is not None:
                found[record_id] = Snippet(name, documents.words_around(text, at))
                break
    return found


def _head(entity: EntityType, row: Row, heads: Iterable[str]) -> frozenset[str]:
    return documents.document(entity, {"id": row.id, **{name: row.get(name) for name in heads}}, ()).title


def _place(text: str, asked: Sequence[Wanted]) -> int | None:
    """Where in a text the first of the words stands that is in it; None when none is."""
    have = tokens(text)
    for one in asked:
        if matches(have, [one]):
            at = text.casefold().find(one.text)
            return max(at, 0)
    return None
